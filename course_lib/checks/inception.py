"""Checks of the exercises on the Inception module: one function a question, and the hints."""

from course_lib.checks.inception_diagnosis import diagnosis
from course_lib.checks.inception_factor import reduction_factor
from course_lib.checks.inception_macs import module_macs
from course_lib.checks.inception_module import inception_module
from course_lib.checks.verdict import Hints
from course_lib.progress import Progress

__all__ = [
    "diagnosis",
    "hint",
    "inception_module",
    "module_macs",
    "progress",
    "reduction_factor",
]

hint = Hints(
    {
        "module_macs": (
            "How many channels does each kernel read: those that come in, or those that a 1x1 "
            "convolution left?",
            "Draw the branches side by side as pipes, as thick as their channels. Every "
            "convolution is a joint between two pipes: its kernel's area, times the thickness in "
            "front, times the thickness behind, at each pixel. Where `reduce` has 0, the thick "
            "pipe reaches the kernel.",
            "one_branch = lambda k, reads, gives: k * k * reads * gives",
        ),
        "inception_module": (
            "Which of the layers read x itself, and which read what another layer puts out?",
            "Four lanes leave a crossing and meet again. In each lane stand one or two "
            "convolutions, each with its ReLU; the signs at the lanes say what else. No lane may "
            "change the length of the road, or the lanes do not meet. Where they meet, the "
            "channels are stacked, lane by lane.",
            'squeeze = layers.Conv2D(reduce3, 1, activation="relu")',
        ),
        "reduction_factor": (
            "How many channels does the second module read, in each of the two chains?",
            "Two stacks of paper go from desk to desk. At every naive desk all sheets stay in the "
            "pile and new ones come on top. At every other desk the pile is replaced by one of the "
            "same height. Work at a desk grows with the pile that arrives.",
            "joined = widths[0] + widths[2] + widths[4]",
        ),
        "diagnosis": (
            "Which channels does each convolution of the piece read, and from which line?",
            "Follow four threads from x to the end, one for each branch. Write on each thread how "
            "many channels it has between any two layers, and hold the numbers against table 1 of "
            "the paper. What if more channels came in?",
            "show = lambda it, c: [(r.kind, r.shape, r.params) for r in measure(it, c).layers]",
        ),
    }
)

progress = Progress(__name__, globals())
