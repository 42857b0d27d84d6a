"""Rows of features on disk: blocks that are whole or not there, joined to one file at the end.

Each file is written beside its place and moved there in one step, so after a kill at any moment
what lies there can be trusted.  Two processes may fill one store: they write the same rows, and
the last move wins.  No lock is held that a killed process could leave behind.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

BLOCK = 64  # rows in a block, or a batch where that is larger: what a kill loses at most
UNFINISHED = "unfinished-"


class Store:
    """An array (rows, ...) that is filled block by block, each from a function of its rows.

    Args:
        folder: of this array alone; made when the first block is written.
        shape: of the array.
        dtype: of the array, "float16" or "float32".
        batch_size: rows that are computed at once.  An unfinished array is continued with the
            blocks of its own batch size only: another could round differently.
    """

    def __init__(self, folder: Path, shape: tuple[int, ...], dtype: str, batch_size: int):
        self.folder = folder
        self.file = folder / "features.npy"
        self.shape = shape
        self.dtype = np.dtype(dtype)
        self.rows = batch_size * max(1, BLOCK // batch_size)
        self.blocks = folder / f"{UNFINISHED}{batch_size}"

    def is_finished(self) -> bool:
        """Say whether all rows are there."""
        return self.file.exists()

    def open(self) -> np.ndarray:
        """Return the finished array, memory-mapped and read-only.

        Raises:
            OSError: the file does not hold the array, or is not there.
        """
        try:
            found = np.load(self.file, mmap_mode="r")
        except (ValueError, EOFError) as error:
            raise OSError(f"{self.file} is damaged ({error}); delete it to compute it") from error
        if (found.shape, found.dtype) != (self.shape, self.dtype):
            raise OSError(
                f"{self.file} holds {found.dtype} {found.shape}, not {self.dtype} {self.shape}; "
                "delete it to compute it"
            )
        return found

    def fill(
        self, compute: Callable[[int, int], np.ndarray], report: Callable[[int, int], None]
    ) -> None:
        """Compute the blocks that are missing and join all.

        Args:
            compute: takes the first row and the one behind the last, returns (rows, ...).
            report: called with the rows that are done and with those computed by this call.
        """
        computed = 0
        try:
            for start, stop in self._ranges():
                if self.is_finished():  # another process was faster
                    break
                if self._block(start, stop) is None:
                    self._save(start, compute(start, stop))
                    computed += stop - start
                report(stop, computed)
            if not self.is_finished():
                self._join()
        except FileNotFoundError:
            if not self.is_finished():  # else another process has joined and removed the blocks
                raise
        for left in self.folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left, ignore_errors=True)

    def _ranges(self) -> list[tuple[int, int]]:
        count = self.shape[0]
        return [(i, min(i + self.rows, count)) for i in range(0, count, self.rows)]

    def _place(self, start: int) -> Path:
        return self.blocks / f"{start:09d}.npy"

    def _partial(self, place: Path) -> Path:
        """Return where this process writes; what a kill leaves there goes with the blocks."""
        self.blocks.mkdir(parents=True, exist_ok=True)
        return self.blocks / f"{place.stem}.{os.getpid()}.part"

    def _save(self, start: int, rows: np.ndarray) -> None:
        partial = self._partial(self._place(start))
        with partial.open("wb") as file:
            np.save(file, rows.astype(self.dtype, copy=False))
        os.replace(partial, self._place(start))

    def _block(self, start: int, stop: int) -> np.ndarray | None:
        """Return a block if it is there and whole; a power cut can leave an empty file."""
        try:
            found = np.load(self._place(start))
        except (OSError, ValueError, EOFError):
            return None
        whole = (stop - start, *self.shape[1:]), self.dtype
        return found if (found.shape, found.dtype) == whole else None

    def _join(self) -> None:
        partial = self._partial(self.file)
        array = np.lib.format.open_memmap(partial, "w+", self.dtype, self.shape)
        for start, stop in self._ranges():
            rows = self._block(start, stop)
            if rows is None:
                raise FileNotFoundError(f"{self._place(start)} was removed; compute again")
            array[start:stop] = rows
        array.flush()
        del array  # Windows moves no file that is mapped
        os.replace(partial, self.file)
