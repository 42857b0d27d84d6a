"""The sums a reader does by hand for a net without branches, layer by layer.

Nothing here is imported from the package.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """A layer of a net without branches; `after` is `None` where it pools.

    A layer that is `whole` reads the whole map, as a dense layer does.
    """

    stage: str
    kernel: int
    after: int | None = None
    stride: int = 1
    pad: int = 0
    groups: int = 1
    ceil: bool = False
    whole: bool = False


def conv(stage, kernel, after, *, stride=1, pad=None, groups=1):
    """Write down a convolution, padded to keep the map where `pad` is not given."""
    return Step(stage, kernel, after, stride, kernel // 2 if pad is None else pad, groups)


def pool(stage, kernel, stride, *, ceil=False):
    """Write down a pooling; `ceil`: its last window may reach over the edge."""
    return Step(stage, kernel, stride=stride, ceil=ceil)


def dense(units, stage="head"):
    return Step(stage, 0, units, whole=True)


MEAN = Step("head", 0, whole=True)  # over the whole map


def plain(steps, side, channels=3):
    """Return the numbers of a net, with biases everywhere, for an image of `side` pixels."""
    weights = macs = depth = 0
    field, jump = 1, 1
    stages = {}
    for step in steps:
        kernel = side if step.whole else step.kernel
        room = side + 2 * step.pad - kernel + (step.stride - 1 if step.ceil else 0)
        side = room // step.stride + 1
        if step.after:
            area = kernel**2 * channels // step.groups * step.after
            weights, macs = weights + area + step.after, macs + side**2 * area
            channels, depth = step.after, depth + 1
        if not step.whole:
            field, jump = field + (kernel - 1) * jump, jump * step.stride
        stages[step.stage] = (side, side, channels)
    return {
        "params": weights,
        "trainable": weights,
        "macs": macs,
        "field": (field, jump),
        "depth": depth,
        "stages": stages | {"head": (channels,)},
    }
