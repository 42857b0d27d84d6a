"""The questions that count the weights of LeNet: wrong answers, right ones, mutants."""

import re
from types import SimpleNamespace

import pytest

from course_lib.checks import lenet as check
from tests.checks.judging import judge, kill_all
from tests.checks.lenet_bank import each, nothing, sizes, stopping
from tests.checks.lenet_right import RIGHT, count_by_walking, difference_without_biases


def counts(change):
    """Return a `weights_by_layer` that differs from a right one by `change(right, sizes)`."""

    def weights_by_layer(side, channels, **sizes):
        right = {key: int(n) for key, n in count_by_walking(side, channels, **sizes).items()}
        return change(right, SimpleNamespace(side=side, channels=channels, **sizes))

    return weights_by_layer


def one(name, number):
    """Return a `weights_by_layer` with one wrong entry, `number(sizes)`."""
    return counts(lambda right, sizes: right | {name: number(sizes)})


def left(side):
    """Side of the maps of S4."""
    return ((side - 4) // 2 - 4) // 2


def ceil_left(side):
    return -(-(-(-(side - 4) // 2) - 4) // 2)


WEIGHTS = (
    (one("C1", lambda s: 25 * s.channels * s.s2_maps), "biases are missing"),
    (one("C1", lambda s: 26 * s.s2_maps), "each colour"),
    (
        one("C1", lambda s: (25 * s.channels + 1) * s.s2_maps * (s.side - 4) ** 2),
        "C1.*those are connections",
    ),
    (
        one("C1", lambda s: 25 * s.channels * s.s2_maps * (s.side - 4) ** 2),
        "C1.*those are connections",
    ),
    (one("S2", lambda _: 0), "S2.*average pooling has no weights"),
    (one("S4", lambda _: 0), "S4.*average pooling has no weights"),
    (one("S2", lambda s: s.s2_maps), "one weight a map"),
    (one("S2", lambda s: 2 * s.s2_maps * ((s.side - 4) // 2) ** 2), "weight for each pixel; all"),
    (one("S2", lambda s: s.s2_maps * ((s.side - 4) // 2) ** 2), "weight for each pixel; all"),
    (one("S2", lambda s: 4 * s.s2_maps), "each pixel of the window"),
    (one("S2", lambda s: 5 * s.s2_maps), "2x2 convolution of each map"),
    (one("S2", lambda _: 2), "a pair for the layer"),
    (one("S4", lambda s: 2 * s.s2_maps), "S4.*what one map or unit of S4 reads"),
    (one("C3", lambda s: (25 * s.s2_maps + 1) * len(s.reads)), "full table"),
    (one("C3", lambda s: 25 * s.s2_maps * len(s.reads)), "full table.*biases are missing"),
    (one("C3", lambda s: 25 * sum(s.reads)), "biases are missing"),
    (one("C3", lambda s: 26 * sum(s.reads)), "not a bias a connection"),
    (one("C3", lambda s: 26 * len(s.reads)), "one kernel for each map"),
    (one("C5", lambda s: s.c5_maps * (left(s.side) ** 2 * len(s.reads) + 1)), "C5.*dense layer"),
    (one("C5", lambda s: 25 * s.c5_maps * len(s.reads)), "biases are missing"),
    (one("C5", lambda s: 26 * s.c5_maps), "one kernel for each map"),
    (one("F6", lambda s: (s.c5_maps + 1) * s.f6_units), "F6.*more positions"),
    (one("F6", lambda s: ((s.side // 4) ** 2 * s.c5_maps + 1) * s.f6_units), "`same` padding"),
    (one("F6", lambda s: (left(s.side) - 4) ** 2 * s.c5_maps * s.f6_units), "biases are missing"),
    (
        one("F6", lambda s: ((ceil_left(s.side) - 4) ** 2 * s.c5_maps + 1) * s.f6_units),
        "F6.*what one map or unit",
    ),
    (one("output", lambda _: 0), "whose weights are trained"),
    (one("output", lambda s: s.f6_units * s.classes), "biases are missing"),
    (
        one("output", lambda s: str((s.f6_units + 1) * s.classes)),
        "output has '850'; expected a number",
    ),
    (one("C5", lambda _: 10**400), "C5 has inf in your answer"),
    (one("C5", lambda _: float("nan")), "C5 has nan; expected a number"),
    (one("C5", lambda _: True), "C5 has True; expected a number"),
    (one("C5", lambda _: [1]), r"C5 has \[1\]; expected a number"),
    (counts(lambda right, _: list(right.values())), "dictionary with the keys"),
    (counts(lambda right, _: sum(right.values())), "dictionary with the keys"),
    (counts(lambda right, _: {k.lower(): n for k, n in right.items()}), "keys.*'c1'"),
    (nothing, "is a return missing"),
    (stopping, "stopped with KeyError"),
)


def difference(change):
    """Return a wrong difference, `change(right, sizes)`."""

    def dense_minus_convolution(side, **sizes):
        sizes = SimpleNamespace(side=side, **sizes)
        return change(difference_without_biases(**vars(sizes)), sizes)

    return dense_minus_convolution


DIFFERENCE = (
    (difference(lambda _, s: s.c5_maps * s.s4_maps * (s.side**2 - 25)), "first layer alone"),
    (difference(lambda right, _: -right), "sign is wrong"),
    (difference(lambda right, _: abs(right)), "sign is wrong"),
    (difference(lambda right, _: 0 * right), "one position, as on a 32x32 image"),
    (difference(lambda right, s: right + s.f6_units), "they cancel"),
    (difference(lambda right, s: right - s.f6_units), "they cancel"),
    (difference(lambda right, s: right + s.c5_maps), "they cancel"),
    (
        difference(
            lambda _, s: (s.side**2 * s.s4_maps + 1) * s.c5_maps + (s.c5_maps + 1) * s.f6_units
        ),
        "all weights of the dense version",
    ),
    (difference(lambda right, _: str(right)), "expected a number"),
    (difference(lambda right, _: 10**400), r"returned inf\. Expected"),
    (nothing, "is a return missing"),
    (stopping, "stopped with KeyError"),
)


WRONG = {"weights_by_layer": WEIGHTS, "dense_minus_convolution": DIFFERENCE}
EQUIVALENT = {
    "weights_by_layer": {"operands: `s4_side - 4` -> `4 - s4_side`": "the side of C5 is squared"},
    "dense_minus_convolution": {
        "operands: `side - 4` -> `4 - side`": "it is squared",
        "order: `dense = c5_maps * s4_maps * side ** 2 + f6_units * c5_maps` after `convolution = "
        "c5_maps * s4_maps * 25 + f6_units * c5_maps * positions`": "neither uses the other",
        "order: `positions = (side - 4) ** 2` after `dense = c5_maps * s4_maps * side ** 2 + "
        "f6_units * c5_maps`": "the dense end does not use the positions",
    },
}


@pytest.fixture(autouse=True)
def seed(monkeypatch):
    monkeypatch.setenv("COURSE_CHECK_SEED", "1")


@pytest.mark.parametrize(("question", "answer"), each({name: RIGHT[name] for name in WRONG}))
def test_other_right_answers_are_taken(question, answer):
    assert judge(getattr(check, question), answer) is None


@pytest.mark.parametrize(("question", "answer", "message"), each(WRONG))
def test_a_wrong_answer_is_told_why(question, answer, message):
    said = judge(getattr(check, question), answer)
    assert said is not None
    assert re.search(message, said, re.IGNORECASE | re.DOTALL), said


@pytest.mark.parametrize("question", WRONG)
def test_no_mutant_of_the_solution_survives(question, record_property):
    record_property("summary", sizes(question, WRONG[question]))
    equivalent = EQUIVALENT.get(question, {})
    record_property("summary", kill_all("lenet", question, getattr(check, question), equivalent))
