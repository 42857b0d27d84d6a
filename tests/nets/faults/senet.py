"""Faults of squeeze-and-excitation."""

from tests.nets.broken import faults
from tests.nets.by_hand import gap
from tests.nets.by_hand_gates import Gated
from tests.nets.faults.resnet import COUNTS
from tests.nets.faults.resnet import short as short_resnet

FILE = "nets/senet.py"
SMALL = {"classes": 10, "input_shape": (32, 32, 3)}

WIDTH = 'width = channels // check_units("ratio", ratio, channels)'
REDUCE = 'z = layers.Dense(width, activation, use_bias=bias, name=f"{name}_reduce")(z)'
EXPAND = 'z = layers.Dense(channels, "sigmoid", use_bias=bias, name=f"{name}_expand")(z)'
SCALE = 'return layers.Multiply(name=f"{name}_scale")([x, z])'
DEFAULT = 'placement: str = "standard"'
PRE = 'y = gate(x) if placement == "pre" else x'
STANDARD = 'y = gate(y) if placement == "standard" else y'
IDENTITY = 'skip = gate(skip) if placement == "identity" else skip'
POST = 'y = join(skip, y, name)\n    return gate(y) if placement == "post" else y'


def short(nets):
    return short_resnet(nets).senet


BUILD = {
    "se_resnet18": lambda nets: short(nets).se_resnet(18, **SMALL),
    "se_resnet50": lambda nets: short(nets).se_resnet(50, ratio=8, **SMALL),
    "se_resnet18, pre": lambda nets: short(nets).se_resnet(18, placement="pre", **SMALL),
    "se_resnet18, post": lambda nets: short(nets).se_resnet(18, placement="post", **SMALL),
    "se_resnet18, identity": lambda nets: short(nets).se_resnet(18, placement="identity", **SMALL),
    "se_resnet18, no biases": lambda nets: short(nets).se_resnet(18, se_bias=False, **SMALL),
}
ENTRIES = {"se_resnet18": ("se_resnet18",), "se_resnet50": ("se_resnet50",)}


def by_hand(name, **settings):
    def forward(model):
        net = Gated(model, COUNTS, **settings)
        return net.of_bottlenecks if "50" in name else net.of_basic_blocks

    return gap(BUILD[name], forward)


BY_HAND = {
    "se_resnet18": by_hand("se_resnet18"),
    "se_resnet50": by_hand("se_resnet50", ratio=8),
    "se_resnet18, no biases": by_hand("se_resnet18, no biases", biases=0),
    **{
        name: by_hand(name, placement=name.split(", ")[1])
        for name in ("se_resnet18, pre", "se_resnet18, post", "se_resnet18, identity")
    },
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
            "ratio on the wrong side": (WIDTH, "width = channels * ratio"),
            "ratio of the input forgotten": (WIDTH, "width = channels"),
            "no gate in the block": (STANDARD, "pass"),
            "gate in front of F": (DEFAULT, DEFAULT.replace("standard", "pre")),
            "gate behind the block": (DEFAULT, DEFAULT.replace("standard", "post")),
            "gate on the shortcut": (DEFAULT, DEFAULT.replace("standard", "identity")),
        },
    ),
    *faults(
        "se_resnet50",
        FILE,
        {
            "ratio not handed on": ("ratio=ratio, bias=se_bias", "bias=se_bias"),
            "stride on the 3x3 where the 1x1 is asked": ('= "1x1",', '= "3x3",'),
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
    *faults(
        "se_resnet18, pre",
        FILE,
        {"gate in front of the shortcut, too": (PRE, "y = x = gate(x)")},
    ),
    *faults(
        "se_resnet18, post",
        FILE,
        {
            "gate in front of the last ReLU": (
                POST,
                "y = gate(layers.Add()([skip, y]))\n    return layers.ReLU()(y)",
            ),
        },
    ),
    *faults(
        "se_resnet18, identity",
        FILE,
        {"gate on F": (f"{STANDARD}\n    {IDENTITY}", "y = gate(y)")},
    ),
)
