"""The module lab: both languages count what `course_lib.cost` counts."""

import keras
import numpy as np
import pytest
from keras import layers

from course_lib.cost import cost
from course_lib.nets import without_values
from course_lib.nets.googlenet import STAGES, Widths, googlenet, inception_module
from course_lib.nets.layers import conv_relu
from course_lib.widgets import module as module_lab
from course_lib.widgets.module import LIMITS, MODULES, WIDTHS, convolutions, naive, prices

START = (
    "Output 28 \N{MULTIPLICATION SIGN} 28 \N{MULTIPLICATION SIGN} 256: 163,696 weights, 128 M "
    "multiply-adds. The naive module has 2.37 times as many and gives 416 channels."
)


def random_settings(number, seed, most=600):
    """Return settings of the lab, half of them with the bug."""
    rng = np.random.default_rng(seed)
    found = []
    for i in range(number):
        size, channels, *widths = (int(n) for n in rng.integers(1, (65, *[most] * 7)))
        lab = module_lab(input_shape=(size, channels), widths=tuple(widths), four=i % 2 == 1)
        found.append(lab.settings)
    return found


def build(settings):
    """Build the module as the course does; with the bug its reductions get the wrong width."""
    image = keras.Input((settings["size"], settings["size"], settings["channels"]))
    widths = Widths(*(settings[name] for name in WIDTHS))
    if settings["four"]:
        widths = widths._replace(reduce3=widths.pool, reduce5=widths.pool)
    return keras.Model(image, inception_module(image, widths, name="stage1"))


def build_naive(settings):
    """Build the form of figure 2a."""
    image = keras.Input((settings["size"], settings["size"], settings["channels"]))
    branches = [
        conv_relu(image, settings[name], kernel, name=name)
        for name, kernel in (("one", 1), ("three", 3), ("five", 5))
    ]
    pool = layers.MaxPooling2D(3, 1, "same")(image)
    return keras.Model(image, layers.Concatenate()([*branches, pool]))


def counted(settings):
    """Count in Python, in the form of the lab's JavaScript."""
    return {form: price._asdict() for form, price in prices(settings).items()}


def test_python_agrees_with_models_of_keras():
    drawn = random_settings(24, seed=1, most=40)
    with without_values():
        for settings in drawn:
            found = prices(settings)
            for form, model in (
                ("module", build(settings)),
                ("six", build(settings | {"four": False})),
                ("naive", build_naive(settings)),
            ):
                expected = cost(model)
                assert found[form].weights == expected.params, (form, settings)
                assert found[form].macs == expected.macs, (form, settings)
                assert found[form].channels == model.output.shape[-1], (form, settings)


def test_both_languages_agree_on_a_thousand_settings(call_each):
    drawn = [module_lab(name).settings for name in MODULES] + random_settings(1000, seed=2)
    found = call_each("module", "prices", [[one] for one in drawn])
    for one, theirs in zip(drawn, found, strict=True):
        assert theirs == counted(one), one


def test_each_convolution_is_the_same_in_both_languages(call_each):
    drawn = random_settings(200, seed=3)
    for name, ours in (("convolutions", convolutions), ("naive", naive)):
        for one, theirs in zip(
            drawn, call_each("module", name, [[each] for each in drawn]), strict=True
        ):
            assert [row[1:] for row in theirs] == [list(row[1:]) for row in ours(one)], one


def test_the_modules_are_those_of_googlenet(call):
    assert {key: list(values) for key, values in MODULES.items()} == call("module", "MODULES")
    with without_values():
        net = googlenet(classes=None)
    for stage, modules in enumerate(STAGES, start=1):
        for name, widths in modules.items():
            read = net.get_layer(f"stage{stage}_{name}_1x1_conv").input.shape
            assert MODULES[name] == (read[1], read[3], *widths)


def test_the_bug_keeps_the_shape_and_nothing_else():
    for name in MODULES:
        settings = module_lab(name, four=True).settings
        found = prices(settings)
        assert found["module"].channels == found["six"].channels
        assert found["module"].weights != found["six"].weights


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": "6a"}, "start must be one of"),
        ({"four": "yes"}, "four must be one of"),
        ({"widths": (64, 128, 32, 32)}, "widths must be six, for one, reduce3, three, .* got"),
        ({"widths": (64, 96, 128, 16, 32, 0)}, "pool must be an integer from 1 to 2048, got 0"),
        ({"widths": (64, 9.5, 128, 16, 32, 32)}, "reduce3 must be an integer"),
        ({"input_shape": (0, 192)}, "size must be an integer from 1 to 512, got 0"),
        ({"input_shape": (28, 5000)}, "channels must be an integer from 1 to 4096, got 5000"),
    ],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        module_lab(**options)


@pytest.mark.parametrize("four", [False, True])
def test_figure_is_described_small_and_tells_the_totals(four):
    html = module_lab(four=four).html()
    assert 'role="img"' in html
    assert "six convolutions of an Inception module on a map of 28 by 28 pixels" in html
    assert f"with {93504 if four else 163696:,} weights" in html
    assert ("instead of 163,696 with six widths" in html) == four
    assert "387,296 and 303,464,448" in html
    assert html.count("<rect") == 6
    assert len(html) < 15_000


@pytest.mark.parametrize("width", [320, 1280])
def test_lab_fits_the_page_and_answers_the_keyboard(alive, width):
    lab = alive(module_lab(), width=width)
    said, keys = lab.locator("[role=status]"), lab.page.keyboard
    assert said.inner_text() == START
    lab.get_by_label("5\N{MULTIPLICATION SIGN}5 reduce").focus()
    keys.press("ArrowUp")
    assert "164,689 weights" in said.inner_text()  # 192 weights, a bias and 25 x 32 weights more
    assert lab.get_by_label("Start from").input_value() == "own"
    keys.press("ArrowDown")
    assert said.inner_text() == START
    lab.get_by_role("switch").focus()
    keys.press("Space")
    assert "but 93,504 weights instead of 163,696" in said.inner_text()
    assert lab.get_by_label("3\N{MULTIPLICATION SIGN}3 reduce").is_disabled()
    rows = lab.locator("table").first.locator("tbody tr")
    assert rows.locator("th").all_inner_texts() == ["Four widths", "Six widths", "Naive"]
    lab.get_by_label("Start from").focus()
    keys.press("ArrowDown")
    assert lab.get_by_label("Channels in").input_value() == str(MODULES["3b"][1])
    assert "four=true" in lab.locator("a.lab-link").get_attribute("href")
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_lab_tells_where_the_bug_shows_nothing(alive):
    same = alive(module_lab(widths=(4, 7, 5, 7, 6, 7), four=True), color_scheme="dark")
    assert "four widths cost what six do" in same.locator("[role=status]").inner_text()


def test_a_link_with_other_settings_is_put_right(alive):
    one = module_lab()
    sound = one.html()
    one.html = lambda: sound.replace('"one": 64', '"one": -3').replace('"pool": 32', '"pool": 2.5')
    assert alive(one).locator("[role=status]").inner_text() == START


def test_the_bounds_of_both_languages_are_the_same(alive):
    lab = alive(module_lab())
    fields = lab.locator("input[type=number]")
    for i, bounds in enumerate(LIMITS.values()):
        ends = [fields.nth(i).get_attribute(name) for name in ("min", "max")]
        assert ends == [str(end) for end in bounds]
