"""Patches of three photographs of surfaces: brick, grass and gravel, one photograph for each class.

A study of splits rather than of textures.  `"region"` takes the patches to train, validate and test
from regions of each photograph that lie apart; `"random"` takes them from anywhere, so that most
patches to test share pixels with patches to train.  Either split has one surface for each class:
neither shows how well a net knows other bricks, or these bricks in another light.
"""

import io
from pathlib import Path

import numpy as np

from course_lib.data.cache import cache_folder, new_folder
from course_lib.data.packages import package_file, verified
from course_lib.data.split import Dataset, Split

SIDE = 512  # of a photograph, pixels
# SHA-256 of the files in scikit-image, the same ones that its own registry has
PHOTOGRAPHS = {
    "brick": "7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf",
    "grass": "b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89",
    "gravel": "c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12",
}
CLASS_NAMES = tuple(PHOTOGRAPHS)
SPLITS = ("region", "random")
PARTS = ("train", "validation", "test")
SMALLEST, LARGEST = 8, 102  # sides of a patch; five columns, two of them gaps, fit at most
LICENSE = (
    "Brick and gravel from CC0Textures, grass by linolafett, all CC0 (public domain); in "
    "scikit-image."
)

Corners = dict[str, np.ndarray]  # by part: (N, 2), row and column of the patches' upper left pixels


def textures(
    *, patch: int = 32, split: str = "region", seed: int = 0, channels: int = 3
) -> Dataset:
    """Cut patches of three surfaces and label them by the surface.

    Args:
        patch: side of a patch, pixels, 8 to 102.
        split: "region" cuts each photograph into a left, a middle and a right region, with a gap of
            one patch between them.  "random" draws as many patches from anywhere, at distinct
            places that overlap: the tempting wrong way, to compare with.
        seed: of the order of the patches, and of their places under "random".
        channels: 1 for grey, 3 to repeat it for nets that take RGB.

    Returns:
        A `Dataset` with images (N, patch, patch, channels), float32 in [0, 1].  Patches to train
        overlap each other by half; under "region", those to validate and test do not.  Classes
        take turns, so every beginning of a split is balanced.

    Raises:
        ValueError: an option is out of its range.
        ModuleNotFoundError: scikit-image is not installed.
        OSError: one of its photographs is damaged.
    """
    if channels not in (1, 3):
        raise ValueError(f"channels must be 1 or 3, got {channels}")
    places = corners(patch, split, seed)
    photos = [_photograph(name) for name in CLASS_NAMES]
    parts = {}
    for part in PARTS:
        cut = np.stack([_cut(photo, places[part], patch) for photo in photos], axis=1)
        grey = cut.reshape(-1, patch, patch, 1).astype("float32") / 255.0
        labels = np.tile(np.arange(len(photos), dtype="int32"), len(places[part]))
        parts[part] = Split(np.repeat(grey, channels, axis=-1), labels)
    source = _sentence(places, patch, split)
    return Dataset(**parts, class_names=CLASS_NAMES, source=source, license=LICENSE)


def write_textures(
    folder: str | Path | None = None, *, patch: int = 32, split: str = "region", seed: int = 0
) -> Path:
    """Write the patches of `textures` as a directory of image files, classes as folders.

    `keras.utils.image_dataset_from_directory(folder / "train")` reads it.  A file's name says where
    its patch was: "y032_x128.png" begins 32 pixels below and 128 to the right of the corner.

    Args:
        folder: to make; it holds train, validation and test.  `None` writes into the cache of the
            course.  It appears whole or not at all.
        patch: as in `textures`.
        split: as in `textures`.
        seed: as in `textures`.

    Returns:
        The folder.  One that an earlier call with the same options wrote is left as it is.

    Raises:
        ValueError: an option is out of its range.
        FileExistsError: the folder holds something else.
        ModuleNotFoundError: scikit-image is not installed.
        OSError: a photograph is damaged, or the folder cannot be written.
    """
    from PIL import Image

    places = corners(patch, split, seed)
    usual = f"textures-{split}-{patch}-{seed}"
    target = Path(folder) if folder is not None else cache_folder() / usual
    recipe = (
        f"{_sentence(places, patch, split)}\nPatches of {patch}x{patch} pixels, split {split!r}, "
        f"seed {seed}.\n{LICENSE}\n"
    )
    if _holds(target, recipe):
        return target
    photos = {name: _photograph(name) for name in CLASS_NAMES}
    with new_folder(target) as made:
        for part in PARTS:
            for name, photo in photos.items():
                (made / part / name).mkdir(parents=True)
                patches = _cut(photo, places[part], patch)
                for (y, x), pixels in zip(places[part], patches, strict=True):
                    Image.fromarray(pixels).save(made / part / name / f"y{y:03d}_x{x:03d}.png")
        (made / "README.txt").write_text(recipe, encoding="utf-8")
    if not _holds(target, recipe):
        raise FileExistsError(f"another program wrote into {target} at the same time; see there")
    return target


def corners(patch: int, split: str = "region", seed: int = 0) -> Corners:
    """Choose where the patches lie; the same places in each photograph.

    Args:
        patch: as in `textures`.
        split: as in `textures`.
        seed: as in `textures`.

    Returns:
        By "train", "validation" and "test": (N, 2), the row and column of the first pixel of each
        patch.  The numbers of patches do not depend on `split` or `seed`.

    Raises:
        ValueError: an option is out of its range.
    """
    if split not in SPLITS:
        raise ValueError(f"split must be one of {SPLITS}, got {split!r}")
    if not SMALLEST <= patch <= LARGEST:
        raise ValueError(f"patch must be {SMALLEST} to {LARGEST} pixels, got {patch}")
    # Columns of one patch each: train, gap, validation, gap, test.
    columns = SIDE // patch - 2
    held_out = max(1, columns * 2 // 9)
    x_validation = SIDE - (2 * held_out + 1) * patch
    x_test = SIDE - held_out * patch
    places = {
        "train": _grid(0, x_validation - patch, patch, step=patch // 2),
        "validation": _grid(x_validation, x_test - patch, patch, step=patch),
        "test": _grid(x_test, SIDE, patch, step=patch),
    }
    # RandomState: numpy promises that its streams never change.
    draw = np.random.RandomState(seed)
    if split == "region":
        return {part: draw.permutation(grid) for part, grid in places.items()}
    ends = np.cumsum([len(grid) for grid in places.values()])
    side = SIDE - patch + 1
    anywhere = draw.permutation(side * side)[: ends[-1]]
    drawn = np.stack(np.divmod(anywhere, side), axis=1)
    return dict(zip(PARTS, np.split(drawn, ends[:-1]), strict=True))


def _grid(left: int, right: int, patch: int, *, step: int) -> np.ndarray:
    """Return the corners of patches, `step` apart, that lie between two columns of pixels."""
    rows = range(0, SIDE - patch + 1, step)
    columns = range(left, right - patch + 1, step)
    return np.array([(y, x) for y in rows for x in columns])


def _cut(photo, places, patch):
    """Return the patches at the given places, uint8, (N, patch, patch)."""
    return np.lib.stride_tricks.sliding_window_view(photo, (patch, patch))[*places.T]


def _photograph(name):
    from PIL import Image

    path = package_file("skimage", f"data/{name}.png", extra="data")
    content = verified(path, PHOTOGRAPHS[name], advice="install scikit-image again")
    return np.asarray(Image.open(io.BytesIO(content)))


def _sentence(places, patch, split):
    counts = ", ".join(
        f"{3 * len(places[part]):,} {word}"
        for part, word in zip(PARTS, ("training", "validation", "test"), strict=True)
    )
    where = "from regions that lie a patch apart" if split == "region" else "from anywhere"
    return (
        f"Patches of {patch}x{patch} pixels, {where}, of three photographs (brick, grass, gravel): "
        f"{counts} images."
    )


def _holds(target: Path, recipe: str) -> bool:
    """Say whether a folder holds these patches; refuse one that holds anything else."""
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return False
    note = target / "README.txt"
    if note.is_file() and note.read_text(encoding="utf-8") == recipe:
        return True
    raise FileExistsError(
        f"{target} is there already and holds something else; give another folder, or delete it"
    )
