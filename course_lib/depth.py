"""The depth of a net as papers count it, from its graph.

>>> image = keras.Input((8, 8, 3))
>>> x = kl.BatchNormalization()(kl.Conv2D(4, 3)(image))
>>> depth(keras.Model(image, kl.Dense(2)(kl.GlobalAveragePooling2D()(x))))
2
"""

import keras
from keras import layers as kl

from course_lib.graph import Step, steps, weights_of

# They have weights, but no paper counts them as layers.
UNCOUNTED = (kl.BatchNormalization, kl.GroupNormalization, kl.LayerNormalization, kl.PReLU)


def depth(model: keras.Model) -> int:
    """Count the layers with weights on the longest path from the image to the output.

    Auxiliary heads (`aux1_...`) do not count, nor do gates: of what a product reads, a gate is
    what was computed from the rest, and so the longer path.

    Args:
        model: a functional or `Sequential` model.

    Returns:
        The number of layers.

    Raises:
        ValueError: a net without a graph.
    """
    found: dict[Step, int] = {}
    for step in steps(model):
        before = [found[each] for each in step.before]
        joined = min if type(step.layer).__name__ == "Multiply" else max
        counts = bool(weights_of(step.layer)) and not isinstance(step.layer, UNCOUNTED)
        found[step] = joined(before, default=0) + counts
    read = {each for step in found for each in step.before}
    ends = {step for step in found if step not in read and not step.name.startswith("aux")}
    return max(found[step] for step in ends)
