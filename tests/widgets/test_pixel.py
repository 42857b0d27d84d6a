"""The lab of one pixel: both languages agree with each other and with a layer of Keras."""

import keras
import numpy as np
import pytest

from course_lib.widgets import pixel as pixel_lab
from course_lib.widgets.pixel import CHANNELS, MOST, SIDE, maps, output

START = "Row 4, column 3: the products add up to 1, after ReLU 1. 4 of 64 pixels are above zero."


def random_settings(count, seed):
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        *weights, bias = (float(n) / 4 for n in rng.integers(-8, 9, 4))
        row, column = (int(n) for n in rng.integers(0, SIDE, 2))
        relu = bool(rng.integers(2))
        lab = pixel_lab(tuple(weights), bias=bias, relu=relu, row=row, column=column)
        found.append(lab.settings)
    return found


def test_both_languages_have_the_same_maps(call):
    assert call("pixel", "maps") == maps().reshape(-1, 3).tolist()


def test_both_languages_agree_on_thousands(call_each):
    drawn = random_settings(3000, seed=1)
    found = call_each("pixel", "output", [[one] for one in drawn])
    for one, theirs in zip(drawn, found, strict=True):
        assert np.allclose(theirs, output(one).ravel(), rtol=0, atol=1e-12), one


def test_the_products_of_a_pixel_add_up_to_its_answer(call_each):
    drawn = random_settings(500, seed=2)
    values = [maps()[one["row"], one["column"]].tolist() for one in drawn]
    asked = [[one, each] for one, each in zip(drawn, values, strict=True)]
    for one, found in zip(drawn, call_each("pixel", "answer", asked), strict=True):
        assert found["sum"] == pytest.approx(sum(found["products"]) + one["bias"])
        assert found["out"] == pytest.approx(output(one)[one["row"], one["column"]])


def test_the_map_is_what_a_layer_of_keras_puts_out():
    for one in random_settings(30, seed=3):
        layer = keras.layers.Conv2D(1, 1, activation="relu" if one["relu"] else None)
        layer.build((1, SIDE, SIDE, 3))
        kernel = np.array([one[name] for name in CHANNELS]).reshape(1, 1, 3, 1)
        layer.set_weights([kernel, np.array([one["bias"]])])
        found = keras.ops.convert_to_numpy(layer(maps()[None]))
        assert np.allclose(found[0, :, :, 0], output(one), atol=1e-6), one


def test_two_edges_need_two_channels():
    both = output(pixel_lab((1, 1, 0)).settings)
    assert (both > 0).sum() == 8
    inner = output(pixel_lab((-1, -1, 1)).settings)
    assert (inner > 0).sum() == 8
    assert not ((both > 0) & (inner > 0)).any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weights": (1, 0)}, "weights must be three, one for each channel"),
        ({"weights": (1, 0, 2.5)}, "the weight of 'light' must be a number from -2 to 2, got 2.5"),
        ({"weights": ("1", 0, 0)}, "the weight of 'rising' must be a number"),
        ({"bias": -3}, "bias must be a number from -2 to 2, got -3"),
        ({"relu": "yes"}, "relu must be one of"),
        ({"row": 8}, "row must be an integer from 0 to 7, got 8"),
        ({"column": -1}, "column must be an integer from 0 to 7, got -1"),
    ],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        pixel_lab(**options)


@pytest.mark.parametrize("bias", [-MOST, 0, 1.25, MOST])
def test_figure_is_described_and_small(bias):
    html = pixel_lab((2, -2, 1), bias=bias, relu=False).html()
    assert 'role="img"' in html
    assert "the same pixel is framed in each" in html
    assert len(html) < 15_000


def test_figure_says_what_the_framed_pixel_is():
    html = pixel_lab((1, -0.5, 0.25), bias=-2, relu=True).html()
    assert "1 · 1 + \N{MINUS SIGN}0.5 · 0 + 0.25 · 1 + \N{MINUS SIGN}2, then ReLU, is 0." in html


@pytest.mark.parametrize("width", [320, 1280])
def test_lab_fits_the_page_and_answers_the_keyboard(alive, width):
    lab = alive(pixel_lab(), width=width)
    said, keys = lab.locator("[role=status]"), lab.page.keyboard
    assert said.inner_text() == START
    lab.get_by_label("Weight of falling edges").focus()
    keys.press("End")
    assert "8 of 64 pixels" in said.inner_text()
    lab.get_by_role("application").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowUp"):
        keys.press(key)
    assert said.inner_text().startswith("Row 3, column 6: the products add up to 2, after")
    lab.get_by_label("Bias").focus()
    keys.press("Home")
    assert said.inner_text() == (
        "Row 3, column 6: the products add up to 0, after ReLU 0. 0 of 64 pixels are above zero."
    )
    lab.get_by_role("switch", name="ReLU").focus()
    keys.press("Space")
    assert "after ReLU" not in said.inner_text()
    cells = lab.locator("table").first.locator("tbody tr").nth(1).locator("td").all_inner_texts()
    assert cells == ["1", "2", "2"]
    lab.locator("summary").focus()
    keys.press("Enter")
    row = lab.locator("details tbody tr").nth(2).locator("td")
    row.first.wait_for()
    minus = "\N{MINUS SIGN}"
    assert row.all_inner_texts() == [f"{minus}2"] * 2 + [f"{minus}1"] + [f"{minus}2"] * 2 + [
        "0", f"{minus}2", f"{minus}2",
    ]  # fmt: skip
    assert "falling=2" in lab.locator("a.lab-link").get_attribute("href")
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_touch_chooses_a_pixel(alive):
    lab = alive(pixel_lab((0, 0, 1)), has_touch=True, color_scheme="dark")
    out = lab.get_by_role("application")
    box = out.bounding_box()
    out.tap(position={"x": box["width"] * 5.5 / 8, "y": box["height"] * 1.5 / 8})
    said = lab.locator("[role=status]").inner_text()
    assert said.startswith("Row 2, column 6: the products add up to 0, after ReLU 0. 16 of 64")


def test_a_link_with_other_settings_is_put_right(alive):
    one = pixel_lab()
    sound = one.html()
    one.html = lambda: sound.replace('"rising": 1', '"rising": 99').replace(
        '"row": 3', '"row": 2.5'
    )
    said = alive(one).locator("[role=status]").inner_text()
    assert (
        said
        == "Row 4, column 3: the products add up to 1, after ReLU 1. 4 of 64 pixels are above zero."
    )
