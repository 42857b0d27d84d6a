"""Defective solar cells by features of ImageNet nets, beside the published results.

Deitsch et al., Solar Energy 185, 2019, sections 4.1 and 5: 75 % of 2,624 cells to train, 25 % to
test; 82.44 % right with a support vector machine on hand-made features, 88.42 % with a fine-tuned
VGG-19.  Their split is not in the package: here each seed draws one of the same size, stratified by
type and probability, so the test images are not theirs.  The splits share images, which widens
the intervals: see `course_lib.evaluate.intervals.paired_difference`.

The nets of the EfficientNet-Lite family run once over all images and their mirror images; a
penalized logistic regression or a support vector machine learns from their features.  Nothing is
trained by steps.  How strong the penalty is, each split chooses on its own validation images: a
choice on the images of another split would have seen some that this one tests.

Drawn cell by cell, a split has neighbors of one module on both sides.  One arm draws whole blocks
of neighboring files instead.
"""

import time

import keras
import numpy as np

from course_lib.data import Split, cache_folder
from course_lib.data.solar import FRACTIONS, STORED, read_images, split_rows, table
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.nets import NETS
from course_lib.train import jit
from course_lib.transfer.precompute import precompute

STRENGTHS = (0.1, 0.3, 1.0, 3.0, 10.0)  # C of support vectors, a hundred times C of a regression
SIDES = {"efficientnet_lite0": 224, "efficientnet_lite1": 240, "efficientnet_lite2": 260}
LARGE = dict.fromkeys(SIDES, STORED)  # cracks are thin; the files have no more pixels
ALL = tuple(SIDES)
SOME = 256  # cells by which the net is timed
ARMS = {
    name: {
        "label": label,
        "nets": nets,
        "mirrored": mirrored,
        "fit": fit,
        "sides": LARGE if name.startswith("large") else SIDES,
        "split": "blocks" if name.endswith("blocks") else "stratified",
        "timed": name == "lite0",
        "learning_rate": 0.0,  # has no meaning here
    }
    for name, label, nets, mirrored, fit in (
        ("lite0", "Lite0, linear", ALL[:1], False, "linear"),
        ("lite0_mirrored", "Lite0, linear, mirror images", ALL[:1], True, "linear"),
        ("lite0_machine", "Lite0, support vectors", ALL[:1], True, "machine"),
        ("three", "three nets, linear", ALL, True, "linear"),
        ("three_machine", "three nets, support vectors", ALL, True, "machine"),
        ("large", "three nets at 300x300, linear", ALL, True, "linear"),
        ("large_machine", "three nets at 300x300, support vectors", ALL, True, "machine"),
        ("large_blocks", "three nets at 300x300, linear, by blocks", ALL, True, "linear"),
        ("pixels", "20x20 pixels, support vectors", (), False, "machine"),
    )
}
VIEWS = {"upright": slice(None), "mirrored": slice(None, None, -1)}  # of the columns
_KEPT: dict[tuple[str, int, str], np.ndarray] = {}


def load():
    """Return all cells at 20x20 pixels, and the splits of seed 0; put all features on disk."""
    files, probability, kind = table()
    cells = Split(read_images(files, 20), (probability >= 0.5).astype("int32"))
    for sides in (SIDES, LARGE):  # here, and not in several trainings at once
        for net, side in sides.items():
            for view in VIEWS:
                features(net, side, view)
    parts = split_rows(probability, kind, split="stratified", seed=0)
    named = zip(("train", "validation", "test"), parts, strict=True)
    return {"cells": cells} | {
        name: Split(cells.images[rows], cells.labels[rows]) for name, rows in named
    }


def trial(settings, run, splits):
    """Choose and fit one classifier on the split of a seed; return its errors and its strength."""
    cells = splits["cells"]
    _, probability, kind = table()
    rows = split_rows(probability, kind, split=settings["split"], seed=run.seed)
    train, validation, test = rows
    labels = cells.labels
    views = list(VIEWS) if settings["mirrored"] else ["upright"]
    found = [
        np.concatenate([features(n, settings["sides"][n], view) for n in settings["nets"]], axis=1)
        if settings["nets"]
        else cells.images.reshape(len(cells), -1)
        for view in views
    ]

    def error(strength, learned, judged):
        model = classifier(settings["fit"], strength)
        model.fit(np.concatenate([v[learned] for v in found]), np.tile(labels[learned], len(found)))
        scores = np.mean([model.decision_function(view[judged]) for view in found], axis=0)
        return float(np.mean((scores > 0) != labels[judged]))

    errors = {strength: error(strength, train, validation) for strength in STRENGTHS}
    best = min(errors, key=lambda strength: (errors[strength], strength))
    measures = {"validation_error": errors[best], "strength": best}
    if "test" in splits:  # what is stored learns from all that is not tested, as the paper's nets
        everything = np.concatenate([train, validation])
        measures["test_error"] = error(best, everything, test)
        measures["majority_error"] = float(np.mean(labels[test] != 0))  # of always "functional"
        if settings["timed"]:
            measures |= epochs(labels)
    return measures


def epochs(labels):
    """Time one epoch of a head on stored features, and on images that go through the frozen net.

    An epoch is every cell once, in batches of 32: for the head one update a batch, for the net one
    pass.  The net is timed on some of the cells, and that is scaled up.
    """
    side = SIDES["efficientnet_lite0"]
    inputs = features("efficientnet_lite0", side, "upright")
    head = keras.Sequential([keras.Input(inputs.shape[1:]), keras.layers.Dense(1, "sigmoid")])
    head.compile("adam", "binary_crossentropy", jit_compile=jit())
    body = pooled("efficientnet_lite0", side)
    body.compile(jit_compile=jit())
    some = _in_color(read_images(table()[0][:SOME], side))
    on_features, on_images = (
        _second_call(work)
        for work in (
            lambda: head.fit(inputs, labels, batch_size=32, verbose=0),
            lambda: body.predict(some, batch_size=32, verbose=0),
        )
    )
    return {
        "head_epoch_seconds": on_features,
        "net_epoch_seconds": on_images * len(labels) / SOME,
    }


def _second_call(work):
    """Return the processor time of a call after one that compiles."""
    work()
    began = time.process_time()
    work()
    return time.process_time() - began


def classifier(kind, strength):
    """Return a fit of standardized features: "linear", logistic regression, or "machine"."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    fit = (
        LogisticRegression(C=strength / 100, max_iter=2_000)
        if kind == "linear"
        else SVC(C=strength)
    )
    return make_pipeline(StandardScaler(), fit)


def features(net, side, view):
    """Return the averaged features of all cells, (2624, 1280), from disk where they are there."""
    if (net, side, view) not in _KEPT:
        images = read_images(table()[0], side)[:, :, VIEWS[view]]
        body, folder = pooled(net, side), cache_folder() / "solar"
        _KEPT[net, side, view] = np.asarray(
            precompute(body, images, folder, preprocessing=_in_color), dtype="float32"
        )
    return _KEPT[net, side, view]


def pooled(net, side):
    """Return a net with its ImageNet weights up to the average over all positions."""
    body = NETS[net](input_shape=(side, side, 3), classes=None, pretrained="imagenet")
    return keras.Model(
        body.input, keras.layers.GlobalAveragePooling2D(name="head_pool")(body.output)
    )


def _in_color(images):
    return np.repeat(images, 3, axis=-1)


EXPERIMENT = Experiment(
    name="transfer_solar",
    chapter="practice/transfer",
    question="How well do ImageNet features tell defective solar cells from functional ones?",
    metric="test_error",
    arms=ARMS,
    comparisons={
        "transfer": Comparison("lite0_machine", "pixels", "less", "test_error"),
        "mirrored": Comparison("lite0_mirrored", "lite0", "less", "test_error"),
        "more_nets": Comparison("three", "lite0_mirrored", "less", "test_error"),
        "kernel": Comparison("three_machine", "three", "less", "test_error"),
        "resolution": Comparison("large", "three", "less", "test_error"),
        "blocks": Comparison("large", "large_blocks", "less", "test_error"),
    },
    rates=(),
    steps=1,
    batch_size=1,
    load=load,
    trial=trial,
    overlap=FRACTIONS[2] / (FRACTIONS[0] + FRACTIONS[1]),
)
