"""What all augmentations promise: range, shape, seeds, one draw for each image, clear errors."""

import numpy as np
import pytest

from course_lib.data.augment import (
    Affine,
    ColorShift,
    Compose,
    CutMix,
    Cutout,
    Elastic,
    Mirror,
    MixUp,
    PCAColor,
    RandAugment,
    RandomCrop,
    RandomErasing,
    RandomResizedCrop,
)
from course_lib.data.augment.augmentation import check_interval, check_range, check_whole

DRAW = np.random.default_rng(0)
IMAGES = DRAW.random((32, 15, 17, 3), dtype="float32")
IMAGES[0], IMAGES[1] = 0.0, 1.0
LABELS = np.arange(32) % 4
COMPONENTS = np.linalg.qr(DRAW.normal(size=(3, 3)))[0]

STRONG = {
    "Mirror": Mirror(),
    "RandomCrop": RandomCrop(9),
    "RandomCrop, padded": RandomCrop(17, padding=3),
    "RandomResizedCrop": RandomResizedCrop(12),
    "Affine": Affine(degrees=90, shear=40, shift=0.3, zoom=2.0, fill=1.0),
    "Elastic": Elastic(),
    "ColorShift": ColorShift(0.5),
    "PCAColor": PCAColor(COMPONENTS, np.array([2.0, 1.0, 0.5])),
    "Cutout": Cutout(8, fill=0.5),
    "RandomErasing": RandomErasing(1.0),
    "MixUp": MixUp(4, alpha=1.0),
    "CutMix": CutMix(4),
    "RandAugment": RandAugment(3, 10),
    "Compose": Compose(RandomCrop(9), Mirror(), ColorShift(0.5), CutMix(4), MixUp(4)),
}
NOTHING = {
    "Mirror": Mirror(0.0),
    "RandomResizedCrop": RandomResizedCrop(15, area=(1.0, 1.0), ratio=(1.0, 1.0)),
    "Affine": Affine(),
    "Elastic": Elastic(alpha=0.0),
    "ColorShift": ColorShift(0.0),
    "PCAColor": PCAColor(COMPONENTS, np.ones(3), sd=0.0),
    "Cutout": Cutout(0),
    "RandomErasing": RandomErasing(0.0),
    "MixUp": MixUp(4, alpha=0.0),
    "CutMix": CutMix(4, alpha=0.0),
    "RandAugment": RandAugment(0),
    "Compose": Compose(),
}


def generator(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("name", STRONG)
def test_range_type_and_the_batch_itself(name):
    images, labels = IMAGES.copy(), LABELS.copy()
    found, shares = STRONG[name](images, labels, generator())
    assert found.dtype == np.float32
    assert found.shape[0] == 32
    assert found.shape[-1] == 3
    assert found.min() >= 0.0
    assert found.max() <= 1.0
    assert len(shares) == 32
    np.testing.assert_array_equal(images, IMAGES)
    np.testing.assert_array_equal(labels, LABELS)
    assert not np.shares_memory(found, images)


@pytest.mark.parametrize("name", STRONG)
def test_equal_seeds_equal_results(name):
    augment = STRONG[name]
    first, again = (augment(IMAGES, LABELS, generator(5)) for _ in range(2))
    other = augment(IMAGES, LABELS, generator(6))
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)
    assert (first[0] != other[0]).any()


@pytest.mark.parametrize("name", STRONG)
def test_one_draw_for_each_image(name):
    """32 copies of one image: with one draw for all of them, they would stay copies.

    Mixing needs a batch of two kinds: it would not change copies.
    """
    images = np.repeat(IMAGES[2:3], 32, axis=0)
    images[16:] = 1.0 - images[16:]
    found, _ = STRONG[name](images, LABELS, generator())
    kinds = {image.tobytes() for image in found[:16]}
    assert len(kinds) == 2 if name == "Mirror" else len(kinds) > 8


@pytest.mark.parametrize("name", NOTHING)
def test_no_strength_no_change(name):
    images = IMAGES[:, :, :15] if name == "RandomResizedCrop" else IMAGES
    found, labels = NOTHING[name](np.ascontiguousarray(images), LABELS, generator())
    np.testing.assert_array_equal(found, images)
    wanted = np.eye(4)[LABELS] if "Mix" in name else LABELS
    np.testing.assert_array_equal(labels, wanted)


@pytest.mark.parametrize("name", [name for name in STRONG if name not in ("MixUp", "CutMix")])
def test_grey_images_too(name):
    """One channel, as of digits."""
    augment = PCAColor(np.eye(1), np.ones(1)) if name == "PCAColor" else STRONG[name]
    found, _ = augment(IMAGES[..., :1].copy(), LABELS, generator())
    assert found.shape[-1] == 1


def test_compose_runs_its_steps_in_order_on_one_generator():
    crop, mirror = RandomCrop(9), Mirror()
    draw = generator(3)
    wanted, _ = mirror(*crop(IMAGES, LABELS, draw), draw)
    found, _ = Compose(crop, mirror)(IMAGES, LABELS, generator(3))
    np.testing.assert_array_equal(found, wanted)


def test_compose_refuses_what_is_no_augmentation():
    with pytest.raises(ValueError, match=r"a step must be an augmentation such as Mirror\(\), got"):
        Compose(Mirror)


def with_nan():
    images = IMAGES.copy()
    images[0, 0, 0, 0] = np.nan
    return images


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ((IMAGES * 255).astype("uint8"), r'got uint8; .*astype\("float32"\) / 255'),
        (IMAGES.astype("float64"), "must be a float32 array in .*got float64"),
        (IMAGES * np.float32(255), r"values from 0 to 255; divide"),
        (IMAGES - np.float32(0.5), r"values from -0.5 to 0.5"),
        (with_nan(), "hold no NaN, got values from nan"),
        (IMAGES[..., 0], r"got the shape \(32, 15, 17\); .*images\[..., None\] the last"),
        (IMAGES[:0], r"none of them empty, got the shape \(0, 15, 17, 3\)"),
        ([[[[0.5]]]], "must be a float32 array in .*got list"),
    ],
)
def test_what_is_no_batch_is_refused(images, message):
    with pytest.raises(ValueError, match=message):
        Mirror()(images, LABELS[: len(images)], generator())


def test_labels_and_generator_are_checked():
    with pytest.raises(ValueError, match="got 31 labels for 32 images"):
        Mirror()(IMAGES, LABELS[1:], generator())
    with pytest.raises(ValueError, match=r"default_rng\(seed\), got 7"):
        Mirror()(IMAGES, LABELS, 7)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Mirror(1.5), "probability must be between 0 and 1, got 1.5"),
        (lambda: RandomCrop(0), "size must be at least 1, got 0"),
        (lambda: RandomCrop(2.5), "size must be a whole number, got 2.5"),
        (lambda: RandomCrop(2, padding=-1), "padding must be at least 0, got -1"),
        (lambda: RandomResizedCrop(8, area=(0.0, 1.0)), r"area must be .*got \(0.0, 1.0\)"),
        (lambda: RandomResizedCrop(8, area=(0.5, 1.1)), "0 < low <= high <= 1"),
        (lambda: RandomResizedCrop(8, ratio=(2.0, 1.0)), r"ratio must be .*got \(2.0, 1.0\)"),
        (lambda: Affine(degrees=-1), "degrees must be between 0 and 180, got -1"),
        (lambda: Affine(shear=90), "shear must be between 0 and 89, got 90"),
        (lambda: Affine(shift=2), "shift must be between 0 and 1, got 2"),
        (lambda: Affine(zoom=0.5), "zoom must be at least 1, got 0.5"),
        (lambda: Affine(fill=255), "fill must be between 0 and 1, got 255"),
        (lambda: Elastic(alpha=-1), "alpha must be at least 0, got -1"),
        (lambda: Elastic(sigma=0), "sigma must be at least 0.1, got 0"),
        (lambda: ColorShift(float("nan")), "strength must be between 0 and 1, got nan"),
        (lambda: PCAColor(np.eye(3), np.ones(3), sd=-0.1), "sd must be at least 0, got -0.1"),
        (lambda: PCAColor(np.eye(2), np.ones(3)), r"components must be \(3, 3\) .*\(2, 2\)"),
        (lambda: Cutout(-1), "size must be at least 0, got -1"),
        (lambda: RandomErasing(area=(0.1, 2.0)), "area must be"),
        (lambda: RandomErasing(fill=128), "fill must be between 0 and 1, got 128"),
        (lambda: MixUp(1), "classes must be at least 2, got 1"),
        (lambda: CutMix(4, alpha=-1), "alpha must be at least 0, got -1"),
        (lambda: RandAugment(-1), "operations must be at least 0, got -1"),
        (lambda: RandAugment(2, 11), "magnitude must be between 0 and 10, got 11"),
    ],
)
def test_wrong_settings_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_checks_accept_their_ends():
    check_range("x", 0, 0, 1)
    check_range("x", 1, 0, 1)
    check_whole("x", np.int64(3), 3, 3)
    check_interval("x", (1.0, 1.0), 1.0)
    with pytest.raises(ValueError, match="x must be between 4 and 5, got 3"):
        check_whole("x", 3, 4, 5)
