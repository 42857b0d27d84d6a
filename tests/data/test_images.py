"""Every kind of bad array gets its own message, and good ones pass."""

import numpy as np
import pytest

from course_lib.data import check_images, fashion_mnist
from course_lib.data.images import check_finite, check_labels, naming

GOOD = np.linspace(0, 1, 4 * 6 * 5 * 3, dtype="float32").reshape(4, 6, 5, 3)
LABELS = np.array([0, 1, 2, 1], "int32")


@pytest.mark.parametrize("images", [GOOD, GOOD[..., :1], GOOD[:1], np.zeros_like(GOOD)])
def test_good_images_pass(images):
    check_images(images)


def test_good_labels_pass():
    check_images(GOOD, LABELS, classes=3)
    check_images(GOOD, LABELS.astype("uint8"))
    check_images(GOOD, [0, 1, 1, 0], classes=10)
    data = fashion_mnist()
    check_images(data.test.images, data.test.labels, classes=10)


def test_a_little_overshoot_of_resizing_passes():
    check_images(GOOD * np.float32(1.0005))


def _with(value, row=2):
    images = GOOD.copy()
    images[row, 1, 1, 1] = value
    return images


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (GOOD[..., 0], r"must be \(N, H, W, C\), got \(4, 6, 5\); images\[\.\.\., None\] adds"),
        (GOOD[0, 0], r"must be \(N, H, W, C\), got \(5, 3\)"),
        (GOOD[:0], r"there are no images: their shape is \(0, 6, 5, 3\)"),
        (np.moveaxis(GOOD, -1, 1), r"1 or 3 channels, got \(4, 3, 6, 5\); these have the channels"),
        (np.repeat(GOOD, 2, axis=-1), r"1 or 3 channels, got \(4, 6, 5, 6\)$"),
        ((GOOD * 255).astype("uint8"), "8-bit integers"),
        (GOOD.astype("float64"), "float32, got float64"),
        (GOOD.astype("int64"), "float32, got int64"),
        (GOOD * 255, "got 0 to 255; these look like 0 to 255: divide by 255"),
        (GOOD * 2 - 1, r"got -1 to 1; these look like -1 to 1: \(images \+ 1\) / 2"),
        ((GOOD - 0.5) * 4, "got -2 to 2; they may have been standardized"),
        (_with(np.nan), "1 of 4 images hold NaN or infinity, the first is number 2"),
        (_with(np.inf, 0), "1 of 4 images hold NaN or infinity, the first is number 0"),
        (np.array([GOOD[0], GOOD[0, :2]], dtype=object), "images differ in size"),
    ],
)
def test_bad_images(images, message):
    with pytest.raises(ValueError, match=message):
        check_images(images)


def test_the_advice_helps():
    check_images(GOOD[..., 0][..., None])
    check_images(np.moveaxis(np.moveaxis(GOOD, -1, 1), 1, -1))
    check_images((GOOD * 255).astype("uint8").astype("float32") / 255)
    check_images((GOOD * 2 - 1 + 1) / 2)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (LABELS[:3], r"must be \(4,\), one for each image, got \(3,\)"),
        (np.eye(3)[LABELS], r"got \(4, 3\); labels.argmax\(axis=1\) undoes one-hot rows"),
        (LABELS[:, None], r"must be \(4,\), one for each image, got \(4, 1\)"),
        (LABELS.astype("float32"), "whole numbers, got float32"),
        (np.array(["a", "b", "a", "b"]), r"whole numbers, got <U1; np\.unique"),
        (LABELS - 1, "must begin at 0, got -1"),
        (LABELS + 1, "3 classes have the labels 0 to 2, got 3; subtract 1"),
        (LABELS * 5, "3 classes have the labels 0 to 2, got 10$"),
        (0 * LABELS + 1, "all 4 labels are 1: at least two classes"),
    ],
)
def test_bad_labels(labels, message):
    with pytest.raises(ValueError, match=message):
        check_images(GOOD, labels, classes=3)


def test_images_of_any_range_and_type_may_be_finite():
    for images in (GOOD * 255 - 100, (GOOD * 255).astype("uint8"), GOOD[:, 0, 0]):
        check_finite(images)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (_with(np.nan) * 255, "1 of 4 images hold NaN or infinity, the first is number 2"),
        (_with(-np.inf, 3), "the first is number 3"),
        (np.array([[0.0, 1.0], [np.nan, 0.0]]), "1 of 2 images .* number 1"),
        (GOOD[:0], "there are no images"),
    ],
)
def test_images_that_are_not_finite(images, message):
    with pytest.raises(ValueError, match=message):
        check_finite(images)


def test_labels_alone():
    check_labels(LABELS, 4, 3)
    check_labels(list(LABELS), 4)
    with pytest.raises(ValueError, match="2 classes have the labels 0 to 1, got 2"):
        check_labels(LABELS, 4, 2)


def test_an_error_names_the_split():
    with pytest.raises(ValueError, match=r"^test split: there are no images"), naming("test"):
        check_images(GOOD[:0])
