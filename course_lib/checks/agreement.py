"""Does a reader's model compute what the reference computes, whatever its layers are?

The reader's model gets random weights.  They are read back as units, each with a role: a kernel,
a batch normalization (scale, offset, mean and variance), a vector.  The reference, a function of
the image and of such units, is then tried on every assignment of units to its roles; one that
gives the same outputs, in inference and in training mode and for batches of 1, 3 and 7, proves
the answer right.  Known faults are references too: the first that agrees names the mistake.
"""

from collections import Counter, defaultdict
from contextlib import contextmanager
from itertools import islice, permutations, product

import keras
import numpy as np
from keras import ops

from course_lib.checks.verdict import WrongAnswer, call, spell

TOLERANCE = 1e-2  # of the outputs' standard deviation: admits any usual epsilon, no other fault
BATCHES = (1, 3, 7)
MOST_ASSIGNMENTS = 600
NORM_ROLES = {"gamma": 0, "beta": 1, "moving_mean": 2, "moving_variance": 3}


def as_model(answer, shape, arguments: dict) -> keras.Model:
    """Build a model of a function from Keras tensor to Keras tensor.

    Args:
        answer: the reader's function, `answer(x, **arguments)`.
        shape: (H, W, C) of the input.
        arguments: keyword arguments of the call.

    Raises:
        WrongAnswer: the function raised, or did not return a Keras tensor that depends on x.
    """
    x = keras.Input(shape)
    y = call(answer, arguments, x)
    if not isinstance(y, keras.KerasTensor):
        raise WrongAnswer(
            f"{spell(answer, arguments)} returned {type(y).__name__}; expected the Keras tensor "
            "that the last layer gives when it is called"
        )
    try:
        return keras.Model(x, y)
    except ValueError as error:
        raise WrongAnswer(f"the output does not depend on x as a model should: {error}") from error


def judge_model(answer, shape, arguments: dict, reference, faults, rng) -> None:
    """Raise `WrongAnswer` unless the answer computes what the reference does.

    Args:
        answer: the reader's function, `answer(x, **arguments)`.
        shape: (H, W, C); odd sides make every usual way of padding a stride-2 layer agree.
        arguments: keyword arguments of the call, also given to the reference.
        reference: `reference(x, take, training, fault, **arguments)`, where
            `take.kernel(shape)`, `take.norm(channels)` and `take.vector(size)` hand out weights.
        faults: dictionary from the name of a fault to what the reader should hear.
        rng: generator of the weights and images.
    """
    model = as_model(answer, shape, arguments)
    units = randomize(model, rng)
    cases = []
    for batch, training in product(BATCHES, (False, True)):
        x = ops.convert_to_tensor(rng.normal(size=(batch, *shape)).astype("float32"))
        with _statistics_kept(model):
            cases.append((x, training, ops.convert_to_numpy(model(x, training=training))))
    if _agrees(reference, None, units, cases, arguments):
        return
    for fault, message in faults.items():
        if _agrees(reference, fault, units, cases, arguments):
            raise WrongAnswer(f"{spell(answer, arguments)}: {message}")
    raise WrongAnswer(_describe(answer, reference, units, cases, arguments))


def randomize(model, rng) -> list[tuple[str, tuple]]:
    """Give every variable a random value and return the units: (role, arrays)."""
    vectors, norms = [], defaultdict(dict)
    units = []
    for variable in model.variables:
        if "seed_generator" in variable.path:
            continue
        place, _, name = variable.path.rpartition("/")
        value = _draw(name, tuple(variable.shape), rng)
        variable.assign(value)
        if name in NORM_ROLES and value.ndim == 1:
            norms[place][NORM_ROLES[name]] = value
        elif "kernel" in name and value.ndim == 4:
            units.append(("kernel", (value,)))
        elif "kernel" in name and value.ndim == 2:  # a dense layer at each pixel is a 1x1 kernel
            units.append(("kernel", (value[None, None],)))
        elif value.ndim >= 4 and max(value.shape) != value.size:
            units.append(("kernel", (value,)))
        else:
            vectors.append(("vector", (value.ravel(),)))
    for place, parts in norms.items():
        channels = next(iter(parts.values())).size
        rest = {0: np.ones, 1: np.zeros}  # scale=False or center=False
        full = tuple(parts[i] if i in parts else rest[i](channels, "float32") for i in range(4))
        units.append(("norm" if len(parts) == 4 else f"norm without {place}", full))
    return units + vectors


class Take:
    """Hands out units in the order in which a reference asks for them."""

    def __init__(self, units=None):
        self.units = list(units) if units is not None else None
        self.asked = []

    def _next(self, role, shape, blank):
        self.asked.append((role, shape))
        return blank if self.units is None else self.units.pop(0)

    def kernel(self, shape):
        return self._next("kernel", tuple(shape), (np.zeros(shape, "float32"),))[0]

    def vector(self, size):
        return self._next("vector", (size,), (np.zeros(size, "float32"),))[0]

    def norm(self, channels):
        return self._next("norm", (channels,), (np.ones(channels, "float32"),) * 4)


def convolve(x, kernel, stride=1):
    """Convolve with zero padding of half the kernel on each side."""
    rows, cols = (side // 2 for side in kernel.shape[:2])
    x = ops.pad(x, ((0, 0), (rows, rows), (cols, cols), (0, 0)))
    return ops.conv(x, kernel, stride, "valid")


def normalize(x, norm, training, epsilon=1e-4):
    """Apply batch normalization with the statistics of the batch or the moving ones."""
    gamma, beta, mean, variance = norm
    if training:
        mean, variance = ops.mean(x, (0, 1, 2)), ops.var(x, (0, 1, 2))
    return (x - mean) / ops.sqrt(variance + epsilon) * gamma + beta


def _draw(name, shape, rng):
    if name in ("gamma", "moving_variance"):
        value = rng.uniform(0.5, 1.5, shape)
    elif "kernel" in name:
        value = rng.normal(size=shape) / np.sqrt(max(1, np.prod(shape[:-1])))
    else:
        value = rng.normal(0, 0.5, shape)
    return value.astype("float32")


@contextmanager
def _statistics_kept(model):
    """Undo what training mode does to the running averages."""
    before = [ops.convert_to_numpy(v) for v in model.non_trainable_variables]
    yield
    for variable, value in zip(model.non_trainable_variables, before, strict=True):
        variable.assign(value)


def _agrees(reference, fault, units, cases, arguments) -> bool:
    dry = Take()
    try:
        reference(cases[0][0], dry, False, fault, **arguments)
    except ValueError:  # this fault cannot be built with these arguments
        return False
    groups = defaultdict(list)
    for role, arrays in units:
        groups[role, arrays[0].shape].append(arrays)
    if Counter(dry.asked) != Counter({key: len(members) for key, members in groups.items()}):
        return False
    keys = list(groups)
    choices = product(*(permutations(groups[key]) for key in keys))
    for choice in islice(choices, MOST_ASSIGNMENTS):
        queues = {key: list(members) for key, members in zip(keys, choice, strict=True)}
        ordered = [queues[key].pop(0) for key in dry.asked]
        if all(_same(reference, fault, ordered, case, arguments) for case in cases):
            return True
    return False


def _same(reference, fault, ordered, case, arguments) -> bool:
    x, training, got = case
    want = ops.convert_to_numpy(reference(x, Take(ordered), training, fault, **arguments))
    return got.shape == want.shape and bool(
        np.abs(got - want).max() <= TOLERANCE * max(float(want.std()), 1e-6)
    )


def _describe(answer, reference, units, cases, arguments) -> str:
    dry = Take()
    x, _, got = cases[0]
    want = reference(x, dry, False, None, **arguments)
    call_text = spell(answer, arguments)
    if got.shape[1:] != tuple(want.shape[1:]):
        return (
            f"{call_text} maps {tuple(x.shape[1:])} to {got.shape[1:]}; expected "
            f"{tuple(want.shape[1:])} as (height, width, channels)"
        )
    asked = Counter(dry.asked)
    given = Counter((role, arrays[0].shape) for role, arrays in units)
    if asked != given:
        missing = ", ".join(_name(*key) for key in (asked - given)) or "nothing"
        extra = ", ".join(_name(*key) for key in (given - asked)) or "nothing"
        return f"{call_text} has weights of other shapes: missing {missing}; too many: {extra}"
    return (
        f"{call_text} has the right weights and the right output shape, but other values: look at "
        "the order of convolution, normalization, ReLU and addition, and at where the stride is"
    )


def _name(role, shape) -> str:
    if role == "kernel":
        return f"a {shape[0]}x{shape[1]} convolution from {shape[2]} to {shape[3]} channels"
    if role == "norm":
        return f"a batch normalization of {shape[0]} channels"
    return f"a {role} of {shape[0]} values"
