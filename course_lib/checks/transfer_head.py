"""Check of the question that takes the old head off a net and puts a new one on a frozen body.

One training step shows which weights learn; those get random values, and NumPy computes what the
model must then put out, in inference and as `fit` calls it.
"""

import warnings
from dataclasses import dataclass
from math import prod

import keras
import numpy as np
from keras import layers

from course_lib.checks.verdict import WrongAnswer, call, fresh_cases, passed, place, spell
from course_lib.checks.weights import undrawn

CLOSE = 1e-3  # of the spread of the outputs
BATCHES = (3, 1, 7)  # images, by case
MAXIMUM = "it takes the maximum over the positions of a map; the mean is asked for"
FAULTS = {
    "softmax twice": "softmax is applied twice. Probabilities lie between 0 and 1, so a second "
    "softmax makes them almost equal, and the loss cannot fall far: put it in once",
    "logits": "it gives logits; `outputs` asks for probabilities, with one softmax at the end",
    "probabilities": "it gives probabilities; `outputs` asks for logits, and a loss with "
    "`from_logits=True` would apply softmax a second time",
    "sigmoid": "each class has a sigmoid of its own; probabilities of one label add up to 1",
    "max logits": MAXIMUM,
    "max probabilities": MAXIMUM,
}
SOFTMAXES = {"probabilities": 1, "max probabilities": 1, "softmax twice": 2}
CLASSES = (5, 4)  # old and new; the same in all cases, since JAX compiles each new shape
# Cases: the layer whose output the head reads, how the old net ends, and what is asked for
CASES = (
    ("map", "in the layer", "probabilities"),
    ("pool", "apart", "logits"),
    ("early", "apart", "probabilities"),
)


def replace_head(answer) -> None:
    """Judge `replace_head(net, layer, classes, outputs)`."""
    rng = fresh_cases()
    old, classes = CLASSES
    for (layer, end, outputs), batch in zip(CASES, BATCHES, strict=True):
        net = _net(old, end, rng)
        arguments = {"layer": layer, "classes": classes, "outputs": outputs}
        said = f"{spell(answer, arguments)} on a net that ends with softmax {end}"
        body = keras.Model(net.inputs[0], net.get_layer(layer).output)
        model = call(answer, arguments, net)
        if not isinstance(model, keras.Model):
            raise WrongAnswer(
                f"{said} returned {type(model).__name__}; expected a keras.Model from images"
            )
        Trial(model, net, body, arguments, said).judge(rng, batch)
    passed("replace_head", "The body computes in fit what it computes afterwards; one softmax.")


def _net(classes, end, rng) -> keras.Model:
    """Return a classifier with layers "early", "map" and "pool", and random weights."""
    with undrawn():
        image = keras.Input((4, 3, 3))
        x = layers.Dense(7)(image)
        x = layers.Activation("tanh", name="early")(layers.BatchNormalization()(x))
        x = layers.Dropout(0.5, seed=1)(layers.Dense(9)(x))
        x = layers.Activation("tanh", name="map")(layers.BatchNormalization()(x))
        x = layers.GlobalAveragePooling2D(name="pool")(x)
        x = layers.Dense(classes, activation="softmax" if end == "in the layer" else None)(x)
        net = keras.Model(image, layers.Softmax()(x) if end == "apart" else x)
    for weight in net.weights:
        low = 0.5 if weight.name in ("gamma", "moving_variance") else -0.5
        weight.assign(rng.uniform(low, low + 1, weight.shape).astype("float32"))
    return net


@dataclass
class Trial:
    """One model of a reader.

    Attributes:
        model: what the reader built.
        net: the old net.
        body: the part of the old net whose output the head reads.
        asked: the arguments of the call.
        said: the call, as messages begin.
    """

    model: keras.Model
    net: keras.Model
    body: keras.Model
    asked: dict
    said: str

    def judge(self, rng, batch):
        """Raise `WrongAnswer` unless the head learns, alone, and the outputs are right."""
        classes = self.asked["classes"]
        images = rng.uniform(0, 1, (7, 4, 3, 3)).astype("float32")
        shape = self.run(images).shape
        if shape != (7, classes):
            raise WrongAnswer(f"{self.said}: 7 images give {shape}; expected {(7, classes)}")
        kernel, bias = self.head(self.step(images))
        for variable in (kernel, bias):
            variable.assign(rng.normal(0, 1, variable.shape).astype("float32"))
        weights: list = [value.astype("float64") for value in _values((kernel, bias))]
        images = rng.uniform(0, 1, (batch, 4, 3, 3)).astype("float32")
        features = keras.ops.convert_to_numpy(self.body(images, training=False))
        for training in (False, True):
            self.compare(self.run(images, training), features, weights, training)

    def run(self, images, training=False) -> np.ndarray:
        """Return what the model puts out."""
        try:
            return keras.ops.convert_to_numpy(self.model(images, training=training))
        except Exception as error:
            raise WrongAnswer(
                f"{self.said}: the model cannot run on {len(images)} images: "
                f"{type(error).__name__}: {error}{place(error)}"
            ) from error

    def step(self, images) -> list:
        """Train for a step; return the weights that it changes."""
        if not self.model.trainable_weights:
            raise WrongAnswer(f"{self.said}: nothing in the model is trained; the head should be")
        old = _values(self.net.weights)
        weights: list = self.model.weights
        before = _values(weights)
        losses = keras.losses.SparseCategoricalCrossentropy
        loss = losses(from_logits=self.asked["outputs"] == "logits")
        self.model.compile(keras.optimizers.SGD(1.0), loss, run_eagerly=True, jit_compile=False)
        with warnings.catch_warnings():  # Keras warns of what is named below
            warnings.simplefilter("ignore")
            self.model.train_on_batch(images, np.arange(len(images)) % self.asked["classes"])
        pairs = zip(weights, before, _values(weights), strict=True)
        moved = [weight for weight, was, now in pairs if not np.array_equal(was, now)]
        if any("moving" in weight.name for weight in moved):
            raise WrongAnswer(
                f"{self.said}: a training step moves the averages of a batch normalization. The "
                "body runs in training mode: freeze its layers, and run it in inference mode"
            )
        if not all(map(np.array_equal, old, _values(self.net.weights))):
            raise WrongAnswer(f"{self.said}: a training step changes the body; freeze it")
        return moved

    def head(self, moved) -> list:
        """Return kernel and bias of the head among the weights that a step changed."""
        width, classes = self.body.output.shape[-1], self.asked["classes"]
        kernels = [w for w in moved if w.shape[-1] == classes and prod(w.shape) == width * classes]
        biases = [w for w in moved if tuple(w.shape) == (classes,)]
        if len(moved) == 2 and len(kernels) == len(biases) == 1:
            return kernels + biases
        shapes = [tuple(weight.shape) for weight in moved]
        text = f"expected a kernel {(width, classes)}, on {width} features that are averaged over "
        text += f"positions, and a bias {(classes,)}"
        if (self.net.output.shape[-1], classes) in shapes:
            text = "the head reads the class scores of the old one. Start from `layer`"
        elif len(shapes) > 2:
            text += ". Nothing else learns, so the body is to be frozen"
        raise WrongAnswer(f"{self.said}: a step changes weights of shapes {shapes}; {text}")

    def compare(self, found, features, weights, training):
        """Raise `WrongAnswer` unless the outputs are those of the body and this head."""
        outputs = self.asked["outputs"]
        right = _reference(features, weights, outputs)
        if _near(found, right):
            return
        for fault, text in FAULTS.items():
            if fault != outputs and _near(found, _reference(features, weights, fault)):
                raise WrongAnswer(f"{self.said}: {text}")
        if training:
            raise WrongAnswer(
                f"{self.said}: as `fit` calls it, the model puts out something else than "
                "afterwards. Freezing stops the weights, not the dropout; and `fit` overrules a "
                "`training=False` that was given while a functional model was built. Give the "
                "body a `call` of its own. The head draws nothing"
            )
        raise WrongAnswer(
            f"{self.said}: other values than the mean of {self.asked['layer']!r} over positions "
            "times the kernel, plus the bias"
        )


def _values(weights) -> list[np.ndarray]:
    return [keras.ops.convert_to_numpy(weight) + 0 for weight in weights]


def _near(found, right) -> bool:
    return bool(np.abs(found - right).max() <= CLOSE * right.std())


def _reference(features, weights, outputs) -> np.ndarray:
    """Return logits, probabilities, or what a fault makes of them."""
    x = features.astype("float64")
    if x.ndim == 4:
        x = x.max((1, 2)) if outputs.startswith("max") else x.mean((1, 2))
    kernel, bias = weights
    x = x @ kernel.reshape(x.shape[-1], -1) + bias
    if outputs == "sigmoid":
        return 1 / (1 + np.exp(-x))
    for _ in range(SOFTMAXES.get(outputs, 0)):
        x = np.exp(x - x.max(1, keepdims=True))
        x /= x.sum(1, keepdims=True)
    return x
