"""The question that asks for a whole net of the LeNet family, on images of any side.

The reader's net gets random weights, which are read back by their shapes: the widths of a case are
all different, so a shape says which layer it belongs to.  The same sums in NumPy must then give
the same outputs.  Nets with a known fault are tried too, to name the mistake.
"""

import numpy as np
from keras import ops

from course_lib.checks.cases import case
from course_lib.checks.model import as_model
from course_lib.checks.plain import convolve, pool, relu
from course_lib.checks.verdict import WrongAnswer, fresh_cases, passed, place, spell

POOLS = {"average": "mean", "max": "max"}
SQUASH = {
    "tanh": np.tanh,
    "relu": relu,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
}
NAMES = ("the first convolution", "the second convolution", "C5", "F6", "the output")
WIDTHS = ("maps[0]", "maps[1]", "maps[2]", "units", "classes")  # the argument of each
CLOSE = 1e-3  # of the spread of the logits; float32 against float64 stays below
HALVINGS = {
    "average": "it halves with average pooling; here `halving` is another",
    "max": "it halves with max pooling; here `halving` is another",
    "stride": "it halves with a stride of 2; here a pooling layer does it, and the convolution "
    "moves by 1",
}
FAULTS = {
    "plain 0": "the activation after the first convolution is missing",
    "plain 1": "the activation after the second convolution is missing",
    "plain 2": "the activation after C5 is missing",
    "plain 3": "the activation after F6 is missing",
    "late": "the activation comes after average pooling; it belongs to the convolution before",
    "softmax": "it returns probabilities; logits are what the last layer gives without softmax",
    "squashed": "the output has an activation; logits have none",
    "always tanh": "its activation is tanh, whatever `activation` says",
    "always relu": "its activation is relu, whatever `activation` says",
}


def small_lenet(answer) -> None:
    """Check a LeNet of other widths, activations and ways of halving, by transplanted weights."""
    rng = fresh_cases()
    asked = (  # with sides at which each halving drops a row somewhere
        (38, 1, "tanh", "average"),
        (30, 3, "sigmoid", "max"),
        (39, 1, "relu", "stride"),
        (26 + 4 * int(rng.integers(2)), 2, "relu", "average"),
    )
    widths = [int(n) for n in rng.permutation(np.arange(3, 12))[:5]]
    sizes = {"maps": tuple(widths[:3]), "units": widths[3], "classes": widths[4]}
    for side, channels, activation, halving in asked:
        asked_for = sizes | {"activation": activation, "halving": halving}
        with case(f"{activation}, halving by {halving}"):
            _judge(answer, (side, side, channels), asked_for, rng)
    passed("small_lenet", "Same outputs as the reference, four nets, batches of 1 and 3.")


def run(model, images, text, training=False) -> np.ndarray:
    """Return what a reader's model puts out; turn what it raises into a `WrongAnswer`."""
    try:
        return ops.convert_to_numpy(model(images, training=training))
    except Exception as error:
        raise WrongAnswer(
            f"{text} cannot run on a batch of {len(images)}: {type(error).__name__}: {error}"
            f"{place(error)}"
        ) from error


def _judge(answer, shape, case, rng):
    model, text = as_model(answer, shape, case), f"{spell(answer, case)} on {shape}"
    found = _units(model, rng)
    cases = []
    for batch, training in ((1, False), (3, True)):
        x = rng.normal(size=(batch, *shape)).astype("float32")
        cases.append((x, run(model, x, text, training)))
    out = cases[0][1].shape[1:]
    if out != (case["classes"],):
        flat = "; flatten the 1x1 maps" if out == (1, 1, case["classes"]) else ""
        raise WrongAnswer(f"{text} gives {out} for an image; expected {(case['classes'],)}{flat}")
    if _equal(found, cases, shape, case):
        return
    for halving, message in HALVINGS.items():
        if _equal(found, cases, shape, case | {"halving": halving}):
            raise WrongAnswer(f"{text}: {message}")
    wanted = _shapes(shape, case)
    if sorted(unit.shape for unit in found) != sorted(wanted):
        raise WrongAnswer(f"{text}: {_other_weights([unit.shape for unit in found], wanted)}")
    for fault, message in FAULTS.items():
        if _equal(found, cases, shape, case, fault):
            raise WrongAnswer(f"{text}: {message}")
    raise WrongAnswer(
        f"{text} has the right weights but other outputs: look at where the activations, the "
        "pooling and the strides are, and whether anything is random in training"
    )


def _left(side, halving) -> int:
    """Return the side of what C5 reads, found by walking over the positions."""
    for kernel, step in ((5, 2),) * 2 if halving == "stride" else ((5, 1), (2, 2)) * 2:
        side = len(range(0, side - kernel + 1, step))
    return side


def _shapes(shape, case):
    """Return the shapes of kernels, as (weights of one unit, units), and biases, in turn."""
    first, second, third = case["maps"]
    reads = (
        25 * shape[2],
        25 * first,
        _left(shape[0], case["halving"]) ** 2 * second,
        third,
        case["units"],
    )
    units = (*case["maps"], case["units"], case["classes"])
    return [key for n, m in zip(reads, units, strict=True) for key in ((n, m), (m,))]


def _units(model, rng) -> list[np.ndarray]:
    """Give every weight random values; return matrices and vectors, whatever shape they had."""
    units = []
    for variable in model.trainable_variables:
        shape = tuple(variable.shape)
        vector = max(shape, default=1) == np.prod(shape)
        spread = 0.4 if vector else 1.5 / np.sqrt(np.prod(shape[:-1]))
        value = rng.normal(0, spread, shape).astype("float32")
        variable.assign(value)
        units.append(value.ravel() if vector else value.reshape(-1, shape[-1]))
    return units


def _other_weights(found, wanted) -> str:
    """Say what the weights tell when they are not those of the net asked for."""
    for name, width, bias in zip(NAMES, WIDTHS, wanted[1::2], strict=True):
        if bias in found:
            continue
        if any(unit[1:] == bias for unit in found):
            return f"{name} has no bias"
        return f"there is no layer with {bias[0]} units: does {name} use `{width}`?"
    missing = [i for i, key in enumerate(wanted[::2]) if key not in found]
    if not missing:
        extra = [shape for shape in found if found.count(shape) > wanted.count(shape)]
        return f"it has weights that were not asked for, of shape {extra[0]}; pooling has none here"
    i = 3 if missing[:2] == [2, 3] else missing[0]
    reads, units = wanted[2 * i]
    other = next((n for n, *m in found if m == [units]), None)
    text = f"one unit of {NAMES[i]} reads {other} values; expected {reads}"
    if other is None or i == 4:
        return f"{NAMES[i]} has no kernel of {reads} x {units}"
    if i < 2:
        return f"{text}: a 5x5 kernel for each map that comes in"
    if i == 3:
        return f"{text}: C5 must leave one position, so its kernel covers all that comes in"
    if other < reads:
        return (
            f"{text}: each stage halves once (where the convolution has the stride, no pooling "
            "follows), and C5 covers what is left"
        )
    return f"{text}: nothing is padded (no `same`), both stages halve, and C5 covers what is left"


def _equal(found, cases, shape, case, fault=None) -> bool:
    """Tell whether the net of a case with these weights gives the outputs in `cases`."""
    wanted = _shapes(shape, case)
    if sorted(unit.shape for unit in found) != sorted(wanted):
        return False
    units = {unit.shape: unit for unit in found}
    ordered = [units[key] for key in wanted]
    return any(_agree(cases, weights, case, fault) for weights in _orders(ordered, shape, case))


def _orders(ordered, shape, case):
    """Yield the weights, and once more for a C5 that reads maps first and positions second."""
    yield ordered
    side, maps = _left(shape[0], case["halving"]), case["maps"][1]
    kernel = ordered[4].reshape(maps, side, side, -1).transpose(1, 2, 0, 3)
    yield [*ordered[:4], kernel.reshape(ordered[4].shape), *ordered[5:]]


def _agree(cases, weights, case, fault) -> bool:
    for x, got in cases:
        want = _reference(x.astype("float64"), weights, case, fault)
        if got.shape != want.shape:
            return False
        if not np.abs(got - want).max() <= CLOSE * max(float(want.std()), 1e-3):  # nor NaN
            return False
    return True


def _reference(x, weights, case, fault):
    """Compute the logits of images (B, H, W, C)."""
    halving = case["halving"]
    named = (fault or "").removeprefix("always ")
    named = named if named in SQUASH else case["activation"]
    squash = [SQUASH[named] if fault != f"plain {i}" else (lambda v: v) for i in range(4)]
    for i in (0, 1):
        kernel = weights[2 * i].reshape(5, 5, x.shape[3], -1)
        x = convolve(x, kernel, 2 if halving == "stride" else 1, "valid") + weights[2 * i + 1]
        if halving == "stride":
            x = squash[i](x)
        elif fault == "late":
            x = squash[i](pool(x, 2, how=POOLS[halving]))
        else:
            x = pool(squash[i](x), 2, how=POOLS[halving])
    x = x.reshape(len(x), -1)
    for i in (2, 3):
        x = squash[i](x @ weights[2 * i] + weights[2 * i + 1])
    x = x @ weights[8] + weights[9]
    if fault == "softmax":
        x = np.exp(x - x.max(axis=1, keepdims=True))
        x /= x.sum(axis=1, keepdims=True)
    return SQUASH[named](x) if fault == "squashed" else x
