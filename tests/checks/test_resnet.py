"""The checks of the questions on residual networks: what they take, refuse and say."""

import re

import pytest

from course_lib.checks import resnet as check
from course_lib.checks.resnet import hint
from course_lib.checks.resnet_diagnosis import ORDERS
from tests.checks import resnet_right as right
from tests.checks import resnet_wrong as wrong
from tests.checks.bank import Bank
from tests.checks.bank_pieces import edition_of, run_given


class TestBank(Bank):
    check, right, wrong = check, right, wrong
    least_kinds = 2


@pytest.mark.parametrize("variant", ORDERS)
def test_the_hint_of_the_diagnosis_runs_with_every_order(variant, capsys):
    space = run_given(edition_of("resnet", ORDERS, variant))
    hint("diagnosis", level=3)
    exec(capsys.readouterr().out.removeprefix("Hint 3 of 3: "), space)
    said = capsys.readouterr().out
    assert said.startswith("(None, 8, 8, ")
    if variant == "first":
        assert re.fullmatch(r"\(None, 8, 8, 16\) 5,?056 [\d,]+\n", said)
