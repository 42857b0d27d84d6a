"""Check of the question of the senet exercises that asks what is wrong with a block of gates."""

from course_lib.checks.cases import case
from course_lib.checks.diagnosis import expect_pair, shown
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import passed

# option: what the reader hears who chose it where it does not hold
FAULTS = {
    "axes lost": "In this piece the product gives each value of x the gate of its own image and "
    "channel. A shape (B, C) alone is no fault.",
    "gates share a sum": "In this piece a gate may open without another one closing.",
    "squeeze overwritten": "In this piece what the squeeze leaves is what is read next, or there "
    "is no squeeze to overwrite.",
    "r multiplies": "In this piece r divides the channels, or does not occur.",
    "reads nothing": "In this piece the gates are computed from x.",
    "nothing": "Something is wrong. Build the piece, give it three different images, and look at "
    "what comes out divided by what went in: those are the gates.",
}
EFFECTS = {
    "right for one image": "This piece does with three images what it does with one.",
    "one in C": "The gates of this piece may all be near 1, for some weights.",
    "a gate for each pixel": "In this piece all pixels of a channel have one gate.",
    "r squared": "The dense layers of this piece have no more weights than the paper's.",
    "same for all": "Two images of different means get different gates in this piece.",
    "none": "Something follows: compare gates between pixels and between images, their sum, and "
    "the weights.",
}
# piece: fingerprints of what is wrong with it and of what follows
RIGHT: dict[str, tuple[str, str]] = {
    "a": ("0724b12c21bdf995", "63aa0bc51c5a63df"),
    "b": ("b65e2c5791a2be49", "90cad2b402cbd1bc"),
    "c": ("74f66cf20d27111b", "abeecebd12a7e576"),
    "d": ("38e6438ed95cd4be", "559df67f5b88c1e9"),
    "e": ("466dd036b6d72374", "24281625d87150ea"),
    "f": ("85a56c67cfc714d4", "0a723ae3ef7a032d"),
}
# variant: which of the pieces stands under each letter
ORDERS = {"first": "abcdef", "second": "cdaefb", "third": "ebfadc", "fourth": "dfecba"}


def diagnosis(answer, variant="first") -> None:
    """Judge `diagnosis(piece)`: a pair (fault, effect) for each piece of code."""
    parts = "what is wrong, and what follows from it"
    for label, piece in shown(RIGHT, chosen(ORDERS, variant)):
        with case(f"piece {label}"):
            expect_pair(answer, {"piece": label}, piece, (FAULTS, EFFECTS), RIGHT[piece], parts)
    passed("diagnosis", "Five blocks that run and are others, and one that looks odd.")
