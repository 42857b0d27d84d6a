"""Answers to the questions of the sample: put into a browser, into a link, and read back."""

import base64
import json
import zlib

FORMAT = "deep-convolutional-models:quiz"
START = "book/start.html"
WEIGHTS = "book/sample#weights"
LINE = "book/questions#shortcut"
ANSWERS = {
    WEIGHTS: {"kind": "number", "given": "4,608"},
    LINE: {"kind": "line", "given": 1},
    "book/questions#linear": {"kind": "choice", "given": [2, 0]},
}


def document(answers):
    return {"format": FORMAT, "version": 1, "answers": answers}


def link(text):
    """What stands behind the # of a link that holds this text."""
    packed = zlib.compress(text.encode(), 9, -15)
    return f"#quiz={base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def remembered(page):
    return json.loads(page.evaluate("key => localStorage.getItem(key)", FORMAT) or "{}")


def counts(page):
    return page.locator(".quiz-count").all_inner_texts()


def said(page):
    return page.locator(".quiz-overview .quiz-status").inner_text()


def wait_for(page, text):
    """Wait until the page says this: dialogs and files answer a little later."""
    page.locator(".quiz-overview .quiz-status", has_text=text).wait_for()


def come_back(page, here, address=""):
    """Load the page again where `here` is remembered; `address` is what follows its path.

    What a private window of Chromium stores can be lost where another page is opened at once, so
    what is not there is stored again; a page never takes away the whole, only answers in it.  A
    page that has read answers from its address takes them out of it, so the address is given again,
    too.

    Args:
        page: open at the page that is loaded again.
        here: answers, or the text that is stored where answers should be.
        address: from the # on.
    """
    stored = here if isinstance(here, str) else json.dumps(here)
    for _ in range(3):
        page.evaluate("hash => history.replaceState(null, '', location.pathname + hash)", address)
        page.evaluate("([k, v]) => localStorage.setItem(k, v)", [FORMAT, stored])
        page.reload()
        if page.evaluate("key => localStorage.getItem(key)", FORMAT) is not None:
            return


def leave_and_return(page):
    """Load the page again, which finds what it has stored."""
    stored = remembered(page)
    assert stored
    come_back(page, stored)


def open_with(visit, here, address=""):
    """Open the start page where `here` is remembered; `address` is what follows its path."""
    seen = visit(START, own=True)
    come_back(seen.page, here, address)
    return seen


def complaints(seen):
    """What scripts complained of; loading a page again cuts off the picture in the tab's title."""
    return [error for error in seen.errors if not error.startswith("failed: ")]
