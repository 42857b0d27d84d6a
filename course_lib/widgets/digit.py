"""Lab of the LeNet chapter: a trained LeNet reads a digit that the reader draws."""

import base64
from typing import Any

import numpy as np

from course_lib.figure import figure_html
from course_lib.widgets import digit_net
from course_lib.widgets.conv import png
from course_lib.widgets.lab import Lab, check_choice

DRAWING = "drawing"
LEVELS = 15  # of grey in the static figure, which keeps it small
BETWEEN = 128  # the grey between two maps
# Where the layers stand in the static figure: left, top, side of a pixel, maps in a row
PLACES = {
    "C1": (160, 24, 2.5, 3),
    "S2": (410, 24, 3.6, 3),
    "C3": (0, 206, 3.4, 4),
    "S4": (176, 206, 5.0, 4),
    "C5": (316, 206, 6.0, 12),
    "F6": (316, 304, 6.0, 12),
}
BARS = (430, 206)


def digit(example: int | None = 7, *, centered: bool = True) -> Lab:
    """Let a trained LeNet read a digit that is drawn, and show what each layer makes of it.

    LeCun et al. 1998, sections II-B and III-A, with ReLU and max pooling.  The weights are those of
    tools/digit_weights.py, trained on 3,000 digits of MNIST and rounded to 8 bits.

    Args:
        example: the digit of the test split that the lab starts with, or `None` for an empty sheet.
        centered: whether drawings are resized and centered as those of MNIST were.

    Returns:
        The lab, the last expression of a cell.

    Raises:
        ValueError: an `example` that is no digit, or `centered` that is neither true nor false.
    """
    check_choice("example", example, (*range(10), None))
    check_choice("centered", centered, (True, False))
    stored = digit_net.read()
    net = {key: value for key, value in stored.items() if key not in ("examples", "versions")}
    settings = {
        "source": DRAWING if example is None else str(int(example)),
        "strokes": [],
        "centered": bool(centered),
        "net": net,
        "examples": stored["examples"],
    }
    return Lab("digit", settings, lambda: figure(settings))


def figure(settings: dict[str, Any]) -> str:
    """Draw one digit of the test split and the activations of every layer, without scripts."""
    source = settings["source"]
    example = settings["examples"][7 if source == DRAWING else int(source)]
    image = digit_net.image_of(example)
    found = digit_net.activations(settings["net"], image)
    answer = int(found["output"].argmax())
    share = f"{100 * found['output'][answer]:.1f} %"
    parts = [_sheet(np.pad(image, digit_net.FRAME)[..., None], "Image", (0, 24, 4.0, 1))]
    parts += [_sheet(_as_maps(found[name]), name, place) for name, place in PLACES.items()]
    parts.append(_bars(found["output"]))
    alt = (
        f"A handwritten {example['label']} of the test split and what each layer makes of it: 6 "
        "maps of C1 and S2, 16 of C3 and S4, 120 units of C5, 84 of F6, and ten outputs. The "
        f"largest output, {share}, is that of {answer}."
    )
    caption = (
        f"{_named(example['label']).capitalize()} of the test split in a trained LeNet. White is "
        "the largest activation of a layer, black is none. The net reads "
        f"{_named(answer)}, with a probability of {share}. It reads "
        f"{100 * settings['net']['test_accuracy']:.1f} % of the "
        f"{settings['net']['test_images']:,} test images as what they are."
    )
    svg = (
        '<svg viewBox="0 0 600 366" style="width:100%;max-width:44rem" fill="currentColor" '
        f'font-size="14">{"".join(parts)}</svg>'
    )
    return figure_html(svg, alt, caption)


def _named(number: int) -> str:
    return f"{'an' if number == 8 else 'a'} {number}"


def _as_maps(values: np.ndarray) -> np.ndarray:
    """Return maps (H, W, N); units become maps of one pixel."""
    return values if values.ndim == 3 else values[None, None]


def _sheet(maps: np.ndarray, title: str, place: tuple[int, int, float, int]) -> str:
    """Draw maps side by side, on one scale of grey, with their title above."""
    left, top, pixel, across = place
    height, width, count = maps.shape
    gap = 1 if height > 1 and count > 1 else 0
    down = count // across
    sheet = np.full((down * (height + gap) - gap, across * (width + gap) - gap), BETWEEN)
    grey = np.rint(maps / max(maps.max(), 1e-9) * LEVELS) * (255 // LEVELS)
    for i in range(count):
        y, x = i // across * (height + gap), i % across * (width + gap)
        sheet[y : y + height, x : x + width] = grey[..., i]
    data = base64.b64encode(png(np.repeat(sheet[..., None], 3, axis=-1).astype(np.uint8))).decode()
    size = f'width="{sheet.shape[1] * pixel:.0f}" height="{sheet.shape[0] * pixel:.0f}"'
    return (
        f'<text x="{left}" y="{top - 8}">{title}</text><image x="{left}" y="{top}" {size} '
        f'style="image-rendering:pixelated" href="data:image/png;base64,{data}"/>'
    )


def _bars(outputs: np.ndarray) -> str:
    left, top = BARS
    rows = [f'<text x="{left}" y="{top - 8}">Output</text>']
    for number, share in enumerate(outputs.tolist()):
        y = top + 15 * number
        rows.append(
            f'<text x="{left}" y="{y + 11}" font-size="12">{number}</text>'
            f'<rect x="{left + 16}" y="{y + 1}" width="{max(1.0, 150 * share):.1f}" height="11" '
            'opacity="0.7"/>'
        )
    return "".join(rows)
