"""What an experiment is: a question, arms as data, one function that trains one arm once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from course_lib.data import Split

STORED = ("train", "validation", "test")  # splits that a stored training is measured on
Measures = dict[str, Any]  # numbers, or lists of numbers that are the same length for every seed


@dataclass(frozen=True)
class Run:
    """The settings of one training.

    Args:
        learning_rate: of the first step.
        seed: of the weights and of the order of the images.
        steps: number of updates.
        batch_size: images an update.
    """

    learning_rate: float
    seed: int
    steps: int
    batch_size: int


@dataclass(frozen=True)
class Comparison:
    """A prediction made before the run: arm `a` is "less" or "greater" than arm `b`.

    `metric` is read in both arms, unless `metric_b` names another measure for `b`.
    """

    a: str
    b: str
    expected: str
    metric: str
    metric_b: str | None = None

    @property
    def metrics(self) -> tuple[str, str]:
        """The measures read in `a` and in `b`."""
        return self.metric, self.metric_b or self.metric


@dataclass(frozen=True)
class Experiment:
    """One experiment, fixed before it runs.

    Args:
        name: the results are `book/results/NAME.json`.
        chapter: the page that uses it.
        question: what is asked, in one sentence.
        metric: the measure that the answer rests on.
        arms: settings by arm; each has a "label" for figures.  One that measures time has "timed":
            true, and nothing else is trained beside it.
        comparisons: the predictions, by a name for each.
        rates: learning rates to choose from, the same for every arm.  Empty where the rate is
            what is studied, where a choice by validation error would hide what is studied, or where
            nothing is trained: each arm then has a "learning_rate".
        steps: number of updates of every training.
        batch_size: images an update.
        load: returns the splits "train", "validation" and "test"; what else it returns, every
            training gets.
        trial: trains one arm once: `trial(settings, run, splits)`, and measures it on the splits
            it is given.  It must report "validation_error".
        seeds: of the stored trainings.
        choice_seeds: of the trainings that choose the learning rate.
        overlap: images tested over images trained on, where each seed splits the same images anew;
            see `course_lib.evaluate.intervals.paired_difference`.
    """

    name: str
    chapter: str
    question: str
    metric: str
    arms: dict[str, dict[str, Any]]
    comparisons: dict[str, Comparison]
    rates: tuple[float, ...]
    steps: int
    batch_size: int
    load: Callable[[], dict[str, Split]]
    trial: Callable[[Mapping[str, Any], Run, dict[str, Split]], Measures]
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    choice_seeds: tuple[int, ...] = field(default=(100,))
    overlap: float = 0.0
