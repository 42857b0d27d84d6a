"""What a reader hears whose block computes what a known fault does: fault -> misunderstanding.

`course_lib.checks.mobilenet_v2_block` computes each of them.  A text has to be true in every
variant in which it can be heard.
"""

from typing import NamedTuple

from course_lib.checks.plain import ACTIVATIONS


class Form(NamedTuple):
    """A block: is x filtered first, has the wide map two kernels, is the stride at the end."""

    front: bool = False
    halves: bool = False
    behind: bool = False


FORMS = {
    "front": Form(front=True),
    "halves": Form(halves=True),
    "behind": Form(behind=True),
}
PAPER = Form()
SAID = {  # of a form: what it does
    "front": "a depthwise convolution filters x in front of the expansion",
    "halves": "3x3 kernels filter one half of the wide channels and 5x5 kernels the other",
    "behind": "the stride is on one more depthwise convolution, behind the projection",
    "paper": "there is one depthwise convolution, 3x3 and with the stride, as in the paper",
}
RELATIVES = {name: act for name, act in ACTIVATIONS.items() if name != "relu6"}
_NO_NORM = "one of the convolutions has no batch normalization behind it. Each has its own"
_ONLY_WIDE = (
    "The narrow map has no activation: behind a ReLU, what was below 0 in these few channels is "
    "gone, and no later layer gets it back"
)
_RELU = (
    "a ReLU stands where ReLU6 is asked for. ReLU6 also cuts off above 6: ReLU(max_value=6), or "
    "the activation 'relu6'"
)
_TWICE = (
    "x is added although the stride is not 1. Equal channels are not enough: x is added only where "
    "the stride is 1 AND the channels agree, and is never shrunk for it"
)
_ORDER = (
    "a ReLU6 stands in front of its normalization. The order is convolution, normalization, ReLU6"
)
TEXTS: dict[str | None, str] = {
    None: "other values: look at which convolution has the stride, at what follows each of them, "
    "and at when x is added",
    "activated": f"a ReLU6 follows the projection. {_ONLY_WIDE}",
    "activated by relu": f"a ReLU follows the projection. {_ONLY_WIDE}",
    "relu and activated": f"a ReLU follows every convolution. {_ONLY_WIDE}; and behind the wide "
    "ones it is to be a ReLU6",
    "relu": _RELU,
    "relu expand": _RELU,
    "relu filter": _RELU,
    "no act": "nothing bends: no ReLU6 stands behind the wide maps. Then the whole block is one "
    "linear map",
    "no act expand": "no ReLU6 follows the expansion",
    "no act filter": "no ReLU6 follows the depthwise convolution of the wide map",
    "subsampled": _TWICE,
    "pooled": _TWICE,
    "projected": "x is projected where the shapes differ. That is the shortcut of a residual "
    "network; here there is none in such a block",
    "no sum": "x is not added although stride and channels allow it",
    "concatenated": "x is concatenated. A residual block adds it, element by element",
    "activated sum": "a ReLU6 follows the addition. The sum is narrow, too, and has no activation",
    "sum by relu": "a ReLU follows the addition. The sum is narrow, too, and has no activation",
    "expands by one": "a 1x1 convolution stands there although the expansion is 1. Then it is left "
    "out, with its normalization and its ReLU6: it would widen nothing",
    "of filters": "the expansion multiplies `channels`, those that leave. It multiplies those that "
    "come in",
    "narrow": "the inside is narrower than x: that is a bottleneck of a residual network. Here the "
    "inside has `expansion` times the channels that come in",
    "full": "the 3x3 convolution mixes channels. A depthwise one filters each channel by itself; "
    "the 1x1 convolutions mix",
    "full wide": "the 3x3 convolution of the wide map mixes channels. A depthwise one filters each "
    "channel by itself; the 1x1 convolutions mix",
    **dict.fromkeys(
        ("no filter", "no kernel"),
        "the wide map is not filtered: its depthwise convolution is missing",
    ),
    "no stride": "no layer has the stride, so the map keeps its size",
    "stride expand": "the 1x1 expansion has the stride: it reads one pixel of four",
    "stride project": "the 1x1 projection has the stride: it reads one pixel of four",
    "no norm": "no convolution has a batch normalization behind it. Each has its own",
    **{f"no norm {name}": _NO_NORM for name in ("expand", "filter", "project")},
    **dict.fromkeys(("act first", "act first expand", "act first filter"), _ORDER),
}
OWN = {  # of single variants
    "front": {
        "activated front": f"a ReLU6 follows the first depthwise convolution. {_ONLY_WIDE}",
        "filtered shortcut": "what is added is x behind its first convolution. Added is x itself",
        "no norm front": _NO_NORM,
    },
    "halves": {
        "all 3x3": "all wide channels are filtered by 3x3 kernels. The second half has 5x5 ones",
        "all 5x5": "all wide channels are filtered by 5x5 kernels. The first half has 3x3 ones",
        "sides swapped": "the first half of the channels has 5x5 kernels and the second 3x3 ones. "
        "It is the other way round",
        "halves swapped": "the halves are joined in the other order",
        "both kernels": "each channel is filtered by both kernels, and the results are added. Each "
        "half has one kernel",
    },
    "behind": {
        "no behind": "the depthwise convolution behind the projection is missing",
        "stride wide": "the depthwise convolution of the wide map has the stride. Here the one "
        "behind the projection has it",
        "activated behind": f"a ReLU6 follows the last depthwise convolution. {_ONLY_WIDE}",
        "no norm behind": _NO_NORM,
    },
}


def faults(variant: str) -> dict:
    """Return the faults of a block, and what the reader hears of each."""
    found = TEXTS | OWN.get(variant, {})
    for form, said in SAID.items():
        if form != variant:
            found[f"as {form}"] = f"{said}. Here {SAID[variant]}"
    for name in RELATIVES:
        found[name] = "an activation other than ReLU6 follows the convolutions"
    return found
