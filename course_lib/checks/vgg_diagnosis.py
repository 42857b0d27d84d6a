"""Check of the question of the vgg exercises that asks what is wrong with a piece of code."""

from course_lib.checks.cases import case
from course_lib.checks.diagnosis import expect_pair, shown
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import passed

# option: what the reader hears who chose it where it does not hold
FAULTS = {
    "no shape": "With that fault Keras would not know how large the images are. This piece tells "
    "`keras.Input` a shape.",
    "a bracket": "With that fault an argument of a layer would be called as if it were a function. "
    "In this piece the tensor goes to the layer.",
    "too few classes": "With that fault the net could not tell 1000 kinds of object apart. The "
    "last layer of this piece puts out 1000 values, or is no part of the head.",
    "no dropout": "With that fault the two hidden layers of the head would forget nothing in "
    "training. In this piece a dropout follows both, or none of them is in it.",
    "doubled again": "With that fault stage 5 would be wider than stage 4. In this piece it is as "
    "wide, or it is not in the piece.",
    "nothing": "Something is wrong. Build the piece; if it can be built, go through table 1 line "
    "by line: kernels, filters, poolings, the head and its dropout.",
}
EFFECTS = {
    "stops": "This piece is built without an error. Try it.",
    "fewer weights": "Where this piece can be built at all, it has as many weights as the paper's "
    "layers, or more.",
    "more weights": "Where this piece can be built at all, it has as many weights as the paper's "
    "layers, or fewer.",
    "training alone differs": "What is wrong here, if anything, shows when the net is built or "
    "used, and not in training alone.",
    "none": "Something follows. Build the piece, count its weights, and compare what it does in "
    "training with what it does in use.",
}
# piece: fingerprints of what is wrong with it and of what follows
RIGHT: dict[str, tuple[str, str]] = {
    "a": ("21de482b85042470", "b401f44a91d337cf"),
    "b": ("da1a06e8d5076193", "716b6d2962d185d8"),
    "c": ("582c7cc851d692f2", "7310a2856e17f523"),
    "d": ("83e72bc7abc1f9ff", "c4ceba3b808a57b4"),
    "e": ("2d9da1d116c2cba2", "0cb43c88314c63fb"),
    "f": ("f31687aae9a4d441", "795e4a20af424ddb"),
}
# variant: which of the pieces stands under each letter
ORDERS = {"first": "abcdef", "second": "dfbace", "third": "ecfbad", "fourth": "badfec"}


def diagnosis(answer, variant="first") -> None:
    """Judge `diagnosis(piece)`: a pair (fault, effect) for each piece of code."""
    parts = "what is wrong, and what follows from it"
    for label, piece in shown(RIGHT, chosen(ORDERS, variant)):
        with case(f"piece {label}"):
            expect_pair(answer, {"piece": label}, piece, (FAULTS, EFFECTS), RIGHT[piece], parts)
    passed("diagnosis", "Two faults that stop Keras, three that do not, and one sound piece.")
