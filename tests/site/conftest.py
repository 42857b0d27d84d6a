"""One browser, one sample site and one site of the real book for all tests of this folder."""

import os
import subprocess
import sys

import pytest
from filelock import FileLock

from course_lib import widgets
from course_lib.widgets.conv import conv
from course_lib.widgets.lab import Lab
from course_lib.widgets.stage import stage
from tests.site import browser as browsers
from tests.site import measured, reading_pages, sample
from tests.tiny import code, markdown

PAGE = r"""# Sample

Inline $\mathcal{L}(x)$, a count [4,608](#n-toy.weights), a rounded one [3.86 G](#n-toy.macs) and a
measured one: [12.9 %](#n-results.toy.arms.plain.test_error.mean).

$$
y = \sum_{i=1}^{n} w_i x_i
$$

```{quiz-number} weights
:answer: 4,608
:unit: weights
How many weights has a 3x3 convolution from 16 to 32 channels, without biases?

- [144] That is one filter; there are 32.
---
$3 \cdot 3 \cdot 16 \cdot 32$.
```

```{quiz-choice} error
Which error was higher in the deeper plain network?

- [ ] Only the test error.
  > That would be overfitting.
- [x] The training error too.
- [ ] Neither.
---
See section 4.1.
```

```{quiz-order} block
Put the parts of a block in order.

1. convolution
2. batch normalization
3. addition
4. ReLU
```
"""
# What a page of questions can hold besides those of PAGE.
QUESTIONS = """# Questions

```{quiz-table} costs
What does each layer cost, and what does it put out?

| layer | kernel | weights | output |
|---|---|--:|---|
| C1 | 5×5 | [?156] | 28×28×6 |
| S2 | 2×2 | [?12] | [?14×14×6] |
| C3 | 5×5 | [?1,516 ±10] weights | 10×10×16 |
| scale | | 0 | [?Glorot / Xavier] |

- [C1, weights: 150] That forgets the biases.
- [S2, output] The map is halved.
---
Each of the six maps has $5 \\cdot 5 + 1$ weights.
```

````{quiz-line} shortcut
:answer: 5
One line of this block is wrong. Which?

```python
def block(x, channels, a_name_that_is_long="long enough to need a second line on a telephone"):
    y = layers.Conv2D(channels, 3, padding="same")(x)

    y = layers.ReLU()(layers.BatchNormalization()(y))
    return layers.Add()([y, y])
```

- [2] "same" keeps the size of the map.
- [5] It adds the branch to itself.
---
The shortcut is `x`.
````

```{quiz-order} steps
Put the steps in order.

1. forward
2. loss
3. gradients
4. update

- [4 before 3] An update needs its gradients.
- [2, 1, 3, 4] A loss needs an output.
```

```{quiz-choice} linear
Which are linear?

- [x] a convolution
- [ ] a ReLU
  > It is so on either side of zero only.
- [x] an average
```
"""
START = "# Start\n\nText.\n\n```{quiz-overview}\n```\n"
# What an output may hold by mistake or by somebody's intention, and what it should keep.
DIRTY = """<script>window.ran = "output"</script><iframe src="https://example.org/"></iframe>
<img src="https://example.org/pixel.png" alt="a pixel" onerror="window.ran = 'handler'">
<p onclick="window.ran = 'click'">A line <b>in bold</b>,
<a href="https://example.org/">a link</a>, <a href="javascript:window.ran = 'link'">another</a>.</p>
<table border="1" class="dataframe"><thead><tr><th>layer</th></tr></thead>
<tbody><tr><td>C1 &amp; C3</td></tr></tbody></table>
<svg viewBox="0 0 9 9" role="img" aria-label="a square" onload="window.ran = 'drawing'">
<path d="M0 0h9v9z" style="fill: red"/></svg>
"""
OUTWARD = """# Outward

A [site](https://example.org/a?b=1&c=2), a [page](start.md), <https://example.org/>, a
[mail](mailto:somebody@example.org) and <a href="https://example.org/x" rel="license">a licence</a>.
"""
FIGURE = "<figure><svg role='img' aria-label='static'></svg></figure>"


def still(lab: Lab) -> str:
    """The element of a lab with a small static figure: drawing the real one may need Keras."""
    return Lab(lab.name, lab.settings, lambda: FIGURE).html()


PAGES = (
    {
        "start.md": START,
        "sample.md": PAGE,
        "questions.md": QUESTIONS,
        "outward.md": OUTWARD,
        "outputs.ipynb": [markdown("# Outputs"), code("dirty", html=DIRTY)],
        "labs.ipynb": [
            markdown("# Labs"),
            code("anything", "setup"),
            code("labs.conv(size=32)", html=still(conv(size=32))),
            code("labs.stage()", html=still(stage())),
        ],
    }
    | {
        f"lab_{name}.ipynb": [
            markdown(f"# Lab {name}"),
            code("anything", "setup"),
            code(f"labs.{name}()", html=still(getattr(widgets, name)())),
        ]
        for name in widgets.__all__
    }
    | reading_pages.PAGES
    | measured.PAGES
)
FILES = reading_pages.FILES | measured.FILES


@pytest.fixture(scope="session")
def sample_site(tmp_path_factory):
    """The folder of a small site that was built without a warning."""
    root = tmp_path_factory.mktemp("sample")
    settings = {"suppress_warnings": ["myst.domains", "booksite.outputs"]}
    done = sample.build(sample.write(root / "book", PAGES, FILES, **settings), root)
    assert done.returncode == 0, done.stdout + done.stderr
    return root / "_build" / "html"


@pytest.fixture(scope="session")
def real_site(tmp_path_factory):
    """The site of the whole book, built from the student tree, once for all processes of a run."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    root = shared / "real_book"
    site = root / "_build" / "html"
    with FileLock(f"{root}.lock"):
        if not site.exists():
            command = [sys.executable, "tools/student.py", str(root / "student")]
            subprocess.run(command, cwd=sample.ROOT, check=True, capture_output=True)
            done = sample.build(root / "student", root / "new")
            assert done.returncode == 0, done.stdout + done.stderr
            site.parent.mkdir()
            (root / "new" / "_build" / "html").rename(site)
    return site


@pytest.fixture(scope="session")
def shared_visit(browser, sample_site):
    """One tab for all visits that need no settings: there, scripts stay compiled."""
    page = browser.new_page()
    yield browsers.Visit(page, sample_site)
    page.context.close()


@pytest.fixture
def visit(browser, shared_visit, sample_site):
    """Open a sample page that remembers nothing; options are those of Playwright's contexts.

    A test that changes more of the tab than what a page stores asks for a tab of its own.
    """
    pages = []

    def open_page(name="book/sample.html", own=False, **options):
        if not (own or options):
            return shared_visit.open(name)
        pages.append(browser.new_page(**options))
        return browsers.Visit(pages[-1], sample_site).open(name)

    yield open_page
    shared_visit.forget()
    for page in pages:
        page.context.close()
