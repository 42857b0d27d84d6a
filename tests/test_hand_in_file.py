"""Notebooks as files, whole and broken, and the one that a kernel belongs to."""

import json
import sys
import types

import pytest

from course_lib import hand_in_file
from course_lib.hand_in_file import Unreadable, code_of, read, saved

CELLS = [
    {"cell_type": "markdown", "source": ["# A\n", "text"]},
    {"cell_type": "code", "source": ["a = 1\n", "b"], "outputs": []},
    {"cell_type": "code", "source": "c"},
]
CODE = ["a = 1\nb", "c"]


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": CELLS, "nbformat": 4}))
    return path


def test_cells_come_with_their_sources_as_one_string(path):
    cells = read(path)
    assert [cell["source"] for cell in cells] == ["# A\ntext", *CODE]
    assert code_of(cells) == CODE


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"no notebook \(JSONDecodeError\); download it once more"),
        (b"<html>log in</html>", r"no notebook \(JSONDecodeError\)"),
        (b"\xff\xfe\x00", r"no notebook \(UnicodeDecodeError\)"),
        (b"[" * 100_000, r"no notebook \(RecursionError\)"),
        (b"[]", "it holds no cells; open it in Jupyter"),
        (b'{"worksheets": [{"cells": []}]}', "it holds no cells"),
        (b'{"cells": {}}', "it holds no cells"),
    ],
    ids=range(7),
)
def test_what_is_no_notebook_is_named(path, content, message):
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=message) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path} is no notebook")


def test_a_file_that_is_not_there_is_named(tmp_path):
    for path in (tmp_path / "b.ipynb", tmp_path):
        with pytest.raises(Unreadable, match=r"no such file; name the notebook"):
            read(path)


def test_a_file_that_is_too_large_is_not_read(path, monkeypatch):
    monkeypatch.setattr(hand_in_file, "LARGEST", 100)
    with pytest.raises(Unreadable, match=r"0 MiB, at most 0; clear the outputs"):
        read(path)


def test_odd_cells_do_no_harm(path):
    cells = [3, {}, {"cell_type": "code"}, {"cell_type": "code", "source": [1, "x"]}]
    path.write_text("\N{ZERO WIDTH NO-BREAK SPACE}" + json.dumps({"cells": cells}))
    assert code_of(read(path)) == ["", "x"]


def test_where_nothing_is_known_there_is_no_file(path):
    assert saved({}) is None
    assert saved({"__vsc_ipynb_file__": 3}) is None
    assert saved({"__vsc_ipynb_file__": "b.ipynb"}) is None


def test_vs_code_names_the_file_in_the_notebook(path):
    assert saved({"__vsc_ipynb_file__": str(path)}) == CODE


@pytest.mark.parametrize("name", ["a.ipynb", "folder/of/the/server/a.ipynb"])
def test_jupyter_names_the_file_outside_of_it(path, monkeypatch, name):
    monkeypatch.setenv("JPY_SESSION_NAME", name)
    assert saved({}) == CODE


def test_a_file_that_is_being_written_is_not_known(path, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    path.write_text(path.read_text()[:30])
    assert saved({}) is None


def colab(monkeypatch, answer):
    package, message = types.ModuleType("google.colab"), types.ModuleType("google.colab._message")
    message.blocking_request = answer
    monkeypatch.setitem(sys.modules, "google.colab", package)
    monkeypatch.setitem(sys.modules, "google.colab._message", message)


def test_colab_is_asked_for_its_notebook(path, monkeypatch):
    def answer(kind, request, timeout_sec):
        assert (kind, timeout_sec) == ("get_ipynb", hand_in_file.SECONDS)
        return {"ipynb": {"cells": CELLS}}

    colab(monkeypatch, answer)
    assert saved({}) == CODE


def test_colab_that_does_not_answer_is_no_error(path, monkeypatch):
    def answer(kind, request, timeout_sec):
        raise TimeoutError

    colab(monkeypatch, answer)
    assert saved({}) is None
    colab(monkeypatch, lambda kind, request, timeout_sec: None)
    assert saved({}) is None
