"""What helps to read: boxes that explain links, times, numbered figures, ways through the book."""

import json
import re

import pytest
from docutils import nodes

from booksite import reading
from tests.site import sample
from tests.tiny import code, markdown

PAGE = "book/reading.html"
TIPPED = ".tipped"


def tipped(page, kind, which=0):
    """The link of a kind and its box."""
    found = page.locator(f".tipped.{kind}").nth(which)
    return found.locator("a"), found.locator(".tip")


@pytest.mark.parametrize(
    ("kind", "begins", "leads"),
    [
        ("term", "The square of input pixels", "**/glossary.html#term-receptive-field"),
        ("citation", "Yann LeCun, Léon Bottou", "**/appendix/bibliography.html#*"),
    ],
)
def test_a_box_explains_a_link_by_keyboard(visit, kind, begins, leads):
    page = visit(PAGE).page
    link, tip = tipped(page, kind)
    assert not tip.is_visible()
    link.focus()
    assert tip.is_visible()
    assert tip.inner_text().startswith(begins)
    assert link.get_attribute("aria-describedby") == tip.get_attribute("id")
    assert tip.get_attribute("role") == "tooltip"
    assert link.get_attribute("title") is None
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(leads)


def test_a_definition_is_its_first_paragraph_with_math_and_without_links(visit):
    page = visit(PAGE).page
    link, tip = tipped(page, "term")
    link.focus()
    assert tip.locator("mjx-container").count() == 1
    assert tip.locator("a").count() == 0
    assert "the start" in tip.inner_text()
    assert "second paragraph" not in tip.inner_text()


def test_a_box_stays_while_the_pointer_is_on_it(visit):
    page = visit(PAGE, own=True).page
    link, tip = tipped(page, "citation")
    link.hover()
    assert tip.is_visible()
    box, text = link.bounding_box(), tip.bounding_box()
    x = box["x"] + 5
    for y in (box["y"] + box["height"] + 2, text["y"] + 1, text["y"] + 10):
        page.mouse.move(x, y)
        assert tip.is_visible()
    page.mouse.move(5, 5)
    assert not tip.is_visible()


def test_a_first_touch_opens_and_a_second_one_follows(visit):
    page = visit(PAGE, has_touch=True, viewport={"width": 390, "height": 800}).page
    link, tip = tipped(page, "term", 1)
    here = page.url
    link.tap()
    assert tip.is_visible()
    assert page.url == here
    page.locator("article h1").tap()
    assert not tip.is_visible()
    link.tap()
    link.tap()
    page.wait_for_url("**/glossary.html#term-stride")


def test_touch_opens_the_box_of_a_number(visit):
    page = visit(has_touch=True).page
    link, tip = tipped(page, "number")
    link.tap()
    assert tip.is_visible()
    assert page.url.endswith("sample.html")


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("name", [PAGE, "book/sample.html"])
def test_boxes_are_never_off_the_screen(visit, name, width):
    seen = visit(name, viewport={"width": width, "height": 400})
    links = seen.page.locator(f"{TIPPED} a")
    assert links.count() >= 3
    for i in range(links.count()):
        links.nth(i).focus()
        for edge in ("start", "end"):
            links.nth(i).evaluate("(link, block) => link.scrollIntoView({ block })", edge)
            links.nth(i).evaluate("link => { link.blur(); link.focus({ preventScroll: true }); }")
            box = seen.page.locator(f"{TIPPED} .tip").nth(i).bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= 400
    assert seen.overflow() == 0


def test_boxes_are_not_printed(visit):
    page = visit(PAGE, own=True).page
    link, tip = tipped(page, "term")
    link.focus()
    page.emulate_media(media="print")
    assert not tip.is_visible()
    assert link.is_visible()


def test_boxes_open_without_javascript(browser, sample_site):
    page = browser.new_page(java_script_enabled=False)
    page.goto((sample_site / PAGE).as_uri())
    link, tip = tipped(page, "term")
    link.focus()
    assert tip.is_visible()
    page.context.close()


def test_figures_of_cells_are_counted_with_the_others(visit):
    page = visit(PAGE).page
    captions = page.locator("article :is(figcaption, table caption)").all_inner_texts()
    captions = [caption.rstrip("#") for caption in captions]
    assert captions == [
        "Fig. 1 Blue & drawn by a cell.",
        "Fig. 2 Drawn, without a label.",
        "Fig. 3 A picture that is given.",
        "Table 1 Costs of two layers.",
    ]
    for text, anchor in (("Fig. 1", "fig-toy"), ("Fig. 3", "fig-given"), ("Table 1", "table-toy")):
        link = page.locator("article p a", has_text=text)
        assert link.get_attribute("href") == f"#{anchor}"
        assert page.locator(f"#{anchor}").count() == 1
    assert page.locator("article p a", has_text="(1)").get_attribute("href") == "#equation-eq-toy"
    assert page.locator("#fig-toy svg[role=img]").get_attribute("aria-label") == "a blue bar"


def test_a_label_without_a_figure_stops_the_build(tmp_path):
    pages = {
        "start.md": "# Start\n\n{term}`nothing`\n",
        "lost.ipynb": [markdown("# Lost"), code("1", "fig-lost", stdout="1\n")],
    }
    done = sample.build(sample.write(tmp_path / "book", pages), tmp_path)
    said = " ".join(done.stderr.split())
    assert done.returncode != 0
    assert "a cell tagged 'fig-lost' must show one figure with a caption, got 0" in said
    assert "term not in glossary: 'nothing'" in said


def test_pages_with_code_tell_how_long_they_take(visit):
    page = visit(PAGE).page
    line = page.locator("h1 + .reading-time")
    assert line.inner_text() == ("1 minute of reading. The code needs no GPU: 15 s on two cores.")
    labs = visit("book/labs.html").page
    assert labs.locator(".reading-time").inner_text() == "1 minute of reading."
    assert visit("book/sample.html").page.locator(".reading-time").count() == 0


@pytest.mark.parametrize(
    ("count", "run", "said"),
    [
        (0, None, "1 minute of reading."),
        (299, None, "1 minute of reading."),
        (500, (5, 1), "2 minutes of reading. The code needs no GPU: 5 s on one core."),
        (3000, (40, 3), "15 minutes of reading. The code needs no GPU: 40 s on 3 cores."),
    ],
)
def test_sentence(count, run, said):
    measured = dict(zip(("seconds", "cores"), run, strict=True)) if run else None
    assert reading.sentence(count, measured) == said


def test_words_are_those_of_prose():
    page = nodes.section()
    page += nodes.title("", "Two words")
    page += nodes.paragraph("", "", nodes.Text("a - b, "), nodes.math("", "c"), nodes.Text(" d"))
    page += nodes.literal_block("", "no prose at all")
    page += nodes.raw("", "<b>none</b>", format="html")
    assert reading.words(page) == 6


def test_stored_runs_name_notebooks_of_the_book():
    runs = json.loads((sample.ROOT / reading.FILE).read_text())
    for name, run in runs.items():
        assert (sample.ROOT / name).exists()
        assert run["seconds"] % 5 == 0
        assert run["seconds"] > 0
        assert run["cores"] >= 1


def test_code_is_copied_by_keyboard(visit):
    page = visit(PAGE, own=True).page
    button = page.locator("article .cell:has(.highlight) button.copybtn").nth(1)
    button.focus()
    page.wait_for_function("b => getComputedStyle(b).opacity === '1'", arg=button.element_handle())
    page.keyboard.press("Enter")
    page.locator("button.copybtn.success").wait_for()
    page.keyboard.press("Control+K")
    page.keyboard.press("Control+V")
    assert page.locator("#pst-search-dialog input").input_value().startswith("plots.show(")


def test_pages_follow_each_other_by_keyboard(visit):
    page = visit(PAGE, own=True).page
    for name, text in (("a.right-next", "Glossary"), ("a.left-prev", "Reading")):
        link = page.locator(name)
        assert text in link.inner_text()
        link.focus()
        page.keyboard.press("Enter")
        page.wait_for_load_state()
        assert re.search(text, page.locator("article h1").inner_text())


def test_contents_of_a_page_by_keyboard(visit):
    page = visit(PAGE, own=True, viewport={"width": 1280, "height": 600}).page
    page.locator("#pst-page-toc-nav a", has_text="A second section").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#a-second-section")
    assert page.locator("article h2").first.bounding_box()["y"] < 300


def test_contents_of_a_page_open_on_a_phone(visit):
    page = visit(PAGE, viewport={"width": 390, "height": 800}).page
    toggle = page.locator("button.secondary-toggle:visible")
    toggle.focus()
    page.keyboard.press("Enter")
    link = page.locator("a:visible", has_text="A second section")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#a-second-section")


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_contents_of_the_book_by_keyboard(visit, width):
    page = visit(PAGE, own=True, viewport={"width": width, "height": 800}).page
    link = page.locator(".bd-links a", has_text="Glossary")
    if not link.is_visible():
        page.locator("button.primary-toggle:visible").focus()
        page.keyboard.press("Enter")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/glossary.html")
