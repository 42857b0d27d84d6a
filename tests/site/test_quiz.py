"""Questions: by keyboard, remembered, and readable without JavaScript."""

import pytest

from tests.site.quiz_answers import come_back, leave_and_return, remembered


@pytest.fixture
def page(visit):
    return visit().page


def status(page, name):
    return page.locator(f"#quiz-{name} .quiz-status")


def test_number_by_keyboard(page):
    question = page.locator("#quiz-weights")
    assert not question.locator(".quiz-answer").is_visible()
    question.locator("input").focus()
    page.keyboard.press("Enter")
    assert status(page, "weights").inner_text() == "Type a number, such as 4,608 or 0.5."
    page.keyboard.type("144")
    page.keyboard.press("Enter")
    assert "Not yet" in status(page, "weights").inner_text()
    assert "That is one filter; there are 32." in status(page, "weights").inner_text()
    page.keyboard.press("Control+A")
    page.keyboard.type("4608")
    page.keyboard.press("Enter")
    assert "Right." in status(page, "weights").inner_text()
    assert question.locator(".quiz-answer").is_visible()
    assert question.locator(".quiz-answer mjx-container").count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("4,608", "Right."),
        ("4 608", "Right."),
        ("+4608.0", "Right."),
        ("4,608.5", "Not yet"),
        ("0,5", "Type a number"),
        ("0,500", "Type a number"),
        ("46,08", "Type a number"),
        ("4608,0", "Type a number"),
        ("\N{MINUS SIGN}4,608", "Not yet"),
        ("many", "Type a number"),
    ],
)
def test_commas_stand_before_three_digits_only(page, typed, said):
    page.locator("#quiz-weights input").fill(typed)
    page.keyboard.press("Enter")
    assert said in status(page, "weights").inner_text()


def test_choice_by_keyboard(page):
    question = page.locator("#quiz-error")
    question.locator("input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    assert "That would be overfitting." in status(page, "error").inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert "Right." in status(page, "error").inner_text()


def test_order_by_keyboard(page):
    question = page.locator("#quiz-block")
    wanted = ["convolution", "batch normalization", "addition", "ReLU"]
    assert question.locator(".quiz-text").all_inner_texts() != wanted
    for place, text in enumerate(wanted):
        while question.locator(".quiz-text").all_inner_texts().index(text) > place:
            question.get_by_role("button", name=f"Move up: {text}", exact=True).focus()
            page.keyboard.press("Enter")
    assert status(page, "block").inner_text().endswith(" of 4.")
    question.get_by_role("button", name="Check").focus()
    page.keyboard.press("Enter")
    assert "Right." in status(page, "block").inner_text()


def test_progress_is_remembered_and_forgotten(page):
    progress = page.locator("#quiz-progress")
    assert "0 of 3" in progress.inner_text()
    page.locator("#quiz-weights input").fill("4,608")
    page.keyboard.press("Enter")
    assert "1 of 3" in progress.inner_text()
    leave_and_return(page)
    assert "1 of 3" in progress.inner_text()
    assert "Right." in status(page, "weights").inner_text()
    page.get_by_role("button", name="Forget my answers").click()
    page.wait_for_load_state()
    assert "0 of 3" in progress.inner_text()


QUESTIONS = {name: f"book/sample#{name}" for name in ("weights", "error", "block")}


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("error", {"kind": "number", "given": "4608", "right": True}),
        ("error", {"given": "4608", "right": True}),
        ("error", {"kind": "choice", "given": [7], "right": True}),
        ("error", {"kind": "choice", "given": [0, 1], "right": True}),
        ("error", {"kind": "choice", "given": [], "right": True}),
        ("error", {"kind": "order", "given": [1], "right": True}),
        ("block", {"kind": "choice", "given": [0, 1, 2, 3], "right": True}),
        ("block", {"kind": "order", "given": [0, 0, 1, 2], "right": True}),
        ("block", {"kind": "order", "given": [0, 1], "right": True}),
        ("weights", {"kind": "choice", "given": [1], "right": True}),
        ("weights", {"kind": "number", "given": "0,5", "right": True}),
    ],
)
def test_an_answer_to_another_question_is_forgotten(visit, name, before):
    opened = visit()
    come_back(opened.page, {QUESTIONS[name]: before})
    assert opened.errors == []
    assert opened.page.locator(".quiz.is-live").count() == 3
    assert status(opened.page, name).inner_text() == ""
    assert "0 of 3" in opened.page.locator("#quiz-progress").inner_text()
    assert QUESTIONS[name] not in remembered(opened.page)


@pytest.mark.parametrize("stored", ["5", "null", '"x"', "[]", "{", '{"book/sample#error": 1}'])
def test_a_spoiled_memory_is_no_obstacle(visit, stored):
    opened = visit()
    come_back(opened.page, stored)
    assert opened.errors == []
    assert "0 of 3" in opened.page.locator("#quiz-progress").inner_text()


def test_answers_of_every_kind_are_remembered_with_it(page):
    page.locator("#quiz-weights input").fill("144")
    page.keyboard.press("Enter")
    page.locator("#quiz-error input").nth(1).check()
    page.keyboard.press("Enter")
    page.locator("#quiz-block").get_by_role("button", name="Check").click()
    order = page.locator("#quiz-block .quiz-text").all_inner_texts()
    kinds = {QUESTIONS["weights"]: "number", QUESTIONS["error"]: "choice"}
    assert {id_: a["kind"] for id_, a in remembered(page).items()} == kinds | {
        QUESTIONS["block"]: "order"
    }
    leave_and_return(page)
    assert page.locator("#quiz-weights input").input_value() == "144"
    assert "Not yet" in status(page, "weights").inner_text()
    assert "Right." in status(page, "error").inner_text()
    assert page.locator("#quiz-block .quiz-text").all_inner_texts() == order


def test_an_answer_is_judged_by_the_question_of_today(page):
    before = {"kind": "number", "given": "144", "right": True}
    come_back(page, {QUESTIONS["weights"]: before})
    assert "0 of 3" in page.locator("#quiz-progress").inner_text()


def test_one_broken_question_does_not_stop_the_others(visit):
    spoil = """new MutationObserver(() => {
        const section = document.querySelector('.quiz[data-quiz*="number"]');
        section?.setAttribute("data-quiz", section.dataset.quiz.replace("number", "riddle"));
    }).observe(document, { childList: true, subtree: true });"""
    opened = visit(own=True)
    opened.page.add_init_script(spoil)
    opened.page.reload()
    assert "of 2" in opened.page.locator("#quiz-progress").inner_text()
    assert opened.page.locator("#quiz-weights .quiz-answer").is_visible()
    assert opened.page.locator("#quiz-error input").count() == 3
    (error,) = opened.errors
    assert error.startswith("quiz-weights:")


def test_answers_are_printed_without_javascript(browser, sample_site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((sample_site / "book" / "sample.html").as_uri())
    assert "Answer: 4,608 weights" in page.locator("#quiz-weights").inner_text()
    choice = page.locator("#quiz-error")
    assert "Answer: B" in choice.inner_text()
    assert "The training error too." in choice.locator("li").nth(1).inner_text()
    order = page.locator("#quiz-block")
    letters = order.locator(".quiz-answer").inner_text().removeprefix("Answer: ").split(", ")
    steps = order.locator("li").all_inner_texts()
    solved = [steps["ABCD".index(letter)] for letter in letters]
    assert solved == ["convolution", "batch normalization", "addition", "ReLU"]
    page.goto((sample_site / "book" / "labs.html").as_uri())
    assert page.locator(".lab-host figure").count() == 2
    context.close()


@pytest.mark.parametrize("name", ["sample", "labs"])
def test_every_control_has_a_name(visit, name):
    page = visit(f"book/{name}.html").page
    assert page.locator("article :is(input, select)").count() > 3
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll("article :is(input, button, select)")]
            .filter((c) => !(c.labels?.length || c.getAttribute("aria-label") || c.textContent))
            .map((c) => c.outerHTML)"""
    )
    assert unnamed == []
