"""Wrong answers to the questions of the mobilenet_v2 exercises, and what each must be told."""

from functools import partial
from math import ceil, floor

import numpy as np
from keras import layers, ops

from course_lib.nets.mobilenet_v2 import Variant
from course_lib.nets.mobilenet_v2 import inverted_residual as course_block
from course_lib.nets.mobilenet_v2 import round_channels as course_rounding
from tests.checks import mobilenet_v2_right as right
from tests.checks.bank_pieces import differing

# round_channels


def guarded(found, channels, divisor, keep):
    return found + divisor if found < keep * channels else found


ROUNDING = {
    "nearest": (lambda channels, divisor, keep: nearest(channels, divisor), "less than the share"),
    "larger of two": (
        lambda channels, divisor, keep: guarded(
            max(divisor, divisor * floor(channels / divisor + 0.5)), channels, divisor, keep
        ),
        "take the smaller one. The released code",
    ),
    "released": (
        lambda channels, divisor, keep: course_rounding(channels, divisor),
        "take the smaller one|0.9 of the channels|equally near",
    ),
    "up": (lambda channels, divisor, keep: divisor * ceil(channels / divisor), "multiple above"),
    "down": (
        lambda channels, divisor, keep: max(divisor, divisor * floor(channels / divisor)),
        "multiple below",
    ),
    "down to nothing": (
        lambda channels, divisor, keep: divisor * floor(channels / divisor),
        "multiple below|no channels|one `divisor` at least",
    ),
    "nothing left": (
        lambda channels, divisor, keep: divisor * ceil(channels / divisor - 0.5),
        "less than the share|one `divisor` at least",
    ),
    "nine tenths": (
        lambda channels, divisor, keep: guarded(nearest(channels, divisor), channels, divisor, 0.9),
        "compares with 0.9",
    ),
    "never less": (
        lambda channels, divisor, keep: guarded(nearest(channels, divisor), channels, divisor, 1),
        "compares with 1 of|multiple above",
    ),
    "exactly": (
        lambda channels, divisor, keep: (
            nearest(channels, divisor) + divisor * (nearest(channels, divisor) <= keep * channels)
        ),
        "exactly `keep` is enough",
    ),
    "no multiple": (lambda channels, divisor, keep: round(channels), "no multiple of `divisor`"),
    "unchanged": (lambda channels, divisor, keep: channels, "no multiple of `divisor`"),
    "the example": (lambda **_: 24, "number of the example"),
    "a list": (lambda **_: [8], "expected a number"),
    "nothing returned": (lambda **_: None, "return missing"),
    "another number": (lambda **_: 8000, "Expected"),
}


def nearest(channels, divisor):
    return max(divisor, divisor * ceil(channels / divisor - 0.5))


# peak_memory


def memory(end=None, **changed):
    """Return an answer with one thing changed.

    Args:
        end: of the values of x, of the sums, of a group's expanded and filtered map, and of all
            arguments, to the values needed.
        changed: arguments that are others, from all arguments.
    """

    def peak_memory(**asked):
        other = asked | {name: change(asked) for name, change in changed.items()}
        values = (end or (lambda x, y, e, f, a: x + y + e + f))(*maps(**other), asked)
        return asked["value_bytes"] * values

    return peak_memory


def maps(size, channels, expansion, filters, stride, parts, value_bytes):
    large = size[0] * size[1]
    small = ceil(size[0] / stride) * ceil(size[1] / stride)
    group = expansion * channels // parts
    return large * channels, small * filters, group * large * (expansion > 1), group * small


def rounded_down(size, channels, expansion, filters, stride, parts, value_bytes):
    large, small = size[0] * size[1], (size[0] // stride) * (size[1] // stride)
    group = expansion * channels // parts
    wide = group * (small + large * (expansion > 1))
    return value_bytes * (large * channels + small * filters + wide)


def always_expanded(size, channels, expansion, filters, stride, parts, value_bytes):
    large = size[0] * size[1]
    small = ceil(size[0] / stride) * ceil(size[1] / stride)
    wide = expansion * channels // parts * (large + small)
    return value_bytes * (large * channels + small * filters + wide)


MEMORY = {
    "all at once": (memory(parts=lambda a: 1), "All groups are kept"),
    "no sums": (memory(lambda x, y, e, f, a: x + e + f), "map of sums is missing"),
    "no x": (memory(lambda x, y, e, f, a: y + e + f), "x is missing"),
    "inside alone": (memory(lambda x, y, e, f, a: e + f), "maps inside"),
    "outside alone": (memory(lambda x, y, e, f, a: x + y), "x and the sums"),
    "the larger": (memory(lambda x, y, e, f, a: x + y + max(e, f)), "both there"),
    "expanded": (memory(lambda x, y, e, f, a: x + y + e), "filtered map is missing|both there"),
    "filtered": (memory(lambda x, y, e, f, a: x + y + f), "expanded map is missing|both there"),
    "x dropped": (
        memory(lambda x, y, e, f, a: max(x + e + y, e + f + y)),
        "x is dropped|x is missing|both there",
    ),
    "late sums": (
        memory(lambda x, y, e, f, a: max(x + e + f, x + f + y)),
        "map of sums appears|map of sums is missing",
    ),
    "pairs": (
        memory(lambda x, y, e, f, a: max(x + e, e + f, f + y)),
        "largest pair|maps inside",
    ),
    "of the filters": (
        memory(
            lambda x, y, e, f, a: (
                x
                + y
                + a["expansion"]
                * a["filters"]
                * (a["size"][0] * a["size"][1] + y // a["filters"])
                // a["parts"]
            )
        ),
        "multiplies the channels that come in",
    ),
    "always expanded": (always_expanded, "there is no 1x1 convolution"),
    "one channel": (
        memory(parts=lambda a: a["expansion"] * a["channels"]),
        "one channel at a time",
    ),
    "no stride": (memory(stride=lambda a: 1), "stride makes the later maps smaller"),
    "rounded down": (rounded_down, "row that is left over"),
    "everything split": (
        memory(lambda x, y, e, f, a: (x + y) // a["parts"] + e + f),
        "split into groups there, too",
    ),
    "values": (
        lambda **asked: sum(maps(**asked)),
        "Those are values",
    ),
    "four bytes": (lambda **asked: 4 * sum(maps(**asked)), "four bytes for each value"),
    "bits": (lambda **asked: 8 * asked["value_bytes"] * sum(maps(**asked)), "Those are bits"),
    "the example": (lambda **_: 2688, "number of the example"),
    "words": (lambda **_: "much", "expected a number"),
    "another number": (lambda **_: 5, "Expected"),
    "nothing returned": (lambda **_: None, "return missing"),
}


# recover


def recovering(honest, end=None):
    """Return an answer that uses other channels.

    Args:
        honest: which channels tell the truth, from all outputs and the cap.
        end: of the points, and of how many channels each has.
    """

    def recover(outputs, matrix, cap):
        use = honest(outputs, cap)
        found = np.array(
            [
                np.linalg.lstsq(matrix.T[one], seen[one], rcond=None)[0]
                for one, seen in zip(use, outputs, strict=True)
            ]
        )
        return end(found, use.sum(1)) if end else found

    return recover


def both(outputs, cap):
    return (outputs > 0) & (outputs < cap)


def first_alone(outputs, cap):
    use = both(outputs, cap)
    largest = np.where(use, outputs, 0).max(1, keepdims=True)
    return use & (outputs == largest)


RECOVER = {
    "the way of the figure": (
        lambda outputs, matrix, cap: outputs @ np.linalg.pinv(matrix),
        "way back of the paper's figure",
    ),
    "doubled": (
        lambda outputs, matrix, cap: 2 * outputs @ np.linalg.pinv(matrix),
        "because a ReLU keeps half",
    ),
    "closed ones, too": (recovering(lambda y, cap: y < cap), "closed channels are taken"),
    "capped ones, too": (recovering(lambda y, cap: y > 0), "capped channels are taken"),
    "lost is zero": (
        recovering(both, lambda found, count: found * (count > 1)[:, None]),
        "shortest, which is 0 only",
    ),
    "common channels": (
        recovering(lambda y, cap: np.broadcast_to(both(y, cap).all(0), y.shape)),
        "differs from point to point",
    ),
    "one channel": (recovering(first_alone), "one channel of each point"),
    "turned round": (
        lambda outputs, matrix, cap: right.recover_at_once(outputs, matrix, cap).T,
        "turned round",
    ),
    "the outputs": (lambda outputs, matrix, cap: outputs, "shape|no known mistake"),
    "lost is no number": (
        recovering(both, lambda found, count: np.where((count > 1)[:, None], found, np.nan)),
        "no known mistake",
    ),
    "a word": (lambda outputs, matrix, cap: "points", "expected an array"),
    "stops": (lambda outputs, matrix, cap: outputs.points, "stopped with AttributeError"),
    "nothing returned": (lambda outputs, matrix, cap: None, "return missing"),
}


# inverted_residual


def conv(y, filters, stride=1, side=1):
    return layers.Conv2D(filters, side, stride, padding="same", use_bias=False)(y)


def depthwise(y, side=3, stride=1):
    return layers.DepthwiseConv2D(side, stride, padding="same", use_bias=False)(y)


def keep(y):
    return y


def norm(y):
    return layers.BatchNormalization()(y)


def filtered(y, form, stride, sides=(3, 5), turned=False):
    """Filter the wide map as a form does."""
    if form != "halves":
        return depthwise(y, 3, stride)
    parts = [
        depthwise(part, side, stride)
        for part, side in zip(ops.split(y, 2, axis=3), sides, strict=True)
    ]
    return ops.concatenate(parts[::-1] if turned else parts, axis=3)


def build(form="front", **changed):
    """Return a block with some things changed.

    Args:
        form: the variant.
        changed: `acts`, what follows the normalization of front, expand, filter, project and
            behind; `norms`, those that are left out; `strides` of expand, filter, project and
            behind, from the block's; `wide`, channels inside from x, expansion and channels;
            `expands`, whether there is an expansion; `filter` of the wide map; `join`, from x, y
            and stride; `source` of what is added, "x" or "front".
    """
    acts = {"expand": ops.relu6, "filter": ops.relu6} | changed.get("acts", {})
    norms = dict.fromkeys(changed.get("norms", ()), keep)
    strides = {"filter": keep} if form != "behind" else {"behind": keep}
    strides = changed.get("strides", strides)
    fits = changed.get("filter", lambda y, stride: filtered(y, form, stride))

    def inverted_residual(x, channels, expansion, stride):
        def end(y, name):
            return acts.get(name, keep)(norms.get(name, norm)(y))

        def step(name):
            return strides[name](stride) if name in strides else 1

        y = end(depthwise(x), "front") if form == "front" else x
        aside = y if changed.get("source") == "front" else x
        wide = changed.get("wide", lambda c, t, _: t * c)(x.shape[-1], expansion, channels)
        if changed.get("expands", lambda t: t != 1)(expansion):
            y = end(conv(y, wide, step("expand")), "expand")
        y = end(fits(y, step("filter")), "filter")
        y = end(conv(y, channels, step("project")), "project")
        if form == "behind" and changed.get("last", True):
            y = end(depthwise(y, 3, step("behind")), "behind")
        return changed.get("join", added)(aside, y, stride)

    return inverted_residual


def added(x, y, stride):
    return x + y if stride == 1 and x.shape[-1] == y.shape[-1] else y


def added_at_equal_channels(x, y, stride):
    return layers.add([x, y]) if x.shape[-1] == y.shape[-1] else y


def added_small(shrink):
    """Add x wherever channels agree, shrunk where the map is."""

    def join(x, y, stride):
        return y if x.shape[-1] != y.shape[-1] else y + (x if stride == 1 else shrink(x, stride))

    return join


def projected(x, y, stride):
    return y + (x if x.shape == y.shape else norm(conv(x, y.shape[-1], stride)))


def joined(x, y, stride):
    return layers.concatenate([x, y]) if x.shape == y.shape else y


def then(act):
    return lambda x, y, stride: act(x + y) if x.shape == y.shape else y


def full(y, stride):
    return conv(y, y.shape[-1], stride, 3)


def early(y):
    """Activate first; the normalization follows as an activation."""
    return norm(ops.relu6(y))


BLOCK = {
    "ReLU6 behind the projection": (
        build(acts={"project": ops.relu6}),
        "ReLU6 follows the projection. The narrow map has no activation",
    ),
    "ReLU behind the projection": (
        build(acts={"project": ops.relu}),
        "ReLU follows the projection",
    ),
    "ReLU everywhere": (
        build(acts=dict.fromkeys(("expand", "filter", "project"), ops.relu)),
        "ReLU follows every convolution",
    ),
    "ReLU6 at the front": (
        build(acts={"front": ops.relu6}),
        "follows the first depthwise convolution",
    ),
    "ReLU": (
        build(acts=dict.fromkeys(("expand", "filter"), ops.relu)),
        "ReLU stands where ReLU6 is asked for",
    ),
    "ReLU behind the expansion": (build(acts={"expand": ops.relu}), "ReLU stands where ReLU6"),
    "ReLU behind the filter": (build(acts={"filter": ops.relu}), "ReLU stands where ReLU6"),
    "linear": (build(acts={"expand": keep, "filter": keep}), "nothing bends"),
    "no ReLU6 behind the expansion": (build(acts={"expand": keep}), "follows the expansion"),
    "no ReLU6 behind the filter": (build(acts={"filter": keep}), "no ReLU6 follows the depthwise"),
    "swish": (build(acts=dict.fromkeys(("expand", "filter"), ops.silu)), "other than ReLU6"),
    "add at stride 2": (build(join=added_at_equal_channels), "only where the stride is 1 AND"),
    "add always": (build(join=lambda x, y, stride: x + y), "only where the stride is 1 AND"),
    "add every second pixel": (
        build(join=added_small(lambda x, s: x[:, ::s, ::s])),
        "although the stride is not 1",
    ),
    "add means": (
        build(join=added_small(lambda x, s: layers.AveragePooling2D(s, padding="same")(x))),
        "although the stride is not 1",
    ),
    "project the shortcut": (build(join=projected), "shortcut of a residual network"),
    "no shortcut": (build(join=lambda x, y, stride: y), "not added although"),
    "concatenate": (build(join=joined), "x is concatenated|concatenated"),
    "ReLU6 behind the sum": (build(join=then(ops.relu6)), "ReLU6 follows the addition"),
    "ReLU behind the sum": (build(join=then(ops.relu)), "ReLU follows the addition"),
    "what is filtered is added": (build(source="front"), "Added is x itself"),
    "expands by one": (build(expands=lambda t: True), "although the expansion is 1"),
    "expands what leaves": (
        build(wide=lambda c, t, out: t * out),
        "multiplies those that come in",
    ),
    "narrow inside": (build(wide=lambda c, t, out: c // t), "bottleneck of a residual network"),
    "full convolution": (build(filter=full), "mixes channels"),
    "no filter": (
        build(filter=lambda y, stride: y[:, ::stride, ::stride]),
        "not filtered|batch normalization",
    ),
    "no stride": (build(strides={}), "keeps its size|height, width"),
    "stride of the expansion": (
        build(strides={"expand": keep}),
        "expansion has the stride|height, width",
    ),
    "stride of the projection": (build(strides={"project": keep}), "projection has the stride"),
    "no normalization": (
        build(norms=("front", "expand", "filter", "project")),
        "no convolution has a batch normalization|other weights",
    ),
    "no normalization at the end": (build(norms=("project",)), "no batch normalization behind it"),
    "no normalization at the front": (build(norms=("front",)), "no batch normalization behind it"),
    "normalization behind ReLU6": (
        build(acts={"expand": early, "filter": early}, norms=("expand", "filter")),
        "in front of its normalization",
    ),
    "as in the paper": (
        lambda x, channels, expansion, stride: course_block(
            x, channels, expansion=expansion, stride=stride, name="block"
        ),
        "as in the paper. Here a depthwise convolution filters x",
    ),
    "biases": (
        lambda x, channels, expansion, stride: norm(layers.Conv2D(channels, 1)(x)),
        "maps|weights",
    ),
    "a list": (lambda x, **_: [x, x], "expected the Keras tensor"),
    "stops": (lambda x, **_: x.branches, "stopped with AttributeError"),
    "nothing returned": (lambda x, **_: None, "return missing"),
}


# diagnosis


table = partial(differing, right.TABLE)
DIAGNOSIS = {
    "sound": (table(a=("nothing", "none")), "Something is wrong"),
    "suspicious": (table(d=("not capped", "large values pass")), "what is above 6 is cut off"),
    "harmless": (table(e=("not capped", "none")), "Something follows"),
    "another net": (table(c=("nearest multiple", "a block grows")), "does not round"),
    "hidden": (table(b=("adds too often", "a row gets thin")), "leaves their number alone"),
    "a word": (table(b="adds too often"), "Expected a pair"),
    "another word": (table(c=("projection", "none")), "'projection' is not one of"),
    "turned around": (table(f=right.TABLE["f"][::-1]), "is not one of"),
}

WRONG = {
    "round_channels": ROUNDING,
    "peak_memory": MEMORY,
    "recover": RECOVER,
    "inverted_residual": BLOCK,
    "diagnosis": DIAGNOSIS,
}
WRONG_OF_VARIANT = {
    ("inverted_residual", "halves"): {
        "ReLU6 behind the projection": (
            build("halves", acts={"project": ops.relu6}),
            "ReLU6 follows the projection",
        ),
        "ReLU": (
            build("halves", acts=dict.fromkeys(("expand", "filter"), ops.relu)),
            "ReLU stands where ReLU6",
        ),
        "add at stride 2": (
            build("halves", join=added_small(lambda x, s: x[:, ::s, ::s])),
            "although the stride is not 1",
        ),
        "expands by one": (build("halves", expands=lambda t: True), "although the expansion is 1"),
        "all 3x3": (build("halves", filter=lambda y, s: depthwise(y, 3, s)), "as in the paper|3x3"),
        "all 5x5": (build("halves", filter=lambda y, s: depthwise(y, 5, s)), "The first half has"),
        "sides swapped": (
            build("halves", filter=lambda y, s: filtered(y, "halves", s, (5, 3))),
            "other way round",
        ),
        "halves swapped": (
            build("halves", filter=lambda y, s: filtered(y, "halves", s, turned=True)),
            "joined in the other order",
        ),
        "both kernels": (
            build("halves", filter=lambda y, s: depthwise(y, 3, s) + depthwise(y, 5, s)),
            "Each half has one kernel",
        ),
    },
    ("inverted_residual", "behind"): {
        "ReLU6 behind the projection": (
            build("behind", acts={"project": ops.relu6}),
            "ReLU6 follows the projection",
        ),
        "ReLU6 at the end": (
            build("behind", acts={"behind": ops.relu6}),
            "follows the last depthwise convolution",
        ),
        "ReLU": (
            build("behind", acts=dict.fromkeys(("expand", "filter"), ops.relu)),
            "ReLU stands where ReLU6",
        ),
        "add at stride 2": (build("behind", join=added_at_equal_channels), "the stride is 1 AND"),
        "expands by one": (build("behind", expands=lambda t: True), "although the expansion is 1"),
        "stride of the wide map": (
            build("behind", strides={"filter": keep}),
            "the one behind the projection has it",
        ),
        "one filter": (build("behind", last=False), "as in the paper|missing"),
    },
}


def course_answer(x, channels, expansion, stride):
    """Return the course's block."""
    return course_block(x, channels, expansion=expansion, stride=stride, name="block")


def course_answer_five(x, channels, expansion, stride):
    """Return the course's block with larger kernels."""
    settings = {"expansion": expansion, "stride": stride, "name": "block"}
    return course_block(x, channels, kernel=5, **settings)


def course_answer_gated(x, channels, expansion, stride):
    """Return the course's block with a filter where others have a gate."""
    variant = Variant(gate=lambda y, narrow, name: norm(depthwise(y)))
    settings = {"expansion": expansion, "stride": stride, "name": "block"}
    return course_block(x, channels, variant=variant, **settings)


OF_COURSE = {"inverted_residual": [course_answer, course_answer_five, course_answer_gated]}
BETWEEN = {
    ("inverted_residual", "front", "halves"): "filters x in front .* Here 3x3 kernels filter one",
    ("inverted_residual", "halves", "front"): "5x5 kernels the other. Here a depthwise",
    ("inverted_residual", "behind", "front"): "behind the projection. Here a depthwise",
    ("inverted_residual", "front", "behind"): "in front of the expansion. Here the stride",
}
UNREAD = "neither reads the other"
EQUIVALENT = {  # where there are variants, patterns of the variant and the name
    "round_channels": {
        "arguments: `max(divisor, nearest)` -> `max(nearest, divisor)`": "the larger of two",
    },
    "peak_memory": {
        "order: `large, small = (size[0] * size[1], rows * columns)` after "
        "`group = expansion * channels // parts`": UNREAD,
    },
    "recover": {"kin: `np.zeros` -> `np.ones`": "every row is written over"},
    "inverted_residual": {
        r"\w+ order: `point = .*` after `depthwise = .*": UNREAD,
        r"\w+ order: `depthwise = .*` after `y, step = .*": UNREAD,
    },
}
