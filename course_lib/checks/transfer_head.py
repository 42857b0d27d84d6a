"""Check of the question that takes the old head off a net and puts a new one on a frozen body.

One training step shows which weights learn; those get random values, and NumPy computes what the
model must then put out, in inference and as `fit` calls it.
"""

import keras
import numpy as np

from course_lib.checks.cases import case
from course_lib.checks.transfer_probes import head, net
from course_lib.checks.verdict import WrongAnswer, fresh_cases, observe, passed, spell

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
        before = net(old, end)
        before.set_weights([_draw(weight, rng) for weight in before.weights])
        body = keras.Model(before.inputs[0], before.get_layer(layer).output)
        asked = {"layer": layer, "classes": classes, "outputs": outputs}
        images = [rng.uniform(0, 1, (n, 4, 3, 3)).astype("float32") for n in (7, batch)]
        shapes = (body.output.shape[-1], classes), (classes,)
        weights = [rng.normal(0, 1, shape).astype("float32") for shape in shapes]
        features = keras.ops.convert_to_numpy(body(images[1], training=False))
        said = f"{spell(answer, asked)} on a net that ends with softmax {end}"
        with case(f"{outputs} from the layer {layer!r}"):
            given = [old, end, before.get_weights()]
            found = observe(answer, head, given, asked, images, weights)
            for training, one in zip((False, True), found, strict=True):
                _compare(one, features, weights, asked, training, said)
    passed("replace_head", "The body computes in fit what it computes afterwards; one softmax.")


def _draw(weight, rng) -> np.ndarray:
    low = 0.5 if weight.name in ("gamma", "moving_variance") else -0.5
    return rng.uniform(low, low + 1, tuple(weight.shape)).astype("float32")


def _compare(found, features, weights, asked, training, said):
    """Raise `WrongAnswer` unless the outputs are those of the body and this head."""
    outputs = asked["outputs"]
    right = _reference(features, weights, outputs)
    if _near(found, right):
        return
    for fault, text in FAULTS.items():
        if fault != outputs and _near(found, _reference(features, weights, fault)):
            raise WrongAnswer(f"{said}: {text}")
    if training:
        raise WrongAnswer(
            f"{said}: as `fit` calls it, the model puts out something else than "
            "afterwards. Freezing stops the weights, not the dropout; and `fit` overrules a "
            "`training=False` that was given while a functional model was built. Give the "
            "body a `call` of its own. The head draws nothing"
        )
    raise WrongAnswer(
        f"{said}: other values than the mean of {asked['layer']!r} over positions "
        "times the kernel, plus the bias"
    )


def _near(found, right) -> bool:
    return bool(np.abs(found - right).max() <= CLOSE * right.std())


def _reference(features, weights, outputs) -> np.ndarray:
    """Return logits, probabilities, or what a fault makes of them."""
    x = features.astype("float64")
    if x.ndim == 4:
        x = x.max((1, 2)) if outputs.startswith("max") else x.mean((1, 2))
    kernel, bias = (value.astype("float64") for value in weights)
    x = x @ kernel.reshape(x.shape[-1], -1) + bias
    if outputs == "sigmoid":
        return 1 / (1 + np.exp(-x))
    for _ in range(SOFTMAXES.get(outputs, 0)):
        x = np.exp(x - x.max(1, keepdims=True))
        x /= x.sum(1, keepdims=True)
    return x
