"""Wrong answers to the questions of the inception_v3 exercises, and what each must be told."""

from functools import partial
from itertools import pairwise
from math import prod

import numpy as np
from keras import layers

from course_lib.nets.inception_v3 import module_17, reduction_17
from tests.checks import inception_v3_right as right
from tests.checks.bank_pieces import differing

# factorized_cost


def ratio(area=prod, grow=None, one=None, chain=sum, end=None):
    """Return an answer with one thing changed, each by a function.

    Args:
        area: of a kernel, from its pair of sides.
        grow: window of the chain, from the sides along one axis.
        one: channels of the one convolution, multiplied, from the widths.
        chain: of the products of each convolution.
        end: of both counts.
    """

    def factorized_cost(kernels, widths):
        each = [area(k) * a * b for k, (a, b) in zip(kernels, pairwise(widths), strict=True)]
        sides = zip(*kernels, strict=True)
        window = prod((grow or (lambda s: sum(s) - len(s) + 1))(along) for along in sides)
        direct = window * (one(widths) if one else widths[0] * widths[-1])
        return end(chain(each), direct) if end else chain(each) / direct

    return factorized_cost


def with_channels(reads, gives):
    """Return an answer whose convolutions read and put out other channels."""

    def factorized_cost(kernels, widths):
        rows, columns = (sum(s) - len(s) + 1 for s in zip(*kernels, strict=True))
        each = [prod(k) * reads(widths, i) * gives(widths, i) for i, k in enumerate(kernels)]
        return sum(each) / (rows * columns * widths[0] * widths[-1])

    return factorized_cost


def areas_alone(kernels, widths):
    rows, columns = (sum(s) - len(s) + 1 for s in zip(*kernels, strict=True))
    return sum(map(prod, kernels)) / (rows * columns)


def filters_alone(kernels, widths):
    rows, columns = (sum(s) - len(s) + 1 for s in zip(*kernels, strict=True))
    each = [prod(k) * gives for k, gives in zip(kernels, widths[1:], strict=True)]
    return sum(each) / (rows * columns * widths[-1])


def with_biases(kernels, widths):
    rows, columns = (sum(s) - len(s) + 1 for s in zip(*kernels, strict=True))
    each = [(prod(k) * a + 1) * b for k, (a, b) in zip(kernels, pairwise(widths), strict=True)]
    return sum(each) / ((rows * columns * widths[0] + 1) * widths[-1])


def square_window(kernels, widths):
    side = max(sum(s) - len(s) + 1 for s in zip(*kernels, strict=True))
    chain = sum(prod(k) * a * b for k, (a, b) in zip(kernels, pairwise(widths), strict=True))
    return chain / (side**2 * widths[0] * widths[-1])


COST = {
    "turned round": (ratio(end=lambda chain, direct: direct / chain), "not the other way round"),
    "saved": (ratio(end=lambda chain, direct: 1 - chain / direct), "share that is saved"),
    "more": (ratio(end=lambda chain, direct: chain / direct - 1), "how much the chain costs more"),
    "products": (ratio(end=lambda chain, direct: chain), "products of the chain. Divide"),
    "sum of sides": (ratio(grow=sum), "adds k - 1 pixels"),
    "product of sides": (ratio(grow=prod), "adds k - 1 pixels"),
    "largest": (ratio(grow=max), "largest kernel of the chain"),
    "square": (square_window, "which is no square"),
    "areas alone": (areas_alone, "takes all channels for equal"),
    "filters alone": (filters_alone, "reads all channels that reach it"),
    "all read the first": (
        with_channels(lambda w, i: w[0], lambda w, i: w[i + 1]),
        "Only the first convolution reads what comes in",
    ),
    "first and last": (
        with_channels(lambda w, i: w[0], lambda w, i: w[-1]),
        "the first and the last of the widths",
    ),
    "as many as it gives": (
        with_channels(lambda w, i: w[i + 1], lambda w, i: w[i + 1]),
        "as many channels as it puts out",
    ),
    "one through all": (
        ratio(one=lambda w: sum(a * b for a, b in pairwise(w))),
        "Those between are of the chain",
    ),
    "sum of both sides": (ratio(area=sum), "r times c weights"),
    "square of rows": (ratio(area=lambda k: k[0] ** 2), "r times c weights"),
    "square of columns": (ratio(area=lambda k: k[1] ** 2), "r times c weights"),
    "the last": (ratio(chain=lambda each: each[-1]), "last convolution of the chain alone"),
    "the first": (ratio(chain=lambda each: each[0]), "first convolution of the chain alone"),
    "mean": (ratio(chain=lambda each: sum(each) / len(each)), "mean of the convolutions"),
    "biases": (with_biases, "Biases are added"),
    "the example": (lambda **_: 1.008, "Expected"),
    "words": (lambda **_: "less", "expected a number"),
    "nothing returned": (lambda **_: None, "return missing"),
    "stops": (lambda kernels, **_: kernels.rows, "stopped with AttributeError"),
}


# label_smoothing


def smoothed(share=None, mix=None):
    """Return an answer with one thing changed, each by a function.

    Args:
        share: of the classes, from one-hot labels (images, people, K).
        mix: of these shares with epsilon and K.
    """

    def label_smoothing(y, epsilon, classes):
        votes = np.eye(classes)[np.asarray(y)]
        shares = share(votes) if share else votes.mean(1)
        if mix:
            return mix(shares, epsilon, classes)
        return (1 - epsilon) * shares + epsilon / classes

    return label_smoothing


def softmaxed(shares, epsilon, classes):
    grown = np.exp((1 - epsilon) * shares + epsilon / classes)
    return grown / grown.sum(1, keepdims=True)


def by_people(y, epsilon, classes):
    shares = np.eye(classes)[np.asarray(y)].mean(1)
    return (1 - epsilon) * shares + epsilon / np.shape(y)[1]


SMOOTHING = {
    "the other classes": (
        smoothed(mix=lambda q, e, k: (1 - e) * q + e * (1 - q) / (k - 1)),
        "shared by the other classes only",
    ),
    "the right one without": (
        smoothed(mix=lambda q, e, k: np.where(q > 0, (1 - e) * q, e / k)),
        "named get no part of epsilon",
    ),
    "nothing taken away": (smoothed(mix=lambda q, e, k: q + e / k), "nothing is taken away"),
    "epsilon each": (smoothed(mix=lambda q, e, k: (1 - e) * q + e), "gets the whole epsilon"),
    "turned round": (smoothed(mix=lambda q, e, k: e * q + (1 - e) / k), "changed places"),
    "by people": (by_people, "divided by the number of people|whole epsilon"),
    "named classes": (
        smoothed(mix=lambda q, e, k: (1 - e) * q + e * (q > 0) / (q > 0).sum(1, keepdims=True)),
        "only classes that somebody named|nothing is smoothed",
    ),
    "hard": (smoothed(mix=lambda q, e, k: q), "nothing is smoothed"),
    "even": (smoothed(mix=lambda q, e, k: np.full_like(q, 1 / k)), "labels are not used"),
    "of logits": (smoothed(mix=softmaxed), "A softmax follows|a softmax follows"),
    "majority": (
        smoothed(lambda v: np.eye(v.shape[2])[v.sum(1).argmax(1)]),
        "most people named counts",
    ),
    "the first person": (smoothed(lambda v: v[:, 0]), "first person"),
    "the last person": (smoothed(lambda v: v[:, -1]), "last person"),
    "named or not": (
        smoothed(lambda v: v.max(1) / v.max(1).sum(1, keepdims=True)),
        "counts the same",
    ),
    "counted": (smoothed(lambda v: v.sum(1)), "not divided by the number of people"),
    "a row for each person": (smoothed(lambda v: v), "a row for each person"),
    "columns": (
        lambda y, epsilon, classes: right.smoothed_at_once(y, epsilon, classes).T,
        "rows are classes",
    ),
    "one row for all": (
        smoothed(lambda v: np.broadcast_to(v.mean((0, 1)), v.mean(1).shape)),
        "the mean of all rows",
    ),
    "a number": (lambda y, epsilon, classes: epsilon / classes, "has shape"),
    "words": (lambda y, epsilon, classes: "smooth", "expected an array of numbers"),
    "nothing returned": (lambda y, epsilon, classes: None, "return missing"),
    "stops": (lambda y, epsilon, classes: y.labels, "stopped with AttributeError"),
}


# grid_reduction


def reduced(form="early", **changed):
    """Return a reduction with one thing changed.

    Args:
        form: of the variant that it answers.
        changed: `widths`, a function of the three by name that returns those to use instead;
            `bare`, convolutions without ReLU; `around`, the padding of what halves; `sides` of
            kernels; `window`, the pooling layer; `strides` of the two 3x3; `order` of the
            branches; `conv`, more arguments of the convolutions; `end`; another `activation`.
    """

    def grid_reduction(x, **asked):
        widths = asked | changed.get("widths", lambda w: {})(asked)
        around = changed.get("around", "valid")

        def conv(y, step, side=3, stride=1):
            told = {"padding": "same" if stride == 1 else around} | changed.get("conv", {})
            side = changed.get("sides", {}).get(step, side)
            y = layers.Conv2D(widths[step], side, strides=stride, **told)(y)
            bare = step in changed.get("bare", ())
            return y if bare else layers.Activation(changed.get("activation", "relu"))(y)

        narrow = x if changed.get("unreduced") else conv(x, "reduce", 1)
        short = conv(narrow if form == "shared" else x, "three", stride=2)
        long = narrow
        for stride in changed.get("strides", (2, 1) if form == "early" else (1, 2)):
            long = conv(long, "double", stride=stride)
        kind = layers.AveragePooling2D if form == "mean" else layers.MaxPooling2D
        branches = [short, long, (changed.get("window") or kind(3, 2, around))(x)]
        joined = [branches[i] for i in changed.get("order", range(3))]
        return changed.get("end", lambda y: y)(layers.Concatenate()(joined))

    return grid_reduction


def pooled_first(x, three, reduce, double):
    def conv(y, filters, side=3):
        return layers.Conv2D(filters, side, padding="same", activation="relu")(y)

    x = layers.MaxPooling2D(3, 2)(x)
    long = conv(conv(conv(x, reduce, 1), double), double)
    return layers.Concatenate()([conv(x, three), long, x])


def pooled_last(x, three, reduce, double):
    def conv(y, filters, side=3):
        return layers.Conv2D(filters, side, padding="same", activation="relu")(y)

    long = conv(conv(conv(x, reduce, 1), double), double)
    return layers.MaxPooling2D(3, 2)(layers.Concatenate()([conv(x, three), long, x]))


ALL = ("three", "reduce", "double")
GRID = {
    "padded": (reduced(around="same"), "layers that halve the map are padded"),
    "pooled first": (pooled_first, "pooled first"),
    "pooled last": (pooled_last, "expensive way"),
    "pool of two": (reduced(window=layers.MaxPooling2D(2)), "windows of the pooling have 2x2"),
    "means": (
        reduced(window=layers.AveragePooling2D(3, 2)),
        "pooling takes means. Here it takes the largest",
    ),
    "no pooling": (reduced(order=(0, 1)), "branch that pools is missing"),
    "late": (reduced(strides=(1, 2)), "Here the first 3x3 convolution of the long branch"),
    "halved twice": (reduced(strides=(2, 2)), "cannot be joined"),
    "never halved": (reduced(strides=(1, 1)), "cannot be joined"),
    "unpadded": (reduced(conv={"padding": "valid"}), "cannot be joined"),
    "pooling by three": (reduced(window=layers.MaxPooling2D(3)), "cannot be joined"),
    "one 3x3": (reduced(strides=(2,)), "has one 3x3 convolution"),
    "5x5": (reduced(strides=(2,), sides={"double": 5}), "cannot be joined"),
    "three in a row": (reduced(strides=(2, 1, 1)), "other weights than asked for"),
    "unreduced": (reduced(unreduced=True), "no 1x1 convolution stands in front"),
    "wide reduction": (reduced(sides={"reduce": 3}), "has a 3x3 kernel"),
    "widths swapped": (
        reduced(widths=lambda w: {"three": w["double"], "double": w["three"]}),
        "`three` and `double` have changed",
    ),
    "reduction swapped": (
        reduced(widths=lambda w: {"reduce": w["double"], "double": w["reduce"]}),
        "`reduce` and `double` have changed",
    ),
    "no ReLU": (reduced(bare=ALL), "no convolution is followed by a ReLU"),
    "no ReLU behind 1x1": (reduced(bare=("reduce",)), "no ReLU follows the 1x1"),
    "no ReLU in short": (reduced(bare=("three",)), "convolution of the short branch"),
    "no ReLU in long": (reduced(bare=("double",)), "convolutions of the long branch"),
    "tanh": (reduced(activation="tanh"), "but other values"),
    "gelu": (reduced(activation="gelu"), "other than ReLU"),
    "no biases": (reduced(conv={"use_bias": False}), "no biases"),
    "long first": (reduced(order=(1, 0, 2)), "joined in another order"),
    "pooling first": (reduced(order=(2, 0, 1)), "joined in another order"),
    "normalized": (reduced(end=layers.BatchNormalization()), "other weights than asked for"),
    "the input": (lambda x, **_: x, "expected"),
    "nothing returned": (lambda x, **_: None, "return missing"),
    "stops": (lambda x, three, **_: three.filters, "stopped with AttributeError"),
}


# factorized_module


def crossed(form="column", **changed):
    """Return a module with one thing changed.

    Args:
        form: of the variant that it answers.
        changed: `widths`, a function of the five by name that returns those to use instead;
            `kernels`, of n, the two in the order of the branch; `pads` in front of each;
            `bare`, steps without ReLU; `early`, the ReLU in front; `plain`, no normalization;
            `conv`, more arguments; `window` of the pooling; `first`, the projection in front;
            `order` of the branches; `unreduced`; `square`; `sides`; another `activation`.
    """

    def factorized_module(x, n, **asked):
        widths = asked | changed.get("widths", lambda w: {})(asked)

        def conv(y, step, kernel=1, pads=None, finished=True):
            told = {"padding": "same", "use_bias": False} | changed.get("conv", {})
            if pads is not None:
                y, told["padding"] = layers.ZeroPadding2D(pads)(y), "valid"
            y = layers.Conv2D(widths[step], changed.get("sides", {}).get(step, kernel), **told)(y)
            return finish(y, step) if finished else y

        def finish(y, step):
            act = layers.Activation(changed.get("activation", "relu"))
            if changed.get("plain"):
                return act(y)
            if changed.get("early"):
                return layers.BatchNormalization()(act(y))
            y = layers.BatchNormalization()(y)
            return y if step in changed.get("bare", ()) else act(y)

        usual = ((n, 1), (1, n)) if form == "column" else ((1, n), (n, 1))
        first, second = changed["kernels"](n) if "kernels" in changed else usual
        pads = changed.get("pads", lambda half: (None, None))(n // 2)
        narrow = x if changed.get("unreduced") else conv(x, "reduce")
        if changed.get("square"):
            far = conv(narrow, "wide", n)
        elif form == "side":
            far = [conv(narrow, "between", first), conv(narrow, "wide", second)]
            far = layers.Concatenate()(far[::-1] if changed.get("turned") else far)
        else:
            near = conv(narrow, "between", first, pads[0], finished=form == "column")
            far = conv(near, "wide", second, pads[1])
        window = changed.get("window", layers.AveragePooling2D(3, 1, "same"))
        last = window(conv(x, "pool")) if changed.get("first") else conv(window(x), "pool")
        branches = [conv(x, "one"), far, last]
        return layers.Concatenate()([branches[i] for i in changed.get("order", range(3))])

    return factorized_module


def mean_with_zeros(x):
    return layers.AveragePooling2D(3, 1)(layers.ZeroPadding2D(1)(x))


STEPS = ("one", "reduce", "between", "wide", "pool")
MODULE = {
    "row first": (crossed(kernels=lambda n: ((1, n), (n, 1))), "as in the paper. Here the n x 1"),
    "rows": (crossed(kernels=lambda n: ((1, n), (1, n))), "both kernels are 1 x n"),
    "columns": (crossed(kernels=lambda n: ((n, 1), (n, 1))), "both kernels are n x 1"),
    "square": (crossed(square=True), "square kernel of n x n"),
    "threes": (crossed(kernels=lambda n: ((3, 1), (1, 3))), "3 pixels long whatever"),
    "sevens": (crossed(kernels=lambda n: ((7, 1), (1, 7))), "7 pixels long whatever"),
    "padded across": (
        crossed(pads=lambda half: ((0, half), (half, 0))),
        "padded across the kernels",
    ),
    "padded once": (
        crossed(pads=lambda half: ((half, half), (0, 0))),
        "padded once, in front of both",
    ),
    "unpadded": (crossed(pads=lambda half: ((0, 0), (0, 0))), "cannot be joined"),
    "padded all round": (
        crossed(pads=lambda half: ((half, half), (half, half))),
        "cannot be joined",
    ),
    "pooling moves by its window": (crossed(window=layers.AveragePooling2D(3)), "cannot be joined"),
    "unreduced": (crossed(unreduced=True), "one-sided kernels read x"),
    "widths swapped": (
        crossed(widths=lambda w: {"between": w["wide"], "wide": w["between"]}),
        "`between` and `wide` have changed",
    ),
    "ends swapped": (
        crossed(widths=lambda w: {"one": w["pool"], "pool": w["one"]}),
        "1x1 branch has `pool` filters",
    ),
    "wide projection": (crossed(sides={"pool": 3}), "projection has a 3x3 kernel"),
    "maximum": (crossed(window=layers.MaxPooling2D(3, 1, "same")), "takes the largest value"),
    "zeros": (crossed(window=mean_with_zeros), "zeros around the map count"),
    "no pooling": (crossed(window=lambda x: x), "nothing is pooled"),
    "projected first": (crossed(first=True), "in front of the pooling. It stands behind"),
    "ReLU first": (crossed(early=True), "ReLU stands in front of the normalization"),
    "no ReLU": (crossed(bare=STEPS), "no normalization is followed by a ReLU"),
    "no ReLU in one": (crossed(bare=("one",)), "no ReLU follows .*`one`"),
    "no ReLU between": (crossed(bare=("between",)), "no ReLU follows .*`between`"),
    "not normalized": (crossed(plain=True), "are not normalized"),
    "biases": (crossed(conv={"use_bias": True}), "convolutions have biases"),
    "pool in front": (crossed(order=(2, 0, 1)), "joined in another order"),
    "1x1 behind": (crossed(order=(1, 0, 2)), "joined in another order"),
    "silu": (crossed(activation="silu"), "other than ReLU"),
    "dilated": (crossed(conv={"dilation_rate": 2}), "but other values"),
    "the input": (lambda x, **_: x, "expected"),
    "nothing returned": (lambda x, **_: None, "return missing"),
    "stops": (lambda x, one, **_: one.filters, "stopped with AttributeError"),
}


# diagnosis


table = partial(differing, right.TABLE)
DIAGNOSIS = {
    "sound": (table(a=("nothing", "none")), "Something is wrong"),
    "suspicious": (table(f=("other classes only", "another best gap")), "gets its part of epsilon"),
    "harmless": (table(d=("too few layers", "none")), "Something follows"),
    "a gap that is another": (
        table(b=("logits smoothed", "another best gap")),
        "or it has none",
    ),
    "a bottleneck of the wrong kind": (
        table(c=("pooled first", "a smaller window")),
        "sees as many pixels",
    ),
    "a word": (table(b="logits smoothed"), "Expected a pair"),
    "another word": (table(e=("linear", "none")), "'linear' is not one of"),
    "turned around": (table(c=right.TABLE["c"][::-1]), "is not one of"),
}

WRONG = {
    "factorized_cost": COST,
    "label_smoothing": SMOOTHING,
    "grid_reduction": GRID,
    "factorized_module": MODULE,
    "diagnosis": DIAGNOSIS,
}
WRONG_OF_VARIANT = {
    ("grid_reduction", "mean"): {
        "maximum": (
            reduced("shared", window=None, unreduced=False),
            "Here the pooling takes means",
        ),
        "early": (
            reduced("mean", strides=(2, 1)),
            "but other values",
        ),
        "padded": (reduced("mean", around="same"), "layers that halve the map are padded"),
    },
    ("grid_reduction", "shared"): {
        "means": (
            reduced("shared", window=layers.AveragePooling2D(3, 2)),
            "takes means. Here it takes the largest",
        ),
        "padded": (reduced("shared", around="same"), "layers that halve the map are padded"),
    },
    ("factorized_module", "side"): {
        "turned": (crossed("side", turned=True), "n x 1 kernels are joined first"),
        "kernels swapped": (
            crossed("side", kernels=lambda n: ((n, 1), (1, n))),
            "kernels have changed places",
        ),
        "zeros": (crossed("side", window=mean_with_zeros), "zeros around the map count"),
    },
    ("factorized_module", "linear"): {
        "padded across": (
            crossed("linear", pads=lambda half: ((half, 0), (0, half))),
            "padded across the kernels",
        ),
        "column first": (
            crossed("linear", kernels=lambda n: ((n, 1), (1, n))),
            "kernels have changed places",
        ),
    },
}


def course_reduction(x, three, reduce, double):
    """Return the course's reduction, with the widths of the question."""

    def conv(y, filters, kernel, *, stride=1, padding="same", name):
        del filters
        width = three if "3x3" in name else reduce if name.endswith("conv1") else double
        layer = layers.Conv2D(width, kernel, strides=stride, padding=padding, activation="relu")
        return layer(y)

    return reduction_17(x, name="reduction", conv=conv)


def course_module(x, one, reduce, between, wide, pool, n):
    """Return the course's module; it has one more branch, and kernels of 7."""

    def conv(y, filters, kernel, *, name):
        del filters, name
        y = layers.Conv2D(wide, kernel, padding="same", use_bias=False)(y)
        return layers.ReLU()(layers.BatchNormalization()(y))

    return module_17(x, wide, name="module", conv=conv)


OF_COURSE = {
    "grid_reduction": [course_reduction],
    "factorized_module": [
        course_module,
        crossed("column", kernels=lambda n: ((1, n), (n, 1))),  # figure 6
    ],
}
BETWEEN = {
    ("grid_reduction", "mean", "early"): "pooling takes means.* Here the first 3x3",
    ("grid_reduction", "early", "mean"): "first 3x3 convolution .* Here the pooling takes means",
    ("grid_reduction", "shared", "early"): "short branch reads .* Here the first 3x3",
    ("factorized_module", "side", "column"): "side by side. Here the n x 1 kernels come first",
    ("factorized_module", "linear", "column"): "no ReLU between them. Here the n x 1",
    ("factorized_module", "column", "side"): "come first.* Here the 1 x n and the n x 1",
}
UNREAD = "neither reads the other"
EQUIVALENT = {  # where there are variants, patterns of the variant and the name
    "factorized_cost": {
        "order: `rows += height - 1` after `columns += width - 1`": UNREAD,
        "order: `columns += width - 1` after "
        "`chain += height * width * widths[place] * widths[place + 1]`": UNREAD,
    },
    "grid_reduction": {
        r"\w+ order: `conv = .*` after `kind = .*": UNREAD,
        r"\w+ order: `kind = .*` after `halve, keep = .*": UNREAD,
        r"\w+ order: `steps = .*` after `narrow = .*": UNREAD,
        r"(early|mean) order: `narrow = .*` after `short = .*": UNREAD,
        r"\w+ order: `short = .*` after `long = .*": UNREAD,
    },
    "factorized_module": {
        r"\w+ order: `plain = .*` after `def conv.*": "it is read where conv is called",
        r"\w+ order: `far = .*` after `last = .*": UNREAD,
    },
}
