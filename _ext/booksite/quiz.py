"""Questions with an answer: what the directives quiz-KIND share, and how a page shows them.

Written in Markdown; without JavaScript a page prints question, options and answer, and
`web/js/quiz.js` makes a form of it. A line `---` divides the question from its explanation. Lines
`- [answer] why not` at the end of a question comment on what readers answer.
"""

import json
import re
from collections.abc import Iterable
from html import escape
from typing import Any, ClassVar, TypeVar

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.domains import Domain
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

DIVIDER = "---"
MARKED = re.compile(r"^- \[([^\]]*)\] (.*)$")
# As `parse` in web/js/answers.js reads it: commas stand before groups of three digits only.
NUMBER = re.compile(r"[+-]?(\d+|[1-9]\d{0,2}([,_ ]\d{3})+)?(\.\d*)?(e[+-]?\d+)?", re.IGNORECASE)
SCRIPTS = ("js/answers.js", "js/quiz_forms.js", "js/quiz.js")

Data = dict[str, Any]
Kind = TypeVar("Kind", bound=nodes.Element)


class QuestionNode(nodes.General, nodes.Element):
    """A question: its text, its options and its answer."""


class BodyNode(nodes.General, nodes.Element):
    """The part of a question that becomes the form, where that is no list."""


class AnswerNode(nodes.General, nodes.Element):
    """The answer and its explanation."""


class QuizDomain(Domain):
    """Remembers which page asks what."""

    name = "quiz"
    label = "Questions"
    initial_data: ClassVar[dict[str, Any]] = {"asked": {}}
    data_version = 1

    @property
    def asked(self) -> dict[str, list[Data]]:
        """What the forms need, of each question: docname to questions in the order of the page."""
        return self.data["asked"]

    def clear_doc(self, docname: str) -> None:
        """Forget a page that is read again."""
        self.asked.pop(docname, None)

    def merge_domaindata(self, docnames: Iterable[str], otherdata: dict[str, Any]) -> None:
        """Take over what a parallel reader found."""
        found = otherdata["asked"]
        self.asked.update({doc: found[doc] for doc in docnames if doc in found})

    def resolve_any_xref(self, *_args: Any, **_kwargs: Any) -> list[Any]:
        """Questions are not targets of general references."""
        return []


def domain(env: BuildEnvironment) -> QuizDomain:
    """The domain of questions of a build."""
    found = env.get_domain(QuizDomain.name)
    assert isinstance(found, QuizDomain)  # for the type checker: registered under this name
    return found


class Quiz(SphinxDirective):
    """What all kinds of question share."""

    has_content = True
    required_arguments = 1
    kind: ClassVar[str]

    def run(self) -> list[nodes.Node]:
        """Parse the question and its answer."""
        name = self.arguments[0]
        if not re.fullmatch(r"[a-z0-9-]+", name):
            raise self.error(f"a quiz is named in lower-case words and hyphens, got {name!r}")
        names = self.env.temp_data.setdefault("quiz_names", [])
        if name in names:
            raise self.error(f"two questions of this page are named {name!r}")
        names.append(name)
        lines = list(self.content)
        cut = lines.index(DIVIDER) if DIVIDER in lines else len(lines)
        node = QuestionNode(no=len(names), ids=[f"quiz-{name}"], qid=f"{self.env.docname}#{name}")
        self.set_source_info(node)
        body, marks = _split_marks(self.content[:cut])
        try:
            data, answer = self.ask(node, body, marks)
        except ValueError as error:
            raise self.error(f"quiz-{self.kind}: {error}") from error
        node["data"] = {"kind": self.kind, "id": node["qid"], **data}
        domain(self.env).asked.setdefault(self.env.docname, []).append(node["data"])
        node += self._answer(answer, cut)
        return [node]

    def ask(self, node: QuestionNode, body: StringList, marks: list[str]) -> tuple[Data, str]:
        """Parse the question.

        Args:
            node: takes the question.
            body: its lines, without the marks of lines `- [mark] text`.
            marks: these, in order.

        Returns:
            What the form needs, and the text of the answer.

        Raises:
            ValueError: if the question is none of this kind.
        """
        raise NotImplementedError

    def _answer(self, text: str, cut: int) -> AnswerNode:
        answer = AnswerNode()
        answer += nodes.paragraph("", "", nodes.strong("", "Answer: "), nodes.Text(text))
        self.state.nested_parse(self.content[cut + 1 :], self.content_offset + cut + 1, answer)
        return answer

    def parse(self, node: QuestionNode, body: StringList) -> None:
        """Parse the lines of the question."""
        self.state.nested_parse(body, self.content_offset, node)

    def parse_commented(
        self, node: QuestionNode, body: StringList, marks: list[str], last: type[Kind]
    ) -> Kind | None:
        """Parse a question that may close with a list of comments, and set that list apart.

        Args:
            node: takes the question.
            body: its lines.
            marks: the answers that the comments are about.
            last: what the question closes with, before its comments.

        Returns:
            The element that it closes with, or None if that is something else.

        Raises:
            ValueError: if the comments are not one list.
        """
        self.parse(node, body)
        found: list[nodes.Node | None] = [None, *node.children]
        if marks:
            comments = found.pop()
            if not isinstance(comments, nodes.bullet_list) or len(comments) != len(marks):
                message = "lines '- [answer] why not' must be one list that closes the question"
                raise ValueError(message)
            comments["classes"].append("quiz-comments")
            for mark, item in zip(marks, comments.children, strict=True):
                _name_answer(item, mark)
        return found[-1] if isinstance(found[-1], last) else None


def _name_answer(comment: nodes.Node, answer: str) -> None:
    """Begin a comment with the answer that it is about: on paper, nothing else tells."""
    text = comment.children[0] if comment.children else None
    if not isinstance(text, nodes.paragraph):
        raise ValueError(f"the comment on {answer!r} must begin with text")
    text.insert(0, nodes.strong("", f"{answer}: ", classes=["quiz-mark"]))


def _split_marks(body: StringList) -> tuple[StringList, list[str]]:
    """Take the marks out of lines `- [mark] text`."""
    marks, plain = [], StringList()
    for line, (source, offset) in zip(body, body.items, strict=True):
        if match := MARKED.match(line):
            marks.append(match[1].strip())
        plain.append(f"- {match[2]}" if match else line, source, offset)
    return plain, marks


def read_number(text: str) -> float:
    """Read a number as people write it, such as 4,608 or 0.5.

    Raises:
        ValueError: if it is none.
    """
    if not NUMBER.fullmatch(text.strip()) or not re.search(r"\d", text):
        raise ValueError(f"expected a number such as 4,608 or 0.5, got {text!r}")
    return float(re.sub(r"[,_ ]", "", text.strip()))


def visit_quiz(self: HTML5Translator, node: QuestionNode) -> None:
    """Open the section; the data attribute carries what the form needs."""
    data = escape(json.dumps(node["data"]))
    self.body.append(
        f'<section class="quiz" id="{node["ids"][0]}" aria-label="Question {node["no"]}"'
        f' data-quiz="{data}">\n<p class="quiz-title">Question {node["no"]}</p>\n'
    )


def open_box(css_class: str) -> Any:
    """Make a visitor that opens a box of that class."""

    def visit(self: HTML5Translator, _node: nodes.Element) -> None:
        self.body.append(f'<div class="{css_class}">\n')

    return visit


def close(tag: str) -> Any:
    """Make a visitor that closes `tag`."""

    def depart(self: HTML5Translator, _node: nodes.Element) -> None:
        self.body.append(f"</{tag}>\n")

    return depart


def _pass(_self: Any, _node: nodes.Element) -> None:
    """Print the content and nothing else."""


PLAIN = dict.fromkeys(("latex", "text", "man", "texinfo"), (_pass, _pass))


def add_scripts(
    app: Sphinx, _page: str, _template: str, _context: dict[str, Any], doctree: Any
) -> None:
    """Load the scripts on pages that ask something."""
    if doctree is not None and next(iter(doctree.findall(QuestionNode)), None):
        for script in SCRIPTS:
            app.add_js_file(script, loading_method="defer")


def setup(app: Sphinx) -> None:
    """Register the domain and the nodes."""
    app.add_domain(QuizDomain)
    app.connect("html-page-context", add_scripts)
    app.add_node(QuestionNode, html=(visit_quiz, close("section")), **PLAIN)
    app.add_node(BodyNode, html=(open_box("quiz-body"), close("div")), **PLAIN)
    app.add_node(AnswerNode, html=(open_box("quiz-answer"), close("div")), **PLAIN)
