"""Check of the question of the resnet exercises that asks what is wrong with a piece of code."""

from course_lib.checks.cases import case
from course_lib.checks.diagnosis import expect_pair, shown
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import passed

# option: what the reader hears who chose it where it does not hold
FAULTS = {
    "relu before addition": "Nothing in this piece lets a ReLU act on the residual before it meets "
    "the shortcut: `relu=False` stands at the last unit.",
    "no stride": "A stride reaches a convolution here; follow the argument.",
    "projection everywhere": "Where a shortcut is projected here, a comparison of shapes decides.",
    "concatenation": "The paths are added, element by element; nothing is put side by side.",
    "nothing": "Something is wrong: compare the output shape, the weights, the multiply-adds and "
    "the sign of what is added with those of the right code.",
}
EFFECTS = {
    "residual never negative": "That is what a ReLU on the residual does: what is added can then "
    "only be positive. Here it can have either sign.",
    "more multiply-adds": "Multiply-adds grow without a weight more where the maps stay too large. "
    "Here the maps have the right sides.",
    "more weights": "Either no weight is added here, or the output shape changes as well, which "
    "says more. Compare the shapes.",
    "channels grow": "The number of channels behind this piece is what it should be.",
    "none": "Something changes: compare shapes, weights, multiply-adds and signs with those of the "
    "right code.",
}
# What to say of a piece that has no lines such as the texts above name.
OWN = {
    "c": {
        "relu before addition": "This piece hands its maps to `block`, which is right: its sum and "
        "its ReLU are where they belong. Look at what `block` is given.",
        "projection everywhere": "This piece hands its maps to `block`, which is right, and "
        "projects where shapes differ. Look at what `block` is given.",
        "concatenation": "This piece hands its maps to `block`, which is right, and adds. Look at "
        "what `block` is given.",
    }
}
# piece: fingerprints of what is wrong with it and of what follows
RIGHT = {
    "a": ("3ad356b2545f9173", "a58ab47d2f46137f"),
    "b": ("f34edd3453c5cea7", "7c5ee350bec6b250"),
    "c": ("dfe3c65cd37d0d29", "ec824e2a6659b844"),
    "d": ("01a1f02ed6b064e2", "b2c0b46e23567c69"),
    "e": ("0bfe894c088a6236", "3ce4147b621acbdf"),
}
# variant: which of the pieces stands under each letter
ORDERS = {"first": "abcde", "second": "bdaec", "third": "dceba", "fourth": "eadcb"}


def diagnosis(answer, variant="first") -> None:
    """Judge `diagnosis(piece)`: a pair (fault, effect) for each piece of code."""
    parts = "what is wrong, and what follows from it"
    for label, piece in shown(RIGHT, chosen(ORDERS, variant)):
        options = (FAULTS | OWN.get(piece, {}), EFFECTS)
        with case(f"piece {label}"):
            expect_pair(answer, {"piece": label}, piece, options, RIGHT[piece], parts)
    passed("diagnosis", "Four faults that run without an error, and one piece that only looks odd.")
