"""Results as they are stored: assembled from trainings, written whole, found and read again."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from course_lib.evaluate.intervals import mean_and_sd, paired_difference, verdict
from course_lib.experiments.plan import Experiment, Measures

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "book" / "results", Path(__file__).parents[1] / "results")  # checkout, wheel


def stored(name: str) -> dict[str, Any]:
    """Read the stored result of an experiment.

    Args:
        name: of the experiment, such as "resnet".

    Returns:
        The content of `book/results/NAME.json`: arms, comparisons, provenance.

    Raises:
        FileNotFoundError: there is no such result; the message says how to make it.
    """
    for folder in FOLDERS:
        path = folder / f"{name}.json"
        if path.exists():
            return json.loads(path.read_text(encoding="utf-8"))
    raise FileNotFoundError(
        f"no stored result {name!r}; in a checkout of the course, "
        f"`python -m course_lib run {name}` makes it"
    )


def summary(experiment: Experiment, arms: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return a result without its provenance: settings, means, spreads, comparisons.

    Args:
        experiment: what was run.
        arms: for each arm its measures, one a seed, under "measures"; and how its learning rate
            was chosen.
    """
    table = {
        arm: {
            "label": experiment.arms[arm]["label"],
            "settings": {k: v for k, v in experiment.arms[arm].items() if k != "label"},
            **{key: value for key, value in entry.items() if key != "measures"},
            **summarise(entry["measures"]),
        }
        for arm, entry in arms.items()
    }
    return {
        "name": experiment.name,
        "chapter": experiment.chapter,
        "question": experiment.question,
        "metric": experiment.metric,
        "arms": table,
        "comparisons": compare(experiment, table),
    }


def summarise(measures: Sequence[Measures]) -> dict[str, Any]:
    """Return mean, sd and values of each number, and mean and sd of each list, over seeds."""
    out: dict[str, Any] = {}
    for key, first in measures[0].items():
        values = [one[key] for one in measures]
        if isinstance(first, list):
            columns = [mean_and_sd(column) for column in zip(*values, strict=True)]
            out[key] = {"mean": [m for m, _ in columns], "sd": [_finite(s) for _, s in columns]}
        else:
            mean, sd = mean_and_sd(values)
            out[key] = {"mean": mean, "sd": _finite(sd), "values": values}
    return out


def compare(experiment: Experiment, table: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the verdict on each prediction whose two arms were measured."""
    out = {}
    for name, c in experiment.comparisons.items():
        sides = list(zip((c.a, c.b), c.metrics, strict=True))
        if not all(arm in table and metric in table[arm] for arm, metric in sides):
            continue
        values = [table[arm][metric]["values"] for arm, metric in sides]
        difference = paired_difference(*values, overlap=experiment.overlap)
        out[name] = {
            "a": c.a,
            "b": c.b,
            "metric": c.metric,
            **({"metric_b": c.metric_b} if c.metric_b else {}),
            "expected": c.expected,
            "mean": difference.mean,
            "low": _finite(difference.low),
            "high": _finite(difference.high),
            "seeds": difference.pairs,
            "verdict": verdict(difference, c.expected),
        }
    return out


def same_direction(
    small: Mapping[str, Any], large: Mapping[str, Any], metric: str | None = None
) -> dict[str, bool]:
    """Say for each comparison that the stored run saw whether a small run points the same way.

    Args:
        small: a result of `smoke`.
        large: the stored result.
        metric: a measure of the small run, such as "train_error"; by default that of each
            comparison, on validation images where it is one on test images.

    Returns:
        By comparison that is not "within noise" in `large` and whose arms `small` has: whether
        the two differences have the same sign.
    """
    out = {}
    for name, c in large["comparisons"].items():
        a, b = (small["arms"].get(c[side]) for side in ("a", "b"))
        if c["verdict"] != "within noise" and a and b:
            own = (c["metric"], c.get("metric_b", c["metric"]))
            first, second = (metric or each.replace("test_", "validation_") for each in own)
            difference = a[first]["mean"] - b[second]["mean"]
            out[name] = difference * c["mean"] > 0.0
    return out


def rounded(value: Any, digits: int = 6) -> Any:
    """Round every float to so many digits that count; an error on thousands of images has fewer."""
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if isinstance(value, Mapping):
        return {key: rounded(item, digits) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item, digits) for item in value]
    return value


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
