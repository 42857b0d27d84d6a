"""The pictures of the lab `gallery`: pen strokes and a boot in grey, two photographs in color."""

import json
from typing import Any

import numpy as np

from course_lib.widgets import pictures
from course_lib.widgets.digit_net import decode
from course_lib.widgets.lab import FOLDER

FILE = FOLDER / "gallery.json"  # written by tools/gallery_photos.py
SIDE = 64  # of a photograph, pixels
SMALL = 32  # of a grey picture
Corners = tuple[tuple[float, float], ...]

# Strokes of a pen, as in `pictures`
SIX: Corners = (
    *((0.62, 0.16), (0.46, 0.30), (0.36, 0.48), (0.34, 0.66), (0.42, 0.80), (0.56, 0.82)),
    *((0.66, 0.72), (0.64, 0.58), (0.52, 0.52), (0.38, 0.58)),
)
NINE: Corners = tuple((round(1 - x, 2), round(1 - y, 2)) for x, y in SIX)
LETTER_B: Corners = (
    *((0.34, 0.16), (0.34, 0.82), (0.54, 0.82), (0.66, 0.70), (0.66, 0.58), (0.54, 0.46)),
    (0.34, 0.48),
)
WORD_NO: tuple[Corners, ...] = (
    ((0.12, 0.70), (0.12, 0.30), (0.42, 0.70), (0.42, 0.30)),
    (
        *((0.73, 0.30), (0.60, 0.38), (0.57, 0.50), (0.60, 0.62), (0.73, 0.70)),
        *((0.86, 0.62), (0.89, 0.50), (0.86, 0.38), (0.73, 0.30)),
    ),
)


def gallery_pictures() -> dict[str, dict[str, Any]]:
    """Return the pictures by name, as the lab's settings hold them.

    Returns:
        Of each its `label`, its `side` in pixels, and `grey`, hexadecimal digits as in `pictures`,
        or `indices` into the palette, with the `credit` of the photograph.
    """
    drawn = {
        "digit 6": ("6", pictures.stroke(SIX, SMALL)),
        "digit 9": ("9", pictures.stroke(NINE, SMALL)),
        "digit 5": ("5", pictures.stroke(pictures.FIVE, SMALL)),
        "letter b": ("b", pictures.stroke(LETTER_B, SMALL)),
        "word NO": ("NO", np.max([pictures.stroke(one, SMALL) for one in WORD_NO], axis=0)),
        "boot": ("boot", pictures.boot(SMALL)),
    }
    photos = {
        one["label"]: {"label": one["label"], "side": SIDE, "credit": one["credit"]}
        | {"indices": one["indices"]}
        for one in read()["photos"]
    }
    return photos | {
        name: {"label": label, "side": SMALL, "grey": pictures.encode(pixels)}
        for name, (label, pixels) in drawn.items()
    }


def read() -> dict[str, Any]:
    """Return what tools/gallery_photos.py has written: photographs, palette, components."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def pixels_of(picture: dict[str, Any], palette: str) -> np.ndarray:
    """Return the pixels of a picture of the lab.

    Args:
        picture: one of `gallery_pictures`.
        palette: the colors of the photographs, as the file holds them.

    Returns:
        (side, side, 1) or (side, side, 3), float32 in [0, 1].
    """
    side = picture["side"]
    if "grey" in picture:
        return pictures.decode(picture["grey"])[..., None].astype("float32")
    colors = decode(palette, "uint8").reshape(-1, 3)
    chosen = colors[decode(picture["indices"], "uint8")]
    return (chosen.reshape(side, side, 3) / 255).astype("float32")
