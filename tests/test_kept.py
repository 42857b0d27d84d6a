"""What passed is kept, and runs again when something changes that it depends on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = {
    "course_lib/__init__.py": "",
    "course_lib/nets/__init__.py": "from course_lib.nets.one import one\nNETS = [one]\n",
    "course_lib/nets/one.py": "def one():\n    return 1\n",
    "course_lib/nets/two.py": "def two():\n    return 2\n",
    "course_lib/numbers.json": "[1]",
    "tests/nets/test_one.py": "from course_lib.nets import one\n\ndef test_one():\n"
    "    assert one() == 1\n",
    "tests/nets/test_two.py": "from course_lib.nets.two import two\n\ndef test_two():\n"
    "    assert two() == 2\n",
    "tests/site/test_pages.py": "def test_pages():\n    pass\n",
    "book/page.md": "# Page",
    "requirements.txt": "keras==3.0",
    "pytest.ini": "[pytest]\npythonpath = .\naddopts = --import-mode=importlib\n",
}
PYTEST = [sys.executable, "-m", "pytest", "-p", "tests.kept", "--kept", ".git/kept.json"]
PYTEST += ["-p", "no:cacheprovider"]
CHANGES = {
    "nothing": ("book/page.md", "# Page", 0),
    "the module of one test": ("course_lib/nets/two.py", "def two():\n    return 1 + 1\n", 2),
    "a test": ("tests/nets/test_two.py", "def test_two():\n    pass\n", 2),
    "data": ("course_lib/numbers.json", "[2]", 3),
    "a page": ("book/page.md", "# Another page", 1),
    "the lock": ("requirements.txt", "keras==3.1", 3),
}


@pytest.fixture
def tree(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name in ("kept.py", "reach.py"):
        (tmp_path / "tests" / name).write_text((ROOT / "tests" / name).read_text())
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    return tmp_path


def run(tree, *more, **environment):
    """Run the tests of a tree with pytest alone; return its exit status and what it wrote."""
    alone = {
        "PYTHONPATH": "",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    done = subprocess.run(
        [*PYTEST, *(more or ["tests"])],
        check=False,
        cwd=tree,
        capture_output=True,
        text=True,
        env=os.environ | alone | environment,
    )
    return done.returncode, done.stdout


def ran(output):
    """How many tests passed or failed."""
    return output.count("passed") and int(output.rpartition(" passed")[0].split()[-1])


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_runs_what_depends_on_it_and_nothing_else(tree, change):
    status, first = run(tree)
    assert (status, ran(first)) == (0, 3)
    name, text, count = CHANGES[change]
    (tree / name).write_text(text)
    status, second = run(tree)
    assert status == 0
    if count:
        assert f"{count} passed" in second
    assert ("not run again" in second) == (count < 3)
    if count < 3:
        assert f"{3 - count} files passed before" in second


def test_it_works_in_two_processes_too(tree):
    two = ("-p", "xdist.plugin", "-n", "2", "tests")
    assert "3 passed" in run(tree, *two)[1]
    status, second = run(tree, *two)
    assert status == 0
    assert "3 files passed before" in second


def test_what_failed_runs_again_until_it_passes(tree):
    (tree / "course_lib/nets/two.py").write_text("def two():\n    return 3\n")
    assert run(tree)[0] == 1
    status, second = run(tree)
    assert status == 1
    assert "1 failed" in second
    assert "2 files passed before" in second
    (tree / "course_lib/nets/two.py").write_text(FILES["course_lib/nets/two.py"])
    status, third = run(tree)
    assert status == 0
    assert "1 passed" in third or "2 passed" in third


@pytest.mark.parametrize(
    "more", [("-k", "one", "tests"), ("tests/nets/test_one.py::test_one",), ("-x", "tests")]
)
def test_a_run_in_part_is_not_kept(tree, more):
    run(tree, *more)
    assert not (tree / ".git/kept.json").exists()


def test_what_was_skipped_is_not_kept(tree):
    skipped = "import pytest\n\ndef test_two():\n    pytest.skip('no browser')\n"
    (tree / "tests/nets/test_two.py").write_text(skipped)
    run(tree)
    assert "tests/nets/test_two.py" not in json.loads((tree / ".git/kept.json").read_text())


@pytest.mark.parametrize(
    ("before", "after", "runs"),
    [("", "all", True), ("all", "", False), ("", "none", False), ("none", "", True)],
)
def test_what_judged_fewer_mutants_runs_again_and_what_judged_more_does_not(
    tree, before, after, runs
):
    assert "3 passed" in run(tree, COURSE_MUTANTS=before)[1]
    status, second = run(tree, COURSE_MUTANTS=after)
    assert status == 0
    assert ("3 passed" in second) == runs
    assert ("3 files passed before" in second) != runs


def test_mutants_of_an_unknown_kind_are_refused(tree):
    status, _ = run(tree, COURSE_MUTANTS="some")
    assert status == pytest.ExitCode.USAGE_ERROR
    assert not (tree / ".git/kept.json").exists()
