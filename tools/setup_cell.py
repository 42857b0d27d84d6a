"""The first code cell of every notebook: installs course_lib where it is missing.

In this repository the cell names no release. The student's tree gets a cell that installs the
wheel of its release from the public repository's address, checked against its sha256; never by
bare name from an index, where anybody may have registered it. Without an address the wheel lies in
the student's tree, and the cell prints the line that installs it from there.
"""

import release

EXTRAS = "data,weights"  # photographs and trained weights, which chapters and exercises need

CELL = """\
# Set-up, the same in every notebook: installs course_lib where it is missing.
import site
import subprocess
import sys
from importlib.util import find_spec

WHEEL = "{wheel}"  # address of the release, with its sha256
if not find_spec("course_lib"):
    backend = "" if any(map(find_spec, ("tensorflow", "jax", "torch"))) else ",tensorflow"
    if WHEEL:
        package = f"course_lib[{extras}{{backend}}] @ {{WHEEL}}"
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", package], check=True)
        site.addsitedir(site.getusersitepackages())
    else:
        print(f'Type: pip install "{folder}/{name}[{extras}{{backend}}]"')
"""


def render(address: str, sha256: str, *, folder: str = ".") -> str:
    """Return the source of the set-up cell.

    Args:
        address: of the public repository; see `link`.
        sha256: of the wheel; see `link`.
        folder: where the wheel lies as seen from the notebook, for the line that is printed where
            there is no address.

    Returns:
        At most 15 lines of Python.

    Raises:
        ValueError: as `link`.
    """
    wheel, name = link(address, sha256), release.file_name()
    return CELL.format(wheel=wheel, folder=folder, name=name, extras=EXTRAS)


def link(address: str, sha256: str) -> str:
    """Return the address of the wheel, with its sha256 behind it; empty where there is none.

    Args:
        address: of the public repository, such as https://github.com/NAME/REPOSITORY, whose
            release `vVERSION` holds the wheel; empty where there is none.
        sha256: of that wheel, 64 hexadecimal digits; empty together with the address.

    Raises:
        ValueError: only one of the two is given, or the sha256 is not one.
    """
    if bool(address) != bool(sha256):
        raise ValueError(
            f"address and sha256 must both be given or both be empty, got {address!r} and "
            f"{sha256!r}"
        )
    if not address:
        return ""
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise ValueError(f"sha256 must be 64 lower-case hexadecimal digits, got {sha256!r}")
    name = release.file_name()
    version = name.split("-")[1]
    return f"{address.rstrip('/')}/releases/download/v{version}/{name}#sha256={sha256}"
