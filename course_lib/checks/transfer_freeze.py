"""Check of the question that freezes the first of a list of blocks.

Nothing is trained here: what an optimizer would change is what a block lists as trainable, and
how its batch normalizations run shows in what it puts out when it is called as `fit` calls it.
An answer sets flags on blocks of its own (`transfer_probes`); here the same flags are set on
blocks with the same layers.
"""

from math import prod
from typing import Any

import keras
import numpy as np

from course_lib.checks.cases import case
from course_lib.checks.transfer_probes import NORM, blocks, freeze, inside, unfreeze
from course_lib.checks.verdict import (
    WrongAnswer,
    as_number,
    fresh_cases,
    observe,
    passed,
    spell,
    spell_number,
)

CLOSE = 1e-3  # of the spread of a block's outputs
BATCHES = (7, 1, 3, 7)  # images, by case
# How many of the five blocks to freeze, and which of them came in frozen
CASES = ((3, ()), (0, (0, 2, 4)), (5, ()), (1, (1, 3)))


def freeze_blocks(answer) -> None:
    """Judge `freeze_blocks(blocks, count)`: what trains, how it runs, and the count."""
    rng = fresh_cases()
    blocks = _blocks(rng)
    for (count, before), batch in zip(CASES, BATCHES, strict=True):
        start = _start(blocks, before)
        images = rng.normal(size=(batch, 6, 5, 3)).astype("float32")
        arguments = {"count": count}
        said = f"{spell(answer, arguments)} on five blocks"
        value: Any = None
        with case("which weights learn"):
            report = observe(answer, freeze, count, list(before))
            value = report["value"]
            _flag(blocks, report)
            for i, block in enumerate(blocks):
                _judge_block(block, i, i < count, i in before, said)
        with case("how normalization runs"):
            _judge_mode(blocks, count, images, said)
        with case("the number returned"):
            _judge_value(value, blocks, start, said)
    passed("freeze_blocks", "The rest learns, and every batch normalization keeps its averages.")


def _blocks(rng) -> list:
    """Return the blocks that an answer gets, with random weights."""
    found = blocks()
    for variable in (v for block in found for v in block.weights):
        positive = variable.name in ("gamma", "moving_variance")
        low, high = (0.5, 1.5) if positive else (-0.5, 0.5)
        variable.assign(rng.uniform(low, high, variable.shape).astype("float32"))
    return found


def _start(blocks, before) -> int:
    """Set the flags with which the blocks come in; return how many values then learn."""
    for i, block in enumerate(blocks):
        unfreeze(block)
        block.trainable = i not in before
    return _values(_trainable(blocks))


def _flag(blocks, report):
    """Set the flags that an answer has set, and no other."""
    for block, flags, weights in zip(blocks, report["layers"], report["weights"], strict=True):
        for layer, flag in zip(inside(block), flags, strict=True):
            layer.trainable = not flag  # a flag that is set already would not reach the weights
            layer.trainable = flag
        for weight, flag in zip(block.weights, weights, strict=True):
            weight.trainable = flag


def _norms(block) -> list:
    """Return the batch normalizations of a block, those of models inside it too."""
    if isinstance(block, NORM):
        return [block]
    return [norm for layer in getattr(block, "layers", ()) for norm in _norms(layer)]


def _trainable(blocks) -> list:
    """Return the weights that a net of these blocks would train: each weight has its own flag."""
    return [weight for block in blocks for weight in block.weights if weight.trainable]


def _values(weights) -> int:
    return sum(prod(weight.shape) for weight in weights)


def _judge_block(block, i, frozen, came_frozen, said):
    """Raise `WrongAnswer` unless the weights of a block are trained that should be."""
    norms = [weight for norm in _norms(block) for weight in norm.weights]
    trained = {id(weight) for weight in _trainable([block])}
    name = f"blocks[{i}]"
    if frozen:
        if trained:
            raise WrongAnswer(
                f"{said}: {name} is one of the first ones, and it still has "
                f"{len(trained)} arrays that an optimizer would change. Look at layers inside it"
            )
        return
    others = [w for w in block.weights if all(w is not norm for norm in norms)]
    if any(id(weight) in trained for weight in norms):
        raise WrongAnswer(
            f"{said}: scale and offset of a batch normalization in {name} are trained. In this "
            "question every batch normalization is frozen, in the later blocks as well; if you "
            "froze it, something set the flag of the whole block afterwards"
        )
    if all(id(weight) in trained for weight in others):
        return
    if came_frozen:
        raise WrongAnswer(
            f"{said}: {name} came in frozen and is not trained now. A block behind the first "
            "ones learns, whatever was set before: set its flag to True, do not leave it"
        )
    raise WrongAnswer(f"{said}: {name} should be trained, and some of its kernels are not")


def _judge_mode(blocks, count, x, said):
    """Raise `WrongAnswer` if a batch normalization uses, or learns from, the batch."""
    for i, block in enumerate(blocks):
        before = [keras.ops.convert_to_numpy(w) + 0 for w in block.weights]
        still = keras.ops.convert_to_numpy(block(x, training=False))
        told = keras.ops.convert_to_numpy(block(x, training=True))
        after = [keras.ops.convert_to_numpy(w) for w in block.weights]
        moved = not all(map(np.array_equal, before, after))
        if moved or np.abs(told - still).max() > CLOSE * still.std():
            where = "frozen" if i < count else "later"
            raise WrongAnswer(
                f"{said}: in `fit`, a batch normalization of blocks[{i}], a {where} one, runs in "
                "training mode: it takes the statistics of the batch and moves its averages, even "
                "where no gradient reaches it. Set `trainable = False` on the layer itself, not "
                "on its weights"
            )
        x = still


def _judge_value(value, blocks, start, said):
    """Raise `WrongAnswer` unless the number returned is that of the values to train."""
    number, left = as_number(value), _trainable(blocks)
    if number == _values(left):
        return
    if np.isnan(number):
        raise WrongAnswer(f"{said} returned {value!r}; expected a number")
    weights = [weight for block in blocks for weight in block.weights]
    slips = (
        (len(left), "That is the number of arrays; count the numbers in them"),
        (_values(weights), "That counts every weight, the frozen ones too"),
        (start, "That is what was trainable before: count when all flags are set"),
        (_values(weights) - _values(left), "That is what is frozen"),
    )
    found = f"{said} returned {spell_number(number)}."
    for wrong, text in slips:
        if number == wrong:
            raise WrongAnswer(f"{found} {text}")
    raise WrongAnswer(f"{found} Expected {spell_number(_values(left))} values that will train")
