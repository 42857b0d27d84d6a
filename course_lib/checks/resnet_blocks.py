"""What the blocks of the resnet exercises compute, rightly and with the usual faults.

Each reference is written for `course_lib.checks.agreement`: plain numpy, weights from `take`, and
a `fault` that changes one thing, one of those in `course_lib.checks.resnet_faults`.
"""

import numpy as np

from course_lib.checks.plain import ACTIVATIONS, convolve, normalize, pool, relu


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
