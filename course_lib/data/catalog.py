"""All data sets by name."""

import inspect
from collections.abc import Callable
from typing import Any

from course_lib.data.digits import digits
from course_lib.data.fashion import fashion_mnist
from course_lib.data.solar import solar_cells
from course_lib.data.split import Dataset
from course_lib.data.textures import textures

DATASETS: dict[str, Callable[..., Dataset]] = {
    "fashion_mnist": fashion_mnist,
    "digits": digits,
    "textures": textures,
    "solar": solar_cells,
}


def load_dataset(name: str, **options: Any) -> Dataset:
    """Load a data set by name.

    Args:
        name: one of `DATASETS`.
        options: of its loader, such as `patch=64` for "textures".

    Returns:
        A `Dataset`: three splits that share no image, images (N, H, W, C), float32 in [0, 1].

    Raises:
        ValueError: there is no such data set, or it has no such option.
        ModuleNotFoundError: a package with the images is not installed.
        OSError: a file is missing or damaged.

    Example:
        >>> len(load_dataset("fashion_mnist").test)
        3000
    """
    if name not in DATASETS:
        raise ValueError(f"the data sets are {', '.join(DATASETS)}; got {name!r}")
    loader = DATASETS[name]
    known = inspect.signature(loader).parameters
    unknown = [option for option in options if option not in known]
    if unknown:
        takes = f"takes {', '.join(known)}" if known else "takes no options"
        raise ValueError(f"{name} {takes}; got {', '.join(unknown)}")
    return loader(**options)
