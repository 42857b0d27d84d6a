"""The sample built by plain sphinx-build: the extension does everything, the builder nothing.

The configuration is the one that `jupyter-book config sphinx` exports.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib import widgets
from tests.site import crawl
from tests.site.browser import Visit

PROGRAMS = Path(sys.executable).parent


def run(*command, **environment):
    done = subprocess.run(
        [str(PROGRAMS / command[0]), *map(str, command[1:])],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1", "PYTHONWARNINGS": "", **environment},
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def plain_site(sample_site, tmp_path_factory):
    root = tmp_path_factory.mktemp("plain")
    source = shutil.copytree(sample_site.parents[1] / "book", root / "book")
    run("jupyter-book", "config", "sphinx", source)
    options = ["-b", "html", "-n", "-W", "--keep-going", "-d", root / "doctrees"]
    run("sphinx-build", *options, source, root / "html", PYTHONPATH=str(source / "_ext"))
    return root / "html"


def files(site):
    """Content of every published file by path."""
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in site.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(site).parts)
    }


@pytest.fixture(scope="module")
def seen(browser, plain_site):
    return crawl.walk(browser, plain_site)


@pytest.fixture
def visit(browser, plain_site):
    page = browser.new_page()
    yield Visit(page, plain_site).open
    page.context.close()


def test_every_file_is_the_same(sample_site, plain_site):
    ours, plain = files(sample_site), files(plain_site)
    assert sorted(ours.keys() ^ plain.keys()) == []
    assert [name for name in sorted(ours) if ours[name] != plain[name]] == []


def test_no_page_complains_or_leads_nowhere(seen, plain_site):
    assert [(page.name, page.errors) for page in seen if page.errors or page.outside] == []
    assert [(page.name, page.look) for page in seen if page.overflow > 0] == []
    assert list(crawl.broken_links(seen, plain_site)) == []


def test_labs_answer_keys(seen):
    labs = [(lab.split()[1], moved) for page in seen for lab, moved in page.labs.items()]
    assert {name for name, moved in labs if moved} == set(widgets.__all__)
    assert all(moved for _, moved in labs)


def test_questions_are_judged(seen):
    answers = {one: text for page in seen for one, text in page.answers.items()}
    assert len(answers) >= 7
    assert [one for one, text in answers.items() if "\N{CHECK MARK} Right." not in text] == []


def test_numbers_and_terms_have_boxes(visit):
    page = visit("book/sample.html").page
    page.locator("a.number-link").first.focus()
    told = "Weights of a toy layer. Source: LeCun et al. 1998, section II."
    assert page.locator(".number-tip").first.inner_text() == told
    page = visit("book/reading.html").page
    page.locator(".tipped.term a").first.focus()
    assert "The square of input pixels" in page.locator(".term .tip").first.inner_text()


def test_search_shows_excerpts(visit):
    page = visit("search.html?q=marmalade").page
    page.locator("#search-results li .context").wait_for()
    assert page.locator("#search-results mark").all_inner_texts() == ["Marmalade"]
