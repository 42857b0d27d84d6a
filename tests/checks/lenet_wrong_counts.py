"""Wrong answers to the questions that count the weights of LeNet."""

from types import SimpleNamespace

from tests.checks.lenet_bank import nothing, stopping
from tests.checks.lenet_right import count_by_walking, difference_without_biases


def counts(change):
    """Return a `weights_by_layer` that differs from a right one by `change(right, sizes)`."""

    def weights_by_layer(side, channels, **sizes):
        right = {key: int(n) for key, n in count_by_walking(side, channels, **sizes).items()}
        return change(right, SimpleNamespace(side=side, channels=channels, **sizes))

    return weights_by_layer


def one(name, number):
    """Return a `weights_by_layer` with one wrong entry, `number(sizes)`."""
    return counts(lambda right, sizes: right | {name: number(sizes)})


def left(side):
    """Side of the maps of S4."""
    return ((side - 4) // 2 - 4) // 2


def ceil_left(side):
    return -(-(-(-(side - 4) // 2) - 4) // 2)


WEIGHTS = (
    (one("C1", lambda s: 25 * s.channels * s.s2_maps), "biases are missing"),
    (one("C1", lambda s: 26 * s.s2_maps), "each colour"),
    (
        one("C1", lambda s: (25 * s.channels + 1) * s.s2_maps * (s.side - 4) ** 2),
        "C1.*those are connections",
    ),
    (
        one("C1", lambda s: 25 * s.channels * s.s2_maps * (s.side - 4) ** 2),
        "C1.*those are connections",
    ),
    (one("S2", lambda _: 0), "S2.*average pooling has no weights"),
    (one("S4", lambda _: 0), "S4.*average pooling has no weights"),
    (one("S2", lambda s: s.s2_maps), "one weight a map"),
    (one("S2", lambda s: 2 * s.s2_maps * ((s.side - 4) // 2) ** 2), "weight for each pixel; all"),
    (one("S2", lambda s: s.s2_maps * ((s.side - 4) // 2) ** 2), "weight for each pixel; all"),
    (one("S2", lambda s: 4 * s.s2_maps), "each pixel of the window"),
    (one("S2", lambda s: 5 * s.s2_maps), "2x2 convolution of each map"),
    (one("S2", lambda _: 2), "a pair for the layer"),
    (one("S4", lambda s: 2 * s.s2_maps), "S4 has a map for each map of C3"),
    (one("C3", lambda s: (25 * s.s2_maps + 1) * len(s.reads)), "full table"),
    (one("C3", lambda s: 25 * s.s2_maps * len(s.reads)), "full table.*biases are missing"),
    (one("C3", lambda s: 25 * sum(s.reads)), "biases are missing"),
    (one("C3", lambda s: 26 * sum(s.reads)), "not a bias a connection"),
    (one("C3", lambda s: 26 * len(s.reads)), "one kernel for each map"),
    (one("C5", lambda s: s.c5_maps * (left(s.side) ** 2 * len(s.reads) + 1)), "C5.*dense layer"),
    (one("C5", lambda s: 25 * s.c5_maps * len(s.reads)), "biases are missing"),
    (one("C5", lambda s: 26 * s.c5_maps), "one kernel for each map"),
    (one("C5", lambda s: (25 * sum(s.reads) + 1) * s.c5_maps), "each map of S4 once"),
    (one("F6", lambda s: (s.c5_maps + 1) * s.f6_units), "F6.*more positions"),
    (one("F6", lambda s: ((s.side // 4) ** 2 * s.c5_maps + 1) * s.f6_units), "`same` padding"),
    (one("F6", lambda s: (left(s.side) - 4) ** 2 * s.c5_maps * s.f6_units), "biases are missing"),
    (
        one("F6", lambda s: ((ceil_left(s.side) - 4) ** 2 * s.c5_maps + 1) * s.f6_units),
        "F6.*rounds up where the side is odd",
    ),
    (one("F6", lambda s: ((left(s.side) - 4) * s.c5_maps + 1) * s.f6_units), "F6.*one row of"),
    (
        one("F6", lambda s: (left(s.side) ** 2 * s.c5_maps + 1) * s.f6_units),
        "keeps the sides of S4",
    ),
    (one("F6", lambda s: s.c5_maps * s.f6_units + 7), "F6.*what one map or unit of F6 reads"),
    (one("output", lambda _: 0), "whose weights are trained"),
    (one("output", lambda s: s.f6_units * s.classes), "biases are missing"),
    (
        one("output", lambda s: str((s.f6_units + 1) * s.classes)),
        "output has '850'; expected a number",
    ),
    (one("C5", lambda _: 10**400), "C5 has inf in your answer"),
    (one("C5", lambda _: float("nan")), "C5 has nan; expected a number"),
    (one("C5", lambda _: True), "C5 has True; expected a number"),
    (one("C5", lambda _: [1]), r"C5 has \[1\]; expected a number"),
    (counts(lambda right, _: list(right.values())), "dictionary with the keys"),
    (counts(lambda right, _: sum(right.values())), "dictionary with the keys"),
    (counts(lambda right, _: {k.lower(): n for k, n in right.items()}), "keys.*'c1'"),
    (nothing, "is a return missing"),
    (stopping, "stopped with KeyError"),
)


def difference(change):
    """Return a wrong difference, `change(right, sizes)`."""

    def dense_minus_convolution(side, **sizes):
        sizes = SimpleNamespace(side=side, **sizes)
        return change(difference_without_biases(**vars(sizes)), sizes)

    return dense_minus_convolution


def first(s):
    """Return the difference in the layer in place of C5."""
    return s.c5_maps * s.s4_maps * (s.side**2 - 25)


def later(s, positions):
    """Return what F6 has more behind a convolution that leaves so many positions."""
    return s.f6_units * s.c5_maps * (positions - 1)


DIFFERENCE = (
    (difference(lambda _, s: first(s)), "first layer alone"),
    (difference(lambda right, _: -right), "sign is wrong"),
    (difference(lambda right, _: abs(right)), "sign is wrong"),
    (difference(lambda right, _: 0 * right), "one position, as on a 32x32 image"),
    (difference(lambda _, s: first(s) - later(s, s.side - 4)), "one row of positions"),
    (difference(lambda _, s: first(s) - later(s, s.side**2)), "keeps the sides of S4"),
    (difference(lambda _, s: first(s) - later(s, (s.side - 5) ** 2)), "counts as well"),
    (
        difference(lambda right, s: right - s.c5_maps * s.s4_maps * (s.side**2 - s.side)),
        "not a row of them",
    ),
    (difference(lambda right, s: right + s.f6_units), "they cancel"),
    (difference(lambda right, s: right - s.f6_units), "they cancel"),
    (difference(lambda right, s: right + s.c5_maps), "they cancel"),
    (
        difference(
            lambda _, s: (s.side**2 * s.s4_maps + 1) * s.c5_maps + (s.c5_maps + 1) * s.f6_units
        ),
        "all weights of the dense version",
    ),
    (difference(lambda right, _: str(right)), "expected a number"),
    (difference(lambda right, _: 10**400), r"returned inf\. Expected"),
    (nothing, "is a return missing"),
    (stopping, "stopped with KeyError"),
)
