"""Questions: by keyboard, remembered, and readable without JavaScript."""

import pytest


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
    assert status(page, "weights").inner_text() == "Type a number."
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
    page.reload()
    assert "1 of 3" in progress.inner_text()
    assert "Right." in status(page, "weights").inner_text()
    page.get_by_role("button", name="Forget my answers").click()
    page.wait_for_load_state()
    assert "0 of 3" in progress.inner_text()


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
