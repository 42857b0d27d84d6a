"""Check of the question of the transfer exercises that reads the logs of five runs."""

from course_lib.checks.cases import case
from course_lib.checks.diagnosis import expect_pair, shown
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import passed

# option: what the reader hears who chose it where it does not hold
FAULTS = {
    "batch norm in training mode": "With that fault the two ways to run the net disagree: it does "
    "well on the batches it trains on, and the validation accuracy falls far below what the head "
    "alone had reached. Here it does not fall.",
    "leak": "With that fault validation pictures were trained on, as they are or as copies, so "
    "validation looks far better than new pictures do. Compare the two last accuracies.",
    "softmax twice": "With that fault the training loss cannot fall below a floor, -log of what "
    "five classes get at most, however many answers are right. Here loss and accuracy agree.",
    "stored augmentation": "With that fault the head reads the same features in every epoch "
    "although the pictures are said to be moved anew in each. Read the last column and the first "
    "line together.",
    "nothing": "Something is wrong with this run. Compare training, validation and new pictures, "
    "the loss with the accuracy, and the last column with the first line.",
}
SIGNS = {
    "validation collapses": "The validation accuracy falls far below its start in no epoch here.",
    "new pictures do worse": "Here new pictures do about as well as the validation pictures.",
    "loss has a floor": "Here the loss falls as the accuracy rises, below every floor that five "
    "classes could set.",
    "features never change": "Either these features change from epoch to epoch, or nothing in the "
    "first line says that they should: stored features of unaltered pictures stay the same.",
    "validation beats training": "Here it is not so in the last epochs, or another sign says what "
    "is wrong. (Dropout acts in training alone, so this sign alone proves no fault.)",
}
# run: fingerprints of what is wrong with it and of what shows it
RIGHT = {
    "a": ("d77bcf088022e2e2", "4bdea8947dcf2c25"),
    "b": ("bc8e9ac4e2c834fe", "9c630fc6a1fc618c"),
    "c": ("d67546ebf754c2ba", "cd57e8c2e0c208bb"),
    "d": ("217f2e011782e841", "f55c591ea5781d1a"),
    "e": ("584f9ea00da68f40", "4d5e02e6d621cf57"),
}
# variant: which of the runs stands under each letter
ORDERS = {"first": "abcde", "second": "bdaec", "third": "dceba", "fourth": "eadcb"}


def diagnosis(answer, variant="first") -> None:
    """Judge `diagnosis(run)`: a pair (fault, sign) for each log."""
    parts = "what is wrong, and what shows it"
    for label, run in shown(RIGHT, chosen(ORDERS, variant)):
        with case(f"run {label}"):
            expect_pair(answer, {"run": label}, run, (FAULTS, SIGNS), RIGHT[run], parts)
    passed("diagnosis", "Four faults that stop no run, and one run that only looks odd.")
