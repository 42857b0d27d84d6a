"""Checks of the exercises on MobileNet: one function a question, and the hints."""

from course_lib.checks.mobilenet_cost import separable_cost
from course_lib.checks.mobilenet_depthwise import depthwise_conv
from course_lib.checks.mobilenet_diagnosis import diagnosis
from course_lib.checks.mobilenet_net import mobilenet
from course_lib.checks.mobilenet_ratio import cost_ratio
from course_lib.checks.verdict import Hints
from course_lib.progress import Progress

__all__ = [
    "cost_ratio",
    "depthwise_conv",
    "diagnosis",
    "hint",
    "mobilenet",
    "progress",
    "separable_cost",
]

hint = Hints(
    {
        "separable_cost": (
            "How many maps does the 1x1 convolution read, if each channel has several filters?",
            "Two rooms, one behind the other. In the first each channel sits at a table of its "
            "own, with its filters around it, and nobody talks across tables. In the second all "
            "that was written in the first is spread out, and each filter reads a pixel of all of "
            "it. Count the products in the rooms one after the other.",
            "rows = -(-size[0] // stride)",
        ),
        "depthwise_conv": (
            "Where is the pixel that the kernel's first weight meets, if the window stands around "
            "the first pixel of the map?",
            "Lay copies of the map on a table, each one shifted by a pixel more to the left, or "
            "upwards. One copy belongs to each weight of the kernel. Multiply each copy by its "
            "weight, channel by channel, and add the copies up. A stride leaves pixels of each "
            "copy out.",
            "corner = x[:, ::stride, ::stride, :, None] * kernel[0, 0]",
        ),
        "cost_ratio": (
            "What has each layer to read, and how large is the map that it leaves?",
            "Two columns of figures, one for each net, with a line for each layer. Their first "
            "lines are the same. In the other lines the ratio is the law's, with what goes out of "
            "that layer. Draw a line under both columns before you compare.",
            "places = lambda side, stride: (side + stride - 1) // stride",
        ),
        "mobilenet": (
            "Which of the numbers that you are given does alpha multiply, and which not?",
            "A corridor of rooms. Each room has two doors, and behind each door stands a person "
            "who evens out what comes through. Some doors have a second person behind the first, "
            "who stops what is below zero. The task says which doors. The first person of a room "
            "looks at each channel alone, the second at all channels of a pixel.",
            'look = layers.DepthwiseConv2D(3, padding="same", use_bias=False)',
        ),
        "diagnosis": (
            "What stands between the two convolutions of the piece, and what does each of them "
            "read?",
            "Put the piece on a map with three times as many channels, and then on one with twice "
            "the side. Which numbers grow as the law says, and which do not? And if a piece names "
            "a number of seconds: who held the clock?",
            "rows = lambda it: [(r.kind, r.shape, r.macs) for r in measure(it).layers]",
        ),
    }
)

progress = Progress(__name__, globals())
