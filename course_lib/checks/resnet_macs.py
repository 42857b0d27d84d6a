"""Check of the question of the resnet exercises that asks for multiply-adds.

What is expected comes from the blocks of the course, as in `course_lib.checks.resnet_counts`.
"""

import keras

from course_lib.checks.cases import case
from course_lib.checks.resnet_counts import recorder
from course_lib.checks.verdict import expect_number, fresh_cases, passed
from course_lib.nets.resnet import bottleneck_block

STAGES: tuple[tuple, ...] = (  # every slip is told apart from the others in one of these
    (1, 8, 40, (8, 6), "3x3", 1),
    (3, 8, 24, (8, 12), "1x1", 1),
    (2, 16, 24, (20, 12), "3x3", 8),
    (4, 16, 24, (4, 10), "1x1", 2),
)
EXAMPLE = 22272  # that the notebook gives
LAYERS = {"conv1": "1x1", "conv2": "3x3", "conv3": "second 1x1", "skip": "projection"}


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
    for asked in cases:
        arguments = dict(zip(names, asked, strict=True))
        rows = _stage(arguments)
        with case(f"the stride on the {arguments['stride_on']} convolution"):
            slips = _macs_slips(rows, arguments)
            expect_number(answer, arguments, _sum(rows), slips, _parts(rows))
    passed("stage_macs", "Each convolution at the size of the map that it writes.")


def _parts(rows) -> str:
    """Return what each layer of the first block comes to, to be read beside the sum."""
    found = {row["name"]: f"{_sum([row]):,}" for row in rows}
    return "In the first block: " + ", ".join(
        f"{text} {found[f'block1_{name}']}" for name, text in LAYERS.items()
    )


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
    put_out = sum(_area(row["out"]) * row["filters"] for row in rows if row["name"][-1] == "3")
    yield _sum(rows) + put_out, "Additions are not counted here, that of the shortcut included."
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
    for channels in (arguments["channels"], arguments["width"]):
        yield (
            _change(rows, tuple(later), channels=channels),
            "The first block puts out 4 * width channels; that is what the later ones read.",
        )


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
            conv=recorder(rows, arguments["groups"]),
        )
    return rows


def _sum(rows) -> int:
    return sum(
        _area(row["out"]) * row["k"] ** 2 * row["channels"] * row["filters"] // row["groups"]
        for row in rows
    )


def _area(size) -> int:
    return size[0] * size[1]
