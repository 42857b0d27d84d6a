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


@pytest.mark.parametrize("damaged", [b"\0" * 40, b"[1]", b"{}", b"null", b'{"key": "a"}', b"\xff"])
def test_a_damaged_line_costs_its_own_verdict_only(tmp_path, damaged):
    path = tmp_path / "journal.jsonl"
    Journal(path).add("a", 1)
    with path.open("ab") as file:
        file.write(damaged + b"\n")
    Journal(path).add("c", 3)
    assert Journal(path).entries == {"a": 1, "c": 3}


def test_what_was_written_is_never_written_again(tmp_path):
    """So that a kill while a journal is opened, or a verdict added, can lose nothing of before."""
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    sizes = []
    for number in range(1000):
        before = path.stat().st_size if number else 0
        journal.add(str(number), {"score": 1})
        sizes.append(path.stat().st_size - before)
    assert max(sizes) - min(sizes) <= 2  # the digits of the number
    inode = path.stat().st_ino
    with path.open("ab") as file:
        file.write(b'{"key": "torn')
    assert len(Journal(path).entries) == 1000
    assert (path.stat().st_ino, path.stat().st_size) == (inode, sum(sizes))
