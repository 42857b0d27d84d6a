"""Running notebooks: what is stored, and what is left alone when a cell fails."""

import json
import os

import pytest

import execute
import nbfile
import normal_form
import setup_cell
from tests.tiny import code, markdown, save


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """One kernel for all that a successful run must do."""
    path = save(
        tmp_path_factory.mktemp("book") / "a.ipynb",
        markdown("# A"),
        code("an old set-up cell", "setup"),
        code("import os, sys\nprint('out')\nprint('noise', file=sys.stderr)", stdout="stale\n"),
        code("open('here.txt', 'w').close()\nprint('on')\nprint('off')", "exercise"),
        code("1 + 1"),
    )
    seconds = execute.execute(path, results=path.parent / "results")
    return path, seconds, nbfile.read(path)["cells"]


def test_a_run_writes_normal_form(executed):
    path, seconds, cells = executed
    assert normal_form.violations(path) == []
    assert [c["execution_count"] for c in cells if c["cell_type"] == "code"] == [1, 2, 3, 4]
    assert seconds > 0


def test_outputs_are_fresh_and_without_stderr(executed):
    outputs = executed[2][2]["outputs"]
    assert outputs == [{"output_type": "stream", "name": "stdout", "text": ["out\n"]}]
    assert executed[2][4]["outputs"][0]["data"] == {"text/plain": ["2"]}


def test_the_setup_cell_is_the_generated_one(executed):
    assert nbfile.source(executed[2][1]) == setup_cell.render("", "").rstrip("\n")
    assert executed[2][1]["outputs"] == []


def test_a_notebook_runs_in_its_own_folder(executed):
    assert (executed[0].parent / "here.txt").exists()


def test_running_again_gives_the_same_bytes(executed):
    path = executed[0]
    before = path.read_bytes()
    execute.execute(path, results=path.parent / "results")
    assert path.read_bytes() == before


def test_an_error_names_notebook_and_cell_and_leaves_the_file(tmp_path):
    path = save(tmp_path / "a.ipynb", markdown("# A"), code("1"), code("1 / 0"), code("2"))
    before = path.read_bytes()
    with pytest.raises(
        execute.FailedNotebook, match=r"a\.ipynb: cell 3: ZeroDivisionError: division by zero"
    ):
        execute.execute(path, results=tmp_path / "results")
    assert path.read_bytes() == before


def test_a_cell_that_hangs_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(execute, "CELL_TIMEOUT", 1)
    path = save(tmp_path / "a.ipynb", code("1"), code("import time\ntime.sleep(60)"))
    with pytest.raises(execute.FailedNotebook, match=r"a\.ipynb: cell 2: no end after 1 s"):
        execute.execute(path, results=tmp_path / "results")


def test_a_kernel_that_dies_is_named(tmp_path):
    path = save(tmp_path / "a.ipynb", code("1"), code("import os\nos._exit(1)"))
    with pytest.raises(execute.FailedNotebook, match=r"a\.ipynb: cell 2: the kernel died"):
        execute.execute(path, results=tmp_path / "results")


def test_stored_experiments_are_not_changed_by_a_notebook(tmp_path):
    results = tmp_path / "results"
    results.mkdir()
    (results / "a.json").write_text("stored")
    path = save(tmp_path / "a.ipynb", code("open('results/a.json', 'w').close()"))
    before = path.read_bytes()
    with pytest.raises(execute.FailedNotebook, match=r"a\.json; a stored experiment"):
        execute.execute(path, results=results)
    assert (results / "a.json").read_text() == "stored"
    assert path.read_bytes() == before


def test_main_goes_on_after_a_failure_and_reports_slow_ones(tmp_path, monkeypatch, capsys):
    good, bad = tmp_path / "good.ipynb", tmp_path / "bad.ipynb"

    def run(path):
        if path == bad:
            raise execute.FailedNotebook(f"{path}: cell 1: E")
        return 61.0

    monkeypatch.setattr(execute, "execute", run)
    assert execute.main([str(bad), str(good)]) == 1
    captured = capsys.readouterr()
    assert captured.out == f"  61.0 s  {good}\n"
    assert captured.err.splitlines() == [f"{bad}: cell 1: E", f"{good}: 61 s, at most 60 s"]


def test_a_broken_file_is_reported(tmp_path, capsys):
    (tmp_path / "a.ipynb").write_text(json.dumps({"nbformat": 3}))
    assert execute.main([str(tmp_path / "a.ipynb")]) == 1
    assert "nbformat 4" in capsys.readouterr().err


@pytest.fixture
def runs(tmp_path):
    """The file of run times of a tree with two notebooks."""
    for name in ("a.ipynb", "b.ipynb"):
        save(tmp_path / "book" / name, code("1"))
    return tmp_path / "book" / "run_seconds.json"


def stored(runs):
    return {name: run["seconds"] for name, run in json.loads(runs.read_text()).items()}


def test_seconds_are_rounded_up_and_a_similar_run_changes_nothing(runs):
    path = runs.parent / "a.ipynb"
    for seconds, expected in [(0.4, 5), (5.1, 5), (9.9, 5), (10.1, 15), (6.0, 15), (4.0, 5)]:
        execute.record(path, seconds, runs)
        assert stored(runs) == {"book/a.ipynb": expected}
    assert json.loads(runs.read_text())["book/a.ipynb"]["cores"] == os.cpu_count()


def test_runs_of_notebooks_that_are_gone_are_dropped(runs):
    execute.record(runs.parent / "b.ipynb", 12, runs)
    (runs.parent / "b.ipynb").unlink()
    execute.record(runs.parent / "a.ipynb", 12, runs)
    assert stored(runs) == {"book/a.ipynb": 15}


def test_a_notebook_of_another_tree_is_not_recorded(runs, tmp_path_factory):
    other = save(tmp_path_factory.mktemp("other") / "a.ipynb", code("1"))
    execute.record(other, 12, runs)
    assert not runs.exists()
