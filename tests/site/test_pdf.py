"""The printed book: places, links, bookmarks, numbers of pages, light figures, no answers early."""

import pytest

import gather
import pdf
import pdf_places

ABOUT = gather.About("A Sample", "Somebody", "2026", "1.2.3", "en")


@pytest.fixture(scope="module")
def printed(browser, sample_site):
    return pdf.printed(browser, sample_site, ABOUT)


@pytest.fixture(scope="module")
def document(browser, sample_site):
    """A tab with the document that is printed, as it is drawn on paper, and its contents."""
    styles = [*gather.stylesheets(sample_site), pdf.STYLE]
    with gather.gathered(browser, sample_site, ABOUT, "print", styles) as (tab, entries):
        tab.emulate_media(media="print")
        tab.set_viewport_size({"width": 642, "height": 900})  # 170 mm, the width of the text
        yield tab, entries


def test_links_lead_to_places_of_the_document(printed):
    found = pdf_places.places(printed)
    linked = pdf_places.links(printed)
    assert len(linked) > 30
    assert set(linked) <= set(found)
    assert "book-appendix-numbers--n-toy.weights" in linked


def test_pages_come_in_the_order_of_the_side_bar(printed):
    found = pdf_places.places(printed)
    order = ["book-start", "book-sample", "book-labs", "book-glossary", "answers"]
    numbers = [found[name] for name in order]
    assert numbers == sorted(set(numbers))
    assert numbers[0] > 2  # cover and contents
    assert numbers[-1] <= pdf_places.count(printed)


def test_bookmarks_are_the_headings(printed):
    titles = pdf_places.outline(printed)
    for title in ("Contents", "Sample", "A second section", "Answers to the questions"):
        assert title in titles


def test_a_bookmark_keeps_the_space_where_its_heading_breaks(browser):
    title = " ".join(["broad"] * 40)
    page = browser.new_page()
    page.set_content(f'<section class="bd-article"><h1>{title}</h1></section>')
    page.add_style_tag(path=pdf.STYLE)
    assert pdf_places.outline(page.pdf(outline=True, tagged=True)) == [title]
    page.close()


def test_bookmarks_name_the_parts(browser):
    entries = [
        gather.Entry("", "start", "Start", ()),
        gather.Entry("Part I: nets", "a", "A", ()),
        gather.Entry("Part I: nets", "b", "B", (("b--c", "C"),)),
        gather.Entry("Exercises", "d", "D", ()),
    ]
    assert pdf.parts(entries) == [("Part I: nets", ["a", "b"]), ("Exercises", ["d"])]
    page = browser.new_page()
    pages = "".join(
        f'<section class="page bd-article" id="{one.id}"><h1>{one.title}</h1></section>'
        for one in entries
    )
    page.set_content(f"<main>{pages}</main>")
    page.evaluate("document.getElementById('b').insertAdjacentHTML('beforeend', '<h2>C</h2>')")
    page.evaluate(pdf.PARTS, pdf.parts(entries))
    printed = page.pdf(outline=True, tagged=True)
    page.close()
    tree = pdf_places.outline_tree(printed)
    assert tree == {
        "Start": "",
        "Part I: nets": "",
        "A": "Part I: nets",
        "B": "Part I: nets",
        "C": "B",
        "Exercises": "",
        "D": "Exercises",
    }


def test_the_pdf_is_tagged_and_named(printed):
    assert b"/StructTreeRoot" in printed
    assert b"/Title (A Sample)" in printed


def test_numbers_of_pages_stand_in_the_contents(browser, sample_site):
    with gather.gathered(browser, sample_site, ABOUT, "print") as (tab, entries):
        tab.evaluate(pdf.FRONT, pdf.front(ABOUT, gather.cover(sample_site), entries))
        found = pdf_places.places(pdf.sheets(tab))
        shown = tab.eval_on_selector_all(
            ".book-contents a",
            """links => Object.fromEntries(links.map((link) => [
                link.getAttribute("href").slice(1),
                Number(link.querySelector(".page-number").textContent)]))""",
        )
    assert shown
    assert shown == {name: found[name] for name in shown}


def test_answers_stand_at_the_end_with_a_link_each_way(document):
    tab, _ = document
    assert tab.locator("#book-sample .quiz-answer").count() == 0
    assert tab.locator(":is(.quiz-comment, .quiz-comments)").count() == 0
    question, answer = "book-sample--quiz-weights", "answer--book-sample--quiz-weights"
    assert tab.locator(f"#{question} a[href='#{answer}']").count() == 1
    box = tab.locator(f"#answers [id='{answer}']")
    assert box.locator(f"a[href='#{question}']").count() == 1
    told = box.inner_text()
    assert "4,608 weights" in told
    assert "144: That is one filter" in told
    assert "A: That would be overfitting." in tab.locator("#answers").inner_text()


def test_labs_are_still_and_figures_light(document):
    tab, _ = document
    assert tab.locator(".lab-host svg").count() > 2
    assert tab.locator(":is(button, input, canvas, script[src*='labs'])").count() == 0
    assert tab.evaluate("document.documentElement.dataset.theme") == "light"
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_formulas_are_drawn(document):
    tab, _ = document
    assert tab.locator(".page mjx-container").count() >= 5
    assert tab.locator(".page .math:not(:has(mjx-container))").count() == 0


def test_nothing_is_wider_than_the_sheet(document):
    tab, _ = document
    wide = tab.evaluate(
        """() => [...document.querySelectorAll("main :is(p, pre, table, figure, svg, .math, img)")]
            .filter((box) => box.getBoundingClientRect().right > innerWidth + 1)
            .map((box) => box.outerHTML.slice(0, 100))"""
    )
    assert wide == []


def test_every_page_of_the_site_is_there(document, sample_site):
    _, entries = document
    names = {path.relative_to(sample_site) for path in (sample_site / "book").rglob("*.html")}
    ids = {"-".join(name.with_suffix("").parts).replace("_", "-") for name in names}
    assert {entry.id for entry in entries} == ids | {"answers"}


def test_a_page_is_printed_in_light_where_the_reader_s_theme_is_dark(visit):
    page = visit(color_scheme="dark").page
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
