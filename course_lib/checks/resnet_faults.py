"""What a reader hears whose model computes what a known fault does: fault -> misunderstanding.

`course_lib.checks.resnet_blocks` computes each of them.  A text has to be true in every variant in
which it can be heard.
"""

from course_lib.checks.plain import ACTIVATIONS
from course_lib.checks.resnet_blocks import BOTTLENECK, PLACES, RESIDUAL, SHORTCUT

HOW = {"mean": "mean", "max": "maximum"}
ZEROS = {
    "split": "half of the new channels come in front of those of x and half behind",
    "behind": "all the new channels come behind those of x",
    "front": "all the new channels come in front of x's",
}
WANTED = {
    "split": "half of the zero channels stand in front, half behind",
    "behind": "all zero channels stand behind",
    "front": "all zero channels stand in front",
}
PROJECTED = {
    "no stride": "the map keeps its size: the shortcut must follow the stride of the block",
    "wide windows": "its windows have 3x3 pixels. Here a window is stride x stride, so that each "
    "pixel is in one",
    "small windows": "its windows have 2x2 pixels, whatever the stride. Here a window is "
    "stride x stride, so that each pixel is in one",
    "copies": "the new channels are copies of x; option A adds zeros, which carry nothing",
    "projects A": "this is a projection. Option A has no weights at all: it fills with zeros",
    "projects equal shapes": "it projects although the shapes agree. That is option C; with B "
    "x passes unchanged wherever it fits",
    "passes equal shapes": "it passes x unchanged where the shapes agree. That is option B; C "
    "projects in every block",
    "pads B": "it pads with zeros. That is option A; B has a 1x1 convolution where shapes differ",
    "no norm": "the projection has no batch normalization. Every convolution of the net is "
    "followed by one, this one too: else the two sides of the sum differ in scale",
    "activated": "a ReLU follows the projection. The shortcut must be able to carry negative "
    "values; the only ReLU comes after the addition, outside this function",
    "wide": "the projection has a 3x3 kernel. It mixes channels, not neighbours: 1x1 is enough",
}


def shortcut(variant: str, option: str) -> dict:
    """Return the faults of a shortcut of one option."""
    own = SHORTCUT[variant]
    how, wanted = HOW[own.how], WANTED[own.zeros]
    found: dict[str | None, str] = {
        "paper's A": "this is option A as the paper has it: every second pixel, and zeros behind. "
        f"Here each window gives its {how}, and {wanted}",
        "subsampled": "it keeps one pixel of each window and drops the others. Here each window "
        f"gives its {how}, so that every pixel of x is read",
        "summed": f"it adds the pixels of each window up; the task asks for their {how}",
    }
    for other in _others(how):
        found[other] = f"it takes the {other} of each window; the task asks for the {how}"
    if own.how == "mean":
        found["divided by 4"] = (
            "it divides by 4, whatever the stride. The mean of a window divides by the number of "
            "its pixels, stride * stride"
        )
    for zeros, text in ZEROS.items():
        if zeros != own.zeros:
            found[f"zeros {zeros}"] = f"{text}. Here {wanted}"
    if not own.pooled:
        found["pooled"] = (
            "it averages before it projects. With B and C the stride is on the 1x1 convolution"
        )
    if option == "A":
        found[None] = (
            "other values. Option A computes two things: each window becomes one pixel, its "
            f"{how}, and {wanted}. Which of the two differs?"
        )
    return found | PROJECTED


_NO_RELU = (
    "a ReLU between the convolutions is missing. Two convolutions with nothing but normalization "
    "between them are no more than one linear map"
)
_NO_NORM = (
    "no batch normalization follows one of the convolutions of the residual. Each convolution is "
    "followed by its own"
)
_RELU_FIRST = (
    "ReLU comes before the normalization. The order is convolution, batch normalization, ReLU: "
    "only so does the ReLU see values around zero"
)

BLOCK = {
    **dict.fromkeys(
        ("concatenated", "concatenated, x first"),
        "the two paths are concatenated: the channels of x are put beside the others, and the map "
        "grows from block to block. A residual block adds, element by element",
    ),
    "relu before sum": "a ReLU comes before the addition. Then the residual is never negative, "
    "and the block can only add to x; the third convolution ends with its normalization",
    "relu moved": "the last ReLU comes before the addition, and none behind it. Then the residual "
    "is never negative, and from block to block values can only grow",
    "no last relu": "the ReLU after the addition is missing",
    "no sum": "x is not added: without a shortcut this is a plain stack of layers",
    "scaled": "the sum is scaled. The shortcut carries x itself and both sides have weight 1",
    "project always": "it projects although the shapes agree. That is option C; option B lets x "
    "pass unchanged and has no weights there",
    "pad": "the shortcut is padded with zeros. That is option A; B projects where shapes differ",
    "no norm on projection": "the projection has no batch normalization. It is a convolution like "
    "the others, and its output is added to one that is normalized",
    "relu on shortcut": "a ReLU acts on the shortcut before the addition. The shortcut should "
    "carry what it gets, or its projection, without an activation",
    **dict.fromkeys(("no relu 0", "no relu 1", "no relu 0, 1"), _NO_RELU),
    **dict.fromkeys(("no norm 0", "no norm 1", "no norm 2", "no norm 0, 1, 2"), _NO_NORM),
    "relu before norm": _RELU_FIRST,
    "relu before each norm": _RELU_FIRST,
    "pre-activation": "normalization and ReLU come before each convolution. That is the second "
    "version of the residual net (v2); here each convolution comes first",
    "norm after sum": "the last normalization comes after the addition, so the shortcut is "
    "rescaled too. It belongs before the addition, right after the convolution",
    "no stride": "no layer has the stride, so the map keeps its size",
    **dict.fromkeys(
        [f"{name}{where}" for where in ("", " inside") for name in ACTIVATIONS],
        "an activation other than ReLU stands in the block. The task asks for ReLU, which keeps "
        "what is above 0 and makes the rest 0",
    ),
}


def _others(how: str) -> list[str]:
    return [other for other in HOW.values() if other != how]


def residual(variant: str) -> dict:
    """Return the faults of a block with three convolutions."""
    kernels, place = RESIDUAL[variant]
    found = BLOCK | {
        "fewer": "a convolution is missing: the residual has three",
        "more": "there is a convolution too many: the residual has three",
        "pooled projection": "it averages before it projects. Here the projection has the stride; "
        "windows that shrink the map are a repair that the next question asks for",
    }
    for i, name in enumerate(PLACES):
        if i != place:
            found[f"stride {name}"] = (
                f"the stride is on the {name} convolution; here the {PLACES[place]} one has it. "
                f"Same weights, same output shape, but {'more' if i > place else 'fewer'} "
                "multiply-adds and other pixels"
            )
    if 1 in kernels:
        found["all 3x3"] = (
            "these are three 3x3 convolutions with the stride on the first. Here the "
            f"{PLACES[kernels.index(1)]} one is 1x1, and the {PLACES[place]} one has the stride"
        )
    return found


CHANGES = {  # what makes the paper's block the one that is asked for
    "middle": "Move the stride of the residual to the 3x3, and average before the projection",
    "front": "Here the 3x3 convolution comes first and has the stride, and the shortcut takes the "
    "maximum of windows before it projects",
    "end": "Here the 3x3 convolution comes last and has the stride, and the shortcut averages "
    "after its normalization",
}
INSTEAD = {  # of a projection with the stride
    "middle": "Average 2x2 windows first and give the projection stride 1",
    "front": "Take the maximum of 2x2 windows first and give the projection stride 1",
    "end": "Give it stride 1, and average 2x2 windows after the normalization",
}
ORDER = {  # of the steps of the shortcut
    "middle": {
        "norm before pool": "the shortcut is normalized before it is averaged; the normalization "
        "comes last, so that what is added has the statistics it was given"
    },
    "front": {
        "norm before pool": "the shortcut is projected and normalized before it takes the "
        "maximum; here the windows come first",
        "projection before pool": "the shortcut projects before it takes the maximum; here the "
        "windows come first",
    },
    "end": {
        "norm after pool": "the shortcut is averaged before it is normalized; here the mean of "
        "the windows comes last"
    },
}


def bottleneck(variant: str) -> dict:
    """Return the faults of a bottleneck."""
    own = BOTTLENECK[variant]
    how, place = HOW[own.how], PLACES[own.place]
    found = BLOCK | {
        "paper": "this is the block of the paper: the first 1x1 convolution and the projection "
        f"have the stride, and each drops three pixels of four unread. {CHANGES[variant]}",
        "strided projection": "the projection has the stride, so it reads one pixel of four. "
        f"{INSTEAD[variant]}",
        "summed": "the shortcut adds the pixels of each 2x2 window up; the task asks for the "
        f"{how}",
        "wide windows": "the windows of the shortcut have 3x3 pixels; the task asks for 2x2, so "
        "that each pixel is in one",
        **dict.fromkeys(
            ("pooled before 0", f"pooled after {own.place}"),
            "the residual averages. Only the shortcut has windows; on the residual the 3x3 "
            "convolution has the stride, and reads every pixel",
        ),
        "always pools": f"the shortcut {'averages' if how == 'mean' else 'takes a maximum'} "
        "although the map keeps its size",
        **ORDER[variant],
        "no expansion": "the last convolution has `width` channels; it should have expansion times "
        "as many",
        "expanded inside": "the residual works on the expanded channels. Here its first two "
        "convolutions have `width`, which is what makes the block cheap",
    }
    for other in _others(how):
        found[other] = (
            f"the shortcut takes the {other} of each 2x2 window; the task asks for the {how}"
        )
    for name in PLACES:
        if name != place:
            found[f"stride {name}"] = (
                f"the stride is on the {name} convolution, which is 1x1: it drops three pixels of "
                "four unread; here the 3x3 convolution has the stride"
            )
            found[f"3x3 {name}"] = f"the {name} convolution is 3x3; here the {place} one is"
    return found
