"""What several experiments share: small images, one training, what is measured of every net."""

from collections.abc import Callable, Mapping
from typing import Any

import keras

from course_lib.batches import Augment, Batches
from course_lib.data import Split, fashion_mnist, shrink
from course_lib.evaluate.classify import error
from course_lib.experiments.plan import Measures, Run
from course_lib.train import Recipe, Trained, fit


def small_garments(images: int = 4_000) -> dict[str, Split]:
    """Return the embedded splits of Fashion-MNIST, averaged to 14x14 pixels.

    Args:
        images: how many of the 8,000 training images.
    """
    data = fashion_mnist("embedded")
    splits = {"train": data.train.take(images), "validation": data.validation, "test": data.test}
    return {name: Split(shrink(s.images, 2), s.labels) for name, s in splits.items()}


def few_garments() -> dict[str, Split]:
    """Return what `small_garments` does, with 2,000 images to train on."""
    return small_garments(2_000)


def trained(
    build: Callable[[], keras.Model],
    run: Run,
    splits: Mapping[str, Split],
    *,
    augment: Augment | None = None,
    seconds: float | None = None,
    **recipe: Any,
) -> Trained:
    """Build a net and train it as a run says.

    Args:
        build: returns a fresh classifier that gives probabilities.
        run: learning rate, seed, steps and batch size.
        splits: "train" is used.
        augment: see `course_lib.batches.Batches`.
        seconds: of processor time, instead of the run's steps.
        recipe: see `course_lib.train.Recipe`.
    """
    batches = Batches(splits["train"], batch_size=run.batch_size, seed=run.seed, augment=augment)
    keras.utils.set_random_seed(run.seed)
    return fit(
        build(),
        batches,
        learning_rate=run.learning_rate,
        steps=run.steps,
        seconds=seconds,
        recipe=Recipe(**recipe),
    )


def errors(model: keras.Model, splits: Mapping[str, Split]) -> Measures:
    """Return the error on each split, in inference mode."""
    return {f"{name}_error": error(model, split) for name, split in splits.items()}


def errors_and_curve(result: Trained, splits: Mapping[str, Split]) -> Measures:
    """Return the error on each split, and the curve of the training."""
    return errors(result.model, splits) | {
        "curve_step": [step for step, _, _ in result.curve],
        "curve_error": [wrong for _, _, wrong in result.curve],
    }
