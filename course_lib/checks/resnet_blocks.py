"""What the blocks of the resnet exercises compute, rightly and with the usual faults.

Each reference is written for `course_lib.checks.agreement`: plain numpy, weights from `take`, and
a `fault` that changes one thing, one of those in `course_lib.checks.resnet_faults`.  What a cohort
is asked for, the `variant`, is a structure from the tables below.
"""

from typing import NamedTuple

import numpy as np

from course_lib.checks.plain import ACTIVATIONS, convolve, normalize, pool, relu


class Shortcut(NamedTuple):
    """How windows shrink, where new channels go, and whether B and C shrink before projecting."""

    how: str
    zeros: str
    pooled: bool


class Residual(NamedTuple):
    """The sides of three kernels, and which convolution has the stride."""

    kernels: tuple[int, ...]
    place: int


class Bottleneck(NamedTuple):
    """Which convolution is 3x3 and has the stride, how windows shrink, the shortcut's steps."""

    place: int
    how: str
    steps: tuple[str, str, str]


SHORTCUT = {
    "split": Shortcut("mean", "split", pooled=False),
    "behind": Shortcut("max", "behind", pooled=True),
    "front": Shortcut("mean", "front", pooled=True),
}
RESIDUAL = {
    "first": Residual((3, 3, 3), 0),
    "second": Residual((1, 3, 3), 1),
    "third": Residual((3, 1, 3), 2),
}
POOL_FIRST = ("pool", "project", "normalize")
POOL_LAST = ("project", "normalize", "pool")
BOTTLENECK = {
    "middle": Bottleneck(1, "mean", POOL_FIRST),
    "front": Bottleneck(0, "max", POOL_FIRST),
    "end": Bottleneck(2, "mean", POOL_LAST),
}
STEPS = {  # of the bottleneck's shortcut, by fault
    "norm before pool": POOL_LAST,
    "projection before pool": ("project", "pool", "normalize"),
    "norm after pool": POOL_FIRST,
}
HOW = {"mean": "mean", "maximum": "max", "summed": "sum"}  # by fault
PLACES = ("first", "second", "third")
STRIDES = {f"stride {name}": i for i, name in enumerate(PLACES)} | {"no stride": 9}


def shortcut(x, take, training, fault, *, variant="split", **sizes):
    """Carry x past a block by option A (windows and zero channels), B or C."""
    own = SHORTCUT[variant]
    channels, stride, option = sizes["channels"], sizes["stride"], sizes["option"]
    c = x.shape[3]
    same = stride == 1 and c == channels
    stride = 1 if fault == "no stride" else stride
    if option == "A" and fault == "projects A":
        option = "C"
    if option == "B" and fault == "pads B":
        option = "A"
    if option == "A":
        if fault == "paper's A":
            return _pad(x[:, ::stride, ::stride], channels, "behind", None)
        return _pad(_shrink(x, stride, own.how, fault), channels, own.zeros, fault)
    passes = fault == "passes equal shapes" if option == "C" else fault != "projects equal shapes"
    if same and passes:
        return x
    if own.pooled or fault == "pooled":
        x, stride = _shrink(x, stride, own.how, fault), 1
    k = 3 if fault == "wide" else 1
    x = convolve(x, take.kernel((k, k, c, channels)), stride, "same")
    if fault != "no norm":
        x = normalize(x, take.norm(channels), training)
    return relu(x) if fault == "activated" else x


def _shrink(x, stride, how, fault):
    if fault == "subsampled":
        return x[:, ::stride, ::stride]
    if fault in ("wide windows", "small windows"):
        return pool(x, 3 if fault == "wide windows" else 2, stride, how, "same")
    if fault == "divided by 4":
        return pool(x, stride, how="sum") / 4
    return pool(x, stride, how=HOW.get(fault, how))


def _pad(x, channels, zeros, fault):
    extra = channels - x.shape[3]
    if extra and fault == "copies":
        return np.concatenate([x] * (channels // x.shape[3] + 1), 3)[..., :channels]
    if (fault or "").startswith("zeros "):
        zeros = fault.removeprefix("zeros ")
    front = {"split": extra // 2, "behind": 0, "front": extra}[zeros]
    return np.pad(x, [(0, 0)] * 3 + [(front, extra - front)])


def residual_block(x, take, training, fault, *, width, stride, variant="first"):
    """Three convolutions, one of them with the stride, and a shortcut of option B."""
    kernels, place = RESIDUAL[variant]
    if fault in ("fewer", "all 3x3"):
        kernels, place = ((3, 3) if fault == "fewer" else (3, 3, 3)), 0
    kernels = (*kernels, 3) if fault == "more" else kernels
    place = STRIDES.get(fault, place)
    units = [(k, width, stride if i == place else 1) for i, k in enumerate(kernels)]
    skip_stride = 1 if fault == "no stride" else stride

    def skip(x):
        if stride == 1 and x.shape[3] == width and fault != "project always":
            return x
        if fault == "pad":
            return _pad(x[:, ::stride, ::stride], width, "split", None)
        kernel = take.kernel((1, 1, x.shape[3], width))
        if fault == "pooled projection":
            x = convolve(pool(x, stride, padding="same"), kernel)
        else:
            x = convolve(x, kernel, skip_stride)
        return x if fault == "no norm on projection" else normalize(x, take.norm(width), training)

    return _block(x, units, skip, take, training, fault)


def bottleneck_block(x, take, training, fault, *, padding="symmetric", variant="middle", **sizes):
    """Two 1x1 and a 3x3 with the stride; the shortcut takes windows and projects."""
    own = BOTTLENECK[variant]
    width, stride = sizes["width"], sizes["stride"]
    out = width if fault == "no expansion" else width * sizes["expansion"]
    inner = out if fault == "expanded inside" else width
    larges = {f"3x3 {name}": i for i, name in enumerate(PLACES)} | {"paper": 1}
    large = larges.get(fault, own.place)
    place = (STRIDES | {"paper": 0}).get(fault, large)
    place = 9 if (fault or "").startswith("pooled") else place
    units = [
        (3 if i == large else 1, filters, stride if i == place else 1)
        for i, filters in enumerate((inner, inner, out))
    ]

    def skip(x):
        if stride == 1 and x.shape[3] == out and fault != "project always":
            return x
        if fault == "pad":
            return _pad(pool(x, stride), out, "split", None)
        step = 1 if fault == "no stride" else stride
        return _project(x, take, training, fault, (out, step, own))

    return _block(x, units, skip, take, training, fault, padding)


def _project(x, take, training, fault, about):
    """Return the shortcut of a bottleneck where the shape changes."""
    out, step, own = about
    size = {"always pools": 2, "wide windows": 3}.get(fault, step)
    kernel = take.kernel((1, 1, x.shape[3], out))
    strided = fault in ("strided projection", "paper")
    for name in STEPS.get(fault, own.steps):
        if name == "project":
            x = convolve(x, kernel, step if strided else 1)
        elif name == "normalize" and fault != "no norm on projection":
            x = normalize(x, take.norm(out), training)
        elif name == "pool" and not strided:
            x = pool(x, size, step, HOW.get(fault, own.how), "same")
    return x


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
    if fault in ("relu before sum", "relu moved"):
        y = relu(y)
    return _join(y, skip, x, take, training, fault)


def _join(y, skip, x, take, training, fault):
    if fault != "no sum":
        aside = skip(x)
        if fault in ("concatenated", "concatenated, x first"):
            both = [y, aside] if fault == "concatenated" else [aside, y]
            return relu(np.concatenate(both, 3))
        y = y + (relu(aside) if fault == "relu on shortcut" else aside)
    if fault == "norm after sum":
        y = normalize(y, take.norm(y.shape[3]), training)
    if fault == "scaled":
        y = y / 2
    if fault in ("no last relu", "relu moved", "pre-activation"):
        return y
    return ACTIVATIONS.get(fault, relu)(y)
