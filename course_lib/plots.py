"""The figures of the book: images, errors with their spread, curves.

Draw, then show: `plots.show(plots.curves(result, arms, label="error, %"), alt="...")`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from course_lib.plots_style import COLOURS, LINES, MARKERS, figure, to_html

__all__ = [
    "COLOURS",
    "LINES",
    "MARKERS",
    "by_arm",
    "by_depth",
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


def by_depth(
    result: Mapping[str, Any], measure: str, *, label: str, percent: bool = True, log: bool = False
) -> Figure:
    """Draw a measure of nets by their depth, one line for each kind, with every seed.

    Args:
        result: of an experiment whose arms have the settings "kind" and "depth".
        measure: such as "train_error".
        label: of the vertical axis.
        percent: show shares as per cent.
        log: a logarithmic vertical axis.

    Returns:
        The figure: points are means, bars one standard deviation, small dots the seeds.

    Raises:
        ValueError: more kinds than can be told apart.
    """
    fig, ax = figure()
    factor = 100 if percent else 1
    arms = list(result["arms"].values())
    kinds = _distinct(arm["settings"]["kind"] for arm in arms)
    for i, kind in enumerate(kinds):
        own = [arm for arm in arms if arm["settings"]["kind"] == kind]
        depth = [arm["settings"]["depth"] for arm in own]
        for d, arm in zip(depth, own, strict=True):
            values = factor * np.array(arm[measure]["values"])
            ax.plot([d] * len(values), values, ".", color=COLOURS[i], alpha=0.5, markersize=4)
        _errorbar(ax, i, depth, [arm[measure] for arm in own], factor, label=kind)
    ax.set_xticks(sorted({arm["settings"]["depth"] for arm in arms}))
    ax.set_xlabel("layers")
    ax.set_ylabel(label)
    if log:
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_formatter("")
    else:
        ax.set_ylim(bottom=0)
    _finish(ax)
    return fig


def curves(
    result: Mapping[str, Any],
    arms: Sequence[str],
    *,
    label: str,
    measure: str = "curve_error",
    steps: str = "curve_step",
) -> Figure:
    """Draw learning curves of some arms: the mean over seeds, with a band of one sd.

    Args:
        result: of an experiment.
        arms: which ones.
        label: of the vertical axis; shares are shown as per cent.
        measure: the curve's values.
        steps: the curve's updates.

    Returns:
        The figure.

    Raises:
        ValueError: more arms than can be told apart.
    """
    fig, ax = figure()
    for i, name in enumerate(_distinct(arms)):
        arm = result["arms"][name]
        x, mean = np.array(arm[steps]["mean"]), 100 * np.array(arm[measure]["mean"])
        sd = 100 * np.array([s or 0.0 for s in arm[measure]["sd"]])
        ax.fill_between(x, mean - sd, mean + sd, color=COLOURS[i], alpha=0.2, linewidth=0)
        ax.plot(x, mean, color=COLOURS[i], label=arm["label"], **_look(i), markevery=4)
    ax.set_ylim(bottom=0)
    ax.set_xlabel("updates")
    ax.set_ylabel(label)
    _finish(ax)
    return fig


def by_arm(result: Mapping[str, Any], measure: str, *, label: str) -> Figure:
    """Draw a share as per cent for each arm: the mean, one standard deviation, every seed.

    Args:
        result: of an experiment.
        measure: such as "test_error".
        label: of the horizontal axis.

    Returns:
        The figure, one row an arm, in the order of the result.
    """
    arms = list(result["arms"].values())
    fig, ax = figure(height=0.6 + 0.4 * len(arms))
    for i, arm in enumerate(arms):
        values = 100 * np.array(arm[measure]["values"])
        ax.plot(values, [i] * len(values), ".", color=COLOURS[0], alpha=0.5, markersize=5)
        spread = 100 * (arm[measure]["sd"] or 0.0)
        ax.errorbar(
            100 * arm[measure]["mean"], i, xerr=spread, fmt="D", color=COLOURS[1], capsize=3
        )
    ax.set_yticks(range(len(arms)), [arm["label"] for arm in arms])
    ax.invert_yaxis()
    ax.set_xlabel(label)
    ax.grid(axis="x")
    return fig


def _distinct(lines) -> list[str]:
    """Return the names of the lines of a figure, each once; refuse more than there are colours."""
    names = list(dict.fromkeys(lines))
    if len(names) > len(COLOURS):
        raise ValueError(
            f"a figure tells at most {len(COLOURS)} lines apart, got {len(names)}: "
            f"{', '.join(map(str, names))}; draw two figures"
        )
    return names


def _errorbar(ax, i, x, summaries, factor, *, label):
    mean = [factor * s["mean"] for s in summaries]
    sd = [factor * (s["sd"] or 0.0) for s in summaries]
    ax.errorbar(x, mean, yerr=sd, color=COLOURS[i], capsize=3, label=label, **_look(i))


def _look(i) -> dict[str, Any]:
    return {"marker": MARKERS[i], "linestyle": LINES[i % len(LINES)], "markersize": 6}


def _finish(ax):
    ax.grid(axis="y")
    ax.legend(frameon=False)
