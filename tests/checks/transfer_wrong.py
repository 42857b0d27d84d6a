"""Wrong answers to the questions of the transfer exercises, and what each must be told."""

import re
from functools import partial

import keras
import numpy as np
from keras import layers, ops

from course_lib.checks import transfer_plan, transfer_sets
from course_lib.transfer import new_head
from tests.checks import transfer_right as right
from tests.checks.bank_pieces import differing

# freeze_blocks


def frozen(blocks, count, *, norms=True, inner=True, first=True, opened=True, value=None):
    """Do as asked, but for one thing."""
    start = sum(int(np.prod(w.shape)) for b in blocks for w in b.trainable_weights)
    for i, block in enumerate(blocks):
        if i >= count and opened:
            block.trainable = True
        for norm in right.norms_of(block) if inner else ():
            norm.trainable = norm.trainable and not norms
        if i < count and first:
            block.trainable = False
    learning = [w for b in blocks for w in b.weights if w.trainable]
    counted = sum(int(np.prod(w.shape)) for w in learning)
    return counted if value is None else value(blocks, learning, start)


def weights_only(blocks, count):
    for i, block in enumerate(blocks):
        block.trainable = True
        of_norms = {id(w) for norm in right.norms_of(block) for w in norm.weights}
        for weight in block.weights:
            weight.trainable = weight.trainable and i >= count and id(weight) not in of_norms
    return 1


def shallow(blocks, count):
    for i, block in enumerate(blocks):
        block.trainable = i >= count
        for layer in getattr(block, "layers", [block]):
            if isinstance(layer, layers.BatchNormalization):
                layer.trainable = False
    return 1


def norms_first(blocks, count):
    for norm in [norm for block in blocks for norm in right.norms_of(block)]:
        norm.trainable = False
    for i, block in enumerate(blocks):
        block.trainable = not i >= count
        block.trainable = i >= count
    return 1


def every(blocks, learning, start):
    return sum(block.count_params() for block in blocks)


FREEZE_BLOCKS = {
    "normalizations train": (partial(frozen, norms=False), "scale and offset"),
    "normalizations first": (norms_first, "something set the flag of the whole block afterwards"),
    "one level deep": (shallow, r"blocks\[1\]|blocks\[3\]"),
    "weights only": (weights_only, "moves its averages.*on the layer itself"),
    "one block too few": (lambda b, count: frozen(b, max(count - 1, 0)), "one of the first ones"),
    "one block too many": (lambda b, count: frozen(b, count + 1), "should be trained"),
    "the last ones": (lambda b, count: frozen(b[::-1], count), "one of the first ones"),
    "left as it came": (partial(frozen, opened=False), "came in frozen"),
    "arrays counted": (partial(frozen, value=lambda b, w, s: len(w)), "number of arrays"),
    "all counted": (partial(frozen, value=every), "every weight, the frozen ones too"),
    "counted before": (partial(frozen, value=lambda b, w, s: s), "trainable before"),
    "frozen counted": (
        partial(frozen, value=lambda b, w, s: every(b, w, s) - sum(int(ops.size(x)) for x in w)),
        "what is frozen",
    ),
    "one more": (lambda b, count: frozen(b, count) + 1, "Expected"),
    "text": (lambda b, count: str(frozen(b, count)), "expected a number"),
    "nothing returned": (lambda b, count: None, "return missing"),
    "stops": (lambda b, count: b.layers, "stopped with AttributeError"),
}

# cached_features


def cached(body, images, store, batch_size, **other):
    """Do as asked, but for what `other` replaces."""
    state = other.get("state", lambda b: b"".join(w.tobytes() for w in b.get_weights()))(body)
    of_image = other.get("key", lambda image: image.tobytes())
    keys = [(state, of_image(image)) for image in images]
    new = [i for i, key in enumerate(keys) if key not in store and key not in keys[:i]]
    new = other.get("new", lambda new, *_: new)(new, keys, store)
    size = other.get("size", batch_size)
    found = {}
    for start in range(0, len(new), size):
        rows = new[start : start + size]
        out = body(images[rows], training=other.get("training", False))
        found.update(zip([keys[i] for i in rows], ops.convert_to_numpy(out), strict=True))
        if not other.get("late"):
            store.update(found)
    store.update(found)
    features = np.stack([store[key] for key in keys])
    return features[:: other.get("step", 1)], len(new) + other.get("more", 0)


FORGETFUL: dict = {}


def own_store(body, images, store, batch_size):
    return cached(body, images, store or {}, batch_size)


def swallowing(body, images, store, batch_size):
    try:
        return cached(body, images, store, batch_size)
    except RuntimeError:
        return np.zeros((len(images), 1)), 0


CACHED_FEATURES = {
    "training mode": (partial(cached, training=True), "not what the body gives in inference mode"),
    "weights ignored": (partial(cached, state=lambda b: 0), "after a training step: "),
    "weights by their sum": (
        partial(cached, state=lambda b: round(float(sum(w.sum() for w in b.get_weights())), 4)),
        "after a training step: ",
    ),
    "weights by the sum of each": (
        partial(cached, state=lambda b: str([w.sum() for w in b.get_weights()])),
        "after a training step: rows that were stored before.*traded places",
    ),
    "trainable weights only": (
        partial(
            cached,
            state=lambda b: b"".join(np.asarray(w).tobytes() for w in b.trainable_weights),
        ),
        "After the running averages moved: rows that were stored before.*are weights too",
    ),
    "the object": (partial(cached, state=id), "after a training step: "),
    "the object and its weights": (
        partial(cached, state=lambda b: (id(b), b"".join(w.tobytes() for w in b.get_weights()))),
        "in a new session: computed is .; expected 0",
    ),
    "images by their sum": (
        partial(cached, key=lambda image: float(image.sum())),
        "upside down: rows that were stored before.*other images",
    ),
    "images by their shape": (partial(cached, key=np.shape), "tell any two images apart"),
    "same image twice": (
        partial(
            cached, new=lambda new, keys, store: [i for i, k in enumerate(keys) if k not in store]
        ),
        "run once",
    ),
    "nothing kept": (
        lambda body, images, store, batch_size: cached(body, images, {}, batch_size),
        "The same call once more: computed is 1; expected 0",
    ),
    "an empty store is falsy": (own_store, "The same call once more"),
    "a store of its own": (
        lambda body, images, store, batch_size: cached(body, images, FORGETFUL, batch_size),
        "nowhere else",
    ),
    "all at once": (partial(cached, size=99), "7 images at once; at most batch_size=2"),
    "stored at the end": (partial(cached, late=True), "A call that was killed, made again"),
    "error swallowed": (swallowing, "let the error through"),
    "order lost": (partial(cached, step=-1), "not in the order of the images"),
    "rows missing": (partial(cached, step=2), "features have shape"),
    "one more counted": (partial(cached, more=1), "computed is 2; expected 1"),
    "features alone": (lambda b, i, s, batch_size: cached(b, i, s, batch_size)[0], "a pair"),
    "no numbers": (lambda b, i, s, batch_size: ("features", 1), "no array of numbers"),
    "runs all, says none": (
        lambda b, i, s, batch_size: (
            right.features_one_by_one(b, i, {}, batch_size)[0],
            right.features_one_by_one(b, i, s, batch_size)[1],
        ),
        "but 1 images went through the body",
    ),
    "stops": (lambda b, i, s, batch_size: s["weights"], "stopped with KeyError"),
}

# feature_sets


def sets_with(fault):
    return lambda *given: transfer_sets.reference(*given, fault=fault)


def changed(features, *others):
    found = transfer_sets.reference(features, *others)
    features -= 1
    return found


def unguarded(features, labels, image, view, held_out):
    sets = transfer_sets.reference(features, labels, image, view, held_out, fault="raw")
    with np.errstate(all="ignore"):
        scale = sets[0].mean(0), sets[0].std(0)
        return (sets[0] - scale[0]) / scale[1], sets[1], (sets[2] - scale[0]) / scale[1], sets[3]


def by_a_small_number(features, labels, image, view, held_out):
    sets = transfer_sets.reference(features, labels, image, view, held_out, fault="raw")
    mean, scale = sets[0].mean(0), sets[0].std(0) + 1e-8
    return (sets[0] - mean) / scale, sets[1], (sets[2] - mean) / scale, sets[3]


def at(place, change):
    def sets(*given):
        found = list(transfer_sets.reference(*given))
        found[place] = change(found[place])
        return found

    return sets


def each(faults, answer):
    """Return an answer with each fault, and the beginning of what is said of it."""
    return {name: (answer(name), re.escape(text[:40])) for name, text in faults.items()}


FEATURE_SETS = each(transfer_sets.FAULTS, sets_with)
FEATURE_SETS |= {
    "changed in place": (changed, "handed in are changed"),
    "divided by nothing": (unguarded, "no spread to divide by"),
    "divided by a small number": (by_a_small_number, "Its spread is 0: divide by 1 there"),
    "labels of other rows": (at(1, lambda labels: labels[::-1]), "labels follow rows"),
    "other values": (at(2, lambda rows: rows + 1), "val_features has other values"),
    "one row lost": (at(3, lambda labels: labels[1:]), "val_labels has shape"),
    "two sets": (lambda *given: transfer_sets.reference(*given)[:2], "expected train_features"),
    "no arrays": (lambda *given: ["a", "b", "c", "d"], "not four arrays of numbers"),
    "stops": (lambda *given: given[9], "stopped with IndexError"),
}

# replace_head


def head(net, layer, classes, outputs, **other):
    """Do as asked, but for what `other` replaces."""
    body = keras.Model(net.input, net.get_layer(layer).output)
    image = keras.Input(net.input_shape[1:])
    x = right.Held(body)(image) if other.get("held", True) else body(image, training=False)
    body.trainable = not other.get("freeze", True)
    if len(x.shape) == 4:
        x = other.get("pool", layers.GlobalAveragePooling2D)()(x)
    for make in other.get("hidden", ()):
        x = make()(x)
    x = layers.Dense(classes)(x)
    for step in other.get("end", lambda o: [SOFT()] * (o == "probabilities"))(outputs):
        x = step(x)
    return keras.Model(image, x)


def on_top(net, layer, classes, outputs):
    """Put the new head on the scores of the old one."""
    return head(net, net.layers[-1].name, classes, outputs)


def norm_in_training(net, layer, classes, outputs):
    body = keras.Model(net.input, net.get_layer(layer).output)
    for weight in body.weights:
        weight.trainable = False
    x = body.output
    x = layers.GlobalAveragePooling2D()(x) if len(x.shape) == 4 else x
    activation = "softmax" if outputs == "probabilities" else None
    return keras.Model(body.input, layers.Dense(classes, activation)(x))


SOFT, SIGMOID = layers.Softmax, partial(layers.Activation, "sigmoid")
REPLACE_HEAD = {
    "softmax twice": (partial(head, end=lambda o: [SOFT(), SOFT()]), "softmax is applied twice"),
    "always logits": (partial(head, end=lambda o: []), "asks for probabilities"),
    "always probabilities": (partial(head, end=lambda o: [SOFT()]), "asks for logits"),
    "sigmoid": (partial(head, end=lambda o: [SIGMOID()]), "add up to 1"),
    "body trains": (partial(head, freeze=False), "changes the body"),
    "body in training mode": (norm_in_training, "moves the averages"),
    "dropout draws": (partial(head, held=False), "Freezing stops the weights, not the dropout"),
    "dropout in the head": (
        partial(head, hidden=[partial(layers.Dropout, 0.5)]),
        "The head draws nothing",
    ),
    "maximum": (partial(head, pool=layers.GlobalMaxPooling2D), "maximum over the positions"),
    "flattened": (partial(head, pool=layers.Flatten), "averaged over positions"),
    "on the old head": (on_top, "class scores of the old one"),
    "two layers": (partial(head, hidden=[partial(layers.Dense, 8)]), "Nothing else learns"),
    "squashed features": (partial(head, hidden=[layers.ReLU]), "other values than the mean"),
    "old number of classes": (
        lambda net, layer, classes, outputs: head(net, layer, 5, outputs),
        "7 images give",
    ),
    "the old net": (lambda net, layer, classes, outputs: net, "7 images give"),
    "a tensor": (lambda net, layer, classes, outputs: net.output, "expected a keras.Model"),
    "nothing trains": (
        lambda net, layer, classes, outputs: frozen_model(head(net, layer, classes, outputs)),
        "nothing in the model is trained",
    ),
    "stops": (lambda net, layer, classes, outputs: net[layer], "stopped with TypeError"),
}


def frozen_model(model):
    model.trainable = False
    return model


# first_plan


def plan_with(fault):
    def first_plan(**arguments):
        return transfer_plan.reference(arguments, fault) or "none"

    return first_plan


FIRST_PLAN = each(transfer_plan.FAULTS, plan_with)
FIRST_PLAN |= {
    "always features": (lambda **_: "features", r"Expected 'none'\. There are .* plans cost"),
    "no word": (lambda **_: 3, "expected one of 'features'"),
    "another word": (lambda **_: "head", "expected one of 'features'"),
    "nothing returned": (lambda **_: None, "return missing"),
    "stops": (lambda **_: {}["plan"], "stopped with KeyError"),
}

# diagnosis

table = partial(differing, right.TABLE)
DIAGNOSIS = {
    "a: nothing": (table(a=("nothing", "features never change")), "Something is wrong"),
    "a: leak": (table(a=("leak", "new pictures do worse")), "Compare the two last accuracies"),
    "b: stored": (table(b=("stored augmentation", "validation collapses")), "first line together"),
    "c: leak": (table(c=("leak", "validation beats training")), "trained on"),
    "c: features": (table(c=("nothing", "features never change")), "unaltered pictures"),
    "d: collapse": (table(d=("leak", "validation collapses")), "in no epoch here"),
    "e: norm": (table(e=("batch norm in training mode", "loss has a floor")), "does not fall"),
    "one string": (lambda run: "nothing", "Expected a pair"),
    "a set": (lambda run: ({"nothing"}, "none"), "is not one of"),
    "not an option": (table(a=("bad", "none")), "'bad' is not one of"),
    "stops": (lambda run: {}[run], "stopped with KeyError"),
}

WRONG = {
    "freeze_blocks": FREEZE_BLOCKS,
    "cached_features": CACHED_FEATURES,
    "feature_sets": FEATURE_SETS,
    "replace_head": REPLACE_HEAD,
    "first_plan": FIRST_PLAN,
    "diagnosis": DIAGNOSIS,
}

# replace_head in each variant: what is right in another one, and what is nearly right

UNIT = layers.UnitNormalization


def beside(net, layer, classes, outputs, **other):
    """Put the old probabilities beside the features, but for what `other` replaces."""
    found = net.get_layer(layer).output
    body = keras.Model(net.input, [found, other.get("scores", lambda net: net.output)(net)])
    image = keras.Input(net.input_shape[1:])
    x, old = right.Held(body)(image) if other.get("held", True) else body(image)
    body.trainable = False
    if len(x.shape) == 4:
        x = other.get("pool", layers.GlobalAveragePooling2D)()(x)
    for make in other.get("hidden", ()):
        x = make()(x)
    x = layers.Dense(classes)(layers.Concatenate()([x, old]))
    for step in other.get("end", lambda o: [SOFT()] * (o == "probabilities"))(outputs):
        x = step(x)
    return keras.Model(image, x)


def two_kernels(net, layer, classes, outputs):
    """Add the scores of two dense layers, one of which has no bias."""
    found = net.get_layer(layer).output
    image = keras.Input(net.input_shape[1:])
    x, old = right.Held(keras.Model(net.input, [found, net.output]))(image)
    x = layers.GlobalAveragePooling2D()(x) if len(x.shape) == 4 else x
    x = layers.Dense(classes)(x) + layers.Dense(classes, use_bias=False)(old)
    return keras.Model(image, layers.Softmax()(x) if outputs == "probabilities" else x)


def early_unit(net, layer, classes, outputs):
    """Divide each position by its length before the mean."""

    def pool():
        return keras.Sequential([UNIT(), layers.GlobalAveragePooling2D()])

    return head(net, layer, classes, outputs, pool=pool)


WRONG_OF_VARIANT = {
    ("replace_head", "mean"): {
        "unit length": (partial(head, hidden=[UNIT]), "reads them as they are"),
        "beside the old": (beside, "scores of the old one, too. It reads `layer` alone"),
    },
    ("replace_head", "unit"): {
        "of any length": (head, "the features keep their length"),
        "each position": (early_unit, "here the mean comes first"),
        "maximum": (
            partial(head, hidden=[UNIT], pool=layers.GlobalMaxPooling2D),
            "maximum over the positions",
        ),
        "divided by the sum": (
            partial(head, hidden=[partial(UNIT, axis=0)]),
            "other values than the mean of 'map' over positions, divided by its length, times",
        ),
        "dropout draws": (
            partial(head, hidden=[UNIT], held=False),
            "Freezing stops the weights, not the dropout",
        ),
        "always logits": (
            partial(head, hidden=[UNIT], end=lambda o: []),
            "asks for probabilities",
        ),
        "beside the old": (beside, "It reads `layer` alone"),
    },
    ("replace_head", "beside"): {
        "alone": (head, r"expected a kernel \(14, 4\), on 9 features .* 5 old probabil"),
        "on the old head": (on_top, "let one dense layer read both"),
        "two kernels": (two_kernels, "let one dense layer read both"),
        "maximum": (
            partial(beside, pool=layers.GlobalMaxPooling2D),
            "maximum over the positions",
        ),
        "unit length": (partial(beside, hidden=[UNIT]), "reads them as they are"),
        "dropout draws": (
            partial(beside, held=False),
            "Freezing stops the weights, not the dropout",
        ),
        "softmax twice": (
            partial(beside, end=lambda o: [SOFT(), SOFT()]),
            "softmax is applied twice",
        ),
        "softmax of the old": (
            partial(beside, scores=lambda net: layers.Softmax()(net.output)),
            "with the old probabilities beside it, times the kernel",
        ),
    },
}

# What the course itself has: wrong in every variant, since each asks for something else.


def course_head(net, layer, classes, outputs, **more):
    body = keras.Model(net.input, net.get_layer(layer).output)
    body.trainable = False
    activation = "softmax" if outputs == "probabilities" else None
    return new_head(body, classes, activation=activation, **more)


OF_COURSE = {
    "replace_head": [
        course_head,
        partial(course_head, pooling="max"),
        partial(course_head, dropout=0.5),
    ],
}
BETWEEN = {
    ("replace_head", "mean", "unit"): "the features keep their length",
    ("replace_head", "unit", "mean"): "divides the features by their length",
    ("replace_head", "mean", "beside"): r"expected a kernel \(14, 4\), .* 5 old probabilities",
    ("replace_head", "beside", "mean"): "It reads `layer` alone",
}
EQUIVALENT = {  # where there are variants, patterns of the variant and the name
    "freeze_blocks": {
        "order: `block.trainable = number >= count` after `inside = [block]`": (
            "the list does not read the flag"
        ),
        "order: `inside += getattr(part, 'layers', [])` after "
        "`if isinstance(part, layers.BatchNormalization):`": ("a normalization holds no layers"),
    },
    "cached_features": {
        "drop: `np.stack([store[key] for key in keys])` -> `[store[key] for key in keys]`": (
            "a list of rows is an array for whoever reads it"
        ),
        "drop: `ops.convert_to_numpy(body(images[rows], training=False))` -> "
        "`body(images[rows], training=False)`": "a store of tensors holds the same rows",
        "flip: `True` -> `False`": "there are as many rows as were handed in",
        "keyword: `zip(rows, found, strict=True)` -> `zip(rows, found)`": (
            "there are as many rows as were handed in"
        ),
    },
    "first_plan": {
        "order: `costs['scratch'] = 10 * every` after `each = images / classes`": (
            "neither reads the other"
        ),
        "order: `each = images / classes` after "
        "`table = {'distant': ('features', 'all', 'scratch')}`": "neither reads the other",
    },
    "replace_head": {
        r"\w+ keyword: .*training=False\)` -> `super\(\)\.call\(images\)`": (
            "Keras tells the mode of `fit` to no layer whose `call` takes no `training`"
        ),
        r"\w+ order: `class Still.*` after `found = .*": "neither reads the other",
        r"\w+ order: `body\.trainable = False` after `x = body.*": (
            "the flag may be set at any time before training"
        ),
        r"\w+ order: `x = layers\..*` after `last = .*": "the layer is made without reading x",
    },
}
