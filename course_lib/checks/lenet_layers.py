"""Questions on the layers of LeNet-5: the connection table of C3 and the subsampling of S2.

Both are judged by what they are, not by how they are written: a table by its groups of columns,
a layer by its answers to images, from which the coefficient and the bias of each map follow.
"""

import keras
import numpy as np
from keras import ops

from course_lib.checks.cases import case
from course_lib.checks.lenet_nets import run
from course_lib.checks.model import as_model
from course_lib.checks.plain import pool
from course_lib.checks.verdict import WrongAnswer, call, fresh_cases, passed, spell

CLOSE = 1e-3  # of the largest value; float32 sums of a window stay below
ROWS = "return an array or a list of rows, all of one length"
TABLE = (
    "every map reads every input map: that is the full C3 of textbooks.  The paper leaves most "
    "connections out, to save weights and to make the maps learn different things"
)
WEIGHTS = (  # trainable weights as a function of maps, pixels put out and window, and the reason
    (lambda maps, *_: 0, "average pooling alone, without the coefficient and the bias of each map"),
    (lambda maps, *_: maps, "one weight a map; each has two, a coefficient and a bias"),
    (lambda maps, pixels, _: 2 * maps * pixels, "a coefficient and a bias for each pixel"),
    (lambda maps, pixels, _: maps * pixels + maps, "a coefficient for each pixel"),
    (lambda *_: 2, "one pair of weights for all maps together; each map has its own pair"),
    (lambda maps, *_: maps * (maps + 1), "a convolution that mixes the maps; none sees another"),
    (lambda maps, _, window: maps * (window**2 + 1), "a coefficient for each pixel of the window"),
)


def connections(answer) -> None:
    """Check the connection table of C3, generalised to any even number of input maps."""
    drawn = fresh_cases().choice(range(10, 22, 2), 2, replace=False)
    for maps in (6, 8, *(int(n) for n in drawn)):
        with case("the paper's table" if maps == 6 else "other numbers of maps"):
            problem = _fault_of_table(call(answer, {"maps": maps}), maps)
            if problem:
                raise WrongAnswer(f"{spell(answer, {'maps': maps})}: {problem}")
    passed("connections", "The table of the paper for 6 maps, and the same scheme for three more.")


def _fault_of_table(value, maps) -> str | None:
    try:
        table = np.asarray(value)
    except (ValueError, TypeError):
        return ROWS
    if table.ndim == 0:
        return f"{ROWS}, not one {type(value).__name__}"
    shape = (maps, 2 * maps + maps // 2 + 1)
    if table.shape == shape[::-1]:
        return "the table lies on its side: a row for each map that is read"
    if table.shape != shape:
        return f"the table has shape {table.shape}; expected {shape}"
    if not np.isin(table, (0, 1)).all():
        return "a table of connections holds nothing but True and False"
    if table.all():
        return TABLE
    groups = (
        ("three neighbours", 0, maps, 3, 1),
        ("four neighbours", maps, 2 * maps, 4, 1),
        ("two pairs half a turn apart", 2 * maps, shape[1] - 1, 4, 2),
    )
    for text, start, stop, size, runs in groups:
        problem = _fault_of_group(table[:, start:stop].astype(bool), size, runs)
        if problem:
            return f"columns {start} to {stop - 1} each read {text}, but {problem}"
    return None if table[:, -1].all() else "the last column reads all input maps"


def _fault_of_group(columns, size, runs) -> str | None:
    circle = "the maps stand in a circle, so after the last one comes the first"
    counts = sorted({int(n) for n in columns.sum(axis=0)})
    if counts != [size]:
        cut = len(counts) > 1 and max(counts) <= size  # as at the edge of a table without a circle
        return f"here they read {counts} maps{f'; {circle}' if cut else ''}"
    begins = columns & ~np.roll(columns, 1, axis=0)  # the maps at which a run of neighbours begins
    broken = begins.sum(axis=0) != runs
    if broken.any():
        where = f"in column {int(np.argmax(broken))} of this group"
        if runs == 1:
            return f"{where} they are not side by side; {circle}"
        return f"{where} there are no two pairs, with maps between them that are not read"
    if runs == 2 and (columns != np.roll(columns, len(columns) // 2, axis=0)).any():
        return "here the second pair is not opposite to the first"
    order = np.diagonal(begins)
    if not order.all():
        column = int(np.argmin(order))
        found = int(np.argmax(begins[:, column]))
        return f"column {column} of this group begins at map {found}; expected {column}"
    return None


def subsampling(answer) -> None:
    """Check a subsampling of two weights a map, with windows that may overlap."""
    rng = fresh_cases()
    # One side even, one odd, none 3n + 2: some rows or columns fill no window of any kind.
    # With 4 maps as many weights would mix the maps as make a 2x2 window for each.
    shape = tuple(int(rng.choice(sides)) for sides in ((10, 12), (13, 15), (3, 5)))
    for window, stride in ((2, 2), (3, 2), (2, 1), (2, 3)):
        with case(f"windows of {window}, {stride} apart"):
            _judge_windows(answer, window, stride, shape, rng)
    passed("subsampling", "The sum of each window and two weights a map, for four kinds of window.")


def _judge_windows(answer, window, stride, shape, rng):
    """Judge the layer without an activation first, then what an activation makes of it."""
    asked = {"window": window, "stride": stride, "activation": "linear"}
    linear = as_model(answer, shape, asked)
    weights = _judge_linear(linear, shape, asked, spell(answer, asked), rng)
    for name, batch in (("tanh", 1), ("relu", 3)):
        squashed = asked | {"activation": name}
        models = as_model(answer, shape, squashed), linear
        x = rng.normal(size=(batch, *shape)).astype("float32") - 0.2
        problem = _fault_of_squash(models, weights, keras.activations.get(name), x)
        if problem:
            raise WrongAnswer(f"{spell(answer, squashed)}{problem}")


def _judge_linear(model, shape, case, text, rng) -> list[np.ndarray]:
    """Read coefficient and bias of each map off the outputs; return the weights that were set."""
    images = rng.normal(size=(3, *shape)).astype("float32")
    sums = pool(images, case["window"], case["stride"], "sum")
    # Keras may not know the shape that a layer of the reader's gives, so look at an output.
    found = run(model, images, text).shape
    if found != sums.shape:
        raise WrongAnswer(
            f"{text} maps {shape} to {found[1:]}; expected {sums.shape[1:]}: windows start "
            f"{case['stride']} pixels apart and lie inside the image, so nothing is padded"
        )
    _judge_weights(model, case, sums.shape[1:], text)
    weights = [_signed(rng, v.shape) for v in model.trainable_variables]
    offset = _outputs(model, weights, np.zeros_like(images))
    rest = _outputs(model, weights, images) - offset
    slope = _slope(rest, sums)
    highest = pool(images, case["window"], case["stride"], "max")
    if rest.any() and _same(rest, _slope(rest, highest) * highest):
        raise WrongAnswer(f"{text}: that is max pooling; the pixels of a window are added")
    if not (_same(offset, offset[:1, :1, :1]) and _same(rest, slope * sums)):
        raise WrongAnswer(
            f"{text}: an output must be the sum of its window, times a number of its map, plus "
            'another number of its map; nothing is squashed where `activation` is "linear"'
        )
    problem = _fault_of_numbers(slope, offset[0, 0, 0], weights, case["window"])
    if problem:
        raise WrongAnswer(f"{text}: {problem}")
    return weights


def _signed(rng, shape):
    """Return numbers of either sign that are not close to zero."""
    return (rng.uniform(0.3, 1.6, shape) * rng.choice((-1, 1), shape)).astype("float32")


def _fault_of_numbers(slope, offset, weights, window) -> str | None:
    """Compare coefficients and biases, as found, with the trainable weights."""
    own = np.sort(np.concatenate([w.ravel() for w in weights]))

    def explained(coefficients, biases):
        return _same(np.sort(np.concatenate([coefficients, biases])), own)

    if explained(slope, offset):
        return None
    if explained(slope * window**2, offset):
        return (
            "the coefficient multiplies the mean of a window; in the paper the pixels are added, "
            "and the coefficient multiplies the sum"
        )
    for factor, words in ((4, "4"), (window, "window")):
        if explained(slope * window**2 / factor, offset):
            return (
                f"the coefficient multiplies the mean times {words}, not times window * window: "
                "the sum has a term for each pixel of the window"
            )
    if slope.all() and explained(slope, offset / slope):
        return "the coefficient multiplies the bias too; the paper adds the bias after it"
    return "it gives sum x coefficient + bias, but with other numbers than its trainable weights"


def _judge_weights(model, case, shape, text):
    if any(v.path.endswith("moving_mean") for v in model.variables):
        raise WrongAnswer(
            f"{text} has batch normalization, which divides by the spread of the batch; the two "
            "weights of a map are all that it needs"
        )
    pixels, maps = shape[0] * shape[1], shape[2]
    count = sum(int(np.prod(v.shape)) for v in model.trainable_variables)
    if count == 2 * maps:
        return
    why = (f": that is {t}" for f, t in WEIGHTS if f(maps, pixels, case["window"]) == count)
    raise WrongAnswer(
        f"{text} has {count} trainable weights on {maps} maps; expected two a map{next(why, '')}"
    )


def _fault_of_squash(models, weights, squash, x) -> str | None:
    """Compare with the linear layer of the same weights."""
    got, plain = (_outputs(model, weights, x) for model in models)
    if not _same(got, _outputs(models[0], weights, x, training=True)):
        return " computes something else in training mode"
    if _same(got, ops.convert_to_numpy(squash(plain))):
        return None
    if _same(got, plain):
        return ": the activation is missing"
    return ": the activation comes last and once, after the coefficient and the bias"


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
