"""What a reader hears whose MBConv computes what a known fault does: fault -> misunderstanding.

`course_lib.checks.efficientnet_block` computes each of them.  A text has to be true in every
variant in which it can be heard.
"""

from course_lib.checks.plain import ACTIVATIONS, relu

FORMS = {
    "front": "the gate stands behind the expansion, in front of the depthwise convolution",
    "narrow": "the gate stands behind the projection, where the map is narrow",
    "fused": "one 3x3 convolution widens and filters, and the gate stands behind it",
}
SAID = {**FORMS, "paper": "the gate stands behind the depthwise convolution, as in EfficientNet"}
RELATIVES = {name: act for name, act in ACTIVATIONS.items() if name != "silu"} | {"relu": relu}
_NO_NORM = "one of the convolutions has no batch normalization behind it. Each has its own"
_SHORTCUT = (
    "x is added although it does not fit. It is added only where the stride is 1 AND as many "
    "channels leave as come in, as it is"
)
_UNITS = "the units of the gate are counted from {}. They are counted from the channels of x"
TEXTS: dict[str | None, str] = {
    None: "other values: look at where the gate stands, at how many units it has, at the "
    "activations, and at when x is added",
    "share of wide": _UNITS.format("the map that it multiplies"),
    "share of filters": _UNITS.format("the channels that leave the block"),
    "units rounded up": "the units of the gate are rounded up. Round them down, but not to 0",
    "units nearest": "the units of the gate are rounded to the nearest. Round them down, not to 0",
    "no gate": "there is no gate",
    "gate no bias": "the dense layers of the gate have no biases. Here both have them",
    "gate relu": "a ReLU stands between the dense layers of the gate. Here it is swish",
    "gate linear": "nothing bends between the dense layers of the gate. Here it is swish",
    "gate softmax": "a softmax makes the gates. Then they share a sum of 1. A sigmoid is asked for",
    "gate open": "no sigmoid makes the gates, so that they may be any number",
    "gate swish": "a swish makes the gates. A sigmoid is asked for",
    "gate maxima": "the gate reads maxima. It reads means",
    "gate pixels": "the gate reads each pixel by itself. It reads the means over the map",
    "gate added": "the gates are added. They multiply",
    "activated": "swish follows the projection. The narrow map has no activation",
    "no act": "no swish follows a convolution that ends in a wide map",
    "subsampled": _SHORTCUT,
    "projected": "x is projected where the shapes differ. In such a block there is no shortcut",
    "no sum": "x is not added although stride and channels allow it",
    "activated sum": "swish follows the addition. Nothing does",
    "of filters": "the expansion multiplies `channels`, those that leave. It multiplies those of x",
    "stride project": "the projection has the stride: it reads one pixel of four",
    "no stride": "no layer has the stride, so the map keeps its size",
    "no norm project": _NO_NORM,
    "no norm filter": _NO_NORM,
    "act first": "swish stands in front of a normalization. The order is convolution, "
    "normalization, swish",
}
_LAYERS = {
    "expands by one": "a 1x1 convolution stands there although the expansion is 1. Then it is left "
    "out, with its normalization and its swish",
    "full": "the 3x3 convolution mixes channels. A depthwise one filters each channel by itself",
    "stride expand": "the expansion has the stride: it reads one pixel of four",
    "no norm expand": _NO_NORM,
}
OWN = {
    "front": _LAYERS,
    "narrow": {
        **_LAYERS,
        "gated sum": "the gate multiplies the sum. It multiplies the branch, in front of the "
        "addition",
        "normalized gate": "the gate stands in front of the last normalization. It stands behind",
    },
    "fused": {
        "no wide": "with an expansion of 1 the 3x3 convolution stays: it has the filters",
    },
}


def faults(variant: str) -> dict:
    """Return the faults of a block, and what the reader hears of each."""
    found = TEXTS | OWN.get(variant, {})
    for form, said in SAID.items():
        if form != variant:
            found[f"as {form}"] = f"{said}. Here {FORMS[variant]}"
    for name in RELATIVES:
        found[name] = "an activation other than swish follows the convolutions of the wide map"
        found[f"{name} everywhere"] = (
            "an activation other than swish follows the convolutions and stands in the gate"
        )
    return found
