"""Structure of the residual nets: where projections and strides are, and what A, B, C cost."""

import re

import keras
import numpy as np
import pytest

from course_lib.cost import cost
from course_lib.nets import NETS, resnet, resnet_cifar, resnet_v2, without_values
from course_lib.nets.resnet import ZeroPadShortcut
from course_lib.receptive_field import receptive_field

SMALL = {"input_shape": (64, 64, 3), "classes": 10}


def symbolic(build, *args, **settings):
    with without_values():
        return build(*args, **settings)


def named(model, pattern):
    return [layer.name for layer in model.layers if re.search(pattern, layer.name)]


def strided(model):
    return [
        layer.name
        for layer in model.layers
        if isinstance(layer, keras.layers.Conv2D) and layer.strides != (1, 1)
    ]


@pytest.mark.parametrize(
    ("depth", "stages"), [(18, (2, 3, 4)), (34, (2, 3, 4)), (50, (1, 2, 3, 4))]
)
def test_option_b_projects_where_the_shape_changes(depth, stages):
    model = symbolic(resnet, depth, **SMALL)
    assert named(model, "skip_conv$") == [f"stage{k}_block1_skip_conv" for k in stages]


@pytest.mark.parametrize(("depth", "blocks"), [(18, 8), (50, 16)])
def test_option_c_projects_in_every_block(depth, blocks):
    model = symbolic(resnet, depth, shortcut="projection_all", **SMALL)
    assert len(named(model, "skip_conv$")) == blocks


def test_option_a_has_no_weights_in_its_shortcuts():
    model = symbolic(resnet, 34, shortcut="zero_pad", **SMALL)
    skips = [layer for layer in model.layers if "skip" in layer.name]
    assert [type(layer) for layer in skips] == [ZeroPadShortcut] * 3
    assert sum(layer.count_params() for layer in skips) == 0


def test_plain_net_has_no_additions():
    assert named(symbolic(NETS["plain18"]), "skip|add") == []


def test_plain_and_option_a_have_the_same_number_of_weights():
    plain, residual = (
        cost(symbolic(resnet, 34, shortcut=option)) for option in ("none", "zero_pad")
    )
    assert plain.trainable == residual.trainable == 21_623_848
    assert plain.macs == residual.macs


def test_strides_of_the_basic_net():
    blocks = [f"stage{k}_block1_{part}_conv" for k in (2, 3, 4) for part in ("skip", "conv1")]
    assert sorted(strided(symbolic(resnet, 18, **SMALL))) == sorted(["stem_conv", *blocks])


@pytest.mark.parametrize(("stride_on", "part"), [("1x1", "conv1"), ("3x3", "conv2")])
def test_strides_of_the_bottleneck_net(stride_on, part):
    model = symbolic(resnet, 50, stride_on=stride_on, **SMALL)
    blocks = [f"stage{k}_block1_{name}_conv" for k in (2, 3, 4) for name in ("skip", part)]
    assert sorted(strided(model)) == sorted(["stem_conv", *blocks])


@pytest.mark.parametrize(
    ("at", "blocks"),
    [
        ("first", ["stage2_block1", "stage3_block1", "stage4_block1"]),
        ("last", ["stage1_block3", "stage2_block4", "stage3_block6"]),
    ],
)
def test_strides_of_version_2(at, blocks):
    names = strided(symbolic(resnet_v2, 50, stride_at=at, **SMALL))
    on_3x3 = [name for name in names if not name.endswith("skip_conv")]
    assert on_3x3 == ["stem_conv", *(f"{block}_conv2_conv" for block in blocks)]


# google-research/receptive_field, RECEPTIVE_FIELD_TABLE.md: resnet_v2_50/block1 ... of TF-Slim
@pytest.mark.parametrize(
    ("depth", "blocks", "sizes"),
    [
        (50, (3, 4, 6, 3), (35, 99, 291, 483)),
        (101, (3, 4, 23, 3), (35, 99, 835, 1027)),
        (152, (3, 8, 36, 3), (35, 163, 1315, 1507)),
    ],
)
def test_fields_of_version_2_are_those_of_another_implementation(depth, blocks, sizes):
    """Its stages end in the stride."""
    model = symbolic(resnet_v2, depth, stride_at="last", **SMALL)
    ends = [f"stage{stage}_block{last}_out" for stage, last in enumerate(blocks, start=1)]
    found = [receptive_field(model, name) for name in ends]
    assert [(field.size, field.stride) for field in found] == list(
        zip(sizes, (8, 16, 32, 32), strict=True)
    )


def test_each_block_ends_in_a_relu_after_its_addition():
    model = symbolic(resnet, 50, **SMALL)
    for name in named(model, "_add$"):
        out = model.get_layer(name.replace("_add", "_out"))
        assert isinstance(out, keras.layers.ReLU)
        assert out.input is model.get_layer(name).output


def test_version_2_ends_its_blocks_in_the_addition():
    model = symbolic(resnet_v2, 50, **SMALL)
    outs = named(model, r"block\d+_out$")
    assert len(outs) == 16
    assert all(isinstance(model.get_layer(name), keras.layers.Add) for name in outs)


def test_zero_padding_shortcut_by_hand():
    x = np.arange(16, dtype="float32").reshape(1, 4, 4, 1)
    y = keras.ops.convert_to_numpy(ZeroPadShortcut(3, 2)(x))
    assert y.shape == (1, 2, 2, 3)
    assert y[0, :, :, 0].tolist() == [[0, 2], [8, 10]]
    assert not y[..., 1:].any()


def test_zero_padding_cannot_remove_channels():
    with pytest.raises(ValueError, match="input has 8 and the output 4; use a projection"):
        ZeroPadShortcut(4, 1)(np.zeros((1, 4, 4, 8), "float32"))


@pytest.mark.parametrize("depth", [8, 14, 20, 32])
def test_cifar_depth_counts_its_layers(depth):
    model = symbolic(resnet_cifar, depth)
    counted = [x for x in model.layers if isinstance(x, keras.layers.Conv2D | keras.layers.Dense)]
    assert len(counted) == depth


@pytest.mark.parametrize("depth", [18, 34, 50, 101, 152])
def test_depth_counts_the_layers_of_the_longest_path(depth):
    model = symbolic(resnet, depth, **SMALL)
    kinds = (keras.layers.Conv2D, keras.layers.Dense)
    assert len([x for x in model.layers if isinstance(x, kinds) and "skip" not in x.name]) == depth
