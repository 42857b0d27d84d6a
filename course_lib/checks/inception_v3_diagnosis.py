"""Check of the question of the inception_v3 exercises that asks what is wrong with some code."""

from course_lib.checks.cases import case
from course_lib.checks.diagnosis import expect_pair, shown
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import passed

# option: what the reader hears who chose it where it does not hold
FAULTS = {
    "other classes only": "In this piece the right class gets its part of epsilon like each other "
    "class, or nothing is shared.",
    "logits smoothed": "In this piece no logit is changed before softmax.",
    "pooled first": "In this piece no convolution reads a pooled map.",
    "too few layers": "In this piece the kernels in a row see as much as the author says, or the "
    "author says nothing of it.",
    "no activation": "In this piece no convolution without an activation is followed by another.",
    "nothing": "Something is wrong. Put numbers in: a few logits, or a map with a single pixel "
    "that is not 0, and look at what comes out.",
}
EFFECTS = {
    "another best gap": "In this piece the loss has its minimum where label smoothing has it, or "
    "it has none, or there is no loss.",
    "gap without end": "In this piece no loss goes on falling as the logits move apart.",
    "a quarter of the numbers": "In this piece no map is halved.",
    "a smaller window": "In this piece an output sees as many pixels as the author says, or the "
    "author says nothing of it.",
    "one linear map": "In this piece no two convolutions in a row could be one.",
    "none": "Something follows: a number that the author relies on is another one.",
}
# piece: fingerprints of what is wrong with it and of what follows
RIGHT: dict[str, tuple[str, str]] = {
    "a": ("7bf23938af0dd5b1", "1b0de68a4cd64f1e"),
    "b": ("8ad4bcc2e4e94c7f", "4079ddfb2c202570"),
    "c": ("1ee827d6652bb33c", "39d165fc6bd24961"),
    "d": ("e1a38e2c7bfc6758", "3ec802dc39ac98a0"),
    "e": ("d6c28e5753463622", "431075bf47b8e5a5"),
    "f": ("60b23b0dba20f285", "f887704c13a82bb6"),
}
# variant: which of the pieces stands under each letter
ORDERS = {"first": "abcdef", "second": "cdaefb", "third": "ebfadc", "fourth": "dfecba"}


def diagnosis(answer, variant="first") -> None:
    """Judge `diagnosis(piece)`: a pair (fault, effect) for each piece of code."""
    parts = "what is wrong, and what follows from it"
    for label, piece in shown(RIGHT, chosen(ORDERS, variant)):
        with case(f"piece {label}"):
            expect_pair(answer, {"piece": label}, piece, (FAULTS, EFFECTS), RIGHT[piece], parts)
    passed("diagnosis", "Five pieces that run and do something else, and one that looks odd.")
