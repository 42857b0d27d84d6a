"""Results that are missing or older than their code are told, each in one line."""

import json

import pytest

import stored_results
from course_lib.experiments import NAMES
from course_lib.experiments.provenance import code_hashes


@pytest.fixture
def root(tmp_path):
    """A tree with one fresh result."""
    folder = tmp_path / "book" / "results"
    folder.mkdir(parents=True)
    code = code_hashes("course_lib.experiments.lenet")
    result = {"name": "lenet", "provenance": {"code": code}}
    (folder / "lenet.json").write_text(json.dumps(result))
    return tmp_path


def test_missing_results_are_told_with_the_command(root):
    lines = list(stored_results.missing(root))
    assert len(lines) == len(NAMES) - 1
    assert "book/results/resnet.json: missing; run `python -m course_lib run resnet`" in lines


def test_a_fresh_result_is_not_older(root):
    assert list(stored_results.older(root)) == []


def test_an_old_result_names_what_changed(root):
    path = root / "book" / "results" / "lenet.json"
    result = json.loads(path.read_text())
    result["provenance"]["code"]["course_lib.train"] = "another"
    path.write_text(json.dumps(result))
    (line,) = stored_results.older(root)
    assert line.startswith("book/results/lenet.json: older than course_lib.train; run")
