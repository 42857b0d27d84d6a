"""Several nets in one table."""

import json

import pytest

from course_lib.compare import COLUMNS, compare
from course_lib.cost import cost
from course_lib.nets import lenet5, resnet_cifar


@pytest.fixture(scope="module")
def table():
    return compare([lenet5(), resnet_cifar(8)])


def test_one_row_a_net_with_the_totals_of_cost(table):
    assert [row[0] for row in table.rows] == ["lenet5", "resnet8_cifar"]
    row, total = dict(zip(COLUMNS, table.rows[0], strict=True)), cost(lenet5())
    assert row["input"] == (32, 32, 1)
    assert (row["weights"], row["MACs"], row["FLOPs"]) == (61_706, 416_520, 833_040)
    assert row["at once"] == total.peak_activations
    assert (row["MB fp32"], row["MB int8"]) == ("0.2", "0.1")


def test_json_holds_numbers(table):
    first = json.loads(table.to_json())[0]
    assert first["trainable"] == 61_706
    assert list(first) == list(COLUMNS)
