"""The expansion lab: its numbers are those of the course's blocks, their costs and their memory."""

from math import ceil

import keras
import numpy as np
import pytest

from course_lib.cost import cost
from course_lib.memory import peak_activations
from course_lib.nets import without_values
from course_lib.nets.layers import conv_bn
from course_lib.nets.mobilenet_v2 import TABLE, blocks, inverted_residual
from course_lib.nets.resnet import bottleneck_block, join, shortcut_path
from course_lib.widgets import expansion as expansion_lab
from course_lib.widgets.expansion import (
    BLOCKS,
    BYTES,
    LIMITS,
    NAMES,
    has_shortcut,
    held,
    hourglass,
    hourglass_peak,
    inverted,
    peak,
)

X = "\N{MULTIPLICATION SIGN}"
START = (
    f"56 {X} 56 {X} 24 by way of 144 channels to 56 {X} 56 {X} 24: 8,832 weights, 25.7 M "
    "multiply-adds, the shortcut adds the input. At its peak it keeps 3.73 MiB, in 6 tiles "
    "1.15 MiB."
)


def of(name, **more):
    return expansion_lab(name, **more).settings


def drawn(number, seed, most=1024, sides=512):
    """Draw settings; a third of them may have a shortcut."""
    rng = np.random.default_rng(seed)
    found = []
    for i in range(number):
        size, channels, filters, ratio, stride, tiles = (
            int(n) for n in rng.integers(1, (sides + 1, most + 1, most + 1, 11, 3, 1025))
        )
        if i % 3 == 0:
            filters, stride = channels, 1
        found.append(
            expansion_lab(
                input_shape=(size, channels),
                filters=filters,
                ratio=ratio,
                stride=stride,
                tiles=tiles,
                value_bytes=BYTES[i % 3],
            ).settings
        )
    return found


def build_inverted(settings):
    image = keras.Input((settings["size"], settings["size"], settings["channels"]))
    arguments = {"expansion": settings["ratio"], "stride": settings["stride"]}
    return keras.Model(image, inverted_residual(image, settings["filters"], **arguments, name="b"))


def build_hourglass(settings):
    """Build the bottleneck for any number of filters, as `bottleneck_block` does for some."""
    size, channels, filters, _, stride = (settings[name] for name in NAMES)
    x = image = keras.Input((size, size, channels))
    arguments = {"stride": stride, "option": "projection"}
    skip = shortcut_path(image, filters, **arguments, name="skip")
    inner = max(1, filters // 4)
    x = conv_bn(x, inner, 1, stride=stride, name="conv1")
    x = conv_bn(x, inner, 3, name="conv2")
    x = conv_bn(x, filters, 1, activation=None, name="conv3")
    return keras.Model(image, join(skip, x, "block"))


def totals(layers):
    return sum(one.weights for one in layers), sum(one.macs for one in layers)


def test_python_agrees_with_models_of_keras():
    settings = [of(name) for name in BLOCKS] + drawn(24, seed=1, most=40, sides=33)
    with without_values():
        for one in settings:
            ours, theirs = build_inverted(one), build_hourglass(one)
            for model, layers in ((ours, inverted(one)), (theirs, hourglass(one))):
                whole = cost(model)
                assert totals(layers) == (whole.trainable, whole.macs), one
            assert ours.output.shape[1:] == (*[inverted(one)[-1].side] * 2, one["filters"])
            assert has_shortcut(one) == any(isinstance(x, keras.layers.Add) for x in ours.layers)
            assert peak(one | {"tiles": 1}) == peak_activations(ours), one
            assert hourglass_peak(one) == peak_activations(theirs), one


def test_the_hourglass_is_the_block_of_a_resnet():
    with without_values():
        for channels, width, stride in ((64, 16, 1), (24, 6, 1), (24, 10, 2)):
            image = keras.Input((14, 14, channels))
            whole = cost(
                keras.Model(image, bottleneck_block(image, width, stride=stride, name="b"))
            )
            one = of("late", input_shape=(14, channels), filters=4 * width, stride=stride)
            assert totals(hourglass(one)) == (whole.trainable, whole.macs)


def test_the_blocks_are_those_of_the_net():
    side, channels, found = 112, 32, []
    for _, _, row, stride in blocks(TABLE):
        found.append((side, channels, row.channels, row.expansion, stride))
        side, channels = ceil(side / stride), row.channels
    for name, block in BLOCKS.items():
        assert (block in found) == (name != "wide")
    assert found[:3] == [BLOCKS[name] for name in ("first", "halving", "residual")]
    # The note of the second block: its expanded tensor is the largest of the net.
    assert max(found, key=lambda b: b[0] ** 2 * b[1] * b[3]) == BLOCKS["halving"]


def run_in_tiles(settings):
    """Go through the block tile by tile, and return the most values that lay there at once.

    What a tile's steps read and give lies there together with the input and the sum.
    """
    came = settings["size"] ** 2 * settings["channels"]
    *_, depthwise, project = inverted(settings)
    inner = settings["ratio"] * settings["channels"]
    tiles = min(settings["tiles"], inner)
    most = 0
    for part in (len(one) for one in np.array_split(np.arange(inner), tiles)):
        expanded = part * settings["size"] ** 2 if settings["ratio"] > 1 else 0
        most = max(most, came + project.values + expanded + part * depthwise.side**2)
    return most


def test_tiles_keep_the_input_the_sum_and_one_tile():
    for one in drawn(300, seed=3, most=60, sides=60):
        if min(one["tiles"], one["ratio"] * one["channels"]) > 1:
            assert peak(one) == run_in_tiles(one), one


def test_a_block_in_tiles_computes_the_same():
    """The sum over the tiles is the projection: section 5.1 of the paper, in numbers."""
    rng = np.random.default_rng(5)
    x, widen = rng.normal(size=(9, 4)), rng.normal(size=(4, 24))
    narrow = rng.normal(size=(24, 4))
    whole = np.clip(x @ widen, 0, 6) @ narrow
    tiles = np.array_split(np.arange(24), 6)
    parts = sum(np.clip(x @ widen[:, one], 0, 6) @ narrow[one] for one in tiles)
    assert parts == pytest.approx(whole)


def test_more_tiles_never_keep_more():
    for name in BLOCKS:
        peaks = [peak(of(name, tiles=tiles)) for tiles in range(2, 400)]
        assert peaks == sorted(peaks, reverse=True)


def test_both_languages_agree_on_thousands_of_settings(call_each):
    settings = [of(name) for name in BLOCKS] + drawn(2500, seed=2)
    given = [[one] for one in settings]
    for name, ours in (("inverted", inverted), ("hourglass", hourglass)):
        for one, theirs in zip(settings, call_each("expansion", name, given), strict=True):
            assert theirs == [layer._asdict() for layer in ours(one)], one
    for name, ours in (
        ("held", held),
        ("peak", peak),
        ("hourglassPeak", hourglass_peak),
        ("hasShortcut", has_shortcut),
    ):
        for one, theirs in zip(settings, call_each("expansion", name, given), strict=True):
            assert theirs == ours(one), (name, one)


def test_both_languages_know_the_same_blocks(call):
    theirs = call("expansion", "BLOCKS")
    assert {key: tuple(one["numbers"]) for key, one in theirs.items()} == BLOCKS


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": "v3"}, "start must be one of"),
        ({"value_bytes": 8}, r"value_bytes must be one of \(4, 2, 1\), got 8"),
        ({"input_shape": (0, 24)}, "size must be an integer from 1 to 512, got 0"),
        ({"input_shape": (56, 2000)}, "channels must be an integer from 1 to 1024, got 2000"),
        ({"filters": 2.5}, "filters must be an integer"),
        ({"ratio": 11}, "ratio must be an integer from 1 to 10, got 11"),
        ({"stride": 3}, "stride must be an integer from 1 to 2, got 3"),
        ({"tiles": 0}, "tiles must be an integer from 1 to 1024, got 0"),
    ],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        expansion_lab(**options)


@pytest.mark.parametrize("name", BLOCKS)
def test_figure_is_described_and_small(name):
    one = of(name)
    html = expansion_lab(name).html()
    weights, macs = totals(inverted(one))
    assert 'role="img"' in html
    assert f"{weights:,} weights and {macs:,} multiply-adds" in html
    assert f"{4 * peak(one | {'tiles': 1}):,} bytes, in 6 tiles {4 * peak(one):,} bytes" in html
    assert html.count("<rect") == len(inverted(one)) + 5
    assert len(html) < 15_000


def test_figure_speaks_of_tiles_where_there_are_some():
    assert "tiles" not in expansion_lab(tiles=1).html().split("<figcaption>")[1]
    assert "in 144 tiles 627,200 bytes" in expansion_lab(tiles=1000).html()


@pytest.mark.parametrize("width", [320, 1280])
def test_lab_fits_the_page_and_answers_the_keyboard(alive, width):
    lab = alive(expansion_lab(), width=width)
    said, keys = lab.locator("[role=status]"), lab.page.keyboard
    assert said.inner_text() == START
    lab.get_by_role("slider", name="Tiles").focus()
    keys.press("Home")
    assert said.inner_text().endswith("At its peak it keeps 3.73 MiB.")
    keys.press("End")
    assert said.inner_text().endswith("in 144 tiles 612.5 KiB.")
    lab.get_by_label("Stride").select_option("2")
    assert "no shortcut (stride 2)" in said.inner_text()
    lab.get_by_role("slider", name="Expansion t").focus()
    keys.press("Home")
    rows = lab.locator("table").first.locator("tbody th").all_inner_texts()
    assert rows == [f"Depthwise 3{X}3", f"Project 1{X}1", "Together"]
    lab.get_by_label("Start from").select_option("middle")
    assert "no shortcut (64 is not 96)" in said.inner_text()
    lab.get_by_label("Bytes of a value").select_option("1")
    lab.locator("summary").focus()
    keys.press("Enter")
    lab.locator("details tbody tr").first.wait_for()
    steps = lab.locator("details table").first.locator("tbody tr td").all_inner_texts()
    one = of("middle", tiles=1024)
    assert [text.split()[-1] for text in steps] == [
        f"{n:,}" for n in (*held(one).values(), peak(one), hourglass_peak(one))
    ]
    assert "bytes=1" in lab.locator("a.lab-link").get_attribute("href")
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_block_and_the_dark(alive):
    lab = alive(expansion_lab("wide"), color_scheme="dark")
    said = lab.locator("[role=status]")
    for name in BLOCKS:
        lab.get_by_label("Start from").select_option(name)
        weights, _ = totals(inverted(of(name)))
        assert f"{weights:,} weights" in said.inner_text()
        assert ("the shortcut adds" in said.inner_text()) == has_shortcut(of(name))


def test_a_link_with_other_settings_is_put_right(alive):
    one = expansion_lab()
    sound = one.html()
    one.html = lambda: sound.replace('"ratio": 6', '"ratio": 60').replace(
        '"stride": 1', '"stride": 3'
    )
    assert alive(one).locator("[role=status]").inner_text() == START


def test_the_ends_of_the_settings_are_the_same_in_both_languages(alive):
    for i in (0, 1):
        ends = {name: bounds[i] for name, bounds in LIMITS.items()}
        one = expansion_lab(
            input_shape=(ends["size"], ends["channels"]),
            filters=ends["filters"],
            ratio=ends["ratio"],
            stride=ends["stride"],
            tiles=ends["tiles"],
        )
        weights, _ = totals(inverted(one.settings))
        assert f"{weights:,} weights" in alive(one).locator("[role=status]").inner_text()
