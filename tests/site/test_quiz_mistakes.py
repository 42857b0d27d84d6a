"""Questions that cannot be asked stop the build, and say why."""

import pytest

from tests.site import sample

TABLE = "| layer | weights |\n|---|---|\n"
CODE = "\n```python\nx = 1\n\ny = 2\n```\n"
STEPS = "1. first\n2. second\n3. third\n"
FAULTY = {
    ("table", TABLE + "| C1 | 156 |"): "0 of 0 stand there",
    ("table", "No table, but [?156]."): "quiz-table: a table must close the question",
    ("table", TABLE + "| C1 | [?156] |\n\nText."): "quiz-table: a table must close the question",
    ("table", TABLE + "| [?C1] | [?156] |"): "1 of 2 stand there",
    ("table", TABLE + "| C1 | [?] |"): "such as [?156]; got [?]",
    ("table", TABLE + "| C1 | [?156 |"): "without brackets in it, got '| C1 | [?156 |'",
    ("table", TABLE + "| C1 | [?1] [?2] |"): "a cell holds one blank, in plain text; got '[?1]'",
    ("table", TABLE + "| C1 | `[?7]` |"): "a cell holds one blank, in plain text; got '[?7]'",
    ("table", TABLE + "| | [?156] |"): "'[?156]' needs a name of its row and of its column",
    ("table", TABLE + "| C1 | [?1] |\n| C1 | [?2] |"): "two blanks are named 'C1, weights'",
    ("table", TABLE + "| C1 | [?3.9 ± little] |"): "such as 4,608 or 0.5, got 'little'",
    ("table", TABLE + "| C1 | [?156] |\n\n- [C2, weights] No."): "one of 'C1, weights'; got 'C2",
    ("line", CODE): "quiz-line: expected the option :answer:",
    ("line", ":answer: 1\nNo code."): "quiz-line: a block of code must close the question",
    ("line", f":answer: 2\n{CODE}"): "a line that is not blank, 1 to 3, got '2'",
    ("line", f":answer: 4\n{CODE}"): "a line that is not blank, 1 to 3, got '4'",
    ("line", f":answer: last\n{CODE}"): "1 to 3, got 'last'",
    ("line", f":answer: 1\n{CODE}\n- [3] One.\n- [3] Two."): "two comments are about the same line",
    ("line", ":answer: 1\n\n```python\nx = 1\n```"): "two lines of code or more, got 1",
    ("order", STEPS + "\n- [1, 2, 3] Right."): "names a wrong order of the steps 1 to 3",
    ("order", STEPS + "\n- [1, 2] Short."): "or '- [3 before 2]', got '1, 2'",
    ("order", STEPS + "\n- [1 before 2] Right."): "or '- [3 before 2]', got '1 before 2'",
    ("order", STEPS + "\n- [9 before 2] Nine."): "or '- [3 before 2]', got '9 before 2'",
    ("number", ":answer: 0,5\nHow much?"): "such as 4,608 or 0.5, got '0,5'",
    ("number", ":answer: nan\nHow much?"): "such as 4,608 or 0.5, got 'nan'",
    ("number", ":answer: 3\n- [4] Four.\n\nHow much?"): "must be one list that closes the question",
    ("number", ":answer: 3\nHow?\n\n- [4] > Four."): "the comment on '4' must begin with text",
}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What the build of a page full of mistakes says, by line of the page."""
    root = tmp_path_factory.mktemp("mistakes")
    questions = (
        f"````{{quiz-{kind}}} question-{no}\n{text}\n````\n"
        for no, (kind, text) in enumerate(FAULTY)
    )
    pages = {"start.md": "# Start\n", "wrong.md": "# Wrong\n\n" + "\n".join(questions)}
    done = sample.build(sample.write(root / "book", pages), root)
    assert done.returncode != 0
    return " ".join(done.stderr.split())


@pytest.mark.parametrize("message", FAULTY.values(), ids=range(len(FAULTY)))
def test_mistakes_stop_the_build(said, message):
    assert message in said


def test_every_mistake_is_one(said):
    assert said.count(" ERROR: quiz-") == len(FAULTY)
