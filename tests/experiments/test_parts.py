"""The shared parts: images of one size, kept apart, and one training for a seed."""

import keras
import numpy as np

from course_lib.experiments.parts import errors_and_curve, few_garments, small_garments, trained
from course_lib.experiments.plan import Run


def build():
    return keras.Sequential(
        [
            keras.Input((14, 14, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


def test_images_are_small_and_splits_whole():
    for load, count in ((small_garments, 4_000), (few_garments, 2_000)):
        assert {name: s.images.shape for name, s in load().items()} == {
            "train": (count, 14, 14, 1),
            "validation": (2_000, 14, 14, 1),
            "test": (3_000, 14, 14, 1),
        }


def test_a_run_is_repeated_by_its_seed_and_measured_on_what_is_given():
    splits = {name: s.take(100) for name, s in few_garments().items() if name != "test"}
    first, again, other = (
        trained(build, Run(0.1, seed, 10, 20), splits, optimizer="adam") for seed in (0, 0, 1)
    )
    assert first.curve == again.curve != other.curve
    measures = errors_and_curve(first, splits)
    assert set(measures) == {"train_error", "validation_error", "curve_step", "curve_error"}
    assert measures["curve_step"] == list(range(1, 11))


def test_a_change_of_the_images_reaches_the_net():
    """With black images only, all that is learned is that classes are equally frequent."""
    splits = {"train": few_garments()["train"].take(100)}
    black = trained(
        build,
        Run(0.1, 0, 10, 20),
        splits,
        augment=lambda images, labels, draw: (np.zeros_like(images), labels),
    )
    assert black.curve[-1][1] > 2.2  # ln 10 = 2.303
