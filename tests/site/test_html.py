"""Pages are valid HTML, says the checker of the W3C.

It is the Nu Html Checker, which npm has as one file for Java: it is the reference, knows the whole
standard, ARIA and SVG too, and needs no network. html5lib checks syntax only, and html-validate has
rules of its own.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHECKER = ROOT / ".venv" / "vnu"
CHECKER_VERSION = "26.9.27"
JAR = CHECKER / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
# What the theme does and the checker would do otherwise; none of it is an error.
ACCEPTED = {
    "Trailing slash on void elements": "Sphinx writes XHTML's slashes, which HTML ignores",
    "The “main” role is unnecessary": "the theme names the role for old screen readers",
    "Consider using the “h1” element as a top-level heading": (
        "the title stands in the section that it names; axe-core finds the headings in order"
    ),
    "Resource violates Content Security Policy": (
        "the checker takes a file for one without an address; test_safety.py asks a browser"
    ),
    "Inline script violates Content Security Policy": (
        "the checker hashes a script of several lines otherwise than browsers do"
    ),
    "Article lacks heading": "the title stands in the first section of the article",
}
WRONG = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>x</title></head>
<body><p id="a"><div id="a"></div></p><ul><p>b</p></ul><img src="c"></body></html>"""


@pytest.fixture(scope="module")
def checker():
    """Return a function that checks files and gives a line for each complaint."""
    if shutil.which("java") is None or shutil.which("npm") is None:
        pytest.skip("Java or npm is not installed, so the Nu Html Checker cannot run")
    if not JAR.exists():
        CHECKER.mkdir(exist_ok=True)
        command = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--ignore-scripts"]
        subprocess.run(
            [*command, "--prefix", str(CHECKER), f"vnu-jar@{CHECKER_VERSION}"], check=True
        )

    def check(root):
        files = [str(path) for path in sorted(root.rglob("*.html"))]
        command = ["java", "-jar", str(JAR), "--exit-zero-always", "--format", "json", *files]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        messages = json.loads(done.stderr)["messages"]
        return len(files), [
            f"{message['url'].rpartition(root.name)[2]}:{message.get('lastLine')} "
            f"{message['message']} {message.get('extract', '')}"
            for message in messages
            if not message["message"].startswith(tuple(ACCEPTED))
        ]

    return check


def test_pages_of_the_book_are_valid(checker, real_site, record_property):
    count, found = checker(real_site)
    assert found == []
    record_property("summary", f"site: {count} pages, the Nu Html Checker finds 0 mistakes")


def test_pages_of_the_sample_are_valid(checker, sample_site):
    assert checker(sample_site)[1] == []


def test_the_checker_would_find_something(checker, tmp_path):
    (tmp_path / "wrong.html").write_text(WRONG)
    count, found = checker(tmp_path)
    said = " ".join(found)
    assert count == 1
    for part in ("Duplicate ID", "No “p” element in scope", "not allowed as child", "alt"):
        assert part in said
