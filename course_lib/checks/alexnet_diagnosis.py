"""Check of the question of the alexnet exercises that asks what is wrong with a piece of code."""

from course_lib.checks.cases import case
from course_lib.checks.diagnosis import expect_pair, shown
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import passed

# option: what the reader hears who chose it where it does not hold
FAULTS = {
    "normalization before relu": "In this piece `norm` either reads what a ReLU has put out, or "
    "does not occur. `conv` ends with a ReLU.",
    "pooling without overlap": "Where this piece pools, its windows have three pixels a side and "
    "are two apart, so they overlap.",
    "groups everywhere": "With that fault the third convolution of the net would have groups. Here "
    "it has none, or is not in the piece.",
    "no groups": "With that fault the second, the fourth and the fifth convolution would read all "
    "maps. Here they have groups or halves, or are not in the piece.",
    "a dropout missing": "With that fault one of the two hidden dense layers would go without "
    "dropout. Here both have one, or none is in the piece.",
    "nothing": "Something is wrong. Go through the paper's net step by step: which convolutions "
    "have groups, what follows each, which windows, where the dropout is.",
}
EFFECTS = {
    "zeros weaken others": "What a ReLU has made 0 adds nothing to the sum of squares here, or "
    "there is no such sum.",
    "smaller receptive field": "Its windows are as wide as the paper's here, or there are none, so "
    "each value sees as many pixels of the image.",
    "halves never meet": "So it would be if the third convolution read half of the maps, too. Here "
    "it reads all, or is not in the piece.",
    "more weights": "The piece has as many weights as the paper's layers, or fewer.",
    "training alone differs": "What is wrong here, if anything, changes what the net puts out for "
    "an image, not only what it does in training.",
    "none": "Something follows: compare kernels, windows, the order of the steps, and what differs "
    "between training and inference.",
}
# piece: fingerprints of what is wrong with it and of what follows
RIGHT: dict[str, tuple[str, str]] = {
    "a": ("7b8040c1e3c9d1e8", "683ce87a92fdc3a7"),
    "b": ("cb6b79fa463d6b4b", "b1a1956a2e524294"),
    "c": ("ff2e56ff8facf388", "e4daebc757be7fa4"),
    "d": ("7320277e4a3b9c9c", "dd0d911087af708e"),
    "e": ("e60c96a6075567b3", "d239465454c7c2d9"),
    "f": ("3ded71975c46d6e7", "5bcb876247c9f92e"),
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
