"""Check of the question of the googlenet exercises that counts the depth of a net with branches."""

from collections.abc import Callable, Iterator

from course_lib.checks.cases import case
from course_lib.checks.verdict import expect_number, fresh_cases, merged, passed

Net = dict[str, list]  # name: [kind, names of what it reads]
WEIGHTED = ("conv", "linear")
ROW, BRANCHES, SIDE, SHUFFLED = (
    "layers in a row",
    "branches",
    "a side head",
    "listed from the end",
)


def count_depth(answer) -> None:
    """Judge `count_depth(net, end, pooling)`."""
    rng = fresh_cases()
    for kind in (ROW, BRANCHES, SIDE, SHUFFLED):
        for net in (drawn(kind, rng), drawn(kind, rng)):
            for pooling in (False, True):
                with case(kind):
                    _judge(answer, net, pooling)
    passed("count_depth", "The longest way to the end, by the layers that count.")


def _judge(answer, net, pooling):
    arguments = {"net": net, "end": "end", "pooling": pooling}
    expected = longest(net, "end", counted(pooling))
    otherwise = f"A longest way: {', '.join(way(net, 'end', counted(pooling)))}."
    expect_number(answer, arguments, expected, merged(_slips(net, pooling)), otherwise)


def counted(pooling: bool) -> Callable[[str], int]:
    """Return what says whether a kind of layer counts."""
    kinds = (*WEIGHTED, "pool") if pooling else WEIGHTED
    return lambda kind: int(kind in kinds)


def longest(net: Net, name: str, counts: Callable[[str], int], join: Callable = max) -> int:
    """Return how many layers count on the longest way from the image to a layer.

    Args:
        net: its layers.
        name: of the layer.
        counts: of a kind, whether it counts.
        join: what is taken where ways meet; `min` gives the shortest.
    """
    kind, reads = net[name]
    return join((longest(net, each, counts, join) for each in reads), default=0) + counts(kind)


def way(net: Net, name: str, counts: Callable[[str], int]) -> list[str]:
    """Return the names of the layers on a longest way."""
    reads = net[name][1]
    before = max(reads, key=lambda each: longest(net, each, counts), default=None)
    return [*(way(net, before, counts) if before else []), name]


def leading(net: Net, name: str) -> set[str]:
    """Return the names of all layers that something leads from to this one, itself included."""
    return {name}.union(*(leading(net, each) for each in net[name][1]))


def _slips(net, pooling) -> Iterator[tuple[int, str]]:
    """Yield wrong numbers and the misunderstanding that leads to each."""
    counts = counted(pooling)
    yield (
        sum(counts(net[name][0]) for name in leading(net, "end")),
        "Those are all layers that count on all ways to the end. Branches lie side by side: take "
        "the longest way.",
    )
    yield (
        sum(counts(kind) for kind, _ in net.values()),
        "Those are all layers of the net that count. Depth is how many lie one behind the other.",
    )
    yield (
        max(longest(net, name, counts) for name in net),
        "That way ends in another head. Count the layers on a way to `end`.",
    )
    yield longest(net, "end", counts, min), "That is the shortest way; the longest one counts."
    yield (
        longest(net, "end", counts, lambda ways, default: next(iter(ways), default)),
        "That follows the first branch of each join. The longest one counts.",
    )
    yield (
        len(way(net, "end", lambda kind: 1)) - 1,
        "That is the way with the most layers of any kind.",
    )
    yield (
        sum(counts(net[name][0]) for name in way(net, "end", lambda kind: 1)),
        "That way has the most layers of any kind, but another has more of those that count.",
    )
    for also, text in _other_rules(pooling):
        yield longest(net, "end", also), text


def _other_rules(pooling) -> Iterator[tuple[Callable[[str], int], str]]:
    """Yield what else might count, and what whoever counts so hears."""
    counts = counted(pooling)
    yield counted(not pooling), "With pooling=True poolings count, with pooling=False they do not."
    yield (
        lambda kind: counts(kind) or int(kind == "batch norm"),
        "A batch normalization has weights, but no paper counts it as a layer.",
    )
    yield (
        lambda kind: counts(kind) or int(kind == "join"),
        "A join only puts maps side by side; it does not count.",
    )
    yield (
        lambda kind: int(kind != "image"),
        "There every layer counts. Only those with weights do, and poolings where they are asked "
        "for.",
    )
    yield (
        lambda kind: counts(kind) or int(kind == "image"),
        "That is one too many: the image is no layer.",
    )
    yield (
        lambda kind: int(kind == "conv" or (pooling and kind == "pool")),
        "The linear layer has weights, too.",
    )


def drawn(kind: str, rng) -> Net:
    """Return a net of a kind; its layers are named `a`, `b` and so on, the last one `end`."""
    net: Net = {"image": ["image", []]}

    def add(layer, *reads):
        name = "abcdefghijklmnopqrstuvwxyz"[len(net) - 1]
        net[name] = [layer, list(reads)]
        return name

    def row(start, layers):
        for layer in layers:
            start = add(layer, start)
        return start

    last = row("image", ["conv", "batch norm", *["conv"] * int(rng.integers(3))])
    if kind != ROW:
        long = ["pool", "batch norm", "conv", "norm", "norm"]  # more layers, fewer that count
        deep = ["conv"] * int(rng.integers(3, 5))
        branches = [["conv", "pool"], *([long, deep] if rng.integers(2) else [deep, long])]
        last = add("join", *(row(last, each) for each in branches))
        if kind in (SIDE, SHUFFLED):
            row(last, [*["conv"] * int(rng.integers(1, 3)), "pool", "conv", "linear"])
    net["end"] = ["linear", [row(last, ["pool", "dropout"])]]
    return dict(reversed(net.items())) if kind == SHUFFLED else net
