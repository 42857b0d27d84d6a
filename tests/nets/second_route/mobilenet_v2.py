"""MobileNetV2, from tables 1 and 2 of Sandler et al. 2018."""

from tests.nets.arithmetic import Conv, depthwise, numbers

# Table 2: side of the map that the row writes, t, c, n
TABLE2 = (
    (112, 1, 16, 1),
    (56, 6, 24, 2),
    (28, 6, 32, 3),
    (14, 6, 64, 4),
    (14, 6, 96, 3),
    (7, 6, 160, 3),
    (7, 6, 320, 1),
)
# c of each row times alpha, as multiples of 8 not under 90 %, by hand: 24 x 1.4 = 33.6 gives 32,
# which is 95 % of it; 24 x 0.35 = 8.4 gives 8 (95 %), 64 x 0.35 = 22.4 gives 24
WIDTHS = {
    1.0: (32, 16, 24, 32, 64, 96, 160, 320, 1280),
    1.4: (48, 24, 32, 48, 88, 136, 224, 448, 1792),
    0.35: (16, 8, 8, 16, 24, 32, 56, 112, 1280),
}


def convs(alpha):
    stem, *widths, last = WIDTHS[alpha]
    layers, before, side = [Conv(3, 3, stem, 112, stride=2)], stem, 112
    for (after_side, t, _, n), after in zip(TABLE2, widths, strict=True):
        for _ in range(n):
            if t > 1:
                layers.append(Conv(1, before, t * before, side))
            layers.append(depthwise(3, t * before, after_side, stride=side // after_side))
            layers.append(Conv(1, t * before, after, after_side))
            before, side = after, after_side
    return [*layers, Conv(1, before, last, 7)]


def route(alpha):
    """A part of the net ends with the last row that works at its size."""
    stem, *widths, last = WIDTHS[alpha]
    ends = dict(zip((side for side, *_ in TABLE2), widths, strict=True)) | {7: last}
    stages = {f"stage{k}": (side, side, n) for k, (side, n) in enumerate(ends.items(), start=1)}
    shapes = {"stem": (112, 112, stem), **stages, "head": (1000,)}
    return numbers(convs(alpha), 1000) | {"stages": shapes}


ROUTES = {
    "mobilenet_v2": lambda: route(1.0),
    "mobilenet_v2_140": lambda: route(1.4),
    "mobilenet_v2_035": lambda: route(0.35),
}
