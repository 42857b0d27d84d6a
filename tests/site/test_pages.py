"""Pages of the sample in a browser, from file://; test_published.py looks at the real book."""

import pytest


def test_sample_asks_nothing_of_the_network(visit):
    for name in ("book/sample.html", "book/labs.html", "search.html?q=sample", "genindex.html"):
        seen = visit(name)
        assert (seen.outside, seen.errors) == ([], [])


def test_no_script_of_a_kernel_or_a_content_network(sample_site):
    for file in sample_site.rglob("*.html"):
        text = file.read_text()
        for word in ("require.js", "thebe", "unpkg.com", "jsdelivr", "cdnjs", "mathjax@"):
            assert word not in text, f"{file.name} names {word}"


def test_math_is_typeset(visit):
    page = visit().page
    assert page.locator("article mjx-container").count() == 3
    assert page.locator("mjx-merror").count() == 0


def test_rare_commands_come_from_the_site(visit):
    seen = visit(own=True)
    rare = r"\boldsymbol{w} + \cancel{x} + \bra{y} + \color{red}{z} + \enclose{circle}{v}"
    html = seen.page.evaluate(
        "tex => MathJax.tex2chtmlPromise(tex).then((node) => node.outerHTML)", rare
    )
    assert "mjx-merror" not in html
    assert html.count("<mjx-mi") == 5
    assert (seen.outside, seen.errors) == ([], [])


def test_pages_load_only_what_they_use(visit):
    loaded = {}
    for name in ("sample", "labs"):
        page = visit(f"book/{name}.html").page
        sources = page.eval_on_selector_all("script[src]", "nodes => nodes.map((n) => n.src)")
        loaded[name] = " ".join(sources)
    for name, other, parts in (
        ("sample", "labs", ("mathjax", "js/quiz")),
        ("labs", "sample", ("labs/conv.js", "labs/stage.js", "js/labs")),
    ):
        for part in parts:
            assert part in loaded[name]
            assert part not in loaded[other]


def test_dark_mode(visit):
    page = visit("book/labs.html", color_scheme="dark").page
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    grounds = page.evaluate(
        """() => [".lab", ".lab select", ".conv-cell", ".cell_output .text_html", "body"].map(
            (selector) => getComputedStyle(document.querySelector(selector)).backgroundColor)"""
    )
    for colour in grounds:  # rgb(...) or rgba(...); fully transparent is what is behind it
        *channels, last = [float(x) for x in colour.split("(")[1].rstrip(")").split(",")]
        if len(channels) == 2:
            channels.append(last)
        assert max(channels) < 100, colour


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_is_wider_than_the_window(visit, width):
    assert visit("book/labs.html", viewport={"width": width, "height": 800}).overflow() == 0
    seen = visit(viewport={"width": width, "height": 800})
    assert seen.overflow() == 0
    seen.page.locator("a.number-link").last.focus()
    assert seen.page.locator(".number-tip").last.is_visible()
    assert seen.overflow() == 0


def test_number_tells_its_source_by_keyboard(visit):
    page = visit().page
    link = page.locator("a.number-link").first
    link.focus()
    tip = page.locator(".number-tip").first
    assert tip.is_visible()
    assert tip.inner_text() == ("Weights of a toy layer. Source: LeCun et al. 1998, section II.")
    assert link.get_attribute("aria-describedby") == tip.get_attribute("id")
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/appendix/numbers.html#n-toy.weights")
    entry = page.locator("dt[id='n-toy.weights']")
    assert "4,608 weights" in entry.inner_text()
    listed = page.locator("dl.number-ledger").all_inner_texts()
    assert "0.1291" in listed[-1]
    assert "Printed in: Sample." in listed[-1]


def test_set_up_cell_is_folded(visit):
    page = visit("book/labs.html").page
    code = page.get_by_text("anything")
    assert not code.is_visible()
    page.locator("details.set-up summary").focus()
    page.keyboard.press("Enter")
    assert code.is_visible()


def test_print_shows_answers(visit):
    page = visit(own=True).page
    page.emulate_media(media="print")
    assert page.locator("#quiz-weights .quiz-answer").is_visible()
    assert not page.locator("#quiz-weights .quiz-buttons").is_visible()
