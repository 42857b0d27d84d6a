"""Lab of the batch normalization chapter: one channel before and after it, in both modes.

Ioffe and Szegedy 2015, "Batch normalization", algorithms 1 and 2 and section 3.1.  The moving
statistics follow Keras: the momentum weighs the old value, and the batch's variance is the biased
one, which algorithm 2 multiplies by m / (m - 1).
"""

from typing import Any

import numpy as np

from course_lib.figure import figure_html
from course_lib.widgets.axes import Axes
from course_lib.widgets.lab import Lab, check_choice, check_number, check_range

BATCHES = (2, 4, 8, 16, 32, 64, 128, 256)
EPSILONS = (1e-5, 1e-3)
MODES = ("training", "inference")
MOMENTA = (0.9, 0.99)
MOST_STEPS = 1000
BINS = 40
SEED = 2015  # of the activations
LOW_BITS = np.uint64(0xFFFFFFFF)


def norm(
    batch: int = 32,
    *,
    incoming: tuple[float, float] = (3.0, 2.0),
    scale: tuple[float, float] = (1.0, 0.0),
    epsilon: float = 1e-3,
    mode: str = "training",
    momentum: float = 0.99,
    steps: int = 30,
) -> Lab:
    """Show the activations of one channel before and after batch normalization.

    Ioffe and Szegedy 2015, algorithms 1 and 2, section 3.1. Training mode normalizes with the
    statistics of the batch, inference mode with moving ones, which begin at mean 0 and variance 1
    and move at each training step.

    Args:
        batch: number of activations in a batch, one of `BATCHES`.
        incoming: true mean, -5 to 5, and standard deviation, 0.05 to 5, of what comes in.
        scale: gamma, 0 to 3, and beta, -3 to 3.
        epsilon: added to the variance, one of `EPSILONS`.
        mode: "training" or "inference".
        momentum: share that a moving statistic keeps at each step, one of `MOMENTA`.
        steps: training steps taken, 0 to 1000.

    Returns:
        The lab, the last expression of a cell.

    Raises:
        ValueError: an argument outside these bounds.
    """
    (shift, spread), (gamma, beta) = incoming, scale
    check_choice("batch", batch, BATCHES)
    check_number("mean of what comes in", shift, -5, 5)
    check_number("standard deviation of what comes in", spread, 0.05, 5)
    check_number("gamma", gamma, 0, 3)
    check_number("beta", beta, -3, 3)
    check_choice("epsilon", epsilon, EPSILONS)
    check_choice("mode", mode, MODES)
    check_choice("momentum", momentum, MOMENTA)
    check_range("steps", steps, 0, MOST_STEPS)
    settings = {
        "batch": batch,
        "shift": shift,
        "spread": spread,
        "gamma": gamma,
        "beta": beta,
        "epsilon": epsilon,
        "mode": mode,
        "momentum": momentum,
        "steps": steps,
    }
    return Lab("norm", settings, lambda: figure(settings))


def normals(indices: np.ndarray) -> np.ndarray:
    """Return standard normal numbers by their index, by Box and Muller's formula.

    They are the same in JavaScript, so that the figure shows what the lab shows.
    """
    first, second = uniform(2 * indices), uniform(2 * indices + 1)
    return np.sqrt(-2 * np.log(1 - first)) * np.cos(2 * np.pi * second)


def uniform(indices: np.ndarray) -> np.ndarray:
    """Return the numbers of mulberry32 by their index, from 0 up to and without 1."""
    state = (SEED + (indices.astype(np.uint64) + np.uint64(1)) * np.uint64(0x6D2B79F5)) & LOW_BITS
    mixed = (state ^ state >> np.uint64(15)) * (state | np.uint64(1)) & LOW_BITS
    again = (mixed ^ mixed >> np.uint64(7)) * (mixed | np.uint64(61)) & LOW_BITS
    mixed = (mixed + again & LOW_BITS) ^ mixed
    return (mixed ^ mixed >> np.uint64(14)) / 2.0**32


def batch_at(settings: dict[str, Any], step: int) -> np.ndarray:
    """Return the activations of one batch, (batch,); number 0 comes before the first step."""
    size = settings["batch"]
    drawn = normals(np.arange(step * size, (step + 1) * size))
    return settings["shift"] + settings["spread"] * drawn


def follow(settings: dict[str, Any]) -> np.ndarray:
    """Return the statistics of each batch and the moving ones after it.

    Args:
        settings: those of the lab.

    Returns:
        (steps + 1, 4): mean and biased variance of batch 0, 1, ..., moving mean and variance.
    """
    momentum = settings["momentum"]
    moving = np.array([0.0, 1.0])
    rows = []
    for step in range(settings["steps"] + 1):
        values = batch_at(settings, step)
        seen = np.array([values.mean(), values.var()])
        if step:
            moving = momentum * moving + (1 - momentum) * seen
        rows.append(np.concatenate([seen, moving]))
    return np.array(rows)


def normalize(values: np.ndarray, used: np.ndarray, settings: dict[str, Any]) -> np.ndarray:
    """Apply batch normalization with the mean and variance `used`."""
    scaled = (values - used[0]) / np.sqrt(used[1] + settings["epsilon"])
    return settings["gamma"] * scaled + settings["beta"]


def figure(settings: dict[str, Any]) -> str:
    """Draw the last batch before and after, and the moving statistics, without scripts."""
    rows, steps = follow(settings), settings["steps"]
    values = batch_at(settings, steps)
    used = rows[-1, :2] if settings["mode"] == "training" else rows[-1, 2:]
    output = normalize(values, used, settings)
    ends = (
        float(np.floor(min(values.min(), output.min()))),
        float(np.ceil(max(values.max(), output.max()))),
    )
    true = (settings["shift"], settings["spread"] ** 2)
    drawing = (
        _histogram(values, ends, 34, "Before")
        + _histogram(output, ends, 336, "After")
        + _course(rows[:, [0, 2]], true[0], 34, "Mean, step by step")
        + _course(rows[:, [1, 3]], true[1], 336, "Variance, step by step")
    )
    svg = (
        '<svg viewBox="0 0 600 380" style="width:100%;max-width:44rem" '
        f'fill="currentColor" font-size="14">{drawing}</svg>'
    )
    mean, deviation = _number(output.mean()), _number(output.std())
    moving = [_number(value) for value in rows[-1, 2:].tolist()]
    told = (
        f"after {steps} steps, momentum {settings['momentum']:g}, true mean {_number(true[0])} "
        f"and variance {_number(true[1])}, moving mean {moving[0]} and variance {moving[1]}"
    )
    alt = (
        f"A batch of {settings['batch']} activations before and after batch normalization in "
        f"{settings['mode']} mode, with mean {mean} and standard deviation {deviation} after it; "
        f"below, moving mean and variance approach the true ones: {told}."
    )
    caption = (
        f"A batch of {settings['batch']} in {settings['mode']} mode: the output has mean {mean} "
        f"and standard deviation {deviation}. Below, dots are the batches, the line is moving, "
        f"the dashed line true: {told}."
    )
    return figure_html(svg, alt, caption)


def _number(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "\N{MINUS SIGN}")


def _histogram(values: np.ndarray, ends: tuple[float, float], left: float, title: str) -> str:
    counts, _ = np.histogram(values, BINS, ends)
    axes = Axes(ends, (0, float(counts.max())), (left, 24, 246, 120))
    width = 246 / BINS
    bars = "".join(
        f"M{left + i * width:.1f} 144V{axes.up(count)}h{width - 0.8:.1f}V144z"
        for i, count in enumerate(counts.tolist())
        if count
    )
    whole = axes.frame(title, lambda at: f"{at:g}" if at == int(at) else "")
    return whole + f'<path d="{bars}" opacity="0.6"/>'


def _course(rows: np.ndarray, true: float, left: float, title: str) -> str:
    """Draw the values of the batches, (n, 0), and the moving ones, (n, 1), step by step."""
    low, high = min(0.0, rows.min(), true), max(rows.max(), true, 1e-3)
    axes = Axes((0, max(10, len(rows) - 1)), (float(low), float(high)), (left, 222, 246, 120))
    every = max(1, len(rows) // 100)
    shown = list(enumerate(rows.tolist()))[::every]
    line = "L".join(f"{axes.across(step)} {axes.up(moving)}" for step, (_, moving) in shown)
    dots = "".join(f"M{axes.across(step)} {axes.up(seen)}h0" for step, (seen, _) in shown)
    return axes.frame(title) + (
        f'<path d="M{left} {axes.up(true)}h246" stroke="currentColor" stroke-dasharray="5 4"/>'
        f'<path d="{dots}" stroke="currentColor" stroke-width="3" stroke-linecap="round" '
        f'opacity="0.5"/><path d="M{line}" fill="none" stroke="currentColor" stroke-width="2"/>'
    )
