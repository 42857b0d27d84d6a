"""What the banks of wrong answers to the questions on LeNet share."""

import pytest

from tests.checks.lenet_right import RIGHT


def each(bank):
    """Return a parameter for each answer of `bank`, (question, answer) or with the message."""
    return [
        pytest.param(
            question, *(case if isinstance(case, tuple) else (case,)), id=f"{question}-{i}"
        )
        for question, cases in bank.items()
        for i, case in enumerate(cases)
    ]


def sizes(question, wrong):
    """Return the line that reports how many answers a question is tried with."""
    assert len(RIGHT[question]) >= 2
    return f"answers to lenet.{question}: {len(RIGHT[question])} right, {len(wrong)} wrong"


def stopping(*_, **__):
    raise KeyError("s3_maps")


def nothing(*_, **__):
    """Do what a function without `return` does."""
