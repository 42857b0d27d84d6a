"""EfficientNets, from table 1 of Tan & Le 2019 and the coefficients of the authors' code.

Coefficients are tenths, so that all rounding is of integers.
"""

from tests.nets.arithmetic import Conv, depthwise, numbers

# Table 1, stages 2-8: kernel, stride of the first block, t, c, n
TABLE1 = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)
# Width and depth in tenths, side of the image
SCALES = {
    "b0": (10, 10, 224),
    "b1": (10, 11, 240),
    "b2": (11, 12, 260),
    "b3": (12, 14, 300),
    "b4": (14, 18, 380),
    "b5": (16, 22, 456),
    "b6": (18, 26, 528),
    "b7": (20, 31, 600),
}


def rounded(channels, tenths):
    """Nearest multiple of 8, one more where that is under 90 %."""
    wanted = channels * tenths  # in tenths
    nearest = max(8, (wanted + 40) // 80 * 8)
    return nearest + 8 if 100 * nearest < 9 * wanted else nearest


def half(side):
    return (side + 1) // 2


def described(width, depth, side, *, gates=True, fixed_ends=False):
    """Return the convolutions, the gates as (channels, units), and the shape of each part.

    `fixed_ends`: stem, head, and the blocks of the first and the last row do not grow.
    """
    ends = 10 if fixed_ends else width
    before, side = rounded(32, ends), half(side)
    convs, squeezes = [Conv(3, 3, before, side, stride=2)], []
    shapes, stage = {"stem": (side, side, before)}, 1
    for number, (kernel, stride, t, c, n) in enumerate(TABLE1):
        fixed = fixed_ends and number in (0, len(TABLE1) - 1)
        after = rounded(c, width)
        for repeat in range(n if fixed else -(-n * depth // 10)):
            step = stride if repeat == 0 else 1
            if t > 1:
                convs.append(Conv(1, before, t * before, side))
            side, stage = (half(side), stage + 1) if step == 2 else (side, stage)
            convs.append(depthwise(kernel, t * before, side, step))
            squeezes.append((t * before, before // 4))
            convs.append(Conv(1, t * before, after, side))
            before = after
            shapes[f"stage{stage}"] = (side, side, after)
    last = rounded(1280, ends)
    convs.append(Conv(1, before, last, side))
    shapes |= {f"stage{stage}": (side, side, last), "head": (1000,)}
    return convs, squeezes if gates else [], shapes


def route(*scale, **family):
    convs, gates, shapes = described(*scale, **family)
    found = numbers(convs, 1000)
    kernels = sum(2 * channels * units for channels, units in gates)
    biases = sum(channels + units for channels, units in gates)
    return found | {
        "params": found["params"] + kernels + biases,
        "trainable": found["trainable"] + kernels + biases,
        "macs": found["macs"] + kernels,
        "stages": shapes,
    }


def routes(family, scales, **settings):
    return {
        f"{family}_{size}": lambda scale=scale: route(*scale, **settings)
        for size, scale in scales.items()
    }


ROUTES = routes("efficientnet", SCALES)
