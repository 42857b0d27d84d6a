"""The ratio lab: its numbers are those of `course_lib.cost` and of the papers."""

import math
from fractions import Fraction

import keras
import numpy as np
import pytest
from keras import layers as kl

from course_lib.cost import cost
from course_lib.nets import without_values
from course_lib.nets.mobilenet import mobilenet
from course_lib.widgets import ratio as ratio_lab
from course_lib.widgets.ratio import EXAMPLES, KERNELS, NAMES, law, macs, weights

X = "\N{MULTIPLICATION SIGN}"
START = (
    f"3{X}3 from 3 to 5 channels, 4 {X} 4 out: 672 multiply-adds instead of 2,160, "
    "1/5 + 1/9 = 14/45 = 0.311 of them."
)


def drawn(number, seed, most=2048, sides=512):
    """Draw settings of the lab."""
    rng = np.random.default_rng(seed)
    return [
        dict(
            zip(
                NAMES,
                (
                    KERNELS[rng.integers(len(KERNELS))],
                    *(int(n) for n in rng.integers(1, (most + 1, most + 1, sides + 1))),
                ),
                strict=True,
            )
        )
        for _ in range(number)
    ]


def of(example):
    return dict(zip(NAMES, EXAMPLES[example], strict=True))


def build(settings, separable):
    """Build a convolution without padding, so that a map of the given side goes out."""
    kernel, channels, filters, size = (settings[name] for name in NAMES)
    side = size + kernel - 1
    x = image = keras.Input((side, side, channels))
    if separable:
        x = kl.DepthwiseConv2D(kernel, use_bias=False)(x)
    x = kl.Conv2D(filters, 1 if separable else kernel, use_bias=False)(x)
    return keras.Model(image, x)


def counted(settings):
    """Count in Python, in the form of the lab's JavaScript."""
    return {
        name: price._asdict() | {"separable": price.separable}
        for name, price in (("weights", weights(settings)), ("macs", macs(settings)))
    }


def test_python_agrees_with_models_of_keras():
    with without_values():
        for one in [of(name) for name in EXAMPLES] + drawn(24, seed=1, most=60, sides=40):
            standard, separable = (cost(build(one, kind)) for kind in (False, True))
            found = counted(one)
            assert found["macs"]["standard"] == standard.macs, one
            assert found["weights"]["standard"] == standard.params, one
            _, depthwise, pointwise = separable.layers
            for part, row in (("depthwise", depthwise), ("pointwise", pointwise)):
                assert found["macs"][part] == row.macs, one
                assert found["weights"][part] == row.params, one
            assert separable.macs == found["macs"]["separable"]
            assert Fraction(separable.macs, standard.macs) == law(one["kernel"], one["filters"])


def test_both_languages_agree_on_thousands_of_settings(call_each):
    settings = [of(name) for name in EXAMPLES] + drawn(3000, seed=2)
    for one, theirs in zip(
        settings, call_each("ratio", "prices", [[each] for each in settings]), strict=True
    ):
        assert theirs == counted(one), one
    pairs = [[one["kernel"], one["filters"]] for one in settings]
    for pair, theirs in zip(pairs, call_each("ratio", "law", pairs), strict=True):
        exact = law(*pair)
        assert (theirs["top"], theirs["bottom"]) == (exact.numerator, exact.denominator), pair
        assert theirs["value"] == pytest.approx(float(exact), rel=1e-12)


def test_the_hand_example_and_the_paper():
    hand = macs(of("hand"))
    assert (hand.standard, hand.depthwise, hand.pointwise) == (2160, 432, 240)
    assert law(3, 5) == Fraction(14, 45) == Fraction(hand.separable, hand.standard)
    # Howard et al. 2017, table 3
    work, values = macs(of("mobilenet")), weights(of("mobilenet"))
    assert [round(n / 1e6, 1) for n in (work.standard, work.separable)] == [462.4, 52.3]
    assert [round(n / 1e6, 2) for n in (values.standard, values.separable)] == [2.36, 0.27]


def test_examples_are_layers_of_the_net(call):
    with without_values():
        rows = {row.name: row for row in cost(mobilenet()).layers}
    for example, block in (
        ("first", "stage1_block1"),
        ("mobilenet", "stage4_block2"),
        ("last", "stage5_block2"),
    ):
        found = macs(of(example))
        assert rows[f"{block}_filter_depthwise"].macs == found.depthwise
        assert rows[f"{block}_combine_conv"].macs == found.pointwise
    theirs = call("ratio", "EXAMPLES")
    assert {key: tuple(one["numbers"]) for key, one in theirs.items()} == EXAMPLES
    assert tuple(call("ratio", "KERNELS")) == KERNELS


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"example": "lenet"}, "example must be one of"),
        ({"kernel": 4}, "kernel must be one of"),
        ({"channels": 0}, "channels must be an integer from 1 to 2048, got 0"),
        ({"filters": 2.5}, "filters must be an integer from 1 to 2048, got 2.5"),
        ({"size": 513}, "size must be an integer from 1 to 512, got 513"),
    ],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        ratio_lab(**options)


@pytest.mark.parametrize("example", EXAMPLES)
def test_figure_is_described_and_small(example):
    html = ratio_lab(example).html()
    found = macs(of(example))
    assert 'role="img"' in html
    assert f"{found.depthwise:,} + {found.pointwise:,} = {found.separable:,}" in html
    assert html.count("<rect") == 3
    assert html.count("<circle") == 1
    assert len(html) < 15_000
    marked = math.log2(law(*(of(example)[name] for name in ("kernel", "filters"))))
    assert f'cy="{124 + (1 - marked) / 8 * 210:.1f}"' in html


@pytest.mark.parametrize("width", [320, 1280])
def test_lab_fits_the_page_and_answers_the_keyboard(alive, width):
    lab = alive(ratio_lab(), width=width)
    said, keys = lab.locator("[role=status]"), lab.page.keyboard
    assert said.inner_text() == START
    lab.get_by_role("slider", name="Channels out N").focus()
    keys.press("ArrowRight")
    assert said.inner_text().endswith("1/6 + 1/9 = 5/18 = 0.278 of them.")
    assert lab.get_by_label("Start from").input_value() == "own"
    keys.press("Home")
    assert "separable needs 480 multiply-adds, standard only 432" in said.inner_text()
    lab.get_by_label("Start from").select_option("mobilenet")
    assert "52,283,392 multiply-adds instead of 462,422,016" in said.inner_text()
    assert lab.get_by_role("slider", name="Channels in").get_attribute("aria-valuetext") == "512"
    label = lab.locator("svg").get_attribute("aria-label")
    assert label.endswith(f"The setting, 3{X}3 and N = 512, lies at 0.113.")
    lab.locator("summary").focus()
    keys.press("Enter")
    lab.locator("details tbody tr").first.wait_for()
    rows = lab.locator("details table").first.locator("tbody tr")
    assert rows.nth(1).locator("td").all_inner_texts() == ["4,608", "903,168", "0.00195"]
    assert lab.locator("details table").nth(1).locator("tbody tr").count() == 12
    assert "filters=512" in lab.locator("a.lab-link").get_attribute("href")
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_number_between_the_stops_stays(alive):
    lab = alive(ratio_lab(channels=77, filters=2047, kernel=9), color_scheme="dark")
    said = lab.locator("[role=status]")
    assert f"9{X}9 from 77 to 2,047 channels" in said.inner_text()
    lab.get_by_role("slider", name="Channels in").focus()
    lab.page.keyboard.press("ArrowLeft")
    lab.page.keyboard.press("ArrowRight")
    assert "from 77 to 2,047" in said.inner_text()


def test_a_link_with_other_settings_is_put_right(alive):
    one = ratio_lab()
    sound = one.html()
    one.html = lambda: sound.replace('"kernel": 3', '"kernel": 4').replace(
        '"filters": 5', '"filters": 0'
    )
    assert alive(one).locator("[role=status]").inner_text() == START
