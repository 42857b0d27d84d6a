"""The first code cell of every notebook: installs course_lib where it is missing.

In this repository the cell names no release. The student's tree gets a cell that installs the
wheel of its release from the public repository's address, checked against its sha256; never by
bare name from an index, where anybody may have registered it.
"""

from pathlib import Path

import release

CELL = """\
# Set-up, the same in every notebook: installs course_lib where it is missing.
import site
import subprocess
import sys
from importlib.util import find_spec

WHEEL = "{wheel}"  # address of the release, with its sha256
if not find_spec("course_lib"):
    backend = "" if any(map(find_spec, ("tensorflow", "jax", "torch"))) else "[tensorflow]"
    if WHEEL:
        package = f"course_lib{{backend}} @ {{WHEEL}}"
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", package], check=True)
        site.addsitedir(site.getusersitepackages())
    else:
        print(f'No course_lib; type: pip install "./{name}{{backend}}"')
"""


def render(address: str, sha256: str) -> str:
    """Return the source of the set-up cell.

    Args:
        address: of the public repository, such as https://github.com/NAME/REPOSITORY, whose
            release `vVERSION` holds the wheel; empty where there is none.
        sha256: of that wheel, 64 hexadecimal digits; empty together with the address.

    Returns:
        At most 15 lines of Python.

    Raises:
        ValueError: only one of the two is given, or the sha256 is not one.
    """
    name = release.file_name()
    if bool(address) != bool(sha256):
        raise ValueError(
            f"address and sha256 must both be given or both be empty, got {address!r} and "
            f"{sha256!r}"
        )
    if not address:
        return CELL.format(wheel="", name=name)
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise ValueError(f"sha256 must be 64 lower-case hexadecimal digits, got {sha256!r}")
    version = name.split("-")[1]
    wheel = f"{address.rstrip('/')}/releases/download/v{version}/{name}#sha256={sha256}"
    return CELL.format(wheel=wheel, name=name)


def wheel_sha256(root: Path) -> str:
    """Build the wheel of the release into build/release and return its sha256."""
    return release.build(root / "build" / "release", root)[1]
