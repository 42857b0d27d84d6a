"""Wrong answers to the questions of the nin exercises, and what each must be told."""

from functools import partial

import keras
import numpy as np
from keras import layers, ops

from course_lib.nets.nin import class_maps_head, mlpconv
from tests.checks import nin_right as right
from tests.checks.bank_pieces import differing

# conv1x1_as_matmul


def product(change=lambda y: y, reads=None, matrix=None, bias=1, move=True):
    """Return an answer with one thing changed."""
    reads = reads or (lambda x, stride: x[:, :, ::stride, ::stride])
    matrix = matrix or (lambda kernel: kernel[:, :, 0, 0].T)

    def conv1x1_as_matmul(x, kernel, each, stride):
        kept = np.moveaxis(reads(x, stride), 1, 3)
        y = kept @ matrix(kernel) + bias * each
        return change(np.moveaxis(y, 3, 1) if move else y)

    return conv1x1_as_matmul


def rows_of_maps(x, kernel, bias, stride, back=False):
    """Reshape to rows of as many numbers as there are channels, without moving an axis."""
    kept = x[:, :, ::stride, ::stride]
    batch, channels, height, width = kept.shape
    y = kept.reshape(-1, channels) @ kernel[:, :, 0, 0].T + bias
    if back:
        return y.reshape(batch, -1, height, width)
    return np.moveaxis(y.reshape(batch, height, width, -1), 3, 1)


def reshaped_back(x, kernel, bias, stride):
    kept = np.moveaxis(x[:, :, ::stride, ::stride], 1, 3)
    y = kept @ kernel[:, :, 0, 0].T + bias
    return y.reshape(len(y), -1, *y.shape[1:3])


def pooled(x, kernel, bias, stride):
    means = layers.AveragePooling2D(stride)(np.moveaxis(x, 1, 3))
    y = np.asarray(means) @ kernel[:, :, 0, 0].T + bias
    return np.moveaxis(y, 3, 1)


def reshaped(kernel):
    return kernel.reshape(kernel.shape[1], kernel.shape[0])


def transposed_where_it_fits(kernel):
    return kernel[:, :, 0, 0] if len(kernel) == kernel.shape[1] else kernel[:, :, 0, 0].T


MATMUL = {
    "no bias": (product(bias=0), "biases are missing"),
    "bias twice": (product(bias=2), "added twice"),
    "transposed where it fits": (product(matrix=transposed_where_it_fits), "are transposed"),
    "transposed": (product(matrix=lambda k: k[:, :, 0, 0]), "are transposed"),
    "reshaped kernel": (product(matrix=reshaped), "reshape keeps the order"),
    "rows of maps": (rows_of_maps, "a row holds neighbours in one map"),
    "reshapes alone": (
        lambda x, kernel, bias, stride: rows_of_maps(x, kernel, bias, stride, back=True),
        "reshapes alone do not move axes",
    ),
    "reshaped back": (reshaped_back, "an axis should be moved"),
    "channels last": (product(move=False), "filters are still the last axis"),
    "on its side": (product(lambda y: np.swapaxes(y, 2, 3)), "changed places"),
    "no stride": (product(reads=lambda x, stride: x), "visits every pixel"),
    "stride in rows": (product(reads=lambda x, s: x[:, :, ::s]), "holds for the columns, too"),
    "late": (
        product(reads=lambda x, s: x[:, :, s - 1 :: s, s - 1 :: s]),
        "starts at a later pixel",
    ),
    "pooled": (pooled, "leaves them unread"),
    "relu": (product(lambda y: np.maximum(y, 0)), "convolution alone"),
    "tanh": (product(np.tanh), "is expected"),
    "not a number": (product(lambda y: y * np.nan), "has nan at"),
    "one image": (product(lambda y: y[:1]), "expected \\(2, "),
    "flattened": (product(lambda y: y.ravel()), "image, filter, row, column"),
    "words": (lambda *_, **__: "array", "expected an array of numbers"),
    "nothing returned": (lambda *_, **__: None, "return missing"),
    "stops": (lambda x, *_, **__: x.channels, "stopped with AttributeError"),
}


# nin_block


def build(order="wMs", mean=None, end="ms", softmax=None, **changed):
    """Return a block with one thing changed.

    Args:
        order: w and m are the two convolutions and s the class maps; a capital has a ReLU.
        mean: in place of the mean over pixels.
        end: m is the mean and s the softmax.
        softmax: in place of the one over the last axis.
        changed: `sides` or `widths` of the convolutions by letter, as functions of what is asked,
            more arguments `conv`, and another `activation`.
    """

    def nin_block(x, filters, hidden, classes, kernel):
        widths, sides = {"w": filters, "m": hidden, "s": classes}, {"w": kernel, "m": 1, "s": 1}
        widths |= changed.get("widths", lambda f, h: {})(filters, hidden)
        sides |= changed.get("sides", lambda k: {})(kernel)
        for step in order:
            told = {"padding": "same"} | changed.get("conv", {})
            x = layers.Conv2D(widths[step.lower()], sides[step.lower()], **told)(x)
            if step.isupper():
                x = layers.Activation(changed.get("activation", "relu"))(x)
        for step in end:
            if step == "m":
                x = mean(x) if mean else layers.GlobalAveragePooling2D()(x)
            else:
                x = softmax(x) if softmax else layers.Softmax()(x)
        return x

    return nin_block


def flat(x, filters, hidden, classes, kernel):
    """End in a dense layer on the flattened map."""
    x = layers.Conv2D(filters, kernel, padding="same", activation="relu")(x)
    x = layers.Conv2D(hidden, 1, activation="relu")(x)
    return layers.Dense(classes, activation="softmax")(layers.Flatten()(x))


def strided(x, filters, hidden, classes, kernel):
    """Write the kernel as two numbers, the second of which is the stride."""
    x = layers.Conv2D(filters, kernel, kernel, padding="same", activation="relu")(x)
    maps = layers.Conv2D(classes, 1)(layers.Conv2D(hidden, 1, activation="relu")(x))
    return layers.Softmax()(layers.GlobalAveragePooling2D()(maps))


def one_layer_more(x, **sizes):
    maps = build("WMs", end="m")(x, **sizes)
    return layers.Dense(sizes["classes"], activation="softmax")(maps)


BLOCK = {
    "no ReLU": (build("wms"), "both ReLUs"),
    "first ReLU missing": (build("wMs"), "no ReLU follows the convolution with side"),
    "second ReLU missing": (build("Wms"), "no ReLU follows the 1x1"),
    "as in the course": (build("WMS"), "class maps have a ReLU"),
    "no mix": (build("Ws"), "1x1 convolution with `hidden` filters is missing"),
    "no wide": (build("Ms"), "convolution with side `kernel` is missing"),
    "mixed first": (build("MWs"), "comes first. Here the convolution with side"),
    "as an mlpconv layer": (build("WMMs"), "chapter have two; this block has one"),
    "wide twice": (
        build("WMs", sides=lambda k: {"m": k}),
        "`hidden` filters has kernels of side `kernel`",
    ),
    "strided": (strided, "third argument of `Conv2D` is the stride"),
    "sides swapped": (
        build("WMs", sides=lambda k: {"w": 1, "m": k}),
        "kernels have changed places",
    ),
    "widths swapped": (
        build("WMs", widths=lambda f, h: {"w": h, "m": f}),
        "numbers of filters have changed places",
    ),
    "wide class maps": (build("WMs", sides=lambda k: {"s": k}), "come from a 1x1"),
    "no biases": (build("WMs", conv={"use_bias": False}), "no biases"),
    "unpadded": (build("WMs", conv={"padding": "valid"}), "not padded"),
    "maximum": (build("WMs", lambda x: ops.max(x, (1, 2))), "takes the maximum"),
    "sum": (build("WMs", lambda x: ops.sum(x, (1, 2))), "adds up each class map"),
    "mean over channels": (build("WMs", lambda x: ops.mean(x, 3)), "runs over the channels"),
    "no mean": (build("WMs", end="s"), "mean is missing"),
    "kept": (
        build("WMs", lambda x: ops.mean(x, (1, 2), keepdims=True)),
        "two axes of the pixels are still there",
    ),
    "no softmax": (build("WMs", end="m"), "softmax is missing"),
    "softmax of images": (
        build("WMs", softmax=lambda x: ops.softmax(x, axis=0)),
        "runs over the images",
    ),
    "softmax twice": (build("WMs", end="mss"), "two softmaxes"),
    "sigmoid": (build("WMs", softmax=ops.sigmoid), "judges each class by itself"),
    "pixels vote": (build("WMs", end="sm"), "softmax comes before the mean"),
    "softmax of rows": (
        build("WMs", end="sm", softmax=layers.Softmax(axis=1)),
        "the softmax runs over the rows of a map",
    ),
    "flattened": (flat, "reads the flattened map"),
    "a dense layer behind": (one_layer_more, "dense layer stands behind"),
    "gelu": (build("WMs", activation="gelu"), "activation other than ReLU"),
    "leaky": (build("WMs", activation="leaky_relu"), "activation other than ReLU"),
    "tanh": (build("WMs", activation="tanh"), "other values"),
    "batch normalization": (
        lambda x, **sizes: layers.BatchNormalization()(build("WMs")(x, **sizes)),
        "other weights than asked for|batch normalization",
    ),
    "a shape": (lambda x, **_: x.shape, "expected the Keras tensor"),
    "stops": (lambda x, **_: x.maps, "stopped with AttributeError"),
}


# dense_to_conv


def slide(order="chw", kernel=None, later=None, relus=None, conv=None, end=None, bias=1):
    """Return an answer with one thing changed."""

    def dense_to_conv(maps, weights, biases, height, width):
        size = {"h": height, "w": width, "c": maps.shape[3]}
        first = weights[0].reshape(-1, *(size[letter] for letter in order))
        first = np.einsum(f"u{order}->hwcu", first)
        if kernel:
            first = kernel(weights[0], first, height, width)
        y = maps
        for i, (w, b) in enumerate(zip(weights, biases, strict=True)):
            if i == 0:
                told = {"padding": "valid"} | (conv(height) if conv else {})
                y = ops.conv(y, first, **told)
            else:
                y = ops.matmul(y, later(w) if later else w.T)
            y = y + bias * b
            y = ops.relu(y) if (relus or (lambda i, n: i < n))(i, len(biases) - 1) else y
        y = np.asarray(keras.ops.convert_to_numpy(y))
        return end(y) if end else y

    return dense_to_conv


def units_behind(weights, first, height, width):
    return weights.reshape(-1, height, width, first.shape[2]).transpose(1, 2, 3, 0)


def of_keras(weights, first, height, width):
    return weights.reshape(height, width, -1, first.shape[3])


def units_last(weights, first, height, width):
    return weights.reshape(-1, height, width, first.shape[3]).transpose(1, 2, 0, 3)


DENSE = {
    "as in the chapter": (slide(kernel=of_keras), "reshaped as those of Keras"),
    "order of Keras": (slide("hwc"), "as if the map was flattened row by row, .* Here the map"),
    "columns first": (slide("cwh"), "channel by channel, within that column by column"),
    "pixels": (slide("whc"), "flattened column by column, within that row by row"),
    "order of Keras, written out": (slide(kernel=units_behind), "as if the map was flattened row"),
    "units last": (slide(kernel=units_last), "\\(inputs, units\\)"),
    "later transposed": (
        slide(later=lambda w: w if w.shape[0] == w.shape[1] else w.T),
        "weights of the later layers are transposed",
    ),
    "later as of Keras": (slide(later=lambda w: w), "weights of the later layers are transposed"),
    "first layer": (
        lambda maps, weights, biases, height, width: slide()(
            maps, weights[:1], biases[:1], height, width
        ),
        "first layer alone",
    ),
    "relu behind": (slide(relus=lambda i, n: i > 0), "ReLUs stand behind the later layers"),
    "flipped": (
        slide(kernel=lambda w, k, height, width: k[::-1, ::-1]),
        "kernels are turned around",
    ),
    "no relu": (slide(relus=lambda i, n: False), "one linear map"),
    "relu last": (slide(relus=lambda i, n: True), "last layer has a ReLU"),
    "no biases": (slide(bias=0), "biases are missing"),
    "padded": (slide(conv=lambda height: {"padding": "same"}), "map is padded"),
    "side by side": (
        lambda maps, weights, biases, height, width: slide(end=lambda y: y[:, ::height, ::width])(
            maps, weights, biases, height, width
        ),
        "windows lie side by side",
    ),
    "first window": (slide(end=lambda y: y[:, :1, :1]), "first window alone"),
    "averaged": (slide(end=lambda y: y.mean((1, 2))), "scores of all places are averaged"),
    "on its side": (slide(end=lambda y: np.swapaxes(y, 1, 2)), "lies on its side"),
    "probabilities": (slide(end=np.exp), "is expected"),
    "one image": (slide(end=lambda y: y[0]), "image, row, column, unit"),
    "words": (lambda *_, **__: "maps", "expected an array of numbers"),
    "stops": (lambda maps, *_, **__: maps @ 3, "stopped with ValueError"),
    "nothing returned": (lambda *_, **__: None, "return missing"),
}


# class_activation_map


def votes(rival=None, maps=None, labels=None, end=None, subtract=None):
    """Return an answer with one thing changed."""

    def class_activation_map(features, kernel, bias, **asked):
        own = asked["labels"] if labels is None else labels(asked["labels"])
        every = maps(features, kernel, bias) if maps else features @ kernel + bias
        scores = (features @ kernel + bias).mean((1, 2))
        found = []
        for image, score, label in zip(every, scores, own, strict=True):
            others = np.where(np.arange(len(score)) == label, -np.inf, score)
            other = rival(score, label) if rival else others.argmax()
            against = image[:, :, other] if subtract is None else subtract(image, label, other)
            found.append(image[:, :, label] - against)
        return end(np.stack(found), features) if end else np.stack(found)

    return class_activation_map


def rival_without_bias(features, kernel, bias, labels):
    scores = features.mean((1, 2)) @ kernel
    scores[np.arange(len(labels)), labels] = -np.inf
    rivals, every = scores.argmax(1), features @ kernel + bias
    each = np.arange(len(labels))
    return every[each, :, :, labels] - every[each, :, :, rivals]


def rival_of_the_first(features, kernel, bias, labels):
    scores = (features @ kernel + bias).mean((1, 2))
    scores[np.arange(len(labels)), labels] = -np.inf
    every, each = features @ kernel + bias, np.arange(len(labels))
    return every[each, :, :, labels] - every[:, :, :, scores[0].argmax()]


def rows_of_labels(features, kernel, bias, labels):
    """Take rows of the kernel for classes, whether or not there are as many."""
    scores = features.mean((1, 2)) @ kernel + bias
    scores[np.arange(len(labels)), labels] = -np.inf
    rivals = scores.argmax(1)
    votes = np.einsum("bhwc,bc->bhw", features, kernel[labels] - kernel[rivals])
    return votes + (bias[labels] - bias[rivals])[:, None, None]


def by_rows(features, kernel, bias, labels):
    matrix = kernel.T if len(kernel) == len(bias) else kernel
    return right.evidence_by_sorting(features, matrix, bias, labels)


def pixels(features):
    return features.shape[1] * features.shape[2]


MAPS = {
    "the label alone": (votes(subtract=lambda image, label, other: 0), "map of the label alone"),
    "other way round": (votes(end=lambda y, _: -y), "from that of the rival"),
    "no bias": (votes(maps=lambda f, k, b: f @ k), "biases are missing"),
    "bias shared out": (
        votes(maps=lambda f, k, b: f @ k + b / pixels(f)),
        "biases are divided by the number of pixels",
    ),
    "shared out": (votes(end=lambda y, f: y / pixels(f)), "so that its sum is the difference"),
    "added up": (votes(end=lambda y, f: y * pixels(f)), "multiplied by the number of pixels"),
    "rival of each pixel": (
        votes(subtract=lambda image, label, other: np.delete(image, label, 2).max(2)),
        "changes from pixel to pixel",
    ),
    "second place": (votes(lambda s, label: np.argsort(-s)[1]), "class in second place"),
    "first place": (votes(lambda s, label: s.argmax()), "even if that is the label"),
    "zero for the label": (
        votes(lambda s, label: np.where(np.arange(len(s)) == label, 0, s).argmax()),
        "counts as 0 when the rival is chosen",
    ),
    "others": (
        votes(subtract=lambda image, label, other: np.delete(image, label, 2).mean(2)),
        "mean over all other classes",
    ),
    "rival without bias": (rival_without_bias, "chosen by scores without their biases"),
    "first label": (votes(labels=lambda given: [given[0]] * len(given)), "label of the first one"),
    "first rival": (rival_of_the_first, "rival of the first one"),
    "by rows": (by_rows, "kernel is read by rows"),
    "rows of labels": (rows_of_labels, "kernel is read by rows"),
    "averaged first": (
        votes(maps=lambda f, k, b: np.broadcast_to(f.mean(3, keepdims=True), f.shape) @ k + b),
        "averaged over the channels first|is expected",
    ),
    "relu": (votes(end=lambda y, _: np.maximum(y, 0)), "is cut off"),
    "scaled": (
        votes(
            end=lambda y, _: (
                (y - y.min((1, 2), keepdims=True))
                / (y.max((1, 2), keepdims=True) - y.min((1, 2), keepdims=True))
            )
        ),
        "rescaled to reach from 0 to 1",
    ),
    "probabilities": (
        votes(maps=lambda f, k, b: np.exp(f @ k + b) / np.exp(f @ k + b).sum(3, keepdims=True)),
        "subtracts probabilities",
    ),
    "differences of scores": (votes(end=lambda y, _: y.mean((1, 2))), "image, row, column"),
    "the mean map": (lambda features, *_, **__: features.mean(3), "is expected"),
    "words": (lambda *_, **__: ["map"], "expected an array of numbers"),
    "nothing returned": (lambda *_, **__: None, "return missing"),
    "stops": (lambda features, *_, **__: features.maps, "stopped with AttributeError"),
}


# diagnosis

table = partial(differing, right.TABLE)
DIAGNOSIS = {
    "sound": (table(a=("nothing", "none")), "Something is wrong"),
    "suspicious": (table(d=("no activation", "one linear map")), "a ReLU stands between"),
    "harmless": (table(e=("softmax over pixels", "none")), "Something follows"),
    "the other mean": (table(e=("mean over channels", "none")), "a mean runs over the pixels"),
    "a word": (table(b="no activation"), "Expected a pair"),
    "another word": (table(c=("stride", "fewer places")), "'stride' is not one of"),
    "turned around": (table(f=right.TABLE["f"][::-1]), "is not one of"),
}

WRONG = {
    "conv1x1_as_matmul": MATMUL,
    "nin_block": BLOCK,
    "dense_to_conv": DENSE,
    "class_activation_map": MAPS,
    "diagnosis": DIAGNOSIS,
}

# What the course itself has: wrong in every variant, since each asks for something else.


def course_nin(x, filters, hidden, classes, kernel):
    """Return the course's mlpconv layer and its head."""
    return class_maps_head(mlpconv(x, kernel, (filters, hidden), name="stage1"), classes)


def course_dense(maps, weights, biases, height, width):
    """Return what the chapter shows: the weights as Keras keeps them, reshaped."""
    kernel = weights[0].reshape(height, width, -1, len(biases[0]))
    found = ops.conv(maps, kernel) + biases[0]
    for matrix, bias in zip(weights[1:], biases[1:], strict=True):
        found = ops.matmul(ops.relu(found), matrix.T) + bias
    return found


OF_COURSE = {"nin_block": [course_nin], "dense_to_conv": [course_dense]}
BETWEEN = {
    ("nin_block", "mean", "vote"): "averaged before the softmax. Here each pixel has its own",
    ("nin_block", "vote", "mean"): "softmax comes before the mean",
    ("nin_block", "mean", "narrow"): "side `kernel` comes first. Here the 1x1 convolution",
    ("nin_block", "narrow", "mean"): "1x1 convolution comes first. Here the convolution with",
    ("dense_to_conv", "channels", "columns"): "channel, within that row .* Here .* that column",
    ("dense_to_conv", "columns", "channels"): "channel, within that column .* Here .* that row",
    ("dense_to_conv", "pixels", "channels"): "flattened column by .* Here .* channel by",
}
EQUIVALENT = {  # where there are variants, patterns of the variant and the name
    "conv1x1_as_matmul": {
        f"name: `kernel` -> `bias`{place}": "there are as many biases as filters"
        for place in ("", " #3")
    },
    "class_activation_map": {
        "order: `weights = kernel[:, labels] - kernel[:, rivals]` after "
        "`lifts = bias[labels] - bias[rivals]`": "neither reads the other",
        "order: `lifts = bias[labels] - bias[rivals]` after "
        "`votes = np.einsum('bhwc,cb->bhw', features, weights)`": "neither reads the other",
        "name: `labels` -> `scores` #4": "both have a row for each image",
    },
    "nin_block": {
        r"\w+ order: `wide = .*` after `mix = .*": "neither reads the other",
    },
    "dense_to_conv": {
        r"\w+ order: `order = .*` after `sides = .*": "neither reads the other",
        r"\w+ name: `weights` -> `biases`( #3)?": "a bias for each matrix, and for each unit",
    },
}
