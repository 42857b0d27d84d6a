"""Tables, lines of code and commented orders: by keyboard, remembered, on paper and on a phone."""

import pytest

from tests.site.quiz_answers import leave_and_return

PAGE = "book/questions.html"


@pytest.fixture
def page(visit):
    return visit(PAGE).page


def status(page, name):
    return page.locator(f"#quiz-{name} .quiz-status").inner_text()


def fill(page, *texts):
    """Fill the table by keyboard and check it."""
    page.locator("#quiz-costs input").first.focus()
    for text in texts:
        page.keyboard.press("Control+A")
        page.keyboard.press("Delete")
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.locator("#quiz-costs input").last.focus()
    page.keyboard.press("Enter")


def test_table_by_keyboard(page):
    fill(page)
    assert status(page, "costs") == "Fill in a cell."
    fill(page, "150", "12", "7x7x6", "many")
    said = status(page, "costs")
    assert "Not yet" in said
    assert "Right: 1 of 5 cells. Wrong: C1, weights; S2, output. No number: C3, weights." in said
    assert "Still empty: scale, output." in said
    assert "That forgets the biases." in said
    assert "The map is halved." in said
    fill(page, "156", "12.0", "14 x 14 X 6", "1 520", "xavier")
    said = status(page, "costs")
    assert "Right." in said
    assert "Right: 5 of 5 cells." in said
    assert "halved" not in said
    assert page.locator("#quiz-costs .quiz-answer").is_visible()


@pytest.mark.parametrize(
    ("cell", "typed", "right"),
    [
        (0, "156", True),
        (0, "1560", False),
        (0, "155.9", False),
        (3, "1,506", True),
        (3, "1526", True),
        (3, "1,527", False),
        (3, "1516,0", False),
        (2, "14\N{MULTIPLICATION SIGN}14\N{MULTIPLICATION SIGN}6", True),
        (2, "14×14", False),
        (4, " GLOROT ", True),
        (4, "Glorot Xavier", False),
        (4, "__proto__", False),
    ],
)
def test_cells_are_judged_one_by_one(page, cell, typed, right):
    page.locator("#quiz-costs input").nth(cell).fill(typed)
    page.keyboard.press("Enter")
    invalid = page.locator("#quiz-costs input").nth(cell).get_attribute("aria-invalid")
    assert invalid == ("false" if right else "true")
    assert f"Right: {int(right)} of 5 cells." in status(page, "costs")


def test_blanks_are_named_by_row_and_column(page):
    table = page.get_by_role("group", name="What does each layer cost")
    for name in ("C1 weights", "S2 weights", "S2 output", "C3 weights", "scale output"):
        assert table.get_by_role("textbox", name=name, exact=True).count() == 1


def test_line_by_keyboard(page):
    question = page.locator("#quiz-shortcut")
    question.get_by_role("button", name="Check").focus()
    page.keyboard.press("Enter")
    assert status(page, "shortcut") == "Choose a line."
    question.locator("input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert "Not yet" in status(page, "shortcut")
    assert "keeps the size of the map." in status(page, "shortcut")
    assert not question.locator(".quiz-answer").is_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert "Right." in status(page, "shortcut")
    assert "It adds the branch to itself." in status(page, "shortcut")
    assert question.locator(".quiz-answer").is_visible()


def test_a_line_is_chosen_by_its_code(page):
    question = page.locator("#quiz-shortcut")
    question.get_by_text("ReLU").click()
    name = "Line 4: y = layers.ReLU()(layers.BatchNormalization()(y))"
    assert question.get_by_role("radio", name=name, exact=True).is_checked()
    assert question.get_by_role("radio").count() == 4  # a blank line cannot be wrong
    assert question.locator(".quiz-no").all_inner_texts() == list("12345")


def arrange(page, *steps):
    question = page.locator("#quiz-steps")
    for place, text in enumerate(steps):
        while question.locator(".quiz-text").all_inner_texts().index(text) > place:
            question.get_by_role("button", name=f"Move up: {text}", exact=True).focus()
            page.keyboard.press("Enter")
    question.get_by_role("button", name="Check").focus()
    page.keyboard.press("Enter")
    return status(page, "steps")


def test_wrong_orders_are_commented(page):
    said = arrange(page, "loss", "forward", "gradients", "update")
    assert "A loss needs an output." in said
    assert "An update" not in said
    said = arrange(page, "forward", "update", "gradients", "loss")
    assert "An update needs its gradients." in said
    assert "A loss" not in said
    said = arrange(page, "forward", "loss", "gradients", "update")
    assert "Right." in said
    assert "needs" not in said


def test_several_choices_by_keyboard(page):
    boxes = page.locator("#quiz-linear input")
    for i in (0, 1):
        boxes.nth(i).focus()
        page.keyboard.press("Space")
    page.keyboard.press("Enter")
    assert "on either side of zero only" in status(page, "linear")
    page.keyboard.press("Space")
    boxes.nth(2).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    assert "Right." in status(page, "linear")


def test_answers_come_back(page):
    fill(page, "150", "12", "", "1,516", "Glorot")
    page.get_by_role("radio", name="Line 5").check()
    page.keyboard.press("Enter")
    arrange(page, "loss", "forward", "gradients", "update")
    leave_and_return(page)
    values = page.locator("#quiz-costs input").evaluate_all("all => all.map((i) => i.value)")
    assert values == ["150", "12", "", "1,516", "Glorot"]
    assert "Wrong: C1, weights. Still empty: S2, output." in status(page, "costs")
    assert page.get_by_role("radio", name="Line 5").is_checked()
    assert "Right." in status(page, "shortcut")
    assert "A loss needs an output." in status(page, "steps")
    assert "1 of 4" in page.locator("#quiz-progress").inner_text()


def test_answers_are_printed_without_javascript(browser, sample_site):
    page = browser.new_page(java_script_enabled=False, viewport={"width": 320, "height": 700})
    page.goto((sample_site / PAGE).as_uri())
    table = page.locator("#quiz-costs").inner_text()
    assert "Answer: C1, weights: 156; S2, weights: 12; S2, output: 14×14×6;" in table
    assert "C3, weights: 1,516 ±10; scale, output: Glorot or Xavier" in table
    assert "C1, weights: 150: That forgets the biases." in table
    assert page.locator("#quiz-costs .quiz-blank").all_inner_texts() == ["?"] * 5
    line = page.locator("#quiz-shortcut").inner_text()
    assert "Answer: line 5" in line
    assert "5: It adds the branch to itself." in line
    numbers = page.locator("#quiz-shortcut .linenos").all_inner_texts()
    assert [number.strip() for number in numbers] == list("12345")
    assert "4 before 3: An update" in page.locator("#quiz-steps").inner_text()
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0
    page.context.close()


def test_answers_are_printed_on_paper(visit):
    page = visit(PAGE, own=True).page
    page.emulate_media(media="print")
    for name in ("costs", "shortcut", "steps", "linear"):
        assert page.locator(f"#quiz-{name} .quiz-answer").is_visible()
        assert not page.locator(f"#quiz-{name} .quiz-buttons").is_visible()
    assert "C1, weights: 156" in page.locator("#quiz-costs .quiz-answer").inner_text()


def test_questions_fit_the_narrowest_screen(visit):
    seen = visit(PAGE, viewport={"width": 320, "height": 700})
    fill(seen.page, "150", "12", "", "many")
    seen.page.get_by_role("radio", name="Line 2").check()
    assert seen.overflow() == 0
    for inner in ("#quiz-costs table", "#quiz-shortcut .quiz-code", "#quiz-costs .quiz-body"):
        box = seen.page.locator(inner)
        assert box.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    cell = seen.page.locator("#quiz-costs input").first
    before = "e => getComputedStyle(e.closest('td'), '::before').content"
    assert cell.evaluate(before) == '"weights"'
    assert cell.bounding_box()["x"] + cell.bounding_box()["width"] <= 320


CONTRAST = """element => {
    const light = (colour) => {
        const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((c) => c / 255)
            .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    let ground = element;
    const seen = (e) => getComputedStyle(e).backgroundColor;
    while (/rgba\\(.*, 0\\)/.test(seen(ground))) ground = ground.parentElement;
    const both = [light(getComputedStyle(element).color), light(seen(ground))];
    return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_questions_are_readable_in_both_themes(visit, scheme):
    page = visit(PAGE, color_scheme=scheme).page
    fill(page, "150", "12", "7")
    page.get_by_role("radio", name="Line 2").check()
    for part in (
        "#quiz-costs input",
        "#quiz-costs .quiz-status > p",
        "#quiz-costs th",
        "#quiz-shortcut .quiz-no",
        "#quiz-shortcut .quiz-line code span",
    ):
        for element in page.locator(part).all():
            assert element.evaluate(CONTRAST) >= 4.5, part
