"""Checks of the questions of the resnet exercises that ask for a number.

What is expected comes from the blocks of `course_lib.nets.resnet`: they are run with a stand-in
for `conv_bn` that notes each convolution.
"""

from functools import cache

import keras

from course_lib.checks.verdict import expect_number, fresh_cases, passed
from course_lib.nets.resnet import basic_block, bottleneck_block

OPTIONS = {"A": "zero_pad", "B": "projection", "C": "projection_all"}


def layer_count(answer) -> None:
    """Judge `layer_count(blocks, kind, option)`: convolutions and dense layers of a net."""
    rng = fresh_cases()
    cases = [
        ((2, 2, 2, 2), "basic", "A"),
        ((3, 4, 6, 3), "bottleneck", "A"),
        ((3, 4, 6, 3), "basic", "B"),
        ((1, 5, 2), "bottleneck", "B"),
        ((2, 3), "basic", "C"),
        ((1, 1, 4), "bottleneck", "C"),
    ]
    for kind in ("basic", "bottleneck"):
        for option in OPTIONS:
            stages = rng.integers(1, 6, size=rng.integers(2, 5))
            cases.append((tuple(map(int, stages)), kind, option))
    for case in cases:
        arguments = dict(zip(("blocks", "kind", "option"), case, strict=True))
        expect_number(answer, arguments, _count(*case), _count_slips(*case))
    passed("layer_count", "Every convolution and dense layer counted once, projections too.")


def _count_slips(blocks, kind, option):
    right = _count(blocks, kind, option)
    other = "bottleneck" if kind == "basic" else "basic"
    slips = [
        (
            _count(blocks, kind, name),
            f"That is the count with option {name}: it projects "
            + {"A": "nowhere.", "B": "only where the shape changes.", "C": "in every block."}[name],
        )
        for name in OPTIONS
        if name != option
    ]
    if option == "B" and kind == "bottleneck":
        text = "The first stage projects too: its map keeps its size, but 64 channels become 256."
        slips.append((right - 1, text))
    if option == "B" and kind == "basic":
        text = "The first stage needs no projection: 64 channels come in and 64 go out."
        slips.append((right + 1, text))
    slips += [
        (right - 2, "The stem convolution and the dense head are layers with weights too."),
        (right - 1, "One is missing: both the stem convolution and the dense head count."),
        (right + 1, "That is one too many: pooling has no weights, and no layer counts twice."),
        (_count(blocks, other, option), f"Those are the convolutions of {other} blocks."),
        (sum(blocks), "That is the number of blocks; each block holds several convolutions."),
    ]
    for number in dict(slips):  # several mistakes may give one number
        yield number, " Or: ".join(text for wrong, text in slips if wrong == number)


def stage_macs(answer) -> None:
    """Judge `stage_macs(blocks, width, channels, size, stride_on, groups)`."""
    rng = fresh_cases()
    names = ("blocks", "width", "channels", "size", "stride_on", "groups")
    cases: list[tuple] = [
        (1, 8, 24, (8, 6), "3x3", 1),
        (3, 8, 24, (8, 12), "1x1", 1),
        (2, 16, 48, (20, 12), "3x3", 4),
        (4, 16, 16, (4, 10), "1x1", 2),
    ]
    for stride_on in ("1x1", "3x3"):
        width = int(8 * rng.integers(1, 5))
        size = tuple(int(2 * n) for n in rng.choice(range(2, 15), 2, replace=False))
        channels = int(8 * rng.integers(1, 9))
        cases.append((int(rng.integers(2, 6)), width, channels, size, stride_on, 8))
    for case in cases:
        arguments = dict(zip(names, case, strict=True))
        rows = _stage(arguments)
        expect_number(answer, arguments, _sum(rows), _macs_slips(rows, arguments))
    passed("stage_macs", "Each convolution at the size of the map that it writes.")


def _macs_slips(rows, arguments):
    biased = _sum(rows) + sum(_area(row["out"]) * row["filters"] for row in rows)
    yield from _group_slips(rows, arguments)
    yield from _shortcut_slips(rows, arguments)
    yield from _size_slips(rows, arguments)
    yield from [
        (2 * _sum(rows), "That is twice the multiply-adds: one MAC is a product and its sum."),
        (biased, "Biases are not counted here."),
        (_sum([row | {"k": 1} for row in rows]), "A 3x3 filter has nine products per channel."),
    ]


def _group_slips(rows, arguments):
    plain = [row | {"groups": 1} for row in rows]
    everywhere = [row | {"groups": arguments["groups"]} for row in rows]
    twice = [row | {"groups": row["groups"] ** 2} for row in rows]
    return [
        (
            _sum(plain),
            "A grouped filter reads only its own group's channels: divide the 3x3 "
            "convolution by groups.",
        ),
        (
            _sum(everywhere),
            "Only the 3x3 convolution is grouped; the 1x1 convolutions read all channels.",
        ),
        (
            _sum(twice),
            "Each of the `groups` parts has width/groups channels in and out: all together "
            "divide by groups once.",
        ),
    ]


def _shortcut_slips(rows, arguments):
    residual = [row for row in rows if not row["name"].endswith("skip")]
    always = _stage(arguments, shortcut="projection_all")
    return [
        (_sum(residual), "The projection of the first block is missing: its shape changes."),
        (_sum(always), "That projects in every block; option B projects in the first only."),
    ]


def _size_slips(rows, arguments):
    other = "3x3" if arguments["stride_on"] == "1x1" else "1x1"
    body = [row for row in rows if row["name"] != "block1_skip"]
    small = {"out": tuple(n // 2 for n in arguments["size"])}
    early = "In the first block a convolution before the stride still works on the large map"
    return [
        (
            _sum(_stage(arguments | {"stride_on": other})),
            f"That is the count with the stride on the {other} convolution.",
        ),
        (_sum([row | small for row in body]), f"{early}, and the projection is missing."),
        (_sum([row | small for row in rows]), f"{early}."),
        (
            _sum([row | {"out": arguments["size"]} for row in rows]),
            "No layer has stride 2 here: after it the map has half the sides.",
        ),
        (
            _sum([row | {"out": row["read"]} for row in rows]),
            "A convolution is computed once for each pixel that it writes, not for each "
            "that it reads.",
        ),
    ]


@cache
def _count(blocks, kind, option) -> int:
    """Count the convolutions and the dense layer of a whole net, as the course builds it."""
    x = keras.KerasTensor((None, 8 * 2 ** len(blocks), 8 * 2 ** len(blocks), 64))
    rows = [{"name": "stem"}, {"name": "head"}]
    block = basic_block if kind == "basic" else bottleneck_block
    for stage, count in enumerate(blocks):
        for i in range(count):
            stride = 2 if stage and not i else 1
            x = block(
                x,
                64 * 2**stage,
                stride=stride,
                shortcut=OPTIONS[option],
                name=f"stage{stage}_block{i}",
                conv=_recorder(rows),
            )
    return len(rows)


def _stage(arguments, shortcut="projection"):
    """Return the convolutions of a stage of bottleneck blocks, as the course builds it."""
    rows: list[dict] = []
    x = keras.KerasTensor((None, *arguments["size"], arguments["channels"]))
    for i in range(1, arguments["blocks"] + 1):
        x = bottleneck_block(
            x,
            arguments["width"],
            stride=2 if i == 1 else 1,
            shortcut=shortcut,
            stride_on=arguments["stride_on"],
            name=f"block{i}",
            conv=_recorder(rows, arguments["groups"]),
        )
    return rows


def _recorder(rows, groups=1):
    """Return a stand-in for `conv_bn` that notes the convolution instead of building it."""

    def conv(x, filters, kernel, *, stride=1, **others):
        read = x.shape[1:3]
        out = tuple(-(-n // stride) for n in read)
        rows.append(
            {
                "name": others["name"],
                "read": read,
                "out": out,
                "k": kernel,
                "channels": x.shape[3],
                "filters": filters,
                "groups": groups if kernel == 3 else 1,
            }
        )
        return keras.KerasTensor((None, *out, filters))

    return conv


def _sum(rows) -> int:
    return sum(
        _area(row["out"]) * row["k"] ** 2 * row["channels"] * row["filters"] // row["groups"]
        for row in rows
    )


def _area(size) -> int:
    return size[0] * size[1]
