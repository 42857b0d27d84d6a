"""Check of the question of the vgg exercises that asks how wide a stack may be.

What is expected is searched: widths are tried one after the other, until one costs too much.  A
slip is searched in the same way, with what was misunderstood.
"""

from collections.abc import Callable, Iterator
from itertools import count

from course_lib.checks.cases import case
from course_lib.checks.verdict import expect_number, fresh_cases, passed

CASES = (  # kind of case, and the arguments: kernel, channels
    ("two layers", 5, 36),  # the stack of 50 costs as much as the one layer, to the weight
    ("two layers", 5, 7),
    ("three layers", 7, 9),
    ("three layers", 7, 64),
    ("more layers", 9, 10),
    ("more layers", 11, 16),
    ("one channel", 5, 1),
    ("one channel", 7, 1),
)
# Wrong sums of weights, of width, channels at the ends and layers; and what was misunderstood.
OTHER_SUMS: tuple[tuple[Callable[[int, int, int], int], str], ...] = (
    (
        lambda m, c, n: 9 * n * m * m,
        "There every layer reads m maps and makes m. The first reads `channels`, and the last "
        "makes `channels`.",
    ),
    (
        lambda m, c, n: 9 * m * (c + (n - 1) * m),
        "There one end of the stack has m maps. The first layer reads `channels` and the last "
        "makes `channels`, as the one layer does.",
    ),
    (
        lambda m, c, n: 9 * n * c * m,
        "There each layer has `channels` on one of its sides. Between the first and the last, a "
        "layer reads m maps and makes m.",
    ),
    (
        lambda m, c, n: 18 * c * m,
        "The layers between the first and the last are left out of the sum.",
    ),
    (
        lambda m, c, n: 3 * m * (2 * c + (n - 2) * m),
        "A 3x3 kernel has nine weights, not three.",
    ),
    (
        lambda m, c, n: m * (2 * c + (n - 2) * m),
        "Each weight of a 3x3 kernel counts: nine for a pair of channels.",
    ),
)


def equivalent_stack(answer) -> None:
    """Judge `equivalent_stack(kernel, channels)`."""
    rng = fresh_cases()
    drawn = [
        (kind, kernel, int(rng.integers(20, 90)))
        for kind, kernel in (("two layers", 5), ("three layers", 7), ("more layers", 13))
    ]
    for kind, kernel, channels in (*CASES, *drawn):
        arguments = {"kernel": kernel, "channels": channels}
        with case(kind):
            expect_number(
                answer,
                arguments,
                _right(kernel, channels),
                _slips(kernel, channels),
                "A stack of that width costs no more than the one layer, and a wider one does.",
            )
    passed("equivalent_stack", "As many layers as the field needs, and as wide as they pay for.")


def _right(kernel: int, channels: int) -> int:
    return _widest(kernel**2 * channels**2, _chain(channels, kernel // 2))


def _chain(channels: int, layers: int) -> Callable[[int], int]:
    """Return what a stack weighs whose maps number `channels` at both of its ends."""

    def weights(width: int) -> int:
        maps = [channels, *[width] * (layers - 1), channels]
        return sum(9 * maps[i] * maps[i + 1] for i in range(layers))

    return weights


def _widest(budget: int, weights: Callable[[int], int]) -> int:
    return next(width for width in count(1) if weights(width) > budget) - 1


def _slips(kernel: int, channels: int) -> Iterator[tuple[int, str]]:
    """Yield wrong widths and the misunderstanding that leads to each."""
    budget, layers = kernel**2 * channels**2, kernel // 2
    right = _right(kernel, channels)
    yield (
        right + 1,
        "That stack costs more than the one layer. Wanted is the widest that costs no more.",
    )
    for wrong, text in (
        (
            -(-kernel // 3),
            "That stack has kernel / 3 layers, rounded up. The windows of two layers overlap: each "
            "3x3 layer adds two pixels to the side of what is seen, not three.",
        ),
        (layers + 1, "That stack has a layer more than the receptive field needs."),
        (
            layers - 1,
            "That is what a layer fewer would cost. Either such a stack sees less than the one "
            "layer, or a layer between the first and the last is left out of the sum.",
        ),
    ):
        if wrong > 1 and wrong != layers:
            yield _widest(budget, _chain(channels, wrong)), text
    yield from _other_costs(kernel, channels, layers)
    yield channels, "That keeps the channels as they are. Such a stack costs less: make it wider."


def _other_costs(kernel: int, channels: int, layers: int) -> Iterator[tuple[int, str]]:
    """Yield widths that fit another sum of weights, or another budget."""
    budget = kernel**2 * channels**2
    for weigh, text in OTHER_SUMS:
        yield next(m for m in count(1) if weigh(m, channels, layers) > budget) - 1, text
    own = _chain(channels, layers)
    yield _widest(kernel * channels**2, own), "The kernel of the one layer is a square."
    yield (
        _widest(kernel**2 * channels, own),
        "The one layer has a kernel for each pair of channels, one that it reads and one that it "
        "makes.",
    )
    if _widest(budget - 1, own) < _widest(budget, own):
        yield (
            _widest(budget - 1, own),
            "A stack that costs exactly as much as the one layer has no more weights, so it "
            "counts. Or: Biases are counted there. Here the layers have none.",
        )
    yield layers, "That is how many layers the stack has. Wanted is how wide its maps may be."
    yield (
        _widest(budget + channels, lambda m: own(m) + (layers - 1) * m + channels),
        "Biases are counted there. Here the layers have none.",
    )
