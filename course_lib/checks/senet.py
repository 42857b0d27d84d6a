"""Checks of the exercises on squeeze and excitation: one function a question, and the hints."""

from course_lib.checks.senet_block import se_block
from course_lib.checks.senet_cost import se_resnet_cost
from course_lib.checks.senet_diagnosis import diagnosis
from course_lib.checks.senet_weights import se_weights
from course_lib.checks.verdict import Hints
from course_lib.progress import Progress

__all__ = [
    "diagnosis",
    "hint",
    "progress",
    "se_block",
    "se_resnet_cost",
    "se_weights",
]

hint = Hints(
    {
        "se_weights": (
            "How many units does the first dense layer have, and which two layers do they join?",
            "A gate is an hourglass: C lines come in at the top, few leave the waist, C lines "
            "leave at the bottom. Every line at the top meets every line at the waist, and so "
            "below. Each block of the net has an hourglass of its own.",
            "waist = lambda channels: max(least, channels // ratio)",
        ),
        "se_block": (
            "Three images go in. Which shape do the gates have, and which axis of x does each of "
            "their axes meet?",
            "For each image lies a stack of transparent maps. A small desk looks at a few numbers "
            "of the whole stack, and turns a knob beside each map: 0 is dark, 1 is clear. One knob "
            "serves all the pixels it belongs to, and no knob serves two images.",
            "narrow = layers.Dense(x.shape[-1] // ratio, use_bias=False)",
        ),
        "se_resnet_cost": (
            "How many pixels and channels has the map that the gate of the first block of a stage "
            "reads, and the gate of the second?",
            "Walk through the net with two numbers in your hand, side and channels. At each block "
            "write down what its gate sees from where it stands, then what the block hands on. "
            "Behind the squeeze a map is one pixel.",
            "before, after = (side, channels), (side // 2, 4 * stages[0][1])",
        ),
        "diagnosis": (
            "What comes out, divided by what went in, is the gate of that value. For whom is it "
            "the same?",
            "Take three images of different brightness. Lay the gates of a piece out: are those of "
            "one channel alike, those of one image's channels free of each other, those of two "
            "images different? Then count the weights.",
            "gate_of = lambda block, images: block(images) / images",
        ),
    }
)

progress = Progress(__name__, globals())
