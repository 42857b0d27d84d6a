"""Does a reader's model compute what the reference computes, whatever its layers are?

The reader's model gets random weights.  They are read back as units, each with a role: a kernel,
a batch normalization (scale, offset, mean and variance), a vector.  The reference is then tried
on every assignment of units to its roles; one that gives the same outputs, in inference and in
training mode, for batches of 1, 3 and 7, proves the answer right.  Known faults are
references too: the first that agrees names the mistake.
"""

from collections import Counter, defaultdict
from itertools import permutations, product
from math import factorial, prod

import keras
import numpy as np

from course_lib.checks.plain import Take
from course_lib.checks.verdict import WrongAnswer, call, spell
from course_lib.checks.weights import randomize

TOLERANCE = 1e-2  # of the outputs' standard deviation: admits reduced precision, no fault
CASES = ((1, False), (3, True), (7, False), (1, True))  # (images, training mode)
CASES_OF_FAULT = 2  # the first of them: enough to recognize a known fault
MOST_ASSIGNMENTS = 3000
MODE_FAULTS = {  # which statistics a model uses that ignores the mode: are they the batch's?
    False: "in training mode it normalizes with the moving statistics. Leave `training` alone: "
    "Keras then uses the mean and variance of the batch in training and the moving ones after it",
    True: "in inference it normalizes with the statistics of the batch. Leave `training` "
    "alone: Keras then uses the moving mean and variance outside training",
}


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
    if y is x:  # Keras 3.13 builds no model without a layer
        y = keras.layers.Identity()(x)
    try:
        return keras.Model(x, y)
    except ValueError as error:
        raise WrongAnswer(
            f"{spell(answer, arguments)}: no model leads from x to what it returned: {error}"
        ) from error


def judge_model(
    answer, reference, *, shape, arguments: dict, faults: dict, rng, variants=({},)
) -> None:
    """Raise `WrongAnswer` unless the answer computes what the reference does.

    Args:
        answer: the reader's function, `answer(x, **arguments)`.
        reference: `reference(x, take, training, fault, **arguments)` in numpy, see
            `course_lib.checks.plain`; `fault` is None or a key of `faults`.
        shape: (H, W, C); odd sides make every usual way of padding a stride-2 layer agree.
        arguments: keyword arguments of the call, also given to the reference.
        faults: dictionary from the name of a fault to what the reader should hear.
        rng: generator of the weights and images.
        variants: more keyword arguments of the reference, each an equally right reading of the
            task (such as a way of padding); the faults are tried with each.

    Raises:
        WrongAnswer: with the text of the first fault that agrees, else what differs.
        ValueError: so many units have one shape that their assignments cannot all be tried.
    """
    probe = Probe(as_model(answer, shape, arguments), shape, rng)
    references = [
        lambda x, take, training, fault, more=more: np.asarray(
            reference(x, take, training, fault, **arguments, **more)
        )
        for more in variants
    ]
    if any(_agrees(one, None, probe) for one in references):
        return
    for fault, text in faults.items():
        if any(_agrees(one, fault, probe) for one in references):
            raise WrongAnswer(f"{spell(answer, arguments)}: {text}")
    for mode, text in MODE_FAULTS.items() if probe.ignores_training() else ():
        if any(_agrees(one, None, probe, mode) for one in references):
            raise WrongAnswer(f"{spell(answer, arguments)}: {text}")
    raise WrongAnswer(f"{spell(answer, arguments)} {_describe(references[0], probe)}")


class Probe:
    """A model with random weights, read as units, and its outputs on random images."""

    def __init__(self, model, shape, rng):
        self.model = model
        self.units, scale = randomize(model, rng)
        self.cases = [
            (scale * rng.normal(size=(batch, *shape)), training) for batch, training in CASES
        ]
        self._outputs: dict[int, np.ndarray] = {}

    def output(self, case):
        """Return the model's output in a case; the moving statistics stay as they are."""
        if case not in self._outputs:
            self._outputs[case] = self._run(*self.cases[case])
        return self._outputs[case]

    def ignores_training(self):
        """Tell whether the output is the same in training mode and in inference."""
        return np.allclose(self._run(self.cases[0][0], True), self.output(0), rtol=1e-4)

    def _run(self, x, training):
        try:
            y, _ = self.model.stateless_call(
                [v.value for v in self.model.trainable_variables],
                [v.value for v in self.model.non_trainable_variables],
                keras.ops.convert_to_tensor(x.astype("float32")),
                training=training,
            )
        except Exception as error:
            raise WrongAnswer(
                f"your model was built, but given {len(x)} images it stopped with "
                f"{type(error).__name__}: {error}"
            ) from error
        return keras.ops.convert_to_numpy(y)


def _agrees(reference, fault, probe, mode=None) -> bool:
    dry = Take()
    try:
        blank = reference(probe.cases[0][0], dry, False, fault)
    except ValueError:  # this fault cannot be built with these arguments
        return False
    groups = defaultdict(list)
    for role, arrays in probe.units:
        groups[role, arrays[0].shape].append(arrays)
    if Counter(dry.asked) != Counter({key: len(members) for key, members in groups.items()}):
        return False
    if blank.shape != probe.output(0).shape:
        return False
    ways = prod(factorial(len(members)) for members in groups.values())
    if ways > MOST_ASSIGNMENTS:
        raise ValueError(
            f"{ways:,} assignments of weights to roles, at most {MOST_ASSIGNMENTS:,}; give the "
            "check channel counts that differ"
        )

    cases = range(len(CASES) if fault is None else CASES_OF_FAULT)

    def same(case, units):
        x, training = probe.cases[case]
        want = reference(x, Take(units), training if mode is None else mode, fault)
        difference = np.abs(probe.output(case) - want).max()
        return bool(difference <= TOLERANCE * max(float(want.std()), 1e-6))

    for choice in product(*(permutations(members) for members in groups.values())):
        queues = {key: list(members) for key, members in zip(groups, choice, strict=True)}
        units = [queues[key].pop(0) for key in dry.asked]
        if all(same(case, units) for case in cases):
            return True
    return False


def _describe(reference, probe) -> str:
    dry = Take()
    x = probe.cases[0][0]
    want = reference(x, dry, False, None).shape[1:]
    got = probe.output(0).shape[1:]
    if got != want:
        text = f"maps {x.shape[1:]} to {got}; expected {want} as (height, width, channels)"
        return text + _side(got, want)
    asked = Counter(dry.asked)
    given = Counter((role, arrays[0].shape) for role, arrays in probe.units)
    missing, extra = asked - given, given - asked
    if not missing and {role for role, _ in extra} == {"vector"}:
        return (
            f"has {_names(extra)} that the task leaves out. Is it the bias of a convolution? Keras "
            "adds one unless told use_bias=False; a normalization right after it has its own offset"
        )
    if missing or extra:
        return (
            f"has other weights than asked for: missing {_names(missing) or 'nothing'}; "
            f"too many: {_names(extra) or 'nothing'}"
        )
    return (
        "has the right weights and the right output shape, but other values: look at the order of "
        "convolution, normalization, ReLU and addition, and at which layer has the stride"
    )


def _side(got, want) -> str:
    if len(got) != 3:
        return ". Is the map flattened or averaged away?"
    if got[:2] != want[:2]:
        return ". Height and width follow from strides, pooling and padding"
    return ". The last layer that has filters decides the number of channels"


def _names(units: Counter) -> str:
    return ", ".join(
        (f"{count} times " if count > 1 else "") + _name(*key) for key, count in units.items()
    )


def _name(role, shape) -> str:
    if role == "kernel":
        return f"a {shape[0]}x{shape[1]} convolution from {shape[2]} to {shape[3]} channels"
    if role == "norm":
        return f"a batch normalization of {shape[0]} channels"
    return f"a {role} of {shape[0]} values"
