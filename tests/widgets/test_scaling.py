"""The scaling lab: its JavaScript counts what `course_lib.cost` counts."""

import random
from math import ceil

import pytest

from course_lib.cost import cost
from course_lib.nets import NETS, without_values
from course_lib.nets.efficientnet import SIZES, TABLE, Scale, efficientnet
from course_lib.nets.mobilenet_v2 import round_channels
from course_lib.widgets import lab as labs
from course_lib.widgets.scaling import ARMS, LAW, base, presets, scaling, stages
from tests.nets.published.efficientnet import ROWS

KEYS = ("params", "trainable", "macs")
COSTS = """async ([source, base, scales]) => {
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const { netCost } = await import(address);
    return scales.map((scale) => {
        const { params, trainable, macs } = netCost(base, scale);
        return { params, trainable, macs };
    });
}"""
random_scales = random.Random(0)
SCALES = [
    Scale(
        width=random_scales.choice([random_scales.uniform(0.25, 4), i % 40 / 10 + 0.3]),
        depth=random_scales.choice([random_scales.uniform(0.25, 4), i % 30 / 10 + 0.4]),
        resolution=random_scales.randint(32, 672),
        dropout=0.2,
    )
    for i in range(3000)
]


@pytest.fixture
def costs(page):
    """Count many nets in one call."""

    def run(scales):
        given = [scale._asdict() for scale in scales]
        return page.evaluate(COSTS, [labs.module("scaling"), base(), given])

    return run


def by_hand(scale):
    """Weights, trainable weights and multiply-adds, layer by layer from the table of the paper."""
    params = trainable = macs = 0

    def conv(area, reads, channels, side):
        nonlocal params, trainable, macs
        params += area * reads * channels + 4 * channels
        trainable += area * reads * channels + 2 * channels
        macs += area * reads * channels * side**2

    def dense(reads, gives):
        nonlocal params, trainable, macs
        params += (reads + 1) * gives
        trainable += (reads + 1) * gives
        macs += reads * gives

    side, channels = ceil(scale.resolution / 2), round_channels(32 * scale.width)
    conv(9, 3, channels, side)
    for row in TABLE:
        gives = round_channels(row.channels * scale.width)
        for number in range(ceil(row.repeats * scale.depth)):
            inside = row.expansion * channels
            if row.expansion > 1:
                conv(1, channels, inside, side)
            side = ceil(side / row.stride) if number == 0 else side
            conv(row.kernel**2, 1, inside, side)
            gate = max(1, channels // 4)
            dense(inside, gate)
            dense(gate, inside)
            conv(1, inside, gives, side)
            channels = gives
    last = round_channels(1280 * scale.width)
    conv(1, channels, last, side)
    dense(last, 1000)
    return {"params": params, "trainable": trainable, "macs": macs}


def counted(model):
    total = cost(model)
    return {key: getattr(total, key) for key in KEYS}


def test_counts_of_b0_to_b7_are_those_of_the_models(costs):
    found = dict(zip(SIZES, costs(SIZES.values()), strict=True))
    pinned = {row.net: row for row in ROWS}  # what `cost` counts, as the tests of the nets check
    for size, counts in found.items():
        row = pinned[f"efficientnet_{size}"]
        assert counts == {key: getattr(row, key).value for key in KEYS}
    with without_values():
        expected = {size: counted(NETS[f"efficientnet_{size}"]()) for size in ("b0", "b3")}
    assert {size: found[size] for size in expected} == expected


@pytest.mark.weekly
@pytest.mark.parametrize("size", SIZES)
def test_counts_of_a_size_are_those_of_the_model(costs, size):
    with without_values():
        assert costs([SIZES[size]]) == [counted(NETS[f"efficientnet_{size}"]())]


def test_counts_of_other_scales_are_those_of_models(costs, monkeypatch):
    arms = [Scale(w, d, round(224 * r), 0.2) for _, d, w, r in ARMS.values()]
    edges = [Scale(0.25, 0.25, 32, 0.2), Scale(1.1, 1.2, 33, 0.2)]
    chosen = [*arms, *edges, *(scale._replace(depth=scale.depth / 2) for scale in SCALES[:6])]
    expected = []
    for scale in chosen:
        monkeypatch.setitem(SIZES, "b0", scale)
        with without_values():
            expected.append(counted(efficientnet("b0")))
    assert costs(chosen) == expected
    assert [by_hand(scale) for scale in chosen] == expected


def test_counts_of_thousands_of_scales_are_those_by_hand(costs):
    assert costs(SCALES) == [by_hand(scale) for scale in SCALES]


def test_stages_are_those_of_the_table(call):
    for scale in (SIZES["b0"], SIZES["b5"], SCALES[0]):
        rows = call("scaling", "netCost", base(), scale._asdict())["stages"]
        drawn = [(row["channels"], row["repeats"], row["side"]) for row in rows[:-1]]
        assert drawn == stages(scale.width, scale.depth, scale.resolution)
        assert [row["stage"] for row in rows] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 9]
    assert rows[2]["operator"] == "MBConv6 3\N{MULTIPLICATION SIGN}3"
    assert rows[-1]["channels"] == 1000


def test_both_languages_round_channels_alike(call, page):
    widths = [i / 10 for i in range(1, 4000)]
    rounded = page.evaluate(
        "async ([source, widths]) => { const at = URL.createObjectURL(new Blob([source], "
        "{ type: 'text/javascript' })); const m = await import(at); "
        "return widths.map(m.roundChannels); }",
        [labs.module("scaling"), widths],
    )
    assert rounded == [round_channels(width) for width in widths]


def test_compound_coefficients_are_those_of_equation_3(call):
    found = call("scaling", "coefficients", LAW, 2.5, 224)
    assert found["depth"] == pytest.approx(1.2**2.5)
    assert found["width"] == pytest.approx(1.1**2.5)
    assert found["resolution"] == round(224 * 1.15**2.5)
    one = call("scaling", "coefficients", LAW, 0, 224)
    assert one == {"depth": 1, "width": 1, "resolution": 224}
    assert call("scaling", "expected", {"depth": 2, "width": 3, "resolution": 448}, 224) == 72


def test_presets_are_the_published_nets():
    found = presets()
    assert list(found) == [*SIZES, *ARMS]
    for size, scale in SIZES.items():
        assert {key: found[size][key] for key in scale._fields} == scale._asdict()
    assert found["resolution"]["resolution"] == 448
    assert base()["side"] == SIZES["b0"].resolution


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"net": "b8"}, "net must be one of"),
        ({"phi": 7.5}, "phi must be a number from 0 to 7, got 7.5"),
        ({"phi": -1}, "phi must be a number from 0 to 7, got -1"),
        ({"phi": True}, "got True"),
        ({"phi": float("nan")}, "got nan"),
    ],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        scaling(**options)


@pytest.mark.parametrize("options", [{}, {"phi": 7}, {"net": "depth"}])
def test_figure_is_small_and_described(options):
    html = scaling(**options).html()
    assert len(html) < 15_000
    assert 'role="img"' in html
    assert html.count("<path") == 18


def test_figure_counts_the_blocks():
    assert "B0 with 16 blocks and the net of width 1.2, depth 1.4, 300 pixels with 26" in (
        scaling("b3").html()
    )
    assert "width 1.21, depth 1.44, 296 pixels" in scaling(phi=2).html()


@pytest.mark.parametrize("width", [320, 1280])
def test_scaling_fits_the_page_and_answers_the_keyboard(alive, width):
    lab = alive(scaling("b0"), width=width)
    said = lab.locator("[role=status]")
    assert "5.29 M weights and 0.386 G multiply-adds, 1.00 and 1.00 times" in said.inner_text()
    lab.get_by_label("Depth").focus()
    lab.page.keyboard.press("ArrowRight")
    assert "depth 1.05, width 1" in said.inner_text()
    assert lab.get_by_label("Net", exact=True).input_value() == "your own"
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= width
    lab.get_by_label("Compound").focus()
    lab.page.keyboard.press("Space")
    lab.get_by_label("Coefficient").focus()
    lab.page.keyboard.press("End")
    assert "\N{GREEK SMALL LETTER PHI} = 7, depth 3.58, width 1.95, 596 pixels" in (
        said.inner_text()
    )
    assert not lab.get_by_label("Depth").is_visible()
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_leaving_the_compound_keeps_the_net(alive):
    lab = alive(scaling(phi=3))
    lab.get_by_label("Compound").uncheck()
    assert "depth 1.75, width 1.35, 341 pixels" in lab.locator("[role=status]").inner_text()
    assert lab.get_by_label("Width").input_value() == "1.35"


def test_a_preset_sets_the_sliders_and_the_drawing(alive):
    lab = alive(scaling(phi=3), color_scheme="dark")
    lab.get_by_label("Net", exact=True).select_option(label="EfficientNet-B7")
    expected = cost_of("b7")
    assert f"{expected['macs']:,}" in lab.locator(".scaling-cards").inner_text()
    assert f"{expected['params']:,} with running" in lab.locator(".scaling-cards").inner_text()
    assert "dropout 0.5" in lab.inner_text()
    assert lab.get_by_label("Resolution").input_value() == "600"
    drawing = lab.locator("svg[role=img]").last.get_attribute("aria-label")
    assert "13 of 384 channels at 19 pixels" in drawing


def cost_of(size):
    return by_hand(SIZES[size])
