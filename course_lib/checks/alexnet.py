"""Checks of the exercises on AlexNet: one function a question, and the hints."""

from course_lib.checks.alexnet_blocks import alexnet_block
from course_lib.checks.alexnet_counts import conv_output_size, grouped_conv_weights
from course_lib.checks.alexnet_diagnosis import diagnosis
from course_lib.checks.alexnet_response import local_response_normalization
from course_lib.checks.verdict import Hints
from course_lib.progress import Progress

__all__ = [
    "alexnet_block",
    "conv_output_size",
    "diagnosis",
    "grouped_conv_weights",
    "hint",
    "local_response_normalization",
    "progress",
]

hint = Hints(
    {
        "conv_output_size": (
            "Where may the first pixel of a window lie, if the whole window is to fit?",
            "Lay a ruler as long as the kernel on a row of squares, the zeros included. Push it to "
            "the right, one stride at a time, until it would hang over the end. Count the places "
            "where it lay, the first one, too.",
            "room = size + padding + padding",
        ),
        "grouped_conv_weights": (
            "How many maps does one filter read, and how many filters are there in all?",
            "Two kitchens, each with its half of the ingredients and its half of the cooks. No "
            "cook reaches into the other kitchen; but count the cooks of both, and give each a "
            "spoon of salt.",
            "own_maps = channels / groups",
        ),
        "local_response_normalization": (
            "Which maps does map 0 look at, and which the last one?",
            "Stand on one pixel and look down through the pile of maps: a column of numbers. A "
            "frame slides along the column. What it shows is squared and put together, and the "
            "number in its place is divided by what comes of it. Near the ends part of the frame "
            "shows nothing.",
            "energy = np.square(x)",
        ),
        "alexnet_block": (
            "Which of the two convolutions may look at all the maps?",
            "A line of four stations. Two hold a convolution and a ReLU; in one of them the maps "
            "are dealt into piles that do not see each other. One station lets the strongest of "
            "3x3 pixels through, and the windows share a row with the next. One divides a pixel "
            "by what its whole column of maps amounts to. The task says in which order.",
            'overlap = layers.MaxPool2D(pool_size=3, strides=2, padding="valid")',
        ),
        "diagnosis": (
            "What would you see if you drew the paper's net and the piece side by side: a layer in "
            "another place, other windows, other connections, other counts?",
            "Run your finger along the paper's net: convolution, ReLU, normalization, windows; "
            "again; then three convolutions, the first of which looks at both halves; then two "
            "hidden layers that forget half of their values in training. Where does a piece leave "
            "the line?",
            "build = lambda piece, *shape: keras.Model(x := keras.Input(shape), "
            "piece(x, layers.Identity()))",
        ),
    }
)

progress = Progress(__name__, globals())
