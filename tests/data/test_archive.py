"""Files are read only with the right contents, and replaced only by whole ones."""

import gzip
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from course_lib.data import archive
from tests.data import tiny_archive

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server(tmp_path, monkeypatch):
    """An origin that has the four files; its folder may be damaged by the test."""
    folder = tmp_path / "server"
    table = tiny_archive.write(folder)
    monkeypatch.setattr(archive, "ORIGIN", folder.as_uri() + "/")
    return folder, table


def test_the_official_table_matches_keras():
    """Keras' loader names the same four files, so either finds what the other downloaded."""
    import inspect

    import keras

    code = inspect.getsource(keras.datasets.fashion_mnist.load_data)
    assert archive.ORIGIN in code
    assert all(f'"{file.name}"' in code for file in archive.FILES.values())


def test_read_returns_images_and_labels(tmp_path):
    table = tiny_archive.write(tmp_path)
    for key, wanted in tiny_archive.arrays().items():
        np.testing.assert_array_equal(archive.read(table[key], tmp_path), wanted)


def test_read_does_not_mind_another_gzip_header(tmp_path):
    table = tiny_archive.write(tmp_path)
    path = tmp_path / table["test_labels"].name
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), compresslevel=1, mtime=99))
    assert len(archive.read(table["test_labels"], tmp_path)) == tiny_archive.TEST


def _cut(packed):
    return packed[: len(packed) // 2]


def _flip(packed):
    return packed[:40] + bytes([packed[40] ^ 1]) + packed[41:]


def _other(packed):
    content = gzip.decompress(packed)
    return gzip.compress(content[:-1] + bytes([content[-1] ^ 1]))


@pytest.mark.parametrize("damage", [_cut, _flip, _other, lambda _: b"", lambda _: b"<html>"])
def test_read_refuses_a_damaged_file(tmp_path, damage):
    table = tiny_archive.write(tmp_path)
    path = tmp_path / table["train_images"].name
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(archive.Unavailable, match=r"train-images-idx3-ubyte\.gz is damaged"):
        archive.read(table["train_images"], tmp_path)


def test_fetch_makes_the_folder_and_leaves_only_the_file(tmp_path, server):
    _, table = server
    cache = tmp_path / "new" / "cache"
    labels = archive.fetch(table["train_labels"], cache)
    assert len(labels) == tiny_archive.TRAIN
    assert [path.name for path in cache.iterdir()] == [table["train_labels"].name]


def test_a_download_that_breaks_off_leaves_what_was_there(tmp_path, server):
    folder, table = server
    cache = tmp_path / "cache"
    cache.mkdir()
    file = table["train_images"]
    (cache / file.name).write_bytes(b"what was there")
    (folder / file.name).write_bytes(_cut((folder / file.name).read_bytes()))
    with pytest.raises(archive.Unavailable, match=rf"{file.size:,} bytes\) could not be"):
        archive.fetch(file, cache)
    assert [path.name for path in cache.iterdir()] == [file.name]
    assert (cache / file.name).read_bytes() == b"what was there"


def test_fetch_without_a_network_says_which_file(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "ORIGIN", (tmp_path / "nowhere").as_uri() + "/")
    with pytest.raises(archive.Unavailable, match=r"t10k-labels-idx1-ubyte\.gz \(5,148 bytes\)"):
        archive.fetch(archive.FILES["test_labels"], tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_readers_beside_a_fetch_never_see_half_a_file(tmp_path, server):
    _, table = server
    file = table["train_images"]
    archive.fetch(file, tmp_path / "cache")
    problems = []

    def work(function):
        try:
            for _ in range(20):
                function(file, tmp_path / "cache")
        except archive.Unavailable as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(f,)) for f in (archive.fetch, archive.read) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_two_processes_may_fetch_at_once(tmp_path, server):
    folder, table = server
    file = table["train_images"]
    code = (
        "from pathlib import Path; from course_lib.data import archive\n"
        f"archive.ORIGIN = {folder.as_uri() + '/'!r}\n"
        f"file = archive.{file!r}\n"
        f"for _ in range(20): archive.fetch(file, Path({str(tmp_path / 'cache')!r}))"
    )
    both = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [file.name]
    assert len(archive.read(file, tmp_path / "cache")) == tiny_archive.TRAIN


def test_cache_folder_is_the_one_of_keras(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    assert archive.cache_folder() == tmp_path / "home" / "datasets" / "fashion-mnist"
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert archive.cache_folder() == tmp_path / ".keras" / "datasets" / "fashion-mnist"


def test_cache_folder_of_a_home_that_cannot_be_written(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert archive.cache_folder() == Path("/tmp/.keras/datasets/fashion-mnist")
    (tmp_path / "home" / "datasets" / "fashion-mnist").mkdir(parents=True)
    assert archive.cache_folder() == tmp_path / "home" / "datasets" / "fashion-mnist"
