"""Builds that must stop, and what a built site holds."""

import json
import re

import pytest

from tests.site import sample
from tests.tiny import code, markdown

SOLVED = "def f():\n    ### BEGIN SOLUTION\n    return 8\n    ### END SOLUTION"
WRONG = """# Wrong

[4,609](#n-toy.weights), [4,608](#n-toy.weight), [12.8 %](#n-results.toy.arms.plain.test_error.mean)

```{quiz-number} none
Without an answer.
```

```{quiz-number} word
:answer: many
```

```{quiz-choice} one
- [ ] Nothing is right.
- [ ] Or is it?
```

```{quiz-order} two
1. first
2. second
```

```{quiz-number} word
:answer: 3
```
"""


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """What the build of a page full of mistakes says."""
    root = tmp_path_factory.mktemp("faulty")
    lab = '<div class="lab-host" data-lab="lost" data-props="{}"></div>'
    pages = {
        "wrong.md": WRONG,
        "lost.ipynb": [markdown("# Lab"), code("lost()", html=lab)],
        "dirty.ipynb": [markdown("# Output"), code("x", html="<p onclick='go()'>1</p>")],
        "code.md": "# Code\n\nText.\n\n<script>go()</script>\n\n<p onclick='go()'>Press</p>\n",
    }
    done = sample.build(sample.write(root / "book", pages), root)
    assert done.returncode != 0
    return done.stderr


@pytest.mark.parametrize(
    "message",
    [
        "'4,609' differs from toy.weights = 4608 (rounded as displayed), LeCun et al. 1998",
        "no number 'toy.weight' in book/ledger.yml; did you mean toy.weights?",
        "'12.8 %' differs from results.toy.arms.plain.test_error.mean = 0.1291",
        "quiz-number needs the option :answer:",
        "expected a number such as 4,608 or 0.5, got 'many'",
        "quiz-choice needs two lines '- [ ] text' or more, one '- [x] text'",
        "quiz-order needs a numbered list of three steps or more",
        "two questions of this page are named 'word'",
        "lab 'lost' has no module",
        'the output of a cell held what no page may show, and was cleaned: onclick="go()" of <p>',
        'book/code.html holds <p onclick="go()">; book/code.html holds <script>go()',
    ],
)
def test_mistakes_stop_the_build(faulty, message):
    assert message in " ".join(faulty.split())


def test_solutions_stop_the_build(tmp_path):
    pages = {
        "start.md": "# Start\n",
        "region.ipynb": [markdown("# Region"), code(SOLVED, "exercise")],
        "tagged.ipynb": [markdown("# Tag"), markdown("Because.", "solution")],
    }
    done = sample.build(sample.write(tmp_path / "book", pages), tmp_path)
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode != 0
    assert "book/region holds a region '### BEGIN SOLUTION'" in said
    assert "book/tagged holds a cell tagged 'solution'" in said
    assert "run `make book`" in said
    assert not list((tmp_path / "_build").rglob("region*"))


def test_results_page_tells_where_they_come_from(sample_site):
    page = (sample_site / "book" / "appendix" / "results.html").read_text()
    page = re.sub(r"<[^>]+>", "", page)
    for shown in (
        "Is plain worse than residual? Chapter: Sample.",
        "python -m course_lib run toy",
        "0, 1, 2",
        "2026-01-02",
        "versions: keras",
        "12.9\N{NO-BREAK SPACE}%",
        "0.4\N{NO-BREAK SPACE}%",
        "unknown",
        "plain, 8 layers minus residual, 8 layers, test error",
        "\N{MINUS SIGN}2.0 to 0.1",
        "within noise",
        "0.1 (edge of the grid)",
    ):
        assert shown in page
    assert page.count("(edge of the grid)") == 1
    assert "0123abcd" not in page


def test_site_is_light(sample_site):
    static = sample_site / "_static"
    assert not list(static.rglob("*.map"))
    assert (static / "scripts" / "fontawesome.js").stat().st_size < 100
    fonts = list(static.rglob("fa-*.woff2"))
    assert fonts
    assert sum(font.stat().st_size for font in fonts) < 20_000
    big = [file for file in sample_site.rglob("*") if file.stat().st_size > 1_500_000]
    assert not big


def test_manifest_covers_vendored_licences():
    manifest = json.loads((sample.ROOT / "web/vendor/vendored.json").read_text())
    for entry in manifest.values():
        assert entry["licence"]
        assert "LICENSE" in entry["files"]
