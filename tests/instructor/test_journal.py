"""A journal keeps what was done, whatever ends the run."""

import pytest

from instructor.journal import Journal


def test_what_was_added_is_there_again(tmp_path):
    path = tmp_path / "out" / "journal.jsonl"
    Journal(path).add("a", {"score": 1.5})
    Journal(path).add("b", {"score": 2})
    assert Journal(path).entries == {"a": {"score": 1.5}, "b": {"score": 2}}


@pytest.mark.parametrize("torn", ['{"key": "b", "ent', "{", '{"key": "b", "entry": {}}'])
def test_a_torn_line_is_dropped_and_the_next_one_is_whole(tmp_path, torn):
    path = tmp_path / "journal.jsonl"
    Journal(path).add("a", 1)
    with path.open("a") as file:
        file.write(torn)
    journal = Journal(path)
    assert journal.entries == {"a": 1}
    journal.add("c", 3)
    assert Journal(path).entries == {"a": 1, "c": 3}
