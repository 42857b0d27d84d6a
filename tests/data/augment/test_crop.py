"""Mirrors and crops: pixels by hand, statistics of the draws, Pillow for the resizing."""

import numpy as np
import pytest
from PIL import Image

from course_lib.data.augment import Mirror, RandomCrop, RandomResizedCrop, ten_crops

IMAGES = np.random.default_rng(3).random((4, 10, 12, 3), dtype="float32")


def generator():
    return np.random.default_rng(4)


def white(row, column, height=5, width=7):
    image = np.zeros((1, height, width, 1), "float32")
    image[0, row, column] = 1.0
    return image


def where(images):
    return [tuple(place) for place in np.argwhere(images[0, ..., 0] > 0.5).tolist()]


def test_mirror_moves_a_pixel_to_the_other_side():
    assert where(Mirror().apply(white(1, 2), [True])) == [(1, 4)]
    assert where(Mirror().apply(white(1, 2), [False])) == [(1, 2)]


def test_mirror_keeps_channels_in_order():
    found = Mirror().apply(IMAGES, [True, False, True, False])
    np.testing.assert_array_equal(found[::2], IMAGES[::2, :, ::-1])
    np.testing.assert_array_equal(found[1::2], IMAGES[1::2])


@pytest.mark.parametrize("probability", [0.5, 0.1, 1.0])
def test_share_of_mirrored_images(probability):
    (mirrored,) = Mirror(probability).draw(generator(), (10_000, 1, 1, 1))
    assert mirrored.mean() == pytest.approx(probability, abs=5 * 0.005)


def test_crop_cuts_and_does_not_resize():
    found = RandomCrop(6).apply(IMAGES, [0, 1, 2, 4], [6, 3, 0, 1])
    np.testing.assert_array_equal(found[0], IMAGES[0, :6, 6:])
    np.testing.assert_array_equal(found[3], IMAGES[3, 4:, 1:7])


def test_padding_is_a_frame_of_zeros():
    """The first row of a crop counts from the frame's corner: 2 pixels above the image."""
    found = RandomCrop(5, padding=2).apply(white(0, 0, 5, 5), [0], [1])
    assert where(found) == [(2, 1)]
    assert found.sum() == 1.0


@pytest.mark.parametrize(("padding", "rows", "columns"), [(0, 3, 5), (1, 5, 7)])
def test_every_place_of_a_crop_is_equally_likely(padding, rows, columns):
    """10x12 pixels leave 3 x 5 places for 8x8; a frame of 1 pixel adds 2 to each."""
    count = 14_000
    places = RandomCrop(8, padding).draw(generator(), (count, 10, 12, 3))
    for found, number in zip(places, (rows, columns), strict=True):
        shares = np.bincount(found, minlength=number) / count
        np.testing.assert_allclose(shares, 1 / number, atol=5 * 0.004)
    assert abs(np.corrcoef(places)[0, 1]) < 0.05


@pytest.mark.parametrize(
    ("crop", "message"),
    [
        (RandomCrop(11), "size must be at most 10, as the images have 10x12 pixels, got 11"),
        (RandomCrop(15, padding=2), "at most 14, .* 14x16 pixels, 2 pixels of padding .*got 15"),
    ],
)
def test_a_crop_larger_than_the_image_is_refused(crop, message):
    with pytest.raises(ValueError, match=message):
        crop(IMAGES, np.zeros(4), generator())


def test_resized_crop_is_pillow_s():
    boxes = np.array([[0, 0, 10, 12], [1, 2, 3, 4], [2, 0, 8, 12], [9, 11, 1, 1]])
    found = RandomResizedCrop(7).apply(IMAGES, boxes)
    assert found.shape == (4, 7, 7, 3)
    for image, (top, left, height, width), result in zip(IMAGES, boxes, found, strict=True):
        for channel in range(3):
            cut = image[top : top + height, left : left + width, channel]
            wanted = Image.fromarray(np.ascontiguousarray(cut)).resize(
                (7, 7), Image.Resampling.BILINEAR
            )
            np.testing.assert_allclose(result[..., channel], np.asarray(wanted), atol=1e-6)


def test_resized_crop_draws_area_and_ratio_of_the_paper():
    """Large images, so that rounding to pixels hardly matters."""
    count = 20_000
    (boxes,) = RandomResizedCrop(8).draw(generator(), (count, 2000, 2000, 3))
    _, _, height, width = boxes.T
    area, ratio = height * width / 2000**2, width / height
    assert 0.079 < area.min() < 0.09
    assert 0.97 < area.max() <= 1.0
    assert ratio.min() > 0.749
    assert ratio.max() < 1.335
    assert np.mean(ratio > 1) == pytest.approx(0.5, abs=0.02)  # lying and standing alike
    # Where every ratio fits, up to 3/4 of the area, areas are even: 1/2 below the middle.
    small = area[area < 0.75]
    assert np.mean(small < (0.08 + 0.75) / 2) == pytest.approx(0.5, abs=0.02)
    assert (boxes[:, :2] >= 0).all()
    assert (boxes[:, :2] + boxes[:, 2:] <= 2000).all()


def test_ten_crops_are_corners_center_and_mirrors():
    found = ten_crops(IMAGES, 4)
    assert found.shape == (4, 10, 4, 4, 3)
    np.testing.assert_array_equal(found[:, 0], IMAGES[:, :4, :4])
    np.testing.assert_array_equal(found[:, 1], IMAGES[:, :4, -4:])
    np.testing.assert_array_equal(found[:, 2], IMAGES[:, -4:, :4])
    np.testing.assert_array_equal(found[:, 3], IMAGES[:, -4:, -4:])
    np.testing.assert_array_equal(found[:, 4], IMAGES[:, 3:7, 4:8])
    np.testing.assert_array_equal(found[:, 5:], found[:, :5, :, ::-1])


def test_ten_crops_of_the_whole_image():
    found = ten_crops(IMAGES[:, :, :10], 10)
    np.testing.assert_array_equal(found[:, 4], IMAGES[:, :, :10])


@pytest.mark.parametrize(("size", "message"), [(11, "at most 10, .*got 11"), (0, "at least 1")])
def test_ten_crops_refuse_a_size(size, message):
    with pytest.raises(ValueError, match=message):
        ten_crops(IMAGES, size)
