"""Faults of AlexNet, of its response normalization and of the dense head."""

from functools import partial

from keras import layers as kl

from tests.nets.broken import faults
from tests.nets.by_hand import gap
from tests.nets.loops import alexnet, by_name, response_norm

FILE, LAYERS = "nets/alexnet.py", "nets/classic_layers.py"
LOUD = 300.0  # at this size of the maps the sum of squares counts beside k
SMALL = {"classes": 10, "input_shape": (99, 99, 3), "dropout": 0}

CONV_1 = 'x = conv_relu(x, WIDTHS[0], 11, stride=4, padding="valid", name="stage1")'
CONV_2 = 'x = conv_relu(x, WIDTHS[1], 5, groups=groups, name="stage2")'
CONV_3 = 'x = conv_relu(x, WIDTHS[2], 3, name="stage3_block1")'
CONV_4 = 'x = conv_relu(x, WIDTHS[3], 3, groups=groups, name="stage3_block2")'
CONV_5 = 'x = conv_relu(x, WIDTHS[4], 3, groups=groups, name="stage3_block3")'
NORM_1 = 'x = _normalize(x, response_norm, "stage1_norm")'
NORM_2 = 'x = _normalize(x, response_norm, "stage2_norm")'
POOL_1 = 'x = layers.MaxPooling2D(3, 2, name="stage1_pool")(x)  # (B, 27, 27, 96)'
POOL_3 = 'x = layers.MaxPooling2D(3, 2, name="stage3_pool")(x)'
FORMULA = "wide / (self.k + self.alpha * energy) ** self.beta"
DENSE = 'layers.Dense(width, "relu",'


def short(nets):
    """Divide the widths by 8, and make what the response normalization reads large."""
    module, conv_relu = nets.alexnet, nets.layers.conv_relu
    if max(module.WIDTHS) > 100:
        module.WIDTHS = tuple(width // 8 for width in module.WIDTHS)
        module.DENSE = tuple(width // 128 for width in module.DENSE)

    def loud(x, *args, name, **settings):
        x = conv_relu(x, *args, name=name, **settings)
        return kl.Rescaling(LOUD, name=f"{name}_loud")(x) if name == "stage1" else x

    module.conv_relu = loud
    return module


BUILD = {
    "alexnet": lambda nets: short(nets).alexnet(**SMALL),
    "alexnet_grouped": lambda nets: short(nets).alexnet(groups=2, **SMALL),
    "alexnet of Caffe": lambda nets: short(nets).alexnet(
        response_norm="caffe", padding=2, **SMALL | {"input_shape": (96, 96, 3)}
    ),
}
ENTRIES = {"alexnet": ("alexnet",), "alexnet_grouped": ("alexnet_grouped",)}


def by_hand(name, padding=0, **norm):
    """The net of Caffe has a response norm of its own, and pads."""
    groups = 2 if name == "alexnet_grouped" else 1
    settings = {"groups": groups, "norm": partial(response_norm, **norm), "padding": padding}

    def forward(model):
        return lambda image: alexnet(image, by_name(model), loud=LOUD, **settings)

    return gap(BUILD[name], forward)


BY_HAND = {
    "alexnet": by_hand("alexnet"),
    "alexnet_grouped": by_hand("alexnet_grouped"),
    "alexnet of Caffe": by_hand("alexnet of Caffe", padding=2, k=1.0, alpha=1e-4 / 5),
}
FAULTS = (
    *faults(
        "alexnet",
        FILE,
        {
            "conv1 padded": (CONV_1, CONV_1.replace('"valid"', '"symmetric"')),
            "stride 2 in conv1": (CONV_1, CONV_1.replace("stride=4", "stride=2")),
            "7x7 kernels in conv1": (CONV_1, CONV_1.replace("11", "7")),
            "3x3 kernels in conv2": (CONV_2, CONV_2.replace("5,", "3,")),
            "conv3 without padding": (CONV_3, CONV_3.replace("3,", '3, padding="valid",')),
            "conv4 missing": (CONV_4, "pass"),
            "fifth convolution with 384 maps": ("384, 384, 256)", "384, 384, 384)"),
            "256 maps in conv3": ("256, 384, 384", "256, 256, 384"),
            "pooling without overlap": (POOL_1, POOL_1.replace("3, 2", "2, 2")),
            "pooling with stride 3": (POOL_1, POOL_1.replace("3, 2", "3, 3")),
            "average pooling": (POOL_1, POOL_1.replace("Max", "Average")),
            "no pooling after conv5": (POOL_3, "pass"),
            "no normalization after conv1": (NORM_1, "pass"),
            "no normalization after conv2": (NORM_2, "pass"),
            "normalization after conv3 as well": (
                CONV_3,
                f'{CONV_3}\n    x = _normalize(x, response_norm, "stage3_norm")',
            ),
            "normalization after pooling, as in CaffeNet": (
                f"{NORM_1}\n    {POOL_1}",
                f"{POOL_1}\n    {NORM_1}",
            ),
            "k of Caffe": ('"paper": (2.0,', '"paper": (1.0,'),
            "3 adjacent maps": ("(2.0, 5,", "(2.0, 3,"),
            "11 adjacent maps, the default of TensorFlow": ("(2.0, 5,", "(2.0, 11,"),
            "alpha 1e-3": ("(2.0, 5, 1e-4", "(2.0, 5, 1e-3"),
            "alpha divided by n": ("(2.0, 5, 1e-4", "(2.0, 5, 1e-4 / 5"),
            "beta 0.5": ("1e-4, 0.75)", "1e-4, 0.5)"),
            "one hidden dense layer": ("DENSE = (4096, 4096)", "DENSE = (4096,)"),
            "1024 units in the second hidden layer": ("(4096, 4096)", "(4096, 1024)"),
            "split where one piece is asked": ("groups: int = 1", "groups: int = 2"),
        },
    ),
    *faults(
        "alexnet_grouped",
        FILE,
        {
            "conv2 in one piece": (CONV_2, CONV_2.replace("groups=groups, ", "")),
            "conv3 split": (CONV_3, CONV_3.replace("3,", "3, groups=groups,")),
            "conv4 in one piece": (CONV_4, CONV_4.replace("groups=groups, ", "")),
            "conv5 in one piece": (CONV_5, CONV_5.replace("groups=groups, ", "")),
            "four groups": ("groups=groups", "groups=2 * groups"),
        },
    ),
    *faults(
        "alexnet of Caffe",
        FILE,
        {
            "padding of one pixel": ("ZeroPadding2D(padding,", "ZeroPadding2D(padding // 2,"),
            "padding below and to the right": (
                "ZeroPadding2D(padding,",
                "ZeroPadding2D(((0, 2 * padding), (0, 2 * padding)),",
            ),
            "the paper's k": ("(1.0, 5,", "(2.0, 5,"),
            "alpha not divided by n": ("1e-4 / 5", "1e-4"),
        },
    ),
    *faults(
        "alexnet",
        LAYERS,
        {
            "sum over the maps in front only": (
                "(self.n // 2, self.n // 2)",
                "(self.n - 1, 0)",
            ),
            "sum over the map itself only": ("for j in range(self.n))", "for j in (2,))"),
            "sum without the map itself": (
                "for j in range(self.n))",
                "for j in range(self.n) if j != self.n // 2)",
            ),
            "one map too few on one side": ("range(self.n))", "range(1, self.n))"),
            "maps wrapped around at the edges": (
                "squares = keras.ops.pad(keras.ops.square(wide), sides)",
                "s = keras.ops.square(wide); "
                "squares = keras.ops.concatenate([s[..., -2:], s, s[..., :2]], -1)",
            ),
            "mean instead of sum": (
                "for j in range(self.n))",
                "for j in range(self.n)) / self.n",
            ),
            "sum over all maps": (
                "sum(squares[..., j : j + x.shape[-1]] for j in range(self.n))",
                "keras.ops.sum(squares, -1, keepdims=True)",
            ),
            "sum over positions": (
                "sum(squares[..., j : j + x.shape[-1]] for j in range(self.n))",
                "25 * keras.ops.average_pool(keras.ops.square(wide), 5, 1, 'same')",
            ),
            "values instead of squares": ("keras.ops.square(wide)", "wide"),
            "no k": (FORMULA, FORMULA.replace("(self.k +", "(0 * self.k +")),
            "no exponent": (FORMULA, FORMULA.replace(" ** self.beta", "")),
            "multiplied": (FORMULA, FORMULA.replace("/", "*", 1)),
            "mean subtracted, as in standardization": (
                FORMULA,
                FORMULA.replace("wide", "(wide - keras.ops.mean(wide, -1, keepdims=True))"),
            ),
            "hidden layers without ReLU": (DENSE, DENSE.replace('"relu"', "None")),
            "hidden layers with tanh": (DENSE, DENSE.replace("relu", "tanh")),
            "hidden layers without bias": (DENSE, DENSE + " use_bias=False,"),
            "classifier without bias": ("Dense(classes,", "Dense(classes, use_bias=False,"),
            "mean over the map instead of all its values": (
                "layers.Flatten(",
                "layers.GlobalAveragePooling2D(",
            ),
        },
    ),
)
