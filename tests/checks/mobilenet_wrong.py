"""Wrong answers to the questions of the mobilenet exercises, and what each must be told."""

from functools import partial
from math import ceil, prod

import numpy as np
from keras import layers, ops

from course_lib.nets.layers import head
from course_lib.nets.mobilenet import separable_block
from tests.checks import mobilenet_right as right
from tests.checks.bank_pieces import differing

# separable_cost


def work(filtering=None, mixing=None, end=None, windows=None):
    """Return an answer with one thing changed.

    Args:
        filtering: products of the depthwise step at a window, from channels, kernel, multiplier
            and filters.
        mixing: of the 1x1 convolution, from the same.
        end: of the windows, the pixels and both products.
        windows: from the size, the stride and the kernel.
    """

    def separable_cost(size, channels, filters, kernel, stride, multiplier):
        given = channels, kernel, multiplier, filters
        first = filtering(*given) if filtering else kernel**2 * channels * multiplier
        second = mixing(*given) if mixing else channels * multiplier * filters
        places = prod(ceil(side / stride) for side in size)
        places = windows(size, stride, kernel) if windows else places
        return end(places, prod(size), first, second) if end else places * (first + second)

    return separable_cost


def mixed_first(size, channels, filters, kernel, stride, multiplier):
    places = prod(ceil(side / stride) for side in size)
    return prod(size) * channels * filters + places * kernel**2 * filters * multiplier


def with_biases(size, channels, filters, kernel, stride, multiplier):
    places = prod(ceil(side / stride) for side in size)
    maps = channels * multiplier
    return places * ((kernel**2 + 1) * maps + (maps + 1) * filters)


COST = {
    "standard": (
        work(lambda c, k, m, f: k * k * c * f, lambda *_: 0),
        "standard convolution, which does both",
    ),
    "summed": (
        work(mixing=lambda c, k, m, f: m * f),
        "adds nothing up across channels|Several filters|left out|alone",
    ),
    "one map": (work(mixing=lambda c, k, m, f: f), "adds nothing up across channels"),
    "standard kernels": (
        work(lambda c, k, m, f: k * k * c * c * m),
        "from all channels, with a 1x1",
    ),
    "multiplier forgotten behind": (
        work(mixing=lambda c, k, m, f: c * f),
        "the 1x1 convolution reads them all",
    ),
    "no multiplier": (
        work(lambda c, k, m, f: k * k * c, lambda c, k, m, f: c * f),
        "`multiplier` is left out",
    ),
    "multiplier forgotten in front": (
        work(lambda c, k, m, f: k * k * c),
        "read by `multiplier` filters, and each",
    ),
    "multiplier behind, too": (
        work(mixing=lambda c, k, m, f: c * m * f * m),
        "there in what it reads",
    ),
    "multiplied": (work(end=lambda n, _, a, b: n * a * b), "products add up|standard"),
    "filtering alone": (work(end=lambda n, _, a, b: n * a), "depthwise convolution alone"),
    "mixing alone": (work(end=lambda n, _, a, b: n * b), "1x1 convolution alone"),
    "a line": (work(lambda c, k, m, f: k * c * m), "k times k weights"),
    "pointwise first": (mixed_first, "the 1x1 convolution comes first"),
    "no stride": (work(windows=lambda size, s, k: prod(size)), "stride is left out"),
    "stride behind": (
        work(end=lambda n, whole, a, b: whole * a + n * b),
        "stride is taken by the 1x1",
    ),
    "mixing at full size": (
        work(end=lambda n, whole, a, b: n * a + whole * b),
        "reads what the depthwise one gives",
    ),
    "rounded down": (
        work(windows=lambda size, s, k: prod(side // s for side in size)),
        "Rounded down",
    ),
    "one direction": (
        work(windows=lambda size, s, k: prod(size) // s),
        "both height and width smaller",
    ),
    "valid": (
        work(windows=lambda size, s, k: prod((side - k) // s + 1 for side in size)),
        "without padding",
    ),
    "rows": (work(windows=lambda size, s, k: ceil(size[0] / s)), "counts the rows alone"),
    "columns": (work(windows=lambda size, s, k: ceil(size[1] / s)), "counts the columns alone"),
    "a square of rows": (
        work(windows=lambda size, s, k: ceil(size[0] / s) ** 2),
        "square, of its rows",
    ),
    "weights": (work(windows=lambda *_: 1), "Those are weights"),
    "twice": (work(end=lambda n, _, a, b: 2 * n * (a + b)), "twice the multiply-adds"),
    "biases": (with_biases, "Biases are added, not multiplied"),
    "the example": (lambda **_: 702, "number of the example"),
    "a pair": (work(end=lambda n, _, a, b: (n * a, n * b)), "expected a number"),
    "another number": (lambda **_: 7, "Expected"),
    "nothing returned": (lambda **_: None, "return missing"),
    "stops": (lambda size, **_: size.height, "stopped with AttributeError"),
}


# depthwise_conv


def conv(border="edge", weights=None, windows=None, end=None, pace=None):
    """Return an answer with something changed, each by a function.

    Args:
        border: how NumPy goes on beyond the border; `None` leaves it out.
        weights: of the kernel.
        windows: of the windows (B, rows, columns, C, kernel rows, kernel columns) and the stride.
        end: of the maps (B, rows, columns, C, multiplier).
        pace: of the stride.
    """

    def depthwise_conv(x, kernel, stride):
        stride = pace(stride) if pace else stride
        own = weights(kernel) if weights else kernel
        rows, columns = own.shape[:2]
        reach = [(0, 0), (rows // 2,) * 2, (columns // 2,) * 2, (0, 0)]
        padded = np.pad(x, reach, border) if border else x
        seen = np.lib.stride_tricks.sliding_window_view(padded, (rows, columns), (1, 2))
        seen = windows(seen, stride) if windows else seen[:, ::stride, ::stride]
        maps = np.einsum("bhwcij,ijcm->bhwcm", seen, own)
        maps = end(maps) if end else maps
        return maps.reshape(*maps.shape[:3], -1)

    return depthwise_conv


def library(x, kernel, stride):
    return ops.depthwise_conv(x, kernel, strides=stride, padding="same")


CONV = {
    "zeros": (conv("constant"), "zeros lie beyond the border"),
    "keras": (library, "zeros lie beyond|padding='same'"),
    "wrap": (conv("wrap"), "the map begins again beyond"),
    "mirror": (conv("reflect"), "the map is mirrored beyond its border"),
    "symmetric": (conv("symmetric"), "outermost pixels repeated"),
    "valid": (conv(None), "windows stay inside of the map"),
    "summed": (
        conv(end=lambda maps: maps.sum(3)),
        "standard convolution; a depthwise one",
    ),
    "summed and kept": (
        conv(end=lambda maps: np.broadcast_to(maps.sum(3, keepdims=True), maps.shape)),
        "sum over all channels stands in every channel",
    ),
    "one filter": (
        conv(weights=lambda k: np.broadcast_to(k[:, :, :1], k.shape)),
        "read by the filters of the first one",
    ),
    "first filter": (conv(weights=lambda k: k[..., :1]), "only the first filter|filters.*added up"),
    "filters summed": (conv(end=lambda maps: maps.sum(4)), "are added up|only the first"),
    "other order": (conv(end=lambda maps: maps.swapaxes(3, 4)), "in another order"),
    "flipped": (conv(weights=lambda k: k[::-1, ::-1]), "turned by 180 degrees"),
    "transposed": (conv(weights=lambda k: k.swapaxes(0, 1)), "have changed places"),
    "no stride": (conv(pace=lambda s: 1), "stride is left out"),
    "late": (
        conv(windows=lambda seen, s: seen[:, (s > 1) :: s, (s > 1) :: s]),
        "do not begin around the first pixel",
    ),
    "means": (
        conv(end=lambda maps: maps / 15),
        "divided by the size of the window",
    ),
    "rows alone": (conv(windows=lambda seen, s: seen[:, ::s]), "has shape"),
    "rounded": (conv(end=lambda maps: maps.round()), "no known mistake"),
    "words": (lambda x, kernel, stride: "maps", "expected an array of numbers"),
    "nothing returned": (lambda x, kernel, stride: None, "return missing"),
    "stops": (lambda x, kernel, stride: x.rows, "stopped with AttributeError"),
}


# cost_ratio


def chain(layer=None, first=None, end=None, size_of=None, reads_of=None):
    """Return an answer with one thing changed.

    Args:
        layer: multiply-adds of a separated layer, from (pixels before, windows, kernel, channels
            read, filters).
        first: of the first layer in the separated net, from the same; `None` is standard.
        end: the answer, from the lists of separated and standard layers.
        size_of: the size behind a layer, from the size and the stride.
        reads_of: the channels that the next layer reads, from those of the image and the filters.
    """

    def cost_ratio(size, channels, layers):
        separated, usual, reads = [], [], channels
        for i, (kernel, filters, stride) in enumerate(layers):
            whole = prod(size)
            behind = [ceil(side / stride) for side in size]
            size = size_of(size, stride) if size_of else behind
            given = whole, prod(size), kernel, reads, filters
            usual.append(prod(size) * kernel**2 * reads * filters)
            own = layer or (lambda w, n, k, c, f: n * c * (k * k + f))
            if i == 0:
                separated.append(first(*given) if first else usual[0])
            else:
                separated.append(own(*given))
            reads = reads_of(channels, filters) if reads_of else filters
        return end(separated, usual) if end else sum(separated) / sum(usual)

    return cost_ratio


def law(size, channels, layers):
    return chain(lambda w, n, k, c, f: n * k * k * c * f * (1 / c + 1 / k**2))(
        size, channels, layers
    )


def ratios(separated, usual):
    return [a / b for a, b in zip(separated, usual, strict=True)]


RATIO = {
    "input channels": (law, "with the channels that come in"),
    "a line": (
        chain(lambda w, n, k, c, f: n * k * k * c * f * (1 / f + 1 / k)),
        "1 / f where 1 / f\\^2 belongs",
    ),
    "multiplied parts": (chain(lambda w, n, k, c, f: n * c), "two parts are multiplied"),
    "filtering alone": (chain(lambda w, n, k, c, f: n * c * k * k), "depthwise part alone"),
    "mixing alone": (chain(lambda w, n, k, c, f: n * c * f), "1x1 part alone"),
    "pointwise first": (
        chain(lambda w, n, k, c, f: w * c * f + n * k * k * f),
        "as if the 1x1 convolution stood first",
    ),
    "stride behind": (
        chain(lambda w, n, k, c, f: c * (w * k * k + n * f)),
        "stride is taken by the 1x1",
    ),
    "summed": (
        chain(lambda w, n, k, c, f: n * (k * k * c + f)),
        "adds nothing up across channels",
    ),
    "first separated": (
        chain(first=lambda w, n, k, c, f: n * c * (k * k + f)),
        "first layer is a standard convolution in both",
    ),
    "first left out": (
        chain(end=lambda a, b: sum(a[1:]) / sum(b[1:])),
        "first layer is a standard convolution in both|last layer alone",
    ),
    "mean": (
        chain(end=lambda a, b: float(np.mean(ratios(a, b)))),
        "mean of the layers' ratios",
    ),
    "product": (
        chain(first=lambda w, n, k, c, f: n * c * (k * k + f), end=lambda a, b: prod(ratios(a, b))),
        "multiplies the layers' ratios",
    ),
    "last": (
        chain(end=lambda a, b: a[-1] / b[-1]),
        "last layer alone|first layer is a standard",
    ),
    "turned round": (chain(end=lambda a, b: sum(b) / sum(a)), "standard net divided by"),
    "saved": (chain(end=lambda a, b: 1 - sum(a) / sum(b)), "share that is saved"),
    "weights": (
        chain(
            lambda w, n, k, c, f: c * (k * k + f),
            size_of=lambda size, stride: (1, 1),
        ),
        "Those are weights|strides are left out",
    ),
    "no strides": (chain(size_of=lambda size, stride: size), "strides are left out|weights"),
    "the image's channels": (
        chain(reads_of=lambda channels, filters: channels),
        "every layer reads the channels of the image",
    ),
    "rounded down": (
        chain(size_of=lambda size, stride: [side // stride for side in size]),
        "Expected",
    ),
    "a list": (chain(end=lambda a, b: [sum(a), sum(b)]), "expected a number"),
    "another number": (lambda **_: 0.569, "Expected"),
    "nothing returned": (lambda **_: None, "return missing"),
    "stops": (lambda layers, **_: layers.first, "stopped with AttributeError"),
}


# mobilenet


def build(form="bare", **changed):
    """Return a net with one thing changed.

    Args:
        form: of the variant that it answers.
        changed: `widths`, the channels of all layers from widths and alpha; `stem`, a function of
            x and its channels; `look`, of x and a stride; `mix`, of x, filters and a stride; `at`,
            the strides of both steps from that of the block; `between` and `behind`, what follows
            a step; `stemmed`, what follows the stem; `shortcut` of x and y; `end` of x and classes.
    """

    def mobilenet(x, widths, strides, alpha, classes):
        counted = changed.get("widths", lambda w, a: [ceil(a * n) for n in w])
        stem, *others = counted(widths, alpha)
        look, mix = changed.get("look", own_look), changed.get("mix", own_mix)
        between = changed.get("between", norm if form == "bare" else settled)
        behind = changed.get("behind", settled)
        x = changed.get("stem", own_stem)(x, stem)
        x = changed.get("stemmed", settled)(x)
        for width, stride in zip(others, strides, strict=True):
            first, second = changed.get("at", lambda s: (s, 1))(stride)
            if form == "early":
                y = behind(look(between(mix(x, width, second)), first))
            else:
                y = behind(mix(between(look(x, first)), width, second))
            if form == "shortcut":
                y = changed.get("shortcut", own_shortcut)(x, y)
            x = y
        return changed.get("end", own_end)(x, classes)

    return mobilenet


def norm(x):
    return layers.BatchNormalization()(x)


def settled(x, activation="relu"):
    return layers.Activation(activation)(norm(x))


def own_stem(x, channels, side=3, stride=2):
    return layers.Conv2D(channels, side, stride, "same", use_bias=False)(x)


def own_look(x, stride, **more):
    return layers.DepthwiseConv2D(3, stride, "same", use_bias=False, **more)(x)


def own_mix(x, filters, stride=1, **more):
    return layers.Conv2D(filters, 1, stride, "same", **({"use_bias": False} | more))(x)


def own_shortcut(x, y):
    return layers.Add()([x, y]) if x.shape == y.shape else y


def own_end(x, classes, **more):
    return layers.Dense(classes, **more)(layers.GlobalAveragePooling2D()(x))


def kernels_of_all(x, stride):
    return layers.Conv2D(x.shape[-1], 3, stride, "same", use_bias=False)(x)


def same(x):
    return x


def one_convolution(x, widths, strides, alpha, classes):
    """Take standard convolutions for the blocks."""
    stem, *others = (ceil(alpha * width) for width in widths)
    x = settled(own_stem(x, stem))
    for width, stride in zip(others, strides, strict=True):
        x = settled(layers.Conv2D(width, 3, stride, "same", use_bias=False)(x))
    return own_end(x, classes)


def growing(widths, alpha):
    return [ceil(alpha ** (i + 1) * n) for i, n in enumerate(widths)]


NET = {
    "the paper's": (build(between=settled), "each block is the paper's"),
    "pointwise first": (
        build("early", between=settled),
        "the 1x1 convolution comes before the depthwise",
    ),
    "a shortcut": (build("shortcut"), "adds what came in"),
    "sums channels": (build(look=kernels_of_all), "standard ones, which add up over all"),
    "one convolution": (one_convolution, "1x1 convolution is missing"),
    "two filters": (build(look=partial(own_look, depth_multiplier=2)), "two filters for each"),
    "rounded down": (build(widths=lambda w, a: [int(a * n) for n in w]), "rounded down"),
    "rounded": (build(widths=lambda w, a: [round(a * n) for n in w]), "to the nearest whole"),
    "no alpha": (build(widths=lambda w, a: list(w)), "alpha changes nothing"),
    "alpha squared": (build(widths=lambda w, a: [ceil(a * a * n) for n in w]), "is squared"),
    "alpha again": (build(widths=growing), "applied again in each block"),
    "thick stem": (
        build(widths=lambda w, a: [w[0], *(ceil(a * n) for n in w[1:])]),
        "stem has its full width",
    ),
    "stem alone": (build(widths=lambda w, a: [ceil(a * w[0]), *w[1:]]), "thins the stem alone"),
    "divided": (build(widths=lambda w, a: [ceil(n / a) for n in w]), "divided by alpha"),
    "thin classes": (
        lambda x, widths, strides, alpha, classes: build()(
            x, widths, strides, alpha, ceil(alpha * classes)
        ),
        "thins the classes",
    ),
    "stride behind": (build(at=lambda s: (1, s)), "1x1 convolutions have the strides"),
    "strides twice": (build(at=lambda s: (s, s)), "both convolutions of a block"),
    "no strides": (build(at=lambda s: (1, 1)), "strides of the blocks are left out"),
    "stem without stride": (build(stem=partial(own_stem, stride=1)), "stem has stride 1"),
    "stem of 1x1": (build(stem=partial(own_stem, side=1)), "stem has 1x1 kernels"),
    "separable stem": (
        build(stem=lambda x, n: own_mix(own_look(x, 2), n)),
        "stem is separable",
    ),
    "SeparableConv2D": (build(between=same), "calls SeparableConv2D"),
    "no norms": (
        build(between=same, behind=layers.ReLU(), stemmed=layers.ReLU()),
        "not followed by batch normalization",
    ),
    "no ReLU at the end": (build(behind=norm), "No ReLU|no ReLU follows the last"),
    "no ReLU behind the stem": (build(stemmed=norm), "no ReLU follows the stem"),
    "no ReLU at all": (build(behind=norm, stemmed=norm), "no ReLU in the net"),
    "ReLU6": (
        build(
            behind=partial(settled, activation="relu6"),
            stemmed=partial(settled, activation="relu6"),
        ),
        "activation is ReLU6",
    ),
    "silu": (
        build(
            behind=partial(settled, activation="silu"), stemmed=partial(settled, activation="silu")
        ),
        "activation other than ReLU",
    ),
    "softmax": (build(end=partial(own_end, activation="softmax")), "softmax stands at its end"),
    "maxima": (
        build(end=lambda x, n: layers.Dense(n)(layers.GlobalMaxPooling2D()(x))),
        "maximum of each map",
    ),
    "flattened": (
        build(end=lambda x, n: layers.Dense(n)(layers.Flatten()(x))),
        "laid out in a row",
    ),
    "no bias at the end": (build(end=partial(own_end, use_bias=False)), "last layer has no biases"),
    "biases": (build(mix=partial(own_mix, use_bias=True)), "bias of a convolution"),
    "a feature map": (build(end=lambda x, n: x), "expected"),
    "nothing returned": (lambda x, **_: None, "return missing"),
    "stops": (lambda x, widths, **_: widths.stem, "stopped with AttributeError"),
}


# diagnosis

table = partial(differing, right.TABLE)
DIAGNOSIS = {
    "sound": (table(a=("nothing", "none")), "Something is wrong"),
    "suspicious": (table(d=("channels mixed", "saves nothing")), "a 3x3 kernel reads one channel"),
    "harmless": (table(e=("alpha twice", "none")), "Something follows"),
    "stride misplaced": (table(c=("one step", "mixed at full size")), "a ReLU each"),
    "a word": (table(b="channels mixed"), "Expected a pair"),
    "another word": (table(c=("order", "none")), "'order' is not one of"),
    "turned around": (table(f=right.TABLE["f"][::-1]), "is not one of"),
}

WRONG = {
    "separable_cost": COST,
    "depthwise_conv": CONV,
    "cost_ratio": RATIO,
    "mobilenet": NET,
    "diagnosis": DIAGNOSIS,
}
WRONG_OF_VARIANT = {
    ("depthwise_conv", "wrap"): {
        "zeros": (conv("constant"), "zeros lie beyond the border"),
        "edge": (conv("edge"), "border are repeated beyond it"),
    },
    ("depthwise_conv", "mirror"): {
        "symmetric": (conv("symmetric"), "outermost pixels repeated|are repeated"),
        "keras": (library, "zeros lie beyond|padding='same'"),
    },
    ("mobilenet", "shortcut"): {
        "added first": (
            build(
                "shortcut",
                behind=norm,
                shortcut=lambda x, y: layers.ReLU()(own_shortcut(x, y)),
            ),
            "added before the last ReLU",
        ),
        "fitted": (
            build(
                "shortcut",
                shortcut=lambda x, y: layers.Add()(
                    [
                        x
                        if x.shape == y.shape
                        else own_mix(x, y.shape[-1], -(-x.shape[1] // y.shape[1])),
                        y,
                    ]
                ),
            ),
            "shortcut has a 1x1",
        ),
        "no shortcut": (build(between=settled), "each block is the paper's"),
        "sums channels": (build("shortcut", look=kernels_of_all), "standard ones"),
    },
    ("mobilenet", "early"): {
        "depthwise first": (build(between=settled), "each block is the paper's"),
        "stride on 1x1": (build("early", at=lambda s: (1, s)), "1x1 convolutions have the strides"),
        "sums channels": (build("early", look=kernels_of_all), "standard ones"),
    },
}


def course_net(x, widths, strides, alpha, classes):
    """Put the course's blocks together."""
    x = settled(own_stem(x, ceil(alpha * widths[0])))
    for i, (width, stride) in enumerate(zip(widths[1:], strides, strict=True)):
        x = separable_block(x, ceil(alpha * width), stride=stride, name=f"block{i}")
    return head(x, classes)


OF_COURSE = {"depthwise_conv": [library], "mobilenet": [course_net]}
BETWEEN = {
    ("depthwise_conv", "wrap", "edge"): "begins again beyond its border. Here each pixel beyond",
    ("depthwise_conv", "edge", "mirror"): "are repeated beyond it. Here beyond the border the map",
    ("mobilenet", "bare", "shortcut"): "no ReLU stands between .* Here a block that keeps",
    ("mobilenet", "shortcut", "bare"): "adds what came in.* Here no ReLU stands between",
    ("mobilenet", "bare", "early"): "no ReLU stands between .* Here the 1x1",
}
UNREAD = "neither reads the other"
MORE = "more pixels beyond the border than any window reaches"
ABS = "its absolute value is taken"
EQUIVALENT = {  # where there are variants, patterns of the variant and the name
    "separable_cost": {
        "order: `windows = math.ceil(size[0] / stride) * math.ceil(size[1] / stride)` after "
        "`filtered = channels * multiplier`": UNREAD,
    },
    "depthwise_conv": {
        r"\w+ order: `rows, columns, .*` after `height, width = .*": UNREAD,
        r"\w+ order: `for axis, side, size in .*` after `total = 0\.0`": UNREAD,
        r"\w+ operator: `size \+ side - 1` -> `size \+ side \+ 1`": MORE,
        r"(edge|mirror) number: `1` -> `0` #4": MORE,
        r"wrap number: `1` -> `0` #3": MORE,
        r"\w+ name: `side` -> `size` #2": MORE,
        r"edge arguments: .* -> `np\.clip\(0, places, size - 1\)`": "0 is clipped from below by "
        "the places, which are then clipped from above: the larger of both, as before",
        r"mirror operands: `np\.arange\(size \+ side - 1\) - side // 2` -> .*": ABS,
        r"mirror operands: `size - 1 - np\.abs\(places\)` -> .*": ABS,
    },
    "cost_ratio": {
        "order: `high, wide = size` after `arriving, usual, separated = (channels, 0, 0)`": UNREAD,
        "order: `filtering = high * wide * arriving * kernel ** 2` after "
        "`mixing = high * wide * arriving * filters`": UNREAD,
        "order: `mixing = high * wide * arriving * filters` after "
        "`usual += filtering * filters`": UNREAD,
        "order: `usual += filtering * filters` after `separated += filtering + mixing if number "
        "else filtering * filters`": UNREAD,
        "order: `separated += filtering + mixing if number else filtering * filters` after "
        "`arriving = filters`": UNREAD,
    },
    "mobilenet": {
        r"\w+ order: `conv = .*` after `alone = .*": UNREAD,
        r"\w+ order: `alone = .*` after `stem, .*": UNREAD,
        r"(bare|shortcut) order: `width = others\.pop\(0\)` after `y = alone.*": UNREAD,
    },
}
