"""All-CNN-C, from table 2 of Springenberg et al. 2015."""

from tests.nets.plain import MEAN, conv, plain


def all_cnn():
    """The mean of table 1 is over 6x6 positions: only the last 3x3 layer loses its border."""
    steps = []
    for stage, width in (("stage1", 96), ("stage2", 192)):
        steps += [conv(stage, 3, width), conv(stage, 3, width), conv(stage, 3, width, stride=2)]
    steps += [conv("stage3", 3, 192, pad=0), conv("stage3", 1, 192), conv("head", 1, 10), MEAN]
    numbers = plain(steps, 32)
    return numbers | {"stages": {"stem": (32, 32, 3)} | numbers["stages"]}


ROUTES = {"all_cnn": all_cnn}
