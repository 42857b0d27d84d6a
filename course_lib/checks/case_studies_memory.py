"""Check of the question of the case studies that asks for the memory of a block in inference.

A block is simulated: which maps are there at each moment, and what was done with them.  A fault
changes one thing in the simulation.
"""

from collections.abc import Iterator, Sequence

from course_lib.checks.cases import case
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import expect_number, fresh_cases, merged, passed

# variant: what happens to the input of the block, in words
STRUCTURES = {
    "sum": "the input waits and is added to what the last layer gives, which is written over",
    "join": "the input waits, and it and what the last layer gives are copied into one new map",
    "project": "the input waits, and at the end a 1x1 convolution of it makes what is added",
}
# fault: what the reader hears
FAULTS = {
    "input let go": "The shortcut needs its map at the end, so it stays while the layers work.",
    "outputs alone": "A layer reads one map while it writes another: both are there.",
    "all kept": "That keeps every map, as training does. In inference a map goes with its reader.",
    "input twice": "The first layer reads the input itself: it is there once, not twice.",
    "sum in new memory": "The sum is written over what the last layer gave; it needs no new map.",
    "not joined": "At the end two maps are copied into a third, and all three are there.",
    "joined over": "A larger map cannot be written over a smaller one: both and the new one count.",
    "projection left out": "At the end the 1x1 convolution reads one map and writes another, and "
    "what the last layer gave is there as well.",
    "projection first": "Here the 1x1 convolution works when the last layer is done. Until then "
    "the input itself waits.",
    "projection over the input": "A convolution cannot write over what it reads: the input is "
    "there until the 1x1 convolution is done.",
    "values": "Those are values; each takes `bytes_each` bytes.",
    "one channel": "A map has `channels` values at each pixel.",
    "bits": "`bytes_each` counts bytes already.",
}
OF_ONE = {  # faults that one variant alone can have
    "sum in new memory": "sum",
    "not joined": "join",
    "joined over": "join",
    "projection left out": "project",
    "projection first": "project",
    "projection over the input": "project",
}
# kind of case, and the arguments: shape, filters of the layers; the last is replaced for a sum
BLOCKS: tuple[tuple[str, tuple[tuple[int, int, int], tuple[int, ...]]], ...] = (
    ("one layer", ((7, 5, 12), (10,))),
    ("one layer", ((9, 4, 6), (15,))),
    ("two layers", ((6, 11, 20), (4, 18))),
    ("two layers", ((8, 5, 7), (40, 9))),
    ("three layers", ((5, 9, 64), (16, 14, 60))),
    ("three layers", ((13, 6, 9), (48, 54, 11))),
    ("three layers", ((7, 10, 24), (30, 5, 20))),
    ("four layers", ((4, 15, 40), (8, 6, 10, 36))),
    ("four layers", ((10, 3, 8), (20, 33, 28, 12))),
)


def memory_of_activations(answer, variant="sum") -> None:
    """Judge `memory_of_activations(shape, filters, bytes_each)`."""
    chosen(STRUCTURES, variant)
    rng = fresh_cases()
    for kind, (shape, widths) in (*BLOCKS, *_drawn(rng)):
        filters = (*widths[:-1], shape[2]) if variant == "sum" else widths
        for bytes_each in (4, int(rng.choice((1, 2, 8)))):
            asked = {"shape": shape, "filters": filters, "bytes_each": bytes_each}
            with case(kind):
                expect_number(
                    answer, asked, bytes_needed(variant, None, **asked), _slips(variant, asked)
                )
    passed("memory_of_activations", "What waits is counted, once, and what is done with is not.")


def _drawn(rng) -> Iterator[tuple[str, tuple[tuple[int, int, int], tuple[int, ...]]]]:
    """Yield a narrow and a wide block of each number of layers."""
    for layers, kind in enumerate(dict.fromkeys(kind for kind, _ in BLOCKS), start=1):
        for low, high in ((3, 9), (50, 80)):
            rows, columns, channels = (int(n) for n in rng.integers((4, 9, 20), (9, 15, 40)))
            inside = (int(n) for n in rng.choice(range(low, high), layers - 1, replace=False))
            yield kind, ((rows, columns, channels), (*inside, channels + int(rng.integers(1, 6))))


def bytes_needed(variant, fault, shape, filters, bytes_each) -> int:
    """Return the bytes at the moment of a block that needs most.

    Args:
        variant: one of `STRUCTURES`.
        fault: `None`, or one of `FAULTS`.
        shape: (rows, columns, channels) of what the block reads.
        filters: of each layer.
        bytes_each: bytes of one value.
    """
    rows, columns, channels = shape
    if fault == "all kept":
        most = channels + sum(filters) + (filters[-1] if variant == "project" else 0)
    else:
        most = max(map(sum, _moments(variant, fault, channels, filters)))
    each = {"values": 1, "bits": 8 * bytes_each}.get(fault, bytes_each)
    return most * each * rows * columns // (channels if fault == "one channel" else 1)


def _moments(variant, fault, channels: int, filters: Sequence[int]) -> Iterator[list[int]]:
    """Yield the channels of the maps that are there, moment by moment."""
    read, waits = channels, channels
    if variant == "project" and fault == "projection first":
        waits = filters[-1]
        yield [channels, waits]
    for i, made in enumerate(filters):
        there = [made] if fault == "outputs alone" else [read, made]
        twice = fault in ("input twice", "projection first")
        if fault != "input let go" and (i or twice):
            there.append(waits)
        yield there
        read = made
    yield from _end(variant, fault, channels, filters[-1])


def _end(variant, fault, channels: int, last: int) -> Iterator[list[int]]:
    """Yield the maps that are there while the shortcut comes in."""
    if variant == "join":
        new = {"not joined": 0, "joined over": channels}.get(fault, channels + last)
        yield [channels, last, new]
    elif variant == "project" and fault not in ("projection left out", "projection first"):
        yield [last, last] if fault == "projection over the input" else [channels, last, last]
    elif fault == "sum in new memory":
        yield [last] * 3


def _slips(variant, asked) -> Iterator[tuple[float, str]]:
    """Return wrong numbers of bytes and the misunderstandings that lead to each."""
    found: list[tuple[float, str]] = []
    for fault in FAULTS:
        if fault not in OF_ONE or OF_ONE[fault] == variant:
            found.append((bytes_needed(variant, fault, **asked), FAULTS[fault]))
    for other, words in STRUCTURES.items():
        if other != variant:
            text = f"That is another block, where {words}. Here {STRUCTURES[variant]}."
            found.append((bytes_needed(other, None, **asked), text))
    return merged(found)
