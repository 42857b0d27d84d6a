"""The costs of several nets side by side."""

from collections import Counter
from collections.abc import Iterable, Mapping

import keras

from course_lib.cost import Cost, cost
from course_lib.cost_report import megabytes
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
    "MB kept",
    "MB at once",
    "MB fp32",
    "MB fp16",
    "MB int8",
)


def compare(models: Iterable[keras.Model] | Mapping[str, keras.Model]) -> Table:
    """Put the costs of several nets side by side.

    Args:
        models: what `cost` takes, each with its own input size; or a mapping to them from the
            names that the table shall show.

    Returns:
        A `Table`, one row a net: input, weights, trainable weights, MACs, FLOPs, values that
        training keeps and that inference needs at once, both in megabytes as float32, too, and
        megabytes of weights as float32, float16 and int8.

    Raises:
        NotImplementedError: as `cost`.
        ValueError: as `cost`; two nets of one name without a mapping.

    Example:
        >>> from course_lib.nets import lenet5
        >>> nets = {"32 pixels": lenet5(), "64 pixels": lenet5(input_shape=(64, 64, 1))}
        >>> [row[:2] for row in compare(nets).rows]
        [('32 pixels', (32, 32, 1)), ('64 pixels', (64, 64, 1))]
    """
    named = models.items() if isinstance(models, Mapping) else _by_their_names(models)
    rows = [_row(name, model.input_shape[1:], cost(model)) for name, model in named]
    return Table("Cost of one image", COLUMNS, tuple(rows))


def _by_their_names(models: Iterable[keras.Model]) -> list[tuple[str, keras.Model]]:
    named = [(model.name, model) for model in models]
    twice = [name for name, count in Counter(name for name, _ in named).items() if count > 1]
    if twice:
        raise ValueError(
            f"compare got more than one net of the name {twice[0]!r}; the names in the table must "
            f"differ, so give a mapping such as {{'{twice[0]}': one, '{twice[0]} changed': other}}"
        )
    return named


def _row(name: str, shape: Iterable[int], total: Cost) -> tuple:
    return (
        name,
        tuple(shape),
        total.params,
        total.trainable,
        total.macs,
        total.flops,
        total.activations,
        total.peak_activations,
        megabytes(total.activation_bytes),
        megabytes(total.peak_bytes),
        *map(megabytes, total.weight_bytes.values()),
    )
