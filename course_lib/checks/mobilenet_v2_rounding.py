"""Check of the question of the mobilenet_v2 exercises that asks for a number of channels.

The rule is that of the released code with another tie and a share that is given.
"""

from collections.abc import Iterator
from math import ceil, floor
from typing import Any

from course_lib.checks.cases import case
from course_lib.checks.verdict import expect_number, fresh_cases, merged, passed

NAMES = ("channels", "divisor", "keep")
# Kind of case, and the arguments: no product or quotient of them is rounded by a computer
CASES: tuple[tuple[str, tuple], ...] = (
    ("the nearest is above", (45.5, 8, 0.75)),
    ("the nearest is above", (29, 6, 0.875)),
    ("the nearest is below", (42.5, 8, 0.875)),
    ("the nearest is below", (100, 12, 0.75)),
    ("equally near", (28, 8, 0.75)),
    ("equally near", (45, 10, 0.875)),
    ("too little is left", (11.25, 8, 0.875)),
    ("too little is left", (20.5, 16, 0.8125)),
    ("too little is left", (25, 10, 0.9375)),
    ("exactly the share is left", (32, 14, 0.875)),
    ("exactly the share is left", (16, 12, 0.75)),
    ("less than one divisor", (2.5, 8, 0.75)),
    ("less than one divisor", (1, 12, 0.875)),
    ("less than one divisor", (5, 10, 0.75)),
)
EXAMPLE = 24  # that the notebook gives


def round_channels(answer) -> None:
    """Judge `round_channels(channels, divisor, keep)`."""
    rng = fresh_cases()
    for kind, values in (*CASES, *_drawn(rng)):
        asked = dict(zip(NAMES, values, strict=True))
        with case(kind):
            expect_number(answer, asked, rounded(**asked), merged(_slips(asked)))
    passed("round_channels", "The nearest multiple, unless too little is left.")


def _drawn(rng) -> Iterator[tuple[str, tuple]]:
    """Yield a case of three kinds."""
    for kind, low, high in (
        ("the nearest is above", 0.6, 0.9),
        ("the nearest is below", 0.1, 0.3),
        ("too little is left", 0.1, 0.4),
    ):
        divisor = int(rng.choice((6, 8, 10, 12, 16)))
        steps = 1 if kind.startswith("too") else int(rng.integers(5, 10))
        parts = int(rng.integers(ceil(low * 8 * divisor), floor(high * 8 * divisor)))
        keep = 0.984375 if kind.startswith("too") else 0.75  # 63 / 64 and 3 / 4
        channels = steps * divisor + parts / 8
        if kind.startswith("too") and steps * divisor >= keep * channels:
            continue
        yield kind, (channels, divisor, keep)


def rounded(channels, divisor, keep) -> int:
    """Return the nearest multiple, of two the smaller, unless less than a share is left."""
    found = max(divisor, nearest(channels, divisor))
    return found + divisor if found < keep * channels else found


def nearest(channels, divisor) -> int:
    """Return the nearest multiple, of two the smaller."""
    return divisor * ceil(channels / divisor - 0.5)


def _slips(asked: dict[str, Any]) -> Iterator[tuple[float, str]]:
    """Yield wrong numbers and the misunderstanding that leads to each."""
    channels, divisor, keep = asked.values()
    least = max(divisor, nearest(channels, divisor))
    up = divisor * floor(channels / divisor + 0.5)
    above, below = (divisor * cut(channels / divisor) for cut in (ceil, floor))
    yield EXAMPLE, "That is the number of the example, which has other arguments."
    if nearest(channels, divisor) < divisor:
        yield 0, "A layer needs channels: return one `divisor` at least."
    yield (
        least,
        "That is the nearest multiple, and it leaves less than the share `keep` of the channels: "
        "take the next one.",
    )
    yield (
        up + divisor if up < keep * channels else max(up, divisor),
        "Of two multiples that are equally near, take the smaller one. The released code takes "
        "the larger.",
    )
    yield max(up, divisor), "Of two equally near the smaller one; then compare with `keep`."
    yield above, "That is the multiple above. Another one is nearer, and enough is left with it."
    yield max(below, divisor), "That is the multiple below. Another one is nearer."
    yield below, "That is the multiple below: no channels, where they are fewer than a divisor."
    for share in (0.9, 1.0):
        yield (
            least + divisor if least < share * channels else least,
            f"That compares with {share:g} of the channels. The share is `keep`.",
        )
    yield (
        least + divisor,
        "That goes one multiple further although enough is left: exactly `keep` is enough.",
    )
    yield (
        least - divisor if keep * least > channels else least,
        "That limits what is added. Limited is what gets lost: at least `keep` of the channels "
        "stay.",
    )
    for plain in (ceil(channels), floor(channels), round(channels), channels):
        yield plain, "That is no multiple of `divisor`."
