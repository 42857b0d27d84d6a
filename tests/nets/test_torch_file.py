"""Reading a file of PyTorch without PyTorch: what it gives, and all that it refuses."""

import hashlib
import struct

import numpy as np
import pytest

from course_lib.nets.torch_file import MAGIC, VERSION, read_torch_file

MACHINE = {"protocol_version": VERSION, "little_endian": True, "type_sizes": {}}


class Name(str):
    """A function or class, as "module name"."""


class Call(tuple):
    """(function, arguments): what the file wants to have called."""


class Stored(tuple):
    """The description of a storage."""


class Changed(tuple):
    """(object, state): an object whose state the file wants to replace."""


def pickled(value):
    """Write a pickle by hand, since nothing here may be importable."""
    return b"\x80\x02" + codes(value) + b"."


def codes(value):
    match value:
        case None:
            return b"N"
        case bool():
            return b"\x88" if value else b"\x89"
        case int():
            return f"I{value}\n".encode()
        case float():
            return b"G" + struct.pack(">d", value)
        case Name():
            return "c{}\n{}\n".format(*value.split()).encode()
        case str():
            return f"V{value}\n".encode()
        case Call():
            return codes(value[0]) + codes(value[1]) + b"R"
        case Stored():
            return codes(tuple(value)) + b"Q"
        case Changed():
            return codes(value[0]) + codes(value[1]) + b"b"
        case tuple():
            return b"(" + b"".join(map(codes, value)) + b"t"
        case list():
            return b"](" + b"".join(map(codes, value)) + b"e"
        case dict():
            return b"}(" + b"".join(codes(k) + codes(v) for k, v in value.items()) + b"u"
    raise TypeError(value)


REBUILD, FLOATS, LONGS = (
    Name("torch._utils _rebuild_tensor_v2"),
    Name("torch FloatStorage"),
    Name("torch LongStorage"),
)
EMPTY = Call((Name("collections OrderedDict"), ()))


def weights(tensors, empty=EMPTY):
    """Write an `OrderedDict` of tensors."""
    items = b"".join(codes(name) + codes(tensor) for name, tensor in tensors.items())
    return b"\x80\x02" + codes(empty) + b"(" + items + b"u."


def tensor(key="7", offset=0, shape=(2, 3), strides=(3, 1), **storage):
    facts = {"kind": "storage", "dtype": FLOATS, "key": key, "count": 6, "part": None} | storage
    pid = Stored(
        (facts["kind"], facts["dtype"], facts["key"], "cpu", facts["count"], facts["part"])
    )
    return Call((REBUILD, (pid, offset, shape, strides, False, EMPTY)))


def file_of(path, tensors=None, **parts):
    """Write a file of one storage of 0, 1, ..., 5 called "7", and return its path and digest."""
    parts = {
        "magic": pickled(MAGIC),
        "version": pickled(VERSION),
        "machine": pickled(MACHINE),
        "object": weights({"w": tensor()} if tensors is None else tensors),
        "keys": pickled(["7"]),
        "storages": struct.pack("<q6f", 6, *range(6)),
    } | parts
    data = b"".join(parts.values())
    path = path / "weights.pth"
    path.write_bytes(data)
    return path, hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("shape", "strides", "offset", "want"),
    [
        ((2, 3), (3, 1), 0, [[0, 1, 2], [3, 4, 5]]),
        ((3, 2), (1, 3), 0, [[0, 3], [1, 4], [2, 5]]),  # turned without being copied
        ((2, 2), (3, 1), 1, [[1, 2], [4, 5]]),
        ((2,), (4,), 1, [1, 5]),
        ((), (), 5, 5),
        ((0, 3), (3, 1), 0, np.zeros((0, 3))),
        ((6,), (1,), 0, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_views_are_read_by_their_strides(tmp_path, shape, strides, offset, want):
    found = read_torch_file(
        *file_of(tmp_path, {"w": tensor(shape=shape, strides=strides, offset=offset)})
    )
    assert list(found) == ["w"]
    assert found["w"].dtype == np.float32
    assert found["w"].shape == shape
    assert np.array_equal(found["w"], want)


def test_two_storages_and_whole_numbers(tmp_path):
    path, digest = file_of(
        tmp_path,
        {"n": tensor("8", 0, (), (), dtype=LONGS, count=1), "w": tensor(), "v": tensor(offset=0)},
        keys=pickled(["8", "7"]),
        storages=struct.pack("<qq", 1, -3) + struct.pack("<q6f", 6, *range(6)),
    )
    found = read_torch_file(path, digest)
    assert list(found) == ["n", "w", "v"]
    assert found["n"].dtype == np.int64
    assert found["n"] == -3
    found["w"][0, 0] = 9  # a copy: another view of the storage does not change
    assert found["v"][0, 0] == 0


@pytest.mark.parametrize(
    "settings",
    [
        {"offset": 1},
        {"offset": 6, "shape": (), "strides": ()},
        {"offset": 2**70, "shape": (), "strides": ()},
        {"offset": -1},
        {"offset": 0.0},
        {"offset": True},
        {"shape": (3, 3)},
        {"shape": (2**40, 2**40), "strides": (0, 0)},  # fits, but would fill the memory
        {"shape": (7,), "strides": (0,)},
        {"strides": (4, 1)},
        {"strides": (-3, 1)},
        {"strides": (3,)},
        {"strides": [3, 1]},
        {"shape": (2, -3)},
        {"shape": (2, 3.0)},
        {"shape": 6, "strides": 1},
    ],
)
def test_a_view_that_leaves_its_storage_is_refused(tmp_path, settings):
    with pytest.raises(ValueError, match=r"no list of weights: w reaches out of its storage"):
        read_torch_file(*file_of(tmp_path, {"w": tensor(**settings)}))


EXECUTED = []


@pytest.mark.parametrize(
    "name",
    ["os system", "builtins eval", "builtins exec", "torch load", "numpy load", "builtins getattr",
     "tests.nets.test_torch_file run"],
)  # fmt: skip
def test_nothing_else_is_called(tmp_path, name):
    with pytest.raises(ValueError, match=rf"{name.replace(' ', '.')} does not belong into it"):
        read_torch_file(*file_of(tmp_path, object=pickled(Call((Name(name), ("1",))))))
    assert EXECUTED == []


def run(word):
    EXECUTED.append(word)


@pytest.mark.parametrize(
    "parts",
    [
        {"magic": pickled(5)},
        {"version": pickled(1002)},
        {"machine": pickled(MACHINE | {"little_endian": False})},
        {"machine": pickled([1])},
        {"magic": b"PK\x03\x04"},  # the format since PyTorch 1.6
        {"magic": b""},
        {"object": pickled({})},
        {"object": pickled([1, 2])},
        {"object": weights({"w": 5})},
        {"object": weights({"w": Call((REBUILD, (5, 0, (), (), False, None)))})},
        {"object": weights({"w": Call((REBUILD, (5,)))})},
        {"object": weights({"w": Call((FLOATS, ()))})},
        {"object": weights({"w": tensor()}, empty={})},
        {"object": weights({"w": Changed((REBUILD, {"a": 1}))})},
        {"object": weights({"w": Changed((REBUILD, (None, {"__call__": 1})))})},
        {"object": weights({"w": Changed((FLOATS, {"a": 1}))})},
        {"object": weights({"w": Changed((Name("collections OrderedDict"), {"a": 1}))})},
        {"object": weights({"w": tensor(kind="module")})},
        {"object": weights({"w": tensor(dtype="<f8")})},
        {"object": weights({"w": tensor(dtype=EMPTY)})},
        {"object": weights({"w": tensor(part=("7", 0, 6))})},
        {"object": weights({"w": tensor(count=-6)})},
        {"object": weights({"w": tensor(count=6.0)})},
        {"object": weights({"w": tensor(count=2**62)})},
        {"object": weights({"w": tensor(key=("7",))})},
        {"object": b"\x80\x02\x82\x01."},  # a code of the extension registry
        {"object": b"\x80\x02(ios\nsystem\n."},
        {"keys": pickled([])},
        {"keys": pickled(["7", "8"])},
        {"keys": pickled(["7", "7"])},
        {"keys": pickled(7)},
        {"storages": struct.pack("<q6f", 5, *range(6))},
        {"storages": struct.pack("<q5f", 6, *range(5))},
        {"storages": struct.pack("<q6f", 6, *range(6)) + b"x"},
        {"storages": b""},
    ],
)
def test_what_does_not_belong_is_refused(tmp_path, parts):
    with pytest.raises(ValueError, match=r"^weights.pth holds no list of weights: "):
        read_torch_file(*file_of(tmp_path, **parts))


def test_the_reader_is_unchanged_by_what_it_refused(tmp_path):
    for state in ({"a": 1}, (None, {"a": 1})):
        with pytest.raises(ValueError, match="no list"):
            read_torch_file(*file_of(tmp_path, object=weights({"w": Changed((REBUILD, state))})))
    assert read_torch_file(*file_of(tmp_path))["w"].sum() == 15


def test_the_notes_of_a_dictionary_are_passed_over(tmp_path):
    noted = weights({"w": tensor()})[:-1] + codes({"_metadata": 1}) + b"b."
    assert list(read_torch_file(*file_of(tmp_path, object=noted))) == ["w"]


def test_another_file_is_refused_unread(tmp_path):
    path, digest = file_of(tmp_path, magic=b"cos\nsystem\n(Vfalse\ntR.")
    with pytest.raises(ValueError, match=r"weights.pth is not the file .*reinstall"):
        read_torch_file(path, "0" * 64)
    with pytest.raises(ValueError, match=r"os.system does not belong"):
        read_torch_file(path, digest)


def test_a_damaged_file_gives_numbers_or_a_value_error(tmp_path):
    path, _ = file_of(tmp_path)
    whole, rng, refused = path.read_bytes(), np.random.default_rng(0), 0
    for _ in range(400):
        data = bytearray(whole)
        for place in rng.integers(0, len(data), rng.integers(1, 4)):
            data[place] = rng.integers(0, 256)
        path.write_bytes(data)
        try:
            found = read_torch_file(path, hashlib.sha256(data).hexdigest())
        except ValueError:
            refused += 1
        else:
            assert all(array.size <= 6 for array in found.values())
    assert 200 < refused < 400
