"""What travels, what does not, and what a frame from a stranger cannot do."""

import json
import socket
import struct
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from instructor import wire

PLAIN = [
    None,
    True,
    -3,
    2.5,
    "words",
    [1, [2, "three"]],
    (1, (2,)),
    {"a": 1, "b": [None]},
    {1: "one", (2, 3): "two"},
    {"~": "the tag"},
]


@pytest.fixture
def pair():
    one, other = socket.socketpair()
    with one, other:
        other.settimeout(5)
        yield one, other


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_plain_values_arrive_as_they_were(pair, value):
    wire.send(pair[0], value)
    assert wire.receive(pair[1]) == value


@pytest.mark.parametrize("dtype", sorted(wire.DTYPES))
def test_arrays_arrive_with_dtype_and_shape(pair, dtype):
    array = np.arange(6).reshape(1, 2, 3).astype(dtype)
    wire.send(pair[0], {"x": [array, array.T]})
    found = wire.receive(pair[1])["x"]
    for one, other in zip(found, (array, array.T), strict=True):
        assert one.dtype == array.dtype
        np.testing.assert_array_equal(one, other)


def test_words_in_an_array_arrive():
    blob = bytearray()
    found = wire.decode(wire.encode(np.array(["a", "bc"]), blob), bytes(blob))
    assert found.tolist() == ["a", "bc"]


class Thing:
    def __init__(self, text="a thing"):
        self.text = text

    def __repr__(self):
        if self.text is None:
            raise RuntimeError
        return self.text


STRANGE = {
    "an object": Thing(),
    "one that cannot be shown": Thing(None),
    "one that says too much": Thing("x" * 10**6),
    "a set": {1, 2},
    "a number without end": 10**5000,
}


@pytest.mark.parametrize("value", STRANGE.values(), ids=STRANGE)
def test_what_cannot_travel_is_named(value):
    found = wire.decode(wire.encode(value, bytearray()), b"")
    assert isinstance(found, wire.Other)
    assert found.name == type(value).__name__
    assert len(repr(found)) <= wire.LETTERS


def test_a_value_without_end_is_cut_off():
    deep: list = []
    for _ in range(500):
        deep = [deep]
    text = json.dumps(wire.encode(deep, bytearray()))
    assert '"other"' in text


def test_a_value_that_is_too_large_is_not_sent(pair):
    half = np.zeros(wire.BLOB // 2 + 1, "uint8")
    with pytest.raises(wire.BadFrame, match="too large"):
        wire.send(pair[0], [half, half])
    wire.send(pair[0], np.zeros(wire.BLOB + 1, "uint8"))  # alone it is named, not copied
    assert isinstance(wire.receive(pair[1]), wire.Other)


def raw(text, blob=b""):
    data = text if isinstance(text, bytes) else json.dumps(text).encode()
    return struct.pack("!II", len(data), len(blob)) + data + blob


ARRAY = {"~": "array", "dtype": "float32", "shape": [2], "at": 0}
BAD = {
    "sizes that are too large": bytes([255] * 8),
    "no JSON": raw(b"{"),
    "no UTF-8": raw(b"\xff\xfe"),
    "deep JSON": raw(b"[" * 100_000 + b"]" * 100_000),
    "many values": raw([0] * (wire.NODES + 1)),
    "an unknown kind": raw({"~": "pickle"}),
    "an array that did not arrive": raw(ARRAY, b"1234"),
    "a negative shape": raw(ARRAY | {"shape": [-1]}, bytes(8)),
    "a shape of no numbers": raw(ARRAY | {"shape": ["2"]}, bytes(8)),
    "an array that begins before the blob": raw(ARRAY | {"at": -4}, bytes(8)),
    "a product that overflows": raw(ARRAY | {"shape": [2**20, 2**20, 2**20]}, bytes(8)),
    "objects": raw(ARRAY | {"dtype": "object"}, bytes(16)),
    "too many axes": raw(ARRAY | {"shape": [1] * 9}, bytes(8)),
    "keys that cannot be": raw({"~": "pairs", "items": [[[1], 2]]}),
}


@pytest.mark.parametrize("frame", BAD.values(), ids=BAD)
def test_a_bad_frame_is_refused(pair, frame):
    with ThreadPoolExecutor(1) as pool:  # a long frame waits for its reader
        pool.submit(pair[0].sendall, frame)
        with pytest.raises(wire.BadFrame):
            wire.receive(pair[1])


def test_half_a_frame_is_an_end(pair):
    pair[0].sendall(raw([1, 2, 3])[:-1])
    pair[0].close()
    with pytest.raises(EOFError):
        wire.receive(pair[1])
