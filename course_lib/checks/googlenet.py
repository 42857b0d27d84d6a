"""Checks of the exercises on GoogLeNet: one function a question, and the hints."""

from course_lib.checks.googlenet_depth import count_depth
from course_lib.checks.googlenet_diagnosis import diagnosis
from course_lib.checks.googlenet_head import auxiliary_head
from course_lib.checks.googlenet_loss import total_loss
from course_lib.checks.googlenet_table import table_rows
from course_lib.checks.verdict import Hints
from course_lib.progress import Progress

__all__ = [
    "auxiliary_head",
    "count_depth",
    "diagnosis",
    "hint",
    "progress",
    "table_rows",
    "total_loss",
]

hint = Hints(
    {
        "table_rows": (
            "What does a row need to know of the row before it?",
            "A pipe whose pieces have to fit: the end of one is the beginning of the next. In a "
            "module the pipe splits into four and is joined again, and two of the four have a "
            "narrow place on their way. Write down at every joint how wide the pipe is.",
            "half = lambda side, stride: -(-side // stride)",
        ),
        "count_depth": (
            "If you knew the depth of everything that a layer reads, what would its own be?",
            "Water runs down from the image over steps, by several ways, and meets again. The "
            "ways are not equally high. Write at each layer the height of the highest way to it, "
            "beginning at the image, and read off what stands at the end.",
            'heights = {"image": 0}',
        ),
        "auxiliary_head": (
            "Which of its layers read a map, and which read a list of numbers?",
            "A small funnel on the side of the net: windows take in a part of the map each, a thin "
            "convolution mixes the channels of a place, then everything is laid out in a row. Many "
            "units look at that row, most of them are switched off at random while the net learns, "
            "and what is left is turned into scores.",
            "windows = layers.AveragePooling2D(pool_size=window, strides=stride)",
        ),
        "total_loss": (
            "Which number would you have if there were one head only, and what do the others add?",
            "A pupil with one examiner and some teachers. While the pupil learns, each teacher's "
            "opinion is added, quietly; on the day of the examination the teachers wait outside. "
            "Every opinion is worked out by itself: scores to shares, the share of the right "
            "class, its logarithm.",
            "tops = [np.max(one, axis=1) for one in logits]",
        ),
        "diagnosis": (
            "What does the piece do while the net learns, and what is left of it afterwards?",
            "Hold section 5 beside the piece and tick off: windows of 5x5 three apart, 128 "
            "filters, 1024 units, 70 % dropped, 1000 classes, one softmax; modules 4a and 4d; 0.3; "
            "gone in use. Then ask of what looks odd whether it computes something else.",
            "weights = lambda head: keras.Model(x := keras.Input((14, 14, 512)), "
            "head(x)).count_params()",
        ),
    }
)

progress = Progress(__name__, globals())
