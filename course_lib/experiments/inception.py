"""Four branches against one kernel size, for equal multiply-adds and for equal time.

Szegedy et al., CVPR 2015, section 4: kernels of several sizes side by side, with 1x1 convolutions
that keep the cost low.  The nets are wide enough for equal multiply-adds within 1.2 %.  Each is
then trained once more for the same seconds of processor time instead of the same steps.
"""

from functools import partial

import keras
from keras import layers

from course_lib.cost import cost
from course_lib.experiments.parts import errors, errors_and_curve, small_garments, trained
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.nets.googlenet import Widths, inception_module
from course_lib.nets.layers import conv_bn, head

STEM = 16  # channels
SECONDS = 6.0  # of training, where time is what the arms have in common
NETS = {
    # name: (label, what a block is, channels of the first block and of the two behind the pooling)
    "inception": ("Inception module", "reduced", (32, 64)),
    "naive": ("module without reductions", "naive", (14, 27)),
    "three": ("3x3", "3", (18, 32)),
    "five": ("5x5", "5", (8, 18)),
    "five_reduced": ("1x1, then 5x5", "1, 5", (21, 34)),
}
ARMS = {
    f"{name}{suffix}": {
        "label": f"{label}{words}",
        "block": block,
        "widths": list(widths),
        "seconds": seconds,
        "timed": seconds is not None,
    }
    for suffix, words, seconds in (("", "", None), ("_timed", ", equal time", SECONDS))
    for name, (label, block, widths) in NETS.items()
}


def build(settings):
    """Return a stem, one block, pooling, two blocks, and a classifier."""
    image = keras.Input((14, 14, 1), name="image")
    first, second = settings["widths"]
    x = conv_bn(image, STEM, 3, name="stem")
    x = block(x, settings["block"], first, "stage1_block1")
    x = layers.MaxPooling2D(name="stage1_pool")(x)
    for i in (1, 2):
        x = block(x, settings["block"], second, f"stage2_block{i}")
    return keras.Model(image, head(x, 10))


def block(x, kind, width, name):
    """Apply one block: an Inception module of either form, or convolutions of one size."""
    quarter, half, eighth = round(width / 4), round(width / 2), round(width / 8)
    if kind == "reduced":
        widths = Widths(quarter, quarter, half, eighth, eighth, eighth)
        return inception_module(x, widths, name=name, conv=conv_bn)
    if kind == "naive":  # Szegedy et al. 2015, figure 2a
        branches = [
            conv_bn(x, channels, kernel, name=f"{name}_{kernel}x{kernel}")
            for channels, kernel in ((quarter, 1), (half, 3), (eighth, 5))
        ]
        pool = layers.MaxPooling2D(3, 1, "same", name=f"{name}_pool")(x)
        return layers.Concatenate(name=f"{name}_out")([*branches, pool])
    if kind == "1, 5":
        x = conv_bn(x, quarter, 1, name=f"{name}_reduce")
    return conv_bn(x, width, int(kind[-1]), name=name)


def trial(settings, run, splits):
    """Train one net once; return its errors, its curve, its cost and the updates it had."""
    result = trained(
        partial(build, settings), run, splits, optimizer="adam", seconds=settings["seconds"]
    )
    counted = cost(result.model)
    # A curve by time has another number of points for each seed.
    measure = errors if settings["seconds"] else lambda *_: errors_and_curve(result, splits)
    return measure(result.model, splits) | {
        "macs": counted.macs,
        "weights": counted.params,
        "updates": result.curve[-1][0],
    }


SINGLE = ("naive", "three", "five", "five_reduced")
EXPERIMENT = Experiment(
    name="inception",
    chapter="modern/inception",
    question="Does an Inception module beat one kernel size for equal multiply-adds, or time?",
    metric="test_error",
    arms=ARMS,
    comparisons={
        f"{name}{suffix}": Comparison(f"inception{suffix}", f"{name}{suffix}", "less", "test_error")
        for suffix in ("", "_timed")
        for name in SINGLE
    },
    rates=(0.001, 0.003, 0.01, 0.03),
    steps=200,
    batch_size=64,
    load=small_garments,
    trial=trial,
)
