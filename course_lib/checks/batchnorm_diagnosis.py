"""Check of the question of the batchnorm exercises that asks what is wrong with a piece of code."""

from course_lib.checks.cases import case
from course_lib.checks.diagnosis import expect_pair, shown
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import passed

# option: what the reader hears who chose it where it does not hold
FAULTS = {
    "bias before normalization": "The convolutions of this piece have no biases, or none that a "
    "normalization takes away again.",
    "momentum of another library": "The momentum of this piece says what its author means, or is "
    "left at Keras' own. Look at what it multiplies in Keras.",
    "one layer in two places": "In this piece each normalization has one place, so its averages "
    "are those of one layer.",
    "wrong axis": "In this piece the statistics are those of the channels, the last axis.",
    "batch statistics in use": "This piece leaves it to the caller whether it is trained or used.",
    "nothing": "Something is wrong. Ask of each normalization: what comes in, along which axis, "
    "which averages, in which mode.",
}
EFFECTS = {
    "weights without effect": "Every weight of this piece changes what comes out, or could not be "
    "left out without losing what it can represent.",
    "averages follow the last batch": "The running averages of this piece move by a small share at "
    "each batch.",
    "averages of a mixture": "The running averages of this piece are those of one layer's values.",
    "statistics of rows": "Nothing here is normalized row by row: each channel has its mean.",
    "answers depend on the other images": "In use this piece divides by running averages, so an "
    "image is judged alone.",
    "none": "Something follows: compare training with inference, and what each weight can change.",
}
# piece: fingerprints of what is wrong with it and of what follows
RIGHT: dict[str, tuple[str, str]] = {
    "a": ("c581239045d842e7", "bd41b54c0c413db9"),
    "b": ("125b7ce44da5a370", "00cf28653d208c8e"),
    "c": ("703e9a4716412faa", "4df31d8880afcfe9"),
    "d": ("33c612c8df5307ce", "bccdedf74afd7622"),
    "e": ("6e1fd3418e6d53a6", "9947c4b91ea76204"),
    "f": ("12c025531d10624b", "4411ed63d491f5c3"),
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
