"""Faults of squeeze-and-excitation."""

from tests.nets.broken import faults
from tests.nets.faults.resnet import short as short_resnet

FILE = "nets/senet.py"
SMALL = {"classes": 10, "input_shape": (32, 32, 3)}

REDUCE = 'z = layers.Dense(width, activation, use_bias=bias, name=f"{name}_reduce")(z)'
EXPAND = 'z = layers.Dense(channels, "sigmoid", use_bias=bias, name=f"{name}_expand")(z)'
SCALE = 'return layers.Multiply(name=f"{name}_scale")([x, z])'
LAST = 'if activation is not None or name.endswith("_skip"):'


def short(nets):
    short_resnet(nets)
    nets.senet.WIDTHS = nets.resnet.WIDTHS
    return nets.senet


BUILD = {
    "se_resnet18": lambda nets: short(nets).se_resnet(18, **SMALL),
    "se_resnet50": lambda nets: short(nets).se_resnet(50, ratio=8, **SMALL),
    "se_resnet18, no biases": lambda nets: short(nets).se_resnet(18, se_bias=False, **SMALL),
}
FAULTS = (
    *faults(
        "se_resnet18",
        FILE,
        {
            "softmax gates": (EXPAND, EXPAND.replace("sigmoid", "softmax")),
            "hard sigmoid gates": (EXPAND, EXPAND.replace("sigmoid", "hard_sigmoid")),
            "gates between -1 and 1": (EXPAND, EXPAND.replace("sigmoid", "tanh")),
            "no activation between the dense layers": (
                REDUCE,
                REDUCE.replace("activation", "None"),
            ),
            "no dense layer in front": (REDUCE, "pass"),
            "sigmoid between the dense layers": (
                REDUCE,
                REDUCE.replace("activation", '"sigmoid"'),
            ),
            "maximum instead of mean": ("GlobalAveragePooling2D(", "GlobalMaxPooling2D("),
            "gates added": (SCALE, SCALE.replace("Multiply", "Add")),
            "no gate": (SCALE, "return x"),
            "gates alone": (SCALE, "return layers.Multiply()([x * 0 + 1, z])"),
            "gate of the gated": (
                SCALE,
                "y = layers.Multiply()([x, z])\n    return layers.Multiply()([y, z])",
            ),
            "input added to the gated": (SCALE, "return x + layers.Multiply()([x, z])"),
            "ratio on the wrong side": ("width = channels // ratio", "width = channels * ratio"),
            "ratio of the input forgotten": ("width = channels // ratio", "width = channels"),
            "gate behind every convolution": (LAST, 'if name.endswith("_skip"):'),
            "gate on the projection, too": (LAST, "if activation is not None:"),
            "gate in front of the last convolution": (
                "x = conv(x, *args, activation=activation, name=name, **settings)\n        "
                f"{LAST}\n            return x\n        "
                "return gate(x, name=f\"{name.rpartition('_')[0]}_gate\")",
                'if activation is None and not name.endswith("_skip"):\n'
                "            x = gate(x, name=f\"{name.rpartition('_')[0]}_gate\")\n"
                "        return conv(x, *args, activation=activation, name=name, **settings)",
            ),
            "stride 2 in the second block of a stage": ("i == 1 else", "i == 2 else"),
            "no stem pool": ('x = layers.MaxPooling2D(3, 2, name="stem_pool")(x)', "pass"),
            "stem pool not padded": (
                'layers.ZeroPadding2D(1, name="stem_pool_pad")',
                'layers.ZeroPadding2D(((0, 1), (0, 1)), name="stem_pool_pad")',
            ),
        },
    ),
    *faults(
        "se_resnet50",
        FILE,
        {
            "ratio not handed on": ("ratio=ratio, bias=se_bias", "bias=se_bias"),
            "stride on the 3x3 where the 1x1 is asked": ('"1x1",\n    conv', '"3x3",\n    conv'),
        },
    ),
    *faults(
        "se_resnet18, no biases",
        FILE,
        {
            "biases where none are asked": ("ratio=ratio, bias=se_bias", "ratio=ratio"),
            "bias in the second dense layer": (
                EXPAND,
                EXPAND.replace("use_bias=bias, ", ""),
            ),
        },
    ),
)
