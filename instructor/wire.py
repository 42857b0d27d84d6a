"""Frames between a judge and a submission: JSON and raw bytes, with limits, never pickle.

A frame is two lengths, a JSON text and a blob.  Arrays lie in the blob; the JSON says where, with
dtype and shape.  Whoever reads trusts nothing: each number that would make it allocate is
compared with what has really arrived.
"""

import json
import math
import socket
import struct
from typing import Any, Protocol

import numpy as np

TEXT, BLOB = 4 << 20, 64 << 20  # bytes of a frame, at most
DEPTH, NODES = 60, 200_000  # of nested values
LETTERS = 2000  # of a text that describes what could not be sent
DTYPES = {
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64"),
}
HEADER = struct.Struct("!II")
TAG = "~"  # the key of a JSON object that stands for something else than a dictionary


class BadFrame(ValueError):
    """What arrived is no frame, or too large."""


class Other:
    """Stands for a value that cannot travel, such as an object of a class."""

    def __init__(self, name: str, text: str):
        self.name, self.text = name, text

    def __repr__(self) -> str:
        return self.text


def send(sock: socket.socket, value: Any) -> None:
    """Send one value.

    Raises:
        BadFrame: it is too large; nothing was sent.
        OSError: the other side is gone.
    """
    blob = bytearray()
    text = json.dumps(encode(value, blob)).encode()
    if len(text) > TEXT or len(blob) > BLOB:
        raise BadFrame(f"a value of {len(text):,} + {len(blob):,} bytes is too large to send")
    sock.sendall(HEADER.pack(len(text), len(blob)) + text + blob)


class Source(Protocol):
    """What frames are read from: a socket, or one whose reads together have a time."""

    def recv(self, count: int, /) -> bytes:
        """Read at most so many bytes; none where the other side is gone."""


def receive(sock: Source) -> Any:
    """Receive one value.

    Raises:
        BadFrame: what arrived is no frame within the limits.
        EOFError: the other side is gone.
        TimeoutError: nothing arrived in time.
    """
    sizes = HEADER.unpack(_exactly(sock, HEADER.size))
    if sizes[0] > TEXT or sizes[1] > BLOB:
        raise BadFrame(f"a frame of {sizes[0]:,} + {sizes[1]:,} bytes")
    text, blob = _exactly(sock, sizes[0]), _exactly(sock, sizes[1])
    try:
        return decode(json.loads(text), blob)
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise BadFrame(f"a frame that holds no value: {type(error).__name__}") from error


def _exactly(sock, count: int) -> bytes:
    buffer = bytearray()
    while len(buffer) < count:
        part = sock.recv(min(1 << 20, count - len(buffer)))
        if not part:
            raise EOFError("the other side is gone")
        buffer += part
    return bytes(buffer)


def encode(value: Any, blob: bytearray, depth: int = 0) -> Any:
    """Return what JSON can hold of a value; arrays are added to the blob."""
    if depth > DEPTH:
        return _other(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float | str) and type(value) in (int, float, str):
        return value if not isinstance(value, int) or value.bit_length() < 8000 else _other(value)
    if isinstance(value, list | tuple):
        items = [encode(item, blob, depth + 1) for item in value]
        return items if isinstance(value, list) else {TAG: "tuple", "items": items}
    if isinstance(value, dict):
        pairs = [[encode(part, blob, depth + 1) for part in pair] for pair in value.items()]
        if all(type(key) is str and key != TAG for key in value):
            return dict(pairs)
        return {TAG: "pairs", "items": pairs}
    if isinstance(value, Other):
        return {TAG: "other", "name": value.name, "text": value.text}
    return _array(value, blob)


def _array(value, blob):
    """Encode an array, a scalar of NumPy, or whatever an array can be made of."""
    try:
        array = np.asarray(value)
    except Exception:
        return _other(value)
    if array.dtype.kind == "U":
        return {TAG: "words", "items": array.tolist()}
    if array.dtype.name == "bfloat16":
        array = array.astype("float32")
    if array.dtype.name not in DTYPES or array.nbytes > BLOB:
        return _other(value)
    at = len(blob)
    blob += np.ascontiguousarray(array).tobytes()
    return {TAG: "array", "dtype": array.dtype.name, "shape": list(array.shape), "at": at}


def _other(value) -> dict:
    try:
        text = repr(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    return {TAG: "other", "name": type(value).__name__, "text": text[:LETTERS]}


def decode(value: Any, blob: bytes) -> Any:
    """Return what `encode` was given.

    Raises:
        ValueError, KeyError, TypeError: it was not made by `encode`, or is too large.
    """
    return _decode(value, blob, [NODES], 0)


def _decode(value, blob, left, depth):
    left[0] -= 1
    if left[0] < 0 or depth > 2 * DEPTH:
        raise ValueError("too many values, or nested too deeply")
    if isinstance(value, list):
        return [_decode(item, blob, left, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value.get(TAG)
    if kind is None:
        return {key: _decode(item, blob, left, depth + 1) for key, item in value.items()}
    if kind == "tuple":
        return tuple(_decode(item, blob, left, depth + 1) for item in value["items"])
    if kind == "pairs":
        pairs = (_decode(pair, blob, left, depth + 1) for pair in value["items"])
        return dict(pairs)
    if kind == "words":
        return np.array(_decode(value["items"], blob, left, depth + 1))
    if kind == "other":
        return Other(str(value["name"])[:100], str(value["text"])[:LETTERS])
    if kind == "array":
        return _view(value, blob)
    raise ValueError(f"unknown kind {kind!r}")


def _view(value, blob) -> np.ndarray:
    name, shape, at = value["dtype"], value["shape"], value["at"]
    if name not in DTYPES or len(shape) > 8:
        raise ValueError("no array that may travel")
    if any(type(n) is not int or not 0 <= n <= BLOB for n in [*shape, at]):
        raise ValueError("a shape of no array")
    dtype, count = np.dtype(name).newbyteorder("<"), math.prod(shape)
    if at + count * dtype.itemsize > len(blob):
        raise ValueError("an array that did not arrive")
    return np.frombuffer(blob, dtype, count, at).reshape(shape).copy()
