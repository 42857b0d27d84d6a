"""Read a directory of image files with classes as folders into arrays.

For more images than fit into memory there is `keras.utils.image_dataset_from_directory`, which
reads file by file while a net trains; call `check_folder` before it.
"""

from collections import Counter
from pathlib import Path

import numpy as np

from course_lib.data.folder_check import Size, check_folder, classes_in, sizes_text
from course_lib.data.images import check_images
from course_lib.data.split import Dataset, Split

PARTS = ("train", "validation", "test")


def read_folder(folder: str | Path, *, size: Size | None = None, channels: int = 3) -> Split:
    """Read a directory of image files with classes as folders into arrays.

    Args:
        folder: as for `check_folder`, which is called first.
        size: (height, width) to bring the images to: cut to that shape around their center, then
            resized with a cubic filter.  `None` where all have one size.
        channels: 1 for grey, 3 for RGB.

    Returns:
        A `Split` with images (N, H, W, channels), float32 in [0, 1], in the order of the classes
        and then of the files' names; shuffle them before training.

    Raises:
        ValueError: as `check_folder`, or the images differ in size and no `size` is given.
        OSError: there is no such folder.
    """
    if channels not in (1, 3):
        raise ValueError(f"channels must be 1 or 3, got {channels}")
    found = check_folder(folder)
    arrays = [_read(file, size, channels) for own in found.files for file in own]
    shapes = Counter(array.shape[:2] for array in arrays)
    if len(shapes) > 1:
        raise ValueError(
            f"the images under {folder} differ in size ({sizes_text(shapes)}); give size=(height, "
            "width) to cut and resize them"
        )
    images = np.stack(arrays).astype("float32") / 255.0
    labels = np.array([i for i, own in enumerate(found.files) for _ in own], "int32")
    check_images(images, labels)
    return Split(images, labels)


def read_splits(folder: str | Path, *, size: Size | None = None, channels: int = 3) -> Dataset:
    """Read a directory that holds train, validation and test, each with classes as folders.

    Args:
        folder: as `write_textures` makes it.
        size: as in `read_folder`.
        channels: as in `read_folder`.

    Returns:
        A `Dataset`.

    Raises:
        ValueError: as `read_folder`, or the splits have other classes or sizes than one another.
        OSError: a folder is missing.
    """
    folder = Path(folder)
    splits = {part: read_folder(folder / part, size=size, channels=channels) for part in PARTS}
    names = {part: tuple(path.name for path in classes_in(folder / part)) for part in PARTS}
    for part in PARTS[1:]:
        if names[part] != names["train"]:
            raise ValueError(
                f"{part} has the classes {', '.join(names[part])}, but train has "
                f"{', '.join(names['train'])}; each split needs a folder for each class"
            )
        if splits[part].images.shape[1:] != splits["train"].images.shape[1:]:
            raise ValueError(
                f"images of {part} are {splits[part].images.shape[1:3]}, those of train "
                f"{splits['train'].images.shape[1:3]}; give size=(height, width)"
            )
    counts = ", ".join(f"{len(splits[part]):,} {part}" for part in PARTS)
    source = f"{folder.name}: {counts} images."
    train, validation, test = (splits[part] for part in PARTS)
    return Dataset(train, validation, test, names["train"], source)


def _read(file: Path, size: Size | None, channels: int) -> np.ndarray:
    from PIL import Image, ImageOps

    with Image.open(file) as stored:
        image = ImageOps.exif_transpose(stored).convert("L" if channels == 1 else "RGB")
    if size is not None:
        image = ImageOps.fit(image, size[::-1], Image.Resampling.BICUBIC)
    return np.asarray(image).reshape(image.height, image.width, channels)
