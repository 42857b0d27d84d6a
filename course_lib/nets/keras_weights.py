"""Weights that were trained on ImageNet, from the nets of `keras.applications` that are like ours.

Keras takes the files from its cache, the folder `models` in `~/.keras` or in what the variable
KERAS_HOME names, and downloads what is not there; it checks most of them by a digest.

Such weights work with the conventions that they were trained with only, and these differ from the
papers'.  So `pretrained="imagenet"` sets them: an argument that the weights fix is left out, or
has the value that they ask for.  `FAMILIES` says which arguments they change, `FREE` which remain
free.  Every net takes [0, 1]: its layer `stem_rescale` makes of it what the weights have seen.
"""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import layers

from course_lib.graph import operations, producers
from course_lib.nets.layers import check_choice
from course_lib.nets.pretrained import ImageRescaling, PretrainedNet
from course_lib.nets.transplant import transplant

Rescaling = tuple[Any, Any]  # scale and offset, of all channels or of each
Builder = Callable[..., keras.Model]
NOTHING: Mapping = MappingProxyType({})


class Family(NamedTuple):
    """What trained weights ask of one of our builders.

    Attributes:
        twins: value of our first argument (`None` where ours has no size): name in
            `keras.applications`.
        size: the name of that argument.
        settings: the arguments of ours that are not the paper's.
        rescaling: from [0, 1] to the pixels of the training; `None` where theirs does it itself.
        sides: alpha: the sides of the images that there are weights for, pixels; empty for any.
        head_side: the only side of an image that the head fits, pixels; 0 for any.
    """

    twins: dict[Any, str]
    size: str | None = None
    settings: Mapping[str, Any] = NOTHING
    rescaling: Rescaling | None = None
    sides: Mapping[float, tuple[int, ...]] = NOTHING
    head_side: int = 0


# Caffe's nets took 8-bit pixels less their means, written here in the order red, green, blue.
CAFFE = (255.0, [-123.68, -116.779, -103.939])
SIGNED = (2.0, -1.0)  # to [-1, 1]
RESNET = {"bias": True, "epsilon": 1.001e-5}
# What may be chosen beside trained weights; they fix all other arguments.
FREE = ("input_shape", "classes", "alpha", "rho", "dropout", "drop_connect")

DEPTHS = (50, 101, 152)
FAMILIES = {
    "vgg": Family({"D": "VGG16", "E": "VGG19"}, "configuration", rescaling=CAFFE, head_side=224),
    "inception_v3": Family(
        {None: "InceptionV3"}, settings={"epsilon": 1e-3, "scale": False}, rescaling=SIGNED
    ),
    "resnet": Family({n: f"ResNet{n}" for n in DEPTHS}, "depth", RESNET, CAFFE),
    "resnet_v2": Family(
        {n: f"ResNet{n}V2" for n in DEPTHS},
        "depth",
        RESNET | {"stride_at": "last", "stem_norm": "after_pool"},
        SIGNED,
    ),
    "mobilenet": Family(
        {None: "MobileNet"},
        settings={"activation": "relu6", "head_kind": "convolution"},
        rescaling=SIGNED,
        sides=dict.fromkeys((0.25, 0.5, 0.75, 1.0), (128, 160, 192, 224)),
    ),
    "mobilenet_v2": Family(
        {None: "MobileNetV2"},
        rescaling=SIGNED,
        sides=dict.fromkeys((0.35, 0.5, 0.75, 1.0), (96, 128, 160, 192, 224))
        | dict.fromkeys((1.3, 1.4), (224,)),
    ),
    "efficientnet": Family({f"b{i}": f"EfficientNetB{i}" for i in range(8)}, "size"),
}


def pretrainable(builder: Builder) -> Builder:
    """Give a builder of `FAMILIES` the argument `pretrained`: `None`, or "imagenet".

    Trained weights set all arguments but the size and `FREE`; other values are refused.  The net
    is built with fresh weights first, so that all that it refuses is refused before a download.
    """
    family, signature = FAMILIES[builder.__name__], inspect.signature(builder)
    own = signature.parameters

    @wraps(builder)
    def build(*args, pretrained: str | None = None, **settings):
        check_choice("pretrained", pretrained, (None, "imagenet"))
        if pretrained is None:
            return builder(*args, **settings)
        signature.bind(*args, **settings)
        given = dict(zip(own, args, strict=False)) | settings
        wanted = {n: p.default for n, p in own.items() if p.default is not p.empty}
        wanted |= family.settings
        twin = _twin(family, given)
        _check_fixed(given, wanted)
        fresh = builder(**{name: (wanted | given)[name] for name in (*family.settings, *given)})
        asked = wanted | given | {"input_shape": fresh.input_shape[1:]}
        _check_images(family, asked)
        return _pretrained(fresh, family, _theirs(twin, family, asked))

    build.__signature__ = _with_argument(signature)  # type: ignore[attr-defined]
    return build


def _with_argument(signature):
    """Return a signature with `pretrained` as its last argument by name."""
    kind = inspect.Parameter.KEYWORD_ONLY
    last = inspect.Parameter("pretrained", kind, default=None, annotation=str | None)
    parameters = sorted([*signature.parameters.values(), last], key=lambda p: p.kind)
    return signature.replace(parameters=parameters)


def _twin(family, given):
    """Return the name of the twin for the size that is asked; `ValueError` where there is none."""
    size = given.get(family.size)
    if size not in tuple(family.twins):
        raise ValueError(
            f"there are trained weights for {family.size} in {tuple(family.twins)}, got {size!r}; "
            "leave pretrained=None for fresh weights"
        )
    return family.twins[size]


def _check_fixed(given, wanted):
    """Raise `ValueError` where an argument is given that the weights do not work with."""
    for name, value in given.items():
        if name in wanted and name not in FREE and value != wanted[name]:
            raise ValueError(
                f"the trained weights work with {name}={wanted[name]!r}, got {value!r}; leave "
                f"{name} out, or leave pretrained=None for fresh weights"
            )


def _check_images(family, asked):
    """Raise `ValueError` where there are no weights for the classes, alpha or images asked."""
    classes, shape = asked["classes"], asked["input_shape"]
    sides: tuple[int, ...] = ()
    if classes not in (None, 1000):
        raise ValueError(
            f"the trained weights are for 1000 classes, got classes={classes}; for other classes "
            "build with classes=None and put a head of your own behind it"
        )
    if family.sides:
        if asked["alpha"] not in family.sides:
            raise ValueError(
                f"there are trained weights for alpha in {tuple(family.sides)}, got "
                f"{asked['alpha']!r}; leave pretrained=None for fresh weights"
            )
        sides = family.sides[asked["alpha"]]
    elif family.head_side and classes is not None:
        sides = (family.head_side,)
    if shape[2] != 3 or (sides and shape[:2] not in [(side, side) for side in sides]):
        square = f", square with a side in {sides} pixels" if sides else ""
        free = "; with classes=None any side will do" if sides and not family.sides else ""
        raise ValueError(
            f"the trained weights are for RGB images{square}, got input_shape={shape}{free}"
        )


def _theirs(name, family, asked):
    """Build a net of `keras.applications` with its trained weights."""
    settings = {key: asked[key] for key in ("alpha", "input_shape") if family.sides}
    top = asked["classes"] is not None
    try:
        return getattr(keras.applications, name)(weights="imagenet", include_top=top, **settings)
    except Exception as error:  # Keras has no type of its own for what is not found
        raise OSError(
            f"Keras could not load the weights of {name}: {error}.  Connect to the network once, "
            "or put the file of that name into ~/.keras/models (if KERAS_HOME is set, into its "
            "folder `models`).  Delete a damaged file there"
        ) from error


def _pretrained(fresh, family, theirs):
    """Return a net like `fresh` that takes [0, 1] and has the weights of theirs."""
    rescaling = family.rescaling or _rescaling_of(theirs)
    net = _behind(ImageRescaling(*rescaling, name="stem_rescale"), fresh)
    transplant(theirs if family.rescaling else _as_ours(theirs), net)
    if family.rescaling is CAFFE:  # its channels are blue, green, red
        first = next(layer for layer in net.layers if layer.weights)
        kernel, *others = first.get_weights()
        first.set_weights([kernel[:, :, ::-1], *others])
    return net


def _behind(rescaling, net):
    """Return a copy of a net, with fresh weights, that rescales its images and warns of them."""
    x = image = keras.Input(net.input_shape[1:], name="image")
    made: dict[str, keras.KerasTensor] = {}
    for step in operations(net):
        if isinstance(step, layers.InputLayer):
            x = rescaling(image)
        else:
            reads = [made[before.name] for before in producers(step)]
            x = type(step).from_config(step.get_config())(reads if len(reads) > 1 else reads[0])
        made[step.name] = x
    return PretrainedNet(image, x, name=f"{net.name}_imagenet")


def _rescaling_of(theirs):
    """Return the scale and offset of each channel that theirs, given 255 x, begins with."""
    scale, offset = np.full(3, 255.0), np.zeros(3)
    for layer in theirs.layers:
        if isinstance(layer, layers.Normalization):
            mean, variance, _ = layer.get_weights()
            scale, offset = scale / np.sqrt(variance), (offset - mean) / np.sqrt(variance)
        elif isinstance(layer, layers.Rescaling):
            scale, offset = scale * layer.scale, offset * layer.scale + layer.offset
    return scale.tolist(), offset.tolist()


def _as_ours(theirs):
    """Return an EfficientNet of theirs without rescaling, its gates dense, as ours are."""

    def same_or_ours(layer):
        if layer.name.endswith(("_se_reduce", "_se_expand")):
            return layers.Dense(layer.filters, layer.activation, name=layer.name)
        if isinstance(layer, layers.Normalization):
            return layers.Activation("linear", name=layer.name)
        return type(layer).from_config(layer.get_config())

    copy = keras.models.clone_model(theirs, clone_function=same_or_ours)
    for layer in copy.layers:
        if layer.weights:
            values = theirs.get_layer(layer.name).get_weights()
            shapes = [tuple(weight.shape) for weight in layer.weights]
            layer.set_weights([v.reshape(s) for v, s in zip(values, shapes, strict=True)])
    return copy
