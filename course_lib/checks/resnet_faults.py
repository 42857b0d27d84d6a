"""What a reader hears whose model computes what a known fault does: fault -> misunderstanding.

`course_lib.checks.resnet_blocks` computes each of them.
"""

from course_lib.checks.plain import ACTIVATIONS

SHORTCUT = {
    "no stride": "the map keeps its size: the shortcut must follow the stride of the block",
    "subsampled": "it keeps one pixel of each window and drops the others. Option A here takes the "
    "mean of each window, so that every pixel of x has its share",
    "paper's A": "this is option A as the paper has it: every second pixel, and zeros behind. Here "
    "each window gives its mean, and half of the zero channels stand in front",
    "maximum": "it takes the maximum of each window; the task asks for the mean",
    "summed": "it adds the pixels of each window up; the task asks for their mean",
    "divided by 4": "it divides by 4, whatever the stride. The mean of a window divides by the "
    "number of its pixels, stride * stride",
    "wide windows": "its windows have 3x3 pixels. Here a window is stride x stride, so that each "
    "pixel is in one",
    "small windows": "its windows have 2x2 pixels, whatever the stride. Here a window is "
    "stride x stride, so that each pixel is in one",
    "zeros behind": "all the new channels come behind those of x. Half of them belong in front",
    "zeros in front": "all the new channels come in front of x's. Half of them belong behind",
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
    "pooled": "it averages before it projects. With B and C the stride is on the 1x1 convolution",
}

SHORTCUT_A_VALUES = (
    "other values. Option A computes two things: each window becomes one pixel, its mean, and zero "
    "channels come in front and behind. Which of the two differs?"
)

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
    "concatenated": "the two paths are concatenated: the channels of x are put beside the others, "
    "and the map grows from block to block. A residual block adds, element by element",
    "relu before sum": "a ReLU comes before the addition. Then the residual is never negative, "
    "and the block can only add to x; the third convolution ends with its normalization",
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
    "stride third": "the stride is on the third convolution. Same weights, same output shape, but "
    "more multiply-adds and other pixels",
    "no stride": "no layer has the stride, so the map keeps its size",
    **dict.fromkeys(
        [f"{name}{where}" for where in ("", " inside") for name in ACTIVATIONS],
        "an activation other than ReLU stands in the block. The task asks for ReLU, which keeps "
        "what is above 0 and makes the rest 0",
    ),
}
RESIDUAL = BLOCK | {
    "fewer": "a convolution is missing: the residual has three",
    "more": "there is a convolution too many: the residual has three",
    "stride second": "the stride is on the second convolution. Same weights, same output shape, "
    "but more multiply-adds and other pixels; here the first one has it",
    "pooled projection": "it averages before it projects. Here the projection has the stride; the "
    "mean in front of it is a repair that the next question asks for",
}
BOTTLENECK = BLOCK | {
    "paper": "this is the block of the paper: the first 1x1 convolution and the projection have "
    "the stride, and each drops three pixels of four unread. Move the stride of the residual to "
    "the 3x3, and average before the projection",
    "stride first": "the stride is on the first convolution. Same weights, same output shape, but "
    "it drops three pixels of four unread; here the 3x3 convolution has the stride",
    "strided projection": "the projection has the stride, so it reads one pixel of four. Average "
    "2x2 windows first and give the projection stride 1",
    "maximum": "the shortcut takes the maximum of each 2x2 window; the task asks for the mean",
    "summed": "the shortcut adds the pixels of each 2x2 window up; the task asks for the mean",
    "wide windows": "the shortcut averages windows of 3x3 pixels; the task asks for 2x2, so that "
    "each pixel is in one",
    **dict.fromkeys(
        ("pooled before 0", "pooled after 1"),
        "the residual averages. Only the shortcut takes a mean; on the residual the 3x3 "
        "convolution has the stride, and reads every pixel",
    ),
    "always pools": "the shortcut averages although the map keeps its size",
    "norm before pool": "the shortcut is normalized before it is averaged; the normalization "
    "comes last, so that what is added has the statistics it was given",
    "no expansion": "the last convolution has `width` channels; it should have expansion times as "
    "many",
    "expanded inside": "the 3x3 convolution works on the expanded channels. The 1x1 in front of it "
    "reduces to `width`, which is what makes the block cheap",
}
