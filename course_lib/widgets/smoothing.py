"""Lab of the chapter on Inception-v3: a smoothed target, and the gap of logits that it asks for.

Szegedy et al. 2016, "Rethinking the Inception Architecture", section 7: a share epsilon of the
target is spread over all K classes, the right one included.
"""

import math
from typing import Any, NamedTuple

from course_lib.figure import figure_html
from course_lib.widgets.axes import Axes
from course_lib.widgets.lab import Lab, check_choice, check_number, check_range

CLASSES = (2, 1000)
EPSILON = (0, 0.5)
GAPS = (-2, 15)  # of the logit of the right class over the equal others
# Over how many classes epsilon is spread: all K as in the paper, the K - 1 others, none
KINDS = ("smoothed", "mistake", "plain")
LINES = {"smoothed": 'stroke-width="3"', "mistake": 'stroke-dasharray="2 4" stroke-width="2"'}


class Target(NamedTuple):
    """What the net should give: the probability of the right class, and of each other one."""

    right: float
    other: float


def smoothing(
    classes: int = 1000, *, epsilon: float = 0.1, gap: float = 5.0, mistake: bool = False
) -> Lab:
    """Show the loss with label smoothing over the gap by which the right class leads.

    Szegedy et al. 2016, section 7, with 1000 classes and an epsilon of 0.1. All other classes have
    equal logits here.

    Args:
        classes: K, 2 to 1000.
        epsilon: share of the target that is spread, 0 (no smoothing) to 0.5.
        gap: logit of the right class less that of the others, -2 to 15.
        mistake: whether a target that spreads epsilon over the K - 1 other classes stands beside
            that of the paper.

    Returns:
        The lab, the last expression of a cell.

    Raises:
        ValueError: an argument outside these bounds.
    """
    check_range("classes", classes, *CLASSES)
    check_number("epsilon", epsilon, *EPSILON)
    check_number("gap", gap, *GAPS)
    check_choice("mistake", mistake, (False, True))
    settings = {"classes": classes, "epsilon": epsilon, "gap": gap, "mistake": mistake}
    return Lab("smoothing", settings, lambda: figure(settings))


def target(classes: int, epsilon: float, kind: str = "smoothed") -> Target:
    """Return the target of one of `KINDS`; its K probabilities add up to 1."""
    share = {"smoothed": epsilon / classes, "mistake": epsilon / (classes - 1), "plain": 0.0}[kind]
    return Target(1 - (classes - 1) * share, share)


def softmax(classes: int, gap: float) -> Target:
    """Return what the net gives: the right class leads by `gap`, the others are equal."""
    total = math.exp(gap) + classes - 1
    return Target(math.exp(gap) / total, 1 / total)


def loss(classes: int, gap: float, goal: Target) -> float:
    """Return the cross-entropy of the net's softmax against a target.

    The logits of the other classes are 0, so that each log-probability is its logit less the
    logarithm of the sum of all exponentials.
    """
    return math.log(math.exp(gap) + classes - 1) - goal.right * gap


def best(goal: Target) -> float:
    """Return the gap with the least loss: there the net's softmax equals the target.

    For the target of the paper it is log((1 - epsilon) K / epsilon + 1).

    Args:
        goal: the target.

    Returns:
        The gap, infinite where the other classes should have nothing.
    """
    return math.log(goal.right / goal.other) if goal.other else math.inf


def figure(settings: dict[str, Any]) -> str:
    """Draw the loss over the gap, with and without smoothing, without scripts."""
    classes, epsilon, gap = (settings[name] for name in ("classes", "epsilon", "gap"))
    kinds = [kind for kind in KINDS if settings["mistake"] or kind != "mistake"]
    goals = {kind: target(classes, epsilon, kind) for kind in kinds}
    top = max(loss(classes, end, goal) for end in GAPS for goal in goals.values())
    axes = Axes(GAPS, (0, top), (40, 24, 540, 220))
    lines = "".join(
        f'<path d="{_path(axes, classes, goal)}" fill="none" stroke="currentColor" '
        f"{LINES.get(kind, '')}/>"
        for kind, goal in goals.items()
    )
    goal = goals["smoothed"]
    here = loss(classes, gap, goal)
    mark = f'<circle cx="{axes.across(gap)}" cy="{axes.up(here)}" r="6"/>'
    setting = f"{classes:,} classes, epsilon {epsilon:g}"
    alt = (
        f"The loss over the gap between the logit of the right class and the others: {setting}. "
        "Without smoothing it falls all the way"
        f"{'; with smoothing it has a least value and rises' if epsilon else ''}."
    )
    caption = (
        f"The loss over the gap of the right logit, {setting}: thick with smoothing, thin without. "
        f"At a gap of {gap:g} it is {here:.4g}. {_least(classes, goals)}"
    )
    svg = (
        '<svg viewBox="0 0 600 270" style="width:100%;max-width:44rem" fill="currentColor" '
        f'font-size="14">{axes.frame("Loss")}{lines}{mark}</svg>'
    )
    return figure_html(svg, alt, caption)


def _path(axes: Axes, classes: int, goal: Target) -> str:
    gaps = [low / 4 for low in range(4 * GAPS[0], 4 * GAPS[1] + 1)]
    return "M" + "L".join(f"{axes.across(z)} {axes.up(loss(classes, z, goal))}" for z in gaps)


def _least(classes: int, goals: dict[str, Target]) -> str:
    """Say where the loss is least."""
    gap = best(goals["smoothed"])
    if math.isinf(gap):
        return "Without smoothing there is no least value."
    said = f"The least, {loss(classes, gap, goals['smoothed']):.4g}, lies at a gap of {gap:.4g}"
    if "mistake" not in goals:
        return f"{said}."
    other = best(goals["mistake"])
    return f"{said}; with epsilon spread over the other classes only (dotted) it is at {other:.4g}."
