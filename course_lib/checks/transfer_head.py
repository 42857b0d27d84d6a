"""Check of the question that takes the old head off a net and puts a new one on a frozen body.

One training step shows which weights learn; those get random values, and NumPy computes what the
model must then put out, in inference and as `fit` calls it.  What a cohort is asked for, the
`variant`, is one of `HEADS`.
"""

from typing import NamedTuple

import keras
import numpy as np

from course_lib.checks.cases import case
from course_lib.checks.transfer_probes import head, net
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import WrongAnswer, fresh_cases, observe, passed, spell


class Head(NamedTuple):
    """What the dense layer reads.

    Attributes:
        unit: the features are divided by their length.
        beside: the probabilities of the old classes come beside them.
        pool: what is taken over the positions of a map.
        early: each position is divided by its length before that.
    """

    unit: bool = False
    beside: bool = False
    pool: str = "mean"
    early: bool = False


HEADS = {"mean": Head(), "unit": Head(unit=True), "beside": Head(beside=True)}
READS = {  # what else than positions the final words name
    "mean": "",
    "unit": ", divided by its length,",
    "beside": ", with the old probabilities beside it,",
}
CLOSE = 1e-3  # of the spread of the outputs
BATCHES = (3, 1, 7)  # images, by case
ENDS = {  # of the head, where they are not what `outputs` asks for
    "softmax twice": "softmax is applied twice. Probabilities lie between 0 and 1, so a second "
    "softmax makes them almost equal, and the loss cannot fall far: put it in once",
    "logits": "it gives logits; `outputs` asks for probabilities, with one softmax at the end",
    "probabilities": "it gives probabilities; `outputs` asks for logits, and a loss with "
    "`from_logits=True` would apply softmax a second time",
    "sigmoid": "each class has a sigmoid of its own; probabilities of one label add up to 1",
}
MAXIMUM = "it takes the maximum over the positions of a map; the mean is asked for"
DIVIDED = "it divides the features by their length; here the dense layer reads them as they are"
CHANGES = {  # of the head of a variant, and what they mean
    "mean": (({"pool": "max"}, MAXIMUM), ({"unit": True}, DIVIDED)),
    "unit": (
        ({"pool": "max"}, MAXIMUM),
        (
            {"unit": False},
            "the features keep their length; divide them by it, so that only their direction "
            "counts",
        ),
        (
            {"unit": False, "early": True},
            "each position of the map is divided by its length, and then the mean is taken; here "
            "the mean comes first",
        ),
    ),
    "beside": (({"pool": "max"}, MAXIMUM), ({"unit": True}, DIVIDED)),
}
SOFTMAXES = {"probabilities": 1, "softmax twice": 2}
CLASSES = (5, 4)  # old and new; the same in all cases, since JAX compiles each new shape
# Cases: the layer whose output the head reads, how the old net ends, and what is asked for
CASES = (
    ("map", "in the layer", "probabilities"),
    ("pool", "apart", "logits"),
    ("early", "apart", "probabilities"),
)


def replace_head(answer, variant="mean") -> None:
    """Judge `replace_head(net, layer, classes, outputs)`."""
    own = chosen(HEADS, variant)
    rng = fresh_cases()
    old, classes = CLASSES
    for (layer, end, outputs), batch in zip(CASES, BATCHES, strict=True):
        before = net(old, end)
        before.set_weights([_draw(weight, rng) for weight in before.weights])
        ends = [before.get_layer(layer).output, before.output]
        body = keras.Model(before.inputs[0], ends)
        asked = {"layer": layer, "classes": classes, "outputs": outputs}
        images = [rng.uniform(0, 1, (n, 4, 3, 3)).astype("float32") for n in (7, batch)]
        shapes = (ends[0].shape[-1] + own.beside * old, classes), (classes,)
        weights = [rng.normal(0, 1, shape).astype("float32") for shape in shapes]
        read = [keras.ops.convert_to_numpy(x) for x in body(images[1], training=False)]
        said = f"{spell(answer, asked)} on a net that ends with softmax {end}"
        with case(f"{outputs} from the layer {layer!r}"):
            given = [old, end, before.get_weights()]
            found = observe(answer, head, given, asked, images, weights)
            for training, one in zip((False, True), found, strict=True):
                _compare(one, (*read, weights), asked, variant, training, said)
    passed("replace_head", "The body computes in fit what it computes afterwards; one softmax.")


def _draw(weight, rng) -> np.ndarray:
    low = 0.5 if weight.name in ("gamma", "moving_variance") else -0.5
    return rng.uniform(low, low + 1, tuple(weight.shape)).astype("float32")


def _compare(found, given, asked, variant, training, said):
    """Raise `WrongAnswer` unless the outputs are those of the body and this head."""
    own, outputs = HEADS[variant], asked["outputs"]
    if _near(found, given, own, outputs):
        return
    faults = [(own, end, text) for end, text in ENDS.items() if end != outputs]
    for change, text in CHANGES[variant]:
        faults += [(own._replace(**change), end, text) for end in ("logits", "probabilities")]
    for wrong, end, text in faults:
        if _near(found, given, wrong, end):
            raise WrongAnswer(f"{said}: {text}")
    if training:
        raise WrongAnswer(
            f"{said}: as `fit` calls it, the model puts out something else than "
            "afterwards. Freezing stops the weights, not the dropout; and `fit` overrules a "
            "`training=False` that was given while a functional model was built. Give the "
            "body a `call` of its own. The head draws nothing"
        )
    raise WrongAnswer(
        f"{said}: other values than the mean of {asked['layer']!r} over positions"
        f"{READS[variant]} times the kernel, plus the bias"
    )


def _near(found, given, own, end) -> bool:
    """Tell whether a head gives this, with the old probabilities behind the features or before."""
    features, old, (kernel, bias) = given
    turned = np.roll(kernel, -old.shape[-1], axis=0)
    for values in (kernel, turned)[: 1 + own.beside]:
        right = _reference(features, old, (values, bias), own, end)
        if np.abs(found - right).max() <= CLOSE * right.std():
            return True
    return False


def _reference(features, old, weights, own, end) -> np.ndarray:
    """Return logits, probabilities, or what a fault makes of them."""
    x = features.astype("float64")
    x = x / _length(x) if own.early else x
    if x.ndim == 4:
        x = x.max((1, 2)) if own.pool == "max" else x.mean((1, 2))
    x = x / _length(x) if own.unit else x
    x = np.concatenate([x, old], 1) if own.beside else x
    kernel, bias = (value.astype("float64") for value in weights)
    x = x @ kernel + bias
    if end == "sigmoid":
        return 1 / (1 + np.exp(-x))
    for _ in range(SOFTMAXES.get(end, 0)):
        x = np.exp(x - x.max(1, keepdims=True))
        x /= x.sum(1, keepdims=True)
    return x


def _length(x) -> np.ndarray:
    return np.sqrt((x**2).sum(-1, keepdims=True))
