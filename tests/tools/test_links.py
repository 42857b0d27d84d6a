"""What links of a page can lead to."""

from pathlib import Path

import pytest

from links import Labels, link_problems, picture_problems

TEXT = (
    "(here)=\n# A `code` heading, and [a link](b.md)\n\n```{quiz-number} many\n:label: there\n```"
)


@pytest.fixture
def labels(tmp_path):
    page = tmp_path / "book" / "a.md"
    page.parent.mkdir()
    page.write_text(TEXT)
    return Labels.of(tmp_path / "book", [(page, TEXT)])


@pytest.mark.parametrize(
    "target", ["#here", "#there", "#quiz-many", "#a-code-heading-and-a-link", "a", "a.md#here"]
)
def test_a_link_leads_to_labels_questions_headings_and_pages(labels, target):
    assert labels.problem(target, labels.book / "a.md") is None


@pytest.mark.parametrize("target", ["#nowhere", "b", "a.md#nowhere", "../book"])
def test_a_link_to_nothing_is_named(labels, target):
    assert repr(target) in str(labels.problem(target, labels.book / "a.md"))


def test_links_are_read_with_brackets_inside_and_after_lines(labels):
    text = "x\n[a [b] c](missing.md)\n`[a](code.md)` [w](https://example.org) [n](#n-some.key)"
    (found,) = link_problems(text, labels.book / "a.md", labels)
    assert found == (2, "link to 'missing.md': no such page; correct the target")


def test_a_page_outside_the_book_is_refused(labels):
    (Path(labels.book).parent / "README.md").write_text("x")
    problem = labels.problem("../README.md", labels.book / "a.md")
    assert problem is not None
    assert "outside the book" in problem


def test_a_picture_is_found_on_its_line():
    assert [line for line, _ in picture_problems("x\n\ny\n![](a.svg)", [])] == [4]
    assert [line for line, _ in picture_problems("", ["<img src='a'>", "<p>"])] == [1]
