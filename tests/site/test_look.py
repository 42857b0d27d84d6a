"""The look: lines of a readable length, contrast in light and dark, the cover, colours of plots."""

from itertools import combinations

import pytest

import cover
from course_lib.plots_style import COLOURS, LINES, MARKERS
from tests.site.colors import SIGHT, contrast, nearest

PAGES = ["book/reading.html", "book/sample.html", "book/start.html", "search.html?q=weights"]
# Characters in each line of the first long paragraph but its last.
LINE_LENGTHS = """() => {
    const all = [...document.querySelectorAll("article p")];
    const paragraph = all.find((p) => p.textContent.length > 400);
    const text = paragraph.firstChild, range = document.createRange(), lines = new Map();
    for (let i = 0; i < text.length; i++) {
        range.setStart(text, i);
        range.setEnd(text, i + 1);
        const { bottom, width } = range.getBoundingClientRect();
        if (width) lines.set(Math.round(bottom), (lines.get(Math.round(bottom)) || 0) + 1);
    }
    return [...lines.values()].slice(0, -1);
}"""
# Each pair of colours in which visible text stands on the page, with an example of the text.
PAIRS = """() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = (color) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = (top, below) => [0, 1, 2].map((i) => top[3] * top[i] + (1 - top[3]) * below[i]);
    const digits = (channel) => Math.round(channel).toString(16).padStart(2, "0");
    const hex = (color) => "#" + color.slice(0, 3).map(digits).join("");
    const ground = (element) => {
        if (!element) return rgba(getComputedStyle(document.documentElement).backgroundColor);
        const own = rgba(getComputedStyle(element).backgroundColor);
        return own[3] === 1 ? own : over(own, ground(element.parentElement)).concat(1);
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = {};
    while (walker.nextNode()) {
        const text = walker.currentNode.data.trim(), element = walker.currentNode.parentElement;
        if (!text || element.closest("svg, script, style, noscript, canvas")) continue;
        if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
        const below = ground(element);
        const pair = [hex(over(rgba(getComputedStyle(element).color), below)), hex(below)];
        found[pair] = text.slice(0, 30);
    }
    return Object.entries(found).map(([pair, text]) => [...pair.split(","), text]);
}"""
LOADS = """address => new Promise((done) => {
    const image = new Image();
    image.onload = () => done(true);
    image.onerror = () => done(false);
    image.src = address;
})"""


def test_lines_hold_65_to_75_characters(visit):
    page = visit("book/reading.html", viewport={"width": 1280, "height": 800}).page
    lengths = page.evaluate(LINE_LENGTHS)
    assert len(lengths) > 4
    assert 65 <= sum(lengths) / len(lengths) <= 75
    assert max(lengths) <= 80


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_text_has_contrast(visit, name, scheme):
    page = visit(name, color_scheme=scheme, viewport={"width": 1280, "height": 800}).page
    page.add_style_tag(
        content="* { transition: none !important; } .tip { display: block !important }"
    )
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    pairs = page.evaluate(PAIRS)
    assert len(pairs) >= 3
    low = [(*pair, round(ratio, 2)) for pair in pairs if (ratio := contrast(*pair[:2])) < 4.5]
    assert low == []


@pytest.mark.parametrize("color", [cover.INK, cover.MUTED])
def test_text_on_the_cover_has_contrast(color):
    assert contrast(color, cover.GROUND) >= 4.5


@pytest.mark.parametrize("color", [*cover.STAGES, cover.POINT])
def test_what_the_cover_draws_stands_out(color):
    assert contrast(color, cover.GROUND) >= 3


def test_start_page_shows_the_cover_and_every_page_its_icon(visit):
    page = visit("book/start.html").page
    picture = page.locator("article img.cover")
    assert picture.get_attribute("alt") == ""
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    for name in ("book/start.html", "book/reading.html", "search.html"):
        page = visit(name).page
        icons = page.eval_on_selector_all(
            "link[rel~='icon'], link[rel='apple-touch-icon']", "all => all.map((icon) => icon.href)"
        )
        files = [icon.partition("_static/")[2] for icon in icons]
        assert files == ["favicon.png", "favicon.svg", "favicon-large.png"]
        assert all(page.evaluate(LOADS, icon) for icon in icons)
    assert visit("book/reading.html").page.locator("img.cover").count() == 0


def test_the_measure_of_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


def test_the_measure_of_sight_tells_who_sees_what():
    red, green = "#c02020", "#207020"
    assert nearest([red, green], "full") > 90
    assert nearest([red, green], "deuteranopia") < 40
    assert nearest(["#808080", "#808080"], "protanopia") == 0


@pytest.mark.parametrize("sight", SIGHT)
def test_lines_of_plots_are_told_apart_by_color_or_by_dashes(sight):
    for first, second in combinations(range(len(COLOURS)), 2):
        assert MARKERS[first] != MARKERS[second]
        if first % len(LINES) == second % len(LINES):
            assert nearest([COLOURS[first], COLOURS[second]], sight) >= 20


@pytest.mark.parametrize("sight", SIGHT)
def test_colors_of_plots_are_told_apart_without_dashes(sight):
    assert nearest(COLOURS[:6], sight) >= 20
    assert nearest(COLOURS, sight) >= 13


@pytest.mark.parametrize("color", COLOURS)
def test_lines_of_plots_stand_out_on_both_grounds(color):
    assert contrast(color, "#ffffff") >= 3
    assert contrast(color, "#121212") >= 3
