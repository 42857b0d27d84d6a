"""The checks of the questions on why residual nets work: what they take, refuse and say."""

from course_lib.checks import why_resnets as check
from tests.checks import why_resnets_right as right
from tests.checks import why_resnets_wrong as wrong
from tests.checks.bank import Bank


class TestBank(Bank):
    check, right, wrong = check, right, wrong
