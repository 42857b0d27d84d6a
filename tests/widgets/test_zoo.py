"""The zoo: its rows, its scales, the ways between points, and its table."""

import json
from math import log10

import pytest

from course_lib.nets import NETS
from course_lib.widgets.lab import Lab, module
from course_lib.widgets.zoo import AXES, FILE, bounds, families, nets, zoo

ROWS = nets()
WALK = """async ([source, nets, key, axes, start = "nothing"]) => {
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const { neighbor } = await import(address);
    const path = [start === "nothing" ? neighbor(nets, start, key, axes) : start];
    for (;;) {
        const next = neighbor(nets, path.at(-1), key, axes);
        if (next === path.at(-1)) return path;
        path.push(next);
    }
}"""
NBSP = "\N{NO-BREAK SPACE}"


def test_every_net_of_the_course_is_there():
    assert [row["name"] for row in ROWS] == sorted(NETS)
    assert FILE.name == "zoo.json"
    assert set(families()) == {row["family"] for row in ROWS}
    assert families()[0] == "LeNet"


def test_both_languages_read_the_same_values(call):
    for name, axis in AXES.items():
        assert [call("zoo", "valueOf", row, name) for row in ROWS[:40:3]] == [
            pytest.approx(axis.value(row)) if axis.value(row) else None for row in ROWS[:40:3]
        ]
        assert call("zoo", "bounds", ROWS, name) == pytest.approx(list(bounds(axis, ROWS)))


def test_axes_hold_all_values():
    for axis in AXES.values():
        low, high = bounds(axis, ROWS)
        assert all(low <= value <= high for value in map(axis.value, ROWS) if value is not None)
        assert bounds(axis, []) in [(1.0, 10.0), (0.0, 1.0)]


def test_accuracy_is_that_of_imagenet_only():
    known = {row["name"]: AXES["accuracy"].value(row) for row in ROWS}
    assert known["plain34"] == pytest.approx(71.46)
    assert known["resnet50_v1_5"] is None
    assert known["resnet110_cifar"] is None  # its number is on CIFAR-10


def test_places_on_an_axis(call):
    assert call("zoo", "place", 1000, [10, 100_000], True) == pytest.approx(0.5)
    assert call("zoo", "place", 2010, [2000, 2020], False) == 0.5
    assert call("zoo", "marks", [10_000, 1e9], True) == pytest.approx([10**p for p in range(4, 10)])
    assert call("zoo", "marks", [1997, 2021], False) == [2000, 2005, 2010, 2015, 2020]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (61706, "61.7 k"), (999_999, "1 M"), (3857973248, "3.86 G"), (12, "12")],
)
def test_units(call, value, text):
    assert call("zoo", "metric", value) == text.replace(" ", NBSP)


@pytest.mark.parametrize("axes", [("macs", "weights"), ("year", "memory"), ("weights", "accuracy")])
def test_arrows_reach_every_net(page, axes):
    """From the first to the last by each axis, in the order of its values."""
    x, y = axes
    shown = [row for row in ROWS if None not in (AXES[x].value(row), AXES[y].value(row))]
    for key, back, axis in (("ArrowRight", "ArrowLeft", x), ("ArrowUp", "ArrowDown", y)):
        given = [module("zoo"), shown, key, {"x": x, "y": y}]
        path = page.evaluate(WALK, given)
        values = {row["name"]: AXES[axis].value(row) for row in shown}
        assert [values[name] for name in path] == sorted(values.values())
        assert set(path) == set(values)
        given[2] = back
        assert page.evaluate(WALK, [*given, path[-1]]) == path[::-1]


def test_other_ways_between_nets(call):
    axes = {"x": "macs", "y": "weights"}
    assert call("zoo", "neighbor", [], "lenet5", "ArrowUp", axes) == "lenet5"
    assert call("zoo", "neighbor", ROWS, "vgg16", "Home", axes) == "lenet5_original"
    assert call("zoo", "neighbor", ROWS, "vgg16", "End", axes) == "efficientnet_b7"


def test_table_sorts_and_leaves_what_lacks_a_number_at_the_end(call):
    found = [row["macs"] for row in call("zoo", "sorted", ROWS, "MACs", True)]
    assert found == sorted(found, reverse=True)
    named = [row["name"] for row in call("zoo", "sorted", ROWS, "Net", False)]
    assert named == sorted(named, key=lambda name: name.replace("_", " "))
    for descending in (False, True):
        rows = call("zoo", "sorted", ROWS, "Published accuracy", descending)
        lacking = [row["published"] is None for row in rows]
        assert lacking == sorted(lacking)


def test_published_numbers_name_their_source(call):
    by_name = {row["name"]: row for row in ROWS}
    assert call("zoo", "told", by_name["resnet50_v1_5"]) == "no number in our ledger"
    told = call("zoo", "told", by_name["plain18"])
    assert told.startswith("72.06 % on ImageNet (100 % \N{MINUS SIGN} 27.94 %, top-1 error")
    assert "10 crops; He et al. 2016, table 2)" in told


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"x": "depth"}, "x must be one of"),
        ({"y": "top1"}, "y must be one of"),
        ({"family": "DenseNet"}, "family must be one of"),
        ({"net": "densenet121"}, "net must be one of"),
        ({"family": "VGG", "net": "resnet50"}, "net must be one of"),
    ],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        zoo(**options)


@pytest.mark.parametrize("options", [{}, {"x": "year", "family": "VGG"}, {"y": "accuracy"}])
def test_figure_is_small_and_described(options):
    lab = zoo(**options)
    html = lab._figure()
    assert len(html) < 15_000
    assert 'role="img"' in html
    known = [row for row in ROWS if "accuracy" not in options.values() or _top1(row)]
    assert html.count("<circle") == len(known)
    assert lab.settings["net"] in [row["name"] for row in known]


def test_figure_places_points_by_value():
    html = zoo().html()
    (lenet,) = (row for row in ROWS if row["name"] == "lenet5")
    low, high = bounds(AXES["macs"], ROWS)
    x = 66 + 510 * log10(lenet["macs"] / low) / log10(high / low)
    assert f'cx="{x:.1f}"' in html


def _top1(row):
    return row["published"] is not None and row["published"]["data"] == "ImageNet"


@pytest.mark.parametrize("width", [320, 1280])
def test_points_answer_the_keyboard(alive, width):
    lab = alive(zoo(net="lenet5_original"), width=width)
    said = lab.locator("[role=status]")
    assert f"60{NBSP}k weights, 327{NBSP}k multiply-adds" in said.text_content()
    lab.get_by_role("application").focus()
    lab.page.keyboard.press("ArrowRight")
    assert said.inner_text().startswith("lenet5 (LeNet, LeCun et al. 1998; image 32")
    lab.page.keyboard.press("End")
    assert said.inner_text().startswith("efficientnet_b7 ")
    lab.page.keyboard.press("ArrowUp")
    assert said.inner_text().startswith("se_resnet152 ")
    lab.locator("summary").click()
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_family_filter_and_missing_numbers(alive):
    lab = alive(zoo(), color_scheme="dark")
    lab.get_by_label("Family").select_option("VGG")
    assert lab.locator("[role=status]").inner_text().startswith("6 nets. vgg11 ")
    assert lab.locator(".zoo-point:not(.is-out)").count() == 6
    lab.locator("summary").click()
    assert lab.locator("tbody tr").count() == 6
    lab.get_by_label("Upwards").select_option("accuracy")
    assert "have no number for these axes" not in lab.inner_text()
    lab.get_by_label("Family").select_option("NiN")
    assert "2 of 2 nets have no number for these axes" in lab.inner_text()
    assert "It is in the table only." in lab.locator("[role=status]").inner_text()
    lab.get_by_role("application").focus()
    lab.page.keyboard.press("ArrowRight")  # there is nowhere to go
    assert "nin (NiN, " in lab.locator("[role=status]").inner_text()


@pytest.mark.parametrize("width", [320, 1280])
def test_table_sorts_by_keyboard(alive, width):
    lab = alive(zoo(), width=width)
    lab.locator("summary").focus()
    lab.page.keyboard.press("Enter")
    lab.get_by_role("button", name="MACs").focus()
    for direction, first in (("ascending", "lenet5_original"), ("descending", "efficientnet_b7")):
        lab.page.keyboard.press("Enter")
        assert lab.locator(f"th[aria-sort={direction}]").inner_text().startswith("MACs")
        assert lab.locator("tbody th").first.inner_text() == first
        assert f"Table by MACs, {direction}" in lab.locator("[role=status]").inner_text()


def test_a_click_chooses_the_point_under_it(alive):
    lab = alive(zoo())
    point = lab.locator(".zoo-point").first
    box = point.bounding_box()
    lab.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    chosen = lab.locator(".zoo-chosen")
    assert float(chosen.get_attribute("cx")) == pytest.approx(float(point.get_attribute("cx")))


def test_rows_that_are_none_are_left_out(alive):
    settings = zoo().settings | {"nets": [*ROWS[:3], {"name": "broken"}, None]}
    assert alive(Lab("zoo", settings, lambda: "")).locator(".zoo-point").count() == 3


def test_file_is_json_of_rows():
    assert json.loads(FILE.read_text(encoding="utf-8")) == ROWS
