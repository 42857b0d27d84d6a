"""The version stands in three files and is one."""

import re
import tomllib
from pathlib import Path

import course_lib

ROOT = Path(__file__).parents[1]


def test_one_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    cited = re.search(r"^version: *\"?([^\"\s]+)", (ROOT / "CITATION.cff").read_text("utf-8"), re.M)
    assert course_lib.__version__ == project == cited[1]
