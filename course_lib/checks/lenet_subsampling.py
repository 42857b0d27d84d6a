"""The question on the subsampling of S2, which is judged by what the layer answers to images.

Without an activation, the coefficient and the bias of each map follow from the outputs.  What a
cohort is asked for, the `variant`, is one of `SAMPLINGS`.
"""

from typing import NamedTuple

import numpy as np

from course_lib.checks.cases import case
from course_lib.checks.lenet_nets import run
from course_lib.checks.lenet_reference import SQUASH
from course_lib.checks.model import as_model
from course_lib.checks.plain import pool
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import WrongAnswer, fresh_cases, passed, spell


class Sampling(NamedTuple):
    """How a layer samples, and the words for it.

    Attributes:
        power: of the pixels that a window adds up.
        before: each pixel is multiplied, lifted and squashed before the windows add.
        adds: what happens in a window.
        total: what a window gives.
        formula: of an output, without the activation.
        mean: what is done wrongly where a window takes the mean.
        instead: what the mean of a window is to be replaced by.
        order: the place of the activation.
    """

    power: int
    before: bool
    adds: str
    total: str
    formula: str
    mean: str
    instead: str
    order: str


SAMPLINGS = {
    "after": Sampling(
        power=1,
        before=False,
        adds="the pixels of a window are added",
        total="the sum of its window",
        formula="sum x coefficient + bias",
        mean="the coefficient multiplies the mean",
        instead="in the paper the pixels are added, and the coefficient multiplies the sum",
        order="the activation comes last and once, after the coefficient and the bias",
    ),
    "before": Sampling(
        power=1,
        before=True,
        adds="the windows add up what comes of their pixels",
        total="the sum of its window",
        formula="the sum of pixel x coefficient + bias",
        mean="a window gives the mean",
        instead="here it adds up what comes of its pixels",
        order="the activation comes once, after the coefficient and the bias of each pixel, and "
        "before the windows add",
    ),
    "squares": Sampling(
        power=2,
        before=False,
        adds="the squares of the pixels of a window are added",
        total="the sum of the squares in its window",
        formula="sum of squares x coefficient + bias",
        mean="the coefficient multiplies the mean of the squares",
        instead="here the squares are added, and the coefficient multiplies the sum",
        order="the activation comes last and once, after the coefficient and the bias",
    ),
}
CLOSE = 1e-3  # of the largest value; float32 sums of a window stay below
WEIGHTS = (  # trainable weights as a function of maps, pixels weighed and window, and the reason
    (lambda maps, *_: 0, "average pooling alone, without the coefficient and the bias of each map"),
    (lambda maps, *_: maps, "one weight a map; each has two, a coefficient and a bias"),
    (lambda maps, pixels, _: 2 * maps * pixels, "a coefficient and a bias for each pixel"),
    (lambda maps, pixels, _: maps * pixels + maps, "a coefficient for each pixel"),
    (lambda *_: 2, "one pair of weights for all maps together; each map has its own pair"),
    (lambda maps, *_: maps * (maps + 1), "a convolution that mixes the maps; none sees another"),
    (lambda maps, _, window: maps * (window**2 + 1), "a coefficient for each pixel of the window"),
)


def subsampling(answer, variant="after") -> None:
    """Check a subsampling of two weights a map, with windows that may overlap."""
    own = chosen(SAMPLINGS, variant)
    rng = fresh_cases()
    # One side even, one odd, none 3n + 2: some rows or columns fill no window of any kind.
    # With 4 maps as many weights would mix the maps as make a 2x2 window for each.
    shape = tuple(int(rng.choice(sides)) for sides in ((10, 12), (13, 15), (3, 5)))
    for window, stride in ((2, 2), (3, 2), (2, 1), (2, 3)):
        with case(f"windows of {window}, {stride} apart"):
            _judge_windows(answer, {"window": window, "stride": stride}, shape, own, rng)
    passed("subsampling", "The sum of each window and two weights a map, for four kinds of window.")


def _judge_windows(answer, windows, shape, own, rng):
    """Judge the layer without an activation first, then what an activation makes of it."""
    asked = windows | {"activation": "linear"}
    linear = as_model(answer, shape, asked)
    weights, found = _judge_linear(linear, (shape, asked, own), spell(answer, asked), rng)
    for name, batch in (("tanh", 1), ("relu", 3)):
        squashed = asked | {"activation": name}
        model = as_model(answer, shape, squashed)
        x = rng.normal(size=(batch, *shape)).astype("float32") - 0.2
        plain = _outputs(linear, weights, x)
        if own.before:
            slope, biases = found
            want = _sums(SQUASH[name](x * slope + biases), windows)
        else:
            want = SQUASH[name](plain)
        problem = _fault_of_squash(model, weights, x, (want, plain), own)
        if problem:
            raise WrongAnswer(f"{spell(answer, squashed)}{problem}")


def _judge_linear(model, contract, text, rng) -> tuple:
    """Read coefficient and bias of each map off the outputs; return the weights set, and both."""
    shape, asked, own = contract
    images = rng.normal(size=(3, *shape)).astype("float32")
    sums = _sums(images**own.power, asked)
    # Keras may not know the shape that a layer of the reader's gives, so look at an output.
    found = run(model, images, text).shape
    if found != sums.shape:
        raise WrongAnswer(
            f"{text} maps {shape} to {found[1:]}; expected {sums.shape[1:]}: windows start "
            f"{asked['stride']} pixels apart and lie inside the image, so nothing is padded"
        )
    _judge_weights(model, asked, (images if own.before else sums).shape[1:], text)
    weights = [_signed(rng, v.shape) for v in model.trainable_variables]
    offset = _outputs(model, weights, np.zeros_like(images))
    rest = _outputs(model, weights, images) - offset
    slope = _slope(rest, sums)
    for other, words in _other_windows(images, asked, own):
        if rest.any() and _same(rest, _slope(rest, other) * other):
            raise WrongAnswer(f"{text}: {words}; {own.adds}")
    if not (_same(offset, offset[:1, :1, :1]) and _same(rest, slope * sums)):
        raise WrongAnswer(
            f"{text}: an output must be {own.total}, times a number of its map, plus "
            'another number of its map; nothing is squashed where `activation` is "linear"'
        )
    pixels = asked["window"] ** 2
    biases = offset[0, 0, 0] / (pixels if own.before else 1)
    problem = _fault_of_numbers(slope, biases, weights, asked["window"], own)
    if problem:
        raise WrongAnswer(f"{text}: {problem}")
    return weights, (slope, biases)


def _sums(images, windows) -> np.ndarray:
    return pool(images, windows["window"], windows["stride"], "sum")


def _other_windows(images, windows, own):
    """Yield what else may be taken of a window, and the words for it."""
    yield pool(images, windows["window"], windows["stride"], "max"), "that is max pooling"
    sums, squares = _sums(images, windows), _sums(images**2, windows)
    if own.power == 2:
        yield sums, "it adds the pixels as they are"
        yield sums**2, "it squares the sum of a window"
        yield np.sqrt(squares), "it takes the root of the sum"
    else:
        yield squares, "it adds the squares of the pixels"


def _signed(rng, shape):
    """Return numbers of either sign that are not close to zero."""
    return (rng.uniform(0.3, 1.6, shape) * rng.choice((-1, 1), shape)).astype("float32")


def _fault_of_numbers(slope, biases, weights, window, sampling) -> str | None:
    """Compare coefficients and biases, as found, with the trainable weights."""
    own = np.sort(np.concatenate([w.ravel() for w in weights]))

    def explained(coefficients, biases):
        return _same(np.sort(np.concatenate([coefficients, biases])), own)

    if explained(slope, biases):
        return None
    pixels = window**2
    for factor, words in ((1, " of a window"), (4, " times 4"), (window, " times window")):
        less = pixels / factor
        if explained(slope * less, biases * (less if sampling.before else 1)):
            if factor == 1:
                return f"{sampling.mean}{words}; {sampling.instead}"
            return (
                f"{sampling.mean}{words}, not times window * window: "
                "the sum has a term for each pixel of the window"
            )
    if sampling.before and explained(slope, biases * pixels):
        return "it adds the bias once, after the sum; here each pixel gets it, before the sum"
    if not sampling.before and explained(slope, biases / pixels):
        return "each pixel gets the bias, before the sum; here it is added once, after the sum"
    if slope.all() and explained(slope, biases / slope):
        return "the coefficient multiplies the bias too; the paper adds the bias after it"
    return f"it gives {sampling.formula}, but with other numbers than its trainable weights"


def _judge_weights(model, asked, shape, text):
    if any(v.path.endswith("moving_mean") for v in model.variables):
        raise WrongAnswer(
            f"{text} has batch normalization, which divides by the spread of the batch; the two "
            "weights of a map are all that it needs"
        )
    pixels, maps = shape[0] * shape[1], shape[2]
    count = sum(int(np.prod(v.shape)) for v in model.trainable_variables)
    if count == 2 * maps:
        return
    why = (f": that is {t}" for f, t in WEIGHTS if f(maps, pixels, asked["window"]) == count)
    raise WrongAnswer(
        f"{text} has {count} trainable weights on {maps} maps; expected two a map{next(why, '')}"
    )


def _fault_of_squash(model, weights, x, expected, own) -> str | None:
    """Compare with what an activation makes of the linear layer of the same weights."""
    want, plain = expected
    got = _outputs(model, weights, x)
    if not _same(got, _outputs(model, weights, x, training=True)):
        return " computes something else in training mode"
    if _same(got, want):
        return None
    if _same(got, plain):
        return ": the activation is missing"
    return f": {own.order}"


def _outputs(model, weights, images, training=False):
    if [tuple(v.shape) for v in model.trainable_variables] != [w.shape for w in weights]:
        raise WrongAnswer("the trainable weights differ from one activation to the next")
    for variable, value in zip(model.trainable_variables, weights, strict=True):
        variable.assign(value)
    return run(model, images, "your layer", training)


def _slope(values, reference):
    """Return the best factor of each map, by least squares."""
    return (values * reference).sum(axis=(0, 1, 2)) / (reference**2).sum(axis=(0, 1, 2))


def _same(one, other) -> bool:
    scale = max(float(np.abs(other).max()), 1e-6)
    return bool(np.abs(one - other).max() <= CLOSE * scale)
