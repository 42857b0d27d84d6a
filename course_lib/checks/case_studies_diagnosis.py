"""Check of the question of the case studies that reads claims off a table of results."""

from course_lib.checks.cases import case
from course_lib.checks.diagnosis import expect_pair, shown
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import passed

# option: what the reader hears who chose it where it does not hold
FAULTS = {
    "tests differ": "Either these two nets were tested alike, as many nets with as many crops, or "
    "the claim is not about their errors.",
    "units differ": "The claim compares no work, or both numbers of it are in the same unit. Look "
    "at what the column counts in each of the two rows.",
    "images differ": "The two nets of this claim were trained on as many images, or the claim is "
    "not about their errors.",
    "no time was measured": "This claim is not about time.",
    "two things changed": "The claim does not itself say that two things changed, or it names no "
    "cause at all. Does a column differ that it passes over?",
    "nothing": "The table does not support this claim. Go through the columns of the two rows: "
    "which of them differ besides the one that the claim names, and does any hold what it says?",
}
REMEDIES = {
    "test both alike": "Another test would not settle this: they were tested alike, or the claim "
    "is not about errors.",
    "train both alike": "Another training would not settle this: nothing is said to differ between "
    "their trainings, or the claim is not about errors.",
    "time both": "This claim is not about time.",
    "nothing more": "The table alone does not settle this. Which measurement is missing?",
}
# claim: fingerprints of what is wrong with it and of what would settle it
RIGHT: dict[str, tuple[str, str]] = {
    "a": ("53b3598b1865f358", "a50577340682bafb"),
    "b": ("67dfa8abbd06d5ea", "0cf7e9247638c37d"),
    "c": ("555e64f8e3ced844", "998ab90da3076abb"),
    "d": ("fcd60d15b2e3c116", "d543a696d92c7357"),
    "e": ("e3316dd62012d27f", "e45e247187cb1a18"),
    "f": ("2a576749669c1a56", "2e4fc33d3be2db4d"),
}
# variant: which of the claims stands under each letter
ORDERS = {"first": "abcdef", "second": "cdaefb", "third": "ebfadc", "fourth": "dfecba"}


def diagnosis(answer, variant="first") -> None:
    """Judge `diagnosis(claim)`: a pair (fault, remedy) for each claim."""
    parts = "what is wrong, and what would settle it"
    for label, claim in shown(RIGHT, chosen(ORDERS, variant)):
        with case(f"claim {label}"):
            expect_pair(answer, {"claim": label}, claim, (FAULTS, REMEDIES), RIGHT[claim], parts)
    passed("diagnosis", "Five claims that go beyond the table, and one that it supports.")
