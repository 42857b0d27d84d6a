"""Links out of the book: each leads to what a student may see, and only where an address is set."""

from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml
from sphinx.errors import ConfigError

import student
from booksite import addresses, feedback
from booksite.leaks import solutions_in
from tests.site import sample
from tests.tiny import code, markdown

REPOSITORY = "example/public"
PUBLIC = f"https://github.com/{REPOSITORY}"
SOURCE = "https://github.com/example/source"
HUB = "https://hub.example.org"
COLAB = addresses.COLAB
ADDRESSES = {
    "course_source_url": SOURCE,
    "course_public_url": PUBLIC,
    "course_report_url": f"{PUBLIC}/issues/new?title={{section}}&body={{page}}",
    "course_ask_url": f"{PUBLIC}/blob/main/{{file}}?plain=1",
    "html_theme_options": {"launch_buttons": {"jupyterhub_url": HUB}},
}


@pytest.fixture(scope="module")
def tree():
    """What a student gets: path to content."""
    return student.student_tree(sample.ROOT)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site with addresses whose pages have the names of the book's, with little on them."""
    toc = yaml.safe_load((sample.ROOT / "_toc.yml").read_text())
    files = [row["file"] for part in toc["parts"] for row in part["chapters"]]
    pages = {"intro.md": "# Start\n"}
    for name in files:
        path = next((sample.ROOT / name).parent.glob(Path(name).name + ".*"))
        inside = path.relative_to(sample.ROOT / "book").as_posix()
        title = f"# Page {inside}"
        if path.suffix == ".md":
            pages[inside] = f"{title}\n\n## Part & parcel\n"
        else:
            tags = ["exercise"] if "exercises/" in inside else []
            pages[inside] = [markdown(f"{title}\n\n## Part & parcel"), code("1", *tags)]
    for generated in ("appendix/numbers.md", "appendix/results.md"):
        pages.pop(generated)  # the sample writes its own
    root = tmp_path_factory.mktemp("addresses")
    done = sample.build(sample.write(root / "book", pages, **ADDRESSES), root)
    assert done.returncode == 0, done.stdout + done.stderr
    return root / "_build" / "html"


def links(page: Path) -> list[str]:
    """Every address that a page links to."""
    found = page.read_text().split('href="')[1:]
    return [unescape(part.partition('"')[0]) for part in found]


def file_of(link: str) -> str | None:
    """The file of the public repository that a link opens; None for a link of another kind."""
    parts = urlsplit(link)
    if link.startswith(COLAB):
        assert link.startswith(f"{COLAB}/github/{REPOSITORY}/blob/main/"), link
        return unquote(parts.path.partition("blob/main/")[2])
    if link.startswith(HUB):
        asked = parse_qs(parts.query)
        assert (asked["repo"], asked["branch"]) == ([PUBLIC], ["main"])
        return asked["urlpath"][0].removeprefix("lab/tree/public/")
    if link.startswith(f"{PUBLIC}/"):
        kind, _, path = link.removeprefix(f"{PUBLIC}/").partition("?")[0].partition("/")
        return unquote(path.removeprefix("main/")) if kind in ("blob", "tree", "raw") else None
    return None


def pages(site: Path) -> list[Path]:
    return sorted((site / "book").rglob("*.html"))


def test_every_link_into_the_repository_opens_a_file_of_the_student(site, tree):
    opened = {}
    for page in pages(site):
        own = page.relative_to(site).with_suffix("").as_posix()
        for link in links(page):
            if file := file_of(link):
                assert file in tree, link
                assert Path(file).with_suffix("").as_posix() == own, link
                opened.setdefault(file, set()).add(urlsplit(link).netloc)
    everywhere = {"colab.research.google.com", "hub.example.org", "github.com"}
    notebooks = {
        name
        for name in tree
        if name.endswith(".ipynb") and (site / name).with_suffix(".html").exists()
    }
    assert len(notebooks) > 4
    assert all(opened[name] == everywhere for name in notebooks)


def test_downloads_are_files_of_the_student_without_solutions(site, tree, tmp_path):
    count = 0
    for page in pages(site):
        for link in links(page):
            if "_sources/" not in link:
                continue
            path = (page.parent / unquote(link)).resolve()
            name = path.relative_to((site / "_sources").resolve()).as_posix()
            count += 1
            assert name in tree
            assert solutions_in(path) is None
            copy = tmp_path / f"{count}{path.suffix}"
            copy.write_bytes(tree[name])
            assert solutions_in(copy) is None, name
    assert count == len(pages(site))


def test_no_link_leads_elsewhere_in_the_public_place(site):
    known = (PUBLIC, f"{PUBLIC}/issues/new", f"{PUBLIC}/blob/", COLAB, HUB, SOURCE)
    for page in pages(site):
        for link in links(page):
            assert not link.startswith("http") or link.startswith(known), link


def test_exercises_have_no_link_to_the_source_with_solutions(site):
    edits = {page: [x for x in links(page) if x.startswith(SOURCE)] for page in pages(site)}
    for page, found in edits.items():
        expected = 0 if page.parent.name == "exercises" else 1
        assert len(found) == expected, page
    lenet = site / "book" / "classic" / "lenet.html"
    assert edits[lenet] == [f"{SOURCE}/edit/main/book/classic/lenet.ipynb"]


def test_reports_are_prefilled_for_the_page_and_its_sections(site):
    text = (site / "book" / "classic" / "lenet.html").read_text()
    (aside,) = [part.partition("</aside>")[0] for part in text.split('<aside class="feedback"')[1:]]
    found = [unescape(part.partition('"')[0]) for part in aside.split('href="')[1:]]
    reports = [parse_qs(urlsplit(link).query) for link in found if "issues/new" in link]
    page = ["book/classic/lenet"]
    assert reports == [
        {"title": ["Page classic/lenet.ipynb"], "body": page},
        {"title": ["Part & parcel"], "body": page},
    ]
    assert len(found) == 4
    assert "issues/new?title=Issue" not in text  # the theme's own button


def test_feedback_by_keyboard(site, browser):
    page = browser.new_page(viewport={"width": 320, "height": 700})
    page.goto((site / "book" / "classic" / "lenet.html").as_uri())
    link = page.get_by_role("link", name="Report a mistake").nth(1)
    assert not link.is_visible()
    page.locator(".feedback summary").focus()
    page.keyboard.press("Enter")
    assert link.is_visible()
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0
    page.emulate_media(media="print")
    assert not page.locator(".feedback").is_visible()
    page.close()


def test_no_link_without_an_address(sample_site):
    page = (sample_site / "book" / "sample.html").read_text()
    for word in (
        "colab",
        "source-repository-button",
        "issues/new",
        "source-edit-button",
        "feedback",
    ):
        assert word not in page


NONE = {"course_source_url": "", "course_report_url": "", "course_ask_url": ""}


@pytest.mark.parametrize(
    ("check", "settings", "said"),
    [
        (
            addresses.set_buttons,
            {"course_source_url": "http://a.org/b"},
            r"course_source_url must start with https://, got 'http://a\.org/b'",
        ),
        (
            feedback.check,
            {"course_report_url": "javascript:alert(1)"},
            "course_report_url must start with https:// or mailto:, got 'javascript:",
        ),
        (
            feedback.check,
            {"course_ask_url": "https://a.org/{title}"},
            r"course_ask_url knows {page}, {file}, {section}, got {title}",
        ),
    ],
)
def test_addresses_that_cannot_be_are_refused(check, settings, said):
    with pytest.raises(ConfigError, match=said):
        check(None, NONE | settings)


def test_such_an_address_stops_the_build(tmp_path):
    settings = {"course_report_url": "issues/{page}"}
    done = sample.build(sample.write(tmp_path / "book", {"a.md": "# A\n"}, **settings), tmp_path)
    assert done.returncode != 0
    assert "course_report_url must start with" in " ".join((done.stdout + done.stderr).split())


def test_values_are_quoted():
    values = {"page": "book/a", "file": "book/a.md", "section": "A & b? 100 %"}
    filled = feedback.fill("mailto:x@example.org?subject={section}&body={page}", values)
    assert filled == "mailto:x@example.org?subject=A%20%26%20b%3F%20100%20%25&body=book%2Fa"
