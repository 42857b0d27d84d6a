"""The figure of each experiment: what the answer to its question rests on."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from matplotlib.figure import Figure

from course_lib.plots_results import by_arm, by_measure, by_setting

TEST = partial(by_arm, measure="test_error", label="test error, %")
DEPTH = partial(
    by_setting, measure="train_error", setting="depth", axis="layers", label="training error, %"
)
AMOUNTS = partial(
    by_measure,
    measures={str(amount): f"test_error_{amount}" for amount in (5, 20, 100)},
    axis="images of each class to learn from",
    label="test error, %",
    joined=True,
)
FIGURES: dict[str, Callable[[Mapping[str, Any]], Figure]] = {
    "lenet": TEST,
    "alexnet": partial(
        by_arm,
        measure="updates_to_level",
        label="updates to a training error of 25 %, or all where it is not reached",
        percent=False,
    ),
    "vgg": TEST,
    "vgg_start": partial(DEPTH, axis="convolutions"),
    "resnet": DEPTH,
    "resnet_shortcuts": partial(
        by_measure,
        measures={"training": "train_error", "test": "test_error"},
        axis="images",
        label="error, %",
    ),
    "why_resnets": DEPTH,
    "why_resnets_gradients": partial(
        DEPTH,
        measure="log10_first_over_last",
        label="log10 of first over last norm",
        percent=False,
    ),
    "why_resnets_deletion": partial(TEST, measure="rise", label="rise of the test error, points"),
    "nin": partial(
        by_measure,
        measures={"as they are": "test_error", "shifted": "test_error_shifted"},
        axis="test images",
        label="test error, %",
    ),
    "inception": TEST,
    "googlenet": TEST,
    "inception_v3": partial(TEST, measure="calibration_error", label="calibration error, points"),
    "factorization": TEST,
    "batchnorm": partial(DEPTH, setting="learning_rate", axis="learning rate", log="x"),
    "batchnorm_modes": partial(
        by_measure,
        measures={
            "running": "inference_error",
            "1": "batch_1_error",
            "50": "batch_50_error",
            "250": "batch_250_error",
            "50, sorted": "sorted_error",
        },
        axis="statistics: running averages, or those of a batch of so many images",
        label="error, %",
    ),
    "batchnorm_sizes": partial(
        DEPTH,
        measure="test_error",
        setting="batch_size",
        axis="images of a batch",
        label="test error, %",
        log="x",
    ),
    "mobilenet": TEST,
    "mobilenet_v2": TEST,
    "senet": TEST,
    "efficientnet": TEST,
    "augmentation_digits": TEST,
    "augmentation_garments": TEST,
    "transfer": AMOUNTS,
    "transfer_garments": AMOUNTS,
    "transfer_far": AMOUNTS,
    "transfer_textures": TEST,
    "transfer_solar": partial(  # Deitsch et al. 2019, abstract: shares that were right
        TEST, published={"SVM by hand": 1 - 0.8244, "VGG-19": 1 - 0.8842}
    ),
    "evaluation": partial(
        by_measure,
        measures={
            "single": "last_error",
            "average of 4": "average_4_error",
            "ten crops": "ten_crop_error",
            "with mirror image": "mirrored_error",
        },
        label="test error, %",
    ),
    "evaluation_seeds": TEST,
}


def figure(result: Mapping[str, Any]) -> Figure:
    """Draw what answers the question of an experiment.

    Args:
        result: a stored one; small ones know no test images.

    Returns:
        The figure; show it with `course_lib.plots.show`.

    Raises:
        ValueError: a result of another experiment, or one that lacks what is drawn.
    """
    name = result["name"]
    if name not in FIGURES:
        raise ValueError(f"no figure for {name!r}; there is one for {', '.join(FIGURES)}")
    try:
        return FIGURES[name](result)
    except KeyError as missing:
        raise ValueError(
            f"this result of {name} lacks {missing}, which its figure shows"
        ) from missing
