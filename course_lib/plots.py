"""The figures of the book: images, errors with their spread, curves.

Draw, then show: `plots.show(plots.curves(result, arms, label="error, %"), alt="...")`.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from course_lib.plots_results import by_arm, by_measure, by_setting, curves
from course_lib.plots_style import COLOURS, LINES, MARKERS, figure, to_html

__all__ = [
    "COLOURS",
    "LINES",
    "MARKERS",
    "by_arm",
    "by_measure",
    "by_setting",
    "curves",
    "feature_maps",
    "figure",
    "filters",
    "image_grid",
    "show",
]


def show(fig: Figure, alt: str, caption: str = "") -> None:
    """Display a figure in a notebook; see `to_html` for the arguments and errors."""
    from IPython.display import HTML, display

    display(HTML(to_html(fig, alt, caption)))


def image_grid(
    images: np.ndarray,
    titles: Sequence[str] | None = None,
    *,
    columns: int = 10,
    limits: tuple[float, float] | None = (0.0, 1.0),
) -> Figure:
    """Draw images in rows.

    Args:
        images: (B, H, W, 1) or (B, H, W, 3).
        titles: one above each image.
        columns: images in a row.
        limits: the values shown as black and white; `None` takes each image's own, which is
            right for feature maps.

    Returns:
        The figure.
    """
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"as many titles as images are needed, got {len(titles)}")
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    side = 6.4 / columns
    fig, axes = figure(rows, columns, height=rows * (side + (0.22 if titles is not None else 0)))
    low, high = limits if limits else (None, None)
    for i, ax in enumerate(np.atleast_1d(axes).flat):
        ax.set_axis_off()
        if i < len(images):
            ax.imshow(images[i], cmap="gray", vmin=low, vmax=high, interpolation="none")
            if titles is not None:
                ax.set_title(titles[i], fontsize=8)
    return fig


def feature_maps(maps: np.ndarray, *, columns: int = 8) -> Figure:
    """Draw the channels of one feature map, (H, W, C), each from its own lowest to highest."""
    numbers = [str(i + 1) for i in range(maps.shape[-1])]
    return image_grid(np.moveaxis(maps, -1, 0)[..., None], numbers, columns=columns, limits=None)


def filters(kernel: np.ndarray, *, columns: int = 8) -> Figure:
    """Draw the kernels, (rows, columns, 1, filters), of a first convolution; grey is 0."""
    if kernel.ndim != 4 or kernel.shape[2] != 1:
        raise ValueError(f"a kernel (rows, columns, 1, filters) is needed, got {kernel.shape}")
    images = np.moveaxis(kernel, -1, 0)
    edge = float(np.abs(images).max())
    numbers = [str(i + 1) for i in range(len(images))]
    return image_grid(images, numbers, columns=columns, limits=(-edge, edge))
