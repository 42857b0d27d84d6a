"""The package says its version, reads its profile and imports nothing heavy."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import course_lib

ROOT = Path(__file__).parents[1]


def test_profile_is_smoke_unless_told(monkeypatch):
    monkeypatch.delenv("COURSE_PROFILE", raising=False)
    assert course_lib.profile() == "smoke"


@pytest.mark.parametrize("name", ["smoke", "full"])
def test_profile_reads_the_variable(monkeypatch, name):
    monkeypatch.setenv("COURSE_PROFILE", name)
    assert course_lib.profile() == name


@pytest.mark.parametrize("name", ["", "fast", "Full"])
def test_profile_refuses_other_names(monkeypatch, name):
    monkeypatch.setenv("COURSE_PROFILE", name)
    with pytest.raises(ValueError, match=re.escape(f"COURSE_PROFILE is {name!r}")):
        course_lib.profile()


def test_version_is_the_one_of_the_wheel():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert course_lib.__version__ == declared


def test_import_loads_nothing_heavy():
    code = (
        "import sys, course_lib, course_lib.experiments\n"
        "print([m for m in ('keras', 'tensorflow', 'jax', 'matplotlib', 'IPython') "
        "if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
