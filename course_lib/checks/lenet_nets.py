"""The question that asks for a whole net of the LeNet family, on images of any side.

The reader's net gets random weights, which are read back by their shapes: the widths of a case are
all different, so a shape says which layer it belongs to.  The same sums in NumPy must then give
the same outputs.  Nets with a known fault are tried too, to name the mistake.
"""

import numpy as np

from course_lib.checks import lenet_reference as reference
from course_lib.checks.cases import case
from course_lib.checks.model import as_model, outputs
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import WrongAnswer, fresh_cases, passed, place, spell

NAMES = ("the first convolution", "the second convolution", "C5", "F6", "the output")
WIDTHS = ("maps[0]", "maps[1]", "maps[2]", "units", "classes")  # the argument of each
CLOSE = 1e-3  # of the spread of the logits; float32 against float64 stays below
READ_BY_F6 = {  # what to say where F6 reads another number of values
    "cover": "C5 must leave one position, so its kernel covers all that comes in",
    "slide": "F6 reads the mean of each map of C5 over its positions, one value a map",
    "scales": "F6 reads C5, which leaves one position, and the mean of each map of the first stage",
}


def small_lenet(answer, variant="cover") -> None:
    """Check a LeNet of other widths, activations and ways of halving, by transplanted weights."""
    own = chosen(reference.NETS, variant)
    rng = fresh_cases()
    sides = *own.sides[:3], own.sides[3] + 4 * int(rng.integers(2))
    asked = (
        (1, "tanh", "average"),
        (3, "sigmoid", "max"),
        (1, "relu", "stride"),
        (2, "relu", "average"),
    )
    widths = [int(n) for n in rng.permutation(np.arange(3, 12))[:5]]
    sizes = {"maps": tuple(widths[:3]), "units": widths[3], "classes": widths[4]}
    for side, (channels, activation, halving) in zip(sides, asked, strict=True):
        asked_for = sizes | {"activation": activation, "halving": halving}
        with case(f"{activation}, halving by {halving}"):
            _judge(answer, (side, side, channels), asked_for, variant, rng)
    passed("small_lenet", "Same outputs as the reference, four nets, batches of 1 and 3.")


def run(model, images, text, training=False) -> np.ndarray:
    """Return what a reader's model puts out; turn what it raises into a `WrongAnswer`."""
    try:
        return outputs(model, images, training)
    except Exception as error:
        raise WrongAnswer(
            f"{text} cannot run on a batch of {len(images)}: {type(error).__name__}: {error}"
            f"{place(error)}"
        ) from error


def _judge(answer, shape, asked, variant, rng):
    model, text = as_model(answer, shape, asked), f"{spell(answer, asked)} on {shape}"
    found = _units(model, rng)
    cases = []
    for batch, training in ((1, False), (3, True)):
        x = rng.normal(size=(batch, *shape)).astype("float32")
        cases.append((x, run(model, x, text, training)))
    out = cases[0][1].shape[1:]
    if out != (asked["classes"],):
        flat = "; flatten the 1x1 maps" if out == (1, 1, asked["classes"]) else ""
        raise WrongAnswer(f"{text} gives {out} for an image; expected {(asked['classes'],)}{flat}")
    own = reference.NETS[variant]
    if _equal(found, cases, asked, own):
        return
    for halving, message in reference.HALVINGS.items():
        if _equal(found, cases, asked | {"halving": halving}, own):
            raise WrongAnswer(f"{text}: {message}")
    wanted = reference.shapes(shape, asked, own)
    given = [unit.shape for unit in found]
    if sorted(given) != sorted(wanted):
        raise WrongAnswer(f"{text}: {_other_weights(given, wanted, variant)}")
    for fault, message in reference.faults(variant).items():
        if _equal(found, cases, asked, own, fault):
            raise WrongAnswer(f"{text}: {message}")
    raise WrongAnswer(
        f"{text} has the right weights but other outputs: look at where the activations, the "
        "pooling and the strides are, and whether anything is random in training"
    )


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


def _other_weights(found, wanted, variant) -> str:
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
        first = wanted[1][0]
        alone = variant != "scales" and other == reads + first and other % reads
        return f"{text}: {'it reads C5 alone' if alone else READ_BY_F6[variant]}"
    if variant == "slide":
        return f"{text}: C5 has 5x5 kernels here, however large the maps are that come in"
    if other < reads:
        return (
            f"{text}: each stage halves once (where the convolution has the stride, no pooling "
            "follows), and C5 covers what is left"
        )
    return f"{text}: nothing is padded (no `same`), both stages halve, and C5 covers what is left"


def _equal(found, cases, asked, own, fault=None) -> bool:
    """Tell whether the net of a case with these weights gives the outputs in `cases`."""
    shape = cases[0][0].shape[1:]
    wanted = reference.shapes(shape, asked, own)
    if sorted(unit.shape for unit in found) != sorted(wanted):
        return False
    units = {unit.shape: unit for unit in found}
    ways = reference.orders([units[key] for key in wanted], shape, asked, own)
    return any(_agree(cases, weights, asked, own, fault) for weights in ways)


def _agree(cases, weights, asked, own, fault) -> bool:
    for x, got in cases:
        want = reference.logits(x.astype("float64"), weights, asked, own, fault)
        if got.shape != want.shape:
            return False
        if not np.abs(got - want).max() <= CLOSE * max(float(want.std()), 1e-3):  # nor NaN
            return False
    return True
