"""Check of the question of the nin exercises that asks what is wrong with a piece of code."""

from course_lib.checks.cases import case
from course_lib.checks.diagnosis import expect_pair, shown
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import passed

# option: what the reader hears who chose it where it does not hold
FAULTS = {
    "stride by position": "In this piece each argument is where it belongs, or has its name: the "
    "windows move by the stride that its author has in mind.",
    "mean over channels": "In this piece a mean runs over the pixels, or there is none.",
    "softmax over pixels": "In this piece the softmax runs over the classes, or there is none.",
    "no activation": "In this piece a ReLU stands between any two layers with weights that follow "
    "each other, or there are no two.",
    "axes of another library": "In this piece weights and maps have the same order of axes, or "
    "nothing is reordered.",
    "nothing": "Something is wrong. Write the shape behind each step, and say of each axis what "
    "it counts.",
}
EFFECTS = {
    "classes do not compete": "The probabilities of the classes add up to 1 here, or the piece "
    "gives none.",
    "one linear map": "Between two layers with weights there is a ReLU here, or the piece has one "
    "such layer alone.",
    "fewer places": "Where this piece keeps a map, the map has as many places as its author says.",
    "a number for each pixel": "What this piece puts out has an axis for its classes or channels.",
    "weights meet other values": "Each weight meets the value that it was trained for here, or the "
    "piece has no trained weights.",
    "none": "Something follows: put an image into the piece and look at shapes, at sums and at "
    "what changes with its input.",
}
# piece: fingerprints of what is wrong with it and of what follows
RIGHT: dict[str, tuple[str, str]] = {
    "a": ("aadee450ca3a27c8", "29b65e5396669593"),
    "b": ("974ae671bfb23d6d", "4c7c76a1ecb2378e"),
    "c": ("716994415f432e73", "d0d663a85f7d2f57"),
    "d": ("09ae8bbb27da6ecd", "2e0896e31c779492"),
    "e": ("d1631b1c28ba7f8e", "65b71a3d972dc8a5"),
    "f": ("49f9c5346f19f3a8", "a5b57470feec6252"),
}
# variant: which of the pieces stands under each letter
ORDERS = {"first": "abcdef", "second": "cdaefb", "third": "ebfadc", "fourth": "dfecba"}


def diagnosis(answer, variant="first") -> None:
    """Judge `diagnosis(piece)`: a pair (fault, effect) for each piece of code."""
    parts = "what is wrong, and what follows from it"
    for label, piece in shown(RIGHT, chosen(ORDERS, variant)):
        with case(f"piece {label}"):
            expect_pair(answer, {"piece": label}, piece, (FAULTS, EFFECTS), RIGHT[piece], parts)
    passed("diagnosis", "Five faults that run without an error, and one piece that looks odd.")
