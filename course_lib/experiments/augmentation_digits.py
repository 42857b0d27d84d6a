"""Which random changes of few digits lower the error, and which spoil their labels.

Simard, Steinkraus, Platt, ICDAR 2003, section 2, expand the set of digits by shifts, rotations and
warps.  A mirrored or turned digit is another one or none.  The nets are judged on the test images
as they are, and shifted.
"""

import keras
import numpy as np
from keras import layers

from course_lib.data import Split, digits, shrink
from course_lib.data.augment.augmentation import Augmentation, Compose, PerImage
from course_lib.data.augment.crop import Mirror, RandomCrop
from course_lib.data.augment.erase import Cutout
from course_lib.data.augment.warp import Affine
from course_lib.evaluate.classify import error
from course_lib.experiments.nin import shifted
from course_lib.experiments.parts import errors_and_curve, trained
from course_lib.experiments.plan import Comparison, Experiment

SIZES = (200, 1_000)  # images to train on


class UpsideDown(PerImage):
    """Turn some images by half a turn: a change that keeps few labels."""

    def draw(self, generator, shape):
        return (generator.random(shape[0]) < 0.5,)

    def apply(self, images, turned):
        result = images.copy()
        result[turned] = images[turned][:, ::-1, ::-1]
        return result


CHANGES: dict[str, tuple[str, Augmentation | None]] = {
    "none": ("none", None),
    "shift": ("shift by 1 pixel", RandomCrop(14, padding=1)),
    "turn": ("rotation to 15 degrees", Affine(degrees=15.0)),
    "erase": ("cutout of 5x5", Cutout(5)),
    "all": ("shift, rotation, cutout", Compose(RandomCrop(14, padding=1), Affine(15.0), Cutout(5))),
    "mirror": ("mirror", Mirror()),
    "upside_down": ("half a turn", UpsideDown()),
}
ARMS = {
    f"{change}_{size}": {
        "label": f"{label}, {size} images",
        "kind": label,
        "change": change,
        "images": size,
    }
    for size in SIZES
    for change, (label, _) in CHANGES.items()
}


def load():
    """Return the digits, averaged to 14x14 pixels."""
    data = digits()
    splits = {"train": data.train, "validation": data.validation, "test": data.test}
    return {name: Split(shrink(s.images, 2), s.labels) for name, s in splits.items()}


def build():
    """Return two convolutions with pooling and two dense layers."""
    image = keras.Input((14, 14, 1), name="image")
    x = image
    for stage, width in ((1, 16), (2, 32)):
        x = layers.Conv2D(width, 3, padding="same", activation="relu", name=f"stage{stage}_conv")(x)
        x = layers.MaxPooling2D(name=f"stage{stage}_pool")(x)
    x = layers.Flatten(name="head_flatten")(x)
    x = layers.Dense(64, activation="relu", name="head_hidden")(x)
    return keras.Model(image, layers.Dense(10, activation="softmax", name="head_fc")(x))


def trial(settings, run, splits):
    """Train one net on few images, changed anew in each round; return its errors."""
    few = drawn(splits["train"], settings["images"], run.seed)
    own = splits | {"train": few}
    change = CHANGES[settings["change"]][1]
    result = trained(build, run, own, optimizer="adam", augment=change)
    moved = {
        f"{name}_error_shifted": error(result.model, shifted(splits[name]))
        for name in ("validation", "test")
        if name in splits
    }
    return errors_and_curve(result, own) | moved


def drawn(split, amount, seed):
    """Return as many images of each class, drawn by a seed; a larger amount holds the smaller."""
    order = np.random.default_rng([seed, 3]).permutation(len(split))
    classes = np.unique(split.labels)
    rows = [order[split.labels[order] == c][: amount // len(classes)] for c in classes]
    rows = np.concatenate(rows)
    return Split(split.images[rows], split.labels[rows])


def predictions() -> dict[str, Comparison]:
    """Return what textbooks expect: changes that keep the label help, others do harm."""
    helpful = {
        f"{change}_{size}": Comparison(f"{change}_{size}", f"none_{size}", "less", "test_error")
        for size in SIZES
        for change in ("shift", "turn", "erase", "all")
    }
    harmful = {
        f"{change}_{size}": Comparison(f"{change}_{size}", f"none_{size}", "greater", "test_error")
        for size in SIZES
        for change in ("mirror", "upside_down")
    }
    on_shifted = {
        f"shift_{size}_shifted": Comparison(
            f"shift_{size}", f"none_{size}", "less", "test_error_shifted"
        )
        for size in SIZES
    }
    return helpful | harmful | on_shifted


EXPERIMENT = Experiment(
    name="augmentation_digits",
    chapter="practice/augmentation",
    question="Which random changes of few digits lower the error, and which raise it?",
    metric="test_error",
    arms=ARMS,
    comparisons=predictions(),
    rates=(0.0003, 0.001, 0.003, 0.01),
    steps=400,
    batch_size=50,
    load=load,
    trial=trial,
)
