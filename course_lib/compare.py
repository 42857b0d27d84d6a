"""The costs of several nets side by side."""

from collections.abc import Iterable

import keras

from course_lib.cost import cost
from course_lib.tables import Table

COLUMNS = (
    "net",
    "input",
    "weights",
    "trainable",
    "MACs",
    "FLOPs",
    "activations",
    "at once",
    "MB fp32",
    "MB int8",
)


def compare(models: Iterable[keras.Model]) -> Table:
    """Put the costs of several nets side by side.

    Args:
        models: what `cost` takes, each with its own input size.

    Returns:
        A `Table`, one row a net: input, weights, trainable weights, MACs, FLOPs, values that
        training keeps and that inference needs at once, megabytes of weights as float32 and int8.

    Raises:
        NotImplementedError, ValueError: as `cost`.
    """
    rows = []
    for model in models:
        total = cost(model)
        size = {name: f"{bytes_ / 1e6:.1f}" for name, bytes_ in total.weight_bytes.items()}
        rows.append(
            (
                total.name,
                tuple(model.input_shape[1:]),
                total.params,
                total.trainable,
                total.macs,
                total.flops,
                total.activations,
                total.peak_activations,
                size["fp32"],
                size["int8"],
            )
        )
    return Table("Cost of one image", COLUMNS, tuple(rows))
