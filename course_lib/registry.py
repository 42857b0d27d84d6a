"""Rules about layers: one table for each question, looked up by the type of the layer."""

from collections.abc import Callable
from typing import Any

import keras

Rule = Callable[..., Any]


class Rules:
    """Answers to one question about a layer; a type without a rule has that of its base class.

    An operation, which `x + y` or `keras.ops.relu(x)` leaves in a graph, goes by the name of its
    type, such as "Add" or "Relu".

    Args:
        missing: what a layer without a rule is told, with `{kind}` for its type and `{name}`.

    Example:
        >>> sides = Rules("no rule for {kind}")
        >>> @sides(keras.layers.Conv2D)
        ... def _(layer):
        ...     return layer.kernel_size
        >>> conv = keras.layers.Conv2D(8, 3)
        >>> sides.of(conv)(conv)
        (3, 3)
    """

    def __init__(self, missing: str) -> None:
        self.missing = missing
        self._rules: dict[type | str, Rule] = {}

    def __call__(self, *kinds: type | str) -> Callable[[Rule], Rule]:
        """Make the function that follows the rule for these types, or names of operations."""

        def register(function: Rule) -> Rule:
            self._rules.update(dict.fromkeys(kinds, function))
            return function

        return register

    def of(self, layer: Any) -> Rule:
        """Return the rule for `layer`.

        Raises:
            NotImplementedError: there is none; the message shows how to add it.
        """
        kind = type(layer)
        by_name = () if isinstance(layer, keras.layers.Layer) else (kind.__name__,)
        for key in (*by_name, *kind.__mro__):
            if key in self._rules:
                return self._rules[key]
        raise NotImplementedError(self.missing.format(kind=kind.__name__, name=layer.name))
