"""Planted copies, pieces and look-alikes are found, each as what it is, and nothing else."""

from importlib import import_module

import numpy as np
import pytest
import skimage.data

from course_lib.data import Split, digits, fashion_mnist, leakage
from course_lib.data.photos import photo


def _split(images):
    return Split(np.asarray(images, "float32"), np.zeros(len(images), "int32"))


@pytest.fixture(scope="module")
def patches():
    """Thirty pieces of photographs, none of which touches another, 32x32x3."""
    grid = [(y, x) for y in range(0, 260, 40) for x in range(0, 400, 40)][:30]
    image = photo("chelsea")
    return np.stack([image[y : y + 32, x : x + 32] for y, x in grid])


def test_what_is_apart_has_no_leak(patches):
    found = leakage(_split(patches[:20]), _split(patches[20:]))
    assert len(found.rows) == 0
    assert "of 10 images, 0 are in the other split" in str(found)


def test_copies_are_found(patches):
    found = leakage(_split(patches[:20]), _split(patches[[25, 7, 26, 3]]))
    assert found.equal.tolist() == [[7, 1], [3, 3]]
    assert found.rows.tolist() == [1, 3]
    assert "of 4 images, 2 are in the other split" in str(found)


def test_a_copy_that_is_repeated_is_named_once(patches):
    found = leakage(_split(patches[[1, 1, 2]]), _split(patches[[1, 2, 1]]))
    assert found.equal.tolist() == [[0, 0], [2, 1], [0, 2]]


@pytest.mark.parametrize(("dy", "dx"), [(0, 1), (5, -3), (17, 0), (-9, 17), (-17, -17)])
def test_pieces_of_one_picture_are_found_wherever_they_overlap(dy, dx):
    image = photo("coffee")
    first, second = (image[y : y + 32, x : x + 32] for y, x in ((80, 90), (80 + dy, 90 + dx)))
    found = leakage(_split([photo("chelsea")[:32, :32], first]), _split([second]))
    assert found.pieces.tolist() == [[1, 0]]
    assert len(found.equal) == 0


def test_pieces_may_differ_in_size():
    image = photo("coffee")
    found = leakage(_split([image[60:160, 60:160]]), _split([image[100:124, 90:114]]))
    assert found.pieces.tolist() == [[0, 0]]


@pytest.mark.parametrize(
    "change",
    [
        lambda x: 0.7 * x + 0.1,
        lambda x: np.clip(x + np.random.RandomState(0).normal(0, 0.02, x.shape), 0, 1),
        lambda x: x**0.9,
    ],
    ids=["contrast", "noise", "gamma"],
)
def test_changed_copies_look_nearly_the_same(patches, change):
    found = leakage(_split(patches[:20]), _split(change(patches[[4, 28]])))
    assert found.near.tolist() == [[4, 0]]
    assert len(found.equal) == 0
    # the same correlation, by numpy's own function on means of 2x2 pixels
    small = [
        image.mean(axis=-1).reshape(16, 2, 16, 2).mean(axis=(1, 3)).ravel()
        for image in (patches[4], change(patches[4]))
    ]
    np.testing.assert_allclose(found.correlation, np.corrcoef(*small)[0, 1], atol=1e-4)


def test_another_resolution_looks_nearly_the_same():
    image = photo("chelsea")[:288, :288]
    small = image.reshape(72, 4, 72, 4, 3).mean(axis=(1, 3))
    found = leakage(_split([image]), _split([small]))
    assert found.near.tolist() == [[0, 0]]


def test_stripes_edges_and_even_images_share_nothing_by_chance():
    rows, columns = np.mgrid[:32, :32]
    drawn = [columns >= 10, columns >= 14, rows % 4 < 2, rows % 4 < 1, 0 * rows, 0 * rows + 0.5]
    images = np.stack(drawn)[..., None].astype("float32")
    found = leakage(_split(images[::2]), _split(images[1::2]))
    assert len(found.pieces) == 0
    assert len(found.equal) == 0


def test_even_images_do_not_correlate():
    found = leakage(_split(np.zeros((2, 16, 16, 1))), _split(np.full((2, 16, 16, 1), 0.5)))
    assert len(found.near) == 0


def test_small_images_have_no_pieces_but_copies():
    draw = np.random.RandomState(0).uniform(size=(4, 6, 6, 1))
    found = leakage(_split(draw[:3]), _split(draw[2:]))
    assert found.equal.tolist() == found.near.tolist() == [[2, 0]]
    assert len(found.pieces) == 0


def test_chunks_do_not_change_what_is_found(patches, monkeypatch):
    whole = leakage(_split(patches[:20]), _split(patches[10:]))
    # By name: the package has a function called leakage, too.
    monkeypatch.setattr(import_module("course_lib.data.leakage"), "CHUNK", 32 * 32 * 3 * 3)
    parts = leakage(_split(patches[:20]), _split(patches[10:]))
    for field in ("equal", "pieces", "near"):
        np.testing.assert_array_equal(getattr(parts, field), getattr(whole, field))


@pytest.mark.parametrize("load", [digits, fashion_mnist])
def test_the_splits_of_the_course_share_no_image_and_no_piece(load):
    data = load()
    found = leakage(data.train, data.test.take(1_000))
    assert len(found.equal) == len(found.pieces) == 0


def test_garments_that_look_alike_are_listed():
    """Different garments of one cut, as the correlation of all pixels confirms."""
    data = fashion_mnist()
    found = leakage(data.train, data.test)
    assert 20 <= len(found.near) <= 100
    for (i, j), value in zip(found.near[:5], found.correlation, strict=False):
        pair = data.train.images[i].ravel(), data.test.images[j].ravel()
        assert value >= 0.99
        assert 0.95 < np.corrcoef(*pair)[0, 1] < 1.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: x[:0], "there are no images"),
        (lambda x: x * np.float32(255), "look like 0 to 255: divide by 255"),
        (lambda x: (x * 255).astype("uint8"), "8-bit integers"),
        (lambda x: np.where(x > 0.5, np.float32(np.nan), x), "hold NaN or infinity"),
        (lambda x: x[..., 0], r"must be \(N, H, W, C\)"),
    ],
)
def test_bad_images_are_refused_in_either_split(patches, change, message):
    good = _split(patches)
    bad = Split(change(good.images), good.labels[: len(change(good.images))])
    with pytest.raises(ValueError, match=f"^second split: .*{message}"):
        leakage(good, bad)
    with pytest.raises(ValueError, match=f"^first split: .*{message}"):
        leakage(bad, good)


def test_bad_options(patches):
    split = _split(patches)
    for near in (0, 1.1):
        with pytest.raises(ValueError, match="near must be above 0 and at most 1"):
            leakage(split, split, near=near)
    grey = _split(skimage.data.camera()[None, :32, :32, None] / 255)
    with pytest.raises(ValueError, match="the same channels are needed, got 3 and 1"):
        leakage(split, grey)
