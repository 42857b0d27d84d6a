"""The checks of the questions of the case studies: what they take, refuse and say."""

from course_lib.checks import case_studies as check
from tests.checks import case_studies_right as right
from tests.checks import case_studies_wrong as wrong
from tests.checks.bank import Bank


class TestBank(Bank):
    check, right, wrong = check, right, wrong
