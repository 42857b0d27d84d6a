"""What the blocks of the resnet exercises compute, rightly and with the usual faults.

Each reference is written for `course_lib.checks.agreement`: plain numpy, weights from `take`, and
a `fault` that changes one thing.  The texts say which misunderstanding has that effect.
"""

import numpy as np

from course_lib.checks.plain import convolve, normalize, pool, relu

SHORTCUT_FAULTS = {
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

# What tutorials use in place of ReLU; tanh forms, which stay finite for large values.
ACTIVATIONS = {
    "gelu": lambda x: x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))) / 2,
    "silu": lambda x: x * (1 + np.tanh(x / 2)) / 2,
    "hard_silu": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "mish": lambda x: x * np.tanh(np.logaddexp(0, x)),
    "softplus": lambda x: np.logaddexp(0, x),
    "elu": lambda x: np.maximum(x, np.expm1(np.minimum(x, 0))),
    "selu": lambda x: 1.0507 * np.where(x > 0, x, 1.67326 * np.expm1(np.minimum(x, 0))),
    "leaky_relu": lambda x: np.maximum(x, 0.2 * x),
    "LeakyReLU": lambda x: np.maximum(x, 0.3 * x),
    "relu6": lambda x: np.clip(x, 0, 6),
}

BLOCK_FAULTS = {
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
RESIDUAL_FAULTS = BLOCK_FAULTS | {
    "fewer": "a convolution is missing: the residual has three",
    "more": "there is a convolution too many: the residual has three",
    "stride second": "the stride is on the second convolution. Same weights, same output shape, "
    "but more multiply-adds and other pixels; here the first one has it",
    "pooled projection": "it averages before it projects. Here the projection has the stride; the "
    "mean in front of it is a repair that the next question asks for",
}
BOTTLENECK_FAULTS = BLOCK_FAULTS | {
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


def shortcut(x, take, training, fault, *, channels, stride, option):
    """Carry x past a block by option A (mean and zero channels), B or C."""
    c = x.shape[3]
    same = stride == 1 and c == channels
    stride = 1 if fault == "no stride" else stride
    if option == "A" and fault == "projects A":
        option = "C"
    if option == "B" and fault == "pads B":
        option = "A"
    if option == "A":
        return _pad(_shrink(x, stride, fault), channels, fault)
    passes = fault == "passes equal shapes" if option == "C" else fault != "projects equal shapes"
    if same and passes:
        return x
    if fault == "pooled":
        x, stride = pool(x, stride), 1
    k = 3 if fault == "wide" else 1
    x = convolve(x, take.kernel((k, k, c, channels)), stride, "same")
    if fault != "no norm":
        x = normalize(x, take.norm(channels), training)
    return relu(x) if fault == "activated" else x


def _shrink(x, stride, fault):
    if fault in ("subsampled", "paper's A"):
        return x[:, ::stride, ::stride]
    if fault in ("wide windows", "small windows"):
        return pool(x, 3 if fault == "wide windows" else 2, stride, padding="same")
    if fault == "divided by 4":
        return pool(x, stride, how="sum") / 4
    return pool(x, stride, how={"maximum": "max", "summed": "sum"}.get(fault, "mean"))


def _pad(x, channels, fault):
    extra = channels - x.shape[3]
    if extra and fault == "copies":
        return np.concatenate([x] * (channels // x.shape[3] + 1), 3)[..., :channels]
    front = {"zeros behind": 0, "paper's A": 0, "zeros in front": extra}.get(fault, extra // 2)
    return np.pad(x, [(0, 0)] * 3 + [(front, extra - front)])


def residual_block(x, take, training, fault, *, width, stride):
    """Three 3x3 convolutions, the stride on the first, and a shortcut of option B."""
    count = {"fewer": 2, "more": 4}.get(fault, 3)
    place = {"stride second": 1, "stride third": 2, "no stride": 9}.get(fault, 0)
    units = [(3, width, stride if i == place else 1) for i in range(count)]
    skip_stride = 1 if fault == "no stride" else stride

    def skip(x):
        if stride == 1 and x.shape[3] == width and fault != "project always":
            return x
        if fault == "pad":
            return _pad(x[:, ::stride, ::stride], width, None)
        kernel = take.kernel((1, 1, x.shape[3], width))
        if fault == "pooled projection":
            x = convolve(pool(x, stride, padding="same"), kernel)
        else:
            x = convolve(x, kernel, skip_stride)
        return x if fault == "no norm on projection" else normalize(x, take.norm(width), training)

    return _block(x, units, skip, take, training, fault)


def bottleneck_block(x, take, training, fault, *, padding="symmetric", **sizes):
    """1x1, 3x3 with the stride, 1x1; where the shape changes the shortcut averages and projects."""
    width, expansion, stride = sizes["width"], sizes["expansion"], sizes["stride"]
    out = width if fault == "no expansion" else width * expansion
    inner = out if fault == "expanded inside" else width
    place = {"stride first": 0, "paper": 0, "stride third": 2, "no stride": 9}.get(fault, 1)
    place = 9 if (fault or "").startswith("pooled") else place
    kernels = ((1, inner), (3, inner), (1, out))
    units = [(k, filters, stride if i == place else 1) for i, (k, filters) in enumerate(kernels)]

    def skip(x):
        c = x.shape[3]
        if stride == 1 and c == out and fault != "project always":
            return x
        if fault == "pad":
            return _pad(pool(x, stride), out, None)
        step = 1 if fault == "no stride" else stride
        size = {"always pools": 2, "wide windows": 3}.get(fault, step)
        kernel = take.kernel((1, 1, c, out))
        if fault in ("strided projection", "paper"):
            x = convolve(x, kernel, step)
        else:
            if fault == "norm before pool":
                return pool(normalize(convolve(x, kernel), take.norm(out), training), size)
            how = {"maximum": "max", "summed": "sum"}.get(fault, "mean")
            x = convolve(pool(x, size, step, how, "same"), kernel)
        return x if fault == "no norm on projection" else normalize(x, take.norm(out), training)

    return _block(x, units, skip, take, training, fault, padding)


def _block(x, units, skip, take, training, fault, padding="symmetric"):
    """Return relu(F(x) + skip(x)); `units` are (kernel side, filters, stride) of F."""
    fault = fault or ""
    pre = fault == "pre-activation"
    act = ACTIVATIONS.get(fault.removesuffix(" inside"), relu)
    y = x
    last = len(units) - 1
    for i, (k, filters, stride) in enumerate(units):
        if pre:
            y = relu(normalize(y, take.norm(y.shape[3]), training))
        y = pool(y, 2) if fault == f"pooled before {i}" else y
        y = convolve(y, take.kernel((k, k, y.shape[3], filters)), stride, padding)
        y = pool(y, 2) if fault == f"pooled after {i}" else y
        relu_first = fault == "relu before each norm" or (fault == "relu before norm" and i < last)
        if relu_first:
            y = relu(y)
        without = fault.startswith("no norm ") and str(i) in fault
        if not (pre or without or (i == last and fault == "norm after sum")):
            y = normalize(y, take.norm(filters), training)
        if i < last and not (
            pre or relu_first or (fault.startswith("no relu") and str(i) in fault)
        ):
            y = act(y)
    if fault == "relu before sum":
        y = relu(y)
    return _join(y, skip, x, take, training, fault)


def _join(y, skip, x, take, training, fault):
    if fault != "no sum":
        aside = skip(x)
        if fault == "concatenated":
            return relu(np.concatenate([y, aside], 3))
        y = y + (relu(aside) if fault == "relu on shortcut" else aside)
    if fault == "norm after sum":
        y = normalize(y, take.norm(y.shape[3]), training)
    if fault == "scaled":
        y = y / 2
    return y if fault in ("no last relu", "pre-activation") else ACTIVATIONS.get(fault, relu)(y)
