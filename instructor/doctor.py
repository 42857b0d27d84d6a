"""Is this machine fit to grade?  Each finding says what was tried and what to do."""

import contextlib
import platform
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from instructor import bubblewrap, container, walls
from instructor.sandbox import Unavailable, Zygote, lay_out

APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
PROFILE = """abi <abi/4.0>,
include <tunables/global>
profile bwrap /usr/bin/bwrap flags=(unconfined) {
  userns,
}
"""
RAISE = "sysctl user.max_user_namespaces=15000"
INSTALL = "apt-get install bubblewrap"
IMAGE = "grade in the course's image, as the first lines of instructor/Containerfile say"


@dataclass(frozen=True)
class Finding:
    """One thing that was tried; `remedy` is empty where it works."""

    what: str
    works: bool
    remedy: str = ""


def examine() -> list[Finding]:
    """Try everything that grading needs, in the order in which to mend it."""
    findings = [
        _has("Linux", platform.system() == "Linux", IMAGE),
        _has("a filter of system calls", find_spec("pyseccomp") is not None, "make venv"),
    ]
    if not container.inside() or not bubblewrap.refusal():
        findings.append(_has("bubblewrap", shutil.which("bwrap") is not None, INSTALL))
        if all(finding.works for finding in findings):
            findings.append(_namespaces())
    if all(finding.works for finding in findings):
        findings.append(_warm())
    return findings


def _has(what: str, works: bool, remedy: str) -> Finding:
    return Finding(what, works, "" if works else remedy)


def _namespaces() -> Finding:
    """Try what bubblewrap asks of the kernel."""
    trial = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true"]
    done = subprocess.run(trial, check=False, capture_output=True, text=True)
    what = "namespaces for everybody"
    if not done.returncode:
        return Finding(what, True)
    if APPARMOR.exists() and APPARMOR.read_text().strip() == "1":
        lines = PROFILE.replace("\n", "\\n")
        return Finding(
            what,
            False,
            "AppArmor forbids them (Ubuntu 24.04 and later); as root: "
            f"printf '{lines}' > /etc/apparmor.d/bwrap && apparmor_parser -r /etc/apparmor.d/bwrap",
        )
    reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
    return Finding(what, False, f"{reason[0]}; as root: {RAISE}, or {IMAGE}")


def _warm() -> Finding:
    """Start the process that submissions are forked from; say what is around it."""
    try:
        wall = walls.choose()
    except Unavailable as error:
        return Finding("a wall", False, str(error))
    what = f"a warm process, walled in by {wall.about}"
    with contextlib.closing(wall), tempfile.TemporaryDirectory(prefix="course-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        wall.guard("pupil", lay_out(folder, "pupil"))
        zygote = Zygote("pupil", folder, wall)
        try:
            zygote.wait()
        except Unavailable as error:
            return Finding(what, False, str(error))
        finally:
            zygote.close()
    return Finding(what, True)
