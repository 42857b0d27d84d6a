"""Answers from outside that were forged or spoiled do no harm."""

import json

import pytest

from tests.site.browser import Visit
from tests.site.quiz_answers import (
    ANSWERS,
    LINE,
    START,
    WEIGHTS,
    come_back,
    complaints,
    counts,
    document,
    link,
    open_with,
    remembered,
    wait_for,
)

GOOD = {"kind": "number", "given": "1"}
FORGED = {
    "no JSON": "{",
    "a number": "5",
    "null": "null",
    "a list": json.dumps([document({})]),
    "another format": json.dumps({**document({}), "format": "other"}),
    "another version": json.dumps({**document({}), "version": 2}),
    "a version in words": json.dumps({**document({}), "version": "1"}),
    "one key more": json.dumps({**document({}), "more": 1}),
    "a prototype beside": '{"__proto__": {"x": 1}, ' + json.dumps(document({}))[1:],
    "answers in a list": json.dumps(document([])),
    "a prototype": json.dumps(document({"__proto__": GOOD})),
    "a constructor": json.dumps(document({"constructor": {"prototype": {"x": 1}}})),
    "a prototype of an answer": json.dumps(document({WEIGHTS: {"__proto__": GOOD, "given": "1"}})),
    "a kind of objects": json.dumps(document({WEIGHTS: {"kind": "toString", "given": "1"}})),
    "an answer in text": json.dumps(document({WEIGHTS: "4608"})),
    "no answer": json.dumps(document({WEIGHTS: {"kind": "number"}})),
    "an object": json.dumps(document({WEIGHTS: {"kind": "number", "given": {"x": 1}}})),
    "a list of lists": json.dumps(document({WEIGHTS: {"kind": "order", "given": [[1]]}})),
    "fractions": json.dumps(document({LINE: {"kind": "line", "given": 0.5}})),
    "a long text": json.dumps(document({WEIGHTS: {"kind": "number", "given": "1" * 101}})),
    "a long list": json.dumps(document({WEIGHTS: {"kind": "order", "given": [1] * 101}})),
    "many answers": json.dumps(document({f"a#b-{i}": GOOD for i in range(2001)})),
    "gigabytes": json.dumps(document({})) + " " * 5_000_000,
    "depth": "[" * 100_000,
}


SPOILED = ("", "=", "%00", "<script>", "AAAA", "A", "a" * 20_001, "bm9uc2Vuc2U")
# Follow a link on the page that is open, which has said nothing yet.
FOLLOW = """hash => {
    document.querySelector(".quiz-overview .quiz-status").replaceChildren();
    location.hash = hash;
}"""


@pytest.fixture(scope="module")
def standing(browser, sample_site):
    """The start page in a tab of its own, where ANSWERS are remembered."""
    seen = Visit(browser.new_page(), sample_site).open(START)
    come_back(seen.page, ANSWERS)
    yield seen
    seen.page.context.close()


def assert_no_harm(seen):
    """The page says that the link is of no use, and is what it was."""
    wait_for(seen.page, "cannot be read, and nothing was changed")
    assert seen.page.get_by_role("dialog").count() == 0
    assert remembered(seen.page) == ANSWERS
    assert seen.page.evaluate("({}).x === undefined && [].x === undefined")
    assert counts(seen.page) == ["1 of 3 right", "1 of 4 right"]
    assert complaints(seen) == []


@pytest.mark.parametrize("text", FORGED.values(), ids=FORGED)
def test_a_forged_link_does_no_harm(standing, text):
    standing.errors.clear()
    standing.page.evaluate(FOLLOW, link(text))
    assert_no_harm(standing)


@pytest.mark.parametrize("code", SPOILED)
def test_a_spoiled_link_does_no_harm(standing, code):
    standing.errors.clear()
    standing.page.evaluate(FOLLOW, f"#quiz={code}")
    assert_no_harm(standing)


@pytest.mark.parametrize("address", [link(FORGED["a prototype"]), "#quiz=AAAA"])
def test_a_page_that_is_opened_by_such_a_link_takes_no_harm(visit, address):
    assert_no_harm(open_with(visit, ANSWERS, address))


def test_answers_to_no_question_are_left_out(visit):
    strange = {
        WEIGHTS: {"kind": "choice", "given": [1]},
        LINE: {"kind": "line", "given": 2},
        "book/gone#question": {"kind": "number", "given": "<img src=x onerror=alert(1)>"},
        "book/sample#error": {"kind": "choice", "given": [1]},
    }
    page = open_with(visit, {}, link(json.dumps(document(strange)))).page
    assert "3 more answers will be left out" in page.get_by_role("dialog").inner_text()
    page.get_by_role("button", name="Replace").click()
    wait_for(page, "Took over 1 answer from the link.")
    assert remembered(page) == {"book/sample#error": {"kind": "choice", "given": [1]}}


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"{}", b" " * 300_000])
def test_a_spoiled_file_does_no_harm(standing, tmp_path, content):
    file = tmp_path / "answers.json"
    file.write_bytes(content)
    standing.errors.clear()
    standing.page.evaluate(FOLLOW, "")
    standing.page.get_by_label("Import a file").set_input_files(file)
    wait_for(standing.page, "answers.json cannot be read, and nothing was changed")
    assert_no_harm(standing)
