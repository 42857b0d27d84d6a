"""What a uid can read and write is found, and nothing else."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from instructor import scout

NOBODY = 65534
MODES = {"open": 0o777, "closed": 0o000, "shown": 0o555}


@pytest.fixture
def tree():
    """A folder with what everybody may write, and what nobody may."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for part in MODES:
            (root / part).mkdir()
            (root / part / "file").touch()
            (root / part / "file").chmod(0o666)
        (root / "shown" / "link").symlink_to(root / "open")
        for part, mode in MODES.items():
            (root / part).chmod(mode)
        root.chmod(0o555)
        yield root
        for folder in (root, *(root / part for part in MODES)):
            folder.chmod(0o755)


def test_it_finds_what_can_be_written(tree):
    script = Path(scout.__file__).read_text().replace('writable("/")', f'writable("{tree}")')
    user = {} if os.getuid() else {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    done = subprocess.run(
        ["/usr/bin/env", "python3", "-I", "-", f"{tree}/open", f"{tree}/closed"],
        input=script,
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
        **user,
    )
    found = json.loads(done.stdout)
    assert found["readable"] == [f"{tree}/open"]
    assert found["writable"] == [f"{tree}/open", f"{tree}/open/file", f"{tree}/shown/file"]
