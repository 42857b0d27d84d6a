"""Questions on the weights of LeNet-5: by layer, and with a dense layer in place of C5.

The expected counts are read off nets built for each case, and so are most of the wrong ones.
That keeps the answers from the casual reader of this file, not from one who calls its helpers.
"""

import math
from functools import lru_cache

import keras
from keras import layers

from course_lib.checks.cases import case
from course_lib.checks.verdict import (
    WrongAnswer,
    as_number,
    call,
    expect_number,
    fresh_cases,
    passed,
    spell,
    spell_number,
)
from course_lib.cost import LayerCost, cost
from course_lib.nets.lenet_layers import Subsampling, TableConv2D

PAPER = {"s2_maps": 6, "reads": (3,) * 6 + (4,) * 9 + (6,), "c5_maps": 120, "f6_units": 84}
NO_BIAS = "The biases are missing: each map or unit has one, and they are trained."
PER_PIXEL = "That is a weight for each pixel; all windows of a map share its two weights."
POSITIONS = "Those are connections: every position of a map uses the same weights."
FULL = "That is the full table: a map of C3 reads only as many maps of S2 as `reads` says."
SHARED = "That is one kernel for each map; it has one for every pair of a map and a map it reads."
DENSE = (
    "That is a dense layer of that many units on all of S4.  C5 is a 5x5 convolution: its weights "
    "do not grow with the image."
)
SAME = (
    "With `same` padding C5 would be that large; the paper pads nothing, so each 5x5 convolution "
    "takes four rows and columns off."
)
COLUMN = "That is one row of positions; the 5x5 convolution leaves a square of them."
UNCUT = "There C5 keeps the sides of S4; a 5x5 kernel takes four rows and columns off."
POOLING = (  # weights a map, and what that many of them means
    (0, "Average pooling has no weights; a map of S2 or S4 has a coefficient and a bias."),
    (1, "That is one weight a map: a coefficient alone or a bias alone; the paper has both."),
    (4, "That is a coefficient for each pixel of the window; the four pixels share one."),
    (5, "That is a 2x2 convolution of each map; the four pixels share one coefficient."),
)


def weights_by_layer(answer) -> None:
    """Check the trainable weights of each layer, for LeNets of other sizes than the paper's."""
    rng = fresh_cases()
    cases = [{"side": 32, "channels": 1, **PAPER, "classes": 10}]
    for side in (46, 51, 8 * int(rng.integers(5, 9)) + 1):
        s2_maps = int(rng.integers(4, 9))
        reads = tuple(int(n) for n in rng.integers(1, s2_maps, 9))
        drawn = (int(n) for n in rng.integers((13, 31, 3), (20, 40, 9)))
        sizes = dict(zip(("c5_maps", "f6_units", "classes"), drawn, strict=True))
        cases.append({"side": side, "channels": 3, "s2_maps": s2_maps, "reads": reads, **sizes})
    for asked in cases:
        _judge_layers(answer, asked)
    passed("weights_by_layer", "All seven layers agree, on images of four sizes, grey and RGB.")


def _judge_layers(answer, asked):
    rows, counts = _paper_style(**asked), None
    for name, slips in _slips(rows, asked).items():
        with case(f"layer {name}"):
            if counts is None:  # in grading, what gives no counts is wrong for each layer
                counts = _counts(answer, asked, tuple(rows))
            _judge_layer(counts[name], rows[name].trainable, slips, (spell(answer, asked), name))


def _counts(answer, asked, names) -> dict:
    value = call(answer, asked)
    if not isinstance(value, dict) or set(value) != set(names):
        got = tuple(value) if isinstance(value, dict) else value
        raise WrongAnswer(
            f"{spell(answer, asked)} must return a dictionary with the keys {names}, got {got!r}"
        )
    return value


def _judge_layer(value, expected, slips, where):
    said, name = where
    number = as_number(value)
    if math.isnan(number):
        raise WrongAnswer(f"{said}: {name} has {value!r}; expected a number")
    if number == expected:
        return
    generic = f"Expected {expected:,}: go through what one map or unit of {name} reads."
    text = next((text for wrong, text in slips if wrong == number), generic)
    raise WrongAnswer(f"{said}: {name} has {spell_number(number)} in your answer. {text}")


@lru_cache
def _paper_style(side, channels, *, s2_maps, reads, c5_maps, f6_units, classes):
    """Build the net and return what each of the paper's layers costs, by its name."""
    table = ["".join("X" if row < n else "." for n in reads) for row in range(s2_maps)]
    chain = [
        _conv(s2_maps, "C1"),
        Subsampling(2, name="S2"),
        TableConv2D(table, 5, name="C3"),
        Subsampling(2, name="S4"),
        _conv(c5_maps, "C5"),
        layers.Flatten(name="flatten"),
        _dense(f6_units, "F6"),
        _dense(classes, "output"),
    ]
    return _rows((side, side, channels), chain)


def _conv(maps, name):
    # Zeros, because JAX compiles a random draw for each new shape, and only shapes count here.
    return layers.Conv2D(maps, 5, kernel_initializer="zeros", name=name)


def _dense(units, name):
    return layers.Dense(units, kernel_initializer="zeros", name=name)


def _rows(shape, chain) -> dict[str, LayerCost]:
    image = x = keras.Input(shape)
    for layer in chain:
        x = layer(x)
    return {row.name: row for row in cost(keras.Model(image, x)).layers if row.trainable}


def _slips(rows: dict[str, LayerCost], case: dict) -> dict[str, list]:
    """Return, for each layer, wrong counts and the misunderstanding that leads to each."""
    maps, reads, c5, f6 = (case[key] for key in ("s2_maps", "reads", "c5_maps", "f6_units"))
    slips: dict[str, list] = {}
    for name, row in rows.items():
        if name in ("S2", "S4"):
            slips[name] = [(each * row.shape[-1], text) for each, text in POOLING]
            slips[name] += [(2 * row.activations, PER_PIXEL), (row.activations, PER_PIXEL)]
            slips[name].append((2, "That is a pair for the layer; each map has its own pair."))
            continue
        slips[name] = [(row.trainable - row.shape[-1], NO_BIAS)]
        if len(row.shape) == 3:
            positions = row.shape[0] * row.shape[1]
            slips[name] += [(row.macs, POSITIONS), (row.trainable * positions, POSITIONS)]
    slips["C1"].append((26 * maps, "That is one kernel a map; it has one for each colour."))
    slips["C3"] += [
        ((25 * maps + 1) * len(reads), FULL),
        (25 * maps * len(reads), f"{FULL}  {NO_BIAS}"),
        (26 * len(reads), SHARED),
        (26 * sum(reads), "A map adds its kernels up, then one bias: not a bias a connection."),
    ]
    slips["S4"].append((2 * maps, "S4 has a map for each map of C3, not for each of S2."))
    again = "A map of C5 reads each map of S4 once, whatever that map reads itself."
    slips["C5"] += [((rows["S4"].activations + 1) * c5, DENSE), (26 * c5, SHARED)]
    slips["C5"].append(((25 * sum(reads) + 1) * c5, again))
    places = _other_positions(case["side"], rows["S4"].shape[0], rows["C5"].shape[0])
    slips["F6"] += [((count * c5 + 1) * f6, text) for count, text in places]
    slips["output"].append((0, "Here the output is a dense layer, whose weights are trained."))
    return slips


def _other_positions(side, s4_side, c5_side):
    """Return wrong numbers of positions that C5 leaves for F6, and the reason for each."""
    up = -(-(-(-(side - 4) // 2) - 4) // 2) - 4
    return (
        (1, "That is F6 for a 32x32 image; here C5 has more positions, and F6 reads them all."),
        (c5_side, COLUMN),
        (s4_side**2, UNCUT),
        ((side // 4) ** 2, SAME),
        (up**2, "That rounds up where the side is odd; the odd row at the end is dropped."),
    )


def dense_minus_convolution(answer) -> None:
    """Check how many weights more a net has with a dense layer in place of C5."""
    rng = fresh_cases()
    drawn = [tuple(int(n) for n in rng.integers((7, 3, 4, 5), (16, 20, 20, 30))) for _ in range(2)]
    for sizes in ((5, 16, 120, 84), (9, 16, 120, 84), *drawn):
        asked = dict(zip(("side", "s4_maps", "c5_maps", "f6_units"), sizes, strict=True))
        with case("the paper's widths" if sizes[1:] == (16, 120, 84) else "other widths"):
            _judge_difference(answer, asked)
    passed("dense_minus_convolution", "Nothing on a 32x32 image; else the sign turns on the sizes.")


def _judge_difference(answer, case):
    dense, convolution = _tail(**case, dense=True), _tail(**case, dense=False)
    first = dense["C5"] - convolution["C5"]
    both = first + dense["F6"] - convolution["F6"]
    alone = (
        "That is the difference of the first layer alone.  F6 reads every position that the "
        "convolution leaves, so its weights differ too."
    )
    biases = "Both versions have the same biases; they cancel."
    slips = [
        (first, alone),
        (-both, "The sign is wrong: dense minus convolution, negative where dense has fewer."),
        (sum(dense.values()), "Those are all weights of the dense version; subtract the other."),
        *((both + sign * case[key], biases) for key in ("c5_maps", "f6_units") for sign in (1, -1)),
        *_difference_slips(first, **case),
        (0, "The two agree where the convolution leaves one position, as on a 32x32 image."),
    ]
    expect_number(answer, case, both, slips)


def _difference_slips(first, side, *, s4_maps, c5_maps, f6_units):
    """Yield differences of nets whose sides are not those of the task."""
    for positions, text in (
        (side - 4, COLUMN),
        (side**2, UNCUT),
        ((side - 5) ** 2, "That is a position less a row: where the kernel starts counts as well."),
    ):
        yield first + f6_units * c5_maps * (1 - positions), text
    row = first + c5_maps * s4_maps * (side - side**2)
    right = f6_units * c5_maps * (1 - (side - 4) ** 2)
    yield row + right, "Flattened, a map of S4 is `side` times `side` values, not a row of them."


@lru_cache
def _tail(side, *, s4_maps, c5_maps, f6_units, dense):
    """Count the weights of C5 and F6 in one version of the net."""
    c5 = (_dense if dense else _conv)(c5_maps, "C5")
    f6 = _dense(f6_units, "F6")
    body = [layers.Flatten(), c5, f6] if dense else [c5, layers.Flatten(), f6]
    return {name: row.trainable for name, row in _rows((side, side, s4_maps), body).items()}
