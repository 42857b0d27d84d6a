"""Depth without batch normalization, and residual branches that begin at zero.

He et al., CVPR 2016, section 4.1, trained plain nets *with* batch normalization.  Here the nets of
section 4.2 have none: plain, residual, and residual with the last convolution of each branch zero
at the start, so that each block begins as the identity (Goyal et al. 2017, section 5.1, do it with
the last gamma; Zhang, Dauphin, Ma, "Fixup", ICLR 2019, without normalization).
"""

from functools import partial

import keras
from keras import layers

from course_lib.experiments.parts import errors_and_curve, small_garments, trained
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.nets.layers import conv_bn, head
from course_lib.nets.resnet import basic_block

DEPTHS = (8, 20, 56)
WIDTHS = (8, 16, 32)
KINDS = {
    # kind: (label, shortcut, batch normalization, last convolution or gamma of a branch is zero)
    "plain": ("plain, no BN", "none", False, False),
    "residual": ("residual, no BN", "zero_pad", False, False),
    "zeroed": ("residual from zero, no BN", "zero_pad", False, True),
    "bn_residual": ("residual, BN", "zero_pad", True, False),
    "bn_zeroed": ("residual from zero, BN", "zero_pad", True, True),
}
ARMS = {
    f"{kind}_{depth}": {
        "label": f"{label}, {depth} layers",
        "kind": label,
        "depth": depth,
        "shortcut": shortcut,
        "normalized": normalized,
        "zeroed": zeroed,
    }
    for kind, (label, shortcut, normalized, zeroed) in KINDS.items()
    for depth in DEPTHS
    if not (normalized and depth == DEPTHS[0])
}


def build(settings):
    """Return a net of 6n + 2 layers for images of 14x14 pixels and ten classes."""
    conv = conv_bn if settings["normalized"] else conv_alone
    image = keras.Input((14, 14, 1), name="image")
    x = conv(image, WIDTHS[0], 3, name="stem")
    for stage, width in enumerate(WIDTHS, start=1):
        for i in range(1, (settings["depth"] - 2) // 6 + 1):
            x = basic_block(
                x,
                width,
                stride=2 if stage > 1 and i == 1 else 1,
                shortcut=settings["shortcut"],
                name=f"stage{stage}_block{i}",
                conv=conv,
            )
    model = keras.Model(image, head(x, 10))
    if settings["zeroed"]:
        last = "conv2_bn" if settings["normalized"] else "conv2_conv"
        for layer in model.layers:
            if layer.name.endswith(last):
                weight = layer.gamma if settings["normalized"] else layer.kernel
                weight.assign(keras.ops.zeros(weight.shape))
    return model


def conv_alone(x, filters, kernel, *, stride=1, activation="relu", name):
    """Apply a convolution with biases and an activation, in the place of `conv_bn`."""
    border = "same"
    if stride > 1:  # "same" would pad another side here, and so read other pixels than `conv_bn`
        x, border = layers.ZeroPadding2D(kernel // 2, name=f"{name}_pad")(x), "valid"
    return layers.Conv2D(
        filters,
        kernel,
        stride,
        border,
        activation=activation,
        kernel_initializer="he_normal",
        name=f"{name}_conv",
    )(x)


def trial(settings, run, splits):
    """Train one net once; return its errors and its curve."""
    return errors_and_curve(trained(partial(build, settings), run, splits), splits)


COMPARISONS = {
    **{
        f"plain_{depth}_against_8": Comparison(
            f"plain_{depth}", "plain_8", "greater", "train_error"
        )
        for depth in DEPTHS[1:]
    },
    **{
        f"{kind}_against_plain_{depth}": Comparison(
            f"{kind}_{depth}", f"plain_{depth}", "less", "train_error"
        )
        for kind in ("residual", "zeroed")
        for depth in DEPTHS[1:]
    },
    **{
        f"zeroed_against_residual_{depth}": Comparison(
            f"zeroed_{depth}", f"residual_{depth}", "less", "train_error"
        )
        for depth in DEPTHS[1:]
    },
    **{
        f"bn_zeroed_against_bn_residual_{depth}": Comparison(
            f"bn_zeroed_{depth}", f"bn_residual_{depth}", "less", "train_error"
        )
        for depth in DEPTHS[1:]
    },
}
EXPERIMENT = Experiment(
    name="why_resnets",
    chapter="modern/why_resnets",
    question="Without batch normalization, do shortcuts or a start at the identity help?",
    metric="train_error",
    arms=ARMS,
    comparisons=COMPARISONS,
    rates=(0.003, 0.01, 0.03, 0.1),
    steps=200,
    batch_size=64,
    load=small_garments,
    trial=trial,
)
