"""From scratch, frozen, or fine-tuned: digits 5 to 9 with a body that has learned 0 to 4.

Yosinski, Clune, Bengio, Lipson, "How transferable are features in deep neural networks?", NIPS
2014: the nearer the tasks, the more transfers.  `transfer_garments` and `transfer_far` ask the same
of other pairs.  All ways of one seed start from the same trained body and see the same images.
"""

import keras
import numpy as np

from course_lib.batches import Batches
from course_lib.data import Split, digits, shrink
from course_lib.experiments.parts import errors, trained
from course_lib.experiments.plan import Comparison, Experiment, Run
from course_lib.nets.layers import conv_bn
from course_lib.train import Recipe, fit
from course_lib.transfer.freeze import freeze
from course_lib.transfer.head import new_head

AMOUNTS = (5, 20, 100)  # images of each class
SOURCE = Run(learning_rate=0.003, seed=0, steps=400, batch_size=64)  # of the body's training
_KEPT: dict[int, tuple[Split, list[np.ndarray]]] = {}  # by seed: source, and what it taught
ARMS = {
    "scratch": {"label": "from scratch", "body": "fresh", "pooling": "flatten"},
    "frozen": {"label": "frozen, all positions", "body": "frozen", "pooling": "flatten"},
    "frozen_average": {"label": "frozen, averaged", "body": "frozen", "pooling": "average"},
    "fine_tuned": {"label": "fine-tuned, BN fixed", "body": "inference", "pooling": "flatten"},
    "fine_tuned_bn": {"label": "fine-tuned, BN trained", "body": "train", "pooling": "flatten"},
}


def load():
    """Return digits 5 to 9 at 14x14 pixels, labeled 0 to 4, and digits 0 to 4 to learn before."""
    data = digits()
    splits = {"train": data.train, "validation": data.validation, "test": data.test}
    small = {name: Split(shrink(s.images, 2), s.labels) for name, s in splits.items()}
    return {name: chosen(s, (5, 6, 7, 8, 9)) for name, s in small.items()} | {
        "source": chosen(small["train"], (0, 1, 2, 3, 4))
    }


def chosen(split, classes):
    """Return the images of some classes, given in rising order, labeled by their place."""
    rows = np.flatnonzero(np.isin(split.labels, classes))
    labels = np.searchsorted(classes, split.labels[rows])
    return Split(split.images[rows], labels.astype("int32"))


def body():
    """Return four convolutions: (B, 14, 14, 1) to (B, 4, 4, 64)."""
    image = keras.Input((14, 14, 1), name="image")
    x = conv_bn(image, 16, 3, name="stage1_conv1")
    x = conv_bn(x, 32, 3, stride=2, name="stage1_conv2")
    x = conv_bn(x, 32, 3, name="stage2_conv1")
    x = conv_bn(x, 64, 3, stride=2, name="stage2_conv2")
    return keras.Model(image, x, name="body")


def learned(source, seed):
    """Return the weights of a body that was trained on the source with a head of its own.

    A process keeps the last ones: the ways that a seed is learned in follow one another.
    """
    kept = _KEPT.get(seed)
    if kept is None or kept[0] is not source:
        _KEPT.clear()
        _KEPT[seed] = kept = (source, _learn(source, seed))
    return kept[1]


def _learn(source, seed):
    classes = int(source.labels.max()) + 1
    run = Run(SOURCE.learning_rate, seed, SOURCE.steps, SOURCE.batch_size)
    net = trained(lambda: new_head(body(), classes), run, {"train": source}, optimizer="adam").model
    return net.get_weights()[:-2]


def trial(settings, run, splits):
    """Train on 5, 20 and 100 images of each class; return the errors by amount, and their mean."""
    classes = int(splits["train"].labels.max()) + 1
    judged = {name: splits[name] for name in ("validation", "test") if name in splits}
    weights = learned(splits["source"], run.seed) if settings["body"] != "fresh" else None
    measures: dict[str, float] = {}
    for amount in AMOUNTS:
        few = draw(splits["train"], amount, run.seed)
        keras.utils.set_random_seed(run.seed)
        features = body()
        if weights:
            features.set_weights(weights)
        model = new_head(features, classes, pooling=settings["pooling"], seed=run.seed)
        if settings["body"] == "frozen":
            freeze(model)
        elif settings["body"] == "inference":
            for layer in model.layers:
                layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
        batches = Batches(few, batch_size=min(run.batch_size, len(few)), seed=run.seed)
        fit(
            model,
            batches,
            learning_rate=run.learning_rate,
            steps=run.steps,
            recipe=Recipe("adam"),
        )
        measures |= {f"{name}_{amount}": e for name, e in errors(model, judged).items()}
    return measures | {
        f"{name}_error": sum(measures[f"{name}_error_{n}"] for n in AMOUNTS) / len(AMOUNTS)
        for name in judged
    }


def draw(split, amount, seed):
    """Return `amount` images of each class, drawn by a seed."""
    generator = np.random.default_rng([seed, amount])
    rows = [
        generator.choice(np.flatnonzero(split.labels == c), amount, replace=False)
        for c in np.unique(split.labels)
    ]
    rows = np.concatenate(rows)
    return Split(split.images[rows], split.labels[rows])


def predictions() -> dict[str, Comparison]:
    """Return what textbooks expect: with few images a trained body helps, fine-tuned or frozen."""
    found = {}
    for amount in AMOUNTS:
        metric = f"test_error_{amount}"
        for arm in ("frozen", "fine_tuned"):
            found[f"{arm}_{amount}"] = Comparison(arm, "scratch", "less", metric)
        found[f"modes_{amount}"] = Comparison("fine_tuned", "fine_tuned_bn", "less", metric)
        found[f"positions_{amount}"] = Comparison("frozen", "frozen_average", "less", metric)
    return found


EXPERIMENT = Experiment(
    name="transfer",
    chapter="practice/transfer",
    question="Does a body that knows digits 0 to 4 help to learn 5 to 9 from few images?",
    metric="test_error_5",
    arms=ARMS,
    comparisons=predictions(),
    rates=(0.001, 0.003, 0.01),
    steps=150,
    batch_size=25,
    load=load,
    trial=trial,
)
