"""Questions with an answer: the directives quiz-number, quiz-choice and quiz-order.

Written in Markdown; without JavaScript a page prints question, options and answer, and
`web/js/quiz.js` makes a form of it. A line `---` divides the question from its explanation.
"""

import json
import random
import re
from html import escape
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

DIVIDER = "---"
MARKED = re.compile(r"^- \[([^\]]*)\] (.*)$")


class QuestionNode(nodes.General, nodes.Element):
    """A question: its text, its options and its answer."""


class AnswerNode(nodes.General, nodes.Element):
    """The answer and its explanation."""


class Quiz(SphinxDirective):
    """What the three kinds of question share."""

    has_content = True
    required_arguments = 1
    kind: ClassVar[str]

    def run(self) -> list[nodes.Node]:
        """Parse the question and its answer."""
        name = self.arguments[0]
        if not re.fullmatch(r"[a-z0-9-]+", name):
            raise self.error(f"a quiz is named in lower-case words and hyphens, got {name!r}")
        asked = self.env.temp_data.setdefault("quiz_names", [])
        if name in asked:
            raise self.error(f"two questions of this page are named {name!r}")
        asked.append(name)
        lines = list(self.content)
        cut = lines.index(DIVIDER) if DIVIDER in lines else len(lines)
        node = QuestionNode(no=len(asked), ids=[f"quiz-{name}"], qid=f"{self.env.docname}#{name}")
        self.set_source_info(node)
        data, answer = self.ask(node, self.content[:cut])
        node["data"] = {"kind": self.kind, "id": node["qid"], **data}
        node += self._answer(answer, cut)
        return [node]

    def ask(self, node: QuestionNode, body: StringList) -> tuple[dict[str, Any], str]:
        """Parse the question into `node`; return what the form needs, and the answer's text."""
        raise NotImplementedError

    def _answer(self, text: str, cut: int) -> AnswerNode:
        answer = AnswerNode()
        answer += nodes.paragraph("", "", nodes.strong("", "Answer: "), nodes.Text(text))
        self.state.nested_parse(self.content[cut + 1 :], self.content_offset + cut + 1, answer)
        return answer

    def parse(self, node: QuestionNode, body: StringList) -> nodes.Element | None:
        """Parse the question; return the list that closes it, if there is one."""
        self.state.nested_parse(body, self.content_offset, node)
        last = node.children[-1] if node.children else None
        is_list = isinstance(last, (nodes.enumerated_list, nodes.bullet_list))
        return last if is_list else None

    def split_marks(self, body: StringList) -> tuple[StringList, list[str]]:
        """Take the marks out of lines `- [mark] text`."""
        marks, plain = [], StringList()
        for line, (source, offset) in zip(body, body.items, strict=True):
            if match := MARKED.match(line):
                marks.append(match[1].strip())
            plain.append(f"- {match[2]}" if match else line, source, offset)
        return plain, marks


class QuizNumber(Quiz):
    """Ask for a number; lines `- [192] why not` comment on wrong answers that many give."""

    kind = "number"
    option_spec: ClassVar[dict[str, Any]] = {
        "answer": directives.unchanged_required,
        "tolerance": directives.unchanged_required,
        "unit": directives.unchanged_required,
    }

    def ask(self, node: QuestionNode, body: StringList) -> tuple[dict[str, Any], str]:
        """Read the number, its tolerance and the comments."""
        if "answer" not in self.options:
            raise self.error("quiz-number needs the option :answer:")
        plain, marks = self.split_marks(body)
        comments = self.parse(node, plain)
        try:
            wrong = [_number(mark) for mark in marks]
            right = _number(self.options["answer"])
            tolerance = _number(self.options.get("tolerance", "0"))
        except ValueError as error:
            raise self.error(f"quiz-number: {error}") from error
        if comments is not None:
            comments["classes"].append("quiz-comments")
        unit = self.options.get("unit", "")
        text = f"{self.options['answer']} {unit}".strip()
        if tolerance:
            text += f" (\N{PLUS-MINUS SIGN}{tolerance:g})"
        return {"answer": right, "tolerance": tolerance, "unit": unit, "wrong": wrong}, text


class QuizChoice(Quiz):
    """Ask to choose; `- [x]` marks what is right, an indented quotation comments on an option."""

    kind = "choice"

    def ask(self, node: QuestionNode, body: StringList) -> tuple[dict[str, Any], str]:
        """Read the options and which are right."""
        plain, marks = self.split_marks(body)
        if not set(marks) <= {"", "x"} or "x" not in marks or len(marks) < 2:
            raise self.error("quiz-choice needs two lines '- [ ] text' or more, one '- [x] text'")
        options = self.parse(node, plain)
        if options is None or len(options) != len(marks):
            raise self.error("quiz-choice: its options must be one list that closes the question")
        right = [i for i, mark in enumerate(marks) if mark == "x"]
        node.replace(options, _lettered(options))
        return {"right": right}, ", ".join(chr(ord("A") + i) for i in right)


class QuizOrder(Quiz):
    """Ask to put a numbered list, written in the right order, back in order."""

    kind = "order"

    def ask(self, node: QuestionNode, body: StringList) -> tuple[dict[str, Any], str]:
        """Shuffle the list, the same way at each build."""
        listed = self.parse(node, body)
        if not isinstance(listed, nodes.enumerated_list) or len(listed) < 3:
            raise self.error("quiz-order needs a numbered list of three steps or more, at its end")
        steps = listed.children[:]
        order = list(range(len(steps)))
        dice = random.Random(node["qid"])
        while order == sorted(order):
            dice.shuffle(order)
        listed.children = [steps[i] for i in order]
        right = [order.index(i) for i in range(len(steps))]
        node.replace(listed, _lettered(listed))
        return {"right": right}, ", ".join(chr(ord("A") + i) for i in right)


def _number(text: str) -> float:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        raise ValueError(f"expected a number such as 4,608 or 0.5, got {text!r}") from None


def _lettered(items: nodes.Element) -> nodes.enumerated_list:
    """The same items with the letters that the printed answer names."""
    for quote in list(items.findall(nodes.block_quote)):
        quote["classes"].append("quiz-comment")
    lettered = nodes.enumerated_list("", *items.children, enumtype="upperalpha", prefix="")
    lettered["suffix"] = "."
    lettered["classes"].append("quiz-options")
    return lettered


def visit_quiz(self: HTML5Translator, node: QuestionNode) -> None:
    """Open the section; the data attribute carries what the form needs."""
    data = escape(json.dumps(node["data"]))
    self.body.append(
        f'<section class="quiz" id="{node["ids"][0]}" aria-label="Question {node["no"]}"'
        f' data-quiz="{data}">\n<p class="quiz-title">Question {node["no"]}</p>\n'
    )


def visit_answer(self: HTML5Translator, _node: AnswerNode) -> None:
    """Open the answer."""
    self.body.append('<div class="quiz-answer">\n')


def close(tag: str) -> Any:
    """Make a visitor that closes `tag`."""

    def depart(self: HTML5Translator, _node: nodes.Element) -> None:
        self.body.append(f"</{tag}>\n")

    return depart


def _pass(_self: Any, _node: nodes.Element) -> None:
    """Print the content and nothing else."""


def add_script(
    app: Sphinx, _page: str, _template: str, _context: dict[str, Any], doctree: Any
) -> None:
    """Load the script on pages that ask something."""
    if doctree is not None and next(iter(doctree.findall(QuestionNode)), None):
        app.add_js_file("js/quiz.js", loading_method="defer")


def setup(app: Sphinx) -> None:
    """Register the nodes and the directives."""
    app.connect("html-page-context", add_script)
    plain = (_pass, _pass)
    others = dict.fromkeys(("latex", "text", "man", "texinfo"), plain)
    app.add_node(QuestionNode, html=(visit_quiz, close("section")), **others)
    app.add_node(AnswerNode, html=(visit_answer, close("div")), **others)
    for directive in (QuizNumber, QuizChoice, QuizOrder):
        app.add_directive(f"quiz-{directive.kind}", directive)
