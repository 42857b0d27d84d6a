"""The lab that walks a net: its numbers are those of the nets, and it can be operated."""

import json

import pytest

from course_lib.cost import cost
from course_lib.depth import depth
from course_lib.nets import NETS, without_values
from course_lib.receptive_field import receptive_field
from course_lib.widgets import walk as walk_lab
from course_lib.widgets.walk import FILE, MEASURES, nets, so_far, stops

NAMES = [each["name"] for each in nets()]
START = (
    "Stop 0 of 17, image: the image. Out comes 224 \N{MULTIPLICATION SIGN} 224 "
    "\N{MULTIPLICATION SIGN} 3, 150,528 values; depth 0, one value sees "
    "1 \N{MULTIPLICATION SIGN} 1 pixels."
)


@pytest.mark.parametrize("name", NAMES)
def test_the_last_stop_has_passed_the_whole_net(name):
    with without_values():
        model = NETS[name]()
    total = cost(model)
    assert so_far(name, "weights")[-1] == total.trainable
    assert so_far(name, "macs")[-1] == total.macs
    assert stops(name)[-1].depth == depth(model)
    fields = [stop.field for stop in stops(name) if stop.field is not None]
    assert fields[-1] == receptive_field(model).size
    assert stops(name)[0].shape == model.input_shape[1:]
    assert stops(name)[-1].shape == model.output_shape[1:]


def test_a_stop_of_googlenet_is_a_row_of_its_table():
    found = {stop.name: stop for stop in stops("googlenet")}
    assert list(found) == [
        *("image", "stem_7x7", "stem_pool1", "stem_3x3", "stem_pool2"),
        *("stage1_3a", "stage1_3b", "stage2_pool"),
        *(f"stage2_4{letter}" for letter in "abcde"),
        *("stage3_pool", "stage3_5a", "stage3_5b", "head_pool", "head_fc"),
    ]
    first = found["stage1_3a"]
    assert (first.shape, first.weights, first.depth) == ((28, 28, 256), 163_696, 5)
    assert first.what == "6 convolutions and a max pooling, joined"
    assert found["head_pool"].field is None


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_add_up_alike(call, name):
    (given,) = (each["stops"] for each in nets() if each["name"] == name)
    rows = [call("walk", "named", stop) for stop in given]
    for row, stop in zip(rows, stops(name), strict=True):
        assert row["values"] == stop.values
        assert (row["name"], row["weights"], row["macs"]) == (stop.name, stop.weights, stop.macs)
    for at in range(len(rows)):
        found = call("walk", "passed", rows, at)
        for measure in MEASURES:
            sums = so_far(name, measure)
            here = getattr(stops(name)[at], measure)
            assert found[measure] == {"here": here, "sofar": sums[at], "whole": sums[-1]}


def test_both_languages_know_the_same_measures(call):
    assert list(call("walk", "MEASURES")) == list(MEASURES)
    assert call("walk", "percent", 1, 3) == "33.3 %"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"net": "vgg19"}, "net must be one of"),
        ({"show": "flops"}, "show must be one of"),
        ({"stop": -1}, "stop must be an integer from 0 to 17, got -1"),
        ({"net": "alexnet", "stop": 12}, "stop must be an integer from 0 to 11, got 12"),
    ],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        walk_lab(**options)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("show", MEASURES)
def test_figure_is_described_and_small(name, show):
    lab = walk_lab(name, stop=5, show=show)
    html = lab._figure()
    assert 'role="img"' in html
    assert html.count("<rect") == len(stops(name))
    assert f"{so_far(name, 'weights')[-1]:,} weights" in html
    assert len(lab.html()) < 15_000


def test_the_file_is_small():
    assert FILE.stat().st_size < 10_000
    assert all(set(each) == {"name", "title", "stops"} for each in json.loads(FILE.read_text()))


@pytest.mark.parametrize("width", [320, 1280])
def test_lab_fits_the_page_and_answers_the_keyboard(alive, width):
    lab = alive(walk_lab(), width=width)
    said, keys = lab.locator("[role=status]"), lab.page.keyboard
    assert said.inner_text() == START
    lab.get_by_role("button", name="Next").focus()
    keys.press("Enter")
    assert said.inner_text().startswith("Stop 1 of 17, stem_7x7: 7\N{MULTIPLICATION SIGN}7")
    lab.get_by_role("slider", name="Stop").focus()
    keys.press("End")
    assert "head_fc: dense layer, 1000 units" in said.inner_text()
    keys.press("ArrowLeft")
    assert "head_pool: mean of each map" in said.inner_text()
    assert "sees the whole image" in said.inner_text()
    rows = lab.locator("table").first.locator("tbody tr")
    assert rows.nth(0).locator("td").all_inner_texts() == ["0", "5,973,552", "85.4 %"]
    lab.get_by_role("combobox", name="Net").select_option("alexnet")
    assert said.inner_text().startswith("Stop 11 of 11, head_fc")
    lab.get_by_role("combobox", name="Bars show").select_option("macs")
    label = lab.locator(".walk-bars svg").get_attribute("aria-label")
    assert label == "Multiply-adds of each stop; here 4,096,000, at most 447,897,600."
    lab.locator("summary").focus()
    keys.press("Enter")
    lab.locator("details tbody tr").first.wait_for()
    assert lab.locator("details tbody tr").count() == len(stops("alexnet"))
    assert "net=%22alexnet%22" in lab.locator("a.lab-link").get_attribute("href")
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_touch_chooses_a_stop(alive):
    lab = alive(walk_lab("alexnet"), has_touch=True, color_scheme="dark")
    bars = lab.locator(".walk-bars svg")
    size = bars.bounding_box()
    bars.tap(position={"x": size["width"] * 3.5 / 12, "y": size["height"] / 2})
    assert lab.locator("[role=status]").inner_text().startswith("Stop 3 of 11, stage2_conv")


def test_a_link_with_other_settings_is_put_right(alive):
    one = walk_lab()
    sound = one.html()
    one.html = lambda: sound.replace('"stop": 0', '"stop": 500').replace(
        '"net": "googlenet"', '"net": "vgg99"'
    )
    assert "Stop 17 of 17, head_fc" in alive(one).locator("[role=status]").inner_text()
