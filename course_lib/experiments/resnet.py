"""Degradation: plain against residual nets of four depths.

He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", CVPR 2016, sections 4.1 and
4.2, in small: the nets of section 4.2 with half the channels, on grey images of 14x14 pixels.
The shortcuts are option A, zero padding, so that a plain net and its residual twin have the same
weights in number and in kind.
"""

from functools import partial

from course_lib.data import Split, fashion_mnist, shrink
from course_lib.evaluate.classify import error
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.gradients import gradient_norms
from course_lib.nets.resnet_cifar import resnet_cifar
from course_lib.train import train

DEPTHS = (8, 20, 32, 56)
WIDTHS = (8, 16, 32)
IMAGES = 4_000  # of the embedded training images


def load():
    """Return the embedded splits at 14x14 pixels, 4,000 images to train on."""
    data = fashion_mnist("embedded")
    splits = {"train": data.train.take(IMAGES), "validation": data.validation, "test": data.test}
    return {name: Split(shrink(s.images, 2), s.labels) for name, s in splits.items()}


def trial(settings, run, splits):
    """Train one net once; return its errors, its curve and its first gradients."""
    build = partial(
        resnet_cifar,
        settings["depth"],
        input_shape=splits["train"].images.shape[1:],
        classes=10,
        shortcut=settings["shortcut"],
        widths=WIDTHS,
    )
    norms = gradient_norms(build, splits["train"], batch_size=run.batch_size, seed=run.seed)
    kernels = [norm for path, norm in norms.items() if "conv" in path and path.endswith("kernel")]
    trained = train(
        build,
        splits["train"],
        learning_rate=run.learning_rate,
        steps=run.steps,
        batch_size=run.batch_size,
        seed=run.seed,
    )
    return {
        **{f"{name}_error": error(trained.model, split) for name, split in splits.items()},
        "gradient_first": kernels[0],
        "gradient_last": kernels[-1],
        "curve_step": [step for step, _, _ in trained.curve],
        "curve_error": [wrong for _, _, wrong in trained.curve],
    }


ARMS = {
    f"{kind}_{depth}": {
        "label": f"{kind}, {depth} layers",
        "kind": kind,
        "depth": depth,
        "shortcut": shortcut,
    }
    for kind, shortcut in (("plain", "none"), ("residual", "zero_pad"))
    for depth in DEPTHS
}
COMPARISONS = {
    **{
        f"plain_{depth}_against_8": Comparison(
            f"plain_{depth}", "plain_8", "greater", "train_error"
        )
        for depth in DEPTHS[1:]
    },
    **{
        f"residual_{depth}_against_8": Comparison(
            f"residual_{depth}", "residual_8", "less", "train_error"
        )
        for depth in DEPTHS[1:]
    },
    **{
        f"residual_against_plain_{depth}": Comparison(
            f"residual_{depth}", f"plain_{depth}", "less", "train_error"
        )
        for depth in DEPTHS
    },
}
EXPERIMENT = Experiment(
    name="resnet",
    chapter="modern/resnet",
    question="Is a deeper net harder to train, and do identity shortcuts change that?",
    metric="train_error",
    arms=ARMS,
    comparisons=COMPARISONS,
    rates=(0.01, 0.03, 0.1),
    steps=200,
    batch_size=64,
    load=load,
    trial=trial,
)
