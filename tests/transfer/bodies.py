"""Small nets that the tests of transfer share."""

import keras
import numpy as np
from keras import layers

from course_lib.nets.layers import conv_bn

SIDE = 4  # pixels


def tiny_body(*, seed=0, augment=False):
    """Two residual blocks of names like those of `course_lib.nets`: (B, 4, 4, 1) to (B, 4, 4, 3).

    Its running averages are set, as if it had been trained.
    """
    keras.utils.set_random_seed(seed)
    x = image = keras.Input((SIDE, SIDE, 1), name="image")
    if augment:
        x = layers.RandomFlip(name="flip")(x)
    x = conv_bn(x, 3, 3, name="stem")
    for block in ("stage1_block1", "stage1_block2"):
        y = conv_bn(x, 3, 3, activation=None, name=f"{block}_conv1")
        x = layers.Add(name=f"{block}_add")([x, y])
        x = layers.ReLU(name=f"{block}_out")(x)
    model = keras.Model(image, x, name="tiny")
    draw = np.random.default_rng(seed)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.moving_mean.assign(draw.normal(scale=0.1, size=3))
            layer.moving_variance.assign(draw.uniform(0.5, 2.0, size=3))
    return model


def images(count, seed=0):
    draw = np.random.default_rng(seed)
    return draw.random((count, SIDE, SIDE, 1)).astype("float32")
