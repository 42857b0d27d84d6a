"""The figures of measured results: every seed, the mean, and one standard deviation."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from course_lib.plots_style import COLOURS, LINES, MARKERS, figure


def by_setting(
    result: Mapping[str, Any],
    measure: str,
    setting: str,
    *,
    label: str,
    axis: str,
    percent: bool = True,
    log: str = "",
) -> Figure:
    """Draw a measure by a number among the settings, one line for each kind, with every seed.

    Args:
        result: of an experiment whose arms have the settings "kind" and `setting`.
        measure: such as "train_error".
        setting: such as "depth".
        label: of the vertical axis.
        axis: label of the horizontal axis.
        percent: show shares as per cent.
        log: the axes that are logarithmic: "x", "y" or "xy".

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
        places = [arm["settings"][setting] for arm in own]
        _points(ax, i, places, [arm[measure] for arm in own], factor, label=kind)
    if "x" in log:
        ax.set_xscale("log")
    places = sorted({arm["settings"][setting] for arm in arms})
    ax.set_xticks(places, [f"{place:g}" for place in places], minor=False)
    ax.set_xticks([], minor=True)
    ax.set_xlabel(axis)
    ax.set_ylabel(label)
    if "y" in log:
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_formatter("")
    elif percent:
        ax.set_ylim(bottom=0)
    else:
        ax.axhline(0, color=COLOURS[5], linewidth=0.8)
    _finish(ax)
    return fig


def by_measure(
    result: Mapping[str, Any],
    measures: Mapping[str, str],
    *,
    label: str,
    axis: str = "",
    joined: bool = False,
) -> Figure:
    """Draw several shares of each arm side by side as per cent, with every seed.

    Args:
        result: of an experiment.
        measures: by the word that stands under each, such as {"5 images": "test_error_5"}.
        label: of the vertical axis.
        axis: label of the horizontal axis.
        joined: join the points of an arm, where the measures are in order.

    Returns:
        The figure: points are means, bars one standard deviation, small dots the seeds.

    Raises:
        ValueError: more arms than can be told apart.
    """
    fig, ax = figure()
    arms = list(result["arms"].values())
    _distinct(arm["label"] for arm in arms)
    for i, arm in enumerate(arms):
        apart = 0.0 if joined else 0.12 * (i - (len(arms) - 1) / 2)
        places = [place + apart for place in range(len(measures))]
        found = [arm[measure] for measure in measures.values()]
        _points(ax, i, places, found, 100, label=arm["label"], joined=joined)
    ax.set_xticks(range(len(measures)), list(measures))
    ax.set_xlabel(axis)
    ax.set_ylabel(label)
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


def by_arm(
    result: Mapping[str, Any],
    measure: str,
    *,
    label: str,
    percent: bool = True,
    published: Mapping[str, float] | None = None,
) -> Figure:
    """Draw a measure for each arm: the mean, one standard deviation, every seed.

    Args:
        result: of an experiment.
        measure: such as "test_error".
        label: of the horizontal axis.
        percent: show shares as per cent.
        published: values to draw as dotted lines, by what stands above each.

    Returns:
        The figure, one row an arm, in the order of the result.
    """
    arms = list(result["arms"].values())
    factor = 100 if percent else 1
    fig, ax = figure(height=0.6 + 0.4 * len(arms))
    for i, arm in enumerate(arms):
        values = factor * np.array(arm[measure]["values"])
        ax.plot(values, [i] * len(values), ".", color=COLOURS[0], alpha=0.5, markersize=5)
        spread = factor * (arm[measure]["sd"] or 0.0)
        mean = factor * arm[measure]["mean"]
        ax.errorbar(mean, i, xerr=spread, fmt="D", color=COLOURS[1], capsize=3)
    ax.set_yticks(range(len(arms)), [arm["label"] for arm in arms])
    for name, value in (published or {}).items():
        ax.axvline(factor * value, color=COLOURS[5], linestyle=":")
        at_top = {"xycoords": ("data", "axes fraction"), "ha": "center", "va": "bottom"}
        ax.annotate(name, (factor * value, 1), **at_top)
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


def _points(ax, i, places, summaries, factor, *, label, joined=True):
    """Draw one line: the seeds as dots, the means with their spread."""
    for place, summary in zip(places, summaries, strict=True):
        values = factor * np.array(summary["values"])
        ax.plot([place] * len(values), values, ".", color=COLOURS[i], alpha=0.5, markersize=4)
    mean = [factor * s["mean"] for s in summaries]
    sd = [factor * (s["sd"] or 0.0) for s in summaries]
    look = _look(i) | ({} if joined else {"linestyle": "none"})
    ax.errorbar(places, mean, yerr=sd, color=COLOURS[i], capsize=3, label=label, **look)


def _look(i) -> dict[str, Any]:
    return {"marker": MARKERS[i], "linestyle": LINES[i % len(LINES)], "markersize": 6}


def _finish(ax):
    ax.grid(axis="y")
    ax.legend(frameon=False)
