"""Averages over nets, over snapshots of one net, and over crops of an image.

Krizhevsky et al., NeurIPS 2012, section 4.1, average ten crops; Huang et al., "Snapshot
ensembles", ICLR 2017, average nets from one training whose learning rate falls several times.
Views help where the net was trained on such views, so one arm is trained on crops and mirrored
images, one on the centers alone.  A member of an ensemble has had the whole budget, a snapshot a
quarter of it.
"""

import keras
import numpy as np

from course_lib.batches import Batches
from course_lib.data import Split
from course_lib.data.augment.augmentation import Compose
from course_lib.data.augment.crop import Mirror, RandomCrop, ten_crops
from course_lib.evaluate.classify import probabilities
from course_lib.evaluate.crops import predict_crops, predict_views
from course_lib.evaluate.ensembles import average
from course_lib.experiments.parts import small_garments
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.nets.layers import conv_bn, head
from course_lib.train import Recipe, fit

MEMBERS = 4
FRAME = 1  # pixels of zeros around the 14x14 pixels, from which crops are cut
ARMS = {
    "centers": {"label": "trained on centers", "crops": False, "snapshots": False},
    "crops": {"label": "trained on crops", "crops": True, "snapshots": False},
    "snapshots": {"label": "snapshots, on centers", "crops": False, "snapshots": True},
}


def load():
    """Return garments at 14x14 pixels in a frame of zeros, 16x16."""
    frame = [(0, 0), (FRAME, FRAME), (FRAME, FRAME), (0, 0)]
    return {
        name: Split(np.pad(split.images, frame), split.labels)
        for name, split in small_garments().items()
    }


def build():
    """Return four convolutions with batch normalization and a classifier, for 14x14 pixels."""
    image = keras.Input((14, 14, 1), name="image")
    x = conv_bn(image, 16, 3, name="stage1_conv1")
    x = conv_bn(x, 32, 3, stride=2, name="stage1_conv2")
    x = conv_bn(x, 32, 3, name="stage2_conv1")
    x = conv_bn(x, 64, 3, stride=2, name="stage2_conv2")
    return keras.Model(image, head(x, 10))


def center(images):
    """Cut the frame off: (N, 16, 16, 1) to (N, 14, 14, 1)."""
    return images[:, FRAME:-FRAME, FRAME:-FRAME]


def trial(settings, run, splits):
    """Train four nets, or one whose learning rate falls four times; return errors of averages."""
    judge = splits["test"] if "test" in splits else splits["validation"]
    nets = list(_members(settings, run, splits["train"]))
    last = nets[-1]
    answers = [probabilities(net, center(judge.images)) for net in nets]
    views = {
        "mirrored_error": predict_views(last, center(judge.images), [_same, _mirrored]),
        "ten_crop_error": predict_crops(last, judge.images, lambda images: ten_crops(images, 14)),
    }
    measures = {
        "single_error": float(np.mean([_error(a, judge) for a in answers])),
        "last_error": _error(answers[-1], judge),
        **{
            f"average_{n}_error": _error(average(answers[-n:]), judge)
            for n in range(2, MEMBERS + 1)
        },
        **{name: _error(found, judge) for name, found in views.items()},
    }
    if "test" in splits:
        measures["test_error"] = measures["last_error"]
    validation = splits["validation"]
    own = _error(probabilities(last, center(validation.images)), validation)
    return measures | {"validation_error": own}


def _members(settings, run, split):
    """Yield the trained nets; a snapshot is a copy, since its training goes on."""
    model = None
    for member in range(MEMBERS):
        seed = MEMBERS * run.seed + member
        batches = Batches(split, batch_size=run.batch_size, seed=seed, augment=_change(settings))
        steps = run.steps // MEMBERS if settings["snapshots"] else run.steps
        if model is None or not settings["snapshots"]:
            keras.utils.set_random_seed(seed)
            model = build()
        fit(
            model,
            batches,
            learning_rate=run.learning_rate,
            steps=steps,
            recipe=Recipe("adam"),
        )
        copy = build()
        copy.set_weights(model.get_weights())
        yield copy


def _change(settings):
    if settings["crops"]:
        return Compose(RandomCrop(14), Mirror())
    return lambda images, labels, draw: (center(images), labels)


def _same(images):
    return images


def _mirrored(images):
    return images[:, :, ::-1]


def _error(answers, split):
    lost = np.isnan(answers).any(axis=1)  # of a net that has diverged; see `classify.error`
    return float(np.mean((answers.argmax(axis=1) != split.labels) | lost))


EXPERIMENT = Experiment(
    name="evaluation",
    chapter="practice/evaluation",
    question="What do averages over nets, snapshots and crops gain?",
    metric="average_4_error",
    arms=ARMS,
    comparisons={
        "ensemble": Comparison("centers", "centers", "less", "average_4_error", "single_error"),
        "snapshots": Comparison("snapshots", "snapshots", "less", "average_4_error", "last_error"),
        "snapshots_for_the_budget": Comparison(
            "snapshots", "centers", "less", "average_4_error", "single_error"
        ),
        "ten_crop": Comparison("crops", "crops", "less", "ten_crop_error", "last_error"),
        "ten_crop_unseen": Comparison("centers", "centers", "less", "ten_crop_error", "last_error"),
        "mirrored": Comparison("crops", "crops", "less", "mirrored_error", "last_error"),
        "mirrored_unseen": Comparison("centers", "centers", "less", "mirrored_error", "last_error"),
    },
    rates=(0.001, 0.003, 0.01, 0.03),
    steps=240,
    batch_size=64,
    load=load,
    trial=trial,
)
