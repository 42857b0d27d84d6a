"""Every rule of the layout on a tiny tree that breaks it."""

import subprocess
import sys

import pytest

import layout

TOC = """\
root: book/intro
parts:
  - chapters:
      - file: book/modern/small
      - file: book/practice/habits
  - chapters:
      - file: book/exercises/small
      - file: book/exercises/habits
"""
FILES = [
    "book/intro.md",
    "book/modern/small.ipynb",
    "book/exercises/small.ipynb",
    "book/results/README.md",
    "book/practice/habits.ipynb",
    "book/exercises/habits.ipynb",
    "book/results/small.json",
    "book/results/habits.json",
    "course_lib/nets/small.py",
    "tests/nets/test_small.py",
    "course_lib/checks/small.py",
    "tests/checks/test_small.py",
    "course_lib/checks/habits.py",
    "tests/checks/test_habits.py",
    "course_lib/experiments/small.py",
    "tests/experiments/test_small.py",
    "course_lib/experiments/habits.py",
    "tests/experiments/test_habits.py",
    "course_lib/__init__.py",
    "course_lib/__main__.py",
    "tests/test_main.py",
    "tools/draft.py",
    "tests/tools/test_draft.py",
    "_ext/booksite/__init__.py",
]
MACHINE = "/" + "home/ann/course"
EXPERIMENT = "EXPERIMENT = Experiment(chapter={!r})\n"


def put(root, name, content=""):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


@pytest.fixture
def root(tmp_path, monkeypatch):
    put(tmp_path, "_toc.yml", TOC)
    for name in FILES:
        put(tmp_path, name)
    put(tmp_path, "course_lib/experiments/small.py", EXPERIMENT.format("modern/small"))
    put(tmp_path, "course_lib/experiments/habits.py", EXPERIMENT.format("practice/habits"))
    return tmp_path


def test_a_sound_tree_passes(root):
    assert layout.violations(root) == []
    assert layout.rows(root) == [("modern", "small"), ("practice", "habits")]


@pytest.mark.parametrize(
    "name",
    [
        "book/modern/small.ipynb",
        "book/exercises/small.ipynb",
        "course_lib/checks/small.py",
        "tests/checks/test_small.py",
        "course_lib/nets/small.py",
        "tests/nets/test_small.py",
    ],
)
def test_a_chapter_lacks_nothing(root, name):
    (root / name).unlink()
    assert any(line.startswith(f"{name}: missing") for line in layout.chapters(root))


def test_a_page_outside_of_the_folders_of_chapters_is_none(root):
    first = "parts:\n  - chapters:\n      - file: book/start\n      - file: book/appendix/words\n"
    put(root, "_toc.yml", TOC.replace("parts:\n", first, 1))
    put(root, "book/start.ipynb")
    put(root, "book/appendix/words.md")
    assert layout.rows(root) == [("modern", "small"), ("practice", "habits")]
    assert layout.violations(root) == []


def test_a_chapter_of_practice_needs_no_network_and_no_experiment(root):
    (root / "course_lib" / "experiments" / "habits.py").unlink()
    assert list(layout.chapters(root)) == []


def test_a_survey_has_neither_network_nor_experiment(root, monkeypatch):
    for name in ("course_lib/nets/small.py", "course_lib/experiments/small.py"):
        (root / name).unlink()
    (root / "tests" / "nets" / "test_small.py").unlink()
    missing = list(layout.chapters(root))
    assert [line.partition(":")[0] for line in missing] == [
        "course_lib/nets/small.py",
        "tests/nets/test_small.py",
        "course_lib/experiments",
    ]
    monkeypatch.setattr(layout, "SURVEYS", ("modern/small",))
    assert list(layout.chapters(root)) == []


@pytest.mark.parametrize("left", ["course_lib/nets/small.py", "course_lib/experiments/small.py"])
def test_a_chapter_with_a_network_or_an_experiment_is_no_survey(root, monkeypatch, left):
    monkeypatch.setattr(layout, "SURVEYS", ("modern/small",))
    for name in {"course_lib/nets/small.py", "course_lib/experiments/small.py"} - {left}:
        (root / name).unlink()
    assert list(layout.chapters(root)) == [
        "tools/layout.py: modern/small has a network or an experiment; take it from SURVEYS"
    ]


def test_a_chapter_on_a_layer_needs_an_experiment_and_no_network(root, monkeypatch):
    (root / "course_lib/nets/small.py").unlink()
    (root / "tests/nets/test_small.py").unlink()
    monkeypatch.setattr(layout, "LAYERS", ("modern/small",))
    assert list(layout.chapters(root)) == []
    (root / "course_lib/experiments/small.py").unlink()
    (line,) = layout.chapters(root)
    assert line.startswith("course_lib/experiments: none of this chapter")


def test_a_survey_needs_the_rest_of_a_chapter(root, monkeypatch):
    monkeypatch.setattr(layout, "SURVEYS", ("modern/small",))
    for name in (
        "course_lib/nets/small.py",
        "course_lib/experiments/small.py",
        "course_lib/checks/small.py",
    ):
        (root / name).unlink()
    assert list(layout.chapters(root)) == [
        "course_lib/checks/small.py: missing, checks of the chapter small"
    ]


def test_a_chapter_on_an_architecture_needs_an_experiment_of_any_name(root):
    folder = root / "course_lib" / "experiments"
    (folder / "small.py").rename(folder / "width.py")
    assert list(layout.chapters(root)) == []
    (folder / "width.py").unlink()
    assert list(layout.chapters(root)) == [
        'course_lib/experiments: none of this chapter; write one, chapter="modern/small"'
    ]


def test_an_experiment_has_a_chapter_there_or_planned(root, monkeypatch):
    put(root, "course_lib/experiments/lost.py", EXPERIMENT.format("modern/lost"))
    assert list(layout.experiments(root)) == [
        "course_lib/experiments/lost.py: chapter 'modern/lost' is not in _toc.yml; "
        "write its FOLDER/NAME",
    ]
    monkeypatch.setattr(layout.experiment_files, "PLANNED", ("modern/lost",))
    assert list(layout.experiments(root)) == []


def test_a_chapter_is_no_longer_planned_once_it_is_there(root, monkeypatch):
    monkeypatch.setattr(layout.experiment_files, "PLANNED", ("modern/small",))
    assert list(layout.experiments(root)) == [
        "tools/experiment_files.py: modern/small is there; take it out of PLANNED"
    ]


def test_the_exercise_of_a_chapter_is_a_page(root):
    put(root, "_toc.yml", TOC.replace("      - file: book/exercises/small\n", ""))
    assert list(layout.chapters(root)) == [
        "_toc.yml: no row book/exercises/small for the chapter small"
    ]


@pytest.mark.parametrize(
    ("name", "test"),
    [
        ("course_lib/cost.py", "tests/test_cost.py"),
        ("course_lib/data/fashion.py", "tests/data/test_fashion.py"),
        ("tools/lock.py", "tests/tools/test_lock.py"),
    ],
)
def test_a_module_has_its_test(root, name, test):
    put(root, name)
    assert list(layout.mirrors(root)) == [f"{name}: no test at {test}"]
    put(root, test)
    assert list(layout.mirrors(root)) == []


def test_parts_of_a_subject_share_its_test(root):
    put(root, "course_lib/nets/resnet_wide.py")
    put(root, "tests/nets/test_resnet.py")
    assert list(layout.mirrors(root)) == []


def test_a_page_is_in_the_table_of_contents(root):
    put(root, "book/lost.md")
    put(root, "book/.ipynb_checkpoints/intro.md")
    assert list(layout.pages(root)) == ["book/lost.md: not in _toc.yml"]


def test_a_row_has_a_page(root):
    (root / "book" / "intro.md").unlink()
    assert list(layout.pages(root)) == ["_toc.yml: book/intro is neither a .md nor an .ipynb file"]


@pytest.mark.parametrize(
    "name",
    [
        "course_lib/utils.py",
        "tests/helpers.py",
        "tools/common.py",
        "book/ch04.md",
        "book/modern/01_small.ipynb",
        "tests/nets/test_resnet50.py",
    ],
)
def test_names_that_say_nothing_are_refused(root, name):
    put(root, name)
    assert [line.partition(":")[0] for line in layout.names(root)] == [name]


@pytest.mark.parametrize(
    "name",
    [
        "course_lib/nets/resnet_v2.py",
        "tests/checks/resnet_v2_right.py",
        "tools/__pycache__/a.312.pyc",
        "tests/site/vendor/toy/LICENSE-3RD-PARTY.txt",
    ],
)
def test_versions_of_networks_caches_and_vendored_files_may_hold_numbers(root, name):
    put(root, name)
    assert list(layout.names(root)) == []


def test_long_modules_and_functions_are_refused(root):
    put(root, "course_lib/long.py", "x = 1\n" * 250)
    put(root, "_ext/booksite/deep.py", "def f():\n" + "    x = 1\n" * 39)
    put(root, "tools/wide.py", "def f(a, b, c, d, *, e, g, h, i): ...\n")
    assert list(layout.sizes(root)) == [
        "course_lib/long.py: 250 lines, at most 249; split it",
        "tools/wide.py:1: f takes 8 arguments, at most 7",
        "_ext/booksite/deep.py:1: f has 40 lines, at most 39",
    ]


def test_docstrings_and_self_do_not_count(root):
    docs = '    """One.\n' + "\n" * 40 + '    """\n'
    put(root, "course_lib/long.py", "def f():\n" + docs + "    x = 1\n" * 38)
    put(root, "tools/wide.py", "class A:\n    def f(self, a, b, c, d, *, e, g, h): ...\n")
    assert list(layout.sizes(root)) == []


@pytest.mark.parametrize(
    "line", ["import tools.draft", "from draft import f", "import os, draft", "from tests import a"]
)
def test_what_is_shipped_does_not_import_tools_or_tests(root, line):
    put(root, "course_lib/a.py", f"import json\n\n{line}\n")
    (found,) = layout.imports(root)
    assert found.startswith("course_lib/a.py:3: imports ")


def test_tools_and_tests_may_import_tools(root):
    put(root, "tools/draft.py", "import draft\n")
    put(root, "tests/test_a.py", "import draft\n")
    put(root, "course_lib/a.py", "from .draft import f\n")
    assert list(layout.imports(root)) == []


@pytest.mark.parametrize(
    "path", [MACHINE, "/" + "data/sets", '"/' + 'srv/course"', "C:" + r"\Users\ann"]
)
def test_paths_of_one_machine_are_refused(root, path):
    put(root, "book/intro.md", f"one\nsee {path}\n")
    (found,) = layout.outside(root)
    assert found.startswith("book/intro.md:2: ")


@pytest.mark.parametrize("path", ["../" + "private/x.md", "../../" + "beside", "../" + "x.pdf"])
def test_paths_out_of_the_tree_are_refused(root, path):
    put(root, "book/modern/small.ipynb", f"see {path}")
    assert list(layout.outside(root)) == [
        f"book/modern/small.ipynb:1: {path.partition('.pdf')[0].removesuffix('/x.md')!r} leads out "
        "of the tree; readers do not have it"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "/tm" + "p/.keras",
        "https://example.org/home/ann",
        "~/course/x",
        "book/home/x",
        "#!/usr/bin/env, >/dev/null",
        "<b>a</b>/c, x.replace(/a/g)",
        "iVBORw0KGgo+" * 10 + "/abc" + "/defg",
        "../exercises/small.ipynb, ../intro, a/../elsewhere",
    ],
)
def test_addresses_and_relative_paths_are_not(root, text):
    put(root, "book/intro.md", text)
    put(root, "build/student/book/intro.md", MACHINE)
    assert list(layout.outside(root)) == []


def test_the_command_prints_a_line_each_and_fails(root):
    put(root, "book/lost.md")
    command = [sys.executable, layout.__file__, str(root)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr == "book/lost.md: not in _toc.yml\n"
    (root / "book" / "lost.md").unlink()
    assert subprocess.run(command, check=False).returncode == 0
