"""Batch normalization by the size of the batches a net is trained on.

Ioffe, "Batch renormalization", NIPS 2017, section 1: with small batches the statistics of one are
poor estimates of those used in inference.  Wu and He, "Group normalization", ECCV 2018, figure 1:
the error rises steeply below 16 images a worker.  All arms see the same number of images.
"""

from dataclasses import replace
from functools import partial

from course_lib.experiments.batchnorm import build
from course_lib.experiments.parts import errors, few_garments, trained
from course_lib.experiments.plan import Comparison, Experiment

SIZES = (2, 4, 16, 64)
ARMS = {
    f"{key}_{size}": {
        "label": f"{label}, batches of {size}",
        "kind": label,
        "normalized": key == "bn",
        "batch_size": size,
    }
    for key, label in (("none", "without"), ("bn", "with batch normalization"))
    for size in SIZES
}


def trial(settings, run, splits):
    """Train one net by SGD with momentum on batches of its size; return its errors."""
    size = settings["batch_size"]
    own = replace(run, batch_size=size, steps=run.steps * run.batch_size // size)
    return errors(trained(partial(build, settings), own, splits).model, splits)


EXPERIMENT = Experiment(
    name="batchnorm_sizes",
    chapter="modern/batchnorm",
    question="From which size of the batches on does batch normalization lower the error?",
    metric="test_error",
    arms=ARMS,
    comparisons={
        **{
            f"with_{size}": Comparison(
                f"bn_{size}", f"none_{size}", "greater" if size < 16 else "less", "test_error"
            )
            for size in SIZES
        },
        **{
            f"small_{key}": Comparison(f"{key}_2", f"{key}_64", "greater", "test_error")
            for key in ("bn", "none")
        },
    },
    rates=(0.0003, 0.001, 0.003, 0.01, 0.03, 0.1),
    steps=120,
    batch_size=64,
    load=few_garments,
    trial=trial,
)
