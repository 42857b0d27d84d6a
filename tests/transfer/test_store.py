"""Blocks on disk: whole or not there, whoever writes them and whenever it is killed."""

import numpy as np
import pytest

from course_lib.transfer.store import BLOCK, Store

ROWS = 2 * BLOCK + 5
WANTED = np.arange(ROWS * 3, dtype="float32").reshape(ROWS, 3)


def rows(start, stop):
    return WANTED[start:stop]


def silent(done, computed):
    pass


def store(folder, **changes):
    settings = {"shape": (ROWS, 3), "dtype": "float32", "batch_size": 8} | changes
    return Store(folder / "key", **settings)


def files(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


class Killed(Exception):
    pass


def killed_at(limit):
    def compute(start, stop):
        if start >= limit:
            raise Killed
        return rows(start, stop)

    return compute


def test_all_rows_and_nothing_else_are_kept(tmp_path):
    seen = []
    made = store(tmp_path)
    assert not made.is_finished()
    made.fill(rows, lambda *state: seen.append(state))
    assert seen == [(64, 64), (128, 128), (133, 133)]
    found = made.open()
    np.testing.assert_array_equal(found, WANTED)
    assert isinstance(found, np.memmap)
    assert not found.flags.writeable
    assert files(tmp_path) == ["features.npy"]


def test_finished_blocks_are_not_computed_again(tmp_path):
    with pytest.raises(Killed):
        store(tmp_path).fill(killed_at(BLOCK), silent)
    assert files(tmp_path) == ["000000000.npy"]
    asked, seen = [], []
    made = store(tmp_path)
    made.fill(
        lambda start, stop: asked.append((start, stop)) or rows(start, stop),
        lambda *state: seen.append(state),
    )
    assert asked == [(64, 128), (128, 133)]
    assert seen[0] == (64, 0)  # done, but not by this call
    np.testing.assert_array_equal(made.open(), WANTED)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: np.save(path, WANTED[:BLOCK].astype("float64")),
        lambda path: np.save(path, WANTED[: BLOCK - 1]),
    ],
)
def test_a_damaged_block_is_not_trusted(tmp_path, damage):
    made = store(tmp_path)
    with pytest.raises(Killed):
        made.fill(killed_at(BLOCK), silent)
    (path,) = tmp_path.rglob("*.npy")
    damage(path)
    made.fill(rows, silent)
    np.testing.assert_array_equal(made.open(), WANTED)


def test_another_batch_size_does_not_mix_blocks(tmp_path):
    with pytest.raises(Killed):
        store(tmp_path).fill(killed_at(BLOCK), silent)
    asked = []
    made = store(tmp_path, batch_size=100)
    made.fill(lambda i, j: asked.append((i, j)) or rows(i, j), silent)
    assert asked == [(0, 100), (100, ROWS)]
    assert files(tmp_path) == ["features.npy"]


def test_a_faster_process_ends_the_work(tmp_path):
    """While this one computes its first block, another fills the store and clears the blocks."""
    asked = []

    def compute(start, stop):
        asked.append(start)
        store(tmp_path).fill(rows, silent)
        return rows(start, stop)

    made = store(tmp_path)
    made.fill(compute, silent)
    assert asked == [0]
    np.testing.assert_array_equal(made.open(), WANTED)
    assert files(tmp_path) == ["features.npy"]


def test_blocks_that_vanish_before_they_are_joined(tmp_path):
    """A faster process that has finished is fine; a hand that removed them is not."""
    made, last = store(tmp_path), 2 * BLOCK

    def clear(done, computed):
        if done == ROWS:
            for path in made.blocks.iterdir():
                path.unlink()

    with pytest.raises(FileNotFoundError, match="was removed; compute again"):
        made.fill(rows, clear)
    assert not made.is_finished()
    made.fill(rows, lambda done, computed: done > last and store(tmp_path).fill(rows, silent))
    np.testing.assert_array_equal(made.open(), WANTED)


@pytest.mark.parametrize("content", [b"", b"no array"])
def test_a_damaged_file_is_named(tmp_path, content):
    made = store(tmp_path)
    made.folder.mkdir()
    made.file.write_bytes(content)
    with pytest.raises(OSError, match=r"features.npy is damaged .*delete it to compute it"):
        made.open()


def test_another_array_is_named(tmp_path):
    store(tmp_path).fill(rows, silent)
    with pytest.raises(OSError, match=r"holds float32 \(133, 3\), not float16 \(133, 3\)"):
        store(tmp_path, dtype="float16").open()
