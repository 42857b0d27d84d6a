"""What a result says, in sentences made of its numbers."""

from collections.abc import Mapping
from typing import Any

SHARES = ("error", "rise", "accuracy", "confidence")  # measures that are fractions of images
WORDS = {"less": "lower", "greater": "higher"}


def sentences(result: Mapping[str, Any]) -> list[str]:
    """Return one sentence for each prediction: who was compared, by how much, and the verdict.

    Args:
        result: a stored result.

    Returns:
        Sentences in the order of the predictions.  Fractions of images are in points, hundredths.
    """
    return [_sentence(result["arms"], c) for c in result["comparisons"].values()]


def _sentence(arms: Mapping[str, Mapping[str, Any]], c: Mapping[str, Any]) -> str:
    metric = c["metric"]
    share = any(word in metric for word in SHARES)
    factor, unit = (100.0, " points") if share else (1.0, "")
    low, high = (c[end] for end in ("low", "high"))
    interval = (
        f"95 % interval {_number(factor * low)} to {_number(factor * high)}"
        if low is not None
        else "no interval from one seed"
    )
    first, second = (_quoted(arms[c[side]]["label"]) for side in ("a", "b"))
    other = _words(c.get("metric_b", metric))
    if c["a"] == c["b"]:
        rival = f"its {other}"
    else:
        rival = f"the {other} of {second}" if "metric_b" in c else second
    what = _words(metric).capitalize()
    return (
        f"{what} of {first} against {rival}: {_number(factor * c['mean'])}{unit} ({interval}, "
        f"{c['seeds']} seeds); {WORDS[c['expected']]} was predicted: {c['verdict']}."
    )


def _words(metric: str) -> str:
    return metric.replace("_", " ")


def _number(value: float) -> str:
    return f"{value:+.3g}".replace("-", "\N{MINUS SIGN}")


def _quoted(label: str) -> str:
    return f"\N{LEFT DOUBLE QUOTATION MARK}{label}\N{RIGHT DOUBLE QUOTATION MARK}"
