"""The EPUB: its structure, every link, formulas and figures without scripts, and epubcheck."""

import posixpath
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

import epub
import gather

ABOUT = gather.About("A Sample", "Somebody & others", "2026", "1.2.3", "en")
XHTML = "{http://www.w3.org/1999/xhtml}"
MATHML = "{http://www.w3.org/1998/Math/MathML}"
SVG = "{http://www.w3.org/2000/svg}"
OPF = "{http://www.idpf.org/2007/opf}"
PACKAGE = "book/content.opf"


@pytest.fixture(scope="module")
def content(browser, sample_site):
    return epub.made(browser, sample_site, ABOUT)


@pytest.fixture(scope="module")
def files(content):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


@pytest.fixture(scope="module")
def pages(files):
    return {
        name: ElementTree.fromstring(text)
        for name, text in files.items()
        if name.endswith(".xhtml")
    }


@pytest.fixture(scope="module")
def items(files):
    package = ElementTree.fromstring(files[PACKAGE])
    return {f"book/{item.get('href')}": item for item in package.iter(f"{OPF}item")}


def test_the_type_comes_first_and_as_it_is(content):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read(first) == b"application/epub+zip"
    assert content[30:58] == b"mimetypeapplication/epub+zip"


def test_the_container_names_the_package(files):
    container = ElementTree.fromstring(files["META-INF/container.xml"])
    (root,) = container.iter("{urn:oasis:names:tc:opendocument:xmlns:container}rootfile")
    assert root.get("full-path") == PACKAGE


def test_the_manifest_lists_every_file_once(files, items):
    named = set(files) - {"mimetype", "META-INF/container.xml", PACKAGE}
    assert set(items) == named
    package = ElementTree.fromstring(files[PACKAGE])
    assert len(list(package.iter(f"{OPF}item"))) == len(named)
    ids = {item.get("id") for item in items.values()}
    order = [item.get("idref") for item in package.iter(f"{OPF}itemref")]
    assert len(ids) == len(named)
    assert set(order) <= ids
    assert len(order) == sum(name.endswith(".xhtml") for name in files)
    assert items["book/nav.xhtml"].get("properties") == "nav"
    assert items["book/cover.png"].get("properties") == "cover-image"


def test_properties_tell_what_a_page_holds(pages, items):
    for name, page in pages.items():
        holds = {
            key
            for key, tag in (("mathml", f"{MATHML}math"), ("svg", f"{SVG}svg"))
            if page.find(f".//{tag}") is not None
        }
        told = set((items[name].get("properties") or "").split()) - {"nav"}
        assert told == holds, name


def test_every_link_and_every_file_is_there(files, pages):
    places = {name: {node.get("id") for node in page.iter()} for name, page in pages.items()}
    count = 0
    for name, page in pages.items():
        for node in page.iter():
            address = node.get("href") or node.get("src") or ""
            if node.tag.startswith(SVG) or not address or ":" in address:
                continue
            path, _, place = unquote(address).partition("#")
            goal = posixpath.join(posixpath.dirname(name), path) if path else name
            assert goal in files, f"{name}: {address}"
            assert not place or place in places[goal], f"{name}: {address}"
            count += 1
    assert count > 60


def test_ids_are_given_once(pages):
    for name, page in pages.items():
        ids = [node.get("id") for node in page.iter() if node.get("id")]
        assert len(ids) == len(set(ids)), name


def test_formulas_are_mathml_and_nothing_runs(files, pages):
    sample = pages["book/book-sample.xhtml"]
    assert [math.get("alttext") for math in sample.iter(f"{MATHML}math")][:2] == [
        r"\mathcal{L}(x)",
        r"y = \sum_{i=1}^{n} w_i x_i",
    ]
    for text in files.values():
        assert b"<script" not in text
        assert b"mjx-container" not in text


def test_the_number_of_an_equation_stays(pages):
    reading = pages["book/book-reading.xhtml"]
    (number,) = (node for node in reading.iter(f"{XHTML}span") if node.get("class") == "eqno")
    assert "".join(number.itertext()).strip() == "(1)"


def test_labs_and_answers(files):
    assert b"A live lab on the web pages" in files["book/book-labs.xhtml"]
    assert b'aria-label="static"' in files["book/book-labs.xhtml"]
    assert b"quiz-answer" not in files["book/book-sample.xhtml"]
    assert b"4,608 weights" in files["book/answers.xhtml"]


def test_the_same_site_gives_the_same_bytes(content, browser, sample_site):
    assert epub.made(browser, sample_site, ABOUT) == content


def test_epubcheck_finds_nothing(content, tmp_path, record_property):
    program = shutil.which("epubcheck")
    if program is None:
        pytest.skip("epubcheck is not installed; the tests above look at the structure only")
    archive = Path(program).read_bytes().startswith(b"PK")  # Debian's is one of Java
    command = ["java", "-jar", program] if archive else [program]
    path = tmp_path / "book.epub"
    path.write_bytes(content)
    done = subprocess.run(
        [*command, "--failonwarnings", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    record_property("summary", "EPUB: epubcheck finds 0 errors, 0 warnings")
