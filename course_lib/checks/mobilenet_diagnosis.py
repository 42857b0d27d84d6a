"""Check of the question of the mobilenet exercises that asks what is wrong with some code."""

from course_lib.checks.cases import case
from course_lib.checks.diagnosis import expect_pair, shown
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import passed

# option: what the reader hears who chose it where it does not hold
FAULTS = {
    "one step": "In this piece two steps of a block have a normalization and a ReLU each, or the "
    "piece is no block.",
    "channels mixed": "In this piece a 3x3 kernel reads one channel, or the piece has no kernel.",
    "order turned round": "In this piece the kernels come first and the 1x1 convolution behind "
    "them, or the piece has neither.",
    "alpha twice": "In this piece alpha meets each width once, or the piece has no alpha.",
    "time assumed": "This piece says nothing about time, so it assumes nothing about it.",
    "nothing": "Something is wrong. Build the piece, write down the shape of each kernel and what "
    "stands between any two, and ask which of its numbers was counted and which was measured.",
}
EFFECTS = {
    "one kernel would do": "In this piece a ReLU stands between any two convolutions, or it has "
    "none.",
    "saves nothing": "In this piece the multiply-adds fall as the law says, or it has none.",
    "mixed at full size": "In this piece the 1x1 convolution reads the smaller map, or there is "
    "no stride.",
    "thinner and thinner": "In this piece a block is as wide as its list of widths says, whatever "
    "came in.",
    "memory is free": "This piece names no seconds, so it leaves no traffic out of them.",
    "none": "Something follows: look at the shapes of the kernels, at the multiply-adds of each "
    "layer, and at what the number that comes out is said to be.",
}
# piece: fingerprints of what is wrong with it and of what follows
RIGHT: dict[str, tuple[str, str]] = {
    "a": ("54176eae87cc5b42", "6464fbe3fba18447"),
    "b": ("0bd168ca60d34e57", "8232cf854c4b71bf"),
    "c": ("339c5cba0b1a028b", "e30c5c70ea2ff574"),
    "d": ("609faf428f9cc2b4", "754d94388f945a93"),
    "e": ("d90ea387ef48dba0", "d922ca4a02e1ab2c"),
    "f": ("b1b3f9d691595848", "016a8dffdb5fb8d9"),
}
# variant: which of the pieces stands under each letter
ORDERS = {"first": "abcdef", "second": "cdaefb", "third": "ebfadc", "fourth": "dfecba"}


def diagnosis(answer, variant="first") -> None:
    """Judge `diagnosis(piece)`: a pair (fault, effect) for each piece of code."""
    parts = "what is wrong, and what follows from it"
    for label, piece in shown(RIGHT, chosen(ORDERS, variant)):
        with case(f"piece {label}"):
            expect_pair(answer, {"piece": label}, piece, (FAULTS, EFFECTS), RIGHT[piece], parts)
    passed("diagnosis", "Five pieces that run and mislead, and one that looks odd.")
