"""Build the wheel of course_lib, the same bytes for the same tree.

python tools/release.py DEST      writes DEST/course_lib-VERSION-py3-none-any.whl, prints its sha256
"""

import hashlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EPOCH = "1577836800"  # 2020-01-01, the time stamp of every file in the wheel


def file_name(root: Path = ROOT) -> str:
    """Return the name of the wheel of this version of the tree."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    return f"{project['name']}-{project['version']}-py3-none-any.whl"


def build(destination: Path, root: Path = ROOT) -> tuple[Path, str]:
    """Build the wheel offline with the hatchling of this environment.

    Args:
        destination: folder for the wheel; created where missing.
        root: folder that holds pyproject.toml and course_lib.

    Returns:
        The path of the wheel and its sha256 in hexadecimal.

    Raises:
        RuntimeError: hatchling failed; the message holds what it wrote.
    """
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d"]
    result = subprocess.run(
        [*command, str(destination.resolve())],
        cwd=root,
        env=os.environ | {"SOURCE_DATE_EPOCH": EPOCH},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise RuntimeError(f"the wheel could not be built:\n{result.stdout}{result.stderr}")
    path = destination / file_name(root)
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python tools/release.py DEST")
    print("{}  sha256 {}".format(*build(Path(sys.argv[1]))))
