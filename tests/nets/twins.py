"""Our twins of the nets of `keras.applications`, and how to compare what two nets compute."""

from collections import Counter
from functools import partial

import keras

from course_lib.nets import (
    efficientnet,
    inception_v3,
    mobilenet,
    mobilenet_v2,
    resnet,
    resnet_v2,
    transplant,
)
from course_lib.nets.efficientnet import SIZES
from course_lib.nets.keras_weights import FAMILIES
from tests.nets.compare import images, largest_difference, part_outputs, randomize, without_softmax

SIZE = {"input_shape": (64, 64, 3), "classes": 10}
STILL = {"dropout": 0.0}  # so that a step of training can be compared
V1, V2, V3, MOBILE = (
    FAMILIES[name].settings for name in ("resnet", "resnet_v2", "inception_v3", "mobilenet")
)
# Ours, by the name in `keras.applications`.  Tests compare what these compute,
NUMBERS = {
    "ResNet50": partial(resnet, 50, **V1, **SIZE),
    "ResNet50V2": partial(resnet_v2, 50, **V2, **SIZE),
    # The maps of its three stages have 15, 7 and 3 pixels: rows and columns differ.
    "InceptionV3": partial(inception_v3, **V3, **STILL, input_shape=(139, 139, 3), classes=10),
    "MobileNet": partial(mobilenet, **MOBILE, **SIZE),
    "MobileNetV2": partial(mobilenet_v2, **SIZE),
    "EfficientNetB0": partial(efficientnet, "b0", **STILL, drop_connect=0.0, **SIZE),
}
# and of these the shapes of weights and maps: by depth, alpha or size.
DEPTHS = {
    **{f"ResNet{n}": partial(resnet, n, **V1, **SIZE) for n in (101, 152)},
    **{f"ResNet{n}V2": partial(resnet_v2, n, **V2, **SIZE) for n in (101, 152)},
}
ALPHAS = {
    "MobileNet": (0.25, 0.5, 0.6, 0.75, 1.0, 1.4),
    "MobileNetV2": (0.35, 0.5, 0.75, 1.0, 1.3, 1.4),
}
LAYERS = [
    *DEPTHS.values(),
    *(partial(NUMBERS[name], alpha=alpha) for name, some in ALPHAS.items() for alpha in some),
    *(partial(efficientnet, size, **SIZE) for size in SIZES),
]


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
