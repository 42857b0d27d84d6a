"""Does a reader's model compute what the reference computes, whatever its layers are?

The reader's model gets random weights.  They are read back as units, each with a role: a kernel,
a batch normalization (scale, offset, mean and variance), a vector.  The reference is then tried
on every assignment of units to its roles; one that gives the same outputs, in inference, in
training mode and where nobody says which, for one image and for three, proves the answer right.
Known faults are references too: the first that agrees names the mistake.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import permutations, product
from math import factorial, prod

import numpy as np

from course_lib.checks.model import as_model, outputs
from course_lib.checks.plain import Take
from course_lib.checks.verdict import WrongAnswer, place, spell
from course_lib.checks.weights import randomize

TOLERANCE = 1e-2  # of the outputs' standard deviation: admits reduced precision, no fault
CASES = ((1, False), (3, True), (3, None), (1, True))  # (images, `training`; None: not said)
# Of the values between layers.  No usual epsilon shows beside the variance of a batch of that size.
# In inference the variances are drawn, and small values tell ReLU from its relatives.
SCALES = {True: 100, None: 100, False: 3}
MOST_ASSIGNMENTS = 3000
VALUES = (
    "other values: look at the order of convolution, normalization, ReLU and addition, and at "
    "which layer has the stride"
)
MODES = (  # from what a model is told to the mode in which it runs, and what its author should hear
    (
        lambda told: False,
        "in training mode it normalizes with the moving statistics. Leave `training` alone: "
        "Keras then uses those of the batch in training and the moving ones after it",
    ),
    (
        lambda told: True,
        "in inference it normalizes with the statistics of the batch. Leave `training` alone: "
        "Keras then uses the moving ones outside training",
    ),
    (
        lambda told: told is not False,
        "called as `model(x)`, it normalizes with the statistics of the batch. That is what "
        "`training=True` does inside a model; leave it out, and Keras chooses",
    ),
)


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
        faults: dictionary from the name of a fault to what the reader should hear; the text
            under None, if any, is for other values that no fault explains.
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
        if fault and any(_agrees(one, fault, probe) for one in references):
            raise WrongAnswer(f"{spell(answer, arguments)}: {text}")
    for mode, text in MODES:
        if any(_agrees(one, None, probe, mode) for one in references):
            raise WrongAnswer(f"{spell(answer, arguments)}: {text}")
    found = _describe(references[0], probe, faults.get(None, VALUES))
    raise WrongAnswer(f"{spell(answer, arguments)} {found}")


class Probe:
    """A model with random weights, read as units, and its outputs on random images.

    `cases` are pairs (images, `training`), and `units` has the weights in each of them.
    """

    def __init__(self, model, shape, rng):
        self.model = model
        scales = sorted(set(SCALES.values()))
        drawn = {
            name: (units, scale, self._snapshot())
            for name, (units, scale) in zip(scales, randomize(model, rng, scales), strict=True)
        }
        self.cases, self.units, self._values = [], [], []
        for batch, training in CASES:
            units, scale, values = drawn[SCALES[training]]
            self.cases.append((scale * rng.normal(size=(batch, *shape)), training))
            self.units.append(units)
            self._values.append(values)
        self._outputs: dict[int, np.ndarray] = {}

    def output(self, case):
        """Return the model's output in a case; the moving statistics stay as they are."""
        if case not in self._outputs:
            x, training = self.cases[case]
            self._outputs[case] = self._run(x, training, self._values[case])
        return self._outputs[case]

    def _snapshot(self):
        kinds = self.model.trainable_variables, self.model.non_trainable_variables
        return [[v.numpy() for v in kind] for kind in kinds]

    def _run(self, x, training, values):
        try:
            return outputs(self.model, x, training, values)
        except Exception as error:
            raise WrongAnswer(
                f"your model was built, but given {len(x)} images it stopped with "
                f"{type(error).__name__}: {error}{place(error)}"
            ) from error


def _agrees(reference, fault, probe, mode=bool) -> bool:
    dry = Take()
    try:
        blank = reference(probe.cases[0][0], dry, False, fault)
    except ValueError:  # this fault cannot be built with these arguments
        return False
    groups = defaultdict(list)
    for number, (role, arrays) in enumerate(probe.units[0]):
        groups[role, arrays[0].shape].append(number)
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

    def same(case, order):
        x, training = probe.cases[case]
        units = [probe.units[case][number][1] for number in order]
        want = reference(x, Take(units), mode(training), fault)
        difference = np.abs(probe.output(case) - want).max()
        return bool(difference <= TOLERANCE * max(float(want.std()), 1e-6))

    for choice in product(*(permutations(members) for members in groups.values())):
        queues = {key: list(members) for key, members in zip(groups, choice, strict=True)}
        order = [queues[key].pop(0) for key in dry.asked]
        if all(same(case, order) for case in range(len(CASES))):
            return True
    return False


def _describe(reference, probe, other_values) -> str:
    dry = Take()
    x = probe.cases[0][0]
    want = reference(x, dry, False, None).shape[1:]
    got = probe.output(0).shape[1:]
    if got != want:
        text = f"maps {x.shape[1:]} to {got}; expected {want} as (height, width, channels)"
        return text + _side(got, want)
    asked = Counter(dry.asked)
    given = Counter((role, arrays[0].shape) for role, arrays in probe.units[0])
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
    return f"has the right weights and the right output shape, but {other_values}"


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


@contextmanager
def explained(shapes: str) -> Iterator[None]:
    """Explain an error of Keras about maps that cannot be added.

    Args:
        shapes: what is said then, behind the error.

    Raises:
        WrongAnswer: the verdict of what runs inside, with `shapes` where they do not fit.
    """
    try:
        yield
    except WrongAnswer as wrong:
        cause = wrong.__cause__
        unlike = re.search(r"incompatible shapes|broadcast", str(cause))
        if isinstance(cause, ValueError) and unlike:
            raise WrongAnswer(f"{wrong}. {shapes}") from cause
        raise
