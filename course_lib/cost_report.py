"""How a cost is written down: the table by part, the table of totals, and JSON."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from course_lib.tables import Table

if TYPE_CHECKING:
    from course_lib.cost import Cost

TOTALS = (
    "name",
    "params",
    "trainable",
    "macs",
    "flops",
    "activations",
    "activation_bytes",
    "peak_activations",
    "peak_bytes",
    "weight_bytes",
)


class Megabytes(float):
    """Millions of bytes: two decimals in a table, the whole number in JSON.

    Example:
        >>> print(Megabytes(1234.5678))
        1,234.57
    """

    def __str__(self) -> str:
        return f"{self:,.2f}"


def megabytes(count: int) -> Megabytes:
    """Return `count` bytes in millions."""
    return Megabytes(count / 1e6)


def parts(found: "Cost", by: str) -> Table:
    """Return the table by "stage" or by "layer", with the total in its last row.

    Raises:
        ValueError: another word for `by`.
    """
    if by not in ("stage", "layer"):
        raise ValueError(f"by must be 'stage' or 'layer', got {by!r}")
    rows: list[tuple] = [
        (part.name, part.shape, part.trainable, part.macs, part.activations)
        for part in (found.stages() if by == "stage" else found.layers)
    ]
    rows.append(("total", "", found.trainable, found.macs, found.activations))
    head = ("part" if by == "stage" else "layer", "output", "trainable", "MACs", "activations")
    return Table(f"{found.name}: cost for one image, by {by}", head, tuple(rows))


def totals(found: "Cost") -> Table:
    """Return the totals of a cost, one row each; activations in MB are those of float32.

    Example:
        >>> from course_lib.cost import cost
        >>> from course_lib.nets import lenet5
        >>> print(totals(cost(lenet5())))
        quantity                          for one image
        weights                                  61,706
        trainable weights                        61,706
        MACs                                    416,520
        FLOPs                                   833,040
        activations kept in training              9,238
        activations at once in inference          5,880
        MB kept in training                        0.04
        MB at once in inference                    0.02
        MB of weights, fp32                        0.25
        MB of weights, fp16                        0.12
        MB of weights, int8                        0.06
    """
    rows = (
        ("weights", found.params),
        ("trainable weights", found.trainable),
        ("MACs", found.macs),
        ("FLOPs", found.flops),
        ("activations kept in training", found.activations),
        ("activations at once in inference", found.peak_activations),
        ("MB kept in training", megabytes(found.activation_bytes)),
        ("MB at once in inference", megabytes(found.peak_bytes)),
        *((f"MB of weights, {name}", megabytes(n)) for name, n in found.weight_bytes.items()),
    )
    return Table(f"{found.name}: totals", ("quantity", "for one image"), rows)


def as_json(found: "Cost") -> str:
    """Return totals, layers and stages as JSON, numbers as numbers."""
    whole = {key: getattr(found, key) for key in TOTALS}
    for key, rows in (("layers", found.layers), ("stages", found.stages())):
        whole[key] = [asdict(row) for row in rows]
    return json.dumps(whole, indent=1)
