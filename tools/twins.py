"""Pairs of nets that compute the same: ours, with the conventions of `keras.applications`."""

from functools import partial
from typing import Any, NamedTuple

import keras

from course_lib import nets
from course_lib.nets.efficientnet import SIZES
from course_lib.nets.keras_weights import FAMILIES as TRAINED


class Twin(NamedTuple):
    """A pair: the name in `keras.applications`, our builder, and its native side in pixels."""

    theirs: str
    ours: partial
    side: int = 224


V1, V2 = TRAINED["resnet"].settings, TRAINED["resnet_v2"].settings
V3 = {**TRAINED["inception_v3"].settings, "dropout": 0.0}
TWINS = {
    "vgg16": Twin("VGG16", partial(nets.vgg, "D")),
    "vgg19": Twin("VGG19", partial(nets.vgg, "E")),
    "inception_v3": Twin("InceptionV3", partial(nets.inception_v3, **V3), side=299),
    "resnet50": Twin("ResNet50", partial(nets.resnet, 50, **V1)),
    "resnet101": Twin("ResNet101", partial(nets.resnet, 101, **V1)),
    "resnet152": Twin("ResNet152", partial(nets.resnet, 152, **V1)),
    "resnet50v2": Twin("ResNet50V2", partial(nets.resnet_v2, 50, **V2)),
    "resnet101v2": Twin("ResNet101V2", partial(nets.resnet_v2, 101, **V2)),
    "resnet152v2": Twin("ResNet152V2", partial(nets.resnet_v2, 152, **V2)),
    "mobilenet": Twin("MobileNet", partial(nets.mobilenet, **TRAINED["mobilenet"].settings)),
    "mobilenet_v2": Twin("MobileNetV2", partial(nets.mobilenet_v2)),
    **{
        f"efficientnet_{size}": Twin(
            f"EfficientNet{size.upper()}", partial(nets.efficientnet, size), side=scale.resolution
        )
        for size, scale in SIZES.items()
    },
}
FAMILIES = (
    "vgg16",
    "inception_v3",
    "resnet50",
    "resnet50v2",
    "mobilenet",
    "mobilenet_v2",
    "efficientnet_b0",
)  # one of each, for a short run


def pair(name: str, *, side: int | None = None, classes: int = 1000, only: str = "") -> Any:
    """Build both nets of a pair with fresh weights, ours first; or one of them.

    Args:
        name: a key of `TWINS`.
        side: of the image, in pixels; the native one by default.
        classes: number of classes.
        only: "ours" or "theirs".
    """
    twin = TWINS[name]
    side = side or twin.side
    size = {"input_shape": (side, side, 3), "classes": classes}
    build = {
        "ours": lambda: twin.ours(**size),
        "theirs": lambda: getattr(keras.applications, twin.theirs)(weights=None, **size),
    }
    return build[only]() if only else (build["ours"](), build["theirs"]())
