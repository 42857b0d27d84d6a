"""What to try first for images of one's own: a rule of thumb, with its reasons.

It follows what Yosinski et al., "How transferable are features in deep neural networks?",
NeurIPS 2014, and Kornblith, Shlens, Le, "Do Better ImageNet Models Transfer Better?", CVPR 2019,
report.  Its thresholds are orders of magnitude: the answer is where to begin measuring.
"""

from dataclasses import dataclass

from course_lib.nets.layers import check_choice

SIMILARITIES = ("close", "related", "distant")
BUDGETS = ("minutes", "hours")
FEW, MANY = 20, 500  # images a class: below, and from
NAMES = ("frozen", "tail", "full", "scratch")
ACTIONS = {
    "frozen": "freeze the body, precompute its features, train a head",
    "tail": "train a head first, then the last blocks at a small rate",
    "full": "train a head first, then all blocks at a small rate",
    "scratch": "train from fresh weights",
}


@dataclass(frozen=True)
class Strategy:
    """What to try first, why, and what to compare it with.

    Attributes:
        name: one of `NAMES`.
        reasons: a sentence each.
        compare_with: names of strategies that may be better here: measure them on the validation
            split, with the same budget and several seeds.
    """

    name: str
    reasons: tuple[str, ...]
    compare_with: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(
            [
                f"{self.name}: {ACTIONS[self.name]}",
                *(f"- {reason}" for reason in self.reasons),
                f"A rule of thumb: measure it against {' and '.join(self.compare_with)}.",
            ]
        )


def choose_strategy(per_class: float, similarity: str, *, budget: str = "minutes") -> Strategy:
    """Choose by the number of images and their likeness to those of the trained net.

    The number of classes does not count: it sets the size of the head, and not what the body has
    to learn anew.

    Args:
        per_class: labelled training images a class, on average, above 0.
        similarity: of the images to those that the body was trained on: "close" (the same kind of
            pictures and of things), "related" (photographs, of other things), "distant" (X-rays,
            spectrograms, drawings).
        budget: of computing: "minutes", on a processor, or "hours", or an accelerator.

    Returns:
        The strategy, which prints itself with its reasons.

    Raises:
        ValueError: unknown `similarity` or `budget`, or no images.
    """
    check_choice("similarity", similarity, SIMILARITIES)
    check_choice("budget", budget, BUDGETS)
    if not per_class > 0:
        raise ValueError(f"per_class must be above 0, got {per_class!r}")
    name, reasons = _by_data(per_class, similarity)
    if budget == "minutes" and name != "frozen":
        reasons.append(
            f"With hours of computing this would be {name!r}; in minutes a body runs once over the "
            "images, and a head is trained on its stored features."
        )
        name = "frozen"
    rivals = {
        "frozen": ["tail"],
        "tail": ["frozen", "full"],
        "full": ["tail", "scratch"],
        "scratch": ["full"],
    }[name]
    if similarity == "distant" and "scratch" not in (name, *rivals):
        rivals.append("scratch")
    return Strategy(name, tuple(reasons), tuple(rivals))


def _by_data(per_class: float, similarity: str) -> tuple[str, list[str]]:
    """Return the strategy for a budget that sets no limit, with its reasons."""
    likeness = {
        "close": "The last features fit the new images, too.",
        "related": "Late features are made for the old classes, early ones are general (Yosinski "
        "et al. 2014), so the last blocks gain most from training.",
        "distant": "Features transfer worse the further the tasks are apart (Yosinski et al. "
        "2014), and may do worse than fresh weights.",
    }[similarity]
    if per_class < FEW:
        few = (
            f"Fewer than {FEW} images a class: a body with millions of weights would learn them "
            "by heart, a head has a few thousand."
        )
        if similarity != "distant":
            return "frozen", [few, likeness]
        return "frozen", [few, likeness, "Cut the body early: its first blocks are general."]
    if per_class < MANY:
        some = f"{FEW} to {MANY} images a class: enough to adapt a part of the body."
        return ("full" if similarity == "distant" else "tail"), [some, likeness]
    many = (
        f"{MANY} or more images a class: enough to adapt all blocks; fine-tuned nets then beat "
        "frozen ones on most data sets (Kornblith et al. 2019)."
    )
    if similarity != "distant":
        return "full", [many, likeness]
    return "scratch", [
        f"{MANY} or more images a class can train a net of their own.",
        likeness,
        "On small fine-grained data sets even ImageNet helped little (Kornblith et al. 2019).",
    ]
