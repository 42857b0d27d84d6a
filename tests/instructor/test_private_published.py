"""What is known of who can read the solutions."""

import subprocess

import pytest

from instructor import private_published
from instructor.assignment import Malformed
from tests.checks.judging import EXERCISES
from tests.instructor import own


@pytest.fixture
def path(tmp_path):
    return own.begin(tmp_path / "my")


def git(folder, *arguments):
    who = ["-c", "user.name=a", "-c", "user.email=a@localhost", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", folder, *who, *arguments], check=True, capture_output=True)


def said(path):
    (line,) = private_published.about(path)
    assert line.startswith("quiz.ipynb ")
    return line


def test_the_courses_own_exercises_are_as_public_as_the_course():
    lines = private_published.about(EXERCISES / "resnet.ipynb")
    assert any("resnet.ipynb lies in the course's own repository" in line for line in lines)
    assert any("keep a private folder: course new" in line for line in lines)
    assert any("checks that are part of the course" in line for line in lines)
    names = {line.split()[0] for line in private_published.about(EXERCISES)}
    assert names == {one.name for one in EXERCISES.glob("*.ipynb")}


def test_checks_of_ones_own_do_not_make_a_folder_of_the_course_private(path, tmp_path):
    (tmp_path / "course_lib").mkdir()
    (tmp_path / "course_lib" / "__init__.py").write_text("")
    assert "the course's own repository" in said(path.parent)


def test_without_git_nothing_is_published(path):
    assert "in no git repository" in said(path)


def test_each_step_towards_the_public_is_told(path):
    folder = path.parent
    git(folder, "init")
    assert "does not keep it yet; `git add` would" in said(folder)
    (folder / ".gitignore").write_text("*.ipynb\n")
    assert "ignores it" in said(folder)
    (folder / ".gitignore").unlink()
    git(folder, "add", "quiz.ipynb")
    assert "knows no remote" in said(folder)
    git(folder, "commit", "-m", "a")
    git(folder, "remote", "add", "origin", "https://ada:token@example.org/ada/quiz.git")
    line = said(folder)
    assert "remote origin (https://example.org/ada/quiz.git)" in line
    assert "git cannot tell whether that is you alone" in line
    assert "token" not in line


def test_what_a_commit_of_before_holds_counts(path):
    git(path.parent, "init")
    git(path.parent, "add", ".")
    git(path.parent, "commit", "-m", "a")
    git(path.parent, "rm", "--cached", "quiz.ipynb")
    git(path.parent, "commit", "-m", "b")
    assert "knows no remote" in said(path)


def test_what_is_no_source_is_refused(path, tmp_path):
    with pytest.raises(Malformed, match="no notebook in it"):
        private_published.about(path.parent / "checks")
    with pytest.raises(Malformed, match="name a notebook"):
        private_published.about(tmp_path / "gone.ipynb")
