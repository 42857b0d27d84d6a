"""Progress through the book, and answers that go out to a file or a link and come back."""

import json

import pytest

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
    said,
    wait_for,
)


def test_start_page_lists_the_questions_without_javascript(browser, sample_site):
    page = browser.new_page(java_script_enabled=False)
    page.goto((sample_site / START).as_uri())
    items = page.locator(".quiz-overview li").all_inner_texts()
    assert items == ["Sample (3 questions)", "Questions (4 questions)"]
    links = page.locator(".quiz-overview a").evaluate_all("all => all.map((a) => a.href)")
    assert [address.rsplit("/")[-1] for address in links] == ["sample.html", "questions.html"]
    assert page.locator(".quiz-overview button").count() == 0
    page.context.close()


def test_progress_of_the_book(visit):
    page = visit("book/sample.html").page
    page.locator("#quiz-weights input").fill("4,608")
    page.keyboard.press("Enter")
    stored = remembered(page)
    assert list(stored) == [WEIGHTS]
    page.get_by_role("link", name="Start", exact=True).first.click()
    page.wait_for_url("**/start.html")
    come_back(page, stored)
    assert counts(page) == ["1 of 3 right", "0 of 4 right"]
    assert "in this book: 1 of 7." in page.locator(".quiz-total").inner_text()


@pytest.mark.parametrize(
    "answer",
    [
        {"kind": "number", "given": "144", "right": True},
        {"kind": "choice", "given": "4608", "right": True},
        {"kind": "number", "given": [4608], "right": True},
        {"right": True},
        [4608],
        None,
    ],
)
def test_progress_is_judged_not_believed(visit, answer):
    seen = open_with(visit, {WEIGHTS: answer})
    assert counts(seen.page) == ["0 of 3 right", "0 of 4 right"]
    assert remembered(seen.page) == {WEIGHTS: answer}  # to look is not to write
    assert complaints(seen) == []


def test_file_round_trip(visit, tmp_path):
    page = open_with(visit, ANSWERS).page
    page.locator("summary", has_text="Keep, move or forget").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export a file").click()
    assert download.value.suggested_filename == "quiz-answers.json"
    file = tmp_path / "answers.json"
    download.value.save_as(file)
    assert json.loads(file.read_text()) == document(ANSWERS)
    page.get_by_role("button", name="Forget all answers").click()
    page.get_by_role("button", name="Forget", exact=True).click()
    wait_for(page, "All answers are forgotten.")
    assert remembered(page) == {}
    page.get_by_label("Import a file").set_input_files(file)
    assert "The file holds 3 answers, 2 of them right." in page.get_by_role("dialog").inner_text()
    assert remembered(page) == {}
    page.get_by_role("button", name="Merge").click()
    wait_for(page, "Took over 3 answers from the file.")
    assert remembered(page) == ANSWERS
    assert counts(page) == ["1 of 3 right", "1 of 4 right"]


def test_link_round_trip_by_keyboard(visit):
    page = open_with(visit, ANSWERS).page
    page.locator("summary", has_text="Keep, move or forget").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Export a link").focus()
    page.keyboard.press("Enter")
    field = page.get_by_label("Link with your answers")
    field.wait_for()
    assert field.evaluate("e => document.activeElement === e && e.selectionEnd === e.value.length")
    address = field.input_value()
    assert len(address.partition("#")[2]) < 250
    come_back(page, {}, "#" + address.partition("#")[2])
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert remembered(page) == {}
    assert page.evaluate("document.activeElement.textContent") == "Cancel"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    wait_for(page, "Took over 3 answers from the link.")
    assert remembered(page) == ANSWERS
    page.reload()
    assert page.get_by_role("dialog").count() == 0


@pytest.mark.parametrize("way", ["Escape", "Cancel"])
def test_a_link_changes_nothing_unasked(visit, way):
    here = {WEIGHTS: {"kind": "number", "given": "144"}}
    page = open_with(visit, here, link(json.dumps(document(ANSWERS)))).page
    page.get_by_role("dialog").wait_for()
    assert remembered(page) == here
    page.keyboard.press("Escape" if way == "Escape" else "Enter")
    wait_for(page, "Nothing was changed.")
    assert remembered(page) == here
    assert "#" not in page.url


@pytest.mark.parametrize(
    ("choice", "weights", "line", "others"),
    [("Merge", "4,608", 4, True), ("Replace", "4,608", 1, False)],
)
def test_merge_keeps_what_is_right(visit, choice, weights, line, others):
    here = {
        WEIGHTS: {"kind": "number", "given": "144"},
        LINE: {"kind": "line", "given": 4},
        "book/sample#error": {"kind": "choice", "given": [0]},
    }
    page = open_with(visit, here, link(json.dumps(document(ANSWERS)))).page
    told = page.get_by_role("dialog").inner_text()
    assert "This browser remembers 3 answers; 2 of them to the same questions." in told
    page.get_by_role("button", name=choice).click()
    wait_for(page, "Took over 3 answers")
    now = remembered(page)
    assert (now[WEIGHTS]["given"], now[LINE]["given"]) == (weights, line)
    assert ("book/sample#error" in now) == others
    assert "book/questions#linear" in now


def test_a_browser_that_remembers_nothing_says_so(visit):
    refuse = "Storage.prototype.setItem = () => { throw new Error('full'); };"
    seen = visit(START, own=True)
    seen.page.add_init_script(refuse)
    seen.page.reload()
    assert "does not let pages remember answers" in said(seen.page)
    page = seen.open("book/sample.html").page
    page.locator("#quiz-weights input").fill("4,608")
    page.keyboard.press("Enter")
    line = page.locator("#quiz-progress").inner_text()
    assert "1 of 3" in line
    assert "does not let pages remember answers" in line


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_overview_fits_and_has_named_controls(visit, width, scheme):
    seen = visit(START, viewport={"width": width, "height": 700}, color_scheme=scheme)
    seen.page.locator("summary", has_text="Keep, move or forget").click()
    seen.page.get_by_role("button", name="Export a link").click()
    seen.page.get_by_label("Link with your answers").wait_for()
    assert seen.overflow() == 0
    assert (seen.outside, seen.errors) == ([], [])
    unnamed = seen.page.locator(".quiz-overview :is(input, button)").evaluate_all(
        "all => all.filter((c) => !(c.labels?.length || c.ariaLabel || c.textContent)).length"
    )
    assert unnamed == 0
    seen.page.emulate_media(media="print")
    assert not seen.page.locator(".quiz-keep").is_visible()
    assert seen.page.locator(".quiz-count").first.is_visible()
