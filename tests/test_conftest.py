"""The rules of conftest.py, tried on a small folder of tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")
TESTS = """
import pytest

def test_passes(record_property):
    record_property("summary", "3 of 4 things")

def test_skips():
    pytest.skip("no browser here")
"""


@pytest.fixture
def folder(tmp_path):
    shutil.copy(CONFTEST, tmp_path)
    (tmp_path / "test_one.py").write_text(TESTS)
    (tmp_path / "test_two.py").write_text(
        "import pytest\npytest.skip('no sandbox here', allow_module_level=True)\n"
    )
    return tmp_path


def run(folder, ci):
    options = ["-ra", "-p", "no:cacheprovider", "--continue-on-collection-errors"]
    ours = {"COURSE_CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    result = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(folder)],
        cwd=folder,
        env=os.environ | ours,
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout


def test_by_default_a_skip_is_named_and_no_failure(folder):
    status, output = run(folder, "")
    assert status == 0
    assert "no browser here" in output
    assert "no sandbox here" in output
    assert "1 passed, 2 skipped" in output


def test_in_continuous_integration_a_skip_is_a_failure(folder):
    status, output = run(folder, "1")
    assert status == 1
    assert "COURSE_CI=1 allows no skip. Skipped: no browser here" in output
    assert "1 failed, 1 passed, 1 error" in output


def test_what_only_root_can_do_is_skipped_for_others(folder):
    (folder / "test_two.py").write_text(
        "import pytest\ndef test_it():\n    pytest.skip('only root can give a folder away')\n"
    )
    (folder / "test_one.py").write_text("def test_passes():\n    pass\n")
    status, output = run(folder, "1")
    assert status == 0
    assert "1 passed, 1 skipped" in output


def test_summary_lines_are_printed_at_the_end(folder):
    assert "3 of 4 things" in run(folder, "")[1].split("counts")[1]
