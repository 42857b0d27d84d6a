"""An experiment of milliseconds: its trainings are arithmetic, so every number can be foreseen."""

import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from course_lib.data import Split
from course_lib.experiments.plan import Comparison, Experiment


def load():
    """Return three splits of 40 black images."""
    return {
        name: Split(np.zeros((40, 4, 4, 1), "float32"), np.zeros(40, "int32"))
        for name in ("train", "validation", "test")
    }


def trial(settings, run, splits):
    """Return errors that depend on the arm's best rate and the seed; log the call if asked."""
    log = os.environ.get("TINY_LOG")
    if log:
        with Path(log).open("a") as file:
            file.write(f"{settings['label']} {run.learning_rate} {run.seed} {len(splits)}\n")
        time.sleep(float(os.environ.get("TINY_SLEEP", "0")))
    if run.seed in settings.get("fails", ()):
        raise ArithmeticError(f"seed {run.seed} is not to be trained")
    away = abs(run.learning_rate - settings["best"])
    base = settings["error"] + away + run.seed / 1000
    return {f"{name}_error": base + i / 100 for i, name in enumerate(splits)} | {
        "curve_error": [base + 0.5, base],
        "images": len(splits["train"]),
    }


EXPERIMENT = Experiment(
    name="tiny",
    chapter="none",
    question="Does the machinery keep its word?",
    metric="train_error",
    arms={
        "good": {"label": "good", "best": 0.1, "error": 0.1},
        "bad": {"label": "bad", "best": 0.01, "error": 0.3},
    },
    comparisons={
        "good_against_bad": Comparison("good", "bad", "less", "train_error"),
        "bad_against_good": Comparison("bad", "good", "less", "test_error"),
    },
    rates=(0.01, 0.03, 0.1),
    steps=10,
    batch_size=4,
    load=load,
    trial=trial,
    seeds=(0, 1, 2),
)
FAILING = replace(
    EXPERIMENT,
    arms={**EXPERIMENT.arms, "bad": {**EXPERIMENT.arms["bad"], "fails": (1,)}},
)
OWN_RATES = replace(
    EXPERIMENT,
    rates=(),
    arms={
        "good": {**EXPERIMENT.arms["good"], "learning_rate": 0.1},
        "bad": {**EXPERIMENT.arms["bad"], "learning_rate": 0.02},
    },
)
