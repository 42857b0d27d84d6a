"""Splits are fixed, disjoint and balanced; each source says what it gave and what it did."""

import numpy as np
import pytest

from course_lib.data import archive, fashion, fashion_mnist
from tests.data import tiny_archive

EMBEDDED_HASH = "5ebee64f775c151d6f4b71569bd485878c1d578a2a6709136fdb2d4acd2c6156"


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of Keras that holds four tiny files, and no network."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    folder = archive.cache_folder()
    monkeypatch.setattr(archive, "FILES", tiny_archive.write(folder))
    monkeypatch.setattr(archive, "ORIGIN", (tmp_path / "nowhere").as_uri() + "/")
    return folder


@pytest.fixture
def server(tmp_path, monkeypatch, cache):
    """The same with a server that has the files."""
    tiny_archive.write(tmp_path / "server")
    monkeypatch.setattr(archive, "ORIGIN", (tmp_path / "server").as_uri() + "/")
    return cache


def _splits(data):
    return data.train, data.validation, data.test


def test_embedded_counts_shapes_ranges_and_classes():
    data = fashion_mnist()
    assert [len(split) for split in _splits(data)] == [8_000, 2_000, 3_000]
    for split in _splits(data):
        assert split.images.shape[1:] == (28, 28, 1)
        assert split.images.dtype == np.float32
        assert split.images.min() == 0.0
        assert split.images.max() == 1.0
        assert set(np.bincount(split.labels, minlength=10)) == {len(split) // 10}
    assert len(data.class_names) == 10
    assert "embedded" in data.source
    assert "8,000 training" in data.source


def test_embedded_file_is_the_committed_one():
    import hashlib

    assert hashlib.sha256(fashion.EMBEDDED.read_bytes()).hexdigest() == EMBEDDED_HASH
    assert fashion.EMBEDDED.stat().st_size <= 8_000_000
    assert "Zalando SE" in fashion.EMBEDDED.with_name("LICENSE-fashion-mnist.txt").read_text()


def test_embedded_rows_are_disjoint_and_images_differ():
    with np.load(fashion.EMBEDDED) as arrays:
        train, validation = arrays["train_rows"], arrays["validation_rows"]
        images = np.concatenate([arrays[f"{n}_images"] for n in ("train", "validation", "test")])
    assert len(np.unique(np.concatenate([train, validation]))) == 10_000
    distinct = np.unique(images.reshape(len(images), -1), axis=0)
    assert len(distinct) == len(images)


def test_every_beginning_of_a_split_is_balanced():
    first = fashion_mnist().train.take(70)
    assert list(np.bincount(first.labels)) == [7] * 10


def test_damaged_embedded_file_is_named(tmp_path, monkeypatch):
    broken = tmp_path / "fashion_mnist.npz"
    broken.write_bytes(fashion.EMBEDDED.read_bytes()[:5_000])
    monkeypatch.setattr(fashion, "EMBEDDED", broken)
    with pytest.raises(OSError, match="install course_lib again"):
        fashion_mnist("embedded")


def test_full_splits_are_disjoint_and_complete(cache):
    data = fashion_mnist("full")
    assert [len(split) for split in _splits(data)] == [110, 10, 20]
    rows = [np.round(split.images[:, 0, 0, 0] * 255).astype(int) for split in _splits(data)]
    assert sorted(np.concatenate(rows[:2])) == list(range(120))
    assert sorted(rows[2]) == list(range(20))
    for split, row in zip(_splits(data), rows, strict=True):
        np.testing.assert_array_equal(split.labels, row * 3 % 10)
    assert "the full official files: 110 training" in data.source


def test_full_splits_are_the_same_each_time(cache):
    first, second = fashion_mnist("full"), fashion_mnist("full")
    np.testing.assert_array_equal(first.train.images, second.train.images)


def test_the_order_of_rows_is_fixed():
    """Recorded once: the embedded file depends on it."""
    labels = np.arange(30) % 10
    first = [1, 28, 6, 24, 23, 10, 2, 27, 19, 25]
    assert list(fashion.balanced_order(labels)[:10]) == first


def test_auto_uses_the_cache(cache):
    assert "full official files" in fashion_mnist("auto").source


def test_auto_without_a_cache_is_embedded(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert "embedded" in fashion_mnist("auto").source


def test_damaged_cache_without_network_auto_warns_and_full_says_what_to_do(cache):
    path = cache / archive.FILES["train_images"].name
    half = path.read_bytes()[:200]
    path.write_bytes(half)
    with pytest.warns(UserWarning, match="is damaged") as caught:
        data = fashion_mnist("auto")
    assert "embedded" in data.source
    assert "The embedded subset is used instead" in str(caught[-1].message)
    with (
        pytest.warns(UserWarning, match="downloaded again"),
        pytest.raises(OSError, match=r"bytes\) could not be downloaded.*Connect to the network"),
    ):
        fashion_mnist("full")
    assert path.read_bytes() == half


@pytest.mark.parametrize("source", ["auto", "full"])
def test_damaged_cache_with_network_is_repaired(server, source):
    path = server / archive.FILES["test_images"].name
    whole = path.read_bytes()
    path.write_bytes(whole[:-3])
    with pytest.warns(UserWarning, match=r"t10k-images.* is damaged.*downloaded again"):
        data = fashion_mnist(source)
    assert "full official files" in data.source
    assert path.read_bytes() == whole


def test_partial_cache_is_completed(server):
    path = server / archive.FILES["train_labels"].name
    path.unlink()
    assert "full official files" in fashion_mnist("auto").source
    assert path.exists()


def test_unknown_source():
    with pytest.raises(ValueError, match=r"source must be one of .*got 'big'"):
        fashion_mnist("big")
