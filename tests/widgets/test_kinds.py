"""The kinds lab: its numbers are those of `course_lib.cost` and of the papers."""

import math
import random

import keras
import pytest
from keras import layers as kl

from course_lib.cost import cost
from course_lib.nets import without_values
from course_lib.widgets.kinds import KERNELS, KINDS, NAMES, PAPERS, chains, kinds, price

SIZES = (1, 2, 7, 14, 28, 56, 224, 512)


def drawn(number, most, seed=0):
    """Draw settings; in some of them the groups do not divide the channels."""
    rng = random.Random(seed)
    found = []
    for _ in range(number):
        groups = rng.choice([1, 2, 3, 4, 8, 32])
        factor = rng.choice([groups, 1])
        channels, filters = (factor * rng.randint(1, max(1, most // factor)) for _ in range(2))
        width = rng.randint(1, most)
        values = (rng.choice(SIZES), channels, filters, rng.choice(KERNELS), groups, width)
        found.append(dict(zip(NAMES, values, strict=True)))
    return found


def of(paper):
    return dict(zip(NAMES, PAPERS[paper], strict=True))


def divides(settings):
    return not (
        settings["channels"] % settings["groups"] or settings["filters"] % settings["groups"]
    )


def prices(settings):
    """Count in Python; None for groups that do not divide the channels."""
    found = {}
    for name, chain in chains(settings).items():
        counted = price(chain, settings["size"])._asdict()
        found[name] = counted if name != "grouped" or divides(settings) else None
    return found


def build(name, settings):
    """Build one kind of convolution as a Keras model."""
    size, channels, filters, k, groups, width = (settings[key] for key in NAMES)

    def conv(filters, kernel, groups=1):
        return kl.Conv2D(filters, kernel, padding="same", groups=groups, use_bias=False)

    layers = {
        "standard": [conv(filters, k)],
        "grouped": [conv(filters, k, groups)],
        "separable": [kl.DepthwiseConv2D(k, padding="same", use_bias=False), conv(filters, 1)],
        "reduced": [conv(width, 1), conv(filters, k)],
        "bottleneck": [conv(width, 1), conv(width, k), conv(filters, 1)],
        "factorized": [conv(min(channels, filters), (1, k)), conv(filters, (k, 1))],
    }[name]
    x = image = keras.Input((size, size, channels))
    for layer in layers:
        x = layer(x)
    return keras.Model(image, x)


def test_python_agrees_with_keras_models():
    settings = [of(paper) for paper in PAPERS]
    settings += [one for one in drawn(40, 64) if divides(one)][:10]
    with without_values():
        for one in settings:
            for name, counted in prices(one).items():
                expected = cost(build(name, one))
                assert counted["weights"] == expected.params, (name, one)
                assert counted["macs"] == expected.macs, (name, one)
                inner = sum(row.activations for row in expected.layers[1:-1])
                assert counted["between"] == inner, (name, one)


def test_both_languages_agree_on_thousands(call_each):
    settings = drawn(4000, 4096, seed=1)
    ours = [prices(one) for one in settings]
    assert call_each("kinds", "prices", [[one] for one in settings]) == ours
    refused = sum(one["grouped"] is None for one in ours)
    assert 300 < refused < 3700


def test_both_languages_have_the_same_papers(call):
    theirs = call("kinds", "PAPERS")
    assert {key: tuple(paper["numbers"]) for key, paper in theirs.items()} == PAPERS
    assert {paper["kind"] for paper in theirs.values()} == set(KINDS) - {"standard"}
    assert all("20" in paper["note"] for paper in theirs.values())


def of_paper(paper, kind):
    settings = of(paper)
    return price(chains(settings)["standard"], settings["size"]), price(
        chains(settings)[kind], settings["size"]
    )


def test_mobilenet_is_what_the_paper_says():
    standard, separable = of_paper("mobilenet", "separable")
    # Howard et al. 2017, section 3.1, and table 3: 462 and 52.3 million, 2.36 and 0.27 million
    assert separable.macs / standard.macs == pytest.approx(1 / 512 + 1 / 3**2, rel=1e-12)
    assert (round(standard.macs / 1e6), round(separable.macs / 1e6, 1)) == (462, 52.3)
    assert (round(standard.weights / 1e6, 2), round(separable.weights / 1e6, 2)) == (2.36, 0.27)


def test_inception_saves_what_its_table_implies():
    standard, reduced = of_paper("inception", "reduced")
    # Szegedy et al. 2015, table 1, inception (3a): 5x5 on 28x28x192 to 32, reduced to 16
    assert (standard.macs, reduced.macs) == (120_422_400, 12_443_648)
    assert (standard.weights, reduced.weights) == (153_600, 15_872)


def test_resnet_bottleneck_is_about_two_small_layers():
    # He et al. 2016, figure 5: both blocks have a similar complexity
    _, bottleneck = of_paper("resnet", "bottleneck")
    assert bottleneck.weights == 69_632
    assert 2 * 3 * 3 * 64 * 64 == 73_728


def test_alexnet_halves_and_inception_v_three_leaves_two_sevenths():
    # Krizhevsky et al. 2012, section 3.5: 256 kernels of 5x5x48
    standard, grouped = of_paper("alexnet", "grouped")
    assert grouped.weights == 256 * 5 * 5 * 48 == standard.weights // 2
    # Szegedy et al. 2016, section 3.2
    standard, factorized = of_paper("inception_v3", "factorized")
    assert factorized.macs / standard.macs == pytest.approx(2 / 7, rel=1e-12)


@pytest.mark.parametrize("values", [[5], [1, 999], [1000, 1000, 0], [2e6, 3e9], [1e3, 1e6]])
def test_axis_covers_the_values_with_powers_of_a_thousand(call, values):
    low, high = call("kinds", "axis", values)
    positive = [value for value in values if value]
    assert low % 3 == high % 3 == 0
    assert low < high
    assert 10**low <= min(positive)
    assert max(positive) <= 10**high
    assert high - low <= 3 * math.ceil(math.log10(max(positive) / min(positive)) / 3) + 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"paper": "vgg"}, "paper must be one of"),
        ({"input_shape": (0, 8)}, "size must be an integer from 1 to 512, got 0"),
        ({"input_shape": (8, 4097)}, "channels must be an integer from 1 to 4096, got 4097"),
        ({"filters": 0}, "filters must be an integer from 1 to 4096"),
        ({"kernel": 2}, "kernel must be one of"),
        ({"width": 1.5}, "width must be an integer from 1 to 4096, got 1.5"),
        ({"groups": 3}, "groups must divide the channels in and out, 512 and 512, got 3"),
        ({"marks": 2}, "marks must be one of"),
    ],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        kinds(**options)


def test_arguments_replace_numbers_of_the_paper():
    settings = kinds("resnet", filters=128, kernel=5, marks=True).settings
    assert settings == dict(zip(NAMES, (56, 256, 128, 5, 2, 64), strict=True)) | {"marks": True}


@pytest.mark.parametrize("paper", PAPERS)
def test_figure_is_small_and_tells_the_numbers(paper):
    html = kinds(paper).html()
    assert len(html) < 15_000
    assert 'role="img"' in html
    assert html.count("<rect") == 6
    for counted in prices(of(paper)).values():
        assert f"{counted['macs']:,} (" in html
        assert f"{counted['weights']:,} weights" in html


@pytest.mark.parametrize("width", [320, 1280])
def test_kinds_fits_the_page_and_answers_the_keyboard(alive, width):
    lab = alive(kinds(marks=True), width=width)
    keys = lab.page.keyboard
    lab.get_by_label("Channels in", exact=True).focus()
    keys.press("ArrowUp")
    said = lab.get_by_role("status").inner_text()
    assert "from 513 to 512 channels" in said
    assert "2 groups do not divide 513 channels in and 512 out." in lab.inner_text()
    lab.get_by_role("button", name="Inception:").focus()
    keys.press("Enter")
    said = lab.get_by_role("status").inner_text()
    assert said.startswith("5×5 from 192 to 32 channels on 28 × 28: standard has 153,600 weights")
    assert said.endswith("bottleneck has the fewest, 0.0650 of that.")
    assert "12,443,648 of 120,422,400" in lab.inner_text()
    focused = lab.page.evaluate("document.activeElement.dataset.paper")
    assert focused == "inception"
    lab.get_by_text("The numbers as a table").click()
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_bars_are_logarithmic_and_the_table_has_every_number(alive):
    lab = alive(kinds("inception"), color_scheme="dark")
    bars = lab.locator(".kinds-kind").first.locator(".kinds-bar")
    weights, macs = (bar.bounding_box()["width"] for bar in bars.all())
    track = lab.locator(".kinds-track").first.bounding_box()["width"]
    # 28² = 784 times as many multiply-adds as weights, on an axis from 1 k to 1 G
    assert (macs - weights) / track == pytest.approx(math.log10(784) / 6, abs=0.01)
    rows = lab.locator("table tbody tr").all()
    told = [row.locator("td").all_text_contents() for row in rows]
    for cells, counted in zip(told, prices(of("inception")).values(), strict=True):
        assert cells[1] == f"{counted['weights']:,}"
        assert cells[2] == f"{counted['macs']:,}"
        assert cells[4] == f"{counted['between']:,}"
    assert told[3][0] == "1×1, 192 to 16; 5×5, 16 to 32"
    assert told[3][5] == "49 KiB"  # 28 x 28 x 16 values of 4 bytes


def test_marks_are_shown_where_the_switch_is_on(alive):
    lab = alive(kinds())
    assert lab.locator(".kinds-mark").count() == 0
    lab.get_by_label("Mark the papers' layers").press("Space")
    assert lab.get_by_role("button").count() == len(PAPERS)
    separable = lab.locator(".kinds-kind").nth(2)
    end = separable.locator(".is-macs").bounding_box()
    mark = separable.locator(".kinds-mark").nth(1).bounding_box()
    # the lab stands at MobileNet's layer, so its mark is at the bar's end
    assert mark["x"] + mark["width"] / 2 == pytest.approx(end["x"] + end["width"], abs=1.5)


def test_settings_stay_in_the_address(alive):
    lab = alive(kinds())
    lab.get_by_label("Start from").select_option("Inception-v3")
    page = lab.page
    page.wait_for_url("**kernel=7*")  # once the reader pauses
    page.reload()
    page.wait_for_selector(".lab-host[data-alive]")
    assert lab.get_by_label("Start from").input_value() == "inception_v3"
