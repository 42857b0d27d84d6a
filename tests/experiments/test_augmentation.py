"""The changes of the arms: what they move, and that few images are few."""

import numpy as np
import pytest

from course_lib.experiments import augmentation_digits, augmentation_garments
from course_lib.experiments.augmentation_digits import CHANGES, UpsideDown


def test_half_a_turn_turns_about_half_of_the_images():
    images = np.random.default_rng(0).random((400, 4, 4, 1)).astype("float32")
    found, labels = UpsideDown()(images, np.arange(400), np.random.default_rng(1))
    turned = np.array([not np.array_equal(a, b) for a, b in zip(images, found, strict=True)])
    assert 160 < turned.sum() < 240
    np.testing.assert_array_equal(found[turned], np.rot90(images[turned], 2, axes=(1, 2)))
    np.testing.assert_array_equal(labels, np.arange(400))


@pytest.mark.parametrize("name", [name for name, (_, change) in CHANGES.items() if change])
def test_a_change_keeps_labels_size_and_range_and_does_something(name):
    images = np.random.default_rng(0).random((20, 14, 14, 1)).astype("float32")
    found, labels = CHANGES[name][1](images, np.arange(20), np.random.default_rng(1))
    assert found.shape == images.shape
    assert 0.0 <= found.min() <= found.max() <= 1.0
    assert np.abs(found - images).max() > 0.1
    np.testing.assert_array_equal(labels, np.arange(20))


def test_mirroring_is_to_help_garments_and_to_harm_digits():
    for size in augmentation_digits.SIZES:
        digits, garments = (
            e.EXPERIMENT.comparisons[f"mirror_{size}"].expected
            for e in (augmentation_digits, augmentation_garments)
        )
        assert (digits, garments) == ("greater", "less")


def test_few_images_are_balanced_drawn_by_the_seed_and_part_of_more():
    train = augmentation_digits.load()["train"]
    few, more, other = (
        augmentation_digits.drawn(train, amount, seed)
        for amount, seed in ((200, 0), (1_000, 0), (200, 1))
    )
    assert list(np.bincount(few.labels)) == [20] * 10
    assert list(np.bincount(more.labels)) == [100] * 10
    inside = {image.tobytes() for image in more.images}
    assert {image.tobytes() for image in few.images} <= inside
    assert not {image.tobytes() for image in other.images} <= inside
