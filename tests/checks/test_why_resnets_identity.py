"""The blocks that are asked about, and what Keras makes of them."""

import keras
import numpy as np
from keras import layers

from course_lib.checks import why_resnets_identity


def test_every_kind_of_blocks_has_some_that_are_the_identity_and_some_that_are_not():
    rng = np.random.default_rng(3)
    drawn = why_resnets_identity
    for cases in (drawn._zeros, drawn._scales, drawn._constants, drawn._below):
        found = [(kind, drawn.verdict(arguments)[0]) for kind, arguments in cases(rng)]
        assert len({kind for kind, _ in found}) == 1
        assert {right for _, right in found} == {True, False}


def test_the_verdict_on_a_block_is_what_a_block_of_keras_does():
    rng = np.random.default_rng(4)
    drawn = why_resnets_identity
    for _, block in (*drawn._zeros(rng), *drawn._scales(rng), *drawn._below(rng)):
        x, h = keras.Input((1, 1, 2)), keras.Input((1, 1, 3))
        conv, norm = layers.Conv2D(2, 1), layers.BatchNormalization(epsilon=0.0)
        y = layers.Add()([x, norm(conv(h))])
        model = keras.Model([x, h], layers.ReLU()(y) if block["relu"] else y)
        kernel, bias, gamma, beta = (np.array(block[name], float) for name in drawn.NAMES[:4])
        conv.set_weights([kernel[None, None], bias])
        norm.set_weights([gamma, beta, np.zeros(2), np.ones(2)])
        inputs = block["lowest"] + rng.uniform(0, 3, (8, 1, 1, 2))
        inputs[0] = block["lowest"]
        found = np.asarray(model([inputs, rng.normal(size=(8, 1, 1, 3))]))
        assert np.allclose(found, inputs, atol=1e-5) == drawn.verdict(block)[0], block
