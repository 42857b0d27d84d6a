"""Wrong answers to the questions of the resnet exercises, and the idea each message must name."""

from functools import partial
from unittest import mock

import keras
import numpy as np
from keras import layers, ops

from course_lib.nets.resnet import ZeroPadShortcut, basic_block, bottleneck_block, shortcut_path
from course_lib.nets.resnet_v2 import preactivation_block
from tests.checks import resnet_right as right
from tests.checks.bank_pieces import differing


def conv(x, filters, k, stride=1, norm=True, relu=True, bias=False, **told):
    """Build a unit; `told` may hold `training`, given to the normalization."""
    x = layers.Conv2D(filters, k, stride, "same", use_bias=bias)(x)
    x = layers.BatchNormalization()(x, **told) if norm else x
    return layers.ReLU()(x) if relu else x


# layer_count: each entry changes the right number


def count(change):
    def layer_count(blocks, kind, option):
        return change(right.count_as_list(blocks, kind, option), blocks, kind, option)

    return layer_count


def count_with(**given):
    def layer_count(blocks, kind, option):
        arguments = {"blocks": blocks, "kind": kind, "option": option} | given
        return right.count_by_walking(**arguments)

    return layer_count


LAYER_COUNT = {
    "projections left out": (count_with(option="A"), "option A: it projects nowhere"),
    "projects everywhere": (count_with(option="C"), "option C: it projects in every block"),
    "B for all": (count_with(option="B"), "option B: it projects only where the shape changes"),
    "C projects once a stage": (
        count(lambda n, b, kind, option: n - (option == "C") * (sum(b) - len(b))),
        "one projection a stage",
    ),
    "A projects once a stage": (
        count(lambda n, b, kind, option: n + (option == "A") * len(b)),
        "one projection a stage",
    ),
    "C leaves the first out": (
        count(lambda n, b, kind, option: n - (option == "C")),
        "C'.*Expected.*look at the shortcuts",
    ),
    "always four stages": (
        lambda blocks, kind, option: (
            right.count_by_walking(blocks, kind, "A")
            + {"A": 0, "B": 4 - (kind == "basic"), "C": sum(blocks)}[option]
        ),
        "look at the shortcuts",
    ),
    "a projection counts twice": (
        lambda blocks, kind, option: (
            2 * right.count_by_walking(blocks, kind, option)
            - right.count_by_walking(blocks, kind, "A")
        ),
        "one convolution, not two",
    ),
    "no head": (count(lambda n, *_: n - 1), "stem convolution and the dense head"),
    "no stem, no head": (count(lambda n, *_: n - 2), "stem convolution and the dense head"),
    "pool counted": (count(lambda n, *_: n + 1), "one too many"),
    "basic counted as bottleneck": (count_with(kind="bottleneck"), "of bottleneck blocks"),
    "bottleneck counted as basic": (count_with(kind="basic"), "of basic blocks"),
    "stage 1 of a basic net projects": (
        count(lambda n, b, kind, option: n + (kind == "basic" and option == "B")),
        "first stage needs no projection",
    ),
    "stage 1 of a bottleneck net does not": (
        count(lambda n, b, kind, option: n - (kind != "basic" and option == "B")),
        "first stage projects too",
    ),
    "infinite": (lambda blocks, kind, option: 10**400, "returned inf"),
    "blocks only": (lambda blocks, kind, option: sum(blocks), "number of blocks"),
    "twice": (count(lambda n, *_: 2 * n), "Expected"),
    "text": (lambda blocks, kind, option: "8", "expected a number"),
    "nothing returned": (lambda blocks, kind, option: None, "return missing"),
    "stops": (lambda blocks, kind, option: blocks / 2, "stopped with TypeError"),
}


# stage_macs: the walk of the right answer, with one thing done otherwise


def macs(**changed):
    def stage_macs(blocks, width, channels, size, stride_on, groups):
        rows, columns = changed.get("size", lambda s: s)(size)
        stride_on = changed.get("stride_on", {}).get(stride_on, stride_on)
        step = changed.get("stride", 2)
        total, c = 0, channels
        for block in range(blocks):
            out = (rows // step, columns // step) if block == 0 else (rows, columns)
            early = out if stride_on == "1x1" else (rows, columns)
            if changed.get("reads"):
                early, out = (rows, columns), out if block else (rows, columns)
            area = out[0] * out[1]
            parts = changed.get("grouped", {})
            g3 = groups ** changed.get("power", 1) if block in changed.get("in", range(99)) else 1
            read = channels if changed.get("channels") else c
            total += early[0] * early[1] * read * width // (groups if "first" in parts else 1)
            large = rows * columns if changed.get("large") == "3x3" else area
            inner = area if stride_on == "1x1" else large
            total += inner * changed.get("kernel", 9) * width * width // g3
            total += area * width * 4 * width // (groups if "last" in parts else 1)
            if changed.get("projections", "first") == "all" or (
                block == 0 and changed.get("projections", "first") == "first"
            ):
                onto = rows * columns if changed.get("large") == "projection" else area
                total += onto * c * 4 * width // (groups if "projection" in parts else 1)
            total += changed.get("biases", 0) * (early[0] * early[1] * width + area * width * 5)
            total += changed.get("biases", 0) * (block == 0) * area * 4 * width
            total += changed.get("sums", 0) * area * 4 * width
            rows, columns = (rows // step, columns // step) if block == 0 else (rows, columns)
            c = changed.get("puts_out", 4) * width
        return changed.get("times", 1) * total

    return stage_macs


def times_first(blocks, **sizes):
    return blocks * right.macs_by_walking(1, **sizes)


ONLY_3X3 = "Only the 3x3 convolution is grouped"
STAGE_MACS = {
    "the example": (lambda **_: 22272, "number of the example"),
    "first 1x1 grouped": (macs(grouped={"first"}), ONLY_3X3),
    "last 1x1 grouped": (macs(grouped={"last"}), ONLY_3X3),
    "both 1x1 grouped": (macs(grouped={"first", "last"}), ONLY_3X3),
    "projection grouped": (macs(grouped={"projection"}), ONLY_3X3),
    "first block grouped": (macs(**{"in": [0]}), "In every block"),
    "3x3 on the large map": (macs(large="3x3"), "has the stride writes the small map"),
    "projection on the large map": (macs(large="projection"), "projection has stride 2 too"),
    "first block, several times": (times_first, "first block several times"),
    "first block only": (
        lambda blocks, **sizes: right.macs_by_walking(1, **sizes),
        "first block alone",
    ),
    "later blocks read the channels": (macs(channels=True), "what the later ones read"),
    "later blocks read the width": (macs(puts_out=1), "what the later ones read"),
    "sums counted": (macs(sums=1), "Additions are not counted"),
    "something else": (
        lambda **sizes: right.macs_by_walking(**sizes) + 7,
        "Expected .*In the first block: 1x1 [\\d,]+, 3x3 .*projection",
    ),
    "size of the output": (macs(size=lambda s: (2 * s[0], 2 * s[1])), "map that the stage reads"),
    "weights": (
        lambda **sizes: right.macs_by_walking(**sizes | {"size": (2, 2), "stride_on": "1x1"}),
        "Those are weights",
    ),
    "square of the width": (macs(size=lambda s: (s[1], s[1])), "need not be square"),
    "infinite": (lambda **_: 10**400, "returned inf"),
    "groups ignored": (macs(power=0), "divide the 3x3 convolution by groups"),
    "groups twice": (macs(power=2), "divide by groups once"),
    "all grouped": (macs(grouped={"first", "last", "projection"}), ONLY_3X3),
    "no projection": (macs(projections="none"), "projection of the first block is missing"),
    "projects everywhere": (macs(projections="all"), "option B projects in the first only"),
    "stride on 1x1": (
        macs(stride_on={"3x3": "1x1"}),
        "stride on the 1x1.*still works on the large",
    ),
    "stride on 3x3": (macs(stride_on={"1x1": "3x3"}), "stride on the 3x3"),
    "no stride": (macs(stride=1), "No layer has stride 2"),
    "pixels read": (macs(reads=True), "each pixel that it writes|No layer has stride"),
    "FLOPs": (macs(times=2), "twice the multiply-adds"),
    "biases": (macs(biases=1), "Biases are not counted"),
    "3x3 as 1x1": (macs(kernel=1), "nine products"),
    "square map": (macs(size=lambda s: (s[0], s[0])), "need not be square"),
}


# shortcut


def carry(**changed):
    def shortcut(x, channels, stride, option):
        c = x.shape[-1]
        same = stride == 1 and c == channels
        option = changed.get("option", {}).get(option, option)
        if option == "A":
            shrink = changed.get("shrink", lambda x, s: layers.AveragePooling2D(s)(x))
            x = shrink(x, stride)
            more = channels - c
            front = changed.get("front", lambda more: more // 2)(more)
            return changed.get("fill", ops.pad)(x, [(0, 0)] * 3 + [(front, more - front)])
        if option == changed.get("passes", "B") and same:
            return x
        if changed.get("pool"):
            x, stride = layers.AveragePooling2D(stride)(x), 1
        settings = {"k": 1, "stride": stride, "relu": False} | changed.get("conv", {})
        return conv(x, channels, **settings)

    return shortcut


def project_with_batch(x, channels, stride, option):
    if option == "A" or (option == "B" and stride == 1 and channels == x.shape[-1]):
        return right.shortcut_by_ops(x, channels, stride, option)
    return conv(x, channels, 1, stride, relu=False, training=True)


def papers_shortcut(x, channels, stride, option):
    if option == "A":
        return ZeroPadShortcut(channels, stride)(x)
    return right.shortcut_by_ops(x, channels, stride, option)


def mean_of(size):
    return lambda x, s: layers.AveragePooling2D(size, s, padding="same")(x)


def summed(x, s):
    return layers.AveragePooling2D(s)(x) * s**2


def tiled(x, pads):
    return ops.roll(ops.pad(x, pads), 1, axis=3)


SHORTCUT = {
    "every second pixel": (carry(shrink=lambda x, s: x[:, ::s, ::s]), "keeps one pixel of each"),
    "the paper's A": (papers_shortcut, "option A as the paper has it"),
    "a sum": (carry(shrink=summed), "adds the pixels of each window up"),
    "always a quarter of the sum": (
        carry(shrink=lambda x, s: summed(x, s) / (4 if s > 1 else 1)),
        "divides by 4, whatever the stride",
    ),
    "windows of 3": (carry(shrink=mean_of(3)), "windows have 3x3 pixels"),
    "windows of 2 at any stride": (
        carry(shrink=lambda x, s: mean_of(2)(x, s) if s > 1 else x),
        "windows have 2x2 pixels",
    ),
    "zeros in another place": (carry(fill=tiled), "Option A computes two things"),
    "statistics of the batch always": (project_with_batch, r"called as `model\(x\)`"),
    "max pooling": (carry(shrink=lambda x, s: layers.MaxPooling2D(s)(x)), "maximum of each window"),
    "windows of 2": (carry(shrink=lambda x, s: layers.AveragePooling2D(2, s)(x)), "Height and"),
    "no stride with A": (carry(shrink=lambda x, s: x), "keeps its size"),
    "no stride in the projection": (carry(conv={"stride": 1}), "keeps its size"),
    "zeros behind": (carry(front=lambda more: 0), "come behind"),
    "zeros in front": (carry(front=lambda more: more), "come in front"),
    "copies": (
        carry(fill=lambda x, pads: ops.concatenate([x] * 4, 3)[..., : x.shape[3] + sum(pads[3])]),
        "copies of x",
    ),
    "A projects": (carry(option={"A": "C"}), "no weights at all"),
    "B pads": (carry(option={"B": "A"}), "That is option A; B has a 1x1"),
    "B is C": (carry(passes=None), "although the shapes agree. That is option C"),
    "C is B": (carry(option={"C": "B"}), "That is option B; C projects"),
    "no norm": (carry(conv={"norm": False}), "no batch normalization"),
    "ReLU": (carry(conv={"relu": True}), "ReLU follows the projection"),
    "3x3": (carry(conv={"k": 3}), "3x3 kernel"),
    "bias": (carry(conv={"bias": True}), "use_bias=False"),
    "averages, then projects": (carry(pool=True), "averages before it projects"),
    "zeros at the sides": (
        carry(fill=lambda x, pads: layers.ZeroPadding2D(pads[3])(x)),
        "nothing is added at the sides",
    ),
    "B looks at the channels alone": (
        lambda x, channels, stride, option: (
            x
            if option == "B" and channels == x.shape[-1]
            else right.shortcut_by_ops(x, channels, stride, option)
        ),
        "expected .6, 4, .*stride > 1 OR the channels",
    ),
    "x": (lambda x, channels, stride, option: x, "expected .6, 4, 8.*Height and width"),
    "a layer": (
        lambda x, channels, stride, option: layers.Conv2D(channels, 1, stride),
        "returned Conv2D; expected the Keras tensor",
    ),
    "no return": (lambda x, channels, stride, option: None, "return missing"),
    "another input": (
        lambda x, channels, stride, option: keras.Input((3, 3, channels)),
        "no model",
    ),
}


# residual_block and bottleneck_block: a list of convolutions, and what is done with them


def block(units, **changed):
    """Build relu(F(x) + shortcut(x)); `units(width, stride, ...)` gives (k, filters, stride)."""

    def answer(x, **sizes):
        stride = sizes["stride"]
        rows = units(**sizes)
        act = changed.get("act", layers.ReLU())
        told = {"training": True} if changed.get("training") else {}
        y = x
        for i, (k, filters, step) in enumerate(rows):
            last = i == len(rows) - 1
            if changed.get("pre"):
                y = layers.ReLU()(layers.BatchNormalization()(y))
            y = layers.Conv2D(filters, k, step, "same", use_bias=changed.get("bias", False))(y)
            if changed.get("relu_first") and not last:
                y = layers.ReLU()(y)
            if changed.get("pool_after") == i and stride > 1:
                y = layers.AveragePooling2D(2)(y)
            if i not in changed.get("bare", ()) and not changed.get("pre"):
                y = layers.BatchNormalization()(y, **told)
            if not last and i not in changed.get("linear", ()) and not changed.get("pre"):
                y = y if changed.get("relu_first") else act(y)
        y = act(y) if changed.get("relu_before") else y
        skip = changed.get("skip", projection)(x, y.shape[-1], stride)
        y = changed.get("join", lambda a, b: a + b)(y, skip)
        y = layers.BatchNormalization()(y) if changed.get("norm_after") else y
        last_act = changed.get("last_act", act)
        return y if changed.get("no_last") or changed.get("pre") else last_act(y)

    answer.__name__ = "block"
    return answer


def projection(x, filters, stride, always=False, pool=None, step=None, **others):
    if not always and stride == 1 and x.shape[-1] == filters:
        return x
    x = pool(stride)(x) if pool else x
    step = step or (1 if pool else stride)
    return conv(x, filters, 1, step, **{"relu": False} | others)


def skip_with(**others):
    return lambda x, filters, stride: projection(x, filters, stride, **others)


def named_alike(x, width, stride):
    for _ in range(3):
        x = layers.Conv2D(width, 3, padding="same", use_bias=False, name="conv")(x)
    return x


def frozen(answer):
    """Switch the training of every normalization off, as when a net is fine-tuned."""

    def block(x, **sizes):
        y = answer(x, **sizes)
        for layer in keras.Model(x, y).layers:
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
        return y

    return block


def three(width, stride, places=(0,), count=3):
    return [(3, width, stride if i in places else 1) for i in range(count)]


def residual(count=3, places=(0,), **changed):
    return block(lambda width, stride: three(width, stride, places, count), **changed)


def project_if(changes):
    """Return a shortcut that projects only if `changes(x, filters, stride)`."""

    def skip(x, filters, stride):
        return projection(x, filters, stride, always=True) if changes(x, filters, stride) else x

    return skip


ONLY_CHANNELS = project_if(lambda x, filters, stride: x.shape[-1] != filters)
ONLY_STRIDE = project_if(lambda x, filters, stride: stride > 1)
NOT_RELU = "an activation other than ReLU"
ACTIVATIONS = ("gelu", "silu", "mish", "hard_silu", "leaky_relu", "elu", "relu6")


def pad_channels(x, filters, stride):
    x = x[:, ::stride, ::stride]
    return ops.pad(x, [(0, 0)] * 3 + [(0, filters - x.shape[3])])


RESIDUAL_BLOCK = {
    "ReLU before the addition": (residual(relu_before=True), "ReLU comes before the addition"),
    "concatenated": (
        residual(join=lambda a, b: layers.Concatenate()([b, a])),
        "concatenated",
    ),
    "concatenated, the residual first": (
        residual(join=lambda a, b: layers.Concatenate()([a, b])),
        "concatenated",
    ),
    "no norm on the projection": (residual(skip=skip_with(norm=False)), "projection has no batch"),
    "stride on the second": (residual(places=(1,)), "stride is on the second"),
    "stride on the third": (residual(places=(2,)), "stride is on the third"),
    "no stride": (residual(places=(), skip=skip_with(step=1)), "no layer has the stride"),
    "no stride in the residual": (residual(places=()), "stopped with ValueError.*shape"),
    "projects always": (residual(skip=skip_with(always=True)), "although the shapes agree"),
    "never projects": (residual(skip=lambda x, f, s: x), "stopped with ValueError.*shape"),
    "pads": (residual(skip=pad_channels), "padded with zeros"),
    "no last ReLU": (residual(no_last=True), "ReLU after the addition is missing"),
    "ReLU before the addition, none behind": (
        residual(relu_before=True, no_last=True),
        "before the addition, and none behind",
    ),
    "stride on all three": (residual(places=(0, 1, 2)), "one convolution has it"),
    "scaled": (residual(join=lambda a, b: (a + b) * 0.5), "sum is scaled"),
    "identity scaled": (residual(join=lambda a, b: a + 0.5 * b), "other values"),
    "multiplied": (residual(join=lambda a, b: a * b), "other values"),
    "no shortcut": (residual(join=lambda a, b: a), "plain stack"),
    "two convolutions": (residual(count=2), "a convolution is missing"),
    "four convolutions": (residual(count=4), "a convolution too many"),
    "ReLU before BN": (residual(relu_first=True), "ReLU comes before the normalization"),
    "v2": (residual(pre=True), r"second version"),
    "norm after the sum": (residual(bare=(2,), norm_after=True), "normalization comes after"),
    "no ReLU inside": (residual(linear=(0, 1)), "ReLU between the convolutions is missing"),
    "one ReLU forgotten": (residual(linear=(1,)), "ReLU between the convolutions is missing"),
    "no norm inside": (residual(bare=(0, 1, 2)), "no batch normalization follows"),
    "last norm forgotten": (residual(bare=(2,)), "no batch normalization follows"),
    "biases": (residual(bias=True), "use_bias=False"),
    "ReLU on the shortcut": (residual(skip=skip_with(relu=True)), "ReLU acts on the shortcut"),
    "frozen norms": (frozen(residual()), "moving statistics"),
    "a wider kernel": (
        block(lambda width, stride: [(5, f, s) for _, f, s in three(width, stride)]),
        "a 5x5 convolution",
    ),
    "nothing returned": (lambda x, width, stride: None, "return missing"),
    **{name: (residual(act=layers.Activation(name)), NOT_RELU) for name in ACTIVATIONS},
    "GELU inside": (residual(act=layers.Activation("gelu"), last_act=layers.ReLU()), NOT_RELU),
    "GELU at the end": (residual(last_act=layers.Activation("gelu")), "other values"),
    "statistics of the batch always": (
        residual(training=True, skip=skip_with(training=True)),
        r"called as `model\(x\)`",
    ),
    "averages, then projects": (
        residual(skip=skip_with(pool=lambda s: ops_pool(mean_of(2), s))),
        "next question asks",
    ),
    "projects other channels only": (residual(skip=ONLY_CHANNELS), "stride > 1 OR the channels"),
    "projects at a stride only": (residual(skip=ONLY_STRIDE), "stride > 1 OR the channels"),
    "one name for three layers": (named_alike, "two of your layers have the same name"),
}


def bottleneck(units=None, **changed):
    def paper(width, expansion, stride):
        return [(1, width, 1), (3, width, stride), (1, width * expansion, 1)]

    mean = {"skip": skip_with(pool=layers.AveragePooling2D)}
    return block(units or paper, **mean | changed)


def strides(*places):
    def units(width, expansion, stride):
        steps = [stride if i in places else 1 for i in range(3)]
        filters = (width, width, width * expansion)
        return list(zip((1, 3, 1), filters, steps, strict=True))

    return units


def ops_pool(pool, stride):
    """Return what `projection` calls with a tensor, for a pool of tensor and stride."""
    return lambda x: pool(x, stride)


def halved(x, filters, stride):
    return projection(x, filters, stride, always=True, pool=layers.AveragePooling2D)


def norm_then_pool(x, filters, stride):
    if stride == 1 and x.shape[-1] == filters:
        return x
    return layers.AveragePooling2D(stride)(conv(x, filters, 1, relu=False))


def pool_always(x, filters, stride):
    if stride == 1 and x.shape[-1] == filters:
        return x
    x = layers.AveragePooling2D(2, stride, padding="same")(x)
    return conv(x, filters, 1, relu=False)


BOTTLENECK_BLOCK = {
    "stride on the 1x1": (bottleneck(strides(0)), "stride is on the first"),
    "stride on the last": (bottleneck(strides(2)), "stride is on the third"),
    "strided projection": (bottleneck(skip=projection), "projection has the stride"),
    "max pooling": (bottleneck(skip=skip_with(pool=layers.MaxPooling2D)), "maximum of each 2x2"),
    "pools at stride 1 too": (bottleneck(skip=pool_always), "averages although"),
    "norm before pool": (bottleneck(skip=norm_then_pool), "normalized before it is averaged"),
    "no norm on the projection": (
        bottleneck(skip=skip_with(pool=layers.AveragePooling2D, norm=False)),
        "projection has no batch",
    ),
    "ReLU on the projection": (
        bottleneck(skip=skip_with(pool=layers.AveragePooling2D, relu=True)),
        "ReLU acts on the shortcut",
    ),
    "projects always": (
        bottleneck(skip=skip_with(pool=layers.AveragePooling2D, always=True)),
        "although the shapes agree",
    ),
    "ReLU before the addition": (bottleneck(relu_before=True), "ReLU comes before the addition"),
    "no last ReLU": (bottleneck(no_last=True), "ReLU after the addition is missing"),
    "no sum": (bottleneck(join=lambda a, b: a), "plain stack"),
    "concatenated": (bottleneck(join=lambda a, b: ops.concatenate([a, b], 3)), "concatenated"),
    "scaled": (bottleneck(join=lambda a, b: ops.mean(ops.stack([a, b]), 0)), "sum is scaled"),
    "expansion always 4": (
        bottleneck(lambda width, expansion, stride: strides(1)(width, 4, stride)),
        "expected .* channels",
    ),
    "expansion forgotten": (
        bottleneck(lambda width, expansion, stride: strides(1)(width, 1, stride)),
        "should have expansion times",
    ),
    "expanded inside": (
        bottleneck(
            lambda width, expansion, stride: [
                (k, width * expansion, s) for k, _, s in strides(1)(width, 1, stride)
            ]
        ),
        "works on the expanded channels",
    ),
    "no stride": (
        bottleneck(strides(), skip=skip_with(step=1)),
        "no layer has the stride",
    ),
    "ReLU before BN": (bottleneck(relu_first=True), "ReLU comes before the normalization"),
    "v2": (bottleneck(pre=True), "second version"),
    "no ReLU after the first": (bottleneck(linear=(0,)), "ReLU between the convolutions"),
    "no ReLU after the second": (bottleneck(linear=(1,)), "ReLU between the convolutions"),
    "no norm after the second": (bottleneck(bare=(1,)), "no batch normalization follows"),
    "biases": (bottleneck(bias=True), "use_bias=False"),
    "basic block": (
        bottleneck(lambda width, expansion, stride: three(width * expansion, stride, count=2)),
        "missing a 1x1 convolution",
    ),
    "frozen norms": (frozen(bottleneck()), "moving statistics"),
    **{name: (bottleneck(act=layers.Activation(name)), NOT_RELU) for name in ACTIVATIONS[:4]},
    "the paper's": (bottleneck(strides(0), skip=projection), "the block of the paper"),
    "a sum": (bottleneck(skip=skip_with(pool=lambda s: ops_pool(summed, s))), "adds the pixels"),
    "windows of 3": (bottleneck(skip=skip_with(pool=lambda s: ops_pool(mean_of(3), s))), "3x3"),
    "pools the residual": (bottleneck(strides(), pool_after=1), "the residual averages"),
    "pools the residual first": (bottleneck(strides(), pool_after=0), "the residual averages"),
    "statistics of the batch always": (
        bottleneck(training=True, skip=skip_with(pool=layers.AveragePooling2D, training=True)),
        r"called as `model\(x\)`",
    ),
    "projects other channels only": (
        bottleneck(skip=lambda x, f, s: x if x.shape[-1] == f else halved(x, f, s)),
        "stride > 1 OR the channels",
    ),
    "projects at a stride only": (
        bottleneck(skip=lambda x, f, s: halved(x, f, s) if s > 1 else x),
        "stride > 1 OR the channels",
    ),
}


# diagnosis

table = partial(differing, right.TABLE)
DIAGNOSIS = {
    "a: nothing": (table(a=("nothing", "none")), "'a'.*Something is wrong"),
    "a: stride": (table(a=("no stride", "more weights")), "A stride reaches a convolution"),
    "b: ReLU": (table(b=("relu before addition", "channels grow")), "lets a ReLU act"),
    "b: weights": (table(b=("concatenation", "more weights")), "says more"),
    "c: projection": (table(c=("projection everywhere", "none")), "what `block` is given"),
    "c: ReLU": (table(c=("relu before addition", "none")), "what `block` is given"),
    "c: concatenation": (table(c=("concatenation", "none")), "what `block` is given"),
    "e: projection": (table(e=("projection everywhere", "none")), "comparison of shapes decides"),
    "an array without an axis": (lambda piece: np.array("nothing"), "Expected a pair"),
    "c: no effect": (table(c=("no stride", "none")), "Something changes"),
    "d: stride": (table(d=("no stride", "more multiply-adds")), "A stride reaches"),
    "d: work": (table(d=("nothing", "more multiply-adds")), "maps have the right sides"),
    "e: concatenation": (table(e=("concatenation", "none")), "added, element by element"),
    "e: channels": (table(e=("relu before addition", "channels grow")), "is what it should be"),
    "d: sign": (table(d=("nothing", "residual never negative")), "either sign"),
    "not an option": (table(a=("bad", "none")), "'bad' is not one of"),
    "one string": (lambda piece: "nothing", "Expected a pair"),
    "a set": (lambda piece: ({"nothing"}, "none"), "is not one of"),
    "stops": (lambda piece: {}[piece], "stopped with KeyError"),
}

WRONG = {
    "layer_count": LAYER_COUNT,
    "stage_macs": STAGE_MACS,
    "shortcut": SHORTCUT,
    "residual_block": RESIDUAL_BLOCK,
    "bottleneck_block": BOTTLENECK_BLOCK,
    "diagnosis": DIAGNOSIS,
}

# What the course itself has: wrong in every variant, since each asks for something else.


def course_shortcut(x, channels, stride, option):
    name = {"A": "zero_pad", "B": "projection", "C": "projection_all"}[option]
    return shortcut_path(x, channels, stride=stride, option=name, name="skip")


def course_basic(x, width, stride):
    return basic_block(x, width, stride=stride, name="block")


def course_bottleneck(x, width, expansion, stride, **more):
    with mock.patch.dict(bottleneck_block.__globals__, EXPANSION=expansion):
        return bottleneck_block(x, width, stride=stride, name="block", **more)


def course_v2(x, width, expansion, stride):
    sizes = {"stride": stride, "activated": True, "bias": False, "epsilon": 1e-5}
    with mock.patch.dict(preactivation_block.__globals__, EXPANSION=expansion):
        return preactivation_block(x, width, **sizes, name="block")


OF_COURSE = {
    "shortcut": [course_shortcut],
    "residual_block": [course_basic],
    "bottleneck_block": [
        course_bottleneck,
        partial(course_bottleneck, stride_on="3x3"),
        course_v2,
    ],
}
ALIKE_IN_PART = ("shortcut", "residual_block", "bottleneck_block")
BETWEEN = {
    ("shortcut", "split", "front"): "half in front|half behind. Here all .* in front",
    ("shortcut", "front", "behind"): "its maximum, and all zero channels stand behind",
    ("residual_block", "first", "second"): "the first one is 1x1, and the second .* the stride",
    ("residual_block", "first", "third"): "the second one is 1x1, and the third .* the stride",
    ("residual_block", "third", "first"): "missing a 3x3 .*; too many: a 1x1",
    ("bottleneck_block", "middle", "end"): "missing .* a 3x3 convolution from 4 to 8",
}
NEITHER_READS = "neither of the two statements reads what the other writes"
EQUIVALENT = {  # where there are variants, patterns of the variant and the name
    "layer_count": {
        "order: `per_block = 2 if kind == 'basic' else 3` after `shortcuts = {'A': 0, 'B': "
        "len(blocks), 'C': sum(blocks)}[option]`": NEITHER_READS,
    },
    "stage_macs": {
        "order: `entry = reduced * channels * width + small * channels * 4 * width` after "
        "`repeats = (blocks - 1) * small * 4 * width * width`": NEITHER_READS,
        "order: `repeats = (blocks - 1) * small * 4 * width * width` after `inside = small * (9 * "
        "width * width // groups + 4 * width * width)`": NEITHER_READS,
    },
    "shortcut": {
        r"\w+ order: `zeros = .*` after `windows = .*`": "neither reads the other",
        r"\w+ order: `if option == 'A':` after `if .*": "both return; one is true at most",
        r"split order: `if option == 'B' .*` after `projected = .*": "it is not returned",
        r"(behind|front) keyword: .*strides=stride, .* -> .*\(channels, 1, use_bias=False\)`": (
            "the stride is 1 by then"
        ),
    },
    "residual_block": {
        r"\w+ order: `sides = .*` after `y, place = .*": "neither reads the other",
        r"\w+ order: `for i, side .*` after `if stride > 1 .*": "the loop reads y, not x",
    },
    "bottleneck_block": {
        r"\w+ order: `wide = .*` after `y, place = .*": "neither reads the other",
        r"\w+ order: `for i, filters .*` after `if stride > 1 .*": "the loop reads y, not x",
        r"end order: `windows = .*` after `x = .*": "the layer does not read it",
    },
}
