"""Right answers to the questions of the googlenet exercises, each built in another way."""

from functools import partial

import keras
import numpy as np
from keras import layers, ops
from scipy.special import logsumexp

from course_lib.checks.googlenet_diagnosis import EFFECTS, FAULTS
from course_lib.nets import without_values
from tests.checks.bank_pieces import by_table

# table_rows


def rows_by_layers(rows, side, channels):
    """Build each row in Keras and ask it."""
    found = []
    with without_values():
        for row in rows:
            x = keras.Input((side, side, channels))
            model = keras.Model(x, y := built(row, x))
            side, channels = (y.shape[1] if len(y.shape) == 4 else 1), y.shape[-1]
            own = [layer for layer in model.layers if layer.weights]
            depth = 2 if row[0] == "inception" else len(own)
            found.append([side, channels, depth, model.count_params()])
    return found


def built(row, x):
    kind, *sizes = row
    if kind == "conv":
        return layers.Conv2D(sizes[2], sizes[0], sizes[1], "same")(x)
    if kind == "max pool":
        return layers.MaxPooling2D(*sizes, "same")(x)
    if kind == "average":
        return layers.GlobalAveragePooling2D()(x)
    if kind == "linear":
        return layers.Dense(sizes[0])(layers.Flatten()(x))
    one, reduce3, three, reduce5, five, pool = sizes
    middle = layers.Conv2D(three, 3, padding="same")(layers.Conv2D(reduce3, 1)(x))
    wide = layers.Conv2D(five, 5, padding="same")(layers.Conv2D(reduce5, 1)(x))
    last = layers.Conv2D(pool, 1)(layers.MaxPooling2D(3, 1, "same")(x))
    return layers.Concatenate()([layers.Conv2D(one, 1)(x), middle, wide, last])


def rows_by_table(rows, side, channels):
    """Dispatch by kind; rows are tuples of NumPy's numbers."""
    found, state = [], (side, channels)

    def conv(k, s, f):
        return np.ceil(state[0] / s), f, 1, f + f * k * k * state[1]

    def inception(*w):
        read = np.array([1, 1, 9, 1, 25, 1]) * [state[1], state[1], w[1], state[1], w[3], state[1]]
        weights = int(np.dot(read + 1, w))
        return state[0], w[0] + w[2] + w[4] + w[5], 2, weights

    kinds = {
        "conv": conv,
        "inception": inception,
        "max pool": lambda k, s: (np.ceil(state[0] / s), state[1], 0, 0),
        "average": lambda: (1, state[1], 0, 0),
        "linear": lambda units: (1, units, 1, (state[1] + 1) * units),
    }
    for kind, *sizes in rows:
        found.append(tuple(np.int64(n) for n in kinds[kind](*sizes)))
        state = found[-1][:2]
    return tuple(found)


# count_depth


def depth_by_ways(net, end, pooling):
    """List all ways to the end and count along each."""

    def ways(name):
        kind, reads = net[name]
        before = [way for each in reads for way in ways(each)] or [[]]
        return [[*way, kind] for way in before]

    counted = ("conv", "linear", "pool")[: 3 if pooling else 2]
    return max(sum(way.count(kind) for kind in counted) for way in ways(end))


def depth_by_rounds(net, end, pooling):
    """Raise what is too low until nothing changes."""
    found = dict.fromkeys(net, 0)
    for _ in net:
        for name, (kind, reads) in net.items():
            own = kind in ("conv", "linear") or (pooling and kind == "pool")
            found[name] = max((found[each] for each in reads), default=0) + own
    return float(found[end])


# auxiliary_head

SIZES = ("window", "stride", "filters", "units", "rate", "classes")


class Drop(layers.Layer):
    """A dropout written by hand."""

    def __init__(self, rate):
        super().__init__()
        self.rate, self.seed = rate, keras.random.SeedGenerator()

    def call(self, x, training=False):
        if not training:
            return x
        kept = keras.random.uniform(ops.shape(x), seed=self.seed) >= self.rate
        return ops.where(kept, x / (1 - self.rate), 0.0)


def head_of_convolutions(x, variant="early", **given):
    """Dense layers as convolutions, where the hidden layer reads a map alone."""
    window, stride, filters, units, rate, classes = (given[name] for name in SIZES)
    squeeze = layers.Conv2D(filters, (1, 1), activation=keras.activations.relu)
    mean = layers.AveragePooling2D((window, window), (stride, stride), "valid")
    if variant == "early":
        x = mean(squeeze(x))
    else:
        most = layers.MaxPooling2D(window, stride)
        x = squeeze(ops.concatenate([most(x), mean(x)], -1))
    x = layers.Conv2D(units, x.shape[1:3])(x)
    x = layers.Dropout(rate, noise_shape=None)(layers.ReLU()(x))
    return layers.Flatten()(layers.Conv2D(classes, 1)(x))


def head_by_hand(x, variant="early", **given):
    """The 1x1 convolution as a dense layer, windows by `ops`, a dropout of its own."""
    window, stride, filters, units, rate, classes = (given[name] for name in SIZES)
    squeeze, small = layers.Dense(filters), partial(ops.average_pool, padding="valid")
    if variant == "early":
        y = small(ops.relu(squeeze(x)), window, stride)
    else:
        y = small(x, window, stride)
        if variant == "pair":
            y = ops.concatenate([y, ops.max_pool(x, window, stride, "valid")], 3)
        y = ops.relu(squeeze(y))
    y = ops.reshape(y, (-1, int(np.prod(y.shape[1:]))))
    if variant == "beside":
        y = ops.concatenate([ops.mean(x, (1, 2)), y], 1)
    y = Drop(rate)(ops.maximum(layers.Dense(units)(y), 0.0))
    return layers.Dense(classes, activation="linear")(y)


def head_in_one(x, window, stride, filters, units, rate, classes):
    """The layers in a row."""
    rows = [layers.Conv2D(filters, 1), layers.Activation("relu")]
    rows += [layers.AveragePooling2D(window, stride), layers.Flatten()]
    rows += [layers.Dense(units, activation="relu"), layers.Dropout(rate), layers.Dense(classes)]
    return keras.Sequential(rows)(x)


# total_loss


def loss_by_keras(logits, labels, discount, training, how="shared"):
    """Ask Keras for each loss."""
    entropy = partial(keras.losses.sparse_categorical_crossentropy, labels, from_logits=True)
    main, *sides = (entropy(ops.convert_to_tensor(each)) for each in logits)
    if not training:
        return main
    sides = ops.stack(sides)
    if how == "powers":
        powers = discount ** np.arange(len(logits) - 1, 0, -1)
        return main + ops.sum(sides * powers[:, None].astype("float32"), 0)
    return main + discount * (ops.max if how == "largest" else ops.mean)(sides, axis=0)


def loss_by_images(logits, labels, discount, training, how="shared"):
    """Go from image to image, in plain Python."""
    found = []
    for i, label in enumerate(labels):
        main, *sides = (logsumexp(each[i].astype("float64")) - each[i, label] for each in logits)
        if not training:
            found.append(main)
        elif how == "powers":
            found.append(main + sum(s * discount ** (len(sides) - k) for k, s in enumerate(sides)))
        else:
            worst = max(sides) if how == "largest" else sum(sides) / len(sides)
            found.append(main + discount * worst)
    return found


TABLE = {
    "a": ("no dropout", "training alone differs"),
    "b": ("full weights", "side losses lead"),
    "c": ("heads kept in use", "other answers in use"),
    "d": ("nothing", "none"),
    "e": ("attached elsewhere", "more weights"),
    "f": ("softmax twice", "loss stays high"),
}
OPTIONS = (FAULTS, EFFECTS)

RIGHT = {
    "table_rows": [rows_by_layers, rows_by_table],
    "count_depth": [depth_by_ways, depth_by_rounds],
    "auxiliary_head": [head_of_convolutions, head_by_hand, head_in_one],
    "total_loss": [loss_by_keras, loss_by_images],
    "diagnosis": by_table(TABLE),
}
OF_VARIANT = {
    ("auxiliary_head", "beside"): (partial(head_by_hand, variant="beside"),),
    ("auxiliary_head", "pair"): (
        partial(head_of_convolutions, variant="pair"),
        partial(head_by_hand, variant="pair"),
    ),
    **{
        ("total_loss", how): (partial(loss_by_keras, how=how), partial(loss_by_images, how=how))
        for how in ("powers", "largest")
    },
}
