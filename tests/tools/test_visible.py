"""What counts as prose, and where it stands."""

from visible import BLANK, directives, paragraphs


def prose(text):
    return [p.prose.replace(BLANK, "").strip() for p in paragraphs(text)]


def test_paragraphs_know_their_line_and_section():
    found = list(paragraphs("# A\n\none\ntwo\n\n## B\n\nthree\n### C\n\nfour", section="before"))
    assert [(p.line, p.section) for p in found] == [
        (1, "A"),
        (3, "A"),
        (6, "B"),
        (8, "B"),
        (11, "B"),
    ]
    assert next(paragraphs("text", section="before")).section == "before"


def test_the_body_of_a_directive_is_prose_and_of_code_is_not():
    assert prose("```{note} Title\n:class: x\nBody\n```") == ["Title", "Body"]
    assert prose("```python\nBody\n```\nAfter") == ["After"]
    assert prose("````{note}\n```\ncode\n```\nBody\n````\nAfter") == ["Body", "After"]


def test_a_fence_is_closed_by_its_own_kind():
    assert prose("```\n~~~\ncode\n```\nAfter") == ["After"]
    assert prose("::::{note}\n:::{tip}\none\n:::\ntwo\n::::\nthree") == ["one", "two", "three"]


def test_options_end_with_the_first_other_line():
    assert prose("```{note}\n:class: x\nBody\n:not: an option\n```") == ["Body\n:not: an option"]


def test_questions_are_marked():
    found = list(paragraphs("a\n\n```{quiz-choice} name\nHow?\n- [x] so\n```\n\nb"))
    assert [(p.prose.split("\n")[0], p.in_quiz) for p in found] == [
        ("a", False),
        ("How?", True),
        ("b", False),
    ]


def test_code_spans_math_and_comments_are_blank():
    text = "a `b` $c$ ``d ` e`` <!-- f\ng --> \\$5 and 6$ h"
    assert prose(text) == ["a    \n \\$5 and 6$ h"]


def test_directives_are_listed_with_their_options():
    text = "x\n```{figure} a.svg\n:alt: A digit: three\n:name: a\nCaption\n```"
    assert list(directives(text)) == [
        (2, "figure", "a.svg", {"alt": "A digit: three", "name": "a"})
    ]
