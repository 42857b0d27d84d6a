"""The checks of the questions on transfer learning: what they take, refuse and say."""

from course_lib.checks import transfer as check
from tests.checks import transfer_right as right
from tests.checks import transfer_wrong as wrong
from tests.checks.bank import Bank


class TestBank(Bank):
    check, right, wrong = check, right, wrong
    least_kinds = 2
