"""The totals of a cost read the same as text, HTML and JSON."""

import doctest
import json
import sys

import pytest

from course_lib.cost import cost
from course_lib.cost_report import megabytes
from course_lib.nets import lenet5, lenet5_original

WEIGHTS = 6 * 26 + 16 * 151 + 120 * 401 + 84 * 121 + 10 * 85  # of LeNet-5
KEPT = 1024 + (28 * 28 + 14 * 14) * 6 + (10 * 10 + 5 * 5) * 16 + 120 + 120 + 84 + 10
PEAK = (28 * 28 + 14 * 14) * 6  # while the first pooling runs
TOTALS = [
    ("weights", WEIGHTS, "61,706"),
    ("trainable weights", WEIGHTS, "61,706"),
    ("MACs", 416_520, "416,520"),
    ("FLOPs", 2 * 416_520, "833,040"),
    ("activations kept in training", KEPT, "9,238"),
    ("activations at once in inference", PEAK, "5,880"),
    ("MB kept in training", 4 * KEPT / 1e6, "0.04"),
    ("MB at once in inference", 4 * PEAK / 1e6, "0.02"),
    ("MB of weights, fp32", 4 * WEIGHTS / 1e6, "0.25"),
    ("MB of weights, fp16", 2 * WEIGHTS / 1e6, "0.12"),
    ("MB of weights, int8", WEIGHTS / 1e6, "0.06"),
]


@pytest.fixture(scope="module")
def found():
    return cost(lenet5())


def test_totals_by_hand(found):
    assert list(found.totals().rows) == [(name, value) for name, value, _ in TOTALS]
    assert [row["for one image"] for row in json.loads(found.totals().to_json())] == [
        value for _, value, _ in TOTALS
    ]


def test_frozen_values_count_as_weights_but_are_not_trained():
    rows = dict(cost(lenet5_original()).totals().rows)
    assert (rows["weights"], rows["trainable weights"]) == (60_840, 60_000)


@pytest.mark.parametrize("by", ["stage", "layer"])
def test_the_report_is_the_table_and_the_totals_under_it(found, by):
    table, below = found.report(by).split("\n\n")
    assert table == str(found.table(by))
    lines = [line.rsplit(maxsplit=1) for line in below.splitlines()[1:]]
    assert lines == [[name, cell] for name, _, cell in TOTALS]


def test_print_gives_the_table_and_a_cell_the_report(found):
    assert str(found) == str(found.table())
    assert repr(found) == found.report()


def test_html_has_the_totals_under_the_table(found):
    table, below = found._repr_html_().split("</table><table>")
    assert "by stage</caption>" in table
    assert "<caption>lenet5: totals</caption>" in below
    for name, _, cell in TOTALS:
        assert f'<th scope="row">{name}</th><td>{cell}</td>' in below


def test_json_has_totals_layers_and_stages(found):
    data = json.loads(found.to_json())
    assert data["name"] == "lenet5"
    assert (data["params"], data["trainable"]) == (WEIGHTS, WEIGHTS)
    assert (data["macs"], data["flops"]) == (416_520, 833_040)
    assert (data["activations"], data["activation_bytes"]) == (KEPT, 4 * KEPT)
    assert (data["peak_activations"], data["peak_bytes"]) == (PEAK, 4 * PEAK)
    sizes = {"fp32": 4 * WEIGHTS, "fp16": 2 * WEIGHTS, "int8": WEIGHTS}
    assert data["weight_bytes"] == sizes
    assert [row["name"] for row in data["layers"]][:2] == ["image", "stage1_conv"]
    assert [row["name"] for row in data["stages"]] == [part.name for part in found.stages()]
    assert data["stages"][1] == {
        "name": "stage1",
        "kind": "part",
        "shape": [14, 14, 6],
        "params": 156,
        "trainable": 156,
        "macs": 28 * 28 * 25 * 6,
        "activations": PEAK,
    }


def test_megabytes_are_rounded_in_cells_only():
    size = megabytes(1_234_567_890)
    assert (str(size), json.dumps(size)) == ("1,234.57", "1234.56789")


def test_the_examples_hold():
    assert doctest.testmod(sys.modules["course_lib.cost_report"]) == (0, 4)
