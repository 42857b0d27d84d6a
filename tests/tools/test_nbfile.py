"""Reading, finding and writing notebooks."""

import pytest

import nbfile
from tests.tiny import code, markdown, notebook, save


def test_a_notebook_is_read_as_it_was_written(tmp_path):
    path = save(tmp_path / "a.ipynb", markdown("# A"), code("a\nb", "setup"))
    assert nbfile.read(path) == notebook(markdown("# A"), code("a\nb", "setup"))
    cell = nbfile.read(path)["cells"][1]
    assert (nbfile.source(cell), nbfile.tags(cell)) == ("a\nb", ["setup"])


def test_notebooks_are_found_without_checkpoints(tmp_path):
    for name in ("book/b.ipynb", "book/a/c.ipynb", "book/.ipynb_checkpoints/b.ipynb", "d.ipynb"):
        save(tmp_path / name, markdown("x"))
    found = [path.relative_to(tmp_path).as_posix() for path in nbfile.notebooks(tmp_path)]
    assert found == ["book/a/c.ipynb", "book/b.ipynb"]


def test_exercises_are_known_by_their_folder(tmp_path):
    assert nbfile.is_exercise(tmp_path / "book" / "exercises" / "a.ipynb")
    assert not nbfile.is_exercise(tmp_path / "book" / "classic" / "a.ipynb")


def test_a_failed_write_leaves_the_file_and_no_other(tmp_path):
    path = save(tmp_path / "a.ipynb", markdown("x"))
    before = path.read_bytes()
    with pytest.raises(TypeError):
        nbfile.write(path, {"cells": object()})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
