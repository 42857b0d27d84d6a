"""Measure nets: errors, calibration, averages over views and nets, intervals and tests.

What scikit-learn has under the same name is not repeated here: `sklearn.metrics` has
`confusion_matrix`, `top_k_accuracy_score`, `classification_report`, `roc_auc_score` and
`brier_score_loss`.  They take `labels` and `probabilities(model, images)`.  Give
`top_k_accuracy_score` the argument `labels=range(classes)`: a small test split may lack a class.
"""

from course_lib.evaluate.calibration import (
    Bins,
    expected_calibration_error,
    fit_temperature,
    log_probabilities,
    reliability_bins,
)
from course_lib.evaluate.classify import accuracy, error, probabilities
from course_lib.evaluate.crops import predict_crops, predict_views
from course_lib.evaluate.distillation import Distillation, distillation_targets
from course_lib.evaluate.ensembles import average
from course_lib.evaluate.figures import confusion_figure, reliability_figure
from course_lib.evaluate.intervals import (
    VERDICTS,
    Difference,
    mean_and_sd,
    paired_difference,
    verdict,
)
from course_lib.evaluate.significance import (
    Interval,
    McNemar,
    bootstrap_interval,
    mcnemar,
    seeds_needed,
    wilson_interval,
)

__all__ = [
    "VERDICTS",
    "Bins",
    "Difference",
    "Distillation",
    "Interval",
    "McNemar",
    "accuracy",
    "average",
    "bootstrap_interval",
    "confusion_figure",
    "distillation_targets",
    "error",
    "expected_calibration_error",
    "fit_temperature",
    "log_probabilities",
    "mcnemar",
    "mean_and_sd",
    "paired_difference",
    "predict_crops",
    "predict_views",
    "probabilities",
    "reliability_bins",
    "reliability_figure",
    "seeds_needed",
    "verdict",
    "wilson_interval",
]
