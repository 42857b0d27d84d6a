"""Check of the question of the mobilenet_v2 exercises that asks what is wrong with a block."""

from course_lib.checks.cases import case
from course_lib.checks.diagnosis import expect_pair, shown
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import passed

# option: what the reader hears who chose it where it does not hold
FAULTS = {
    "activated projection": "In this piece nothing follows a projection, or there is none.",
    "adds too often": "In this piece x is added where it should be, or there is no x.",
    "expands by one": "In this piece no 1x1 convolution stands there that keeps the channels as "
    "many as they are, or there is no convolution.",
    "not capped": "In this piece what is above 6 is cut off, or there is no activation.",
    "nearest multiple": "This piece does not round to the nearest multiple.",
    "nothing": "Something is wrong. Try the piece with an expansion of 1, with a stride of 2 and "
    "equal channels, with large values, or at a small width.",
}
EFFECTS = {
    "nothing below 0": "This piece can put out values below 0, or it puts out no map.",
    "an addition more": "In the net of width 0.35 this piece adds as often as the paper's block, "
    "or not at all.",
    "a block grows": "With this piece the blocks of table 2 have the weights of the paper's.",
    "large values pass": "In this piece nothing passes above 6 in the wide map, or no value passes "
    "at all.",
    "a row gets thin": "This piece gives each row the channels that the paper's code gives it, or "
    "leaves their number alone.",
    "none": "Something follows. Try the piece with an expansion of 1, with a stride of 2 and equal "
    "channels, with large values, or at a small width.",
}
# piece: fingerprints of what is wrong with it and of what follows
RIGHT: dict[str, tuple[str, str]] = {
    "a": ("cc8978d6ca8a16ff", "04df0c042919cac8"),
    "b": ("0029f70cee811dc9", "a6923ee5d93cbaf3"),
    "c": ("3888b809f989c1da", "efeb1a2bdf1403fa"),
    "d": ("cca819474b42f15c", "ab5e66c883e2b2a9"),
    "e": ("43b989fe10b9f5ba", "23af15738a8c164d"),
    "f": ("38b5dd0bacdd6079", "4fb6eb8926bf5a56"),
}
# variant: which of the pieces stands under each letter
ORDERS = {"first": "abcdef", "second": "cdaefb", "third": "ebfadc", "fourth": "dfecba"}


def diagnosis(answer, variant="first") -> None:
    """Judge `diagnosis(piece)`: a pair (fault, effect) for each piece of code."""
    parts = "what is wrong, and what follows from it"
    for label, piece in shown(RIGHT, chosen(ORDERS, variant)):
        with case(f"piece {label}"):
            expect_pair(answer, {"piece": label}, piece, (FAULTS, EFFECTS), RIGHT[piece], parts)
    passed("diagnosis", "Four blocks and a rule that differ where few look, and one that is right.")
