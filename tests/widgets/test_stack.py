"""The stack lab: its numbers are those of `course_lib.cost` and `course_lib.receptive_field`."""

import random
import re
from itertools import pairwise

import keras
import pytest
from keras import layers as kl

from course_lib.cost import cost
from course_lib.nets import without_values
from course_lib.receptive_field import receptive_field
from course_lib.widgets.stack import PRESETS, stack
from course_lib.widgets.stack_layers import MOST, PADDINGS, WINDOWS, expand, parse, trace


def written(rng):
    """Write one random layer in its shortest form."""
    kind = rng.choice(["conv", "conv", "pool"])
    stride, dilation = rng.choice([(1, 1), (1, 1), (2, 1), (3, 1), (4, 1), (1, 2), (1, 3)])
    padding = rng.choice(["same", "valid"])
    text = f"{kind}{rng.choice(WINDOWS[kind])}"
    text += f"-{rng.randint(1, rng.choice([9, 600, 4096]))}" if kind == "conv" else ""
    text += f"/{stride}" if stride > 1 else ""
    text += f" dilated {dilation}" if dilation > 1 and kind == "conv" else ""
    return text + (f" {padding}" if padding != PADDINGS[kind] else "")


def random_stacks(number, seed=0):
    """Draw (layers, side, channels, biases); in some of them a window is larger than its map."""
    rng = random.Random(seed)
    return [
        (
            ", ".join(written(rng) for _ in range(rng.randint(1, MOST))),
            rng.randint(1, rng.choice([8, 40, 512])),
            rng.randint(1, rng.choice([4, 4096])),
            rng.random() < 0.5,
        )
        for _ in range(number)
    ]


def traced(text, size, channels, biases):
    """Trace in Python: rows, or the number of the layer that does not fit."""
    try:
        return [
            {
                "shape": list(row.shape),
                "weights": row.weights,
                "macs": row.macs,
                "field": row.field,
                "jump": row.jump,
                "low": row.low,
            }
            for row in trace(parse(text), size, channels, biases=biases)
        ]
    except ValueError as error:
        return int(re.match(r"layer (\d+): a window", str(error))[1])


def build(text, size, channels, biases):
    """Build the stack as a Keras model."""
    x = image = keras.Input((size, size, channels))
    for number, layer in enumerate(parse(text)):
        options = {"strides": layer.stride, "padding": layer.padding, "name": f"layer{number}"}
        if layer.kind == "pool":
            x = kl.MaxPooling2D(layer.window, **options)(x)
        else:
            options |= {"dilation_rate": layer.dilation, "use_bias": biases}
            x = kl.Conv2D(layer.channels, layer.window, **options)(x)
    return keras.Model(image, x)


def test_python_agrees_with_keras_models():
    named = [(expand(text, 64), size, 64, True) for text, size, _ in PRESETS.values()]
    drawn = [one for one in random_stacks(400) if isinstance(traced(*one), list)][:40]
    assert len(drawn) == 40
    with without_values():
        for one in named + drawn:
            rows, model = traced(*one), build(*one)
            expected = cost(model).layers[1:]
            assert [tuple(row["shape"]) for row in rows] == [row.shape for row in expected], one
            assert [row["weights"] for row in rows] == [row.trainable for row in expected], one
            assert [row["macs"] for row in rows] == [row.macs for row in expected], one
            for number, row in enumerate(rows):
                seen = receptive_field(model, f"layer{number}")
                assert (row["field"], row["jump"]) == (seen.size, seen.stride), one


def test_both_languages_agree_on_thousands(call_each):
    drawn = random_stacks(4000, seed=1)
    parsed = call_each("stack", "parse", [[text] for text, *_ in drawn])
    assert call_each("stack", "write", [[layers] for layers in parsed]) == [one[0] for one in drawn]
    given = [[layers, *rest] for layers, (_, *rest) in zip(parsed, drawn, strict=True)]
    stopped = 0
    for one, theirs in zip(drawn, call_each("stack", "trace", given), strict=True):
        ours = traced(*one)
        if isinstance(ours, int):
            stopped += 1
            assert theirs["stopped"] == ours, one
        else:
            kept = [{key: row[key] for key in ours[0]} for row in theirs["rows"]]
            assert (theirs["stopped"], kept) == (0, ours), one
    assert 500 < stopped < 3500


def reached(layers, shapes, size, unit):
    """Follow one unit to the input through every tap: all pixels, and those that are no padding."""
    everywhere = inside = {unit}
    maps = [size, *(shape[0] for shape in shapes)]
    for index in reversed(range(len(layers))):
        layer, side, out = layers[index], maps[index], maps[index + 1]
        pad = 0
        if layer.padding == "same":
            pad = max(0, (out - 1) * layer.stride + layer.reach - side) // 2
        taps = range(0, layer.reach, layer.dilation)
        everywhere = {at * layer.stride - pad + tap for at in everywhere for tap in taps}
        inside = {at * layer.stride - pad + tap for at in inside for tap in taps}
        inside = {at for at in inside if 0 <= at < side}
    return everywhere, inside


def test_the_frame_holds_what_its_unit_reads(call_each):
    drawn = [one for one in random_stacks(900, seed=2) if isinstance(traced(*one), list)]
    parsed = call_each("stack", "parse", [[text] for text, *_ in drawn])
    given = [[layers, *rest] for layers, (_, *rest) in zip(parsed, drawn, strict=True)]
    gaps = 0
    for one, found in zip(drawn, call_each("stack", "trace", given), strict=True):
        layers, rows = parse(one[0]), found["rows"]
        assert rows[-1]["unit"] == rows[-1]["shape"][0] // 2
        for number, row in enumerate(rows, start=1):
            shapes = [each["shape"] for each in rows[:number]]
            everywhere, inside = reached(layers[:number], shapes, one[1], row["unit"])
            assert 0 <= row["unit"] < row["shape"][0], one
            assert row["low"] == min(everywhere), one
            assert row["field"] == max(everywhere) - min(everywhere) + 1, one
            assert row["seen"] == len(inside), one
            gaps += row["seen"] < row["field"]
        for inner, outer in pairwise(rows):
            assert outer["low"] <= inner["low"]
            assert inner["low"] + inner["field"] <= outer["low"] + outer["field"]
    assert gaps > 100


def test_both_languages_refuse_the_same_texts(call_each):
    texts = [
        "",
        "conv3",
        "conv4-8",
        "conv3-0",
        "conv3-4097",
        "conv3-64/0",
        "conv3-64/5",
        "conv3-64 dilated 4",
        "conv3-64/2 dilated 2",
        "pool6",
        "pool2 dilated 2",
        "conv3-8,conv3-8",
        "conv3-8 full",
        ", ".join(["pool2"] * 9),
    ]
    assert call_each("stack", "parse", [[text] for text in texts]) == [None] * len(texts)
    for text in texts:
        with pytest.raises(ValueError, match=r"must be|Keras refuses"):
            parse(text)


def test_both_languages_have_the_same_presets(call):
    theirs = call("stack", "PRESETS")
    assert {name: tuple(preset) for name, preset in theirs.items()} == PRESETS


@pytest.mark.parametrize(("name", "area"), [("three 3x3", 27), ("two 3x3", 18), ("one 7x7", 49)])
def test_vgg_weights_are_those_of_the_paper(name, area):
    # Simonyan & Zisserman 2015, section 2.3: 3 (3² C²) = 27 C² against 7² C² = 49 C²
    for channels in (64, 512):
        rows = trace(parse(expand(PRESETS[name][0], channels)), 28, channels, biases=False)
        assert sum(row.weights for row in rows) == area * channels**2
        assert rows[-1].field == {27: 7, 18: 5, 49: 7}[area]


def test_the_single_convolution_is_a_layer_with_the_same_field(call):
    found = call("stack", "trace", call("stack", "parse", "conv3-8, pool2/2, conv5-6"), 32, 3, True)
    one = call("stack", "single", found["rows"], 3, True)
    with without_values():
        expected = cost(build_wide(found["rows"][-1], 32, 3))
    assert (one["weights"], one["macs"]) == (expected.params, expected.macs)


def build_wide(row, size, channels):
    """Build one convolution with the field, jump and output of a whole stack."""
    image = keras.Input((size, size, channels))
    conv = kl.Conv2D(row["shape"][2], row["field"], row["jump"], "same")
    return keras.Model(image, conv(image))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"preset": "one 9x9"}, "preset must be one of"),
        ({"layers": "conv3"}, r"layer 1 must be written as 'conv3-64'.*got 'conv3'"),
        ({"layers": "pool2, conv9-8"}, r"layer 2: window must be one of \(1, 3, 5, 7, 11\), got 9"),
        ({"layers": "conv3-8/5"}, "layer 1: stride must be an integer from 1 to 4, got 5"),
        ({"layers": "conv3-8/2 dilated 2"}, "layer 1 has a stride and a dilation above 1"),
        ({"layers": ", ".join(["pool2"] * 9)}, "layers must be at most 8, got 9"),
        ({"layers": "conv11-C valid", "input_shape": (8, 3)}, "a window of 11 does not fit on a"),
        ({"input_shape": (513, 3)}, "input size must be an integer from 1 to 512, got 513"),
        ({"input_shape": (8, 0)}, "input channels must be an integer from 1 to 4096, got 0"),
        ({"biases": "yes"}, "biases must be one of"),
    ],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        stack(**options)


def test_the_preset_follows_the_input():
    chosen = stack(input_shape=(56, 64)).settings
    assert chosen == {"layers": "conv3-64, conv3-64, conv3-64", "size": 56} | {
        "channels": 64,
        "biases": False,
    }


@pytest.mark.parametrize("options", [{"preset": name} for name in PRESETS] + [{"biases": True}])
def test_figure_is_small_and_tells_the_totals(options):
    one = stack(**options)
    rows = trace(parse(one.settings["layers"]), *list(one.settings.values())[1:3], biases=False)
    html = one.html()
    assert len(html) < 15_000
    assert 'role="img"' in html
    assert f"the last {rows[-1].field} pixels wide" in html
    assert f"{sum(row.macs for row in rows):,} multiply-adds" in html
    assert html.count("<rect") == 1 + len(rows)
    assert ("with biases" in html) is one.settings["biases"]


def test_figure_frames_the_field():
    sides = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', stack().html())
    assert sides[0] == ("0.0", "200.0")
    assert sides[-1] == ("78.6", "50.0")  # pixels 11 to 17 of 28, at 200 / 28 each


@pytest.mark.parametrize("width", [320, 1280])
def test_stack_fits_the_page_and_is_built_by_keys(alive, width):
    lab = alive(stack(layers="conv3-8, pool2/2", input_shape=(32, 3)), width=width)
    said, keys = lab.get_by_role("status"), lab.page.keyboard
    for name, expected in [
        ("Add a layer after it", "Layer 3 of 3: field 8×8, jump 2."),
        ("Move up", "Layer 2 of 3: field 5×5, jump 1."),
        ("Move up", "Layer 1 of 3: field 3×3, jump 1."),
        ("Move up", "Layer 1 is the first already."),
        ("Remove", "Layer 1 of 2: field 3×3, jump 1."),
        ("Remove", "Layer 1 of 1: field 2×2, jump 2."),
        ("Remove", "A stack has at least one layer."),
    ]:
        lab.get_by_role("button", name=name).focus()
        keys.press("Enter")
        assert said.inner_text().endswith(expected)
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_arrow_keys_walk_over_the_layers_and_the_frame_grows(alive):
    lab = alive(stack())
    lab.get_by_role("radio").last.focus()
    fields = []
    for _ in range(3):
        lab.page.keyboard.press("ArrowUp")
        fields.append(lab.locator(".stack-field").count())
        assert "is-chosen" in lab.locator(".stack-field").last.get_attribute("class")
    assert fields == [2, 1, 3]
    wide = [box.bounding_box()["width"] for box in lab.locator(".stack-field").all()]
    assert wide == pytest.approx([wide[2] * 3 / 7, wide[2] * 5 / 7, wide[2]], rel=0.02)
    assert "the last 7 by 7 pixels" in lab.get_by_role("img").get_attribute("aria-label")


def test_a_stack_has_at_most_eight_layers(alive):
    lab = alive(stack())
    for _ in range(6):
        lab.get_by_role("button", name="Add a layer after it").click()
    assert lab.get_by_role("status").inner_text() == "A stack has at most 8 layers."
    assert lab.get_by_role("radio").count() == 8


def test_comparison_and_notes_follow_the_settings(alive):
    lab = alive(stack())
    ratio = lab.locator(".stack-ratio")
    assert "0.551 times the weights (27 C² against 49 C²)" in ratio.inner_text()
    lab.get_by_label("Input channels").fill("64")
    assert "three 3x3" in lab.get_by_label("Start from").input_value()
    assert "110,592 to 200,704" in ratio.inner_text()
    lab.get_by_label("Count biases").check()
    assert "110,784 to 200,768" in ratio.inner_text()
    lab.get_by_label("Start from").select_option("one 5x5")
    assert ratio.inner_text() == "This is one 5×5 convolution itself."
    lab.get_by_label("Kind").select_option("pool")
    assert "A stack of poolings has no weights" in ratio.inner_text()
    assert lab.get_by_label("Start from").input_value() == "your own"
    assert lab.get_by_label("Dilation", exact=True).is_hidden()


def test_stride_and_dilation_exclude_each_other(alive):
    lab = alive(stack("dilated"))
    assert lab.get_by_label("Dilation", exact=True).input_value() == "3"
    lab.get_by_label("Stride", exact=True).select_option("2")
    assert lab.get_by_label("Dilation", exact=True).input_value() == "1"
    assert "The dilation is 1 again" in lab.get_by_role("status").inner_text()


def test_what_does_not_fit_is_said(alive):
    lab = alive(stack("AlexNet's stem"))
    lab.get_by_label("Input size, pixels").fill("20")
    said = lab.get_by_role("status").inner_text()
    assert "Layer 4 does not fit: its window of 3 is larger than its map of 1." in said
    assert lab.locator("table").count() == 0
    lab.get_by_label("Input size, pixels").fill("224")
    assert lab.locator("table tbody tr").count() == 5


def test_a_link_holds_the_layers_and_a_bad_one_is_not_followed(alive):
    lab = alive(stack(), color_scheme="dark")
    lab.get_by_role("button", name="Add a layer after it").click()
    page = lab.page
    page.wait_for_url("**lab=stack*")  # once the reader pauses
    page.reload()
    page.wait_for_selector(".lab-host[data-alive]")
    assert lab.get_by_role("radio").count() == 4
    page.goto(page.url.partition("#")[0] + '#lab=stack&layers="conv2-8"')
    page.reload()
    page.wait_for_selector(".lab-host[data-alive]")
    assert lab.get_by_role("radio").count() == 3
