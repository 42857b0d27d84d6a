"""What a chapter brings to the tests of its checks, and how these run over it; see `bank.py`."""

import re
from collections.abc import Callable, Iterable
from functools import partial
from types import ModuleType

import nbfile
from course_lib.checks import variants
from tests.checks.judging import EXERCISES, define, judge, solution

DIAGNOSIS = "diagnosis"  # the question about pieces, whose variants put them in other orders


def over(names: str, cases: Callable[[type], Iterable]):
    """Run a test for each case that a bank has; where it has none, there is no such test.

    Args:
        names: of the arguments that a case consists of.
        cases: returns the cases of a bank.
    """

    def mark(test):
        test.over = names, cases
        return test

    return mark


class Base:
    """The bank of one chapter.

    Attributes:
        check: its module in `course_lib.checks`.
        right: the module of right answers.
        wrong: the module of wrong answers.
        name: of the chapter.
        questions: that it asks, in the order of `RIGHT`.
        cells: of its notebook.
        blocks: names of the variants of each question whose variants differ in structure.
        orders: of the pieces, by variant; empty without a diagnosis.
    """

    check: ModuleType
    right: ModuleType
    wrong: ModuleType

    def __init_subclass__(cls):
        if not hasattr(cls, "check"):  # a part of the tests, no chapter
            return
        cls.name = cls.check.__name__.rpartition(".")[2]
        cls.questions = tuple(cls.right.RIGHT)
        cls.cells = nbfile.read(EXERCISES / f"{cls.name}.ipynb")["cells"]
        declared = {
            re.search(r"(?:def|class) (\w+)", nbfile.source(cell))[1]: cell["metadata"]
            for cell in cls.cells
            if "course" in cell["metadata"]
        }
        cls.orders = variants.orders(declared.pop(DIAGNOSIS, {}))
        cls.blocks = {name: variants.declared(found) for name, found in declared.items()}
        for name in dir(cls):
            if hasattr(test := getattr(cls, name), "over") and not list(test.over[1](cls)):
                setattr(cls, name, None)

    def pytest_generate_tests(self, metafunc):
        if hasattr(metafunc.function, "over"):
            names, cases = metafunc.function.over
            metafunc.parametrize(names, list(cases(type(self))))

    @classmethod
    def known(cls, of: str) -> dict:
        """Return what the wrong answers bring under a name; without it, nothing."""
        return getattr(cls.wrong, of, {})

    def check_of(self, question: str, variant: str = ""):
        """Return the check of a question, or of one of its variants."""
        check = getattr(self.check, question)
        return partial(check, variant=variant) if variant else check

    def solution_of(self, question: str, variant: str = ""):
        """Return what the notebook's solution defines."""
        return define(solution(self.name, question, variant), question)

    def judged(self, question: str, answer, variant: str = "") -> str | None:
        """Return what an answer hears, None if it is taken."""
        return judge(self.check_of(question, variant), answer)
