"""The solar cells of a small package in the form of the real one, which is not installed here."""

import hashlib
from importlib import import_module
from itertools import groupby

import numpy as np
import pytest
from PIL import Image

from course_lib.data import load_dataset, solar_cells
from course_lib.data.solar import blocks

KINDS = ["mono"] * 100 + ["poly"] * 140 + ["mono"] * 60
PROBABILITIES = ("0.0", "0.3333333333333333", "0.6666666666666666", "1.0")


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Three hundred cells of 300 pixels; their brightness tells the row, and so the label."""
    folder = tmp_path / "elpv_dataset" / "data"
    (folder / "images").mkdir(parents=True)
    (tmp_path / "elpv_dataset" / "__init__.py").write_text("raise RuntimeError('imported')")
    lines = []
    for i, kind in enumerate(KINDS):
        name = f"images/cell{i + 1:04}.png"
        pixels = np.full((300, 300), i % 256, "uint8")
        pixels[:100] = 255 * (i >= 256)  # tells rows 0 to 43 from 256 to 299
        Image.fromarray(pixels).save(folder / name, compress_level=1)
        lines.append(f"{name}  {PROBABILITIES[i % 4]:18} {kind}\n")
    table = "".join(lines).encode()
    (folder / "labels.csv").write_bytes(table)
    digest = hashlib.sha256(table).hexdigest()
    monkeypatch.setattr(import_module("course_lib.data.solar"), "SHA256", digest)
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def _rows(split):
    pixels = np.round(split.images[..., 0] * 255).astype(int)
    return pixels[:, -1, 0] + 256 * (pixels[:, 0, 0] == 255)


def _parts(data):
    return data.train, data.validation, data.test


@pytest.mark.parametrize("split", ["stratified", "blocks"])
def test_each_cell_is_in_one_part_with_its_label(package, split):
    data = solar_cells(size=12, split=split)
    rows = [_rows(part) for part in _parts(data)]
    np.testing.assert_array_equal(np.sort(np.concatenate(rows)), np.arange(300))
    for part, row in zip(_parts(data), rows, strict=True):
        np.testing.assert_array_equal(part.labels, row % 4 >= 2)
        assert part.images.shape[1:] == (12, 12, 1)
        assert part.images.dtype == np.float32
    assert data.class_names == ("functional", "defective")
    assert "CC BY-NC-SA 4.0" in data.license
    assert f"{len(rows[2])} test" in data.source


def test_the_stratified_parts_have_one_mixture(package):
    data = load_dataset("solar", size=12)
    assert [len(part) for part in _parts(data)] == [180, 45, 75]
    mono = np.array(KINDS) == "mono"
    for part in _parts(data):
        rows = _rows(part)
        assert abs(mono[rows].mean() - mono.mean()) < 0.03
        np.testing.assert_allclose(np.bincount(rows % 4) / len(rows), 0.25, atol=0.04)


def test_blocks_stay_whole(package):
    data = solar_cells(size=12, split="blocks", seed=1)
    block = blocks(KINDS)
    found = [set(block[_rows(part)]) for part in _parts(data)]
    assert sum(map(len, found)) == len(set.union(*found)) == len(set(block))


def test_blocks_are_runs_of_one_type():
    runs = [(int(number), len(list(run))) for number, run in groupby(blocks(KINDS))]
    assert runs == [(0, 60), (1, 40), (2, 60), (3, 60), (4, 20), (5, 60)]
    assert blocks(["mono"] * 3 + ["poly"], length=2).tolist() == [0, 0, 1, 2]


@pytest.mark.parametrize(("positive", "lowest"), [(0.3, 1), (0.5, 2), (1.0, 3)])
def test_positive_decides_what_is_defective(package, positive, lowest):
    part = solar_cells(size=12, positive=positive).test
    np.testing.assert_array_equal(part.labels, _rows(part) % 4 >= lowest)


def test_sizes_are_means_over_areas(package):
    data = solar_cells(size=150, channels=3)
    row = int(np.flatnonzero(_rows(data.train) == 200)[0])
    image = data.train.images[row]
    np.testing.assert_allclose(image[60:, :, 2], 200 / 255, rtol=1e-6)
    np.testing.assert_array_equal(image[..., 0], image[..., 1])


def test_without_the_package_the_command_is_named(monkeypatch):
    monkeypatch.setattr("course_lib.data.packages.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install .course_lib\[solar\]"):
        solar_cells()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 7}, "size must be 8 to 300 pixels, got 7"),
        ({"size": 301}, "size must be 8 to 300 pixels, got 301"),
        ({"positive": 0}, "positive must be above 0 and at most 1, got 0"),
        ({"positive": 1.1}, "positive must be above 0 and at most 1, got 1.1"),
        ({"split": "random"}, "split must be one of .*, got 'random'"),
        ({"channels": 4}, "channels must be 1 or 3, got 4"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(ValueError, match=message):
        solar_cells(**options)


@pytest.mark.parametrize("name", ["images/cell0007.png", "labels.csv"])
def test_damaged_files_are_named(package, name):
    path = package / name
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2 - 3])
    with pytest.raises(OSError, match=rf"{path.name} is damaged.*install elpv-dataset again"):
        solar_cells(size=12)
