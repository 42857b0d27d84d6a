"""The Inception nets, from the tables of their papers; Inception-v3's widths are the released ones.

GoogLeNet: Szegedy et al. 2014, table 1.  BN-Inception: Ioffe & Szegedy 2015, figure 5.
Inception-v3: Szegedy et al. 2015, table 1 and figures 5 to 7 and 10.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """A convolution, or without `after` a pooling; `again`: counted in another branch already."""

    sides: tuple[int, int]
    after: int | None
    stride: int = 1
    padded: bool = True
    again: bool = False


def conv(kernel, after, stride=1, **how):
    return Step(kernel if isinstance(kernel, tuple) else (kernel, kernel), after, stride, **how)


def pool(stride=1, **how):
    return Step((3, 3), None, stride, **how)


class Sums:
    """The sums of a net of branches that join by concatenation, for square images.

    `trained`, `kept`: weights for each channel of a convolution, beside its kernel, that training
    changes or that it keeps: (1, 0) for a bias, (2, 2) for batch normalization.
    """

    def __init__(self, side, *, trained, kept):
        self.side, self.channels, self.extra = side, 3, (trained, kept)
        self.weights = self.kept = self.macs = self.depth = 0
        self.field, self.jump = (1, 1), 1

    def join(self, *branches):
        ends = [self.walk(branch) for branch in branches]
        (self.side,) = {end["side"] for end in ends}
        (self.jump,) = {end["jump"] for end in ends}
        self.channels = sum(end["channels"] for end in ends)
        self.depth = max(end["depth"] for end in ends)
        self.field = tuple(max(end["field"][i] for end in ends) for i in (0, 1))

    def walk(self, branch):
        """Count a branch; return where it ends."""
        names = ("side", "channels", "depth", "field", "jump")
        end = {name: getattr(self, name) for name in names}
        for step in branch:
            room = end["side"] if step.padded else end["side"] - step.sides[0] + 1
            end["side"] = -(-room // step.stride)
            if step.after:
                if not step.again:
                    self.count(step.sides, end["channels"], step.after, end["side"])
                end["channels"], end["depth"] = step.after, end["depth"] + 1
            grown = zip(end["field"], step.sides, strict=True)
            end["field"] = tuple(size + (side - 1) * end["jump"] for size, side in grown)
            end["jump"] *= step.stride
        return end

    def count(self, sides, before, after, side):
        kernel = sides[0] * sides[1] * before * after
        trained, kept = self.extra
        self.weights += kernel + trained * after
        self.kept += kept * after
        self.macs += side**2 * kernel

    def dense(self, before, after):
        self.weights += before * after + after
        self.macs += before * after

    def numbers(self):
        self.dense(self.channels, 1000)
        return {
            "params": self.weights + self.kept,
            "trainable": self.weights,
            "macs": self.macs,
            "field": (max(self.field), self.jump),
            "depth": self.depth + 1,
        }


# Szegedy et al. 2014, table 1: #1x1, #3x3 reduce, #3x3, #5x5 reduce, #5x5, pool proj
TABLE1 = """
3a  64  96 128 16  32  32
3b 128 128 192 32  96  64
4a 192  96 208 16  48  64
4b 160 112 224 24  64  64
4c 128 128 256 24  64  64
4d 112 144 288 32  64  64
4e 256 160 320 32 128 128
5a 256 160 320 32 128 128
5b 384 192 384 48 128 128
"""


def googlenet(*, heads=()):
    """Biases everywhere; a pooling in front of 4a and 5a; a head behind each module of `heads`."""
    net = Sums(224, trained=1, kept=0)
    net.join([conv(7, 64, 2), pool(2), conv(1, 64), conv(3, 192), pool(2)])
    for row in TABLE1.split("\n")[1:-1]:
        module, *widths = row.split()
        one, reduce3, three, reduce5, five, project = map(int, widths)
        if module in ("4a", "5a"):
            net.join([pool(2)])
        net.join(
            [conv(1, one)],
            [conv(1, reduce3), conv(3, three)],
            [conv(1, reduce5), conv(5, five)],
            [pool(), conv(1, project)],
        )
        if module in heads:  # the 5x5 average pooling with stride 3 leaves 4x4 of 14x14
            net.count((1, 1), net.channels, 128, side=4)
            net.dense(4 * 4 * 128, 1024)
            net.dense(1024, 1000)
    return net.numbers()


# Ioffe & Szegedy 2015, figure 5: #1x1, #3x3 reduce, #3x3, double #3x3 reduce, double #3x3, proj;
# in 4c and 4d the projection that makes the 576 channels of the column "output size"
FIGURE5 = """
3a  64  64  64  64  96  32
3b  64  64  96  64  96  64
3c   0 128 160  64  96   0
4a 224  64  96  96 128 128
4b 192  96 128  96 128 128
4c 160 128 160 128 160  96
4d  96 128 192 160 192  96
4e   0 128 192 192 256   0
5a 352 192 320 160 224 128
5b 352 192 320 192 224 128
"""


def bn_inception():
    """The first convolution is separable: 8 filters of 7x7 a colour, then 1x1 from 24 to 64."""
    net = Sums(224, trained=2, kept=2)
    net.weights += 7 * 7 * 3 * 8
    net.macs += 112**2 * 7 * 7 * 3 * 8
    net.field, net.jump, net.side, net.channels, net.depth = (7, 7), 2, 112, 24, 1
    net.join([conv(1, 64), pool(2), conv(1, 64), conv(3, 192), pool(2)])
    for row in FIGURE5.split("\n")[1:-1]:
        one, reduce3, three, reduce_double, double, project = map(int, row.split()[1:])
        stride = 1 if one else 2
        net.join(
            *([[conv(1, one)]] if one else []),
            [conv(1, reduce3), conv(3, three, stride)],
            [conv(1, reduce_double), conv(3, double), conv(3, double, stride)],
            [pool(), conv(1, project)] if one else [pool(2)],
        )
    return net.numbers()


def inception_v3(*, head=False):
    net = Sums(299, trained=2, kept=2)
    valid = {"padded": False}
    net.join([conv(3, 32, 2, **valid), conv(3, 32, **valid), conv(3, 64), pool(2, **valid)])
    net.join([conv(1, 80), conv(3, 192, **valid), pool(2, **valid)])
    for project in (32, 64, 64):  # figure 5
        net.join(
            [conv(1, 64)],
            [conv(1, 48), conv(5, 64)],
            [conv(1, 64), conv(3, 96), conv(3, 96)],
            [pool(), conv(1, project)],
        )
    net.join(  # figure 10
        [conv(3, 384, 2, **valid)],
        [conv(1, 64), conv(3, 96), conv(3, 96, 2, **valid)],
        [pool(2, **valid)],
    )
    row, column = (1, 7), (7, 1)
    for width in (128, 160, 160, 192):  # figure 6
        twice = [conv(1, width), conv(column, width), conv(row, width), conv(column, width)]
        net.join(
            [conv(1, 192)],
            [conv(1, width), conv(row, width), conv(column, 192)],
            [*twice, conv(row, 192)],
            [pool(), conv(1, 192)],
        )
    if head:  # the 5x5 average pooling with stride 3 leaves 5x5 of 17x17, the 5x5 convolution 1
        net.count((1, 1), 768, 128, side=5)
        net.count((5, 5), 128, 768, side=1)
        net.dense(768, 1000)
    net.join(
        [conv(1, 192), conv(3, 320, 2, **valid)],
        [conv(1, 192), conv(row, 192), conv(column, 192), conv(3, 192, 2, **valid)],
        [pool(2, **valid)],
    )
    row, column = (1, 3), (3, 1)
    for _ in range(2):  # figure 7
        net.join(
            [conv(1, 320)],
            [conv(1, 384), conv(row, 384)],
            [conv(1, 384, again=True), conv(column, 384)],
            [conv(1, 448), conv(3, 384), conv(row, 384)],
            [conv(1, 448, again=True), conv(3, 384, again=True), conv(column, 384)],
            [pool(), conv(1, 192)],
        )
    return net.numbers()


ROUTES = {
    "googlenet": googlenet,
    "googlenet_aux": lambda: googlenet(heads=("4a", "4d")),
    "bn_inception": bn_inception,
    "inception_v3": inception_v3,
    "inception_v3_aux": lambda: inception_v3(head=True),
}
