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


class NoSmallVersion(ValueError):
    """The experiment has no small version; the message says why."""


SMOKE: dict[str, Smoke | str] = {
    # a name and its small version, or why it has none
    "lenet": Smoke(("original", "relu", "modern"), steps=200, images=4_000),
    "alexnet": Smoke(("relu", "tanh"), steps=200, images=2_000),
    "vgg": Smoke(("three", "seven_same_weights"), steps=150, images=4_000),
    "vgg_start": Smoke(("small_12", "glorot_12"), steps=100, images=2_000),
    "resnet": Smoke(("plain_8", "plain_20", "residual_20"), steps=60, images=2_000),
    "resnet_shortcuts": Smoke(("option_a", "option_c"), steps=60, images=2_000),
    "why_resnets": Smoke(("plain_8", "plain_20", "residual_20"), steps=60, images=2_000),
    "why_resnets_gradients": Smoke(
        ("plain_bn_8", "plain_bn_32", "residual_bn_32"), steps=5, images=2_000
    ),
    "why_resnets_deletion": Smoke(("plain", "residual"), steps=60, images=2_000),
    "nin": Smoke(("average", "dense"), steps=150, images=4_000),
    "inception": Smoke(("inception", "three"), steps=100, images=4_000),
    "googlenet": Smoke(("without_18", "with_18"), steps=150, images=4_000),
    "inception_v3": Smoke(("smooth_00", "smooth_10"), steps=200, images=2_000),
    "factorization": Smoke(("five", "two_three", "asymmetric"), steps=100, images=4_000),
    "batchnorm": Smoke(("none_0.1", "bn_0.1"), steps=60, images=2_000),
    "batchnorm_modes": Smoke(("momentum_900", "momentum_990"), steps=90, images=2_000),
    "batchnorm_sizes": Smoke(("none_4", "bn_4"), steps=8, images=2_000),
    "mobilenet": Smoke(("standard", "separable"), steps=100, images=4_000),
    "mobilenet_v2": Smoke(("linear", "relu"), steps=100, images=4_000),
    "senet": Smoke(("none", "se_4"), steps=100, images=4_000),
    "efficientnet": Smoke(("width", "resolution"), steps=100, images=4_000),
    "augmentation_digits": Smoke(("none_200", "shift_200", "mirror_200"), steps=200, images=200),
    "augmentation_garments": Smoke(("none_200", "shift_200", "mirror_200"), steps=200, images=200),
    "transfer": Smoke(("scratch", "frozen"), steps=60, images=1_000),
    "transfer_garments": Smoke(("scratch", "frozen"), steps=60, images=2_000),
    "transfer_far": Smoke(("scratch", "frozen"), steps=60, images=1_000),
    "transfer_textures": Smoke(("scratch_5", "probe_5"), steps=30, images=300),
    "transfer_solar": "its package of 91 MB is installed on request, and its features take minutes",
    "evaluation": Smoke(("centers",), steps=60, images=2_000),
    "evaluation_seeds": Smoke(("max", "average"), steps=100, images=2_000),
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
    # In this process, where so little is trained that others would mostly import their backend.
    workers = processes(machine()["accelerators"]) if full else 0
    found = small(experiment, jobs=jobs, workers=workers)
    arms = {
        arm: {
            "learning_rate": large["arms"][arm]["learning_rate"],
            "measures": found[arm],
        }
        for arm in names
    }
    return rounded(summary(experiment, arms) | {"steps": steps, "seeds": [experiment.seeds[0]]})
