"""Give two nets of two implementations the same random weights and compare what they compute."""

from collections import Counter

import keras

from course_lib.nets import transplant
from tests.nets.compare import images, largest_difference, part_outputs, randomize, without_softmax


def largest_twin_difference(theirs, ours, pairs):
    """Return the largest difference of an output, over the standard deviation of theirs.

    Args:
        theirs: the net whose random weights both get.
        ours: the net that is compared.
        pairs: {name of a layer of theirs: name of the layer of ours that must agree}; the logits
            are compared, too.
    """
    randomize(theirs, smallest_variance=0.02)  # so that some values pass 6, for ReLU6
    for layer in theirs.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.9  # as ours: the running statistics are compared after a step
    transplant(theirs, ours)
    wanted = [theirs.get_layer(name).output for name in pairs] + [logits(theirs)]
    got = [ours.get_layer(name).output for name in pairs.values()] + [part_outputs(ours)["head"]]
    assert [tuple(t.shape) for t in got] == [tuple(t.shape) for t in wanted]
    return largest_difference(theirs, ours, wanted, got, images(ours))


def logits(model):
    """Return what the softmax at the end of a net reads."""
    last = model.layers[-1]
    if isinstance(last, keras.layers.Dense):
        without_softmax(last)
        return last.output
    return last.input


def layers_with_weights(model):
    """Kind, weight shapes and output shape of each layer that has weights, counted."""
    return Counter(
        (type(layer).__name__, tuple(tuple(w.shape) for w in layer.weights), layer.output.shape)
        for layer in model.layers
        if layer.weights
    )
