"""The random changes of `augmentation_digits`, on pictures of garments.

A mirrored garment is a garment still, so mirroring is expected to help here; one that stands on its
head is not what the test images show.
"""

from course_lib.experiments.augmentation_digits import ARMS, SIZES, predictions, trial
from course_lib.experiments.parts import small_garments
from course_lib.experiments.plan import Comparison, Experiment

EXPERIMENT = Experiment(
    name="augmentation_garments",
    chapter="practice/augmentation",
    question="Which random changes of few garments lower the error, and which raise it?",
    metric="test_error",
    arms=ARMS,
    comparisons=predictions()
    | {
        f"mirror_{size}": Comparison(f"mirror_{size}", f"none_{size}", "less", "test_error")
        for size in SIZES
    },
    rates=(0.0003, 0.001, 0.003, 0.01),
    steps=400,
    batch_size=50,
    load=small_garments,
    trial=trial,
)
