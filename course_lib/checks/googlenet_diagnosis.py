"""Check of the question of the googlenet exercises that asks what is wrong with a piece of code."""

from course_lib.checks.cases import case
from course_lib.checks.diagnosis import expect_pair, shown
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import passed

# option: what the reader hears who chose it where it does not hold
FAULTS = {
    "no dropout": "In this piece a dropout stands between the 1024 units and the 1000 classes, or "
    "the layers of a head do not occur.",
    "full weights": "With that fault the losses of the side heads would count as much as the main "
    "one. This piece does not add losses.",
    "heads kept in use": "With that fault the side heads would have a say in the answer to an "
    "image. This piece is about training, or builds one head.",
    "attached elsewhere": "With that fault the heads would read other modules than 4a and 4d. This "
    "piece does not choose a module.",
    "softmax twice": "Go through this piece and count: from the 1000 scores to the end there is "
    "one softmax, or none occurs.",
    "nothing": "Something is wrong. Hold it against section 5: the layers of a head in order, what "
    "they read, what their losses weigh, and what is left of them after training.",
}
EFFECTS = {
    "training alone differs": "What is wrong here, if anything, is not confined to what is random "
    "in training: compare weights, losses or answers.",
    "side losses lead": "The side losses are no larger a part of the total here than the paper "
    "has it.",
    "other answers in use": "The class that an image gets comes from the main head here, or this "
    "piece gives none.",
    "more weights": "The layers of this piece have as many weights as the paper's, or it has none.",
    "loss stays high": "Nothing keeps a loss away from 0 here: a score may grow as it likes.",
    "none": "Something follows: compare weights, what training minimizes, and what an image gets "
    "for an answer.",
}
# piece: fingerprints of what is wrong with it and of what follows
RIGHT: dict[str, tuple[str, str]] = {
    "a": ("cb496aa1b65083a1", "b155e3e7f600aae4"),
    "b": ("9d272b240e741a80", "32d29a1fc9b5e44f"),
    "c": ("bc5485623adef955", "b1254ea95ab87676"),
    "d": ("df48e4424a205495", "a5569ed0e5328be0"),
    "e": ("5f895669459aef8d", "4d8d892c2d96e766"),
    "f": ("cadd84b2519e1a38", "28cf1bc9e091e4fe"),
}
# variant: which of the pieces stands under each letter
ORDERS = {"first": "abcdef", "second": "cdaefb", "third": "ebfadc", "fourth": "dfecba"}


def diagnosis(answer, variant="first") -> None:
    """Judge `diagnosis(piece)`: a pair (fault, effect) for each piece of code."""
    parts = "what is wrong, and what follows from it"
    for label, piece in shown(RIGHT, chosen(ORDERS, variant)):
        with case(f"piece {label}"):
            expect_pair(answer, {"piece": label}, piece, (FAULTS, EFFECTS), RIGHT[piece], parts)
    passed("diagnosis", "Five faults that run without an error, and one head that looks odd.")
