"""Check of the question that freezes the first of a list of blocks.

Nothing is trained here: what an optimizer would change is what a block lists as trainable, and
how its batch normalizations run shows in what it puts out when it is called as `fit` calls it.
"""

from math import prod

import keras
import numpy as np
from keras import layers

from course_lib.checks.verdict import (
    WrongAnswer,
    as_number,
    call,
    fresh_cases,
    passed,
    spell,
    spell_number,
)
from course_lib.checks.weights import undrawn

NORM = layers.BatchNormalization
CLOSE = 1e-3  # of the spread of a block's outputs
BATCHES = (7, 1, 3, 7)  # images, by case
# How many of the five blocks to freeze, and which of them came in frozen
CASES = ((3, ()), (0, (0, 2, 4)), (5, ()), (1, (1, 3)))
WIDTHS = (4, 6, 5)  # the same in all cases: JAX compiles each new shape


def freeze_blocks(answer) -> None:
    """Judge `freeze_blocks(blocks, count)`: what trains, how it runs, and the count."""
    rng = fresh_cases()
    blocks = _blocks(rng)
    for (count, before), batch in zip(CASES, BATCHES, strict=True):
        for i, block in enumerate(blocks):
            _open(block)
            block.trainable = i not in before
        start = _trainable(blocks)
        arguments = {"count": count}
        value = call(answer, arguments, blocks)
        said = f"{spell(answer, arguments)} on five blocks"
        for i, block in enumerate(blocks):
            _judge_block(block, i, i < count, i in before, said)
        _judge_mode(blocks, count, rng.normal(size=(batch, 6, 5, 3)).astype("float32"), said)
        _judge_value(value, blocks, start, said)
    passed("freeze_blocks", "The rest learns, and every batch normalization keeps its averages.")


def _blocks(rng) -> list:
    """Return five blocks, run in order, of maps (B, 6, 5, 3); models lie in models."""
    a, b, classes = WIDTHS

    def conv(filters):  # a 1x1 convolution
        return layers.Dense(filters, use_bias=False)

    with undrawn():
        image = keras.Input((6, 5, a))
        inner = keras.Sequential([conv(b), NORM(scale=False)])
        residual = layers.Add()([layers.Dense(b)(image), inner(image)])
        blocks = [
            keras.Sequential([keras.Input((6, 5, 3)), conv(a), NORM(), layers.ReLU()]),
            keras.Model(image, residual),
            NORM(),
            keras.Sequential(
                [keras.Input((6, 5, b)), keras.Sequential([conv(a), NORM()]), layers.ReLU()]
            ),
            keras.Sequential(
                [keras.Input((6, 5, a)), layers.GlobalAveragePooling2D(), layers.Dense(classes)]
            ),
        ]
        blocks[2].build((None, 6, 5, b))
    for variable in (v for block in blocks for v in block.weights):
        positive = variable.name in ("gamma", "moving_variance")
        low, high = (0.5, 1.5) if positive else (-0.5, 0.5)
        variable.assign(rng.uniform(low, high, variable.shape).astype("float32"))
    return blocks


def _open(block):
    """Make a block learn with all that is in it, whatever an answer has done to it."""
    for layer in (block, *getattr(block, "layers", ())):
        # On TensorFlow, a flag that is set already does not reach the weights: first the other
        layer.trainable = False
        layer.trainable = True
        if layer is not block:
            _open(layer)


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
        (_values(start), "That is what was trainable before: count when all flags are set"),
        (_values(weights) - _values(left), "That is what is frozen"),
    )
    found = f"{said} returned {spell_number(number)}."
    for wrong, text in slips:
        if number == wrong:
            raise WrongAnswer(f"{found} {text}")
    raise WrongAnswer(f"{found} Expected {spell_number(_values(left))} values that will train")
