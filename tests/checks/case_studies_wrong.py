"""Wrong answers to the questions of the case studies, and what each must be told."""

from functools import partial
from itertools import pairwise

import keras
from keras import layers

from course_lib.checks import case_studies_compare
from course_lib.memory import peak_activations
from course_lib.nets import without_values
from tests.checks import case_studies_right as right
from tests.checks.bank_pieces import differing

# weights_of_conv


def weights(change):
    """Return an answer `change(area, channels, filters, groups, biases)`."""

    def weights_of_conv(kernel, channels, filters, groups, dilation, biases):
        return change(kernel[0] * kernel[1], channels, filters, groups, biases)

    return weights_of_conv


def weights_with(**changed):
    """Return an answer that takes another argument for one of its own."""

    def weights_of_conv(**asked):
        asked |= {key: change(**asked) for key, change in changed.items()}
        return right.weights_filter_by_filter(**asked)

    return weights_of_conv


def stretched(kernel, dilation, **_):
    return tuple(dilation * (side - 1) + 1 for side in kernel)


WEIGHTS = {
    "no channels": (weights(lambda a, c, f, g, b: a * f + b * f), "area of one kernel"),
    "biases forgotten": (weights(lambda a, c, f, g, b: a * c * f // g), "they are forgotten"),
    "biases twice": (weights(lambda a, c, f, g, b: a * c * f // g + 2 * b * f), "counted twice"),
    "biases always": (weights(lambda a, c, f, g, b: a * c * f // g + f), "biases=False there are"),
    "one bias": (weights(lambda a, c, f, g, b: a * c * f // g + b), "each filter has its own"),
    "a bias for each map": (
        weights(lambda a, c, f, g, b: a * c * f // g + b * c),
        "not to a map that it reads",
    ),
    "a bias for each kernel": (
        weights(lambda a, c, f, g, b: (a + b) * c * f // g),
        "a bias for each kernel",
    ),
    "biases divided": (weights(lambda a, c, f, g, b: (a * c * f + b * f) // g), "divided"),
    "groups left out": (weights(lambda a, c, f, g, b: a * c * f + b * f), "groups are left out"),
    "groups twice": (weights(lambda a, c, f, g, b: a * c * f // g**2 + b * f), "`groups` twice"),
    "dilated kernel": (weights_with(kernel=stretched), "The gaps hold none"),
    "dilation multiplied": (
        lambda **asked: (
            right.weights_filter_by_filter(**asked | {"biases": False}) * asked["dilation"] ** 2
            + asked["biases"] * asked["filters"]
        ),
        "only distance",
    ),
    "square of rows": (weights_with(kernel=lambda kernel, **_: (kernel[0],) * 2), "of its rows"),
    "square of columns": (
        weights_with(kernel=lambda kernel, **_: (kernel[1],) * 2),
        "of its columns",
    ),
    "one group": (
        weights(lambda a, c, f, g, b: (c // g * a + b) * (f // g)),
        "several, and all of them count",
    ),
    "sum of sides": (
        lambda kernel, **rest: right.weights_filter_by_filter((sum(kernel), 1), **rest),
        "rows times columns",
    ),
    "operations": (weights(lambda a, c, f, g, b: 2 * a * c * f // g + b * f), "no operations"),
    "the example": (lambda **_: 64, "Expected"),
    "words": (lambda **_: "64 weights", "expected a number"),
    "nothing returned": (lambda **_: None, "return missing"),
    "stops": (lambda kernel, **_: kernel**2, "stopped with TypeError"),
}


# macs_of_conv


def macs(change):
    """Return an answer `change(right, **asked)`."""
    return lambda **asked: change(right.macs_by_walking(**asked), **asked)


def macs_with(**changed):
    """Return an answer that takes another argument for one of its own."""

    def macs_of_conv(**asked):
        asked |= {key: change(**asked) for key, change in changed.items()}
        return right.macs_by_walking(**asked)

    return macs_of_conv


def area(kernel, **_):
    return kernel[0] * kernel[1]


def per_place(kernel, channels, filters, **_):
    return kernel[0] * kernel[1] * channels * filters


def rounded(up, more=0):
    """Return an answer that counts places by a division, rounded down or up."""

    def macs_of_conv(size, kernel, stride, dilation, padding, **rest):
        room = [
            n if padding == "same" else n - dilation * (side - 1)
            for n, side in zip(size, kernel, strict=True)
        ]
        lies = [(-(-n // stride) if up else n // stride) + more for n in room]
        return lies[0] * lies[1] * per_place(kernel=kernel, **rest)

    return macs_of_conv


def padded_by_half(dilated=False):
    """Return an answer that pads by half a kernel on each side, without its dilation or with it."""

    def macs_of_conv(size, kernel, stride, dilation, padding, **rest):
        lies = 1
        for n, side in zip(size, kernel, strict=True):
            zeros = side // 2 * (dilation if dilated else 1) if padding == "same" else 0
            lies *= (n + 2 * zeros - dilation * (side - 1) - 1) // stride + 1
        return lies * per_place(kernel=kernel, **rest)

    return macs_of_conv


def gap_behind(size, kernel, stride, dilation, **_):
    found = [(n - dilation * k) // stride + 1 for n, k in zip(size, kernel, strict=True)]
    return found[0] * found[1]


def number(value):
    """Return a function of any arguments that returns `value`."""
    return lambda **_: value


MACS = {
    "twice": (macs(lambda n, **_: 2 * n), "counts multiplications and additions apart"),
    "no channels": (macs(lambda n, channels, **_: n // channels), "reads all maps"),
    "one filter": (macs(lambda n, filters, **_: n // filters), "That is one filter"),
    "biases": (
        macs(lambda n, **asked: n + n * asked["filters"] // per_place(**asked)),
        "no multiply-adds",
    ),
    "input size": (
        lambda size, **asked: size[0] * size[1] * per_place(**asked),
        "counts the pixels that come in",
    ),
    "weights": (per_place, "Those are the weights"),
    "stride left out": (macs_with(stride=number(1)), "stride is left out|pixels that come in"),
    "dilation left out": (macs_with(dilation=number(1)), "dilation is left out"),
    "always same": (macs_with(padding=number("same")), "must fit as a whole"),
    "always valid": (macs_with(padding=number("valid")), "no place is lost"),
    "dilated area": (
        macs(
            lambda n, kernel, dilation, **_: (
                n // area(kernel) * area(stretched(kernel=kernel, dilation=dilation))
            )
        ),
        "Nothing is multiplied in the gaps",
    ),
    "exchanged": (macs_with(size=lambda size, **_: size[::-1]), "Rows and columns are exchanged"),
    "square kernel": (macs_with(kernel=lambda kernel, **_: (kernel[0],) * 2), "kernel is square"),
    "square map": (macs_with(size=lambda size, **_: (size[0],) * 2), "map is square"),
    "floor": (rounded(up=False), "Round up"),
    "half a kernel": (padded_by_half(), "an even kernel has one more"),
    "half a dilated kernel": (padded_by_half(dilated=True), "an even kernel has one more"),
    "gap behind the last weight": (
        macs(
            lambda n, **asked: (
                n if asked["padding"] == "same" else gap_behind(**asked) * per_place(**asked)
            )
        ),
        "none behind the last",
    ),
    "one too many": (rounded(up=True, more=1), "one place too many"),
    "the example": (number(1920), "Expected"),
    "words": (number("many"), "expected a number"),
    "stops": (lambda **asked: asked["side"], "stopped with KeyError"),
}


# memory_of_activations


def memory(change):
    """Return an answer: values at each pixel from channels of the input and of each layer."""

    def memory_of_activations(shape, filters, bytes_each):
        return change(shape[2], list(filters)) * shape[0] * shape[1] * bytes_each

    return memory_of_activations


def pairs(depth, waits):
    return [a + b + waits for a, b in pairwise(depth)]


MEMORY = {
    "input let go": (memory(lambda x, f: max(pairs([x, *f], 0))), "it stays while"),
    "outputs alone": (
        memory(lambda x, f: max([f[0], *(x + n for n in f[1:])])),
        "reads one map while it writes",
    ),
    "all kept": (memory(lambda x, f: x + sum(f)), "as training does"),
    "input twice": (memory(lambda x, f: max(pairs([x, *f], x))), "once, not twice|another block"),
    "sum in new memory": (
        memory(lambda x, f: max(x + f[0], *pairs([*f, 0], x), 3 * x)),
        "written over what the last layer gave",
    ),
    "values": (
        lambda shape, filters, bytes_each: right.sum_as_lists(shape, filters, 1),
        "takes `bytes_each` bytes",
    ),
    "bits": (lambda **asked: 8 * right.sum_as_lists(**asked), "counts bytes already"),
    "a pixel": (
        lambda shape, **asked: right.sum_as_lists((1, 1, shape[2]), **asked),
        "Expected",
    ),
    "one channel": (
        lambda shape, **asked: right.sum_as_lists(shape, **asked) // shape[2],
        "values at each pixel",
    ),
    "words": (number("much"), "expected a number"),
    "nothing returned": (number(None), "return missing"),
    "stops": (lambda **asked: asked["shape"][3], "stopped with IndexError"),
}


# cheaper_net


def cheaper(fault):
    """Return an answer that counts with one fault of the check."""

    def cheaper_net(image, first, second):
        asked = (image, first, second)
        return {
            key: case_studies_compare._word(*asked, key, fault)
            for key in case_studies_compare.QUANTITIES
        }

    return cheaper_net


def words(change):
    """Return an answer that changes the right words."""
    return lambda **asked: change(right.by_totals(**asked))


OTHER = {"first": "second", "second": "first", "same": "same"}
CHEAPER = {
    **{
        fault: (cheaper(fault), text.split(";")[0])
        for fault, text in case_studies_compare.FAULTS.items()
    },
    "more named": (words(lambda found: {k: OTHER[w] for k, w in found.items()}), "exchanged"),
    "one word exchanged": (
        words(lambda found: found | {"macs": OTHER[found["macs"]]}),
        r"the second [\d,]+\.(?! So it would be with the nets exchanged)",
    ),
    "never the same": (
        words(lambda found: {k: w.replace("same", "first") for k, w in found.items()}),
        "is 'first'",
    ),
    "one word": (number("first"), "expected a dictionary"),
    "a key missing": (number({"weights": "first", "macs": "first"}), "with the keys"),
    "another word": (
        words(lambda found: {k: w.upper() for k, w in found.items()}),
        "is not one of 'first'",
    ),
    "numbers": (words(lambda found: dict.fromkeys(found, 0)), "0 is not one of"),
    "stops": (lambda **asked: asked["nets"], "stopped with KeyError"),
}


# diagnosis

table = partial(differing, right.TABLE)
DIAGNOSIS = {
    "all sound": (lambda claim: ("nothing", "nothing more"), "does not support this claim"),
    "a: nothing": (table(a=("nothing", "nothing more")), "does not support"),
    "a: other crops": (table(a=("tests differ", "nothing more")), "Which measurement is missing"),
    "b: twice the work": (table(b=("nothing", "nothing more")), "does not support"),
    "b: time": (table(b=("no time was measured", "time both")), "not about time"),
    "c: two things": (table(c=("two things changed", "train both alike")), "names no cause"),
    "d: nothing": (table(d=("nothing", "nothing more")), "does not support"),
    "e: suspicious": (table(e=("tests differ", "test both alike")), "tested alike"),
    "f: images": (table(f=("images differ", "train both alike")), "as many images"),
    "f: time": (table(f=("two things changed", "time both")), "not about time"),
    "one word": (lambda claim: "nothing", "Expected a pair"),
    "no option": (lambda claim: ("wrong", "nothing more"), "is not one of"),
    "stops": (lambda claim: right.TABLE[claim.upper()], "stopped with KeyError"),
}

WRONG = {
    "weights_of_conv": WEIGHTS,
    "macs_of_conv": MACS,
    "memory_of_activations": MEMORY,
    "cheaper_net": CHEAPER,
    "diagnosis": DIAGNOSIS,
}

# What the course itself has: wrong in every variant, since each asks for something else.


def course_memory(shape, filters, bytes_each):
    """Count as the course does, which gives a sum memory of its own."""
    with without_values():
        x = image = keras.Input(shape)
        for count in filters:
            x = layers.Conv2D(count, 3, padding="same")(x)
        skip = image if shape[2] == filters[-1] else layers.Conv2D(filters[-1], 1)(image)
        return bytes_each * peak_activations(keras.Model(image, layers.Add()([x, skip])))


OF_COURSE = {"memory_of_activations": [course_memory]}
BETWEEN = {
    ("memory_of_activations", "sum", "join"): "At the end two maps are copied into a third",
    ("memory_of_activations", "join", "sum"): "That is another block, .* into one new map",
    ("memory_of_activations", "sum", "project"): "the 1x1 convolution reads one map and writes",
    ("memory_of_activations", "project", "join"): "another block, .* makes what is added. Here",
}
EQUIVALENT = {  # where there are variants, patterns of the variant and the name
    "weights_of_conv": {
        "order: `tall, wide = kernel` after `depth = channels // groups`": "neither reads the other"
    },
    "cheaper_net": {
        "number: `0` -> `-1` #2": "a dense layer has one size, the first and the last",
        "operator: `one < other` -> `one <= other`": "equal counts get another word below",
        "order: `for layers in (first, second):` after `found = {}`": "neither reads the other",
        "order: `rows, columns, channels = image` after `weights, macs, moments = ([], [], [])`": (
            "neither reads the other"
        ),
        "order: `weights.append((reach + 1) * channels)` after "
        "`macs.append(rows * columns * channels * reach)`": "they go to two lists",
        "order: `macs.append(rows * columns * channels * reach)` after "
        "`moments.append(read + rows * columns * channels)`": "they go to two lists",
    },
    "memory_of_activations": {
        r"\w+ order: `waits, beside = .*` after `moments = .*": "neither reads the other",
        r"(join|project) number: `0` -> `-?1`": (
            "the first moment is never the worst: at the end its maps and more are there"
        ),
        r"(join|project) name: `waits` -> `beside` #2": "behind the loop they are the same map",
    },
}
