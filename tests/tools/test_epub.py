"""The parts of the EPUB that need no book; `tests/site/test_epub.py` makes one."""

import zipfile
from contextlib import nullcontext

import pytest

import epub
import gather
from tests.tools import tiny_site

ABOUT = gather.About("Tiny", "Somebody", "2026", "1.2.3", "en")
ENTRIES = [gather.Entry("", "one", "One", ())]


def found(**images):
    return [{"id": "one", "body": "<p/>", "math": False, "svg": True, "images": images}]


def test_images_travel_with_the_book(tmp_path):
    (tmp_path / "a b.png").write_bytes(b"picture")
    address = (tmp_path / "a b.png").as_uri()
    files = epub.chapters(ABOUT, ENTRIES, found(**{"images/a b.png": address}))
    assert files["images/a b.png"] == b"picture"
    assert {"one.xhtml", "nav.xhtml", "cover.xhtml"} < set(files)
    package = epub.package(ABOUT, files, found())
    assert 'href="images/a%20b.png" media-type="image/png"' in package
    assert 'href="one.xhtml" media-type="application/xhtml+xml" properties="svg"' in package


@pytest.mark.parametrize("name", ["missing.png", "film.mp4"])
def test_images_that_readers_cannot_show_are_named(tmp_path, name):
    (tmp_path / "film.mp4").write_bytes(b"")
    with pytest.raises(gather.BrokenBook, match=name):
        epub.chapters(ABOUT, ENTRIES, found(**{f"images/{name}": (tmp_path / name).as_uri()}))


def test_versions_are_different_books():
    other = gather.About("Tiny", "Somebody", "2026", "1.2.4", "en")
    files = epub.chapters(ABOUT, ENTRIES, found())
    first, second = (epub.package(about, files, found()) for about in (ABOUT, other))
    assert first != second


def test_an_epub_is_written_and_told(tmp_path, capsys, monkeypatch, browser):
    monkeypatch.setattr(epub.chromium, "launch", lambda: nullcontext(browser))
    site = tiny_site.write(tmp_path)
    path = tmp_path / "book.epub"
    assert epub.main([str(site), str(path)]) == 0
    assert f"{path}: 0.0 MB in " in capsys.readouterr().out
    with zipfile.ZipFile(path) as archive:
        assert "book/book-one.xhtml" in archive.namelist()


def test_nothing_is_written_without_a_site(tmp_path, capsys, monkeypatch, browser):
    monkeypatch.setattr(epub.chromium, "launch", lambda: nullcontext(browser))
    assert epub.main([str(tmp_path), str(tmp_path / "book.epub")]) == 1
    assert "run: make book" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
