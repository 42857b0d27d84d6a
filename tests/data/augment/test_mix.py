"""Mixed images have mixed labels: shares by hand, their distribution, and exact areas."""

import keras
import numpy as np
import pytest
import scipy.stats

from course_lib.data.augment import CutMix, MixUp
from course_lib.data.augment.mix import shares_of_classes

# Image i holds the value i / 8 everywhere, so that a mean says which images are in it.
IMAGES = np.repeat(np.arange(4, dtype="float32") / 8, 30).reshape(4, 5, 6, 1)
LABELS = np.array([0, 1, 2, 2])


def generator():
    return np.random.default_rng(10)


def test_mixup_by_hand():
    images, labels = MixUp(3).apply(IMAGES, LABELS, [1, 2, 3, 0], [0.25, 1.0, 0.5, 0.0])
    np.testing.assert_allclose(images[:, 0, 0, 0] * 8, [0.75, 1.0, 2.5, 0.0])
    np.testing.assert_allclose(labels, [[0.25, 0.75, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]])
    assert labels.dtype == np.float32


def test_mixup_stays_in_range_and_keeps_what_it_does_not_mix():
    """Pairs and shares near 0, 1/2 and 1, where products round up and down."""
    near = np.nextafter(np.float32([0, 0.25, 0.5, 1, 1]), np.float32([1, 1, 0, 0, 2]))
    values = np.minimum(np.concatenate([near, [0, 1 / 3, 0.1, 0.7]]), 1).astype("float32")
    first, second, shares = (
        grid.ravel() for grid in np.meshgrid(values, values, np.append(values, 1))
    )
    images = np.concatenate([first, second])[:, None, None, None]
    partners = np.roll(np.arange(len(images)), len(first))
    shares = np.concatenate([shares, np.ones_like(shares)]).astype("float32")
    mixed, _ = MixUp(2).apply(images, np.zeros(len(images), int), partners, shares)
    assert mixed.min() >= 0.0
    assert mixed.max() <= 1.0
    np.testing.assert_array_equal(mixed[shares == 1], images[shares == 1])


def test_cutmix_by_hand():
    """Boxes of 2x3, none and all of 5x6 pixels."""
    boxes = np.array([[1, 2, 2, 3], [4, 4, 0, 0], [0, 0, 5, 6], [0, 0, 5, 3]])
    images, labels = CutMix(3).apply(IMAGES, LABELS, [3, 2, 0, 1], boxes)
    assert np.argwhere(images[0, ..., 0] * 8 == 3).tolist() == [
        [y, x] for y in (1, 2) for x in (2, 3, 4)
    ]
    assert images[0].sum() * 8 == 6 * 3
    np.testing.assert_allclose(
        labels, [[24 / 30, 0, 6 / 30], [0, 1, 0], [1, 0, 0], [0, 0.5, 0.5]], rtol=1e-6
    )


@pytest.mark.parametrize("mixing", [MixUp(4, alpha=1.0), CutMix(4)])
def test_labels_are_the_shares_of_the_images(mixing):
    """Image of class c holds 1 in channel c alone, so the mean of a channel is its share."""
    classes = np.arange(400) % 4
    images = np.ones((400, 7, 9, 1), "float32") * np.eye(4, dtype="float32")[classes][:, None, None]
    found, labels = mixing(images, classes, generator())
    np.testing.assert_allclose(found.mean(axis=(1, 2)), labels, atol=1e-6)
    np.testing.assert_allclose(labels.sum(axis=1), 1.0, atol=1e-6)
    assert np.mean((labels > 0).sum(axis=1) == 2) > 0.5


@pytest.mark.parametrize("alpha", [0.2, 1.0, 3.0])
def test_shares_are_beta_distributed_and_partners_a_permutation(alpha):
    partners, shares = MixUp(3, alpha).draw(generator(), (4000, 5, 5, 1))
    assert scipy.stats.kstest(shares, "beta", args=(alpha, alpha)).pvalue > 1e-3
    np.testing.assert_array_equal(np.sort(partners), np.arange(4000))


def test_cutmix_boxes_have_the_drawn_area_where_the_edge_cuts_none():
    """With alpha 1 shares are even, so a side, sqrt(1 - share), is below s with probability s^2."""
    _, boxes = CutMix(3).draw(generator(), (20_000, 1000, 500, 1))
    top, left, height, width = boxes.T
    assert (top + height <= 1000).all()
    assert (left + width <= 500).all()
    inside = (top > 0) & (top + height < 1000) & (left > 0) & (left + width < 500)
    np.testing.assert_allclose(height[inside] / 1000, width[inside] / 500, atol=0.003)
    # A center in the middle 20 % of both axes cuts nothing off boxes of side below 0.8.
    middle = (np.abs(top + height / 2 - 500) < 100) & (np.abs(left + width / 2 - 250) < 50)
    side = height[middle & (height < 800)] / 1000
    assert np.mean(side < 0.4) == pytest.approx(0.25, abs=0.06)


def test_mixed_labels_can_be_mixed_again():
    _, labels = MixUp(3, 1.0)(IMAGES, LABELS, generator())
    _, again = CutMix(3)(IMAGES, labels, generator())
    np.testing.assert_allclose(again.sum(axis=1), 1.0, atol=1e-6)


def test_the_loss_of_mixed_labels_is_the_mean_of_both_losses():
    """That of Keras that the module names: linear in the labels."""
    loss = keras.losses.CategoricalCrossentropy()
    sparse = keras.losses.SparseCategoricalCrossentropy()
    predicted = np.array([[0.2, 0.5, 0.3]], "float32")
    mixed = loss(np.array([[0.25, 0.75, 0.0]], "float32"), predicted)
    first, second = (float(sparse(np.array([c]), predicted)) for c in (0, 1))
    assert float(mixed) == pytest.approx(0.25 * first + 0.75 * second, rel=1e-5)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.array([0, 3]), r"whole numbers from 0 to 2, .*int64 from 0 to 3"),
        (np.array([-1, 0]), "from -1 to 0"),
        (np.array([0.0, 1.0]), "float64"),
        (np.zeros((2, 4)), r"got \(2, 4\)"),
    ],
)
def test_labels_that_are_no_classes_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        shares_of_classes(labels, 3)
