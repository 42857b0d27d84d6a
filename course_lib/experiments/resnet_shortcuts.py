"""Options A, B and C: what carries the input past a block whose output has another shape.

He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", CVPR 2016, section 4.1, table
3: with 34 layers on ImageNet, B is slightly better than A and C marginally better than B.
"""

from functools import partial

from course_lib.experiments.parts import errors_and_curve, small_garments, trained
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.nets.resnet_cifar import resnet_cifar

DEPTH = 20
WIDTHS = (8, 16, 32)
ARMS = {
    "option_a": {"label": "A: zero padding", "shortcut": "zero_pad"},
    "option_b": {"label": "B: projection where the shape changes", "shortcut": "projection"},
    "option_c": {"label": "C: projections everywhere", "shortcut": "projection_all"},
}


def build(settings):
    """Return a residual net of 20 layers whose shortcuts are of the arm's option."""
    shortcut = settings["shortcut"]
    return resnet_cifar(DEPTH, input_shape=(14, 14, 1), shortcut=shortcut, widths=WIDTHS)


def trial(settings, run, splits):
    """Train one net once; return its errors and its curve."""
    return errors_and_curve(trained(partial(build, settings), run, splits), splits)


EXPERIMENT = Experiment(
    name="resnet_shortcuts",
    chapter="modern/resnet",
    question="Do projections learn better than zero padding, and where do they pay?",
    metric="train_error",
    arms=ARMS,
    comparisons={
        f"{better}_against_{worse}{suffix}": Comparison(
            f"option_{better}", f"option_{worse}", "less", f"{split}_error"
        )
        for split, suffix in (("train", ""), ("test", "_test"))
        for better, worse in (("b", "a"), ("c", "b"), ("c", "a"))
    },
    rates=(0.01, 0.03, 0.1, 0.3),
    steps=200,
    batch_size=64,
    load=small_garments,
    trial=trial,
)
