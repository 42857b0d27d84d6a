"""The gates lab: its numbers are those of the nets, its trap is what NumPy does."""

import keras
import numpy as np
import pytest
from keras import ops

from course_lib.cost import cost
from course_lib.nets import without_values
from course_lib.nets.resnet import bottleneck_block, resnet
from course_lib.nets.senet import se_resnet, squeeze_excite
from course_lib.widgets import gates as gates_lab
from course_lib.widgets.gates import ENDS, LIMITS, OPENINGS, STAGES, gate, met, outcome, stage

SIDES = range(1, 9)
START = (
    "A gate goes from 2,048 channels to 128 and back: 526,464 weights, 524,288 multiply-adds. "
    "3 of them add 10.6 % to the weights of the stage and 0.215 % to its multiply-adds."
)
TRAP = (
    "B = 4, W = 4: gates of shape (B, C) give no error, and 3 of 4 columns of each image are "
    "wrong: column n meets the gate of image n."
)


def drawn(number, seed, **most):
    """Draw settings of the lab."""
    rng = np.random.default_rng(seed)
    highs = {name: most.get(name, high) for name, (_, high) in LIMITS.items()}
    found = []
    for i in range(number):
        one = {name: int(rng.integers(LIMITS[name][0], high + 1)) for name, high in highs.items()}
        opening = ("half", "quarter")[i % 2]
        found.append(one | {"opening": opening, "bias": i % 3 > 0})
    return found


def build_stage(settings):
    """Build the stage of the course's bottlenecks; the channels are a multiple of 4."""
    channels, side = settings["channels"], settings["side"]
    stride = 2 if settings["opening"] == "half" else 1
    shape = (stride * side, stride * side, channels // OPENINGS[settings["opening"]])
    x = image = keras.Input(shape)
    for i in range(settings["blocks"]):
        x = bottleneck_block(x, channels // 4, stride=stride if i == 0 else 1, name=f"block{i}")
    return keras.Model(image, x)


def build_gate(settings):
    image = keras.Input((settings["side"], settings["side"], settings["channels"]))
    gated = squeeze_excite(image, settings["ratio"], bias=settings["bias"], name="gate")
    return keras.Model(image, gated)


def test_python_agrees_with_models_of_keras():
    settings = [gates_lab(name).settings for name in STAGES]
    settings += drawn(16, seed=1, channels=20, side=9, blocks=4, ratio=8)
    with without_values():
        for drawing in settings:
            one = drawing | {"channels": 4 * drawing["channels"]}
            for model, price in ((build_stage(one), stage(one)), (build_gate(one), gate(one))):
                whole = cost(model)
                assert (price.weights, price.macs) == (whole.trainable, whole.macs), one


@pytest.mark.parametrize("bias", [True, False])
def test_the_gates_of_a_whole_net(bias):
    with without_values():
        plain, gated = cost(resnet(50)), cost(se_resnet(50, se_bias=bias))
    added = [gate(gates_lab(name, bias=bias).settings) for name in STAGES]
    counts = [blocks for _, _, blocks, _ in STAGES.values()]
    more = [n * one.weights for n, one in zip(counts, added, strict=True)]
    assert sum(more) == gated.trainable - plain.trainable
    macs = sum(n * one.macs for n, one in zip(counts, added, strict=True))
    assert macs == gated.macs - plain.macs
    # Hu et al. 2018, section 4: about 10 % more weights, 4 % without the gates of the last stage
    assert sum(more) / plain.trainable == pytest.approx(0.10, abs=0.005)
    assert sum(more[:-1]) / plain.trainable == pytest.approx(0.04, abs=0.005)


def test_stages_are_those_of_resnet():
    with without_values():
        net = resnet(50)
        rows = cost(net).layers
    for name in STAGES:
        own = [row for row in rows if row.name.startswith(f"{name}_")]
        settings = gates_lab(name).settings
        assert stage(settings) == (sum(r.trainable for r in own), sum(r.macs for r in own))
        assert own[-1].shape == (settings["side"], settings["side"], settings["channels"])


def test_a_gate_has_at_least_one_unit():
    price = gate(gates_lab(channels=5, ratio=64, bias=False).settings)
    assert price == (10, 10)


def test_the_trap_is_what_numpy_does():
    """Each image and each gate has a number of its own, so that the product tells who met whom."""
    for batch in SIDES:
        for width in SIDES:
            maps = np.ones((batch, 2, width, 3))
            numbers = np.arange(1, batch + 1)[:, None] * np.ones((batch, 3))
            right = maps * numbers[:, None, None, :]
            assert right[:, 0, :, 0].tolist() == met(batch, width, flat=False)
            end = outcome(batch, width)
            try:
                flat = maps * numbers
            except ValueError:
                assert (end, met(batch, width, flat=True)) == ("error", [])
                continue
            assert flat[:, 0, :, 0].tolist() == met(batch, width, flat=True)
            if flat.shape != right.shape:
                assert end == "shape"
                assert flat.shape == (batch, 2, batch, 3)
            else:
                assert end == ("right" if np.array_equal(flat, right) else "wrong")


def test_keras_falls_into_the_same_trap():
    maps, numbers = np.ones((3, 2, 3, 4)), np.arange(1.0, 4)[:, None] * np.ones((3, 4))
    found = ops.convert_to_numpy(ops.multiply(maps, numbers))
    assert found[:, 0, :, 0].tolist() == met(3, 3, flat=True)


def test_both_languages_agree_on_thousands_of_settings(call_each, call):
    settings = [gates_lab(name).settings for name in STAGES] + drawn(3000, seed=2)
    given = [[one] for one in settings]
    for one, theirs in zip(settings, call_each("gates", "gate", given), strict=True):
        assert (theirs["weights"], theirs["macs"]) == gate(one), one
    for one, theirs in zip(settings, call_each("gates", "stage", given), strict=True):
        assert (theirs["weights"], theirs["macs"]) == stage(one), one
    pairs = [[batch, width] for batch in SIDES for width in SIDES]
    ends = [outcome(*pair) for pair in pairs]
    assert call_each("gates", "outcome", pairs) == ends
    assert set(ends) == set(ENDS)
    for flat in (False, True):
        found = call_each("gates", "met", [[*pair, flat] for pair in pairs])
        assert found == [met(*pair, flat=flat) for pair in pairs]
    assert {key: tuple(row) for key, row in call("gates", "STAGES").items()} == STAGES


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": "stage5"}, "start must be one of"),
        ({"bias": "no"}, "bias must be one of"),
        ({"channels": 3}, "channels must be an integer from 4 to 4096, got 3"),
        ({"side": 225}, "side must be an integer from 1 to 224, got 225"),
        ({"blocks": 0}, "blocks must be an integer from 1 to 40, got 0"),
        ({"ratio": 1.5}, "ratio must be an integer from 1 to 64, got 1.5"),
        ({"trap": (0, 4)}, "batch must be an integer from 1 to 8, got 0"),
        ({"trap": (4, 9)}, "width must be an integer from 1 to 8, got 9"),
    ],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        gates_lab(**options)


@pytest.mark.parametrize(
    ("trap", "words"),
    [
        ((1, 4), "the right result"),
        ((8, 8), "no error, and most values are wrong"),
        ((2, 2), "no error, and half of the values are wrong"),
        ((4, 1), "a result of the wrong shape: the one column becomes 4"),
        ((4, 3), "an error: 4 gates do not fit 3 columns"),
    ],
)
def test_figure_is_described_and_small(trap, words):
    html = gates_lab(trap=trap).html()
    assert 'role="img"' in html
    assert f"gates of shape (B, C) give {words}" in html
    assert "add 10.55% to the 14,964,736 weights" in html
    assert ("an error</text>" in html) == (trap == (4, 3))
    assert len(html) < 15_000


@pytest.mark.parametrize("width", [320, 1280])
def test_lab_fits_the_page_and_answers_the_keyboard(alive, width):
    lab = alive(gates_lab(), width=width)
    costs, trap = (lab.locator("[role=status]").nth(i) for i in (0, 1))
    keys = lab.page.keyboard
    assert (costs.inner_text(), trap.inner_text()) == (START, TRAP)
    lab.get_by_role("switch").focus()
    keys.press("Space")
    assert "524,288 weights, 524,288 multiply-adds" in costs.inner_text()
    lab.get_by_role("slider", name="Reduction r").focus()
    keys.press("ArrowRight")
    assert "2,048 channels to 64 and back: 262,144 weights" in costs.inner_text()
    lab.get_by_label("Start from").select_option("stage1")
    assert "256 channels to 8 and back" in costs.inner_text()
    lab.get_by_role("slider", name="Columns of the map").focus()
    keys.press("ArrowLeft")
    assert "an error: 4 gates do not fit 3 columns" in trap.inner_text()
    assert lab.locator(".gates-grid").count() == 1
    keys.press("Home")
    assert "the wrong shape, 4" in trap.inner_text()
    lab.locator("summary").focus()
    keys.press("Enter")
    lab.locator("details tbody tr").first.wait_for()
    second = lab.locator("details table").nth(1).locator("tbody tr")
    assert second.count() == 4
    assert second.nth(0).locator("td").count() == 4
    lab.get_by_role("slider", name="Images in the batch").focus()
    keys.press("Home")
    assert "the right result" in trap.inner_text()
    assert lab.locator(".gates-grid .is-other").count() == 0
    assert "bias=false" in lab.locator("a.lab-link").get_attribute("href")
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_widest_drawing_fits_a_telephone_in_the_dark(alive):
    lab = alive(gates_lab(trap=(8, 8)), width=320, color_scheme="dark")
    assert lab.locator(".gates-grid .is-other").count() == 56
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_link_with_other_settings_is_put_right(alive):
    one = gates_lab()
    sound = one.html()
    one.html = lambda: sound.replace('"ratio": 16', '"ratio": 0').replace(
        '"batch": 4', '"batch": 9'
    )
    said = alive(one).locator("[role=status]")
    assert said.all_inner_texts() == [START, TRAP]
