"""Check of the question of the inception exercises that asks what is wrong with a module."""

from course_lib.checks.cases import case
from course_lib.checks.diagnosis import expect_pair, shown
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import passed

# option: what the reader hears who chose it where it does not hold
FAULTS = {
    "four widths": "In this piece no width stands for another: each of its convolutions has the "
    "number of filters that its author names.",
    "x overwritten": "In this piece x is what came in, from the first line to the last.",
    "no projection": "In this piece a 1x1 convolution follows the pooling.",
    "no activation": "In this piece a ReLU follows each convolution.",
    "reduction behind": "In this piece every 1x1 convolution of a branch with a kernel stands in "
    "front of it.",
    "nothing": "Something is wrong. Build the piece on maps of two different depths, and write "
    "down for each convolution what it reads and what it gives.",
}
EFFECTS = {
    "kernels read too few": "In this piece each kernel reads as many channels as its author says, "
    "or the author says nothing of it.",
    "one branch sees the input": "In this piece all four branches read what comes in.",
    "as wide as its input allows": "This piece gives 256 channels, whatever comes in.",
    "one linear map": "In this piece a ReLU stands between any two convolutions that follow each "
    "other.",
    "nothing is saved": "In this piece the large kernels read fewer channels than come in, or "
    "nothing was to be saved.",
    "none": "Something follows: compare the weights of each convolution with those of module 3a.",
}
# piece: fingerprints of what is wrong with it and of what follows
RIGHT: dict[str, tuple[str, str]] = {
    "a": ("78342b932bd4a8cf", "ecf40e0ee5d5150f"),
    "b": ("e9759530c9ab32b3", "edbfbaef487217d9"),
    "c": ("db59dd7f3ab65594", "4db3b0058cc8dc31"),
    "d": ("6087175361e1578d", "b5d59b15833d9307"),
    "e": ("cdeba8fa33881043", "23039826469d772f"),
    "f": ("67ddd068fe112e8d", "fab9a776418616d1"),
}
# variant: which of the pieces stands under each letter
ORDERS = {"first": "abcdef", "second": "cdaefb", "third": "ebfadc", "fourth": "dfecba"}


def diagnosis(answer, variant="first") -> None:
    """Judge `diagnosis(piece)`: a pair (fault, effect) for each piece of code."""
    parts = "what is wrong, and what follows from it"
    for label, piece in shown(RIGHT, chosen(ORDERS, variant)):
        with case(f"piece {label}"):
            expect_pair(answer, {"piece": label}, piece, (FAULTS, EFFECTS), RIGHT[piece], parts)
    passed("diagnosis", "Five modules that run and are others, and one that looks odd.")
