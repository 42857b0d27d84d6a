"""MobileNet, from table 1 of Howard et al. 2017."""

from tests.nets.arithmetic import Conv, depthwise, numbers

# Rows "Conv / s1" of table 1: side of their map, channels out.  The depthwise row in front of each
# has the stride that its map needs; the last prints 2 between two maps of 7x7.
TABLE1 = (
    (112, 64),
    (56, 128),
    (56, 128),
    (28, 256),
    (28, 256),
    (14, 512),
    (14, 512),
    (14, 512),
    (14, 512),
    (14, 512),
    (14, 512),
    (7, 1024),
    (7, 1024),
)


def convs(quarters=4):
    """Give the convolutions for alpha = quarters / 4."""
    before, side = 32 * quarters // 4, 112
    layers = [Conv(3, 3, before, side, stride=2)]
    for after_side, channels in TABLE1:
        after = channels * quarters // 4
        layers.append(depthwise(3, before, after_side, stride=side // after_side))
        layers.append(Conv(1, before, after, after_side))
        before, side = after, after_side
    return layers


def full_convs():
    """Table 4: each depthwise and pointwise pair is one 3x3 convolution."""
    stem, *pairs = convs()
    filters, combinations = pairs[::2], pairs[1::2]
    return [
        stem,
        *(
            Conv(3, a.before, b.after, b.side, a.stride)
            for a, b in zip(filters, combinations, strict=True)
        ),
    ]


def route(convs):
    """A part of the net ends with the last convolution at its size."""
    stem, *rest = convs
    ends = {conv.side: conv.after for conv in rest}
    stages = {f"stage{k}": (side, side, n) for k, (side, n) in enumerate(ends.items(), start=1)}
    shapes = {"stem": (stem.side, stem.side, stem.after), **stages, "head": (1000,)}
    return numbers(convs, 1000) | {"stages": shapes}


ROUTES = {
    "mobilenet": lambda: route(convs()),
    "mobilenet_075": lambda: route(convs(3)),
    "mobilenet_050": lambda: route(convs(2)),
    "mobilenet_025": lambda: route(convs(1)),
    "conv_mobilenet": lambda: route(full_convs()),
}
