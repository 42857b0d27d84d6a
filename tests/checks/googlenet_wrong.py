"""Wrong answers to the questions of the googlenet exercises, and what each must be told."""

from functools import partial

import keras
import numpy as np
from keras import layers, ops

from course_lib.nets.googlenet import auxiliary_head as course_auxiliary_head
from tests.checks import googlenet_right as right
from tests.checks.bank_pieces import differing

# table_rows


def rows(after=None, out=None, depth=None, weights=None):
    """Return an answer with something changed, each by a function.

    Args:
        after: the side that comes out, of (side, kernel, stride).
        out: channels of a module, of (channels read, widths).
        depth: of (kind, right depth).
        weights: of (kind, channels read, sizes, right weights).
    """

    def table_rows(rows, side, channels):
        found = []
        for kind, *sizes in rows:
            ((small, gives, deep, own),) = right.rows_by_table([[kind, *sizes]], side, channels)
            if after and kind in ("conv", "max pool"):
                small = after(side, *sizes[:2])
            if out and kind == "inception":
                gives = out(channels, sizes)
            deep = depth(kind, deep) if depth else deep
            own = weights(kind, channels, sizes, own) if weights else own
            side, channels = int(small), int(gives)
            found.append([side, channels, int(deep), int(own)])
        return found

    return table_rows


def of_filters(kind, sizes):
    """Return how many filters and units a row has."""
    return {"conv": sizes[-1:], "inception": sizes, "linear": sizes}.get(kind, [])


def unreduced(kind, reads, sizes, own):
    if kind != "inception":
        return own
    return own + (reads - sizes[1]) * 9 * sizes[2] + (reads - sizes[3]) * 25 * sizes[4]


def running(column):
    def table_rows(rows, side, channels):
        found = np.array(right.rows_by_table(rows, side, channels))
        found[:, column] = np.cumsum(found[:, column])
        return found

    return table_rows


def all_of_the_first(rows, side, channels):
    found = []
    for row in rows:
        ((side, gives, depth, weights),) = right.rows_by_table([row], side, channels)
        found.append([int(side), int(gives), int(depth), int(weights)])
    return found


TABLE_ROWS = {
    "rounded down": (rows(after=lambda s, k, step: s // step), "rounded down"),
    "valid": (rows(after=lambda s, k, step: (s - k) // step + 1), "reach beyond the edge"),
    "no strides": (rows(after=lambda s, k, step: s), "strides are left out"),
    "no biases": (
        rows(weights=lambda kind, _, sizes, own: own - sum(of_filters(kind, sizes))),
        "biases are missing",
    ),
    "a bias for each input": (
        rows(
            weights=lambda kind, reads, w, own: own - (w[2] - reads if kind == "conv" else 0),
        ),
        "has the weights|bias for each channel that comes in",
    ),
    "unreduced": (rows(weights=unreduced), "read what the 1x1 in front of them leaves"),
    "all joined": (rows(out=lambda reads, w: sum(w)), "sum of all six widths"),
    "three joined": (rows(out=lambda reads, w: w[0] + w[2] + w[4]), "branch is missing among"),
    "no projection": (
        rows(
            out=lambda reads, w: w[0] + w[2] + w[4] + reads,
            weights=lambda kind, reads, w, own: own - (kind == "inception") * (reads + 1) * w[-1],
        ),
        "1x1 behind the pooling",
    ),
    "six layers": (rows(depth=lambda kind, d: 6 if kind == "inception" else d), "6 there: all its"),
    "one layer": (rows(depth=lambda kind, d: 1 if kind == "inception" else d), "is 1 there"),
    "four branches": (rows(depth=lambda kind, d: 4 if kind == "inception" else d), "4 there, its"),
    "poolings": (rows(depth=lambda kind, d: d or 1), "pooling counts into the depth"),
    "running depth": (running(2), "depth adds up"),
    "running weights": (running(3), "weights add up"),
    "the first channels": (all_of_the_first, "reads the channels of the first"),
    "a line": (
        rows(
            weights=lambda kind, reads, w, own: (
                w[0] * reads * w[2] + w[2] if kind == "conv" else own
            )
        ),
        "a kernel is a square",
    ),
    "multiply-adds": (
        rows(weights=lambda kind, reads, sizes, own: own * 7),
        "has the weights .*; expected",
    ),
    "three columns": (
        lambda rows, side, channels: [(side, channels, 1) for _ in rows],
        "a row of four numbers",
    ),
    "one row": (lambda rows, side, channels: [[side, channels, 0, 0]], "a row of four numbers"),
    "a number": (lambda rows, side, channels: 7, "returned 7; expected a list"),
    "words": (
        lambda rows, side, channels: [["a", "b", "c", "d"] for _ in rows],
        "a row of four numbers",
    ),
    "nothing returned": (lambda rows, side, channels: None, "return missing"),
    "stops": (lambda rows, side, channels: rows["conv"], "stopped with TypeError"),
}


# count_depth


def leading(net, end):
    found = {end}
    for each in net[end][1]:
        found |= leading(net, each)
    return found


def walked(join=max, counts=("conv", "linear"), pools=lambda pooling: pooling, image=0):
    """Return an answer that walks from the end to the image."""

    def count_depth(net, end, pooling):
        def depth(name):
            kind, reads = net[name]
            own = kind in counts or (pools(pooling) and kind == "pool")
            own = own or (kind == "image" and image)
            return join([depth(each) for each in reads] or [0]) + own

        return depth(end)

    return count_depth


def of_all(names):
    def count_depth(net, end, pooling):
        kinds = ("conv", "linear", "pool")[: 2 + pooling]
        return sum(net[name][0] in kinds for name in names(net, end))

    return count_depth


def deepest_anywhere(net, end, pooling):
    return max(right.depth_by_ways(net, name, pooling) for name in net)


def longest_of_any_kind(net, end, pooling):
    def way(name):
        reads = net[name][1]
        return [*max((way(each) for each in reads), key=len, default=[]), name]

    kinds = ("conv", "linear", "pool")[: 2 + pooling]
    return sum(net[name][0] in kinds for name in way(end))


EVERY = ("conv", "linear", "pool", "norm", "batch norm", "dropout", "join")
DEPTH = {
    "all that lead there": (of_all(leading), "all layers that count on all ways|Branches lie"),
    "all of the net": (of_all(lambda net, _: net), "all layers of the net|all layers that count"),
    "the shortest way": (walked(join=min), "shortest way"),
    "the first branch": (walked(join=lambda ways: ways[0]), "first branch"),
    "another head": (deepest_anywhere, "ends in another head"),
    "always poolings": (walked(pools=lambda _: True), "pooling=False they do not"),
    "never poolings": (walked(pools=lambda _: False), "With pooling=True poolings count"),
    "the other way round": (walked(pools=lambda pooling: not pooling), "poolings count"),
    "batch normalization": (
        walked(counts=("conv", "linear", "batch norm")),
        "no paper counts it",
    ),
    "joins": (walked(counts=("conv", "linear", "join")), "join only puts"),
    "every layer": (walked(counts=EVERY), "There every layer counts"),
    "the image": (walked(image=1), "the image is no layer|no paper counts"),
    "no linear layer": (walked(counts=("conv",)), "linear layer has weights"),
    "the way with most layers": (longest_of_any_kind, "another has more of those that count"),
    "22": (lambda net, end, pooling: 22, "Expected .* A longest way: image, a, "),
    "words": (lambda net, end, pooling: "deep", "expected a number"),
    "nothing returned": (lambda net, end, pooling: None, "return missing"),
    "stops": (lambda net, end, pooling: net["conv"], "stopped with KeyError"),
}


# auxiliary_head


def build(**changed):
    """Return an answer with something changed.

    Args:
        changed: `squeeze`, `pool`, `lay`, `hidden`, `drop`, `last`: a function of the tensor and
            of what the question gives, in place of a step; `order` has the names of the steps.
    """

    def pool(x, a):
        return layers.AveragePooling2D(a["window"], a["stride"])(x)

    steps = {
        "squeeze": lambda x, a: layers.Conv2D(a["filters"], 1, activation="relu")(x),
        "pool": pool,
        "lay": lambda x, a: layers.Flatten()(x),
        "hidden": lambda x, a: layers.Dense(a["units"], activation="relu")(x),
        "drop": lambda x, a: layers.Dropout(a["rate"])(x),
        "last": lambda x, a: layers.Dense(a["classes"])(x),
    }
    order = changed.pop("order", tuple(steps))
    steps |= changed

    def auxiliary_head(x, **given):
        for name in order:
            x = steps[name](x, given)
        return x

    return auxiliary_head


def windows(kind=layers.AveragePooling2D, side="window", step="stride", padding="valid"):
    def pool(x, a):
        return kind(a.get(side, side), a.get(step, step), padding)(x)

    return pool


def dense(**more):
    return lambda x, a: layers.Dense(a["units"], **more)(x)


def dropped(drop):
    return build(drop=lambda x, a: drop(x, a["rate"]))


def same_for_all(x, rate):
    return layers.Dropout(rate, noise_shape=(1, x.shape[-1]))(x)


class Unscaled(right.Drop):
    """Drops, and leaves what it keeps as it is."""

    def call(self, x, training=False):
        return super().call(x, training) * ((1 - self.rate) if training else 1)


BEFORE = ("squeeze", "pool", "lay", "drop", "hidden", "last")
BEHIND = ("squeeze", "pool", "lay", "hidden", "last", "drop")
ON_MAP = ("squeeze", "drop", "pool", "lay", "hidden", "last")
NO_DROP = ("squeeze", "pool", "lay", "hidden", "last")
HEAD = {
    "no dropout": (build(order=NO_DROP), "nothing is dropped. A dropout of `rate`"),
    "the share that is kept": (
        dropped(lambda x, rate: layers.Dropout(1 - rate)(x)),
        "`rate` of the values is kept",
    ),
    "always half": (dropped(lambda x, rate: layers.Dropout(0.5)(x)), r"5\d% of the hidden|4\d% of"),
    "0.7 whatever is asked": (
        dropped(lambda x, rate: layers.Dropout(0.7)(x)),
        "of the hidden values are dropped; `rate` says 40%",
    ),
    "before the hidden layer": (build(order=BEFORE), "other values than those of the hidden"),
    "behind the last layer": (build(order=BEHIND), "other values than those of the hidden"),
    "on the map": (build(order=ON_MAP), "other values than those of the hidden"),
    "the same for all images": (dropped(same_for_all), "same units are dropped for all"),
    "not scaled": (dropped(lambda x, rate: Unscaled(rate)(x)), "kept values are multiplied by 1"),
    "noise": (
        dropped(lambda x, rate: layers.GaussianDropout(rate)(x)),
        "other values than those of the hidden",
    ),
    "in inference, too": (
        dropped(lambda x, rate: layers.Dropout(rate)(x, training=True)),
        "in inference, too, it answers",
    ),
    "softmax": (
        build(last=lambda x, a: layers.Dense(a["classes"], activation="softmax")(x)),
        "ends with scores; with both there would be two",
    ),
    "relu at the end": (
        build(last=lambda x, a: layers.Dense(a["classes"], activation="relu")(x)),
        "ReLU follows the last layer",
    ),
    "the paper's": (
        build(order=("pool", "squeeze", "lay", "hidden", "drop", "last")),
        "that is the paper's head",
    ),
    "no relus": (
        build(hidden=dense(), squeeze=lambda x, a: layers.Conv2D(a["filters"], 1)(x)),
        "both ReLUs are missing",
    ),
    "no relu in front": (
        build(squeeze=lambda x, a: layers.Conv2D(a["filters"], 1)(x)),
        "no ReLU follows the 1x1",
    ),
    "no relu behind": (build(hidden=dense()), "no ReLU follows the hidden"),
    "silu": (build(hidden=dense(activation="silu")), "other values|silu"),
    "no biases": (
        build(
            squeeze=lambda x, a: layers.Conv2D(a["filters"], 1, activation="relu", use_bias=False)(
                x
            ),
            hidden=dense(activation="relu", use_bias=False),
            last=lambda x, a: layers.Dense(a["classes"], use_bias=False)(x),
        ),
        "have no biases",
    ),
    "maxima": (build(pool=windows(layers.MaxPooling2D)), "take maxima"),
    "no hidden layer": (
        build(order=("squeeze", "pool", "lay", "drop", "last")),
        "hidden layer is missing|expected|stopped",
    ),
    "a mean of the map": (
        build(lay=lambda x, a: layers.GlobalAveragePooling2D()(x)),
        "averaged as a whole",
    ),
    "no windows": (
        build(order=("squeeze", "lay", "hidden", "drop", "last")),
        "windows are missing",
    ),
    "3x3": (
        build(
            squeeze=lambda x, a: layers.Conv2D(a["filters"], 3, padding="same", activation="relu")(
                x
            )
        ),
        "has 3x3 kernels",
    ),
    "padded windows": (build(pool=windows(padding="same")), "windows are padded"),
    "no stride": (build(pool=windows(step="window")), "lie side by side"),
    "a window a pixel": (build(pool=windows(step=1)), "one pixel apart"),
    "exchanged": (build(pool=windows(side="stride", step="window")), "changed places"),
    "a list": (lambda x, **_: [x], "returned list"),
    "nothing returned": (lambda x, **_: None, "return missing"),
    "stops": (lambda x, **given: given["kernel"], "stopped with KeyError"),
}


# total_loss


def cross_entropy(scores, labels):
    return right.loss_by_images([scores], labels, 0, False)


def loss(join, sides_when=lambda training: training, entropy=cross_entropy):
    """Return an answer `join(main, side losses (heads, images), discount)`."""

    def total_loss(logits, labels, discount, training):
        main, *sides = (np.array(entropy(each, labels)) for each in logits)
        return join(main, np.array(sides), discount) if sides_when(training) else main

    return total_loss


def shared(main, sides, discount):
    return main + discount * sides.mean(0)


def softmax(scores):
    shifted = np.exp(scores.astype("float64") - scores.max(1, keepdims=True))
    return shifted / shifted.sum(1, keepdims=True)


def picked(scores, labels):
    return softmax(scores)[np.arange(len(labels)), labels]


def naive(scores, labels):
    with np.errstate(all="ignore"):
        shares = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
        return -np.log(shares[np.arange(len(labels)), labels])


def of_probabilities(scores, labels):
    return keras.losses.sparse_categorical_crossentropy(labels, softmax(scores))


def one_loss(logits, labels, discount, training):
    scores = logits[0] + discount * sum(logits[1:]) if training else logits[0]
    return cross_entropy(scores, labels)


def last_is_main(logits, labels, discount, training):
    return right.loss_by_images([logits[-1], *logits[:-1]], labels, discount, training)


LOSS = {
    "the paper's sum": (
        loss(lambda main, sides, d: main + d * sides.sum(0)),
        "as the paper does. Here the mean",
    ),
    "powers": (partial(right.loss_by_images, how="powers"), "counts a power of `discount`"),
    "the largest": (partial(right.loss_by_images, how="largest"), "largest side loss counts"),
    "the smallest": (loss(lambda main, sides, d: main + d * sides.min(0)), "takes the smallest"),
    "one head for the batch": (
        loss(lambda main, sides, d: main + d * sides[sides.mean(1).argmax()]),
        "one head for the whole batch",
    ),
    "weight 1": (loss(lambda main, sides, d: main + sides.mean(0)), "`discount` is missing"),
    "all alike": (
        loss(lambda main, sides, d: np.mean([main, *sides], 0)),
        "all heads count alike",
    ),
    "all discounted": (
        loss(lambda main, sides, d: d * (main + sides.mean(0))),
        "multiplies the main loss, too",
    ),
    "what is left": (
        loss(lambda main, sides, d: (1 - d) * main + d * sides.mean(0)),
        "counts 1 - discount",
    ),
    "divided by the weights": (
        loss(lambda main, sides, d: shared(main, sides, d) / (1 + d)),
        "divided by the sum of the weights",
    ),
    "the last is main": (last_is_main, "takes the last of the arrays"),
    "no main": (loss(lambda main, sides, d: d * sides.mean(0)), "the main loss is missing"),
    "never": (
        loss(shared, lambda training: False),
        "training=True the side losses are missing",
    ),
    "always": (loss(shared, lambda training: True), "with training=False the side losses count"),
    "inverted": (
        loss(shared, lambda training: not training),
        "training=True the side losses are missing",
    ),
    "softmax twice": (
        loss(shared, entropy=lambda z, y: -np.log(picked(softmax(z), y))),
        "softmax is applied twice",
    ),
    "one loss": (one_loss, "mixes the scores"),
    "base two": (
        loss(shared, entropy=lambda z, y: np.array(cross_entropy(z, y)) / np.log(2)),
        "to the base of 2",
    ),
    "no logarithm": (
        loss(shared, entropy=lambda z, y: 1 - picked(z, y)),
        "1 less the probability",
    ),
    "no minus": (
        loss(shared, entropy=lambda z, y: -np.array(cross_entropy(z, y))),
        "the minus is missing",
    ),
    "no care for large scores": (loss(shared, entropy=naive), "exponential of a large score"),
    "probabilities for scores": (
        loss(shared, entropy=of_probabilities),
        "no probability is smaller than 1e-7",
    ),
    "the mean": (
        lambda logits, labels, **given: np.mean(right.loss_by_images(logits, labels, **given)),
        "returns the mean over the images",
    ),
    "the mean for all": (
        lambda logits, labels, **given: (
            np.ones(len(labels)) * np.mean(right.loss_by_images(logits, labels, **given))
        ),
        "gives every image the mean",
    ),
    "a column": (
        lambda logits, labels, **given: np.array(right.loss_by_images(logits, labels, **given))[
            :, None
        ],
        "shape",
    ),
    "words": (lambda logits, labels, **_: "low", "expected an array of numbers"),
    "nothing returned": (lambda logits, labels, **_: None, "return missing"),
    "stops": (lambda logits, labels, **_: logits["main"], "stopped with TypeError"),
}


# diagnosis

table = partial(differing, right.TABLE)
DIAGNOSIS = {
    "dropout is there": (table(a=("nothing", "none")), "piece='a'.*Something is wrong"),
    "nothing but training": (
        table(b=("full weights", "training alone differs")),
        "piece='b'.*not confined",
    ),
    "the main head alone": (table(c=("nothing", "other answers in use")), "Something is wrong"),
    "the odd one": (table(d=("no dropout", "none")), "piece='d'.*a dropout stands between"),
    "the odd one weighs more": (table(d=("nothing", "more weights")), "as many weights as the pa"),
    "another module": (table(e=("attached elsewhere", "none")), "piece='e'.*Something follows"),
    "one softmax": (table(f=("nothing", "none")), "piece='f'.*Something is wrong"),
    "exchanged": (table(f=("loss stays high", "softmax twice")), "is not one of"),
    "a word": (lambda piece: right.TABLE[piece][0], "Expected a pair: what is wrong"),
    "nothing returned": (lambda piece: None, "return missing"),
    "stops": (lambda piece: right.TABLE[0], "stopped with KeyError"),
}

WRONG = {
    "table_rows": TABLE_ROWS,
    "count_depth": DEPTH,
    "auxiliary_head": HEAD,
    "total_loss": LOSS,
    "diagnosis": DIAGNOSIS,
}
WRONG_OF_VARIANT = {
    ("total_loss", "powers"): {
        "from the front": (
            loss(
                lambda main, sides, d: (
                    main
                    + d * sides[0]
                    + sum(d ** (k + 1) * side for k, side in enumerate(sides[1:], 1))
                )
            ),
            "grow from the front. Here the last side loss",
        ),
        "the paper's sum": (
            loss(lambda main, sides, d: main + d * sides.sum(0)),
            "as the paper does. Here the last side loss",
        ),
    },
    ("total_loss", "largest"): {
        "one head for the batch": (
            loss(lambda main, sides, d: main + d * sides[sides.mean(1).argmax()]),
            "one head for the whole batch",
        ),
    },
    ("auxiliary_head", "pair"): {
        "maxima alone": (
            build(
                pool=windows(layers.MaxPooling2D),
                order=("pool", "squeeze", "lay", "hidden", "drop", "last"),
            ),
            "other weights than asked for",
        ),
    },
}

# What the course itself has: wrong in every variant, since each asks for something else.


def course_head(x, classes, **_):
    return course_auxiliary_head(x, classes, name="aux")


def course_scores(x, classes, rate, filters, units, window, stride):
    """Return the chapter's head, with the sizes of the question."""
    x = layers.AveragePooling2D(window, stride)(x)
    x = layers.Flatten()(layers.Conv2D(filters, 1, activation="relu")(x))
    x = layers.Dropout(rate)(layers.Dense(units, activation="relu")(x))
    return layers.Dense(classes)(x)


def course_loss(logits, labels, discount, training):
    """Return what Keras minimizes with the weights of the paper, image by image."""
    weights = [1.0, *[discount] * (len(logits) - 1)] if training else [1.0]
    entropy = partial(keras.losses.sparse_categorical_crossentropy, labels, from_logits=True)
    pairs = zip(weights, logits, strict=False)  # in use the side heads have no weight
    return sum(weight * entropy(ops.convert_to_tensor(z)) for weight, z in pairs)


OF_COURSE = {"auxiliary_head": [course_head, course_scores], "total_loss": [course_loss]}
BETWEEN = {
    ("auxiliary_head", "early", "beside"): "convolution comes before the windows there. Here the h",
    ("auxiliary_head", "early", "pair"): "convolution comes before the windows there. Here each w",
    ("auxiliary_head", "beside", "early"): "reads the mean of each channel of x, too. Here the 1x1",
    ("auxiliary_head", "pair", "early"): "each window gives its maxima, too. Here the 1x1",
    ("total_loss", "shared", "powers"): "takes the mean of the side losses. Here the last side",
    ("total_loss", "powers", "largest"): "a power of `discount` there. Here of the side losses",
    ("total_loss", "largest", "shared"): "the largest side loss counts there. Here the mean",
}
ADDED = "the channels of a row are not read between the two"
EQUIVALENT = {  # where there are variants, patterns of the variant and the name
    "table_rows": {
        "arguments: `min(len(filters), 2)` -> `min(2, len(filters))`": "the smaller has no order",
        "order: `filters += [(3, reduce3, three), (5, reduce5, five)]` after "
        "`gives = one + three + five + pool`": ADDED,
        "order: `found.append((side, gives, min(len(filters), 2), weights))` after "
        "`channels = gives`": ADDED,
        "order: `if kind == 'conv':` after `if kind in ('conv', 'max pool'):`": ADDED,
        "order: `if kind in ('conv', 'max pool'):` after `weights = sum(((kernel ** 2 * reads + 1) "
        "* out for kernel, reads, out in filters))`": "weights do not depend on the side",
    },
    "count_depth": {
        "arguments: `max(longest, count_depth(net, name, pooling))` -> "
        "`max(count_depth(net, name, pooling), longest)`": "the larger has no order",
        "order: `if pooling:` after `kind, reads = net[end]`": "neither reads the other",
        "order: `kind, reads = net[end]` after `longest = 0`": "neither reads the other",
    },
    "auxiliary_head": {r"\w+ order: `squeeze = .*` after `means = .*": "neither reads the other"},
    "total_loss": {r"\w+ order: `if not training:` after `extra = .*": "what is not used is lost"},
}
