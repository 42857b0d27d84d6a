"""Averages over views, by hand and by one view after the other."""

import keras
import numpy as np
import pytest

from course_lib.evaluate import crops as module
from course_lib.evaluate import predict_crops, predict_views, probabilities

DRAW = np.random.default_rng(0)
IMAGES = DRAW.random((7, 3, 3, 1)).astype("float32")


@pytest.fixture(scope="module")
def net():
    """Reads 2x2 pixels, and left differs from right."""
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.Input((2, 2, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(3, activation="softmax", kernel_initializer="random_normal"),
        ]
    )


def corner(i, j):
    return lambda x: x[:, i : i + 2, j : j + 2]


CORNERS = [corner(i, j) for i in (0, 1) for j in (0, 1)]


def mirrored(x):
    return x[:, :2, :2][:, :, ::-1]


def four(x):
    return np.stack([view(x) for view in CORNERS], axis=1)


def test_crops_and_views_are_the_mean_of_each_view_s_answers(net, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 3)  # the last part is smaller
    wanted = np.mean([probabilities(net, view(IMAGES)) for view in CORNERS], axis=0)
    assert np.ptp([probabilities(net, view(IMAGES)) for view in CORNERS], axis=0).max() > 0.01
    np.testing.assert_allclose(predict_crops(net, IMAGES, four), wanted, rtol=1e-5)
    np.testing.assert_allclose(predict_views(net, IMAGES, CORNERS), wanted, rtol=1e-5)


def test_only_a_few_images_are_cropped_at_a_time(net, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 3)
    seen = []
    predict_crops(net, IMAGES, lambda x: seen.append(len(x)) or four(x))
    assert seen == [3, 3, 1]


def test_mirrored_pairs_get_the_same_answer(net):
    views = [CORNERS[0], mirrored]
    flipped = IMAGES.copy()
    flipped[:, :2, :2] = mirrored(IMAGES)
    one, other = (predict_views(net, x, views) for x in (IMAGES, flipped))
    np.testing.assert_allclose(one, other, rtol=1e-6)


@pytest.mark.parametrize(
    ("crops", "message"),
    [
        (CORNERS[0], "use predict_views"),
        (lambda x: four(x)[:-1], r"got shape \(6, 4, 2, 2, 1\) for 7"),
        (lambda x: four(x)[:, :0], r"got shape \(7, 0"),
    ],
)
def test_crops_of_another_shape_are_refused(net, crops, message):
    with pytest.raises(ValueError, match=message):
        predict_crops(net, IMAGES, crops)


@pytest.mark.parametrize(
    ("views", "message"),
    [([], "got none"), ([four], "view 0 .*use predict_crops"), ([lambda x: x[:1]], r"\(1, 3, 3")],
)
def test_views_of_another_shape_are_refused(net, views, message):
    with pytest.raises(ValueError, match=message):
        predict_views(net, IMAGES, views)


@pytest.mark.parametrize("images", [IMAGES[:0], IMAGES[0]])
def test_images_are_needed(net, images):
    with pytest.raises(ValueError, match=r"images \(N, H, W, C\) are needed"):
        predict_crops(net, images, four)
    with pytest.raises(ValueError, match=r"images \(N, H, W, C\) are needed"):
        predict_views(net, images, CORNERS)
