"""The directive quiz-line: which line of a program is wrong?"""

from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx

from booksite.quiz import BodyNode, Data, QuestionNode, Quiz


class QuizLine(Quiz):
    """Ask for the wrong line of a block of code; `- [2] text` comments on line 2."""

    kind = "line"
    option_spec: ClassVar[dict[str, Any]] = {"answer": directives.unchanged_required}

    def ask(self, node: QuestionNode, body: StringList, marks: list[str]) -> tuple[Data, str]:
        """Read the code, which of its lines is wrong, and the comments."""
        if "answer" not in self.options:
            raise ValueError("expected the option :answer: with the number of the wrong line")
        code = self.parse_commented(node, body, marks, nodes.literal_block)
        if code is None:
            raise ValueError(
                "a block of code must close the question; only a list of comments may follow"
            )
        lines = code.astext().rstrip("\n").split("\n")
        choices = [i for i, line in enumerate(lines) if line.strip()]
        if len(choices) < 2:
            raise ValueError(f"expected two lines of code or more, got {len(choices)}")
        right = _place(self.options["answer"], choices)
        commented = [_place(mark, choices) for mark in marks]
        if len(set(commented)) < len(commented):
            raise ValueError("two comments are about the same line; join them")
        code["linenos"] = True
        node.replace(code, BodyNode("", code))
        return {"right": right, "choices": choices, "commented": commented}, f"line {right + 1}"


def _place(text: str, choices: list[int]) -> int:
    """Read the number of a line, counted from 1; return its place, counted from 0."""
    if not text.isdecimal() or int(text) - 1 not in choices:
        raise ValueError(
            f"expected the number of a line that is not blank, 1 to {choices[-1] + 1}, got {text!r}"
        )
    return int(text) - 1


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive(f"quiz-{QuizLine.kind}", QuizLine)
