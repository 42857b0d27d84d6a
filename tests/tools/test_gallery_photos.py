"""The photographs of the gallery are those of the data, in few colors."""

import json

import numpy as np

import gallery_photos
from course_lib.data import PHOTOS, central_square, photo
from course_lib.widgets.gallery_pictures import FILE, SIDE, gallery_pictures, pixels_of, read

LIMIT = 12_000  # letters of pixels and palette


def test_the_stored_file_is_what_is_computed(capsys):
    assert gallery_photos.main(["--check"]) == 0, capsys.readouterr().err


def test_the_tool_writes_whole_and_tells_a_difference(tmp_path, capsys):
    path = tmp_path / "gallery.json"
    assert gallery_photos.main([], path) == 0
    assert path.read_bytes() == FILE.read_bytes()
    assert [one.name for one in tmp_path.iterdir()] == ["gallery.json"]
    path.write_text(path.read_text(encoding="utf-8").replace("cat", "dog"), encoding="utf-8")
    assert gallery_photos.main(["--check"], path) == 1
    assert "run: python tools/gallery_photos.py" in capsys.readouterr().err


def test_few_colors_are_near_the_photograph():
    palette = read()["palette"]
    for name, label in gallery_photos.LABELS.items():
        picture = gallery_pictures()[label]
        found = pixels_of(picture, palette)
        expected = central_square(photo(name), SIDE, SIDE)
        assert np.abs(found - expected).mean() < 0.02
        assert picture["credit"] == PHOTOS[name].credit


def test_pixels_are_few_letters():
    stored = read()
    assert len(stored["palette"]) + sum(len(one["indices"]) for one in stored["photos"]) <= LIMIT


def test_components_are_orthogonal_and_only_photographs_with_a_license_count():
    pca = read()["pca"]
    components = np.array(pca["components"])
    assert np.allclose(components.T @ components, np.eye(3), atol=1e-5)
    assert pca["scales"] == sorted(pca["scales"], reverse=True)
    assert all("no license" not in PHOTOS[name].credit for name in pca["photos"])
    assert json.loads(FILE.read_text(encoding="utf-8"))["command"] == gallery_photos.COMMAND
