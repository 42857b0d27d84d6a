"""Freeze a net from its input through a block, and say what is left to train."""

import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import groupby

import keras

from course_lib.graph import Step, steps
from course_lib.tables import Table
from course_lib.transfer.batch_norm import batch_norms
from course_lib.transfer.cut import below, draws

BATCH_NORM = ("inference", "train")
# Names of blocks: of `course_lib.nets`, then of ResNet, EfficientNet and MobileNetV2 and VGG in
# `keras.applications`; any other layer is a part of its own
PART = re.compile(
    r"(stem|head|stage\d+_[a-z]+\d*|conv\d+_block\d+|block_?\d+[a-z]?|expanded_conv)(?=_|$)"
)


@dataclass(frozen=True, repr=False)
class FreezeReport:
    """What a net would train, printed as a table.

    Attributes:
        table: a row for each block: its values, those that are trained, and how its batch
            normalizations run.
        trainable: values that training changes through gradients.
        frozen: values that it does not, running averages included.
        batch_norm_training: names of batch normalizations that run in training mode.
        random: names of frozen layers that still draw at random in training, such as dropout.
    """

    table: Table
    trainable: int
    frozen: int
    batch_norm_training: tuple[str, ...]
    random: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([self.table.caption, str(self.table), *self._notes()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{note}</p>" for note in self._notes())
        return self.table._repr_html_() + notes

    def _notes(self) -> list[str]:
        notes = []
        if self.batch_norm_training:
            notes.append(
                f"{len(self.batch_norm_training)} batch normalizations run in training mode: they "
                "use the statistics of each batch, so use large batches."
            )
        if self.random:
            notes.append(
                f"{len(self.random)} frozen layers draw at random in training, such as "
                f"{self.random[0]}: the frozen part gives other features in each step."
            )
        return notes


def freeze(
    model: keras.Model, through: str | None = None, *, batch_norm: str = "inference"
) -> FreezeReport:
    """Freeze a net from its input through a layer or a whole block; make the rest trainable.

    Frozen batch normalizations run in inference mode, so the frozen part computes the same
    features in `fit` as afterwards, but for its dropout.  Compile the net after this call: Keras
    keeps what was trainable when it was compiled.

    Args:
        model: a functional net or a `Sequential` with an input; nets inside it are opened.
        through: the last frozen layer or block: the name of a layer, or what the names of a
            block or stage begin with, such as "stage2_block1".  `None` freezes all but the head.
        batch_norm: how batch normalizations in the rest run.  "inference" freezes them, gamma
            and beta as well, which is safe for few images and small batches.  "train" trains
            them, which with batches of 32 and more can give a better net: measure both.

    Returns:
        A report, which prints itself as a table.

    Raises:
        ValueError: unknown `batch_norm` or `through`, a net without a graph, a cut inside a block
            (the message names clean ones), or a layer used on both sides of the cut.
    """
    if batch_norm not in BATCH_NORM:
        raise ValueError(f"batch_norm must be one of {BATCH_NORM}, got {batch_norm!r}")
    frozen = below(model, through)
    kept = {id(step.layer) for step in frozen}
    everything = steps(model)
    uses = Counter(id(step.layer) for step in everything)
    for step in frozen:
        if uses[id(step.layer)] > sum(other.layer is step.layer for other in frozen):
            raise ValueError(
                f"layer {step.name!r} is used on both sides of the cut, so it cannot be frozen on "
                "one; cut behind its last use"
            )
    # On TensorFlow, setting what is set already does not reach the layers inside: first the other
    model.trainable = False
    model.trainable = True
    for layer in (step.layer for step in everything if isinstance(step.layer, keras.Layer)):
        is_norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = False
        layer.trainable = id(layer) not in kept and not (is_norm and batch_norm == "inference")
    return _report(model, everything, kept)


def _report(model: keras.Model, everything: list[Step], kept: set[int]) -> FreezeReport:
    modes = batch_norms(model)
    once = list({id(step.layer): step for step in everything}.values())
    rows = []
    for part, group in groupby(once, key=_part):
        layers = [step.layer for step in group]
        values, trained = _values(layers, "weights"), _values(layers, "trainable_weights")
        if values:
            own = {modes[layer.name] for layer in layers if layer.name in modes}
            rows.append((part, values, trained, " and ".join(sorted(own))))
    everyone = [step.layer for step in once]
    trainable, total = (_values(everyone, w) for w in ("trainable_weights", "weights"))
    return FreezeReport(
        Table(
            f"{model.name}: {trainable:,} of {total:,} values are trained",
            ("block", "values", "trained", "batch norm"),
            tuple(rows),
        ),
        trainable,
        total - trainable,
        tuple(name for name, mode in modes.items() if mode != "inference"),
        tuple(s.name for s in once if id(s.layer) in kept and draws(s.layer)),
    )


def _part(step: Step) -> str:
    found = PART.match(step.name)
    return found[1] if found else step.name


def _values(layers, which: str) -> int:
    """Return how many numbers the weights of layers hold; seeds of random layers are no weights."""
    return sum(math.prod(w.shape) for layer in layers for w in getattr(layer, which, []))
