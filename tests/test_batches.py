"""Batches: each image once a round, whole, and the same for whoever asks."""

import numpy as np
import pytest

from course_lib.batches import Batches
from course_lib.data import Split

DRAW = np.random.default_rng(0)
LABELS = np.arange(60, dtype="int32") % 2
IMAGES = (DRAW.random((60, 2, 2, 1)) * 0.2 + LABELS[:, None, None, None] * 0.8).astype("float32")
SPLIT = Split(IMAGES, LABELS)


def test_a_batch_depends_on_seed_and_number_only():
    def shake(images, labels, draw):
        return images + draw.random(), labels

    one, two = (Batches(SPLIT, batch_size=20, seed=0, augment=shake) for _ in range(2))
    forwards = [one[number][0] for number in range(5)]
    backwards = [two[number][0] for number in reversed(range(5))]
    np.testing.assert_array_equal(forwards, backwards[::-1])
    other = Batches(SPLIT, batch_size=20, seed=1, augment=shake)
    assert (other[0][0] != forwards[0]).any()


def test_an_image_may_be_changed_in_place():
    def blacken(images, labels, draw):
        images[:] = 0.0
        return images, labels

    Batches(SPLIT, batch_size=20, seed=0, augment=blacken)[0]
    assert SPLIT.images.min() > 0.0


def test_augmentation_draws_anew_for_each_batch_and_leaves_the_order_alone():
    plain = Batches(SPLIT, batch_size=20, seed=0)
    noisy = Batches(
        SPLIT,
        batch_size=20,
        seed=0,
        augment=lambda images, labels, draw: (images + draw.random(), labels),
    )
    added = []
    for i in range(3):
        (images, labels), (changed, same) = plain[i], noisy[i]
        np.testing.assert_array_equal(labels, same)
        added.append(np.unique((changed - images).round(5)))
    assert all(len(values) == 1 for values in added)
    assert len({float(values[0]) for values in added}) == 3


def test_batches_show_each_image_once_a_round():
    batches = Batches(SPLIT, batch_size=20, seed=0)
    first = np.concatenate([batches[i][0].ravel() for i in range(3)])
    second = np.concatenate([batches[i][0].ravel() for i in range(3, 6)])
    np.testing.assert_array_equal(np.sort(first), np.sort(IMAGES.ravel()))
    np.testing.assert_array_equal(np.sort(second), np.sort(IMAGES.ravel()))
    assert (first != second).any()


def test_batches_keep_images_with_their_labels():
    batches = Batches(SPLIT, batch_size=20, seed=0)
    for i in range(3):
        images, labels = batches[i]
        np.testing.assert_array_equal(images.mean(axis=(1, 2, 3)) > 0.5, labels == 1)


def test_batches_are_whole_when_they_do_not_divide_the_images():
    batches = Batches(SPLIT, batch_size=25, seed=0)
    assert {len(batches[i][1]) for i in range(8)} == {25}


def test_what_is_left_over_has_its_turn_in_another_round():
    batches = Batches(SPLIT, batch_size=25, seed=0)
    rounds = [{float(x) for i in (n, n + 1) for x in batches[i][0][:, 0, 0, 0]} for n in (0, 2, 4)]
    assert [len(images) for images in rounds] == [50, 50, 50]
    assert len(set.union(*rounds)) == 60


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"batch_size": 61}, "batch_size must be between 1 and 60, got 61"),
        ({"batch_size": 0}, "batch_size must be between 1 and 60, got 0"),
        ({"seed": -1}, "seed must be at least 0, got -1"),
    ],
)
def test_wrong_settings_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        Batches(SPLIT, **({"batch_size": 10, "seed": 0} | changes))
