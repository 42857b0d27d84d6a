"""The layers of the stack lab: read them, count them, follow a receptive field through them."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from course_lib.widgets.lab import check_choice, check_range

MOST = 8  # layers
WINDOWS = {"conv": (1, 3, 5, 7, 11), "pool": (2, 3, 4, 5, 7)}
PADDINGS = {"conv": "same", "pool": "valid"}  # what is meant where nothing is written
LAYER = re.compile(
    r"(?:conv(\d{1,2})-(\d{1,4})|pool(\d{1,2}))(?:/(\d))?(?: dilated (\d))?(?: (same|valid))?",
    re.ASCII,
)


class Layer(NamedTuple):
    """A layer: `kind` is "conv" or "pool"; a pooling has no channels of its own."""

    kind: str
    window: int
    stride: int
    dilation: int
    padding: str
    channels: int

    @property
    def reach(self) -> int:
        """Side of the window on its map, in cells."""
        return self.dilation * (self.window - 1) + 1


class Row(NamedTuple):
    """What `trace` finds for a layer.

    Attributes:
        shape: of its output.
        weights: biases included where they are asked for.
        macs: multiply-adds for one image.
        field: side of the receptive field of one of its units, in pixels of the input.
        jump: pixels between the fields of neighbors.
        low: first row and column of the field of the unit that `trace` follows, in pixels;
            negative where the field begins in the padding.
    """

    shape: tuple[int, int, int]
    weights: int
    macs: int
    field: int
    jump: int
    low: int


def expand(text: str, channels: int) -> str:
    """Put the channels of the input where a layer's channels are written as `C`."""
    return re.sub(r"-C\b", f"-{channels}", text)


def parse(text: str) -> list[Layer]:
    """Read layers: "conv3-64, conv11-96/4 valid, conv3-64 dilated 2, pool3/2".

    The number after the dash is a convolution's channels, as in Simonyan & Zisserman 2015, table
    1, the one after the slash a stride above 1. Convolutions pad ("same") and poolings do not,
    unless `valid` or `same` says otherwise.

    Raises:
        ValueError: what is no layer, or more than 8 of them.
    """
    parts = text.split(", ")
    if len(parts) > MOST:
        raise ValueError(f"layers must be at most {MOST}, got {len(parts)}: {text!r}")
    return [_layer(f"layer {number}", part) for number, part in enumerate(parts, start=1)]


def _layer(name: str, text: str) -> Layer:
    found = LAYER.fullmatch(text)
    if found is None:
        raise ValueError(
            f"{name} must be written as 'conv3-64', 'conv11-96/4 valid', 'conv3-64 dilated 2' or "
            f"'pool3/2', got {text!r}"
        )
    side, channels, pool, stride, dilation, padding = found.groups()
    kind = "conv" if pool is None else "pool"
    layer = Layer(
        kind,
        int(side or pool),
        int(stride or 1),
        int(dilation or 1),
        padding or PADDINGS[kind],
        int(channels or 0),
    )
    check_choice(f"{name}: window", layer.window, WINDOWS[kind])
    check_range(f"{name}: stride", layer.stride, 1, 4)
    check_range(f"{name}: dilation", layer.dilation, 1, 3 if kind == "conv" else 1)
    check_range(f"{name}: channels", layer.channels, int(kind == "conv"), 4096)
    if layer.stride > 1 and layer.dilation > 1:
        raise ValueError(f"{name} has a stride and a dilation above 1, which Keras refuses")
    return layer


def trace(layers: Sequence[Layer], size: int, channels: int, *, biases: bool) -> list[Row]:
    """Follow the unit in the middle of the last layer back to the input.

    Araujo, Norris, Sim 2019, "Computing receptive fields of convolutional neural networks", gives
    the recurrences of field, jump and first pixel.

    Args:
        layers: from the input on.
        size: side of the input, in pixels.
        channels: of the input.
        biases: whether weights include biases.

    Returns:
        A row for each layer. The unit of a layer is in the middle of the window of the next one's,
        so that the fields grow around each other.

    Raises:
        ValueError: a window is larger than its map.
    """
    sides, pads = [size], []
    for number, layer in enumerate(layers, start=1):
        side, pad = _output(layer, sides[-1])
        if side < 1:
            raise ValueError(
                f"layer {number}: a window of {layer.reach} does not fit on a map of {sides[-1]}; "
                "take a smaller one, or a larger input"
            )
        sides.append(side)
        pads.append(pad)
    rows, field, jump, first = [], 1, 1, 0
    units = _units(layers, sides[-1], pads)
    for layer, side, pad, unit in zip(layers, sides[1:], pads, units, strict=True):
        filters = layer.channels or channels
        weights = layer.window**2 * channels * layer.channels
        field, first, jump = (
            field + (layer.reach - 1) * jump,
            first - pad * jump,
            jump * layer.stride,
        )
        rows.append(
            Row(
                (side, side, filters),
                weights + (layer.channels if biases else 0),
                weights * side**2,
                field,
                jump,
                first + unit * jump,
            )
        )
        channels = filters
    return rows


def _output(layer: Layer, size: int) -> tuple[int, int]:
    """Return the side of the output and the cells of padding before the map."""
    if layer.padding == "valid":
        return (size - layer.reach) // layer.stride + 1, 0
    side = -(-size // layer.stride)
    # TensorFlow's rule: the odd cell of padding comes after the map
    return side, max(0, (side - 1) * layer.stride + layer.reach - size) // 2


def _units(layers: Sequence[Layer], last: int, pads: list[int]) -> list[int]:
    """Return the unit of each layer under the middle of the last one's map, `last` wide."""
    units = [last // 2]
    for layer, pad in reversed(list(zip(layers, pads, strict=True))[1:]):
        middle = layer.dilation * ((layer.window - 1) // 2)
        units.insert(0, units[0] * layer.stride - pad + middle)
    return units
