"""The cover and the icon are drawn by code, the same each time."""

import io
import xml.etree.ElementTree as ET

import pytest
from PIL import Image

import cover

SVG = "{http://www.w3.org/2000/svg}"


def test_committed_files_are_what_is_drawn(capsys):
    assert cover.main(["--check"]) == 0, capsys.readouterr().err


def test_drawing_twice_gives_the_same_bytes():
    assert cover.files() == cover.files()


def test_a_changed_or_missing_file_is_told_and_drawn_anew(tmp_path, capsys):
    assert cover.main(["--check"], tmp_path) == 1
    assert "web/favicon.png is not what tools/cover.py draws" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    assert cover.main([], tmp_path) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(cover.files())
    changed = Image.open(tmp_path / "favicon.png")
    changed.putpixel((16, 16), (255, 0, 0, 255))
    changed.save(tmp_path / "favicon.png")
    assert cover.main(["--check"], tmp_path) == 1
    assert cover.main([], tmp_path) == 0
    assert cover.main(["--check"], tmp_path) == 0


def test_pngs_that_are_packed_otherwise_are_the_same(tmp_path):
    image = cover.icon_image(32)
    loose = io.BytesIO()
    image.save(loose, format="PNG", compress_level=0)
    assert loose.getvalue() != cover.files()["favicon.png"]
    assert cover.same("favicon.png", cover.files()["favicon.png"], loose.getvalue())
    assert not cover.same("favicon.svg", b"<svg/>", b"<svg />")


@pytest.mark.parametrize("title", ["Deep Convolutional Models", "A", "Nets & <others>"])
def test_the_title_is_on_the_cover(title):
    drawn = ET.fromstring(cover.cover(title, "An Author"))
    lines = [span.text for span in drawn.iter(f"{SVG}tspan")]
    assert " ".join(lines) == title
    assert drawn.findall(f"{SVG}text")[-1].text == "An Author"


def test_a_long_word_fits():
    drawn = ET.fromstring(cover.cover("Electroencephalographically", ""))
    size = float(drawn.find(f"{SVG}text").get("font-size"))
    assert size * 0.66 * 27 <= cover.WIDTH - 2 * cover.MARGIN


def test_maps_shrink_and_lie_on_the_way_to_the_point():
    shapes = cover.maps([(0, 0), (10, 0), (10, 10), (0, 10)], (40, 5), cover.DEPTHS)
    sides = [corners[1][0] - corners[0][0] for _, corners in shapes]
    assert sides == sorted(sides)
    assert sides[-1] == 10
    assert len({color for color, _ in shapes}) == len(cover.STAGES)
    for _, corners in shapes:
        assert all(0 <= x <= 40 and 0 <= y <= 10 for x, y in corners)
