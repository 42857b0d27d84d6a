"""What each net answers to one image, with weights that every backend draws alike.

    python -m tests.nets.outputs      writes `outputs.json`, after a net was changed on purpose

Nets are built without values and get them in the call, which spares the draws of the
initializers: they would take most of the time.
"""

import json
from pathlib import Path

import keras
import numpy as np

from course_lib.nets import NETS, without_values
from tests.nets.compare import kernel_spread, part_outputs
from tests.nets.published import ROWS

STORED = Path(__file__).with_suffix(".json")
CLASSES = 10
DRAWS = np.random.default_rng(0).normal(size=10_007).astype("float32")
# XLA: these nets run once, so a minute of optimizing each would be wasted
QUICK = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}


def logits(net, build=None):
    """Return what the heads of a net give for one image of the smallest permitted size.

    The classifier comes first, the auxiliary ones follow.
    """
    build = build or NETS[net]
    (side,) = (row.minimum for row in ROWS if row.net == net)
    with without_values():
        model = build(input_shape=(side, side, 3), classes=CLASSES)
        parts = part_outputs(model)
        heads = ["head", *sorted(part for part in parts if part.startswith("aux"))]
        model = keras.Model(model.input, [parts[head] for head in heads])
    image = np.random.default_rng(1).uniform(size=(1, side, side, 3)).astype("float32")
    trainable = [value(i, w) for i, w in enumerate(model.trainable_variables)]
    others = [value(i, w) for i, w in enumerate(model.non_trainable_variables)]
    answers, _ = call(model)(trainable, others, image)
    return np.concatenate([keras.ops.convert_to_numpy(each).reshape(-1) for each in answers])


def call(model):
    """Return the net as a function of its weights and an image, compiled where that is faster."""

    def run(trainable, others, image):
        return model.stateless_call(trainable, others, image, training=False)

    if keras.backend.backend() != "jax":
        return run
    import jax

    return jax.jit(run, compiler_options=QUICK)


def value(i, weight):
    """Return the value of the i-th weight: the same draws for all, from another place on."""
    shape = tuple(weight.shape)
    if weight.name == "seed_generator_state":
        return np.zeros(shape, "uint32")
    draws = np.resize(np.roll(DRAWS, i), shape)
    if weight.name == "codes":
        return np.sign(draws)
    if weight.name in ("gamma", "coefficient", "moving_variance"):
        return 1 + 0.3 * np.tanh(draws)
    if weight.name in ("beta", "bias", "moving_mean"):
        return 0.3 * draws
    # A gate that reads large values turns the rounding of deep nets into other answers.
    gain = 0.02 if "_gate_" in weight.path else 1.0
    return draws * np.float32(gain * kernel_spread(shape))


def stored():
    """Return the stored answers, by net."""
    return {net: np.array(answer) for net, answer in json.loads(STORED.read_text()).items()}


def write():
    """Compute the answers of all nets and replace the file whole."""
    found = {net: [float(f"{x:.7g}") for x in logits(net)] for net in NETS}
    lines = (f'"{net}": {json.dumps(answer)}' for net, answer in found.items())
    draft = STORED.with_suffix(".part")
    draft.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    draft.replace(STORED)


if __name__ == "__main__":
    write()
