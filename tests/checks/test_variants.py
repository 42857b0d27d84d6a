"""Which variant a cohort gets, and that an answer to one is wrong in every other."""

import re
import sys
from collections import Counter
from functools import partial

import keras
import pytest
from keras import layers, ops

import nbfile
from course_lib import transfer as course_transfer
from course_lib.checks import alexnet as alexnet_checks
from course_lib.checks import batchnorm as batchnorm_checks
from course_lib.checks import case_studies as case_studies_checks
from course_lib.checks import lenet as lenet_checks
from course_lib.checks import nin as nin_checks
from course_lib.checks import resnet as resnet_checks
from course_lib.checks import transfer as transfer_checks
from course_lib.checks import variants
from course_lib.checks import vgg as vgg_checks
from course_lib.checks.cases import recorded
from course_lib.checks.verdict import drawn_from
from course_lib.memory import peak_activations
from course_lib.nets import without_values
from course_lib.nets.classic_layers import LocalResponseNormalization
from course_lib.nets.layers import conv_relu
from course_lib.nets.lenet import lenet5
from course_lib.nets.lenet_layers import Subsampling
from course_lib.nets.nin import class_maps_head, mlpconv
from course_lib.nets.resnet import basic_block, bottleneck_block, shortcut_path
from course_lib.nets.resnet_v2 import preactivation_block
from tests.checks import (
    alexnet_right,
    alexnet_wrong,
    batchnorm_right,
    batchnorm_wrong,
    case_studies_right,
    lenet_right,
    nin_right,
    transfer_right,
    vgg_right,
)
from tests.checks import resnet_right as right
from tests.checks.folding import folded
from tests.checks.judging import EXERCISES, GRADING, define, judge, kill_all, printed, solution
from tests.checks.mutants import mutants

CHECKS = {
    "alexnet": alexnet_checks,
    "batchnorm": batchnorm_checks,
    "case_studies": case_studies_checks,
    "lenet": lenet_checks,
    "nin": nin_checks,
    "resnet": resnet_checks,
    "transfer": transfer_checks,
    "vgg": vgg_checks,
}
CHAPTERS = {  # of what is built; where pieces are judged, a variant differs in their order
    "update_running": "batchnorm",
    "batch_norm_train": "batchnorm",
    "batch_norm_inference": "batchnorm",
    "batch_norm_backward": "batchnorm",
    "fold_into_conv": "batchnorm",
    "memory_of_activations": "case_studies",
    "shortcut": "resnet",
    "residual_block": "resnet",
    "bottleneck_block": "resnet",
    "subsampling": "lenet",
    "small_lenet": "lenet",
    "replace_head": "transfer",
    "local_response_normalization": "alexnet",
    "alexnet_block": "alexnet",
    "nin_block": "nin",
    "dense_to_conv": "nin",
    "small_vgg": "vgg",
}


def declared(chapter):
    """Return the variants of each question of a chapter."""
    return {
        re.search(r"def (\w+)", nbfile.source(cell))[1]: variants.declared(cell["metadata"])
        for cell in nbfile.read(EXERCISES / f"{chapter}.ipynb")["cells"]
        if "course" in cell["metadata"]
    }


FOUND = {question: names for chapter in CHECKS for question, names in declared(chapter).items()}
DECLARED = {question: FOUND.get(question, ()) for question in CHAPTERS}
EACH = [(question, name) for question, names in DECLARED.items() for name in names]
PAIRS = [(question, i, j) for question, i in EACH for j in DECLARED[question]]


def check_of(question, variant=None):
    check = getattr(CHECKS[CHAPTERS[question]], question)
    return check if variant is None else partial(check, variant=variant)


def solution_of(question, variant=""):
    return define(solution(CHAPTERS[question], question, variant), question)


def judged(question, answer, variant):
    return judge(check_of(question, variant), answer)


@pytest.fixture(autouse=True)
def seed(monkeypatch):
    monkeypatch.setenv("COURSE_CHECK_SEED", "1")
    keras.utils.set_random_seed(1)


@pytest.mark.parametrize("question", CHAPTERS)
def test_what_is_built_has_variants(question):
    assert len(DECLARED[question]) >= variants.LEAST


@pytest.mark.parametrize("drawn", ["1", "2"])
@pytest.mark.parametrize(("question", "i", "j"), PAIRS)
def test_the_solution_of_a_variant_passes_its_own_check_alone(question, i, j, drawn, monkeypatch):
    monkeypatch.setenv("COURSE_CHECK_SEED", drawn)
    assert (judged(question, solution_of(question, i), j) is None) == (i == j)


@pytest.mark.parametrize(
    ("question", "i", "j"),
    [pair for pair in PAIRS if CHAPTERS[pair[0]] != "resnet" and pair[1] != pair[2]],
)
def test_an_answer_to_another_variant_is_wrong_in_each_kind_of_case(question, i, j):
    with recorded() as record, drawn_from(*GRADING):
        judged(question, solution_of(question, i), j)
    assert len(record.kinds) > 1
    assert record.share == 0


@pytest.mark.parametrize("question", DECLARED)
def test_the_first_variant_is_the_check_without_one(question):
    lines = {printed(check_of(question), solution_of(question))}
    for name in DECLARED[question]:
        lines.add(printed(check_of(question, name), solution_of(question, name)))
    assert len(lines) == 1, "stored outputs are those of every variant"


@pytest.mark.parametrize("question", DECLARED)
def test_an_unknown_variant_is_refused(question):
    with pytest.raises(ValueError, match=r"variant must be one of .*, got 'fourth'"):
        check_of(question, "fourth")(lambda *_, **__: None)


# The nets of the course, called as the questions ask.


def course_shortcut(x, channels, stride, option):
    name = {"A": "zero_pad", "B": "projection", "C": "projection_all"}[option]
    return shortcut_path(x, channels, stride=stride, option=name, name="skip")


def course_basic(x, width, stride):
    return basic_block(x, width, stride=stride, name="block")


def course_bottleneck(x, width, expansion, stride, **more):
    return bottleneck_block(x, width, stride=stride, name="block", **more)


def course_v2(x, width, expansion, stride):
    sizes = {"stride": stride, "activated": True, "bias": False, "epsilon": 1e-5}
    return preactivation_block(x, width, **sizes, name="block")


def course_subsampling(x, *, window, stride, activation):
    return Subsampling(window, activation=activation)(x)


def course_lenet(image, *, maps, units, classes, activation, halving):
    """Return the course's net with the widths asked for, without its softmax."""
    names = ("stage1_conv", "stage2_conv", "stage3_conv", "head_f6")
    widths = dict(zip(names, (*maps, units), strict=True))
    net = lenet5(
        input_shape=image.shape[1:],
        classes=classes,
        activation=activation,
        pooling="average" if halving == "stride" else halving,
    )

    def resized(layer):
        config = layer.get_config()
        config.pop("kernel_initializer", None)  # the check's own has no name for Keras
        if layer.name in widths:
            config["filters" if "filters" in config else "units"] = widths[layer.name]
        if layer.name == "head_output":
            config["activation"] = "linear"
        return type(layer).from_config(config)

    return keras.models.clone_model(net, clone_function=resized)(image)


def course_head(net, layer, classes, outputs, **more):
    body = keras.Model(net.input, net.get_layer(layer).output)
    body.trainable = False
    activation = "softmax" if outputs == "probabilities" else None
    return course_transfer.new_head(body, classes, activation=activation, **more)


def course_alexnet(x, filters, kernel, groups):
    """Return the course's stage 2 and the first convolution of its stage 3."""
    x = conv_relu(x, filters, kernel, groups=groups, name="stage2")
    x = layers.MaxPooling2D(3, 2)(LocalResponseNormalization()(x))
    return conv_relu(x, filters, 3, name="stage3_block1")


def course_memory(shape, filters, bytes_each):
    """Count as the course does, which gives a sum memory of its own."""
    with without_values():
        x = image = keras.Input(shape)
        for count in filters:
            x = layers.Conv2D(count, 3, padding="same")(x)
        skip = image if shape[2] == filters[-1] else layers.Conv2D(filters[-1], 1)(image)
        return bytes_each * peak_activations(keras.Model(image, layers.Add()([x, skip])))


def course_vgg(x, stages, last=3):
    """Return the course's stages; where `last` is 1, with C's end of a stage."""
    for stage, (convolutions, filters) in enumerate(stages, start=1):
        sides = [3] * (convolutions - (last == 1)) + [1] * (last == 1)
        for i, side in enumerate(sides, start=1):
            x = conv_relu(x, filters, side, name=f"stage{stage}_block{i}")
        x = layers.MaxPooling2D(2)(x)
    return x


def course_nin(x, filters, hidden, classes, kernel):
    """Return the course's mlpconv layer and its head."""
    return class_maps_head(mlpconv(x, kernel, (filters, hidden), name="stage1"), classes)


def course_dense(maps, weights, biases, height, width):
    """Return what the chapter shows: the weights as Keras keeps them, reshaped."""
    kernel = weights[0].reshape(height, width, -1, len(biases[0]))
    found = ops.conv(maps, kernel) + biases[0]
    for matrix, bias in zip(weights[1:], biases[1:], strict=True):
        found = ops.matmul(ops.relu(found), matrix.T) + bias
    return found


OWN = {
    "memory_of_activations": [course_memory],
    **batchnorm_wrong.OF_COURSE,
    "nin_block": [course_nin],
    "dense_to_conv": [course_dense],
    "local_response_normalization": [alexnet_wrong.of_layer],
    "alexnet_block": [course_alexnet],
    "small_vgg": [course_vgg, partial(course_vgg, last=1)],
    "subsampling": [course_subsampling],
    "small_lenet": [course_lenet],
    "replace_head": [
        course_head,
        partial(course_head, pooling="max"),
        partial(course_head, dropout=0.5),
    ],
    "shortcut": [course_shortcut],
    "residual_block": [course_basic],
    "bottleneck_block": [
        course_bottleneck,
        partial(course_bottleneck, stride_on="3x3"),
        course_v2,
    ],
}


@pytest.mark.parametrize(("question", "variant"), EACH)
def test_the_blocks_of_the_course_pass_in_no_variant(question, variant, monkeypatch):
    for name in ("resnet", "resnet_v2"):  # the expansion of the check's first case
        monkeypatch.setattr(sys.modules[f"course_lib.nets.{name}"], "EXPANSION", 2)
    for answer in OWN[question]:
        message = judged(question, answer, variant)
        assert message is not None
        assert "stopped with" not in message, message


# Right answers that are built in another way than the solution.


def pooled_shortcut(x, channels, stride, option, pool, front):
    missing = channels - x.shape[-1]
    if option == "A":
        zeros = ops.zeros_like(x[:, ::stride, ::stride, :1])
        some, others = ([zeros] * missing, []) if front else ([], [zeros] * missing)
        return ops.concatenate([*some, pool(x, stride), *others], 3)
    if option == "B" and (stride, missing) == (1, 0):
        return x
    x = layers.Dense(channels, use_bias=False)(pool(x, stride))
    return layers.BatchNormalization(epsilon=1e-4)(x)


def tiles(reduce):
    def pool(x, stride):
        _, height, width, c = x.shape
        x = ops.reshape(x, (-1, height // stride, stride, width // stride, stride, c))
        return reduce(x, (2, 4))

    return pool


def written_out(x, width, stride, units):
    """Build a residual block of layers with weights of their own."""
    y = x
    for i, (k, step) in enumerate(units):
        y = right.WrittenOut(width, k, step)(y)
        y = ops.relu(y) if i < 2 else y
    if stride > 1 or x.shape[-1] != width:
        x = right.WrittenOut(width, 1, stride)(x)
    return ops.relu(y + x)


def front(x, width, expansion, stride):
    y = layers.Conv2D(width, 3, padding="same", use_bias=False, strides=stride)(x)
    y = ops.relu(layers.BatchNormalization()(y))
    y = ops.relu(layers.BatchNormalization()(layers.Dense(width, use_bias=False)(y)))
    y = layers.BatchNormalization()(layers.Dense(expansion * width, use_bias=False)(y))
    if x.shape != y.shape:
        if stride == 2:
            x = tiles(ops.max)(x, 2)
        x = layers.BatchNormalization()(layers.Dense(expansion * width, use_bias=False)(x))
    return ops.relu(x + y)


def end(x, width, expansion, stride):
    y = x
    for _ in range(2):
        y = layers.BatchNormalization()(layers.Dense(width, use_bias=False)(y))
        y = layers.Activation("relu")(y)
    y = layers.ZeroPadding2D(1)(y)
    y = layers.Conv2D(width * expansion, 3, stride, use_bias=False)(y)
    y = layers.BatchNormalization()(y)
    if x.shape != y.shape:
        x = layers.BatchNormalization()(layers.Dense(expansion * width, use_bias=False)(x))
        x = layers.AveragePooling2D(2)(x) if stride == 2 else x
    return layers.ReLU()(layers.add([x, y]))


RIGHT = {
    ("shortcut", "behind"): partial(pooled_shortcut, pool=tiles(ops.max), front=False),
    ("shortcut", "front"): partial(pooled_shortcut, pool=tiles(ops.mean), front=True),
    ("residual_block", "second"): lambda x, width, stride: written_out(
        x, width, stride, [(1, 1), (3, stride), (3, 1)]
    ),
    ("residual_block", "third"): lambda x, width, stride: written_out(
        x, width, stride, [(3, 1), (1, 1), (3, stride)]
    ),
    ("bottleneck_block", "front"): front,
    ("bottleneck_block", "end"): end,
}
RIGHT = {key: (answer,) for key, answer in RIGHT.items()}
RIGHT |= nin_right.OF_VARIANT
RIGHT |= batchnorm_right.OF_VARIANT
RIGHT |= case_studies_right.OF_VARIANT
RIGHT |= alexnet_right.OF_VARIANT | lenet_right.OF_VARIANT | transfer_right.OF_VARIANT
RIGHT |= vgg_right.OF_VARIANT


def test_each_variant_is_answered_in_another_way():
    assert set(RIGHT) == {pair for pair in EACH if pair[1] != DECLARED[pair[0]][0]}


@pytest.mark.parametrize(
    ("question", "variant", "answer"),
    [(*key, answer) for key, answers in RIGHT.items() for answer in answers],
)
def test_a_right_answer_is_taken_whatever_it_is_built_of(question, variant, answer):
    assert judged(question, answer, variant) is None


@pytest.mark.parametrize(
    ("question", "given", "variant", "idea"),
    [
        ("update_running", "unbiased", "moved", "weighs the other value. Here it is the share of"),
        ("update_running", "unbiased", "deviation", "variance is averaged. Here it is the stand"),
        ("update_running", "deviation", "unbiased", "deviation is averaged. Here it is the var"),
        ("batch_norm_train", "runs", "turns", "a run of neighbouring .* Here the images are dealt"),
        ("batch_norm_train", "turns", "lead", "dealt in turn.* Here the statistics of the first"),
        ("batch_norm_inference", "averaged", "merged", "so are the var.* Here .* of all values"),
        ("batch_norm_inference", "merged", "turns", "seen together. Here the images are dealt"),
        ("batch_norm_backward", "root", "held", "no mean is subtracted. Here the variance counts"),
        ("batch_norm_backward", "held", "absolute", "counts as a constant.* Here the centered x"),
        ("fold_into_conv", "front", "shortcut", "in front of the convolution, without a shortcut"),
        ("shortcut", "split", "front", "half in front|half behind. Here all .* in front"),
        ("shortcut", "front", "behind", "its maximum, and all zero channels stand behind"),
        ("residual_block", "first", "second", "the first one is 1x1, and the second .* the stride"),
        ("residual_block", "first", "third", "the second one is 1x1, and the third .* the stride"),
        ("residual_block", "third", "first", "missing a 3x3 .*; too many: a 1x1"),
        ("bottleneck_block", "middle", "end", "missing .* a 3x3 convolution from 4 to 8"),
        ("subsampling", "after", "before", "the bias once, after the sum; here each pixel gets"),
        ("subsampling", "before", "after", "each pixel gets the bias, .* here it is added once"),
        ("subsampling", "squares", "after", "adds the squares of the pixels"),
        ("subsampling", "after", "squares", "adds the pixels as they are; the squares"),
        ("small_lenet", "cover", "slide", "C5 has 5x5 kernels here"),
        ("small_lenet", "slide", "cover", "C5 covers what is left"),
        ("small_lenet", "scales", "cover", "F6 reads .* it reads C5 alone"),
        ("small_lenet", "cover", "scales", "and the mean of each map of the first stage"),
        ("replace_head", "mean", "unit", "the features keep their length"),
        ("replace_head", "unit", "mean", "divides the features by their length"),
        ("replace_head", "mean", "beside", r"expected a kernel \(14, 4\), .* 5 old probabilities"),
        ("replace_head", "beside", "mean", "It reads `layer` alone"),
        ("local_response_normalization", "middle", "before", "lies around its map. Here .* end"),
        ("local_response_normalization", "before", "middle", "ends with its own map. Here"),
        ("local_response_normalization", "middle", "mean", "takes the sum of the squares"),
        ("local_response_normalization", "mean", "middle", "takes the mean of the squares"),
        ("alexnet_block", "end", "early", "order is the 3x3 .* Here it is the pooling, then"),
        ("alexnet_block", "early", "end", "order is the pooling, .* Here it is the 3x3"),
        ("alexnet_block", "end", "front", "Here it is the normalization, then the pooling"),
        ("alexnet_block", "front", "early", "order is the normalization, then the pooling"),
        ("nin_block", "mean", "vote", "averaged before the softmax. Here each pixel has its own"),
        ("nin_block", "vote", "mean", "softmax comes before the mean"),
        ("nin_block", "mean", "narrow", "side `kernel` comes first. Here the 1x1 convolution"),
        ("nin_block", "narrow", "mean", "1x1 convolution comes first. Here the convolution with"),
        ("dense_to_conv", "channels", "columns", "channel, within that row .* Here .* that column"),
        ("dense_to_conv", "columns", "channels", "channel, within that column .* Here .* that row"),
        ("dense_to_conv", "pixels", "channels", "flattened column by .* Here .* channel by"),
        ("small_vgg", "end", "front", "is the 3x3 .* Here it is the 1x1 convolution, then the 3x3"),
        (
            "small_vgg",
            "front",
            "end",
            "is the 1x1 .* Here it is the 3x3 convolutions, then the 1x1",
        ),
        ("small_vgg", "end", "pooled", "is the 3x3 .* Here it is the pooling, then the 3x3"),
        ("small_vgg", "pooled", "front", "order is the pooling, then the 3x3"),
        ("memory_of_activations", "sum", "join", "At the end two maps are copied into a third"),
        ("memory_of_activations", "join", "sum", "That is another block, .* into one new map"),
        ("memory_of_activations", "sum", "project", "the 1x1 convolution reads one map and writes"),
        ("memory_of_activations", "project", "join", "another block, .* makes what is added. Here"),
    ],
)
def test_an_answer_to_another_variant_hears_what_differs(question, given, variant, idea):
    assert re.search(idea, judged(question, solution_of(question, given), variant))


# Mutants

EQUIVALENT = {  # pattern of variant and name, to the reason why the answer stays right
    "memory_of_activations": {
        r"\w+ order: `waits, beside = .*` after `moments = .*": "neither reads the other",
        r"(join|project) number: `0` -> `-?1`": (
            "the first moment is never the worst: at the end its maps and more are there"
        ),
        r"(join|project) name: `waits` -> `beside` #2": "behind the loop they are the same map",
    },
    "update_running": {
        r"\w+ order: `every = .*` after `share = .*": "neither reads the other",
        r"\w+ order: `spread = .*` after `mean = .*": "neither reads the other",
    },
    "batch_norm_train": {
        r"(runs|turns) drop: `np\.zeros_like\(x\)` -> `x`": (
            "x is a copy, and each image is read before it is overwritten"
        ),
    },
    "batch_norm_inference": {
        r"turns name: `means` -> `variances`": "there are as many of both",
    },
    "batch_norm_backward": {
        r"root order: `every = .*` after `z = x`": "neither reads the other",
        r"(root|absolute) order: `back = .*` after `lean = .*": "neither reads the other",
    },
    "fold_into_conv": {
        r"\w+ order: `rise = .*` after `given = .*": "neither reads the other",
        r"shortcut name: `steep` -> `rise` #3": "both have a number for each map",
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
    "subsampling": {
        r"\w+ order: `weigh = .*` after `squash = .*": "neither reads the other",
        r"(after|squares) order: `squash = .*` after `(sums|x) = .*": "neither reads the other",
    },
    "small_lenet": {
        r"\w+ order: `step = .*` after `x = image`": "neither reads the other",
        r"\w+ order: `if halving == 'average':` after `if halving == 'max':`": "one applies",
        r"slide order: `for filters .*` after `side = 5`": "neither reads the other",
        r"(cover|scales) number: `1` -> `2` #2": (
            "the images are square: height and width are the same number"
        ),
    },
    "local_response_normalization": {
        r"\w+ order: `before = .*` after `behind = .*": "neither reads the other",
        r"\w+ order: `behind = .*` after `found = .*": "neither reads the other",
        r"\w+ arguments: `max\(i - before, 0\)` -> .*": "the larger of two has no order",
        r"(middle|mean) name: `before` -> `behind`": "there are as many on both sides",
        r"before operator: `i \+ behind` -> `i - behind`": "there are none behind",
    },
    "alexnet_block": {},
    "nin_block": {
        r"\w+ order: `wide = .*` after `mix = .*": "neither reads the other",
    },
    "dense_to_conv": {
        r"\w+ order: `order = .*` after `sides = .*": "neither reads the other",
        r"\w+ name: `weights` -> `biases`( #3)?": "a bias for each matrix, and for each unit",
    },
    "small_vgg": {
        r"\w+ order: `if step == 'p':` after `sides = .*": "the pooling reads no sides",
    },
    "replace_head": {
        r"\w+ keyword: .*training=False\)` -> `super\(\)\.call\(images\)`": (
            "Keras tells the mode of `fit` to no layer whose `call` takes no `training`"
        ),
        r"\w+ order: `class Still.*` after `found = .*": "neither reads the other",
        r"\w+ order: `body\.trainable = False` after `x = body.*": (
            "the flag may be set at any time before training"
        ),
        r"\w+ order: `x = layers\..*` after `last = .*": "the layer is made without reading x",
    },
}


@pytest.mark.parametrize(("question", "variant"), EACH)
def test_no_mutant_of_the_solution_survives(question, variant, record_property):
    chapter = CHAPTERS[question]
    source = folded(chapter, question, variant)
    assert "VARIANT" not in source
    made = mutants(source, question)
    known = {
        mutant.name: reason
        for mutant in made
        for pattern, reason in EQUIVALENT[question].items()
        if re.fullmatch(pattern, f"{variant} {mutant.name}")
    }
    if variant == DECLARED[question][0]:
        line = kill_all(chapter, question, check_of(question), known, source)
    else:
        survivors = {mutant.name for mutant in made if survives(mutant, question, variant)}
        assert survivors == set(known)
        line = f"mutants of {chapter}.{question}, {variant}: {len(made)}, equivalent {len(known)}"
    record_property("summary", line)


def survives(mutant, question, variant):
    try:
        answer = define(mutant.code, question)
    except Exception:
        return False
    return judged(question, answer, variant) is None


# pick and declared


def test_a_cohort_gets_the_same_variant_for_ever():
    names = ("first", "second", "third")
    found = [variants.pick(f"cohort-{i}", "residual_block", names) for i in range(6)]
    assert found == ["first", "first", "third", "second", "first", "first"]
    assert variants.pick("", "residual_block", names) == "first"


def test_all_variants_are_given_about_equally_often():
    names = ("a", "b", "c", "d")
    found = Counter(variants.pick(f"year {i}", "block", names) for i in range(1000))
    assert all(200 < found[name] < 300 for name in names)


def test_questions_are_picked_independently():
    names = ("a", "b", "c")
    pairs = {
        tuple(variants.pick(f"year {i}", question, names) for question in ("one", "two"))
        for i in range(100)
    }
    assert len(pairs) == 9


@pytest.mark.parametrize("cohort", [" autumn", "autumn ", "a  b", "a\nb", "-a", "a/b", '"'])
def test_a_name_that_is_easily_written_in_two_ways_is_refused(cohort):
    with pytest.raises(ValueError, match="names no cohort"):
        variants.pick(cohort, "block", ("a", "b", "c"))


A, B, C = {"name": "a"}, {"name": "b", "text": {"x": "y"}}, {"name": "c", "text": {"x": "z"}}


@pytest.mark.parametrize(
    ("course", "reason"),
    [
        ({}, "its metadata need"),
        ({"variants": {}}, "its metadata need"),
        ({"variants": []}, "its metadata need"),
        ({"variants": [A, B, C], "more": 1}, "its metadata need"),
        ({"variants": [{}, B, C]}, "its metadata need"),
        ({"variants": [A, B]}, "3 variants or more"),
        ({"variants": [A, B, B]}, "different names"),
        ({"variants": [A, B, "c"]}, "3 variants or more"),
        ({"variants": [A, B, C | {"name": 3}]}, "word in small letters"),
        ({"variants": [A, B, C | {"name": 'c"'}]}, "word in small letters"),
        ({"variants": [A | {"text": {"x": "y"}}, B, C]}, "a: the first variant"),
        ({"variants": [A, B, {"name": "c"}]}, 'c: expected a name and a "text"'),
        ({"variants": [A, B, C | {"text": {}}]}, 'c: expected a name and a "text"'),
        ({"variants": [A, B, C | {"texts": 1}]}, 'c: expected a name and a "text"'),
        ({"variants": [A, B, C | {"text": {"": "y"}}]}, "c: a phrase"),
        ({"variants": [A, B, C | {"text": {"x": 1}}]}, "c: a phrase"),
    ],
)
def test_what_is_declared_wrongly_is_refused(course, reason):
    with pytest.raises(ValueError, match=reason):
        variants.declared({"course": course})


def test_most_cells_declare_nothing():
    assert variants.declared({"tags": ["exercise"]}) == ()
