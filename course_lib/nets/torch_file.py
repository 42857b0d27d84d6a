"""Read the arrays in a file that `torch.save` wrote before PyTorch 1.6, and run nothing of it.

Such a file is five pickles, one after another: a magic number, the version of the format, facts of
the machine, the object itself, and the keys of the storages; then each storage as the number of
its elements (8 bytes) and their bytes.  A pickle can name any function and have it called; here it
can name four things, each of which stands for a harmless object of this module.  Whatever does not
fit its frame, a view that reaches out of its storage above all, is refused.
"""

import hashlib
import io
import pickle
from math import prod
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

MAGIC, VERSION = 0x1950A86A20F9469CFC6C, 1001


class Storage(NamedTuple):
    """A run of numbers in the file: its key there, NumPy's word for their type, their number."""

    key: str
    dtype: str
    length: int


class View(NamedTuple):
    """A tensor: a window on a storage, with its strides counted in elements."""

    storage: Storage
    offset: int
    shape: tuple
    strides: tuple


class Weights(dict):
    """What the file calls an `OrderedDict`: names of weights and their views, in their order."""

    def __setstate__(self, state):
        """Pass over the notes that PyTorch attaches to it."""


class _Rebuild:
    """What the file takes for the function that makes a tensor; nothing in it can be changed."""

    __slots__ = ()

    def __call__(self, storage, offset, shape, strides, *ignored):
        return View(storage, offset, shape, strides)


TYPES = ("<f4", "<i8")
ALLOWED = {
    ("collections", "OrderedDict"): Weights,
    ("torch._utils", "_rebuild_tensor_v2"): _Rebuild(),
    ("torch", "FloatStorage"): TYPES[0],
    ("torch", "LongStorage"): TYPES[1],
}
# What a pickle that was damaged can raise
BROKEN = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)


def read_torch_file(path: str | Path, sha256: str) -> dict[str, np.ndarray]:
    """Return the arrays of a file by name.

    Args:
        path: the file, in the format before PyTorch 1.6, with tensors of float32 or int64.
        sha256: the digest that the file must have; hexadecimal.

    Returns:
        Names and arrays, in the order of the file; each array is a copy of its own.

    Raises:
        ValueError: another digest, another format, or something in the file that does not belong
            into a list of weights.
    """
    data = Path(path).read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise ValueError(
            f"{Path(path).name} is not the file that is expected: its sha256 is {found}, not "
            f"{sha256}; reinstall the package that holds it"
        )
    try:
        return _arrays(io.BytesIO(data))
    except (*BROKEN, pickle.UnpicklingError) as error:
        raise ValueError(f"{Path(path).name} holds no list of weights: {error}") from error


class _Unpickler(pickle.Unpickler):
    """Build the objects of `ALLOWED` and numbers, texts, lists and dictionaries; nothing else."""

    def find_class(self, module, name):
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} does not belong into it")
        return ALLOWED[module, name]

    def persistent_load(self, pid):
        kind, dtype, key, _, count, part = pid
        if kind != "storage" or dtype not in TYPES or part is not None or not _is_count(count):
            raise pickle.UnpicklingError(f"a storage is described by {pid!r}")
        return Storage(key, dtype, count)


def _arrays(file):
    magic, version, machine = (_Unpickler(file).load() for _ in range(3))
    if (magic, version) != (MAGIC, VERSION) or machine.get("little_endian") is not True:
        raise pickle.UnpicklingError("it begins otherwise than files before PyTorch 1.6")
    weights = _Unpickler(file).load()
    if not isinstance(weights, Weights) or not all(isinstance(v, View) for v in weights.values()):
        raise pickle.UnpicklingError("its object is no dictionary of tensors")
    keys = _Unpickler(file).load()
    wanted = {view.storage.key: view.storage for view in weights.values()}
    if sorted(keys) != sorted(wanted):
        raise pickle.UnpicklingError("its storages are not those that its tensors read")
    stored = {key: _stored(file, wanted[key]) for key in keys}
    if file.read(1):
        raise pickle.UnpicklingError("bytes are left behind its last storage")
    return {name: _array(name, view, stored[view.storage.key]) for name, view in weights.items()}


def _stored(file, storage):
    count = int.from_bytes(file.read(8), "little", signed=True)
    size = np.dtype(storage.dtype).itemsize
    data = file.read(storage.length * size)
    if count != storage.length or len(data) != count * size:
        raise pickle.UnpicklingError(f"storage {storage.key!r} has not {storage.length} elements")
    return np.frombuffer(data, storage.dtype)


def _array(name, view, values):
    """Return a copy of what a view shows of `values`; its strides need not be those of a block."""
    if not _fits(view, values.size):
        raise pickle.UnpicklingError(f"{name} reaches out of its storage")
    strides = [step * values.itemsize for step in view.strides]
    return as_strided(values[view.offset :], view.shape, strides, writeable=False).copy()


def _fits(view, size):
    """Say whether a view shows elements of its storage only, and not more than there are."""
    if not (isinstance(view.shape, tuple) and isinstance(view.strides, tuple)):
        return False
    if not all(_is_count(n) for n in (view.offset, *view.shape, *view.strides)):
        return False
    if len(view.shape) != len(view.strides) or prod(view.shape) > size - view.offset:
        return False
    steps = zip(view.shape, view.strides, strict=True)
    return 0 in view.shape or view.offset + sum((n - 1) * step for n, step in steps) < size


def _is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
