"""The directives quiz-number, quiz-choice and quiz-order."""

import random
import re
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx

from booksite.quiz import Data, QuestionNode, Quiz, read_number

BEFORE = re.compile(r"(\d+) before (\d+)")


class QuizNumber(Quiz):
    """Ask for a number; lines `- [192] why not` comment on wrong answers that many give."""

    kind = "number"
    option_spec: ClassVar[dict[str, Any]] = {
        "answer": directives.unchanged_required,
        "tolerance": directives.unchanged_required,
        "unit": directives.unchanged_required,
    }

    def ask(self, node: QuestionNode, body: StringList, marks: list[str]) -> tuple[Data, str]:
        """Read the number, its tolerance and the comments."""
        if "answer" not in self.options:
            raise self.error("quiz-number needs the option :answer:")
        self.parse_commented(node, body, marks, nodes.Element)
        wrong = [read_number(mark) for mark in marks]
        right = read_number(self.options["answer"])
        tolerance = read_number(self.options.get("tolerance", "0"))
        unit = self.options.get("unit", "")
        text = f"{self.options['answer']} {unit}".strip()
        if tolerance:
            text += f" (\N{PLUS-MINUS SIGN}{tolerance:g})"
        return {"answer": right, "tolerance": tolerance, "unit": unit, "wrong": wrong}, text


class QuizChoice(Quiz):
    """Ask to choose; `- [x]` marks what is right, an indented quotation comments on an option."""

    kind = "choice"

    def ask(self, node: QuestionNode, body: StringList, marks: list[str]) -> tuple[Data, str]:
        """Read the options and which are right."""
        if not set(marks) <= {"", "x"} or "x" not in marks or len(marks) < 2:
            raise self.error("quiz-choice needs two lines '- [ ] text' or more, one '- [x] text'")
        self.parse(node, body)
        options = node.children[-1] if node.children else None
        if not isinstance(options, nodes.bullet_list) or len(options) != len(marks):
            raise self.error("quiz-choice: its options must be one list that closes the question")
        right = [i for i, mark in enumerate(marks) if mark == "x"]
        node.replace(options, _lettered(options))
        return {"right": right, "count": len(marks)}, _letters(right)


class QuizOrder(Quiz):
    """Ask to put a numbered list, written in the right order, back in order.

    `- [1, 3, 2, 4] text` comments on that order of the steps as they are written, and
    `- [3 before 2] text` on every order with step 3 before step 2.
    """

    kind = "order"

    def ask(self, node: QuestionNode, body: StringList, marks: list[str]) -> tuple[Data, str]:
        """Shuffle the list, the same way at each build."""
        listed = self.parse_commented(node, body, marks, nodes.enumerated_list)
        if listed is None or len(listed) < 3:
            raise self.error("quiz-order needs a numbered list of three steps or more, at its end")
        steps = listed.children[:]
        order = list(range(len(steps)))
        dice = random.Random(node["qid"])
        while order == sorted(order):
            dice.shuffle(order)
        listed.children = [steps[i] for i in order]
        right = [order.index(i) for i in range(len(steps))]
        wrong = [_wrong_order(mark, right) for mark in marks]
        node.replace(listed, _lettered(listed))
        return {"right": right, "wrong": wrong}, _letters(right)


def _wrong_order(mark: str, right: list[int]) -> dict[str, list[int]]:
    """Read what a comment is about: a whole order, or two steps in the wrong order.

    Args:
        mark: with the numbers of the steps as they are written, such as '1, 3, 2' or '3 before 2'.
        right: where each of them stands in the shuffled list.

    Returns:
        The same in places of the shuffled list.
    """
    kind = "before" if BEFORE.fullmatch(mark) else "order"
    written = [int(number) - 1 for number in re.findall(r"\d+", mark)]
    steps = range(len(right))
    if kind == "before":
        fits = set(written) <= set(steps) and written[0] > written[1]
    else:
        listed = re.fullmatch(r"\d+(, *\d+)*", mark)
        fits = bool(listed) and sorted(written) == [*steps] and written != [*steps]
    if not fits:
        raise ValueError(
            f"a comment names a wrong order of the steps 1 to {len(right)}, "
            f"such as '- [2, 1, 3]' or '- [3 before 2]', got {mark!r}"
        )
    return {kind: [right[i] for i in written]}


def _letters(places: list[int]) -> str:
    return ", ".join(chr(ord("A") + i) for i in places)


def _lettered(items: nodes.Element) -> nodes.enumerated_list:
    """The same items with the letters that the printed answer names."""
    for quote in list(items.findall(nodes.block_quote)):
        quote["classes"].append("quiz-comment")
    lettered = nodes.enumerated_list("", *items.children, enumtype="upperalpha", prefix="")
    lettered["suffix"] = "."
    lettered["classes"].append("quiz-options")
    return lettered


def setup(app: Sphinx) -> None:
    """Register the directives."""
    for directive in (QuizNumber, QuizChoice, QuizOrder):
        app.add_directive(f"quiz-{directive.kind}", directive)
