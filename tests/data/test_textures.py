"""Regions lie a patch apart, random patches overlap, and a folder appears whole or not at all."""

import subprocess
import sys
from importlib import import_module
from itertools import combinations
from pathlib import Path

import keras
import numpy as np
import pytest
import skimage.data
from PIL import Image

from course_lib.data import cache, leakage, read_splits, textures, write_textures
from course_lib.data.textures import LARGEST, PARTS, SIDE, SMALLEST, corners

MODULE = import_module("course_lib.data.textures")  # the package has a function of this name
ROOT = Path(__file__).parents[2]


def _covered(places, patch):
    """Return which pixels of a photograph the patches cover."""
    mask = np.zeros((SIDE, SIDE), bool)
    for y, x in places:
        mask[y : y + patch, x : x + patch] = True
    return mask


@pytest.mark.parametrize("patch", [SMALLEST, 15, 32, 33, 64, LARGEST])
def test_regions_lie_a_patch_apart(patch):
    places = corners(patch, "region")
    masks = {part: _covered(places[part], patch) for part in PARTS}
    assert all(len(places[part]) for part in PARTS)
    for first, second in combinations(PARTS, 2):
        (_, a), (_, b) = np.nonzero(masks[first]), np.nonzero(masks[second])
        assert b.min() - a.max() - 1 >= patch
    for part in ("validation", "test"):  # no overlap inside
        assert masks[part].sum() == len(places[part]) * patch**2


@pytest.mark.parametrize("patch", [16, 32])
def test_random_patches_share_pixels(patch):
    places = corners(patch, "random", seed=3)
    train = _covered(places["train"], patch)
    shared = [train[y : y + patch, x : x + patch].any() for y, x in places["test"]]
    assert np.mean(shared) > 0.9


@pytest.mark.parametrize("patch", [16, 32, 64])
def test_both_splits_have_as_many_patches_at_distinct_places(patch):
    region, random = corners(patch, "region"), corners(patch, "random")
    assert [len(region[part]) for part in PARTS] == [len(random[part]) for part in PARTS]
    for places in (region, random):
        rows = np.concatenate(list(places.values()))
        assert len(np.unique(rows, axis=0)) == len(rows)
        assert rows.min() >= 0
        assert rows.max() <= SIDE - patch


def test_patches_are_those_of_the_photographs():
    data = textures(channels=1, split="random", seed=5)
    places = corners(32, "random", seed=5)["test"]
    for label, name in enumerate(data.class_names):
        photo = getattr(skimage.data, name)()
        own = data.test.images[data.test.labels == label]
        for (y, x), image in zip(places, own, strict=True):
            wanted = photo[y : y + 32, x : x + 32].astype("float32") / 255
            np.testing.assert_array_equal(image[..., 0], wanted)


def test_three_channels_repeat_the_grey_one():
    rgb, grey = textures().test.images, textures(channels=1).test.images
    assert rgb.shape == (144, 32, 32, 3)
    np.testing.assert_array_equal(rgb, np.repeat(grey, 3, axis=-1))


def test_the_seed_decides():
    for split in ("region", "random"):
        one, again, other = (textures(split=split, seed=seed) for seed in (0, 0, 1))
        np.testing.assert_array_equal(one.train.images, again.train.images)
        assert not np.array_equal(one.train.images, other.train.images)


def test_the_leak_is_found_and_regions_have_none():
    """Against geometry: an aligned block of a test patch lies inside a training patch."""
    data = textures(split="random", channels=1)
    places = corners(32, "random")
    starts = np.array([(y, x) for y in range(0, 32, 8) for x in range(0, 32, 8)])
    blocks = places["test"][:, None] + starts  # (N, 16, 2)
    offset = blocks[:, :, None] - places["train"]
    inside = ((offset >= 0) & (offset <= 32 - 8)).all(axis=-1).any(axis=(1, 2))
    expected = np.repeat(inside, 3)  # classes take turns
    found = leakage(data.train, data.test).pieces[:, 1]
    assert expected.mean() > 0.9
    np.testing.assert_array_equal(found, np.flatnonzero(expected))
    data = textures(split="region", channels=1)
    for first, second in combinations(PARTS, 2):
        found = leakage(getattr(data, first), getattr(data, second))
        assert len(found.pieces) == len(found.equal) == 0


@pytest.mark.parametrize("split", ["region", "random"])
def test_the_folder_holds_the_same_patches(tmp_path, split):
    data = textures(split=split, seed=2)
    folder = write_textures(tmp_path / "surfaces", split=split, seed=2)
    stored = read_splits(folder)
    assert stored.class_names == data.class_names
    for part in PARTS:
        wanted, found = getattr(data, part), getattr(stored, part)
        for label in range(3):
            a, b = (s.images[s.labels == label].reshape(-1, 32 * 32 * 3) for s in (wanted, found))
            np.testing.assert_array_equal(np.unique(a, axis=0), np.unique(b, axis=0))
            assert len(a) == len(b)


def test_keras_reads_the_folder(tmp_path):
    folder = write_textures(tmp_path / "surfaces")
    read = keras.utils.image_dataset_from_directory(
        folder / "test", image_size=(32, 32), batch_size=None, shuffle=False, verbose=False
    )
    assert read.class_names == ["brick", "grass", "gravel"]
    images = np.stack([np.asarray(image) for image, _ in read])
    np.testing.assert_array_equal(images / np.float32(255), read_splits(folder).test.images)


def test_file_names_say_where_a_patch_was(tmp_path):
    folder = write_textures(tmp_path / "surfaces", patch=64)
    files = sorted((folder / "test" / "grass").iterdir())
    assert [file.name for file in files][:2] == ["y000_x448.png", "y064_x448.png"]
    np.testing.assert_array_equal(
        np.asarray(Image.open(files[1])), skimage.data.grass()[64:128, 448:]
    )
    assert "CC0" in (folder / "README.txt").read_text()


def test_the_cache_is_used_once(tmp_path, monkeypatch):
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path))
    folder = write_textures(patch=64)
    assert folder.parent == tmp_path
    mark = (folder / "README.txt").stat().st_mtime_ns
    assert write_textures(patch=64) == folder
    assert (folder / "README.txt").stat().st_mtime_ns == mark
    assert write_textures(patch=64, seed=1) != folder
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="holds something else; give another folder"):
        write_textures(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    folder = write_textures(tmp_path / "a", patch=64)
    with pytest.raises(FileExistsError, match="holds something else"):
        write_textures(folder, patch=64, seed=1)


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "made").mkdir()
    assert (write_textures(tmp_path / "made", patch=64) / "train" / "brick").is_dir()


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    real, count = Image.Image.save, iter(range(100))

    def save(image, path):
        if next(count) == 50:
            raise OSError("No space left on device")
        real(image, path)

    monkeypatch.setattr(Image.Image, "save", save)
    with pytest.raises(OSError, match="No space left"):
        write_textures(tmp_path / "surfaces")
    assert list(tmp_path.iterdir()) == []


def test_two_processes_write_one_folder(tmp_path):
    code = (
        "from course_lib.data import write_textures\n"
        f"write_textures({str(tmp_path / 'surfaces')!r}, patch=64)"
    )
    both = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert [path.name for path in tmp_path.iterdir()] == ["surfaces"]
    assert len(read_splits(tmp_path / "surfaces").train) == 315


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"patch": 7}, "patch must be 8 to 102 pixels, got 7"),
        ({"patch": 103}, "patch must be 8 to 102 pixels, got 103"),
        ({"split": "grid"}, r"split must be one of \('region', 'random'\), got 'grid'"),
        ({"channels": 2}, "channels must be 1 or 3, got 2"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(ValueError, match=message):
        textures(**options)


def test_another_photograph_is_refused(tmp_path, monkeypatch):
    Image.fromarray(skimage.data.brick() // 2).save(tmp_path / "brick.png")
    monkeypatch.setattr(MODULE, "package_file", lambda *names, extra: tmp_path / "brick.png")
    with pytest.raises(OSError, match=r"brick\.png is damaged, or another.*install scikit-image"):
        textures()
