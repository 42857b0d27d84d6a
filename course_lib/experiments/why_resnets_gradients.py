"""How gradients change with depth: their size by layer, and how alike they are for like images.

Balduzzi et al., "The shattered gradients problem", ICML 2017, section 2: with depth the gradients
of plain nets with respect to neighboring inputs lose their correlation, those of residual nets
much less.  Both are read at the start and after a short training at one fixed learning rate.
"""

from functools import partial

import keras
import numpy as np
from keras import layers

from course_lib.data import Split
from course_lib.experiments.parts import small_garments, trained
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.experiments.why_resnets import build
from course_lib.gradients import gradient_norms, gradients

DEPTHS = (8, 20, 32, 56)
PAIRS = 32  # images whose gradients are compared with those of a neighbor
NEAR = 0.05  # standard deviation of what makes an image its neighbor, of pixels in [0, 1]
ARMS = {
    f"{kind}{'_bn' if normalized else ''}_{depth}": {
        "label": f"{kind}{', BN' if normalized else ', no BN'}, {depth} layers",
        "kind": f"{kind}{', BN' if normalized else ', no BN'}",
        "depth": depth,
        "shortcut": "none" if kind == "plain" else "zero_pad",
        "normalized": normalized,
        "zeroed": False,
        "learning_rate": 0.01,
    }
    for kind in ("plain", "residual")
    for normalized in (False, True)
    for depth in DEPTHS
}


class Images(layers.Layer):
    """Give images that are weights of the net, so that their gradient can be read like any other.

    Args:
        images: (B, H, W, C).
    """

    def __init__(self, images, **kwargs):
        super().__init__(**kwargs)
        self.images = images

    def build(self, input_shape):
        self.pixels = self.add_weight(self.images.shape, initializer="zeros", name="pixels")
        self.pixels.assign(self.images)

    def compute_output_shape(self, input_shape):
        return self.pixels.shape

    def call(self, x):
        return self.pixels + 0.0 * x


def trial(settings, run, splits):
    """Measure one net at the start, train it, and measure it again."""
    make = partial(build, settings)
    norms = kernel_norms(make, run, splits["train"])
    likeness = neighbor_correlation(make, run, splits["train"])
    result = trained(make, run, splits)
    learned = result.model.get_weights()

    def again():
        net = make()
        net.set_weights(learned)
        return net

    after = kernel_norms(again, run, splits["train"])
    return {
        "norms": norms,
        "first_over_last": norms[0] / norms[-1],
        "log10_first_over_last": float(np.log10(norms[0] / norms[-1])),
        "neighbor_correlation": likeness,
        "norms_after": after,
        "log10_first_over_last_after": float(np.log10(after[0] / after[-1])),
        "neighbor_correlation_after": neighbor_correlation(again, run, splits["train"]),
        "train_error": result.curve[-1][2],
    }


def kernel_norms(make, run, split):
    """Return the norm of the gradient of each convolution's kernel, from the first to the last."""
    norms = gradient_norms(make, split, batch_size=run.batch_size, seed=run.seed)
    return [
        # A gradient that is zero has a logarithm, too, and so has one that is no number any more
        max(norm, 1e-30) if np.isfinite(norm) else 1e30
        for path, norm in norms.items()
        if path.endswith("conv/kernel")
    ]


def neighbor_correlation(make, run, split):
    """Return the mean correlation of the gradients at an image and at a neighbor of it."""
    draw = np.random.default_rng([run.seed, 2])
    first = split.images[draw.choice(len(split), PAIRS, replace=False)]
    second = first + draw.normal(0.0, NEAR, first.shape).astype("float32")
    both = np.concatenate([first, second])

    def on_images():
        net = make()
        return keras.Model(net.input, net(Images(both, name="images")(net.input)))

    labels: np.ndarray = np.zeros(
        len(both), "int32"
    )  # one class, so that both gradients ask for the same
    found = gradients(on_images, Split(both, labels), batch_size=len(both), seed=run.seed)
    pixels = next(value for path, value in found.items() if path.endswith("pixels"))
    a, b = np.split(pixels.reshape(len(both), -1).astype("float64"), 2)
    return float(np.mean([_correlation(x, y) for x, y in zip(a, b, strict=True)]))


def _correlation(x, y):
    """Return the correlation of two vectors, 0 where one does not vary or is no number."""
    x, y = x - x.mean(), y - y.mean()
    scale = np.linalg.norm(x) * np.linalg.norm(y)
    return float(x @ y / scale) if scale and np.isfinite(scale) else 0.0


EXPERIMENT = Experiment(
    name="why_resnets_gradients",
    chapter="modern/why_resnets",
    question="Do gradients vanish with depth, explode, or lose their likeness?",
    metric="log10_first_over_last",
    arms=ARMS,
    comparisons={
        "vanish_without_bn": Comparison("plain_56", "plain_8", "less", "log10_first_over_last"),
        "vanish_with_bn": Comparison("plain_bn_56", "plain_bn_8", "less", "log10_first_over_last"),
        "shatter_with_depth": Comparison(
            "plain_bn_56", "plain_bn_8", "less", "neighbor_correlation"
        ),
        "shortcuts_keep_likeness": Comparison(
            "residual_bn_56", "plain_bn_56", "greater", "neighbor_correlation"
        ),
        "shortcuts_keep_likeness_after": Comparison(
            "residual_bn_56", "plain_bn_56", "greater", "neighbor_correlation_after"
        ),
    },
    rates=(),
    steps=50,
    batch_size=64,
    load=small_garments,
    trial=trial,
)
