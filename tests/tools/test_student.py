"""The student's tree and the solutions, on a tiny book: one test a rule."""

import json

import pytest

import nbfile
import release
import student
from course_lib.checks.variants import pick
from instructor.edition_regions import STUB
from tests.tiny import code, markdown, save

CONFIG = "sphinx:\n  config:\n    course_public_url: '{}'\n"
REGION = "def f():\n    ### BEGIN SOLUTION\n    return 8\n    ### END SOLUTION"
EXERCISE = "book/exercises/a.ipynb"
CHAPTER = "book/classic/a.ipynb"
ADDRESS = "https://github.com/some/course"
WHEEL = release.file_name()


@pytest.fixture
def root(tmp_path, monkeypatch):
    def build(folder, root):
        (folder / WHEEL).write_bytes(b"a wheel")
        return folder / WHEEL, "ab" * 32

    monkeypatch.setattr(release, "build", build)
    root = tmp_path / "course"
    save(
        root / CHAPTER,
        markdown("# A"),
        code("set up", "setup"),
        code("1 + 1", stdout="2\n"),
    )
    save(
        root / EXERCISE,
        markdown("# A"),
        code("set up", "setup"),
        code(REGION, "exercise"),
        code("print(f())", "check", stdout="8\n"),
        markdown("Because.", "solution"),
    )
    for name, content in {
        "_config.yml": CONFIG.format(""),
        "_toc.yml": "root: book/intro\n",
        "_ext/booksite/__init__.py": "",
        "web/js/site.js": "// site\n",
        "course_lib/__init__.py": "",
        "course_lib/data/images.npz": "bytes",
        "book/intro.md": "# Course\n",
        "book/results/a.json": "{}",
        "LICENSE": "MIT",
        "LICENSE-TEXT": "CC BY",
        "CITATION.cff": "cff-version: 1.2.0",
        "tools/student_readme.md": 'pip install "{package}"',
        "tests/checks/test_a.py": "secret",
        "README.md": "secret",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


def cells(tree, name):
    return json.loads(tree[name])["cells"]


def sources(tree, name):
    return [nbfile.source(cell) for cell in cells(tree, name)]


def test_the_tree_holds_these_files_and_no_others(root):
    assert sorted(student.student_tree(root)) == [
        "CITATION.cff",
        "LICENSE",
        "LICENSE-TEXT",
        "README.md",
        "_config.yml",
        "_ext/booksite/__init__.py",
        "_toc.yml",
        "book/classic/a.ipynb",
        "book/exercises/a.ipynb",
        "book/intro.md",
        "book/results/a.json",
        WHEEL,
        "course_lib/__init__.py",
        "course_lib/data/images.npz",
        "web/js/site.js",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "course_lib/__pycache__/a.cpython-311.pyc",
        "course_lib/.secret",
        "book/.ipynb_checkpoints/a-checkpoint.ipynb",
        "book/classic/a.ipynb~",
        "book/exercises/a.ipynb.orig",
        "book/_build/a.html",
    ],
)
def test_private_files_stay_out(root, name):
    before = student.student_tree(root)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("private")
    assert student.student_tree(root) == before


def test_a_link_is_refused(root):
    (root / "book" / "notes.md").symlink_to(root / "README.md")
    with pytest.raises(student.RefusedTree, match=r"book/notes\.md is a link"):
        student.student_tree(root)


def test_an_exercise_loses_solutions_and_outputs(root):
    tree = student.student_tree(root)
    assert f"def f():\n    {STUB}" in sources(tree, EXERCISE)
    assert b"return 8" not in tree[EXERCISE]
    assert b"Because" not in tree[EXERCISE]
    code_cells = [c for c in cells(tree, EXERCISE) if c["cell_type"] == "code"]
    assert all(not c["outputs"] and c["execution_count"] is None for c in code_cells)


def test_a_chapter_keeps_its_outputs(root):
    tree = student.student_tree(root)
    assert cells(tree, CHAPTER)[2]["outputs"][0]["text"] == ["2\n"]
    assert cells(tree, CHAPTER)[2]["execution_count"] == 2


def test_a_chapter_without_its_solution_cells_counts_from_1(root):
    answer = code("8", "solution", stdout="8\n")
    last = code("9", stdout="9\n")
    save(root / CHAPTER, answer, code(REGION, stdout="8\n"), last)
    kept = cells(student.student_tree(root), CHAPTER)
    assert [c["execution_count"] for c in kept] == [1, 2]
    assert kept[0]["outputs"] == [], "an output of a stripped cell can be the answer"
    assert kept[1]["outputs"][0]["text"] == ["9\n"]


def test_the_setup_cell_is_generated(root):
    first = sources(student.student_tree(root), CHAPTER)[1]
    assert "set up" not in first
    assert first == sources(student.student_tree(root), EXERCISE)[1]


def test_without_an_address_the_wheel_lies_where_cell_and_readme_say(root):
    tree = student.student_tree(root)
    assert f'pip install "../../{WHEEL}[data,weights{{backend}}]"' in sources(tree, CHAPTER)[1]
    assert tree["README.md"].decode() == f'pip install "./{WHEEL}[data,weights,tensorflow]"'
    assert tree[WHEEL] == b"a wheel"


def test_with_an_address_the_wheel_and_its_sha256_are_named_and_not_in_the_tree(root):
    (root / "_config.yml").write_text(CONFIG.format(ADDRESS))
    tree = student.student_tree(root)
    link = f"{ADDRESS}/releases/download/v{WHEEL.split('-')[1]}/{WHEEL}#sha256={'ab' * 32}"
    assert f'WHEEL = "{link}"' in sources(tree, CHAPTER)[1]
    assert (
        tree["README.md"].decode() == f'pip install "course_lib[data,weights,tensorflow] @ {link}"'
    )
    assert WHEEL not in tree


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (code("### BEGIN SOLUTION\n1"), "cell 1: line 1: the region is not closed"),
        (markdown("### BEGIN SOLUTION\n1"), "cell 1: line 1: a region outside a code cell"),
        (
            code("def f():\n  pass\n ### BEGIN SOLUTION\n  a\n  ### END SOLUTION"),
            "cell 1: line 3: without its regions the cell is no Python",
        ),
    ],
)
def test_a_malformed_region_names_notebook_and_cell(root, cell, message, capsys, monkeypatch):
    save(root / EXERCISE, cell)
    with pytest.raises(student.RefusedTree, match=f"{EXERCISE}: {message}"):
        student.student_tree(root)
    monkeypatch.setattr(student, "ROOT", root)
    assert student.main([str(root / "out")]) == 1
    assert message in capsys.readouterr().err
    assert not (root / "out").exists()


@pytest.mark.parametrize("name", ["book/intro.md", "course_lib/__init__.py"])
def test_a_region_outside_a_notebook_is_refused(root, name):
    (root / name).write_text("text\n    ### BEGIN SOLUTION\n")
    with pytest.raises(student.RefusedTree, match=f"{name}: line 2"):
        student.student_tree(root)


def test_the_same_sources_give_the_same_bytes(root):
    first = student.student_tree(root)
    (root / "book" / "intro.md").touch()
    assert list(student.student_tree(root).items()) == list(first.items())


def test_solutions_are_whole_notebooks_with_outputs_in_the_same_place(root):
    tree = student.solution_tree(root)
    assert list(tree) == [EXERCISE]
    assert b"return 8" in tree[EXERCISE]
    assert cells(tree, EXERCISE)[3]["outputs"][0]["text"] == ["8\n"]


def test_a_chapter_with_a_solution_cell_is_among_the_solutions(root):
    save(root / CHAPTER, code("8", "solution", stdout="8\n"))
    assert list(student.solution_tree(root)) == [CHAPTER, EXERCISE]


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_sources_are_not_a_destination(root, monkeypatch, capsys):
    monkeypatch.setattr(student, "ROOT", root)
    before = files(root)
    assert student.main([str(root / "book" / "student")]) == 1
    assert "in the sources" in capsys.readouterr().err
    assert files(root) == before


def test_an_edited_copy_stops_the_next_run(root, monkeypatch, capsys):
    monkeypatch.setattr(student, "ROOT", root)
    assert student.main([]) == 0
    answered = root / "build" / "student" / EXERCISE
    answered.write_text("my answer")
    assert student.main([]) == 1
    assert EXERCISE in capsys.readouterr().err
    assert answered.read_text() == "my answer"


def test_main_writes_both_trees(root, monkeypatch, capsys):
    monkeypatch.setattr(student, "ROOT", root)
    assert student.main([]) == 0
    assert student.main(["--solutions"]) == 0
    assert "15 files in" in capsys.readouterr().out
    assert (root / "build" / "student" / "book" / "intro.md").is_file()
    assert (root / "build" / "solutions" / EXERCISE).is_file()


TASK = "Return 8."
COURSE = {
    "variants": [
        {"name": "eight"},
        {"name": "nine", "text": {TASK: "Return 9."}},
        {"name": "ten", "text": {TASK: "Return 10."}},
    ]
}
ANSWER = (
    'def f():\n    ### BEGIN SOLUTION\n    VARIANT = "eight"\n    return 8\n    ### END SOLUTION'
)
COHORT = next(
    name for name in map(str, range(99)) if pick(name, "f", ("eight", "nine", "ten")) == "nine"
)


def with_variants(root, course=COURSE):
    answer = code(ANSWER, "exercise")
    answer["metadata"]["course"] = course
    save(root / EXERCISE, markdown(TASK), answer, code("check.f(f)", "check", stdout="8\n"))


def test_a_cohort_gets_its_variants_in_both_trees(root):
    with_variants(root)
    assert sources(student.student_tree(root, COHORT), EXERCISE) == [
        "Return 9.",
        f"def f():\n    {STUB}",
        'check.f(f, variant="nine")',
    ]
    assert sources(student.solution_tree(root, COHORT), EXERCISE) == [
        "Return 9.",
        ANSWER.replace("eight", "nine"),
        'check.f(f, variant="nine")',
    ]
    for tree in (student.student_tree(root, COHORT), student.solution_tree(root, COHORT)):
        assert b"course" not in tree[EXERCISE]


def test_without_a_cohort_the_sources_are_shown(root):
    with_variants(root)
    assert sources(student.student_tree(root), EXERCISE)[0] == TASK
    assert sources(student.solution_tree(root), EXERCISE)[1:] == [ANSWER, "check.f(f)"]
    assert b"cohort" not in student.student_tree(root)["README.md"]


def test_the_readme_names_the_cohort(root):
    assert (
        student.student_tree(root, COHORT)["README.md"]
        .decode()
        .endswith(f"This copy is for the cohort {COHORT}.\n")
    )


@pytest.mark.parametrize("more", [[], ["--solutions"]])
def test_malformed_variants_are_refused_with_file_cell_and_reason(root, more, monkeypatch, capsys):
    with_variants(root, {"variants": COURSE["variants"][:2]})
    monkeypatch.setattr(student, "ROOT", root)
    assert student.main(["--cohort", COHORT, *more, str(root / "out")]) == 1
    assert f"{EXERCISE}: cell 2: expected 3 variants or more" in capsys.readouterr().err
    assert not (root / "out").exists()


def test_main_writes_the_tree_of_a_cohort(root, monkeypatch):
    with_variants(root)
    monkeypatch.setattr(student, "ROOT", root)
    assert student.main(["--cohort", COHORT]) == 0
    written = root / "build" / "student" / EXERCISE
    assert "Return 9." in written.read_text()
