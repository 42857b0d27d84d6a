"""Faults of LeNet-5."""

from tests.nets.broken import faults

LENET, LENET_LAYERS = "nets/lenet.py", "nets/lenet_layers.py"

C1 = 'layers.Conv2D(6, 5, activation=squash, name="stage1_conv")'

BUILD = {
    "lenet5": lambda nets: nets.lenet.lenet5(),
    "lenet5_original": lambda nets: nets.lenet.lenet5_original(),
}
ENTRIES = {"lenet5": ("lenet5",), "lenet5_original": ("lenet5_original",)}
BY_HAND = {}
FAULTS = (
    *faults(
        "lenet5",
        LENET,
        {
            "C1 without bias": (C1, C1.replace("5,", "5, use_bias=False,")),
            "C1 padded": (C1, C1.replace("5,", '5, padding="same",')),
            "3x3 kernels in C3": ("Conv2D(16, 5,", "Conv2D(16, 3,"),
            "stride 2 in C1": ("Conv2D(6, 5,", "Conv2D(6, 5, 2,"),
            "8 maps in C1": ("Conv2D(6, 5,", "Conv2D(8, 5,"),
            "12 maps in C3": ("Conv2D(16, 5,", "Conv2D(12, 5,"),
            "100 maps in C5": ("Conv2D(120, 5,", "Conv2D(100, 5,"),
            "80 units in F6": ("Dense(84, activation", "Dense(80, activation"),
            "ReLU where tanh is asked": ('activation: str = "tanh"', 'activation: str = "relu"'),
            "max where the average is asked": ('pooling == "max"', 'pooling == "average"'),
            "F6 without squashing": ("Dense(84, activation=squash,", "Dense(84,"),
        },
    ),
    *faults(
        "lenet5_original",
        LENET,
        {
            "full connections in C3": ("TableConv2D(C3_TABLE,", 'TableConv2D(("X" * 16,) * 6,'),
            "two rows of the C3 table exchanged": (
                '"X...XXX..XXXX.XX",\n    "XX...XXX..XXXX.X"',
                '"XX...XXX..XXXX.X",\n    "X...XXX..XXXX.XX"',
            ),
            "8 maps in C1": ("_conv(x, 6,", "_conv(x, 8,"),
            "100 maps in C5": ("_conv(x, 120,", "_conv(x, 100,"),
            "plain average pooling in S2 and S4": (
                '"trainable", scaled_tanh',
                '"average", scaled_tanh',
            ),
            "plain tanh": ("1.7159 * keras", "keras"),
            "squashing without 2/3": ("2.0 * x / 3.0", "x"),
            "ink 1 and paper 0": ("Rescaling(1.275, -0.1", "Rescaling(1.0, 0.0"),
            "largest distance wins": ("Rescaling(-1.0", "Rescaling(1.0"),
            "dense output instead of distances": (
                'RadialBasis(name="head_output")',
                'layers.Dense(10, name="head_output")',
            ),
        },
    ),
    *faults(
        "lenet5_original",
        LENET_LAYERS,
        {
            "mean instead of sum in S2 and S4": ('"valid") * self.size**2', '"valid")'),
            "no squashing in S2 and S4": ("self.activation(total", "(total"),
            "no bias in S2 and S4": ("self.coefficient + self.bias", "self.coefficient"),
            "one coefficient for all maps": ("maps = (input_shape[-1],)", "maps = (1,)"),
            "a coefficient for each pixel": (
                "maps = (input_shape[-1],)",
                "maps = (input_shape[1] // 2, input_shape[2] // 2, input_shape[-1])",
            ),
            "C3 without bias": ('"valid") + self.bias', '"valid")'),
            "C3 without squashing": ("self.activation(ops.conv(", "(ops.conv("),
            "trained drawings": ("trainable=False", "trainable=True"),
            "distance without the square": ("ops.square(", "ops.abs("),
        },
    ),
)
