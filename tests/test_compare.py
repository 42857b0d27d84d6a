"""Several nets in one table."""

import doctest
import json
import sys

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
    assert row["activations"] == total.activations
    assert (row["MB kept"], row["MB at once"]) == (
        4 * total.activations / 1e6,
        4 * total.peak_activations / 1e6,
    )
    assert (row["MB fp32"], row["MB fp16"], row["MB int8"]) == (0.246824, 0.123412, 0.061706)


def test_json_holds_numbers(table):
    first = json.loads(table.to_json())[0]
    assert list(first) == list(COLUMNS)
    name, shape, *numbers = first.values()
    assert (name, shape) == ("lenet5", [32, 32, 1])
    assert numbers == list(table.rows[0][2:])
    assert all(isinstance(number, int | float) for number in numbers)


def test_cells_show_megabytes_with_two_decimals(table):
    line = str(table).splitlines()[1].split()
    assert line[-3:] == ["0.25", "0.12", "0.06"]
    assert "<td>0.25</td><td>0.12</td><td>0.06</td>" in table._repr_html_()


def test_a_mapping_names_the_rows():
    nets = {"small": lenet5(), "large": lenet5(input_shape=(64, 64, 1))}
    assert nets["small"].name == nets["large"].name
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in compare(nets).rows]
    assert [row["net"] for row in rows] == ["small", "large"]
    assert rows[0]["MACs"] < rows[1]["MACs"]


def test_nets_of_one_name_need_a_mapping():
    nets = [lenet5(), resnet_cifar(8), lenet5(input_shape=(64, 64, 1))]
    message = r"more than one net of the name 'lenet5'.*mapping such as \{'lenet5': one, 'lenet5 c"
    with pytest.raises(ValueError, match=message):
        compare(nets)


def test_a_generator_of_nets_is_read_once():
    assert [row[0] for row in compare(net for net in (lenet5(),)).rows] == ["lenet5"]


def test_the_examples_hold():
    assert doctest.testmod(sys.modules["course_lib.compare"]) == (0, 3)
