"""Checks of an instructor's own: which modules they are, and what is none."""

import importlib
import sys

import pytest

from instructor import assignment, private
from instructor.private_modules import Given, install
from tests.instructor import own


@pytest.fixture
def path(tmp_path):
    return own.begin(tmp_path / "my")


def test_a_notebook_is_read_with_its_checks(path):
    found = assignment.read(path)
    assert [question.check for question in found.questions] == ["checks.quiz.kernel_weights"]
    assert dict(found.modules) == {"checks.quiz": own.checks(path.parent).read_text()}
    assert (found.name, found.points, found.hidden) == ("quiz", 1, ("nets",))


@pytest.mark.parametrize(
    "line",
    [
        "import checks.parts",
        "from checks import parts",
        "from checks.parts import one",
        "from . import parts",
        "from .parts import one",
        "def later():\n    from checks import parts\n    return parts",
    ],
)
def test_what_the_checks_import_of_their_folder_belongs_to_them(tmp_path, line):
    (tmp_path / "quiz.py").write_text(f"import keras\nimport checks\n{line}\n")
    (tmp_path / "parts.py").write_text("from checks import quiz, more\none = 1\n")
    (tmp_path / "more.py").write_text("")
    (tmp_path / "other.py").write_text("of another notebook")
    found = private.modules(tmp_path, "quiz")
    assert list(found) == ["checks.more", "checks.parts", "checks.quiz"]
    assert found["checks.parts"].endswith("one = 1\n")


def text(name, content):
    return lambda folder: (folder / name).write_bytes(content)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda folder: (folder / "quiz.py").unlink(), r"quiz\.py: no such file; .* its name"),
        (text("quiz.py", b"\n\nfrom checks import gone\n"), r"gone\.py: no .*line 3 of .*quiz\.py"),
        (text("quiz.py", b"def kernel_weights(:\n"), r"quiz\.py: line 1: no Python"),
        (text("quiz.py", b"x = 1\0"), r"quiz\.py: line 1: no Python"),
        (text("quiz.py", b"# \xff"), r"quiz\.py: cannot be read .* UTF-8"),
        (text("__init__.py", b"import keras\n"), r"__init__\.py: .* leave this file empty"),
    ],
)
def test_unsound_checks_are_refused_with_file_cell_and_reason(path, change, reason):
    change(path.parent / "checks")
    with pytest.raises(assignment.Malformed, match=reason) as refused:
        assignment.read(path)
    assert "quiz.ipynb: cell 2: " in str(refused.value)


def another_name(cells, _):
    cells["imports"]["source"] = "from checks import test as check"


def no_check(cells, _):
    cells["check-kernel-weights"]["source"] = "check.weights(kernel_weights)"


def no_python(cells, _):
    cells["check-kernel-weights"]["source"] = "check.kernel_weights(kernel_weights"


def no_identity(cells, _):
    del cells["check-kernel-weights"]["metadata"]["nbgrader"]["grade_id"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (another_name, r"cell 2: imports the checks test; .*`from checks import quiz as check`"),
        (no_check, r"cell 5: checks/quiz\.py defines no weights"),
        (no_python, r"cell 5: write `check\.NAME\(NAME\)`"),
        (no_identity, r"cell 5: .* no grade_id"),
    ],
)
def test_a_malformed_notebook_is_refused_with_file_cell_and_reason(path, change, reason):
    own.change(path, change)
    with pytest.raises(assignment.Malformed, match=rf"quiz\.ipynb: {reason}"):
        assignment.read(path)


def test_a_name_of_the_course_itself_is_refused(tmp_path):
    path = own.begin(tmp_path)
    path = path.rename(tmp_path / "resnet.ipynb")
    own.change(path, lambda cells, _: cells["imports"].update(source=path_import("resnet")))
    with pytest.raises(assignment.Malformed, match=r"resnet\.ipynb: cell 2: the course itself has"):
        assignment.read(path)


def path_import(name):
    return f"from checks import {name} as check"


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", b'{"nbformat": 4}'])
def test_a_file_that_is_no_notebook_is_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(assignment.Malformed, match=r"quiz\.ipynb: no"):
        assignment.read(path)


@pytest.fixture
def forgotten():
    """Forget afterwards what a test lets this process import."""
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "checks"]:
        del sys.modules[name]
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, Given)]


@pytest.mark.usefixtures("forgotten")
def test_modules_are_imported_from_their_text(tmp_path, monkeypatch):
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "quiz.py").write_text("one = 'of the disk'")
    monkeypatch.syspath_prepend(tmp_path)
    install({"checks.quiz": "from .parts import one", "checks.parts": "one = 'given'"})
    assert importlib.import_module("checks.quiz").one == "given"
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("checks.other")


@pytest.mark.usefixtures("forgotten")
def test_without_modules_nothing_is_changed():
    before = list(sys.meta_path)
    install({})
    assert sys.meta_path == before
