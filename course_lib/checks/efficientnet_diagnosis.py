"""Check of the question of the efficientnet exercises that asks what is wrong with a piece."""

from course_lib.checks.cases import case
from course_lib.checks.diagnosis import expect_pair, shown
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import passed

# option: what the reader hears who chose it where it does not hold
FAULTS = {
    "rounds down": "This piece rounds no repeats, or rounds them as it should.",
    "gate from the wide map": "This piece has no gate, or the units of its gate are counted from "
    "the channels that come into the block.",
    "depth and width exchanged": "In this piece alpha goes with the depth and beta with the width, "
    "or there is no law.",
    "resolution once": "This piece counts both sides of a map, or counts no multiply-adds.",
    "drops values": "In this piece an image is dropped whole, or nothing is dropped.",
    "nothing": "Something is wrong. Try the piece with the numbers of B1, in training mode, with "
    "phi = 1, or count its weights.",
}
EFFECTS = {
    "as deep as B0": "With the numbers of B1 this piece gives more blocks than B0 has, or it gives "
    "no blocks.",
    "six times the weights": "This piece has no gate, or its gate weighs what it should.",
    "more than twice": "With phi = 1 the sizes of this piece do not more than double the "
    "multiply-adds, or it gives no sizes.",
    "promises too little": "What this piece says of a net is right, or it says nothing of one.",
    "never gone": "In this piece a branch is gone at times for a whole image, or no branch goes.",
    "none": "Something follows. Try the piece with the numbers of B1, in training mode, with "
    "phi = 1, or count its weights.",
}
# piece: fingerprints of what is wrong with it and of what follows
RIGHT: dict[str, tuple[str, str]] = {
    "a": ("971b1b47cd6aaf2c", "2f581767bc58618b"),
    "b": ("accde1633502bd71", "fc972d696bb36b59"),
    "c": ("f84bc579d092a7fe", "4c4c7d4dd31fd88b"),
    "d": ("06e28464b7d7ee54", "c862823c8b0127a8"),
    "e": ("88032b951bb0ac26", "b3ced802651772d9"),
    "f": ("aaa1ccb61e58e8b3", "3aea5fa54bd8161b"),
}
# variant: which of the pieces stands under each letter
ORDERS = {"first": "abcdef", "second": "cdaefb", "third": "ebfadc", "fourth": "dfecba"}


def diagnosis(answer, variant="first") -> None:
    """Judge `diagnosis(piece)`: a pair (fault, effect) for each piece of code."""
    parts = "what is wrong, and what follows from it"
    for label, piece in shown(RIGHT, chosen(ORDERS, variant)):
        with case(f"piece {label}"):
            expect_pair(answer, {"piece": label}, piece, (FAULTS, EFFECTS), RIGHT[piece], parts)
    passed("diagnosis", "Five pieces that run and are off, and one that looks odd and is right.")
