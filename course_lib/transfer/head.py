"""A fresh classifier on a trained body."""

import keras
from keras import layers

from course_lib.graph import Step, steps
from course_lib.nets.layers import check_choice
from course_lib.nets.pretrained import PretrainedNet

POOLING = ("average", "max", "flatten")
ACTIVATIONS = ("softmax", None)
CLASSIFIERS = ("softmax", "sigmoid")  # activations that only the end of a classifier has


def new_head(
    features: keras.Model,
    classes: int,
    *,
    dropout: float = 0.0,
    pooling: str = "average",
    activation: str | None = "softmax",
    seed: int = 0,
) -> keras.Model:
    """Put pooling, dropout and a fresh classifier behind a body.

    The result shares its weights with `features`: training one trains the other.  All layers lie
    in one net, so `freeze` and `cut` reach each by its name; the head's are `head_pool`,
    `head_dropout` and `head_fc`, as in `course_lib.nets`.

    Args:
        features: a functional net that ends in a feature map (B, H, W, C) or in features (B, C),
            such as `mobilenet_v2(classes=None)` or
            `keras.applications.MobileNetV2(include_top=False)`.
        classes: at least 2.
        dropout: share of features, from 0 and below 1, that a training step sets to 0.
        pooling: of a map: "average" or "max" over its positions, or "flatten", which keeps
            them: features of a task with few classes may not survive an average.
        activation: "softmax", or `None` for logits.
        seed: of the fresh weights and of dropout.

    Returns:
        A functional `keras.Model`: images to probabilities or logits (B, classes).

    Raises:
        ValueError: `features` ends in a classifier already or in no feature map, or a setting is
            out of range.
    """
    check_choice("pooling", pooling, POOLING)
    check_choice("activation", activation, ACTIVATIONS)
    if not isinstance(classes, int) or classes < 2:
        raise ValueError(f"classes must be an integer of at least 2, got {classes!r}")
    if not 0.0 <= dropout < 1.0:
        raise ValueError(f"dropout must be from 0 and below 1, got {dropout!r}")
    x = _features(features)
    if len(x.shape) == 4 and pooling == "flatten":
        x = layers.Flatten(name="head_pool")(x)
    elif len(x.shape) == 4:
        pools = {"average": layers.GlobalAveragePooling2D, "max": layers.GlobalMaxPooling2D}
        x = pools[pooling](name="head_pool")(x)
    if dropout:
        x = layers.Dropout(dropout, seed=seed, name="head_dropout")(x)
    x = layers.Dense(
        classes,
        activation=activation,
        kernel_initializer=keras.initializers.GlorotUniform(seed),
        name="head_fc",
    )(x)
    # A body with trained weights warns of images outside [0, 1]; the whole net shall, too
    kind = PretrainedNet if isinstance(features, PretrainedNet) else keras.Model
    return kind(features.inputs[0], x, name=f"{features.name}_{classes}_classes")


def classifier(model: keras.Model) -> Step | None:
    """Return the step that gives class scores at the end of a net; `None` where there is none.

    That is a softmax or a sigmoid on (B, C), or a `Dense` layer without activation.

    Raises:
        ValueError: a net without a graph.
    """
    last = steps(model)[-1]
    if len(last.outputs[0]) != 1:
        return None
    if isinstance(last.layer, layers.Softmax):
        return last
    name = getattr(getattr(last.layer, "activation", None), "__name__", None)
    scores = isinstance(last.layer, layers.Dense) and name == "linear"
    return last if scores or name in CLASSIFIERS else None


def _features(model: keras.Model):
    """Return the output that a head is put on."""
    found = classifier(model)
    if found is not None:
        raise ValueError(
            f"{model.name!r} ends in a classifier, {found.name!r}, and a second behind it would "
            "see class scores only; build it with classes=None (course_lib.nets) or "
            "include_top=False (keras.applications), or cut it: keras.Model(model.inputs, "
            f"model.get_layer({found.before[0].name!r}).output)"
        )
    shapes = [tuple(tensor.shape) for tensor in model.outputs]
    if len(model.inputs) != 1 or len(shapes) != 1 or len(shapes[0]) not in (2, 4):
        raise ValueError(
            "one input and one output (B, H, W, C) or (B, C) are needed, got "
            f"{len(model.inputs)} and {shapes}"
        )
    return model.outputs[0]
