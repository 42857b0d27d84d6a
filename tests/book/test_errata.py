"""The page of errata: each claim has an anchor, a source, and a chapter that leads back to it."""

import pytest

import nbfile
from tests.book.claims import (
    NAME,
    PAGE,
    PROOF,
    QUESTIONS,
    QUIZ,
    TRUE_ONES,
    link_problems,
    quiz_problems,
    row_problems,
    rows,
    with_proofs,
)
from tests.book.test_glossary import all_pages

TEXT = with_proofs(nbfile.read(PAGE))
PAGES = all_pages() | {NAME: TEXT}


def test_each_claim_has_an_anchor_and_a_source():
    assert list(row_problems(TEXT)) == []


def test_claims_and_chapters_lead_to_each_other(record_property):
    assert list(link_problems(TEXT, PAGES)) == []
    found = rows(TEXT)
    linked = sum(bool(row.chapters) for row in found)
    proved = sum("below" in row.body for row in found)
    record_property(
        "summary", f"errata: {len(found)} claims, {proved} proved, {linked} in chapters"
    )


def test_the_quiz_draws_from_the_claims():
    assert list(quiz_problems(TEXT)) == []


TINY = f"""# Errata

## {QUIZ}

````{{quiz-choice}} believe-sum
"It adds."

- [x] I believe it.
- [ ] I do not.
---
[More](#it-is-a-sum).
````

## Net

Sections are those of {{cite:t}}`he2016`.

### "It is a sum"

It is.

*Source:* section 3; counted below. *Chapter:* [Net](../modern/net.ipynb#net).

{PROOF}

### "It is new"

It is not.

*Source:* title of {{cite:t}}`lin2014`.
"""
SMALL = {
    NAME: TINY,
    "book/modern/net": "# Net\n\n[Sum](../appendix/errata.ipynb#it-is-a-sum), "
    "one of [many](../appendix/errata.ipynb#net)\n",
}


@pytest.fixture
def small_book(tmp_path):
    """A folder with the files of `SMALL`, empty: a link leads to a file."""
    for name in SMALL:
        file = tmp_path / f"{name}.ipynb"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return tmp_path


def problems(pages, root):
    text = pages[NAME]
    found = [*row_problems(text), *link_problems(text, pages, root), *quiz_problems(text)]
    counts = (
        f"1 questions, at least {QUESTIONS}",
        f"1 of the claims are true, at least {TRUE_ONES}",
    )
    return [line for line in found if line not in counts]


def test_a_sound_page_passes(small_book):
    assert problems(SMALL, small_book) == []


@pytest.mark.parametrize(
    ("page", "old", "new", "message"),
    [
        (NAME, '"It is a sum"', "It is a sum", "is no claim in quotation marks"),
        (NAME, '"It is new"', '"42"', "no anchor of its own that begins with a letter"),
        (NAME, '"It is new"', '"It is a sum."', "no anchor of its own"),
        (NAME, "*Source:* title", "See the title", "no paragraph '*Source:* ...'"),
        (NAME, "title of {cite:t}`lin2014`", "well known", "names no paper, page, section"),
        (NAME, "It is not.\n", "", "nothing says what is true"),
        (NAME, "are those of {cite:t}`he2016`", "are numbered", "a section of which paper?"),
        (NAME, PROOF, "", "no compared cell follows in its topic"),
        (NAME, "net.ipynb#net", "net.ipynb#other", "no label or heading 'other'"),
        (NAME, "net.ipynb#net", "gone.ipynb#net", "no such page"),
        (NAME, "(#it-is-a-sum)", "(#it-is-a-product)", "believe-sum leads to no claim"),
        ("book/modern/net", "#it-is-a-sum", "#it-is-new", "has no link back"),
        ("book/modern/net", "#it-is-a-sum", "#it-was-new", "is no topic, and no claim"),
        (
            "book/modern/net",
            "#it-is-a-sum",
            "#it-is-new",
            "is no topic, and no claim that leads back",
        ),
    ],
)
def test_a_fault_is_named(small_book, page, old, new, message):
    assert old in SMALL[page]
    found = problems(SMALL | {page: SMALL[page].replace(old, new)}, small_book)
    assert any(message in line for line in found), found


def test_a_short_or_one_sided_quiz_is_named():
    assert f"1 questions, at least {QUESTIONS}" in list(quiz_problems(TINY))
    found = list(quiz_problems(TINY.replace("- [x] I believe", "- [ ] I believe")))
    assert f"0 of the claims are true, at least {TRUE_ONES}" in found


def test_a_cell_that_is_not_compared_proves_nothing():
    notebook = nbfile.read(PAGE)
    for cell in notebook["cells"]:
        cell["outputs"] = [] if cell["cell_type"] == "code" else cell.get("outputs")
    assert any("no compared cell" in line for line in row_problems(with_proofs(notebook)))
