"""Check of the question of the resnet exercises that asks for a number of layers.

What is expected comes from the blocks of `course_lib.nets.resnet`: they are run with a stand-in
for `conv_bn` that notes each convolution.  That keeps the answers from the casual reader of this
file, not from one who calls its helpers.
"""

from functools import cache

import keras

from course_lib.checks.cases import case
from course_lib.checks.verdict import expect_number, fresh_cases, passed
from course_lib.nets.resnet import basic_block, bottleneck_block

OPTIONS = {"A": "zero_pad", "B": "projection", "C": "projection_all"}
PROJECTS = {"A": "nowhere", "B": "only where the shape changes", "C": "in every block"}


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
    for asked in cases:
        arguments = dict(zip(("blocks", "kind", "option"), asked, strict=True))
        with case(f"{asked[1]} blocks, option {asked[2]}"):
            expect_number(answer, arguments, _count(*asked), _count_slips(*asked), _look(asked[2]))
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


def _count(blocks, kind, option) -> int:
    """Count the convolutions and the dense layer of a whole net, as the course builds it."""
    first, others = _of_stages(kind, option)
    stages = [first, *[others] * (len(blocks) - 1)]
    parts = (head + (n - 1) * rest for n, (head, rest) in zip(blocks, stages, strict=True))
    return sum(parts, start=2)  # the stem and the head


@cache
def _of_stages(kind, option) -> list[tuple[int, int]]:
    """Count the convolutions of the first block and of another, in the first stage and a later."""
    x = keras.KerasTensor((None, 32, 32, 64))
    block = basic_block if kind == "basic" else bottleneck_block
    found = []
    for stage in range(2):
        counts = []
        for i in range(2):
            rows: list[dict] = []
            x = block(
                x,
                64 * 2**stage,
                stride=2 if stage and not i else 1,
                shortcut=OPTIONS[option],
                name=f"stage{stage}_block{i}",
                conv=recorder(rows),
            )
            counts.append(len(rows))
        found.append((counts[0], counts[1]))
    return found


def recorder(rows, groups=1):
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
