"""The small version of an experiment, which runs in a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from course_lib.experiments.engine import CHOICE, small
from course_lib.experiments.plan import Experiment, Run
from course_lib.experiments.provenance import machine
from course_lib.experiments.results import rounded, summary
from course_lib.experiments.workers import Job, processes


@dataclass(frozen=True)
class Smoke:
    """The small version that runs in a page, on training and validation images only.

    Args:
        arms: which arms to train.
        steps: number of updates.
        images: how many of the training images.
    """

    arms: tuple[str, ...]
    steps: int
    images: int


SMOKE = {
    "lenet": Smoke(arms=("original", "relu", "modern"), steps=200, images=4_000),
    "resnet": Smoke(arms=("plain_8", "plain_20", "residual_20"), steps=60, images=2_000),
}


def run_small(
    experiment: Experiment, plan: Smoke, large: Mapping[str, Any], *, full: bool = False
) -> dict[str, Any]:
    """Train one seed of some arms on training images, and measure on validation images.

    Args:
        experiment: what to run.
        plan: the size.
        large: the stored result, for the learning rates.
        full: train every arm with the budget of the stored run.

    Returns:
        A result like a stored one, without provenance.
    """
    names = tuple(experiment.arms) if full else plan.arms
    steps = experiment.steps if full else plan.steps
    jobs = [
        Job(
            arm,
            Run(
                large["arms"][arm]["learning_rate"],
                experiment.seeds[0],
                steps,
                experiment.batch_size,
            ),
            CHOICE,
            None if full else plan.images,
        )
        for arm in reversed(names)
    ]
    found = small(experiment, jobs=jobs, workers=processes(machine()["accelerators"]))
    arms = {
        arm: {
            "learning_rate": large["arms"][arm]["learning_rate"],
            "measures": found[arm],
        }
        for arm in names
    }
    return rounded(summary(experiment, arms) | {"steps": steps, "seeds": [experiment.seeds[0]]})
