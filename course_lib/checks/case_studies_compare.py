"""Check of the question of the case studies that asks which of two nets is cheaper in what.

Both nets are counted layer by layer.  A fault changes one thing in the count; the pairs below are
such that each fault turns an answer round.
"""

from collections.abc import Iterator
from typing import Any

from course_lib.checks.cases import case
from course_lib.checks.verdict import WrongAnswer, call, fresh_cases, passed, spell, spell_number

Layer = tuple[Any, ...]  # ("conv", kernel, filters, stride) or ("dense", units)
Pair = tuple[tuple[int, int, int], list[Layer], list[Layer]]

QUANTITIES = {"weights": "weights", "macs": "multiply-adds", "memory": "values at once"}
# fault: what the reader hears
FAULTS = {
    "no biases": "the biases left out",
    "no channels": "the area of one kernel for each filter, whatever it reads",
    "pixels that come in": "the pixels that come in, not those that come out",
    "stride ignored": "the stride left out",
    "rounded down": "a division by the stride that rounds down; a place at the edge counts as well",
    "biases as work": "the biases counted as multiply-adds",
    "dense reads maps": "a dense layer that reads one value of each map; it reads every value",
    "dense for each pixel": "a dense layer that works at each pixel; it works once",
    "outputs alone": "what a layer writes, without what it reads",
    "all kept": "all maps kept, as in training",
    "image left out": "the image left out: the first layer reads it",
    "weights there": "the weights counted among the values; they are a count of their own",
}
WORDS = ("first", "second", "same")
EXCHANGED = {"first": "second", "second": "first", "same": "same"}
PAIRS: tuple[Pair, ...] = (
    ((12, 10, 3), [("conv", 3, 8, 2)], [("conv", 3, 8, 1)]),
    (
        (11, 9, 2),
        [("conv", 3, 14, 3), ("conv", 2, 9, 3), ("dense", 3)],
        [("conv", 2, 7, 2), ("dense", 11)],
    ),
    (
        (11, 16, 2),
        [("conv", 3, 12, 3), ("conv", 1, 10, 2), ("dense", 11)],
        [("conv", 4, 3, 2), ("conv", 4, 4, 3), ("dense", 4)],
    ),
    ((16, 15, 4), [("conv", 1, 10, 2), ("conv", 2, 6, 2)], [("conv", 3, 8, 2)]),
    (
        (11, 13, 2),
        [("conv", 3, 3, 3), ("conv", 5, 11, 2), ("dense", 8)],
        [("conv", 2, 8, 3), ("conv", 4, 10, 3), ("dense", 3)],
    ),
    (
        (16, 17, 5),
        [("conv", 2, 7, 1), ("conv", 5, 8, 1), ("dense", 5)],
        [("conv", 5, 10, 1)],
    ),
)


def cheaper_net(answer) -> None:
    """Judge `cheaper_net(image, first, second)`."""
    rng = fresh_cases()
    for image, first, second in (*PAIRS, *(_drawn(rng) for _ in range(4))):
        asked = {"image": image, "first": first, "second": second}
        with case("the form of the answer"):
            _form(answer, asked)
        for quantity in QUANTITIES:
            with case(QUANTITIES[quantity]):
                _judge(answer, asked, quantity)
    passed("cheaper_net", "Weights, work and memory are three questions with three answers.")


def counts(image, layers, fault=None) -> dict[str, int]:
    """Return weights, multiply-adds and the most values at once of a net.

    Args:
        image: (rows, columns, channels).
        layers: of the net; convolutions pad so that a stride of 1 keeps the size.
        fault: `None`, or one of `FAULTS`.
    """
    shape, found, moments, kept = tuple(image), {"weights": 0, "macs": 0}, [], 0
    for i, layer in enumerate(layers):
        weights, macs, after = _layer(shape, layer, fault)
        found["weights"] += weights
        found["macs"] += macs
        reads = 0 if fault == "outputs alone" or (fault == "image left out" and not i) else 1
        stored = weights if fault == "weights there" else 0
        moments.append(reads * _values(shape) + _values(after) + stored)
        kept += _values(after)
        shape = after
    most = _values(image) + kept if fault == "all kept" else max(moments)
    return found | {"memory": most}


def _layer(shape, layer, fault) -> tuple[int, int, tuple[int, ...]]:
    """Return weights, multiply-adds and output shape of a layer."""
    if layer[0] == "dense":
        reads = shape[-1] if fault == "dense reads maps" else _values(shape)
        weights, units = reads * layer[1], layer[1]
        places = _values(shape[:-1]) if fault == "dense for each pixel" else 1
        after: tuple[int, ...] = (units,)
    else:
        _, kernel, units, stride = layer
        step = 1 if fault == "stride ignored" else stride
        more = 0 if fault == "rounded down" else step - 1
        after = ((shape[0] + more) // step, (shape[1] + more) // step, units)
        weights = kernel**2 * units * (1 if fault == "no channels" else shape[2])
        places = _values((shape if fault == "pixels that come in" else after)[:2])
    macs = weights * places + (units * places if fault == "biases as work" else 0)
    return weights + (0 if fault == "no biases" else units), macs, after


def _values(shape) -> int:
    found = 1
    for side in shape:
        found *= side
    return found


def _word(image, first, second, quantity, fault=None) -> str:
    """Return which net needs less."""
    one, other = (counts(image, net, fault)[quantity] for net in (first, second))
    return "same" if one == other else "first" if one < other else "second"


def _form(answer, asked) -> dict[str, Any]:
    """Return the answer if it is a dictionary of the three words."""
    copies = {net: list(asked[net]) for net in ("first", "second")}  # an answer may empty them
    value = call(answer, asked | copies)
    if not isinstance(value, dict) or set(value) != set(QUANTITIES):
        raise WrongAnswer(
            f"{spell(answer, asked)} returned {value!r}; expected a dictionary with the keys "
            f"{', '.join(map(repr, QUANTITIES))}."
        )
    odd = [word for word in value.values() if not isinstance(word, str) or word not in WORDS]
    if odd:
        raise WrongAnswer(
            f"{spell(answer, asked)}: {odd[0]!r} is not one of {', '.join(map(repr, WORDS))}."
        )
    return value


def _judge(answer, asked, quantity) -> None:
    """Compare one word."""
    found = _form(answer, asked)
    expected = {key: _word(**asked, quantity=key) for key in QUANTITIES}
    said = found[quantity]
    if said == expected[quantity]:
        return
    name = QUANTITIES[quantity]
    one, other = (
        spell_number(counts(asked["image"], asked[net])[quantity]) for net in ("first", "second")
    )
    reasons = [
        text
        for fault, text in FAULTS.items()
        if _word(**asked, quantity=quantity, fault=fault) == said
    ]
    if found == {key: EXCHANGED[word] for key, word in expected.items()}:
        reasons = ["the nets exchanged: name the one that needs less"]
    why = f" So it would be with {'; or '.join(reasons)}." if reasons else ""
    raise WrongAnswer(
        f"{spell(answer, asked)}[{quantity!r}] is {said!r}. The first has {one} {name}, the second "
        f"{other}.{why}"
    )


def _drawn(rng) -> Pair:
    """Return an image and two nets of three layers."""
    rows, columns = (int(n) for n in rng.integers(9, 24, 2))
    image = (rows, columns, int(rng.integers(2, 5)))
    return image, list(_net(rng)), list(_net(rng))


def _net(rng) -> Iterator[Layer]:
    for _ in range(2):
        kernel, filters, stride = (int(n) for n in rng.integers((1, 3, 1), (6, 16, 4)))
        yield ("conv", kernel, filters, stride)
    yield ("dense", int(rng.integers(3, 12)))
