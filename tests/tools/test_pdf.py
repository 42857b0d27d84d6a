"""The parts of the printed book that need no book; `tests/site/test_pdf.py` prints one."""

import re

import gather
import pdf
from tests.tools import tiny_site

ABOUT = gather.About('A "title"', "A & B", "2026", "1.2.3", "en")
ENTRY = gather.Entry("", "one", 'One\\two "three"', (("one--a", "A"),))


def test_cover_and_contents(tmp_path):
    cover = tmp_path / "cover.svg"
    shown = pdf.front(ABOUT, cover, [ENTRY])
    assert cover.as_uri() in shown
    assert 'alt="A &quot;title&quot;, A &amp; B"' in shown
    assert "Version 1.2.3, 2026." in shown
    assert 'href="#one--a"' in shown


def test_running_heads_quote_titles():
    rules = pdf.running_heads([ENTRY])
    assert '@page one { @top-right { content: "One\\\\two \\"three\\""; } }' in rules
    assert "#one { page: one; }" in rules


def test_a_pdf_is_written_and_told(tmp_path, capsys, monkeypatch, browser):
    monkeypatch.setattr(pdf.chromium, "launch", lambda: _open(browser))
    site = tiny_site.write(tmp_path)
    assert pdf.main([str(site), str(tmp_path / "out" / "book.pdf")]) == 0
    assert re.search(r"book\.pdf: 0\.\d MB in \d+\.\d s, 4 pages", capsys.readouterr().out)
    assert (tmp_path / "out" / "book.pdf").read_bytes().startswith(b"%PDF-")


def test_nothing_is_written_without_a_site(tmp_path, capsys, monkeypatch, browser):
    monkeypatch.setattr(pdf.chromium, "launch", lambda: _open(browser))
    assert pdf.main([str(tmp_path), str(tmp_path / "book.pdf")]) == 1
    assert "run: make book" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def _open(browser):
    """The browser that runs already: Playwright cannot be started twice in a process."""
    from contextlib import nullcontext

    return nullcontext(browser)
