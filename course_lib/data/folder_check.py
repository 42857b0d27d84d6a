"""Look through a directory of image files with classes as folders before anything reads it.

`keras.utils.image_dataset_from_directory` reads such directories, too, and file by file, so that
they need not fit into memory.  It finds a corrupt file in the middle of training only, stretches
images of other shapes, takes one class for a task, and leaves out files that it does not know
without a word; `check_folder` says so beforehand.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png")  # what image_dataset_from_directory reads
DEEP = ("I", "F")  # modes of Pillow with more than 8 bits in a channel, or their beginning
SHOWN = 5  # of a list in a message

Size = tuple[int, int]  # height and width, pixels


@dataclass(frozen=True)
class ImageFolder:
    """What `check_folder` found; printed, it is a summary.

    Args:
        folder: the directory.
        class_names: names of the folders in it, sorted, as Keras sorts them.
        files: of each class, sorted.
        sizes: how many images have which (height, width), as stored.
        turned: files with a note of the camera that they lie on their side or upside down.  Keras
            does not heed it; `read_folder` does.
        ignored: files that are no images by their ending, beside the classes' folders and in them.
    """

    folder: Path
    class_names: tuple[str, ...]
    files: tuple[tuple[Path, ...], ...]
    sizes: Counter[Size]
    turned: tuple[Path, ...]
    ignored: tuple[Path, ...]

    def __len__(self) -> int:
        return sum(map(len, self.files))

    def __str__(self) -> str:
        counts = ", ".join(
            f"{name} {len(files)}" for name, files in zip(self.class_names, self.files, strict=True)
        )
        lines = [
            f"{self.folder}: {len(self)} images ({counts})",
            f"sizes: {sizes_text(self.sizes)}",
        ]
        if self.turned:
            lines.append(f"turned by a note of the camera: {_some(self.turned, self.folder)}")
        if self.ignored:
            lines.append(f"ignored: {_some(self.ignored, self.folder)}")
        return "\n".join(lines)


def check_folder(folder: str | Path) -> ImageFolder:
    """Look through a directory of image files with classes as folders; decode every file.

    Args:
        folder: holds a folder for each class.  Hidden files and folders are left out, and files
            may lie in folders of a class's folder, as for `image_dataset_from_directory`.

    Returns:
        An `ImageFolder`.

    Raises:
        ValueError: the folder is empty, has images outside of a class's folder, has fewer than two
            classes or one without images, or holds files that cannot be read or have more than 8
            bits in a channel; the message names them.
        OSError: there is no such folder.
    """
    folder = Path(folder)
    classes = classes_in(folder)
    ignored = sorted(file for file in folder.glob("[!.]*") if file.is_file())
    files = []
    for path in classes:
        own = sorted(file for file in path.rglob("*") if file.is_file() and not _hidden(file, path))
        files.append(tuple(file for file in own if file.suffix.lower() in SUFFIXES))
        ignored += [file for file in own if file.suffix.lower() not in SUFFIXES]
        if not files[-1]:
            others = sorted({file.suffix for file in own})
            found = f"only {', '.join(others)}" if others else "no files"
            raise ValueError(
                f"class {path.name!r} has no images: {path} holds {found}; these endings are "
                f"read: {', '.join(SUFFIXES)}"
            )
    sizes: Counter[Size] = Counter()
    turned, corrupt, deep = [], [], []
    for file in (file for own in files for file in own):
        try:
            mode, size, is_turned = _look(file)
        except (OSError, SyntaxError, ValueError):  # Pillow raises each of them
            corrupt.append(file)
            continue
        sizes[size] += 1
        turned += [file] if is_turned else []
        deep += [file] if mode.startswith(DEEP) else []
    if corrupt:
        raise ValueError(
            f"{len(corrupt)} files under {folder} are no images or are damaged: "
            f"{_some(corrupt, folder)}; delete them, or copy them again"
        )
    if deep:
        raise ValueError(
            f"{len(deep)} files under {folder} have more than 8 bits in a channel: "
            f"{_some(deep, folder)}; scale their values to 0 to 255 and save them with 8"
        )
    names = tuple(path.name for path in classes)
    return ImageFolder(folder, names, tuple(files), sizes, tuple(turned), tuple(ignored))


def classes_in(folder: Path) -> list[Path]:
    """Return the folders of the classes, as Keras orders them."""
    if not folder.exists():
        raise FileNotFoundError(f"there is no folder {folder}; paths are read from {Path.cwd()}")
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file; give the folder that holds the classes")
    inside = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    classes = [path for path in inside if path.is_dir()]
    if not inside:
        raise ValueError(f"{folder} is empty; it shall hold a folder of images for each class")
    if not classes:
        raise ValueError(
            f"{folder} holds no folders, but {_some(inside, folder)}; put the images of each "
            "class into a folder that has the name of the class"
        )
    loose = [path for path in inside if path.suffix.lower() in SUFFIXES and path.is_file()]
    if loose:
        raise ValueError(
            f"{folder} holds images beside the folders of the classes: {_some(loose, folder)}; "
            "move each into the folder of its class, or out of here"
        )
    if len(classes) == 1:
        raise ValueError(
            f"{folder} holds one class only, {classes[0].name!r}; at least two are needed. If "
            "the classes lie inside it, give that folder"
        )
    return classes


def _hidden(file: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(root).parts)


def _look(file: Path) -> tuple[str, Size, bool]:
    """Decode a file; return its mode, (height, width) and whether the camera was turned."""
    from PIL import ExifTags, Image

    with Image.open(file) as image:
        image.load()
        turned = image.getexif().get(ExifTags.Base.Orientation, 1) != 1
        return image.mode, (image.height, image.width), turned


def sizes_text(sizes: Counter[Size]) -> str:
    """Write counts of (height, width) as "12 of 300x400, 3 of 200x300", the commonest first."""
    common = ", ".join(f"{n} of {h}x{w}" for (h, w), n in sizes.most_common(SHOWN))
    return common + (f" and {len(sizes) - SHOWN} more" if len(sizes) > SHOWN else "")


def _some(paths: Iterable[Path], folder: Path) -> str:
    names = [str(path.relative_to(folder)) for path in paths]
    return ", ".join(names[:SHOWN]) + (
        f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    )
