"""What the nets of 2012 to 2014 share: response normalization and a dense head with dropout."""

import keras
from keras import layers


def dense_head(x, widths, classes, *, dropout):
    """Classify with hidden dense layers, dropout after each: (B, H, W, C) to (B, classes).

    They start with He's variance, drawn from a uniform distribution: Keras draws a normal one by
    rejection, which takes most of the time to build a head of 120 million weights.
    """
    x = layers.Flatten(name="head_flatten")(x)
    for i, width in enumerate(widths, start=1):
        name = f"head_dense{i}"
        x = layers.Dense(width, "relu", kernel_initializer="he_uniform", name=name)(x)
        x = drop(x, dropout, f"head_dropout{i}")
    return layers.Dense(classes, activation="softmax", name="head_fc")(x)


def drop(x, rate, name):
    """Set a share `rate` of the values to 0 in training; without a layer where the rate is 0."""
    return layers.Dropout(rate, name=name)(x) if rate else x


@keras.saving.register_keras_serializable("course_lib")
class LocalResponseNormalization(layers.Layer):
    """Divide each value by what the maps next to it say at the same position.

    b[i] = a[i] / (k + alpha * sum of a[j]**2 over the n adjacent maps j)**beta, with map i in
    the middle of the n and fewer maps at the first and the last; (B, H, W, C) to the same shape.
    Krizhevsky et al. 2012, section 3.3, with the constants found there.

    Here alpha multiplies the sum, as in the paper and TensorFlow.  In Caffe, PyTorch and ONNX it
    multiplies the mean over n: give a fifth of their alpha.  TensorFlow counts the maps on one
    side, so that its default, a depth radius of 5, is n = 11.
    """

    def __init__(self, k=2.0, n=5, alpha=1e-4, beta=0.75, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(n, int) or n < 1 or n % 2 == 0:
            raise ValueError(f"n must be a positive odd number of adjacent maps, got {n!r}")
        self.k, self.n, self.alpha, self.beta = k, n, alpha, beta

    def call(self, x):
        wide = keras.ops.cast(x, "float32")  # squares overflow half precision
        sides = [(0, 0)] * 3 + [(self.n // 2, self.n // 2)]
        squares = keras.ops.pad(keras.ops.square(wide), sides)
        energy = sum(squares[..., j : j + x.shape[-1]] for j in range(self.n))
        normalized = wide / (self.k + self.alpha * energy) ** self.beta
        return keras.ops.cast(normalized, self.compute_dtype)

    def get_config(self):
        own = {"k": self.k, "n": self.n, "alpha": self.alpha, "beta": self.beta}
        return super().get_config() | own
