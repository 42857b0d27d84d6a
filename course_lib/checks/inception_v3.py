"""Checks of the exercises on Inception-v2 and v3: one function a question, and the hints."""

from course_lib.checks.inception_v3_cost import factorized_cost
from course_lib.checks.inception_v3_diagnosis import diagnosis
from course_lib.checks.inception_v3_grid import grid_reduction
from course_lib.checks.inception_v3_module import factorized_module
from course_lib.checks.inception_v3_smoothing import label_smoothing
from course_lib.checks.verdict import Hints
from course_lib.progress import Progress

__all__ = [
    "diagnosis",
    "factorized_cost",
    "factorized_module",
    "grid_reduction",
    "hint",
    "label_smoothing",
    "progress",
]

hint = Hints(
    {
        "factorized_cost": (
            "How many pixels does the second kernel of a chain see that the first one did not?",
            "Lay a frame on paper for each kernel, one behind the other. Each frame but the first "
            "widens the view by its side less 1, in each direction by itself. Then write on every "
            "frame what it multiplies: its area, the channels in front, the channels behind. The "
            "one large frame has only the channels at the two ends.",
            "pairs = list(zip(widths, widths[1:]))",
        ),
        "label_smoothing": (
            "If a label is thrown away with probability epsilon and a class is drawn from all K "
            "instead, how likely is each class in the end?",
            "A row of K glasses. Each person who named a class pours an equal part of one liter "
            "into its glass. Then the share epsilon is taken out of every glass, and what was "
            "taken is poured evenly over all K glasses, those that were full among them.",
            "named = np.asarray(y)[:, :, None] == np.arange(classes)",
        ),
        "grid_reduction": (
            "Which layers have stride 2, and how large is a map of 9 pixels behind each of them?",
            "Three lanes leave a square and arrive at one half as wide. In every lane exactly one "
            "layer takes two steps at a time, and it stops where its window would hang over the "
            "edge. If one lane steps twice, or not at all, it arrives somewhere else.",
            "halving = {'strides': 2, 'padding': 'valid'}",
        ),
        "factorized_module": (
            "A kernel of one row and n columns reaches over which edges of the map?",
            "A comb that lies flat and a comb that stands upright are drawn over a picture one "
            "after the other. The flat one needs a margin left and right, the upright one above "
            "and below. Behind each of them what comes out is normalized, and then what is below "
            "0 is cut off, unless the task says otherwise.",
            "flat, upright = (1, n), (n, 1)",
        ),
        "diagnosis": (
            "What would you have to put in so that the author's claim could fail?",
            "For a loss: give the right class a lead over the others and let it grow. Does the "
            "loss turn round, and where? For a piece with kernels: light a single pixel and look "
            "how far the light spreads; or count the numbers that are left at its narrowest place.",
            "gaps = ops.convert_to_tensor([[g, 0.0, 0.0] for g in range(9)])",
        ),
    }
)

progress = Progress(__name__, globals())
