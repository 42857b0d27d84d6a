"""Write the photographs and colors of the lab `gallery`: course_lib/widgets/gallery.json.

    python tools/gallery_photos.py           reduce the photographs and write the file
    python tools/gallery_photos.py --check   reduce them again, compare only

Two photographs of `course_lib.data.photos` are reduced to 64x64 pixels and share 256 colors: a
browser then reads their pixels at once and as Python does, which it cannot where they are PNG or
JPEG.  The principal components of colors are those of all six photographs with a license and with
colors, as `PCAColor.fit` finds them.  `--check` prints a line if the file differs and exits 1.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from course_lib.data import PHOTOS, central_square, photo
from course_lib.data.augment import PCAColor
from course_lib.experiments.engine import write_whole
from course_lib.widgets.digit_net import encode
from course_lib.widgets.gallery_pictures import FILE, SIDE

COMMAND = "python tools/gallery_photos.py"
LABELS = {"chelsea": "cat", "coffee": "cup"}
MEASURED = ("astronaut", "chelsea", "coffee", "rocket", "china", "flower")
COLORS = 256
DIGITS = 6  # of the components, after the point


def content() -> dict[str, Any]:
    """Reduce the photographs and measure colors: what the file holds."""
    from PIL import Image

    squares = {name: central_square(photo(name), SIDE, SIDE) for name in MEASURED}
    both = np.concatenate([squares[name] for name in LABELS])
    image = Image.fromarray(np.rint(both * 255).astype("uint8"))
    few = image.quantize(COLORS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    indices = np.asarray(few, "uint8").reshape(len(LABELS), -1)
    palette = np.asarray(few.getpalette(), "uint8")
    pca = PCAColor.fit(np.stack(list(squares.values())), measure="deviation")
    # A component may point either way, which libraries of linear algebra choose differently.
    components = pca.components * np.sign(pca.components.sum(axis=0))
    return {
        "command": COMMAND,
        "palette": encode(palette),
        "photos": [
            {"label": label, "credit": PHOTOS[name].credit, "indices": encode(chosen)}
            for (name, label), chosen in zip(LABELS.items(), indices, strict=True)
        ],
        "pca": {
            "components": (components.round(DIGITS) + 0.0).tolist(),
            "scales": pca.scales.round(DIGITS).tolist(),
            "photos": list(MEASURED),
        },
    }


def text(given: dict[str, Any]) -> str:
    """Write the content as JSON, a line for each entry."""
    lines = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in given.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main(words: list[str], path: Path = FILE) -> int:
    """Write the file, or compare it; return 1 if it differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args(words)
    found = text(content())
    if not options.check:
        write_whole(path, found)
        return 0
    if path.read_text(encoding="utf-8") == found:
        return 0
    print(f"{path.name}: not as it is computed now; run: {COMMAND}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
