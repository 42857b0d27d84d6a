"""Figures follow the page's colours, name what they show, and are the same each time."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from course_lib import plots
from course_lib.data import fashion_mnist
from course_lib.plots_style import INK, LARGEST, to_html
from tests.tiny import RESULT

FIGURES = {
    "image_grid": lambda: plots.image_grid(fashion_mnist().test.images[:12], columns=6),
    "by_setting": lambda: plots.by_setting(
        RESULT, "train_error", "depth", axis="layers", label="training error, %"
    ),
    "by_setting_log": lambda: plots.by_setting(
        RESULT, "train_error", "depth", axis="x", label="y", percent=False, log="xy"
    ),
    "by_measure": lambda: plots.by_measure(RESULT, {"all": "train_error"}, label="error, %"),
    "curves": lambda: plots.curves(RESULT, ["plain_8", "residual_56"], label="error, %"),
    "by_arm": lambda: plots.by_arm(RESULT, "train_error", label="error, %"),
    "feature_maps": lambda: plots.feature_maps(np.arange(5 * 5 * 9.0).reshape(5, 5, 9)),
    "filters": lambda: plots.filters(np.linspace(-1, 1, 150).reshape(5, 5, 1, 6)),
}


def _luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return np.dot([0.2126, 0.7152, 0.0722], linear)


def _contrast(one, other):
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", plots.COLOURS)
@pytest.mark.parametrize("ground", ["#ffffff", "#121212"])
def test_colours_of_data_stand_out_in_light_and_dark(colour, ground):
    assert _contrast(colour, ground) >= 3.0


def test_colours_are_distinct_and_each_has_a_marker():
    assert len(set(plots.COLOURS)) == len(plots.COLOURS) == len(plots.MARKERS)


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_valid_named_and_follow_the_page(name):
    html = to_html(FIGURES[name](), "What is <seen>", "A caption & more")
    tree = ElementTree.fromstring(html)
    svg = next(child for child in tree if child.tag.endswith("svg"))
    assert svg.attrib["role"] == "img"
    assert svg.attrib["aria-label"] == "What is <seen>"
    assert svg.attrib["fill"] == "currentColor"
    assert tree.find("figcaption").text == "A caption & more"
    assert INK not in html
    assert "#000000" not in html
    assert "metadata" not in html
    assert len(html) <= LARGEST


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_the_same_each_time(name):
    assert to_html(FIGURES[name](), "x") == to_html(FIGURES[name](), "x")


@pytest.mark.parametrize("name", FIGURES)
def test_names_inside_a_figure_are_its_own(name):
    """Two figures on a page must not share an id, and every reference must be met."""
    html = to_html(FIGURES[name](), "x")
    ids = set(re.findall(r'\bid="([^"]+)"', html))
    used = set(re.findall(r'href="#([^"]+)"', html)) | set(re.findall(r"url\(#([^)]+)\)", html))
    assert used <= ids
    other = to_html(plots.curves(RESULT, ["plain_56"], label="another"), "x")
    assert not ids & set(re.findall(r'\bid="([^"]+)"', other))


def test_equal_pictures_in_a_figure_do_not_share_a_name():
    fig, axes = plots.figure(1, 2)
    for ax in axes:
        ax.imshow([[0, 1], [1, 0]])
    html = to_html(fig, "x")
    assert html.count("<image") == 2
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_text_of_a_reader_s_own_figure_follows_the_page():
    fig, ax = plots.figure()
    ax.text(0.5, 0.5, "own words")
    html = to_html(fig, "x")
    style = re.search(r'<text style="([^"]*)"[^>]*>own words', html)[1]
    assert "fill" not in style


def test_show_displays_one_html_output(capsys):
    shown = []
    import IPython.display

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(IPython.display, "display", shown.append)
        assert plots.show(FIGURES["filters"](), alt="six filters") is None
    assert len(shown) == 1
    assert 'aria-label="six filters"' in shown[0].data


def test_wrong_use_is_refused():
    fig, _ = plots.figure()
    with pytest.raises(ValueError, match="alt is empty"):
        to_html(fig, " ")
    with pytest.raises(ValueError, match="as many titles as images are needed, got 1"):
        plots.image_grid(np.zeros((2, 4, 4, 1)), ["one"])
    with pytest.raises(ValueError, match=r"\(5, 5, 3, 6\)"):
        plots.filters(np.zeros((5, 5, 3, 6)))
    noise = np.random.default_rng(0).random((40, 60, 60, 1))
    with pytest.raises(ValueError, match="at most 100,000 are allowed"):
        to_html(plots.image_grid(noise), "noise")
