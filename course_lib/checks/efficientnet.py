"""Checks of the exercises on EfficientNet: one function a question, and the hints."""

from course_lib.checks.efficientnet_block import mbconv
from course_lib.checks.efficientnet_diagnosis import diagnosis
from course_lib.checks.efficientnet_law import compound_coefficients, solve_phi_for_budget
from course_lib.checks.efficientnet_rows import scaled
from course_lib.checks.verdict import Hints
from course_lib.progress import Progress

__all__ = [
    "compound_coefficients",
    "diagnosis",
    "hint",
    "mbconv",
    "progress",
    "scaled",
    "solve_phi_for_budget",
]

hint = Hints(
    {
        "compound_coefficients": (
            "By how much do the multiply-adds grow if depth, width or resolution doubles?",
            "A step of phi is a cake of size `growth`. Depth cuts off alpha once, width cuts off "
            "beta twice. What is left belongs to the two sides of the image, in equal parts.",
            "left = growth / alpha / beta / beta",
        ),
        "scaled": (
            "What happens to a row with one block if the depth is 1.1 and you round down?",
            "Two rulers lie side by side. On the first there are marks at multiples of the "
            "divisor: go to the nearest, and one further if that leaves too little. On the second "
            "there is a mark at each whole number: go to the first one that is not too small.",
            "import math; more = [math.ceil(depth * n) for _, n in rows]",
        ),
        "mbconv": (
            "Which map does the gate multiply, and from which map are its units counted?",
            "Draw the block as a river: narrow, wide, narrow. The gate is a lock across it. The "
            "lock is as wide as the river where it stands; the keeper's house has the size of the "
            "river's source.",
            "house = max(1, int(share * x.shape[-1]))",
        ),
        "solve_phi_for_budget": (
            "Do all layers grow by the same factor if phi grows by 1?",
            "Two piles of work grow with phi, one faster than the other. Their sum always rises, "
            "so it meets the budget once. Walk along phi with halved steps, forwards while the sum "
            "is too small, backwards while it is too large.",
            "cost = lambda phi: mixing * fast**phi + filtering * slow**phi - budget",
        ),
        "diagnosis": (
            "With which arguments would the piece do something else than it says?",
            "Give the piece what B1 gives it, then what an image gives it in training. Look at how "
            "many come out, how much they weigh, and how many zeros there are.",
            "weights = lambda f: keras.Model(t:=keras.Input((5, 5, 384)), f(t, 64)).count_params()",
        ),
    }
)

progress = Progress(__name__, globals())
