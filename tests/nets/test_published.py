"""Every net against every published or derived number."""

from collections import Counter
from functools import lru_cache

import keras
import pytest
from keras import layers as kl

from course_lib.cost import cost
from course_lib.depth import depth
from course_lib.nets import NETS, without_values
from course_lib.receptive_field import receptive_field
from tests.nets.pins import INDEPENDENT, PAPER, SECOND_ROUTE
from tests.nets.published import ROUNDED, ROWS
from tests.nets.quantities import quantities
from tests.nets.second_route import ROUTES


@lru_cache
def measured(net):
    """What a net has, by quantity."""
    with without_values():
        model = NETS[net]()
    return quantities(model, cost, receptive_field)


def test_the_table_has_every_net():
    assert sorted(row.net for row in ROWS) == sorted(NETS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.net)
def test_net_has_the_published_numbers(row):
    assert measured(row.net) == {name: pin.value for name, pin in row.pins()}


@pytest.mark.parametrize("figure", ROUNDED, ids=lambda f: f"{f.net}-{f.quantity}-{f.kind}")
def test_net_agrees_with_the_rounded_figure(figure):
    assert abs(measured(figure.net)[figure.quantity] - figure.value) <= figure.slack


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.net)
def test_second_route_leads_to_the_same_number(row):
    wanted = {name: pin.value for name, pin in row.pins() if pin.kind == SECOND_ROUTE}
    derived = ROUTES[row.net]()
    derived |= derived.pop("stages", {})
    assert {name: derived[name] for name in wanted} == wanted


def test_every_value_names_its_source(record_property):
    pins = [(row.net, name, pin) for row in ROWS for name, pin in row.pins()]
    pins += [(figure.net, figure.quantity, figure) for figure in ROUNDED]
    assert {pin.kind for *_, pin in pins} == {PAPER, INDEPENDENT, SECOND_ROUTE}
    assert [pin for pin in pins if not pin[2].source] == []
    kinds = Counter(pin.kind for *_, pin in pins)
    counts = ", ".join(f"{kinds[kind]} {kind}" for kind in (PAPER, INDEPENDENT, SECOND_ROUTE))
    record_property("summary", f"published numbers of {len(ROWS)} nets by kind: {counts}")


def test_depth_counts_neither_gates_nor_auxiliary_heads_nor_normalizations():
    x = keras.Input((8, 8, 4))
    y = kl.BatchNormalization()(kl.Conv2D(4, 3, padding="same")(x))
    gate = kl.Dense(4, activation="sigmoid")(kl.Dense(2)(kl.GlobalAveragePooling2D()(y)))
    y = kl.Conv2D(4, 1)(kl.Multiply()([y, gate])) + kl.Conv2D(4, 1)(x)
    aux = y
    for i in range(3):
        aux = kl.Conv2D(4, 1, name=f"aux1_conv{i}")(aux)
    out = kl.Dense(2, name="head_fc")(kl.GlobalAveragePooling2D()(y))
    assert depth(keras.Model(x, [out, aux])) == 3
