"""Figures: well-formed, complete, the same each time, and placed without overlap."""

import doctest
import re
import sys
import xml.etree.ElementTree as ET

import keras
import pytest
from keras import layers as kl

from course_lib import draw
from course_lib.cost import cost
from course_lib.draw_graph import plan
from course_lib.draw_words import label, rule
from course_lib.nets import lenet5, lenet5_original, resnet, resnet_v2, without_values
from course_lib.nets.lenet import scaled_tanh

SVG = "{http://www.w3.org/2000/svg}"


def block_of(net, start):
    return [layer for layer in net.layers if layer.name.startswith(start)]


@pytest.fixture(scope="module")
def nets():
    with without_values():
        return {
            "lenet5": lenet5(),
            "original": lenet5_original(),
            "resnet18": resnet(18),
            "option A": resnet(18, shortcut="zero_pad"),
            "resnet50": resnet(50),
            "v2": resnet_v2(50),
        }


def root(figure):
    return ET.fromstring(figure.svg)


def texts(figure):
    return [element.text for element in root(figure).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", ["lenet5", "original", "resnet50", "v2"])
def test_network_prints_every_part(nets, name):
    figure = draw.network(nets[name], alt="the net")
    shown, total = texts(figure), cost(nets[name])
    for part in total.stages():
        assert part.name in shown
        assert " × ".join(map(str, part.shape)) in shown
        if part.trainable:
            assert f"{part.trainable:,} weights" in shown
            assert f"{part.macs:,} MACs" in shown
    assert f"whole net: {total.trainable:,} weights, {total.macs:,} MACs" in shown


def test_network_is_to_scale(nets):
    figure = draw.network(nets["resnet50"], alt="the net")
    boxes = [
        (float(box.get("width")), float(box.get("height")))
        for box in root(figure).iter(f"{SVG}rect")
        if box.get("rx")
    ]
    wide, tall = draw.BOX
    assert boxes[0] == (3, tall)  # the image: 3 channels are drawn at the least width
    assert boxes[-2] == (wide, 3)  # stage 4: 2048 channels, 7x7 is drawn at the least height
    assert boxes[4][0] == pytest.approx(2 * boxes[3][0], abs=0.1)
    assert boxes[2][1] == pytest.approx(2 * boxes[3][1], abs=0.1)


def test_block_draws_each_layer_and_the_sum(nets):
    layers = block_of(nets["resnet18"], "stage1_block1_")
    figure = draw.block(layers, alt="a block")
    shown = texts(figure)
    assert shown.count("conv 3 × 3, 64") == 2
    assert shown.count("batch norm") == 2
    assert shown.count("ReLU") == 2
    assert shown.count("36,864 weights") == 2
    assert shown.count("x") == 1
    assert "56 × 56 × 64" in shown
    assert shown.count("+") == len([*root(figure).iter(f"{SVG}circle")]) == 1
    assert shown.count("identity") == 1


def test_projection_stands_beside_the_block(nets):
    graph = plan(block_of(nets["resnet50"], "stage2_block1_"))
    columns = {node.label: node.column for node in graph.nodes}
    assert columns["conv 1 × 1, 512, stride 2"] == 1
    assert columns["conv 1 × 1, 128, stride 2"] == 0
    assert "identity" not in texts(
        draw.block(block_of(nets["resnet50"], "stage2_block1_"), alt="a block")
    )


CASES = [
    ("resnet18", "stage1_"),
    ("option A", "stage2_"),
    ("resnet50", "stage2_block1_"),
    ("v2", "stage2_block"),
    ("original", ""),
]


@pytest.mark.parametrize(("name", "start"), CASES)
def test_nodes_do_not_overlap_and_arrows_go_down(nets, name, start):
    graph = plan(block_of(nets[name], start))
    boxes = [
        (n.x - n.width / 2, n.x + n.width / 2, n.y - n.height / 2, n.y + n.height / 2)
        for n in graph.nodes
    ]
    for i, one in enumerate(boxes):
        assert 0 <= one[0] < one[1] <= graph.size[0]
        assert 0 <= one[2] < one[3] <= graph.size[1]
        for other in boxes[i + 1 :]:
            apart = one[1] <= other[0] or other[1] <= one[0]
            assert apart or one[3] <= other[2] or other[3] <= one[2]
    assert all(start.y < end.y for start, end, _ in graph.edges)


def test_lanes_pass_beside_the_boxes(nets):
    graph = plan(block_of(nets["option A"], "stage2_"))
    lanes = [(start, end, lane) for start, end, lane in graph.edges if lane is not None]
    assert len(lanes) == 1
    start, end, lane = lanes[0]
    beside = [n for n in graph.nodes if start.y < n.y < end.y]
    assert len(beside) > 3
    assert all(lane > n.right or lane < n.x - n.width / 2 for n in beside)


def test_layers_may_come_in_any_order(nets):
    layers = block_of(nets["resnet18"], "stage2_block1_")
    one, other = plan(layers), plan(layers[::-1])
    assert len(one.nodes) == len(other.nodes) == len(layers) + 1
    assert one.size == other.size


def test_sums_and_activations_written_as_code():
    x = keras.Input((8, 8, 3))
    figure = draw.block(keras.Model(x, keras.ops.relu(kl.Conv2D(3, 1)(x) + x)), alt="a block")
    assert {"+", "ReLU", "conv 1 × 1, 3", "x", "identity"} <= set(texts(figure))


def test_branches_of_a_module_stand_side_by_side():
    x = keras.Input((28, 28, 192))
    paths = [
        kl.Conv2D(64, 1)(x),
        kl.Conv2D(128, 3, padding="same", activation="relu")(kl.Conv2D(96, 1)(x)),
        kl.Conv2D(32, 1)(kl.MaxPooling2D(3, 1, "same")(x)),
        kl.Conv2D(8, 1)(
            kl.AveragePooling2D(3, 1, "same")(kl.DepthwiseConv2D(3, padding="same")(x))
        ),
    ]
    model = keras.Model(x, kl.Dense(5)(kl.GlobalAveragePooling2D()(kl.Concatenate()(paths))))
    graph = plan(model.layers)
    assert {node.column for node in graph.nodes} == {0, 1, 2, 3}
    assert {"conv 3 × 3, 128, ReLU", "max pool 3 × 3", "depthwise 3 × 3", "dense 5"} <= {
        node.label for node in graph.nodes
    }


def test_figure_is_one_accessible_element(nets):
    alt, caption = 'Weights & "MACs" <by part>', "A < B & C"
    figure = draw.network(nets["lenet5"], alt=alt, caption=caption)
    page = figure._repr_html_()
    assert page.startswith("<figure ")
    assert page.endswith("<figcaption>A &lt; B &amp; C</figcaption></figure>")
    svg = ET.fromstring(page).find(f"{SVG}svg")
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == alt
    assert "<figcaption>" not in draw.network(nets["lenet5"], alt="x")._repr_html_()
    assert repr(figure) == f"Figure({alt!r})"


def test_figure_is_small_and_the_same_each_time(nets):
    pages = [draw.network(nets["resnet50"], alt="x")._repr_html_() for _ in range(2)]
    assert pages[0] == pages[1]
    assert len(pages[0].encode()) <= 100_000
    assert " id=" not in pages[0]  # two figures on a page do not share names


def test_figure_takes_its_colours_from_the_page(nets):
    svg = draw.network(nets["resnet50"], alt="x").svg
    colours = set(re.findall(r"(?:fill|stroke)=[\"']([^\"']+)", svg))
    assert colours == {"none", "currentColor", draw.ACCENT}
    assert set(re.findall(r"--[a-z-]+", svg)) == {"--pst-color-primary"}  # the site's theme has it
    assert int(root(draw.network(nets["resnet50"], alt="x")).get("viewBox").split()[2]) == 360


def test_bad_requests_are_explained(nets):
    with pytest.raises(ValueError, match="alt is empty: say in a sentence"):
        draw.network(nets["lenet5"], alt=" ")
    with pytest.raises(ValueError, match="takes 1 to 60 layers, got 0"):
        draw.block([], alt="x")
    with pytest.raises(ValueError, match=r"1 to 60 layers, got 177; draw\.network"):
        draw.block(nets["resnet50"].layers, alt="x")


def test_a_layer_has_the_words_of_its_rule_or_its_type(monkeypatch):
    monkeypatch.setattr(rule, "_rules", dict(rule._rules))
    assert label(kl.UpSampling2D(2)) == "UpSampling2D"
    assert doctest.testmod(sys.modules["course_lib.draw_words"]) == (0, 2)
    assert label(kl.UpSampling2D(2)) == "repeat 2 × 2"
    assert label(kl.Conv2D(8, 3, activation=scaled_tanh)) == "conv 3 × 3, 8, scaled tanh"
