"""What the memory of a block is compared with, beside the count of course_lib."""

import keras
import numpy as np
import pytest
from keras import layers

from course_lib.checks import case_studies_memory as memory
from course_lib.memory import peak_activations
from course_lib.nets import without_values


def block(shape, filters, end):
    """Return a net of these layers whose input and last map `end` puts together."""
    image = keras.Input(shape)
    x = image
    for i, count in enumerate(filters):
        x = layers.Conv2D(count, 3, padding="same", name=f"layer{i}")(x)
    return keras.Model(image, end([image, x]))


@pytest.mark.parametrize(("kind", "sizes"), memory.BLOCKS)
def test_a_joined_block_needs_what_course_lib_counts(kind, sizes):
    shape, filters = sizes
    with without_values():
        net = block(shape, filters, layers.Concatenate())
        assert memory.bytes_needed("join", None, shape, filters, 1) == peak_activations(net)


@pytest.mark.parametrize(("kind", "sizes"), memory.BLOCKS)
def test_course_lib_gives_a_sum_memory_of_its_own(kind, sizes):
    shape, filters = sizes[0], (*sizes[1][:-1], sizes[0][2])
    with without_values():
        net = block(shape, filters, layers.Add())
        found = memory.bytes_needed("sum", "sum in new memory", shape, filters, 1)
        assert found == peak_activations(net)


@pytest.mark.parametrize("variant", memory.STRUCTURES)
def test_each_fault_of_a_variant_changes_a_case(variant):
    for fault in memory.FAULTS:
        if memory.OF_ONE.get(fault, variant) != variant:
            continue
        found = []
        for _, (shape, filters) in memory.BLOCKS:
            own = (*filters[:-1], shape[2]) if variant == "sum" else filters
            asked = {"shape": shape, "filters": own, "bytes_each": 4}
            wrong = memory.bytes_needed(variant, fault, **asked)
            found.append(wrong != memory.bytes_needed(variant, None, **asked))
        hidden = variant != "sum" and fault == "input twice"  # the first moment is never the worst
        assert any(found) or hidden, fault


def test_a_fault_belongs_to_a_variant_that_there_is():
    assert set(memory.OF_ONE) <= set(memory.FAULTS)
    assert set(memory.OF_ONE.values()) == set(memory.STRUCTURES)


def test_narrow_and_wide_blocks_are_drawn():
    drawn = list(memory._drawn(np.random.default_rng(2)))
    kinds = [kind for kind, _ in memory.BLOCKS]
    assert {kind for kind, _ in drawn} == set(kinds)
    for kind, (shape, filters) in drawn:
        assert len(filters) == 1 + list(dict.fromkeys(kinds)).index(kind)
        assert filters[-1] > shape[2]
