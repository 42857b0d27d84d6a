"""axe-core finds nothing on any page, in both themes, on a screen and on a telephone.

Each page is looked at twice, so that it is seen in each theme and at each width; every other page
has the other theme on the screen, so that what all pages share is seen in all four looks. The
weekly tests look at every page in all four.

Formulas are typeset and labs are alive when it looks, and what is folded is open. What it cannot
decide is listed in `axe_incomplete.yml`, with what a person found on looking.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from tests.site.browser import Visit
from tests.site.colors import contrast

HERE = Path(__file__).parent
AXE = HERE / "vendor" / "axe-core" / "axe.min.js"
INCOMPLETE = yaml.safe_load((HERE / "axe_incomplete.yml").read_text(encoding="utf-8"))
WIDTHS = (1280, 375)
THEMES = ("light", "dark")
LOWEST = 4.5  # contrast of text
STILL = "*, *::before, *::after { transition: none !important; animation: none !important }"
SHOW = """theme => {
    Object.assign(document.documentElement.dataset, { theme, mode: theme });
    for (const fold of document.querySelectorAll("details")) fold.open = true;
    return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
}"""
# Of the tokens of a block of code one of each kind keeps its color: for each of the others, that is
# thousands of times, axe would look once more at what lies below.
PLAIN = """() => {
    for (const block of document.querySelectorAll(".highlight pre")) {
        const seen = new Set();
        for (const token of block.querySelectorAll("span[class]:not(:has(*))")) {
            if (seen.has(token.className)) token.replaceWith(token.textContent);
            seen.add(token.className);
        }
        block.normalize();
    }
}"""
RUN = """async () => {
    const found = await axe.run({ preload: false, resultTypes: ["violations", "incomplete"] });
    const tell = (rules) => rules.map(({ id, nodes }) => [
        id, nodes.map((node) => `${node.target.join(" ")}: ${node.failureSummary}`),
    ]);
    return [tell(found.violations), tell(found.incomplete)];
}"""
# Color of each text in a drawing, color of what lies under its middle, the text.
DRAWN = """() => {
    const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = (color) => {
        pen.clearRect(0, 0, 1, 1);
        pen.fillStyle = color;
        pen.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const mix = (share, top, below) => share * top + (1 - share) * below;
    const over = (top, share, below) => [0, 1, 2].map((i) => mix(share, top[i], below[i]));
    const hex = (color) => "#" + color.slice(0, 3)
        .map((channel) => Math.round(channel).toString(16).padStart(2, "0")).join("");
    const ground = (element) => {
        if (!element) return rgba(getComputedStyle(document.documentElement).backgroundColor);
        const own = rgba(getComputedStyle(element).backgroundColor);
        return own[3] === 1 ? own : over(own, own[3], ground(element.parentElement));
    };
    const found = {};
    for (const text of document.querySelectorAll("article svg text")) {
        const { left, right, top, bottom } = text.getBoundingClientRect();
        if (right === left || !text.textContent.trim() || !text.checkVisibility()) continue;
        const [x, y] = [(left + right) / 2, (top + bottom) / 2];
        let below = ground(text.ownerSVGElement);
        for (const shape of text.ownerSVGElement.querySelectorAll("rect, path, circle, polygon")) {
            const box = shape.getBoundingClientRect(), style = getComputedStyle(shape);
            const before = shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
            const under = box.left <= x && x <= box.right && box.top <= y && y <= box.bottom;
            if (!before || !under || style.fill === "none" || shape.closest("defs")) continue;
            const color = rgba(style.fill);
            below = over(color, color[3] * style.fillOpacity * style.opacity, below);
        }
        const { fill, stroke, paintOrder } = getComputedStyle(text);
        // Letters may have an edge of their own, in the color of the ground.
        if (stroke !== "none" && paintOrder.startsWith("stroke")) below = rgba(stroke);
        found[[hex(rgba(fill)), hex(below)]] = text.textContent.trim();
    }
    return Object.entries(found).map(([pair, text]) => [...pair.split(","), text]);
}"""
INSERT = "html => document.querySelector('article').insertAdjacentHTML('beforeend', html)"
FAULTS = {
    "image-alt": '<img src="data:,">',
    "button-name": "<button></button>",
    "color-contrast": '<p style="color: #999; background: #aaa">pale</p>',
    "label": "<input>",
    "svg-img-alt": '<svg role="img" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>',
}


def examine(page, theme):
    """Let axe look at the open page; give the violations and what is incomplete, by rule."""
    page.evaluate(SHOW, theme)
    return [dict(rules) for rules in page.evaluate(RUN)]


def prepare(visit, name):
    """Open a page and load axe into it, past the policy that keeps scripts out."""
    visit.open(name)
    visit.page.add_style_tag(content=STILL)
    visit.page.evaluate(PLAIN)
    visit.page.evaluate(f"{AXE.read_text(encoding='utf-8')};0")


@dataclass
class Found:
    """What was found on some pages.

    Args:
        violations: nodes by rule, by page and look.
        undecided: nodes by rule.
        pale: texts in drawings that do not stand out, with their contrast, by page and look.
    """

    violations: dict = field(default_factory=dict)
    undecided: dict = field(default_factory=lambda: defaultdict(list))
    pale: dict = field(default_factory=dict)


def walk(browser, site, names, *, every=False):
    """Look at pages of a site at each width, in one theme or, with `every`, in both."""
    found = Found()
    for width in WIDTHS:
        page = browser.new_page(viewport={"width": width, "height": 800})
        visit = Visit(page, site)
        for number, name in enumerate(names, start=WIDTHS.index(width)):
            prepare(visit, name)
            for theme in THEMES if every else THEMES[number % 2 :][:1]:
                look = f"{name}, {width} px, {theme}"
                violations, incomplete = examine(page, theme)
                if violations:
                    found.violations[look] = violations
                for rule, nodes in incomplete.items():
                    found.undecided[rule] += nodes
                if low := [
                    text for *pair, text in page.evaluate(DRAWN) if contrast(*pair) < LOWEST
                ]:
                    found.pale[look] = low
        page.context.close()
    return found


def pages(site):
    """Every page but the one at the root, which leads on at once."""
    names = (path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return sorted(name for name in names if name != "index.html")


@pytest.fixture(scope="module")
def real(browser, real_site):
    return walk(browser, real_site, pages(real_site))


@pytest.fixture(scope="module")
def small(browser, sample_site):
    chosen = ("lab_", "questions", "outward", "outputs")  # what the book has little of, or nothing
    names = [name for name in pages(sample_site) if any(word in name for word in chosen)]
    assert len(names) > 10
    return walk(browser, sample_site, names)


def test_the_book_has_no_violation(real, real_site, record_property):
    assert real.violations == {}
    looks = len(pages(real_site)) * len(WIDTHS)
    record_property("summary", f"site: axe-core finds 0 violations in {looks} looks at pages")


@pytest.mark.weekly
def test_the_book_has_no_violation_in_any_look(browser, real_site):
    found = walk(browser, real_site, pages(real_site), every=True)
    assert found.violations == {}
    assert found.pale == {}


def test_the_sample_has_no_violation(small):
    assert small.violations == {}


def test_text_in_drawings_stands_out(real, small):
    assert {**real.pale, **small.pale} == {}


def test_what_axe_cannot_decide_has_been_looked_at(real, small):
    found = {**small.undecided, **real.undecided}
    assert sorted(found) == sorted(INCOMPLETE), {rule: found[rule][:3] for rule in found}
    assert all(len(word) > 20 for word in INCOMPLETE.values())


@pytest.mark.parametrize("rule", FAULTS)
def test_axe_would_find_something(browser, sample_site, rule):
    page = browser.new_page()
    prepare(Visit(page, sample_site), "book/start.html")
    page.evaluate(INSERT, FAULTS[rule])
    violations, _ = examine(page, "light")
    page.context.close()
    assert rule in violations


def test_pale_text_in_a_drawing_would_be_found(browser, sample_site):
    page = browser.new_page()
    prepare(Visit(page, sample_site), "book/start.html")
    drawing = """<svg viewBox="0 0 90 20" width="90" height="20" fill="#333">
        <rect width="40" height="20" fill="black"/><text y="15">dim</text>
        <text x="50" y="15">plain</text></svg>"""
    page.evaluate(INSERT, drawing)
    texts = {text: contrast(*pair) for *pair, text in page.evaluate(DRAWN)}
    page.context.close()
    assert texts["dim"] < LOWEST < texts["plain"]
