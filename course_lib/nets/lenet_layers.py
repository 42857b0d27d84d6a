"""The three layers of the original LeNet-5 that no library has any more.

LeCun et al. 1998, section II-B: subsampling with a trainable coefficient and bias, a convolution
that reads only the maps its table names, and output units that measure a distance to a drawing.
"""

import keras
import numpy as np
from keras import layers, ops

# The target of F6 for each digit, 12 rows of 7: ink is +1, paper -1.  The paper prints its
# drawings as pictures (figure 3); these are ours, in the same size and style.
DIGITS = """
.XXXXX.  ...X...  .XXXXX.  .XXXXX.  ....XX.  XXXXXXX  ..XXXX.  XXXXXXX  .XXXXX.  .XXXXX.
XX...XX  ..XX...  XX...XX  XX...XX  ...XXX.  XX.....  .XX....  XX...XX  XX...XX  XX...XX
XX...XX  .XXX...  XX...XX  .....XX  ...XXX.  XX.....  XX.....  .....XX  XX...XX  XX...XX
XX...XX  ...X...  .....XX  .....XX  ..XXXX.  XX.....  XX.....  .....XX  XX...XX  XX...XX
XX...XX  ...X...  .....XX  .....XX  ..X.XX.  XXXXXX.  XXXXXX.  ....XX.  XX...XX  XX...XX
XX...XX  ...X...  ....XX.  ..XXXX.  .XX.XX.  .....XX  XX...XX  ....XX.  .XXXXX.  .XXXXXX
XX...XX  ...X...  ...XX..  ..XXXX.  .X..XX.  .....XX  XX...XX  ...XX..  XX...XX  .....XX
XX...XX  ...X...  ..XX...  .....XX  XXXXXXX  .....XX  XX...XX  ...XX..  XX...XX  .....XX
XX...XX  ...X...  .XX....  .....XX  ....XX.  .....XX  XX...XX  ..XX...  XX...XX  .....XX
XX...XX  ...X...  XX.....  .....XX  ....XX.  XX...XX  XX...XX  ..XX...  XX...XX  XX...XX
XX...XX  ...X...  XX.....  XX...XX  ....XX.  XX...XX  XX...XX  ..XX...  XX...XX  XX..XX.
.XXXXX.  .XXXXX.  XXXXXXX  .XXXXX.  ....XX.  .XXXXX.  .XXXXX.  ..XX...  .XXXXX.  .XXXX..
"""


def digit_codes() -> np.ndarray:
    """Return the ten drawings as rows of +-1, shape (10, 84), float32."""
    rows = [line.split() for line in DIGITS.split("\n") if line]
    drawings = ["".join(row[digit] for row in rows) for digit in range(10)]
    return np.array([[1.0 if ink == "X" else -1.0 for ink in d] for d in drawings], "float32")


@keras.saving.register_keras_serializable("course_lib")
class Subsampling(layers.Layer):
    """Sum each window, times a coefficient, plus a bias, then squash: two weights a map.

    (B, H, W, C) to (B, H/size, W/size, C); layers S2 and S4 of LeCun et al. 1998, section II-B.
    """

    def __init__(self, size=2, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.size = size
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        maps = (input_shape[-1],)
        # The mean of a window is a fair start: coefficient 1 / (number of pixels summed).
        start = keras.initializers.Constant(1 / self.size**2)
        self.coefficient = self.add_weight(shape=maps, initializer=start, name="coefficient")
        self.bias = self.add_weight(shape=maps, initializer="zeros", name="bias")

    def call(self, x):
        total = ops.average_pool(x, self.size, self.size, "valid") * self.size**2
        return self.activation(total * self.coefficient + self.bias)

    def get_config(self):
        activation = keras.activations.serialize(self.activation)
        return super().get_config() | {"size": self.size, "activation": activation}


@keras.saving.register_keras_serializable("course_lib")
class TableConv2D(layers.Layer):
    """Convolve without padding, each output map reading only the input maps its table names.

    The weights are one kernel for each connection and one bias for each output map: 1,516 for
    C3 of LeCun et al. 1998, table I.  (B, H, W, rows) to (B, H-k+1, W-k+1, columns).

    Args:
        table: a string for each input map, with an "X" in the columns that read it.
        kernel: side of the kernel, pixels.
        activation: applied to the result.

    Raises:
        ValueError: rows of unequal length, a column without an "X", or an input whose channels
            are not the rows of the table.
    """

    def __init__(self, table, kernel, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.table = tuple(table)
        self.kernel_size = kernel
        self.activation = keras.activations.get(activation)
        if len({len(row) for row in self.table}) != 1:
            raise ValueError(f"table needs rows of one length, got {[len(r) for r in self.table]}")
        self.connected = np.array([[mark == "X" for mark in row] for row in self.table])
        if not self.connected.any(axis=0).all():
            raise ValueError("table has a column without an X: that map would read nothing")

    def build(self, input_shape):
        if input_shape[-1] != len(self.table):
            raise ValueError(
                f"{self.name}: the table has {len(self.table)} rows, one for each input map, "
                f"but the input has {input_shape[-1]} channels"
            )
        fan_in = self.kernel_size**2 * self.connected.sum(axis=0)
        limit = 2.4 / fan_in[np.where(self.connected)[1]]  # one bound for each connection
        shape = (self.kernel_size, self.kernel_size, int(self.connected.sum()))
        self.kernel = self.add_weight(
            shape=shape,
            initializer=lambda shape, dtype: (
                keras.random.uniform(shape, -1, 1, dtype) * ops.cast(limit, dtype)
            ),
            name="kernel",
        )
        self.bias = self.add_weight(
            shape=(self.connected.shape[1],), initializer="zeros", name="bias"
        )
        # Places connection i in the full kernel: one 1 a row, at (input map, output map).
        places = np.eye(self.connected.size, dtype="float32")[self.connected.ravel()]
        self.places = places.reshape(shape[2], -1)

    def call(self, x):
        full = ops.matmul(self.kernel, ops.cast(self.places, self.kernel.dtype))
        full = ops.reshape(full, self.kernel.shape[:2] + self.connected.shape)
        return self.activation(ops.conv(x, full, padding="valid") + self.bias)

    def compute_output_shape(self, input_shape):
        batch, height, width, _ = input_shape
        trim = self.kernel_size - 1
        return batch, height - trim, width - trim, self.connected.shape[1]

    def get_config(self):
        return super().get_config() | {
            "table": self.table,
            "kernel": self.kernel_size,
            "activation": keras.activations.serialize(self.activation),
        }


@keras.saving.register_keras_serializable("course_lib")
class RadialBasis(layers.Layer):
    """Measure the squared distance of F6 to the drawing of each digit: (B, 84) to (B, 10).

    The drawings are fixed weights, not trained; LeCun et al. 1998, section II-B, equation 7.
    """

    def build(self, input_shape):
        codes = digit_codes()
        self.codes = self.add_weight(
            shape=codes.shape,
            initializer=lambda shape, dtype: ops.convert_to_tensor(codes, dtype),
            trainable=False,
            name="codes",
        )

    def call(self, x):
        return ops.sum(ops.square(ops.expand_dims(x, 1) - self.codes), axis=-1)
