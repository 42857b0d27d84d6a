"""Checks of the exercises on residual networks: one function a question, and the hints.

Models are compared with the references of `course_lib.checks.resnet_blocks`, numbers with what
the blocks of `course_lib.nets.resnet` do, choices with fingerprints.
"""

import re
from functools import partial

from course_lib.checks import resnet_blocks as blocks
from course_lib.checks import resnet_faults as faults
from course_lib.checks.agreement import explained, judge_model
from course_lib.checks.cases import case
from course_lib.checks.resnet_counts import layer_count
from course_lib.checks.resnet_diagnosis import diagnosis
from course_lib.checks.resnet_macs import stage_macs
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import Hints, WrongAnswer, fresh_cases, passed
from course_lib.progress import Progress

__all__ = [
    "bottleneck_block",
    "diagnosis",
    "hint",
    "layer_count",
    "progress",
    "residual_block",
    "shortcut",
    "stage_macs",
]

EITHER = "The shape changes when stride > 1 OR the channels differ: either is reason to project"
SHAPES = (
    f"The paths that meet in the sum have different shapes. {EITHER}. If yours does, count the "
    "strides of the residual: one convolution has it"
)
ASIDE = {  # what decides the shape of a shortcut
    "A": "Option A makes one pixel of each window and adds whole channels of zeros; nothing is "
    "added at the sides of the map",
    "B": EITHER,
    "C": "Option C projects always, and its map shrinks with the stride",
}

KINDS = {  # does the map shrink, do the channels change
    (False, False): "blocks that keep the shape",
    (False, True): "blocks that change the channels alone",
    (True, False): "blocks that shrink the map alone",
    (True, True): "blocks that do both",
}


def shortcut(answer, variant="split") -> None:
    """Judge `shortcut(x, channels, stride, option)`."""
    chosen(blocks.SHORTCUT, variant)
    rng = fresh_cases()
    c = int(rng.integers(3, 6))
    for stride, more, options in ((2, 4, "ABC"), (1, 2, "AB"), (3, 0, "AB"), (1, 0, "ABC")):
        for option in options:
            with case(f"option {option}"):
                _shaped(
                    answer,
                    partial(blocks.shortcut, variant=variant),
                    shape=(6 * stride, 4 * stride, c),
                    arguments={"channels": c + more, "stride": stride, "option": option},
                    faults=faults.shortcut(variant, option),
                    rng=rng,
                )
    passed("shortcut", "A adds no weights, B projects where shapes differ, C everywhere.")


def _shaped(answer, reference, **contract):
    """Judge a shortcut; where its shape is wrong, say what decides the shape."""
    try:
        judge_model(answer, reference, **contract)
    except WrongAnswer as wrong:
        if re.search(r"\) maps \(", str(wrong)):
            aside = ASIDE[contract["arguments"]["option"]]
            raise WrongAnswer(f"{wrong}. {aside}") from wrong.__cause__
        raise


def residual_block(answer, variant="first") -> None:
    """Judge `residual_block(x, width, stride)`."""
    chosen(blocks.RESIDUAL, variant)
    rng = fresh_cases()
    width = int(rng.integers(11, 14))
    for channels, stride in ((width - 1, 2), (width, 1), (width - 1, 1), (width, 2)):
        _judge_block(
            answer,
            partial(blocks.residual_block, variant=variant),
            KINDS[stride > 1, channels != width],
            shape=(7, 9, channels),
            arguments={"width": width, "stride": stride},
            faults=faults.residual(variant),
            rng=rng,
        )
    passed("residual_block", "relu(F(x) + x), with a projection only where the shape changes.")


def bottleneck_block(answer, variant="middle") -> None:
    """Judge `bottleneck_block(x, width, expansion, stride)`."""
    chosen(blocks.BOTTLENECK, variant)
    rng = fresh_cases()
    width = int(rng.integers(4, 6))
    for channels, expansion, stride in (
        (2 * width + 1, 2, 2),
        (2 * width, 2, 1),
        (2 * width + 1, 3, 1),
        (3 * width, 3, 2),
    ):
        _judge_block(
            answer,
            partial(blocks.bottleneck_block, variant=variant),
            KINDS[stride > 1, channels != width * expansion],
            shape=(14, 6, channels),
            arguments={"width": width, "expansion": expansion, "stride": stride},
            faults=faults.bottleneck(variant),
            rng=rng,
            variants=({"padding": "same"}, {"padding": "symmetric"})[:stride],
        )
    passed("bottleneck_block", "No pixel is dropped unread: the 3x3 and the windows see them all.")


def _judge_block(answer, reference, kind, **contract):
    with case(kind), explained(SHAPES):
        judge_model(answer, reference, **contract)


hint = Hints(
    {
        "layer_count": (
            "Which layers of the net have a kernel? In which blocks does the shortcut have one?",
            "Walk along the net with the number of channels on a slip of paper. Each block adds "
            "two or three convolutions; where the number on the slip changes, or the map shrinks, "
            "the shortcut of option B adds one more. Look twice at the very first block.",
            'inside = {"basic": 2, "bottleneck": 3}[kind]',
        ),
        "stage_macs": (
            "How often is one filter applied, and how many products is one application?",
            "Draw the first block as four boxes: three convolutions and the projection. Write on "
            "each the sides of the map that it writes, large or halved, and the channels on both "
            "of its sides. The other blocks are three boxes each, all on the small map.",
            "rows, columns = size[0] // 2, size[1] // 2",
        ),
        "shortcut": (
            "For which of the three options can the function return x itself, and when?",
            "Option A: lay a grid of stride x stride tiles over each map and paint each tile in "
            "the one colour that the task names; then add blank sheets to the pile, where the task "
            "wants them. Options B and C: one 1x1 convolution and its normalization; the task says "
            "what makes the map smaller.",
            "fits = stride == 1 and x.shape[-1] == channels",
        ),
        "residual_block": (
            "Which two paths lead from x to the sum, and when do their ends differ in shape?",
            "Two roads leave x. On the long one stand three convolutions, each with its "
            "normalization, and a ReLU after the first and the second. The short one is empty, or "
            "has one 1x1 convolution and its normalization. The roads meet in a sum; the last ReLU "
            "stands behind the crossing.",
            'conv = lambda x, k, step: layers.Conv2D(width, k, step, "same", use_bias=False)(x)',
        ),
        "bottleneck_block": (
            "Which pixels of x does a 1x1 convolution with stride 2 never read?",
            "On the long road two convolutions work on few channels and the last one widens again; "
            "the map shrinks at the 3x3. On the short road, where the map shrinks, four pixels "
            "become one, and a 1x1 convolution without stride sets the channels; which of the two "
            "comes first, the task says.",
            "changes = stride != 1 or x.shape[-1] != width * expansion",
        ),
        "diagnosis": (
            "What would differ if you built the piece and the right code side by side: the output "
            "shape, the weights, the multiply-adds, or only the values?",
            "Follow three threads with a finger: the stride from the argument to a layer, the "
            "number of channels through the block, and the last ReLU of the residual.",
            "x = keras.Input((8, 8, 16)); measure(keras.Model(x, piece_a(x, 16)))",
        ),
    }
)

progress = Progress(__name__, globals())
