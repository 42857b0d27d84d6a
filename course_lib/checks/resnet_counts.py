"""Checks of the questions of the resnet exercises that ask for a number.

What is expected comes from the blocks of `course_lib.nets.resnet`: they are run with a stand-in
for `conv_bn` that notes each convolution.  That keeps the answers from the casual reader of this
file, not from one who calls its helpers.
"""

from functools import cache

import keras

from course_lib.checks.verdict import expect_number, fresh_cases, passed
from course_lib.nets.resnet import basic_block, bottleneck_block

OPTIONS = {"A": "zero_pad", "B": "projection", "C": "projection_all"}
PROJECTS = {"A": "nowhere", "B": "only where the shape changes", "C": "in every block"}
STAGES: tuple[tuple, ...] = (  # every slip is told apart from the others in one of these
    (1, 8, 40, (8, 6), "3x3", 1),
    (3, 8, 24, (8, 12), "1x1", 1),
    (2, 16, 24, (20, 12), "3x3", 8),
    (4, 16, 24, (4, 10), "1x1", 2),
)
EXAMPLE = 22272  # that the notebook gives


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
        expect_number(answer, arguments, _count(*case), _count_slips(*case), _look(case[2]))
    passed("layer_count", "Every convolution and dense layer counted once, projections too.")


def _look(option):
    if option == "A":
        return (
            "Option A adds no layer, so look at the stem, the head and the insides of the blocks."
        )
    return "With option A you count right, so look at the shortcuts: where is one a projection?"


def _count_slips(blocks, kind, option):
    right, plain = _count(blocks, kind, option), _count(blocks, kind, "A")
    other = "bottleneck" if kind == "basic" else "basic"
    slips = [
        (
            _count(blocks, kind, name),
            f"That is the count with option {name}: it projects {PROJECTS[name]}.",
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
    if option != "B":
        text = f"That is one projection a stage; option {option} projects {PROJECTS[option]}."
        slips.append((plain + len(blocks), text))
    if option == "A":
        slips += [
            (right - 2, "The stem convolution and the dense head are layers with weights too."),
            (right - 1, "One is missing: both the stem convolution and the dense head count."),
            (right + 1, "That is one too many: pooling has no weights, and no layer counts twice."),
        ]
    slips += [
        (2 * right - plain, "A projection is one convolution, not two."),
        (_count(blocks, other, option), f"Those are the convolutions of {other} blocks."),
        (sum(blocks), "That is the number of blocks; each block holds several convolutions."),
    ]
    for number in dict(slips):  # several mistakes may give one number
        yield number, " Or: ".join(text for wrong, text in slips if wrong == number)


def stage_macs(answer) -> None:
    """Judge `stage_macs(blocks, width, channels, size, stride_on, groups)`."""
    rng = fresh_cases()
    names = ("blocks", "width", "channels", "size", "stride_on", "groups")
    cases = list(STAGES)
    for stride_on in ("1x1", "3x3"):
        width = int(8 * rng.integers(1, 5))
        size = tuple(int(2 * n) for n in rng.choice(range(2, 15), 2, replace=False))
        channels = int(8 + 16 * rng.integers(5))  # odd times 8, so never 4 * width
        cases.append((int(rng.integers(2, 6)), width, channels, size, stride_on, 8))
    for case in cases:
        arguments = dict(zip(names, case, strict=True))
        rows = _stage(arguments)
        expect_number(answer, arguments, _sum(rows), _macs_slips(rows, arguments))
    passed("stage_macs", "Each convolution at the size of the map that it writes.")


def _macs_slips(rows, arguments):
    """Yield wrong numbers and the misunderstanding that leads to each."""
    yield EXAMPLE, "That is the number of the example, which has other arguments."
    for changed, text in (
        *_group_slips(rows, arguments["groups"]),
        *_shortcut_slips(rows, arguments),
        *_size_slips(rows, arguments),
        *_block_slips(rows, arguments),
        ([row | {"k": 1} for row in rows], "A 3x3 filter has nine products per channel."),
        ([row | {"out": (1, 1)} for row in rows], "Those are weights; each works on every pixel."),
    ):
        yield _sum(changed), text
    biased = _sum(rows) + sum(_area(row["out"]) * row["filters"] for row in rows)
    yield 2 * _sum(rows), "That is twice the multiply-adds: one MAC is a product and its sum."
    yield 4 * _sum(rows), "`size` is the map that the stage reads; what it puts out is smaller."
    yield biased, "Biases are not counted here."


def _change(rows, endings, **new):
    """Return the rows, those whose name ends so with something changed."""
    return [row | new if row["name"].endswith(endings) else row for row in rows]


def _group_slips(rows, groups):
    ignored = "divide the 3x3 convolution by groups."
    yield (
        _change(rows, "conv2", groups=1),
        f"A grouped filter reads only its own group's channels: {ignored}",
    )
    more = [("conv1",), ("conv3",), ("conv1", "conv3"), ("skip",), ("conv1", "conv3", "skip")]
    for endings in more:
        yield (
            _change(rows, endings, groups=groups),
            "Only the 3x3 convolution is grouped; the 1x1 convolutions and the projection read "
            "all channels.",
        )
    yield (
        _change(rows, "conv2", groups=groups**2),
        "Each of the `groups` parts has width/groups channels in and out: all together "
        "divide by groups once.",
    )
    first = [row if row["name"].startswith("block1_") else row | {"groups": 1} for row in rows]
    yield first, f"In every block, not in the first one only, {ignored}"


def _shortcut_slips(rows, arguments):
    residual = [row for row in rows if not row["name"].endswith("skip")]
    yield residual, "The projection of the first block is missing: its shape changes."
    yield (
        _stage(arguments, shortcut="projection_all"),
        "That projects in every block; option B projects in the first only.",
    )
    yield (
        _change(rows, "skip", out=arguments["size"]),
        "The projection has stride 2 too, so it writes the small map.",
    )


def _size_slips(rows, arguments):
    size, stride_on = arguments["size"], arguments["stride_on"]
    small = {"out": tuple(n // 2 for n in size)}
    early = "In the first block a convolution before the stride still works on the large map"
    if stride_on == "3x3":
        text = "The 3x3 convolution that has the stride writes the small map."
        yield _change(rows, "block1_conv2", out=size), text
        yield [row | small for row in rows], f"That is the stride on the 1x1 convolution. {early}."
        body = [row | small for row in rows if not row["name"].endswith("skip")]
        yield body, f"{early}, and the projection is missing."
    else:
        text = "That is the count with the stride on the 3x3 convolution."
        yield _stage(arguments | {"stride_on": "3x3"}), text
    text = "No layer has stride 2 here: after it the map has half the sides."
    yield [row | {"out": size} for row in rows], text
    yield (
        [row | {"out": row["read"]} for row in rows],
        "A convolution is computed once for each pixel that it writes, not for each that it reads.",
    )
    for side in size:
        square = _stage(arguments | {"size": (side, side)})
        yield square, "The map need not be square: its pixels are height times width."


def _block_slips(rows, arguments):
    first = [row for row in rows if row["name"].startswith("block1_")]
    yield first, "Those are the multiply-adds of the first block alone."
    yield (
        first * arguments["blocks"],
        "That is the first block several times. The later ones read 4 * width channels, on the "
        "small map, and have no projection.",
    )
    later = [row["name"] for row in rows if row["name"].endswith("conv1")][1:]
    yield (
        _change(rows, tuple(later), channels=arguments["channels"]),
        "The first block puts out 4 * width channels; that is what the later ones read.",
    )


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
