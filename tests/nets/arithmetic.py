"""The sums a reader does by hand for a net that is written down as the list of its convolutions.

Nothing here is imported from the package.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Conv:
    """A convolution: kernel side, channels in and out, side of its output map.

    `groups`: each filter reads one of so many equal shares of the channels; in a depthwise
    convolution there are as many as channels.
    """

    kernel: int
    before: int
    after: int
    side: int
    stride: int = 1
    on_main_path: bool = True
    groups: int = 1

    @property
    def weights(self):
        return self.kernel**2 * self.before // self.groups * self.after


def depthwise(kernel, channels, side, stride=1):
    """Return a convolution that filters each channel by itself."""
    return Conv(kernel, channels, channels, side, stride, groups=channels)


def numbers(convs, classes, *, pool=False, norms=None):
    """Return the numbers of a net: convolutions, each with its batch norm, and a dense layer.

    `norms`: channels of the normalizations, where they do not follow each convolution.
    """
    norms = [c.after for c in convs] if norms is None else norms
    features = convs[-1].after
    kernels = sum(c.weights for c in convs)
    trainable = kernels + 2 * sum(norms) + features * classes + classes
    macs = sum(c.side**2 * c.weights for c in convs) + features * classes
    field, jump = 1, 1
    for i, c in enumerate(c for c in convs if c.on_main_path):
        field, jump = field + (c.kernel - 1) * jump, jump * c.stride
        if pool and i == 0:  # the 3x3 pool with stride 2 after the stem
            field, jump = field + 2 * jump, jump * 2
    return {
        "params": trainable + 2 * sum(norms),
        "trainable": trainable,
        "macs": macs,
        "field": (field, jump),
        "depth": sum(c.on_main_path for c in convs) + 1,
    }
