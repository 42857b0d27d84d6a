"""How a number of a net is pinned: its value, how we know it, and who says so.

Every value has a kind:

    paper         printed in the publication named
    independent   printed by another implementation
    second route  derived in `second_route/` from the paper's table alone
"""

from dataclasses import dataclass

PAPER, INDEPENDENT, SECOND_ROUTE = "paper", "independent", "second route"


@dataclass(frozen=True)
class Pin:
    """A value, how we know it, and from where."""

    value: object
    kind: str
    source: str = "second_route/"


@dataclass(frozen=True, kw_only=True)
class Row:
    """The pins of one net.

    Attributes:
        net: its name in `NETS`.
        minimum: the smallest side of an image that it takes, pixels.
        params: all weights.
        trainable: weights that training changes.
        macs: multiply-adds for one image.
        stages: output shape of each part, by its name.
        field: (receptive field, distance between the fields of neighbours), pixels.
        depth: layers with weights on the longest path; see `depth.py`.
    """

    net: str
    minimum: int
    params: Pin
    trainable: Pin
    macs: Pin
    stages: dict[str, Pin]
    field: Pin
    depth: Pin

    def pins(self):
        """Yield (name of the quantity, its pin)."""
        for name in ("params", "trainable", "macs", "field", "depth"):
            yield name, getattr(self, name)
        yield from self.stages.items()


@dataclass(frozen=True)
class Printed:
    """A rounded figure: our exact value must lie within `slack` of it."""

    net: str
    quantity: str
    value: float
    slack: float
    kind: str
    source: str


def derived(value):
    """Pin a value that `second_route/` gives."""
    return Pin(value, SECOND_ROUTE)


def shapes(kind, source, **stages):
    """Pin the output shapes of parts, which one source gives."""
    return {part: Pin(shape, kind, source) for part, shape in stages.items()}


def derived_shapes(**stages):
    """Pin output shapes that `second_route/` gives."""
    return {part: derived(shape) for part, shape in stages.items()}
