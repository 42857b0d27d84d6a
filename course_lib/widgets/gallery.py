"""Lab of the augmentation chapter: what random changes of images look like, by their strength."""

import base64
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from course_lib.figure import figure_html
from course_lib.widgets.conv import png
from course_lib.widgets.gallery_pictures import gallery_pictures, pixels_of, read
from course_lib.widgets.lab import Lab, check_choice, check_number, check_range

DRAWS = 8
LEVELS = 15  # of each color in the static figure, which keeps it small
CELL = 32  # side of a picture in it, pixels
BETWEEN = 128  # the grey around the pictures
SIGMA = 4.0  # of the elastic warp: Simard et al. 2003, section 2
COVER = 0.5  # what cutout covers with, about the mean of a photograph; the paper takes the mean
MOST_SEED = 999_999


class Operation(NamedTuple):
    """A change, and its one parameter that the lab's slider sets.

    Attributes:
        text: what it is called.
        parameter: of the class in `course_lib.data.augment`.
        low: least value.
        high: largest value; `None` for the side of the picture.
        start: value that the lab starts with; a share of the side where `high` is `None`.
        whole: whether the parameter counts pixels.
    """

    text: str
    parameter: str
    low: float
    high: float | None
    start: float
    whole: bool = False


OPERATIONS = {
    "mirror": Operation("mirror", "probability", 0, 1, 0.5),
    "crop": Operation("random crop", "size", 8, None, 0.75, whole=True),
    "pad_crop": Operation("random crop with a frame", "padding", 0, 16, 4, whole=True),
    "resized_crop": Operation("random crop, resized", "least area", 0.08, 1, 0.08),
    "rotate": Operation("rotation", "degrees", 0, 180, 15),
    "shear": Operation("shear", "shear", 0, 89, 15),
    "elastic": Operation("elastic warp", "alpha", 0, 200, 34),
    "color_shift": Operation("color shift", "strength", 0, 1, 0.2),
    "pca_color": Operation("PCA color", "sd", 0, 1, 0.1),
    "cutout": Operation("cutout", "size", 0, None, 0.25, whole=True),
    "mixup": Operation("mixup", "alpha", 0, 2, 0.2),
    "cutmix": Operation("cutmix", "alpha", 0, 2, 1),
}
MIXING = ("mixup", "cutmix")


def gallery(
    operation: str = "mirror",
    *,
    picture: str = "cat",
    strength: float | None = None,
    seed: int = 0,
    survive: bool = False,
) -> Lab:
    """Show eight draws of a random change of a picture, at a strength that a slider sets.

    The changes are those of `course_lib.data.augment`, each with the parameter that it has there:
    mirror, random crop and PCA color of Krizhevsky et al. 2012, section 4.1; crop with a frame of
    He et al. 2016, section 4.2; crop that is resized of Szegedy et al. 2015, section 6; elastic
    warp of Simard et al. 2003, section 2; cutout of DeVries & Taylor 2017, section 3.2; mixup of
    Zhang et al. 2018, section 2; cutmix of Yun et al. 2019, section 3.1.

    Args:
        operation: which change, one of `OPERATIONS`.
        picture: what is changed: "cat", "cup", "digit 6", "digit 9", "digit 5", "letter b", "word
            NO" or "boot".
        strength: the parameter of the change; `None` for a usual one.
        seed: of the draws, 0 to 999,999.
        survive: whether the lab begins with its questions on whether the label survives.

    Returns:
        The lab, the last expression of a cell.

    Raises:
        ValueError: an argument outside these bounds, or PCA color of a grey picture.
    """
    pictures = gallery_pictures()
    check_choice("operation", operation, OPERATIONS)
    check_choice("picture", picture, pictures)
    if operation == "pca_color":
        colored = [name for name, one in pictures.items() if "indices" in one]
        check_choice("picture", picture, colored)
    low, high, usual = bounds(operation, pictures[picture]["side"])
    strength = usual if strength is None else strength
    (check_range if OPERATIONS[operation].whole else check_number)("strength", strength, low, high)
    check_range("seed", seed, 0, MOST_SEED)
    check_choice("survive", survive, (True, False))
    stored = read()
    settings = {
        "operation": operation,
        "picture": picture,
        "partner": partners(pictures, picture)[0],
        "strength": strength,
        "seed": seed,
        "survive": bool(survive),
        "question": 1,
        "pictures": pictures,
        "palette": stored["palette"],
        "pca": {key: stored["pca"][key] for key in ("components", "scales")},
    }
    return Lab("gallery", settings, lambda: figure(settings))


def bounds(operation: str, side: int) -> tuple[Any, Any, Any]:
    """Return the least, the largest and the usual strength for pictures of a side."""
    one = OPERATIONS[operation]
    if one.high is None:
        return one.low, side, round(one.start * side)
    return one.low, one.high, one.start


def partners(pictures: dict[str, dict[str, Any]], picture: str) -> list[str]:
    """Return the pictures that can be mixed with one: those of its size, itself left out."""
    side = pictures[picture]["side"]
    return [name for name, one in pictures.items() if one["side"] == side and name != picture]


def augmentation(settings: dict[str, Any]) -> Any:
    """Build the augmentation that the lab shows, from `course_lib.data.augment`."""
    # The lab itself needs none of it, nor the Keras that it loads; its static figure does.
    from course_lib.data import augment

    strength = settings["strength"]
    side = settings["pictures"][settings["picture"]]["side"]
    pca = {key: np.array(values) for key, values in settings["pca"].items()}
    build: dict[str, Callable[[], Any]] = {
        "mirror": lambda: augment.Mirror(strength),
        "crop": lambda: augment.RandomCrop(strength),
        "pad_crop": lambda: augment.RandomCrop(side, padding=strength),
        "resized_crop": lambda: augment.RandomResizedCrop(side, area=(strength, 1.0)),
        "rotate": lambda: augment.Affine(degrees=strength),
        "shear": lambda: augment.Affine(shear=strength),
        "elastic": lambda: augment.Elastic(alpha=strength, sigma=SIGMA),
        "color_shift": lambda: augment.ColorShift(strength),
        "pca_color": lambda: augment.PCAColor(**pca, sd=strength),
        "cutout": lambda: augment.Cutout(strength, fill=COVER),
        "mixup": lambda: augment.MixUp(2, alpha=strength),
        "cutmix": lambda: augment.CutMix(2, alpha=strength),
    }
    return build[settings["operation"]]()


def draws(settings: dict[str, Any]) -> np.ndarray:
    """Draw with NumPy's generator what the lab draws with the browser's: (8, H, W, C)."""
    images = [
        pixels_of(settings["pictures"][settings[which]], settings["palette"])
        for which in ("picture", "partner")
    ]
    first, second = (np.repeat(image[None], DRAWS, axis=0) for image in images)
    change = augmentation(settings)
    generator = np.random.default_rng(settings["seed"])
    if settings["operation"] not in MIXING:
        return change.apply(first, *change.draw(generator, first.shape))
    labels: np.ndarray = np.repeat([0, 1], DRAWS)
    _, drawn = change.draw(generator, first.shape)
    # Each picture has the other one for its partner; those of the first eight are shown.
    own = np.concatenate([drawn, drawn])
    pairs = np.roll(np.arange(2 * DRAWS), DRAWS)
    return change.apply(np.concatenate([first, second]), labels, pairs, own)[0][:DRAWS]


def figure(settings: dict[str, Any]) -> str:
    """Draw the picture and eight draws of its change, without scripts."""
    one = OPERATIONS[settings["operation"]]
    picture = settings["pictures"][settings["picture"]]
    original = _small(pixels_of(picture, settings["palette"]), picture["side"])
    changed = [_small(image, picture["side"]) for image in draws(settings)]
    sheet = np.concatenate([np.concatenate(changed[i : i + 4], axis=1) for i in (0, 4)])
    mixed = f" with the {settings['partner']}" if settings["operation"] in MIXING else ""
    alt = f"The picture {settings['picture']}, and eight draws of it after {one.text}{mixed}."
    value = f"{settings['strength']:g}"
    caption = (
        f"{one.text[0].upper()}{one.text[1:]}{mixed}: the picture, and eight draws by "
        f"course_lib.data.augment, {one.parameter} {value}."
    )
    svg = (
        '<svg viewBox="0 0 600 230" style="width:100%;max-width:44rem" fill="currentColor" '
        f'font-size="14"><text x="0" y="14">Picture</text>{_picture(original, 0, 100)}'
        f'<text x="150" y="14">Eight draws</text>{_picture(sheet, 150, 400)}</svg>'
    )
    return figure_html(svg, alt, caption)


def _small(image: np.ndarray, side: int) -> np.ndarray:
    """Reduce an image, put it in the middle of a cell with an edge, (CELL + 2, CELL + 2, 3)."""
    factor = side // CELL
    height, width = (length // factor for length in image.shape[:2])
    squares = image[: height * factor, : width * factor]
    means = squares.reshape(height, factor, width, factor, -1).mean(axis=(1, 3))
    cell: np.ndarray = np.full((CELL + 2, CELL + 2, 3), BETWEEN, "uint8")
    top, left = (CELL + 2 - height) // 2, (CELL + 2 - width) // 2
    cell[top : top + height, left : left + width] = np.rint(means * LEVELS) * (255 // LEVELS)
    return cell


def _picture(colors: np.ndarray, left: int, width: int) -> str:
    height = width * colors.shape[0] / colors.shape[1]
    data = base64.b64encode(png(colors)).decode()
    return (
        f'<image x="{left}" y="24" width="{width}" height="{height:.0f}" '
        f'style="image-rendering:pixelated" href="data:image/png;base64,{data}"/>'
    )
