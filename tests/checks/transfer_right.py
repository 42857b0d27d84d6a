"""Right answers to the questions of the transfer exercises, each built another way."""

import keras
import numpy as np
from keras import layers, ops

from course_lib.checks.transfer_diagnosis import FAULTS, SIGNS


def norms_of(block):
    """Return the batch normalizations of a block, at any depth."""
    if isinstance(block, layers.BatchNormalization):
        return [block]
    return [norm for layer in getattr(block, "layers", []) for norm in norms_of(layer)]


# freeze_blocks


def freeze_by_model(blocks, count):
    """Freeze all through one model around the blocks, then open the last ones."""
    keras.Sequential(blocks).trainable = False
    for block in blocks[count:]:
        block.trainable = True
        for norm in norms_of(block):
            norm.trainable = False
    return int(sum(np.prod(w.shape) for b in blocks[count:] for w in b.trainable_weights))


def freeze_by_weights(blocks, count):
    """Freeze the kernels of the first blocks one by one, and count before and after."""
    for block in blocks:
        block.trainable = True
        for norm in norms_of(block):
            norm.trainable = False
    for block in blocks[:count]:
        for weight in block.weights:
            weight.trainable = False
    return np.int64(sum(ops.size(w) for b in blocks for w in b.trainable_weights))


def freeze_recursively(blocks, count):
    """Go down to single layers."""

    def visit(layer, learns):
        layer.trainable = learns and not isinstance(layer, layers.BatchNormalization)
        inner = [visit(part, learns) for part in getattr(layer, "layers", [])]
        if inner:
            return sum(inner)
        return sum(int(np.prod(w.shape)) for w in layer.trainable_weights)

    return sum(visit(block, i >= count) for i, block in enumerate(blocks))


# cached_features


def features_by_predict(body, images, store, batch_size):
    """Use `predict` on one batch after the other, keys of bytes, and an inner dictionary."""
    body.run_eagerly = True  # as quick here as it gets: each body runs a few batches only
    state = b"".join(np.asarray(w, "float32").tobytes() for w in body.get_weights())
    known = store.setdefault(state, {})
    waiting = {image.tobytes(): image for image in images if image.tobytes() not in known}
    todo = list(waiting)
    for i in range(0, len(todo), batch_size):
        batch = np.stack([waiting[key] for key in todo[i : i + batch_size]])
        known.update(zip(todo[i : i + batch_size], body.predict(batch, verbose=0), strict=True))
    return np.array([known[image.tobytes()] for image in images]), len(todo)


def features_one_by_one(body, images, store, batch_size):
    """One image at a time; keys are tuples of numbers."""
    state = tuple(tuple(np.ravel(w).tolist()) for w in body.get_weights())
    rows, computed = [], 0
    for image in images:
        key = (state, tuple(image.ravel().tolist()))
        if key not in store:
            store[key] = ops.convert_to_numpy(body(image[None], training=False))[0]
            computed += 1
        rows.append(store[key])
    return np.stack(rows), computed


def features_padded(body, images, store, batch_size):
    """Batches of one size, filled up with the last image; the result is a Keras tensor."""
    state = hash(b"".join(np.ascontiguousarray(w).tobytes() for w in body.get_weights()))
    keys = [(state, np.ascontiguousarray(image).tobytes()) for image in images]
    new = {key: i for i, key in reversed(list(enumerate(keys))) if key not in store}
    todo = sorted(new.items(), key=lambda pair: pair[1])
    while todo:
        now, todo = todo[:batch_size], todo[batch_size:]
        rows = [i for _, i in now] + [now[-1][1]] * (batch_size - len(now))
        found = np.asarray(body.predict_on_batch(images[rows]))
        store.update((key, found[i]) for i, (key, _) in enumerate(now))
    return ops.convert_to_tensor(np.stack([store[key] for key in keys])), np.int32(len(new))


# feature_sets


def sets_by_loop(features, labels, image, view, held_out):
    """Row after row, in single precision."""
    sets = {True: [], False: []}
    for i, number in enumerate(image.tolist()):
        held = number in set(held_out.tolist())
        if not held or view[i] == 0:
            sets[held].append(i)
    rows = features[sets[False]].astype("float32")
    center, spread = np.mean(rows, axis=0), np.std(rows, axis=0)
    spread[spread < 1e-6] = 1
    val = (features[sets[True]].astype("float32") - center) / spread
    return [(rows - center) / spread, labels[sets[False]], val, labels[sets[True]]]


def sets_by_scikit_learn(features, labels, image, view, held_out):
    """The library's scaler, fitted on the training rows."""
    from sklearn.preprocessing import StandardScaler

    out = (image[:, None] == held_out).any(1)
    scaler = StandardScaler().fit(features[~out])
    kept = out & np.logical_not(view)
    return (
        scaler.transform(features[~out]),
        labels[~out].tolist(),
        scaler.transform(features[kept]),
        labels[kept],
    )


# replace_head


class Classifier(keras.Model):
    """A subclass that holds the body, stops the gradient, and has a dense head."""

    def __init__(self, body, classes, activation):
        super().__init__()
        self.body = body
        self.dense = layers.Dense(classes)
        self.activation = keras.activations.get(activation)

    def call(self, images):
        x = ops.stop_gradient(self.body(images, training=False))
        x = ops.mean(x, (1, 2)) if len(x.shape) == 4 else x
        return self.activation(self.dense(x))


def head_by_subclass(net, layer, classes, outputs):
    """Nothing is set to `trainable=False`; no gradient gets into the body."""
    body = keras.Model(net.input, net.get_layer(layer).output)
    return Classifier(body, classes, "softmax" if outputs == "probabilities" else None)


class Held(layers.Layer):
    """A layer that runs a model in inference mode, whatever `fit` says."""

    def __init__(self, body):
        super().__init__()
        self.body = body
        self.trainable = False  # reaches what the layer holds by now

    def call(self, x):
        return self.body(x, training=False)


def head_by_sequential(net, layer, classes, outputs):
    """A 1x1 convolution before the mean is the same as a dense layer behind it."""
    body = keras.Model(net.input, net.get_layer(layer).output)
    steps = [keras.Input(net.input_shape[1:]), Held(body)]
    if len(body.output.shape) == 4:
        steps += [layers.Conv2D(classes, 1), layers.GlobalAveragePooling2D()]
    else:
        steps += [layers.Dense(classes)]
    return keras.Sequential(steps + [layers.Softmax()] * (outputs == "probabilities"))


def head_by_clone(net, layer, classes, outputs):
    """A copy of the body with its dropout taken out, frozen as a whole."""

    def still(old):
        return layers.Identity() if isinstance(old, layers.Dropout) else old

    body = keras.models.clone_model(
        keras.Model(net.input, net.get_layer(layer).output), clone_function=still
    )
    body.trainable = False
    x = body.output
    x = layers.GlobalAveragePooling2D()(x) if len(x.shape) == 4 else x
    activation = {"logits": "linear", "probabilities": "softmax"}[outputs]
    return keras.Model(body.input, layers.Dense(classes, activation)(x))


# first_plan

COLUMNS = {"close": "fta", "related": "fta", "distant": "fas"}
NAMES = {"f": "features", "t": "tail", "a": "all", "s": "scratch"}


def plan_by_loop(images, classes, likeness, macs, epochs, budget):
    """Step down while it is too dear."""
    n = images / classes
    letter = COLUMNS[likeness][0 if n < 20 else 1 if n < 500 else 2]
    body = sum(macs)
    price = {
        "f": images * body,
        "t": images * (macs[0] + epochs * 3 * macs[1]),
        "a": images * epochs * 3 * body,
        "s": images * 10 * epochs * 3 * body,
    }
    for plan in "satf"["satf".index(letter) :]:
        if price[plan] <= budget:
            return NAMES[plan]
    return "none"


def plan_without_division(images, classes, likeness, macs, epochs, budget):
    """Compare whole numbers only, and passes of each part instead of prices."""
    some, many = images >= 20 * classes, images >= 500 * classes
    rank = some + many + (some and likeness == "distant")
    passes = [(1, 1), (1, 3 * epochs), (3 * epochs,) * 2, (30 * epochs,) * 2][: rank + 1]
    right = [i for i, p in enumerate(passes) if images * np.dot(p, macs) <= budget]
    return str(np.array(["features", "tail", "all", "scratch"])[right[-1]]) if right else "none"


# diagnosis

TABLE = {
    "a": ("stored augmentation", "features never change"),
    "b": ("batch norm in training mode", "validation collapses"),
    "c": ("nothing", "validation beats training"),
    "d": ("leak", "new pictures do worse"),
    "e": ("softmax twice", "loss has a floor"),
}
OPTIONS = (FAULTS, SIGNS)

RIGHT = {
    "freeze_blocks": [freeze_by_model, freeze_by_weights, freeze_recursively],
    "cached_features": [features_by_predict, features_one_by_one, features_padded],
    "feature_sets": [sets_by_loop, sets_by_scikit_learn],
    "replace_head": [head_by_subclass, head_by_sequential, head_by_clone],
    "first_plan": [plan_by_loop, plan_without_division],
    "diagnosis": [lambda run: TABLE[run], lambda run: list(TABLE[run])],
}

# Of the other variants of replace_head


class UnitClassifier(Classifier):
    """The length is the root of a product of the features with themselves."""

    def call(self, images):
        x = ops.stop_gradient(self.body(images, training=False))
        x = ops.mean(x, (1, 2)) if len(x.shape) == 4 else x
        return self.activation(self.dense(x / ops.sqrt(ops.sum(x * x, -1, keepdims=True))))


def unit_by_subclass(net, layer, classes, outputs):
    body = keras.Model(net.input, net.get_layer(layer).output)
    return UnitClassifier(body, classes, "softmax" if outputs == "probabilities" else None)


def unit_by_clone(net, layer, classes, outputs):
    """The mean is a sum, since the length takes the number of positions out again."""

    def still(old):
        return layers.Identity() if isinstance(old, layers.Dropout) else old

    body = keras.models.clone_model(
        keras.Model(net.input, net.get_layer(layer).output), clone_function=still
    )
    body.trainable = False
    x = ops.sum(body.output, (1, 2)) if len(body.output.shape) == 4 else body.output
    x = layers.Dense(classes)(ops.normalize(x, axis=-1))
    return keras.Model(body.input, layers.Softmax()(x) if outputs == "probabilities" else x)


class BesideClassifier(keras.Model):
    """Runs the old net and its body one after the other; its probabilities come first."""

    def __init__(self, net, body, classes, activation):
        super().__init__()
        self.old, self.body = net, body
        self.old.trainable = False
        self.dense = layers.Dense(classes)
        self.activation = keras.activations.get(activation)

    def call(self, images):
        x = self.body(images, training=False)
        x = ops.mean(x, (1, 2)) if len(x.shape) == 4 else x
        old = self.old(images, training=False)
        return self.activation(self.dense(ops.concatenate([old, x], -1)))


def beside_by_subclass(net, layer, classes, outputs):
    body = keras.Model(net.input, net.get_layer(layer).output)
    return BesideClassifier(net, body, classes, "softmax" if outputs == "probabilities" else None)


def beside_by_sequence(net, layer, classes, outputs):
    """One frozen layer gives all that the dense layer reads."""
    x = net.get_layer(layer).output
    x = layers.GlobalAveragePooling2D()(x) if len(x.shape) == 4 else x
    both = Held(keras.Model(net.input, layers.Concatenate()([x, net.output])))
    steps = [keras.Input(net.input_shape[1:]), both, layers.Dense(classes)]
    return keras.Sequential(steps + [layers.Softmax()] * (outputs == "probabilities"))


OF_VARIANT = {
    ("replace_head", "unit"): (unit_by_subclass, unit_by_clone),
    ("replace_head", "beside"): (beside_by_subclass, beside_by_sequence),
}
