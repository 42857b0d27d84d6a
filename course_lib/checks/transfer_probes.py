"""What the checks of the transfer exercises look at, beside the reader's function.

A grader runs these in the process of a submission and believes nothing that they say: each report
is compared with what `course_lib.checks.transfer_*` computes for itself.
"""

import warnings
from math import prod

import keras
import numpy as np
from keras import layers

from course_lib.checks.verdict import WrongAnswer, call, place, spell
from course_lib.checks.weights import undrawn

NORM = layers.BatchNormalization
WIDTHS = (4, 6, 5)  # of the blocks; the same in all cases, since JAX compiles each new shape


def sets(answer, *given):
    """Call an answer with arrays; return what it returned, and the arrays afterwards."""
    return [call(answer, {}, *given), list(given)]


def blocks() -> list:
    """Return five blocks, run in order, of maps (B, 6, 5, 3); models lie in models."""
    a, b, classes = WIDTHS

    def conv(filters):  # a 1x1 convolution
        return layers.Dense(filters, use_bias=False)

    with undrawn():
        image = keras.Input((6, 5, a))
        inner = keras.Sequential([conv(b), NORM(scale=False)])
        residual = layers.Add()([layers.Dense(b)(image), inner(image)])
        found = [
            keras.Sequential([keras.Input((6, 5, 3)), conv(a), NORM(), layers.ReLU()]),
            keras.Model(image, residual),
            NORM(),
            keras.Sequential(
                [keras.Input((6, 5, b)), keras.Sequential([conv(a), NORM()]), layers.ReLU()]
            ),
            keras.Sequential(
                [keras.Input((6, 5, a)), layers.GlobalAveragePooling2D(), layers.Dense(classes)]
            ),
        ]
        found[2].build((None, 6, 5, b))
    return found


def inside(layer) -> list:
    """Return a layer and all layers in it, each before those that it holds."""
    return [layer, *(one for part in getattr(layer, "layers", ()) for one in inside(part))]


def unfreeze(block):
    """Make a block learn with all that is in it, whatever was done to it before."""
    for layer in inside(block):
        # On TensorFlow, a flag that is set already does not reach the weights: first the other
        layer.trainable = False
        layer.trainable = True


def freeze(answer, count, before):
    """Call `freeze_blocks`; return its value and the flags of all layers and weights.

    Args:
        answer: the reader's function.
        count: of blocks to freeze.
        before: the numbers of the blocks that come in frozen.
    """
    found = blocks()
    for i, block in enumerate(found):
        unfreeze(block)
        block.trainable = i not in before
    value = call(answer, {"count": count}, found)
    flags = [[bool(layer.trainable) for layer in inside(block)] for block in found]
    weights = [[bool(weight.trainable) for weight in block.weights] for block in found]
    return {"value": value, "layers": flags, "weights": weights}


def net(classes, end) -> keras.Model:
    """Return a classifier with layers "early", "map" and "pool"."""
    with undrawn():
        image = keras.Input((4, 3, 3))
        x = layers.Dense(7)(image)
        x = layers.Activation("tanh", name="early")(layers.BatchNormalization()(x))
        x = layers.Dropout(0.5, seed=1)(layers.Dense(9)(x))
        x = layers.Activation("tanh", name="map")(layers.BatchNormalization()(x))
        x = layers.GlobalAveragePooling2D(name="pool")(x)
        x = layers.Dense(classes, activation="softmax" if end == "in the layer" else None)(x)
        return keras.Model(image, layers.Softmax()(x) if end == "apart" else x)


def head(answer, old, asked, images, drawn):
    """Build a model with `replace_head`, train it for a step, give its head other weights.

    Args:
        answer: the reader's function.
        old: classes of the old net, how it ends, and its weights.
        asked: keyword arguments of the call.
        images: two arrays (B, H, W, C): for the step, and for what is returned.
        drawn: kernel (values that it reads, classes) and bias of the head.

    Returns:
        What the model puts out in inference and as `fit` calls it.
    """
    classes, end, values = old
    before = net(classes, end)
    before.set_weights(values)
    said = f"{spell(answer, asked)} on a net that ends with softmax {end}"
    width = before.get_layer(asked["layer"]).output.shape[-1]
    model = call(answer, asked, before)
    if not isinstance(model, keras.Model):
        raise WrongAnswer(
            f"{said} returned {type(model).__name__}; expected a keras.Model from images"
        )
    shape = _run(model, images[0], False, said).shape
    if shape != (len(images[0]), asked["classes"]):
        raise WrongAnswer(
            f"{said}: {len(images[0])} images give {shape}; "
            f"expected {(len(images[0]), asked['classes'])}"
        )
    moved = _step(model, before, asked, images[0], said)
    widths = width, len(drawn[0])
    parts = _head(moved, widths, (classes, asked["classes"]), said)
    for variable, value in zip(parts, drawn, strict=True):
        variable.assign(value.reshape(variable.shape))
    return [_run(model, images[1], training, said) for training in (False, True)]


def _run(model, images, training, said) -> np.ndarray:
    try:
        return keras.ops.convert_to_numpy(model(images, training=training))
    except Exception as error:
        raise WrongAnswer(
            f"{said}: the model cannot run on {len(images)} images: "
            f"{type(error).__name__}: {error}{place(error)}"
        ) from error


def _step(model, before, asked, images, said) -> list:
    """Train for a step; return the weights that it changes."""
    if not model.trainable_weights:
        raise WrongAnswer(f"{said}: nothing in the model is trained; the head should be")
    old, weights = _values(before.weights), model.weights
    start = _values(weights)
    losses = keras.losses.SparseCategoricalCrossentropy
    loss = losses(from_logits=asked["outputs"] == "logits")
    model.compile(keras.optimizers.SGD(1.0), loss, run_eagerly=True, jit_compile=False)
    with warnings.catch_warnings():  # Keras warns of what is named below
        warnings.simplefilter("ignore")
        model.train_on_batch(images, np.arange(len(images)) % asked["classes"])
    pairs = zip(weights, start, _values(weights), strict=True)
    moved = [weight for weight, was, now in pairs if not np.array_equal(was, now)]
    if any("moving" in weight.name for weight in moved):
        raise WrongAnswer(
            f"{said}: a training step moves the averages of a batch normalization. The "
            "body runs in training mode: freeze its layers, and run it in inference mode"
        )
    if not all(map(np.array_equal, old, _values(before.weights))):
        raise WrongAnswer(f"{said}: a training step changes the body; freeze it")
    return moved


def _head(moved, widths, classes, said) -> list:
    """Return kernel and bias of the head among the weights that a step changed.

    Args:
        moved: these weights.
        widths: the number of features, and of all values that the head reads.
        classes: old and new.
        said: the call.
    """
    (width, read), (old, new) = widths, classes
    kernels = [w for w in moved if w.shape[-1] == new and prod(w.shape) == read * new]
    biases = [w for w in moved if tuple(w.shape) == (new,)]
    if len(moved) == 2 and len(kernels) == len(biases) == 1:
        return kernels + biases
    shapes = [tuple(weight.shape) for weight in moved]
    text = f"expected a kernel {(read, new)}, on {width} features that are averaged over positions"
    text += f" and {old} old probabilities" if read > width else ""
    text += f", and a bias {(new,)}"
    if (old, new) in shapes:
        text = "the head reads the class scores of the old one. Start from `layer`"
        text += ", and let one dense layer read both" if read > width else ""
    elif read == width and (width + old, new) in shapes:
        text = "the head reads the class scores of the old one, too. It reads `layer` alone"
    elif len(shapes) > 2:
        text += ". Nothing else learns, so the body is to be frozen"
    raise WrongAnswer(f"{said}: a step changes weights of shapes {shapes}; {text}")


def _values(weights) -> list[np.ndarray]:
    return [keras.ops.convert_to_numpy(weight) + 0 for weight in weights]
