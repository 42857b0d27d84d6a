"""The embedded subset is the beginning of each full split, and the tool writes it whole."""

import sys

import numpy as np
import pytest

import embed_fashion_mnist
from course_lib.data import archive, fashion_mnist
from tests.data import tiny_archive

COUNTS = {"train": 50, "validation": 10, "test": 20}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A cache of Keras that holds four tiny files."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    found = archive.cache_folder()
    monkeypatch.setattr(archive, "FILES", tiny_archive.write(found))
    return found


def test_subset_is_the_beginning_of_each_full_split(folder):
    arrays = embed_fashion_mnist.subset(folder, COUNTS)
    full = fashion_mnist("full")
    for name, count in COUNTS.items():
        split = getattr(full, name)
        images = arrays[f"{name}_images"][..., None].astype("float32") / 255.0
        np.testing.assert_array_equal(images, split.images[:count])
        np.testing.assert_array_equal(arrays[f"{name}_labels"], split.labels[:count])


def test_rows_lead_back_to_the_official_files(folder):
    arrays = embed_fashion_mnist.subset(folder, COUNTS)
    official = tiny_archive.arrays()
    for name, file in (("train", "train"), ("validation", "train"), ("test", "test")):
        rows = arrays[f"{name}_rows"]
        np.testing.assert_array_equal(arrays[f"{name}_images"], official[f"{file}_images"][rows])


def test_the_file_is_the_same_each_time(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(embed_fashion_mnist, "COUNTS", COUNTS)
    for name in ("one.npz", "two.npz"):
        words = ["embed_fashion_mnist", "--folder", str(folder), "--out", str(tmp_path / name)]
        monkeypatch.setattr(sys, "argv", words)
        embed_fashion_mnist.main()
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    assert not list(tmp_path.glob("*.part"))
    assert capsys.readouterr().out.startswith("one.npz: ")


def test_a_damaged_source_is_refused(folder):
    (folder / archive.FILES["test_images"].name).write_bytes(b"")
    with pytest.raises(archive.Unavailable, match="is damaged"):
        embed_fashion_mnist.subset(folder, COUNTS)
