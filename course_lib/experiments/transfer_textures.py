"""ImageNet weights on photographs of three surfaces, and what random patches would have claimed.

EfficientNet-Lite0 with its published weights against a small net from scratch, on 5 and 30 patches
of each surface.  Regions of a photograph train, validate and test.  With 300 patches from anywhere
in a photograph a net has seen most of its pixels, those of random test patches, too.
"""

import keras
import numpy as np

from course_lib.batches import Batches
from course_lib.data import Split
from course_lib.data.textures import textures
from course_lib.experiments.parts import errors
from course_lib.experiments.plan import Comparison, Experiment
from course_lib.nets import NETS
from course_lib.nets.layers import conv_bn, head
from course_lib.train import Recipe, fit
from course_lib.transfer.freeze import freeze
from course_lib.transfer.head import new_head

PATCH = 32  # pixels
SIDE = 96  # pixels to which the pretrained net sees a patch enlarged
AMOUNTS = (5, 30)  # patches of each surface
MANY = 300  # 32x32 pixels each, as many as a photograph has and a sixth more
WAYS = {
    "scratch": "small net from scratch",
    "probe": "frozen body",
    "fine_tuned": "fine-tuned, BN fixed",
    "fine_tuned_bn": "fine-tuned, BN trained",
}
ARMS = {
    f"{way}_{amount}": {
        "label": f"{label}, {amount} patches",
        "kind": label,
        "way": way,
        "images": amount,
        "patches": "region",
    }
    for way, label in WAYS.items()
    for amount in AMOUNTS
} | {
    f"{way}_{patches}": {
        "label": f"{WAYS[way]}, {MANY} patches by {patches}",
        "kind": WAYS[way],
        "way": way,
        "images": MANY,
        "patches": patches,
    }
    for way in ("scratch", "probe")
    for patches in ("region", "random")
}


def load():
    """Return patches of three surfaces; every net is judged on the regions kept for that."""
    data = textures(patch=PATCH)
    return {"train": data.train, "validation": data.validation, "test": data.test}


def build(way, seed):
    """Return the net of an arm, with what it trains made trainable."""
    if way == "scratch":
        image = keras.Input((PATCH, PATCH, 3), name="image")
        x = conv_bn(image, 16, 3, stride=2, name="conv1")
        x = conv_bn(x, 32, 3, stride=2, name="conv2")
        x = conv_bn(x, 64, 3, stride=2, name="conv3")
        return keras.Model(image, head(x, 3))
    body = NETS["efficientnet_lite0"](
        input_shape=(SIDE, SIDE, 3), classes=None, pretrained="imagenet"
    )
    net = new_head(body, 3, seed=seed)
    if way == "probe":
        freeze(net)
    elif way == "fine_tuned":
        for layer in net.layers:
            layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    return net


def trial(settings, run, splits):
    """Train one net on few patches; return its errors.

    An arm of random patches draws all its splits so, as somebody would who knows no better.
    """
    judged = {name: splits[name] for name in ("train", "validation", "test") if name in splits}
    if settings["patches"] == "random":
        random = textures(patch=PATCH, split="random", seed=run.seed)
        judged = {name: getattr(random, name) for name in judged}
    few = take(judged.pop("train"), settings["images"], run.seed)
    keras.utils.set_random_seed(run.seed)
    model = build(settings["way"], run.seed)
    few = enlarged(few, model.input_shape[1])
    batches = Batches(few, batch_size=min(run.batch_size, len(few)), seed=run.seed)
    fit(
        model,
        batches,
        learning_rate=run.learning_rate,
        steps=run.steps,
        recipe=Recipe("adam"),
    )
    side = model.input_shape[1]
    judged = {name: enlarged(split, side) for name, split in judged.items()}
    return errors(model, judged | {"train": few})


def enlarged(split, side):
    """Return the patches at `side` pixels, bilinear."""
    if split.images.shape[1] == side:
        return split
    images = keras.ops.image.resize(split.images, (side, side), interpolation="bilinear")
    return Split(np.clip(keras.ops.convert_to_numpy(images), 0.0, 1.0), split.labels)


def take(split, amount, seed):
    """Return `amount` patches of each of three surfaces, drawn by a seed; they take turns."""
    rows = np.random.default_rng(seed).permutation(len(split) // 3)[:amount]
    places = [3 * row + surface for row in rows for surface in range(3)]
    return Split(split.images[places], split.labels[places])


EXPERIMENT = Experiment(
    name="transfer_textures",
    chapter="practice/transfer",
    question="Do ImageNet weights help on photographs of surfaces, and how should they be used?",
    metric="test_error",
    arms=ARMS,
    comparisons={
        **{
            f"{way}_{amount}": Comparison(
                f"{way}_{amount}", f"scratch_{amount}", "less", "test_error"
            )
            for way in ("probe", "fine_tuned")
            for amount in AMOUNTS
        },
        **{
            f"modes_{amount}": Comparison(
                f"fine_tuned_{amount}", f"fine_tuned_bn_{amount}", "less", "test_error"
            )
            for amount in AMOUNTS
        },
        **{
            f"claim_{way}": Comparison(f"{way}_random", f"{way}_region", "less", "test_error")
            for way in ("scratch", "probe")
        },
    },
    rates=(0.0001, 0.0003, 0.001, 0.003, 0.01),
    steps=60,
    batch_size=15,
    load=load,
    trial=trial,
)
