"""Every figure has a name, and shows what it is told whatever that holds."""

import xml.etree.ElementTree as ElementTree

import pytest

from course_lib import draw, figure, plots_style
from course_lib.figure import figure_html
from course_lib.widgets import conv, stage

SVG = '<svg viewBox="0 0 4 3"><path d="M 0 0 L 4 3"/></svg>'


@pytest.mark.parametrize("alt", ["A line", 'Less < more & "so" on'])
def test_a_figure_is_named_and_escaped(alt):
    tree = ElementTree.fromstring(figure_html(SVG, alt, "1 < 2"))
    (svg, caption) = tree
    assert (tree.tag, svg.get("role"), svg.get("aria-label")) == ("figure", "img", alt)
    assert svg.get("viewBox") == "0 0 4 3"
    assert caption.text == "1 < 2"


def test_a_figure_may_have_no_caption():
    assert "figcaption" not in figure_html(SVG, "A line")


@pytest.mark.parametrize("alt", ["", " "])
def test_a_figure_without_a_name_is_refused(alt):
    with pytest.raises(ValueError, match="alt is empty: say in a sentence"):
        figure_html(SVG, alt)


@pytest.mark.parametrize("lab", [conv(size=32), stage(blocks=2)], ids=["conv", "stage"])
def test_the_still_figure_of_a_lab_is_one(lab):
    tree = ElementTree.fromstring(lab.html())
    assert tree.find("figure").get("class") == "course-figure"
    assert tree.find("figure/svg").get("role") == "img"
    assert len(tree.find("figure/svg").get("aria-label")) > 20


def test_all_figures_are_written_in_one_place():
    assert draw.figure_html is plots_style.figure_html is figure.figure_html
