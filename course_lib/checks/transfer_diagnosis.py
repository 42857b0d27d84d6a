"""Check of the question of the transfer exercises that reads the logs of five runs."""

import numpy as np

from course_lib.checks.cases import case
from course_lib.checks.verdict import WrongAnswer, call, fingerprint_of, passed, spell

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


def diagnosis(answer) -> None:
    """Judge `diagnosis(run)`: a pair (fault, sign) for each log."""
    for run, (fault, sign) in RIGHT.items():
        with case(f"run {run}"):
            arguments = {"run": run}
            value = call(answer, arguments)
            found = f"{spell(answer, arguments)} returned {value!r}."
            pair = value.tolist() if isinstance(value, np.ndarray) else value
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise WrongAnswer(f"{found} Expected a pair: what is wrong, and what shows it.")
            _choose(run, pair[0], FAULTS, fault, found)
            _choose(run, pair[1], SIGNS, sign, found)
    passed("diagnosis", "Four faults that stop no run, and one run that only looks odd.")


def _choose(run, value, feedback, fingerprint, found):
    if not isinstance(value, str) or value not in feedback:
        raise WrongAnswer(f"{found} {value!r} is not one of {', '.join(map(repr, feedback))}.")
    if fingerprint_of((run, *feedback), value) != fingerprint:
        raise WrongAnswer(f"{found} {feedback[value]}")
