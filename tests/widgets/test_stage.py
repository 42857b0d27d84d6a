"""The stage lab: its JavaScript counts what `course_lib.cost` counts."""

import pytest

from course_lib.cost import cost
from course_lib.widgets.stage import build, stage

SETTINGS = {
    "conv3_x of ResNet-50": {},
    "stride on the 3x3": {"stride_on": "3x3"},
    "projection in every block": {"shortcut": "projection_all", "blocks": 3},
    "plain": {"shortcut": "none", "blocks": 2},
    "option A": {"kind": "basic", "width": 128, "input_shape": (56, 64), "shortcut": "zero_pad"},
    "basic": {"kind": "basic", "width": 128, "input_shape": (56, 64)},
    "first stage of ResNet-34": {"kind": "basic", "width": 64, "stride": 1, "blocks": 3}
    | {"input_shape": (56, 64)},
    "first stage of ResNet-50": {"width": 64, "stride": 1, "blocks": 3, "input_shape": (56, 64)},
    "odd sizes": {"width": 7, "input_shape": (33, 5), "blocks": 2},
    "one pixel": {"kind": "basic", "width": 3, "input_shape": (1, 3), "blocks": 1},
}


@pytest.mark.parametrize("options", SETTINGS.values(), ids=SETTINGS)
def test_counts_agree_with_the_model(call, options):
    settings = stage(**options).settings
    counted = call("stage", "stageCost", settings)
    model = build(settings)
    expected = cost(model)
    assert counted["trainable"] == expected.trainable
    assert counted["macs"] == expected.macs
    assert tuple(counted["shape"]) == model.output.shape[1:]


def test_each_layer_agrees_with_the_model(call):
    settings = stage("bottleneck", 16, blocks=2, input_shape=(20, 24)).settings
    rows = [
        (f"block{block['index']}_{layer['name']}", tuple(layer["shape"]), layer["macs"])
        for block in call("stage", "stageCost", settings)["blocks"]
        for layer in block["layers"]
    ]
    expected = [
        (row.name.removeprefix("stage1_").removesuffix("_conv"), row.shape, row.macs)
        for row in cost(build(settings)).layers
        if row.macs
    ]
    named = [(name.replace("skip", "shortcut"), *rest) for name, *rest in expected]
    assert sorted(rows) == sorted(named)


def test_zero_padding_cannot_remove_channels(call):
    settings = stage(width=16, shortcut="zero_pad", input_shape=(8, 128)).settings
    with pytest.raises(Exception, match="the block gets 128 and gives 64"):
        call("stage", "stageCost", settings)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "wide"}, "kind must be one of"),
        ({"width": 0}, "width must be an integer from 1 to 1024, got 0"),
        ({"blocks": 51}, "blocks must be an integer from 1 to 50"),
        ({"stride": 3}, r"stride must be one of \(1, 2\), got 3"),
        ({"shortcut": "A"}, "shortcut must be one of"),
        ({"stride_on": "5x5"}, "stride_on must be one of"),
        ({"input_shape": (0, 3)}, "input size must be an integer from 1 to 512"),
        ({"input_shape": (8, 5000)}, "input channels must be an integer from 1 to 4096"),
    ],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        stage(**options)


def test_figure_tells_the_totals():
    lab = stage(blocks=2)
    expected = cost(build(lab.settings))
    html = lab.html()
    assert f"{expected.trainable:,} trainable parameters" in html
    assert f"{expected.macs:,} multiply-adds" in html
    assert html.count("<rect") == 4  # three convolutions and the projection of block 1


@pytest.mark.parametrize("width", [320, 1280])
def test_stage_fits_the_page_and_answers_the_keyboard(alive, width):
    lab = alive(stage(), width=width)
    lab.get_by_label("Blocks", exact=True).focus()
    lab.page.keyboard.press("ArrowUp")
    assert "Blocks 2 to 5, each" in lab.locator("table").inner_text()
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= width
