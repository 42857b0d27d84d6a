"""Cuts: clean ones are found, others refused, and two parts compute what the whole computes."""

import keras
import numpy as np
import pytest

from course_lib import nets
from course_lib.transfer import clean_cuts, cut, new_head
from tests.transfer.bodies import images, tiny_body


@pytest.fixture(scope="module")
def net():
    return new_head(tiny_body(), 2)


def test_clean_cuts_lie_between_blocks(net):
    assert clean_cuts(net) == [
        "stem_conv",
        "stem_bn",
        "stem_relu",
        "stage1_block1_add",
        "stage1_block1_out",
        "stage1_block2_add",
        "stage1_block2_out",
        "head_pool",
    ]


@pytest.mark.parametrize("through", ["stem", "stage1_block1", "stage1", "stem_bn", None])
def test_the_parts_compute_what_the_whole_computes_and_share_its_weights(net, through):
    body, tail = cut(net, through)
    x = images(3)
    np.testing.assert_allclose(tail(body(x)), net(x), rtol=1e-5)
    own = {id(weight) for weight in net.weights}
    parts = [id(weight) for part in (body, tail) for weight in part.weights]
    assert sorted(parts) == sorted(own)


def test_pooling_belongs_to_the_body_by_default(net):
    body, _ = cut(net)
    assert body.output_shape == (None, 3)
    assert cut(new_head(tiny_body(), 2, dropout=0.5))[0].output_shape == (None, 3)


@pytest.mark.parametrize("inside", ["stage1_block1_conv1", "stage1_block1_conv1_bn"])
def test_a_cut_inside_a_block_is_refused_and_clean_ones_are_named(net, inside):
    message = (
        f"a cut after '{inside}' lies inside a block: the outputs of {inside}.*, stem_relu cross "
        "it; cut after one of stem_conv, stem_bn, stem_relu, stage1_block1_add"
    )
    with pytest.raises(ValueError, match=message):
        cut(net, inside)


def test_a_branch_of_inception_is_refused_and_its_module_is_not():
    with nets.without_values():
        model = nets.googlenet(input_shape=(64, 64, 3), classes=10)
        clean = clean_cuts(model)
        names = [layer.name for layer in model.layers]
        modules = [
            name for name in clean if isinstance(model.get_layer(name), keras.layers.Concatenate)
        ]
        assert len(modules) == 9  # Szegedy et al. 2015, table 1
        branch = names[names.index(modules[0]) - 1]
        with pytest.raises(ValueError, match="lies inside a block"):
            cut(model, branch)


def test_every_clean_cut_is_accepted_and_no_other():
    """Against the definition: outputs of ancestors that are read elsewhere."""
    with nets.without_values():
        model = nets.mobilenet_v2(input_shape=(32, 32, 3), classes=None)
        clean = clean_cuts(model)
        for layer in model.layers[1:-1]:
            if layer.name in clean:
                cut(model, layer.name)
            else:
                with pytest.raises(ValueError, match="inside a block"):
                    cut(model, layer.name)
    assert 0 < len(clean) < len(model.layers)


@pytest.mark.parametrize(
    ("through", "message"),
    [
        ("stage9", r"no layer or block 'stage9' in .*; its clean cuts lie behind stem_conv"),
        ("stage", "no layer or block"),  # a name or what it begins with, up to an underscore
        ("head", "nothing lies behind 'head_fc'"),
    ],
)
def test_cuts_that_make_no_sense_are_refused(net, through, message):
    with pytest.raises(ValueError, match=message):
        cut(net, through)


def test_a_body_has_nothing_behind_it():
    with pytest.raises(ValueError, match="put a head on 'tiny' with new_head"):
        cut(tiny_body())


def test_a_net_inside_a_net_is_opened_to_freeze_but_not_to_cut():
    whole = keras.Sequential([keras.Input((4, 4, 1)), tiny_body(), keras.layers.Flatten()])
    assert "stage1_block1_out" in clean_cuts(whole)
    with pytest.raises(ValueError, match="lies in a net inside"):
        cut(whole, "stage1_block1")


def test_several_outputs_are_refused():
    body = tiny_body()
    two = keras.Model(body.inputs, [body.get_layer("stem_relu").output, body.outputs[0]])
    with pytest.raises(ValueError, match="has 1 and 2"):
        cut(two, "stem")


def test_a_net_without_a_graph_is_refused():
    with pytest.raises(ValueError, match="has no graph of layers"):
        cut(keras.Sequential([keras.layers.Dense(2)]))
