"""Train a head on a frozen body, then the last blocks with it at a smaller rate."""

from dataclasses import dataclass

import keras

from course_lib.data import Dataset, Split
from course_lib.data.images import check_finite, check_labels, naming
from course_lib.evaluate.classify import accuracy
from course_lib.train import Recipe, train
from course_lib.transfer.batch_norm import warn_of_batch_norm
from course_lib.transfer.cut import cut
from course_lib.transfer.freeze import FreezeReport, freeze
from course_lib.transfer.head import classifier

BATCH = 8  # images at once through a frozen body; small parts of wide maps stay in the cache


@dataclass(frozen=True)
class Phase:
    """How one phase trains; see `course_lib.train.train`.

    Args:
        learning_rate: of the first update; it falls to 0 along half a cosine.
        steps: number of updates.
        batch_size: images an update.
        optimizer: "adam" or "momentum".

    Raises:
        ValueError: a number that is not above 0, or an unknown optimizer.
    """

    learning_rate: float
    steps: int
    batch_size: int = 16
    optimizer: str = "adam"

    def __post_init__(self):
        for name in ("learning_rate", "steps", "batch_size"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be above 0, got {getattr(self, name)}")
        Recipe(self.optimizer)


@dataclass(frozen=True, repr=False)
class FineTuned:
    """A net after both phases.

    Attributes:
        model: the net that was given, trained.
        report: what the second phase trained.
        curves: by phase, "head" and "body": (updates done, training loss, training error), as
            `course_lib.train.Trained` has it.
        validation: accuracy, 0 to 1, after each phase, by its name, and before both, "start".
    """

    model: keras.Model
    report: FreezeReport
    curves: dict[str, list[tuple[int, float, float]]]
    validation: dict[str, float]

    def __repr__(self) -> str:
        seen = ", ".join(f"{name} {value:.1%}" for name, value in self.validation.items())
        return f"FineTuned({self.model.name}; validation accuracy: {seen})"


def fine_tune(
    model: keras.Model,
    data: Dataset,
    *,
    through: str,
    head: Phase | None,
    body: Phase,
    batch_norm: str = "inference",
    seed: int = 0,
) -> FineTuned:
    """Train the head alone, then all that lies behind a block.

    A fresh head sends large gradients; trained first, on features that the body computes once,
    it does not spoil the body (Kumar et al., "Fine-Tuning can Distort Pretrained Features and
    Underperform Out-of-Distribution", ICLR 2022).

    Args:
        model: a classifier with a head of its own, from `new_head`; it is changed in place.
        data: its training split, of at least two classes, is trained on, its validation split is
            measured; the test split is not touched.
        through: the last frozen layer or block of the second phase, as in `freeze`.
        head: the first phase; `None` leaves it out, for a head that is trained already.
        body: the second phase, with a learning rate not above the first one's.
        batch_norm: of the blocks that are trained, as in `freeze`.
        seed: of the order of the images and of dropout.

    Returns:
        The net, the curves of both phases, the validation accuracy after each.

    Raises:
        ValueError: a net that does not end in a softmax, a rate of the body above the head's,
            images that are missing or not finite, fewer than two classes, labels that the net has
            no class for, and what `freeze` and `course_lib.train.train` refuse.
    """
    found = classifier(model)
    layer = getattr(found, "layer", None)
    activation = getattr(getattr(layer, "activation", None), "__name__", None)
    if not isinstance(layer, keras.layers.Softmax) and activation != "softmax":
        raise ValueError(
            f"{model.name!r} must end in class probabilities; put a head on it with new_head"
        )
    if head is not None and body.learning_rate > head.learning_rate:
        raise ValueError(
            "the body's learning rate must not be above the head's, got "
            f"{body.learning_rate:g} and {head.learning_rate:g}; a tenth of it is a start"
        )
    _check_data(data, model.output_shape[-1])
    largest = max(phase.batch_size for phase in (head, body) if phase)
    if largest > len(data.train):
        raise ValueError(f"batch_size must be at most {len(data.train)} images, got {largest}")
    report = freeze(model, through, batch_norm=batch_norm)  # refuses before anything is trained
    curves, validation = {}, {"start": accuracy(model, data.validation)}
    if head is not None:
        curves["head"] = _train_head(model, data.train, head, seed)
        validation["head"] = accuracy(model, data.validation)
    warn_of_batch_norm(model, body.batch_size)
    curves["body"] = _train(model, data.train, body, seed)
    validation["body"] = accuracy(model, data.validation)
    return FineTuned(model, report, curves, validation)


def _check_data(data: Dataset, classes: int) -> None:
    """Refuse what trains without a message; the range of the images is a matter of the body."""
    with naming("training"):
        check_finite(data.train.images)
        check_labels(data.train.labels, len(data.train), classes)
    with naming("validation"):
        check_finite(data.validation.images)


def _train_head(model: keras.Model, split: Split, phase: Phase, seed: int):
    """Train what follows the body on features that are computed once, in inference mode."""
    body, tail = cut(model)
    features = body.predict(split.images, batch_size=BATCH, verbose=0)
    return _train(tail, Split(features, split.labels), phase, seed)


def _train(model: keras.Model, split: Split, phase: Phase, seed: int):
    return train(
        lambda: model,
        split,
        learning_rate=phase.learning_rate,
        steps=phase.steps,
        batch_size=phase.batch_size,
        seed=seed,
        optimizer=phase.optimizer,
    ).curve
