"""The archive of the site: the same bytes for the same files, and it opens where it is unpacked."""

import os
import zipfile
from io import BytesIO

import gather
import offline_zip
from tests.site.browser import Visit
from tests.tools import tiny_site

ABOUT = gather.About("Tiny", "Somebody", "2026", "1.2.3", "en")


def test_the_same_site_gives_the_same_bytes(tmp_path):
    site = tiny_site.write(tmp_path)
    first = offline_zip.packed(site, ABOUT)
    for path in site.rglob("*.html"):
        os.utime(path, (1, 1))
        path.chmod(0o600)
    (site / ".buildinfo").write_text("hidden")
    assert offline_zip.packed(site, ABOUT) == first
    (site / "book" / "one.html").write_text("changed")
    assert offline_zip.packed(site, ABOUT) != first


def test_one_folder_says_what_to_open_and_opens(tmp_path, browser):
    (tmp_path / "site").mkdir()
    site = tiny_site.write(tmp_path / "site")
    with zipfile.ZipFile(BytesIO(offline_zip.packed(site, ABOUT))) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {offline_zip.FOLDER}
        archive.extractall(tmp_path / "unpacked")
    folder = tmp_path / "unpacked" / offline_zip.FOLDER
    readme = (folder / "README.txt").read_text()
    assert "Tiny\nSomebody, version 1.2.3" in readme
    assert "open the file index.html" in readme
    page = browser.new_page()
    seen = Visit(page, folder)
    page.goto((folder / "index.html").as_uri())
    page.wait_for_url("**/book/start.html")
    assert (page.locator("h1").inner_text(), seen.outside, seen.errors) == ("Start#", [], [])
    page.context.close()


def test_an_archive_is_written_and_told(tmp_path, capsys):
    (tmp_path / "site").mkdir()
    site = tiny_site.write(tmp_path / "site")
    path = tmp_path / "book.zip"
    assert offline_zip.main([str(site), str(path)]) == 0
    assert f"{path}: " in capsys.readouterr().out
    assert zipfile.is_zipfile(path)


def test_nothing_is_written_without_a_site(tmp_path, capsys):
    assert offline_zip.main([str(tmp_path), str(tmp_path / "book.zip")]) == 1
    assert "run: make book" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
