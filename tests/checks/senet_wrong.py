"""Wrong answers to the questions of the senet exercises, and what each must be told."""

from functools import partial

from keras import layers, ops

from course_lib.checks.senet_cost import gates as gates_of
from course_lib.nets.senet import squeeze_excite
from tests.checks import senet_right as right
from tests.checks.bank_pieces import differing

# se_weights


def weights(units=None, gate=None, total=None):
    """Return an answer with one thing changed.

    Args:
        units: of the first layer, from channels, ratio and least.
        gate: weights of a gate, from channels, units and bias.
        total: of all gates, from pairs (blocks, weights of a gate).
    """

    def se_weights(stages, ratio, least, bias):
        found = []
        for blocks, channels in stages:
            few = (units or (lambda c, r, least: max(c // r, least)))(channels, ratio, least)
            found.append((blocks, (gate or right_gate)(channels, few, bias)))
        return (total or (lambda rows: sum(b * w for b, w in rows)))(found)

    return se_weights


def right_gate(channels, units, bias):
    return 2 * channels * units + bias * (channels + units)


def biases_once(stages, ratio, least, bias):
    units = [max(channels // ratio, least) for _, channels in stages]
    found = zip(stages, units, strict=True)
    return sum(2 * b * c * u + bias * (c + u) for (b, c), u in found)


WEIGHTS = {
    "no biases": (weights(gate=lambda c, u, bias: 2 * c * u), "biases are missing"),
    "always biases": (weights(gate=lambda c, u, bias: right_gate(c, u, True)), "bias=False"),
    "biases of units": (
        weights(gate=lambda c, u, bias: 2 * c * u + bias * u),
        "second dense layer are missing",
    ),
    "biases of channels": (
        weights(gate=lambda c, u, bias: 2 * c * u + bias * c),
        "first dense layer are missing",
    ),
    "a bias for each channel twice": (
        weights(gate=lambda c, u, bias: 2 * c * u + bias * 2 * c),
        "C/r in the first, C in the second",
    ),
    "a bias for each unit twice": (
        weights(gate=lambda c, u, bias: 2 * c * u + bias * 2 * u),
        "C/r in the first, C in the second",
    ),
    "biases once a stage": (biases_once, "biases of one gate a stage"),
    "C to C": (
        weights(gate=lambda c, u, bias: c * c + bias * c),
        "The first stage has 3 gates, each with 4 units .* and 256 weights",
    ),
    "biases twice": (
        weights(gate=lambda c, u, bias: 2 * (c * u + bias * (c + u))),
        "counted twice",
    ),
    "first layer": (weights(gate=lambda c, u, bias: c * u + bias * u), "first dense layer alone"),
    "second layer": (
        weights(gate=lambda c, u, bias: u * c + bias * c),
        "dense layer alone",
    ),
    "r multiplies": (
        weights(lambda c, r, least: max(c * r, least)),
        "r is on the wrong side",
    ),
    "r units": (weights(lambda c, r, least: max(r, least)), "r is the number of units"),
    "no reduction": (weights(lambda c, r, least: c), "as many units as channels"),
    "rounded up": (weights(lambda c, r, least: max(-(-c // r), least)), "rounded up"),
    "rounded": (
        weights(lambda c, r, least: max((c + r // 2) // r, least)),
        "rounded to the nearest",
    ),
    "not rounded": (weights(lambda c, r, least: c / r), "not rounded"),
    "no least": (weights(lambda c, r, least: c // r), "`least` is left out"),
    "least alone": (weights(lambda c, r, least: least), "Every gate has `least` units"),
    "at most": (weights(lambda c, r, least: min(c // r, least)), "taken for the most"),
    "gates as weights": (
        weights(gate=lambda c, u, bias: right_gate(c, u, bias) + c),
        "gates are counted as weights",
    ),
    "a weight a channel": (weights(gate=lambda c, u, bias: c), "One number for each channel"),
    "one gate a stage": (
        weights(total=lambda rows: sum(w for _, w in rows)),
        "one gate a stage",
    ),
    "first stage": (weights(total=lambda rows: rows[0][0] * rows[0][1]), "first stage alone"),
    "r as a square": (
        weights(gate=lambda c, u, bias: right_gate(c, u * u, bias)),
        "units are squared",
    ),
    "the example": (lambda **_: 337, "number of the example"),
    "another number": (lambda **_: 7, "Expected"),
    "a list": (weights(total=lambda rows: [w for _, w in rows]), "expected a number"),
    "nothing returned": (lambda **_: None, "return missing"),
    "stops": (lambda stages, **_: stages.blocks, "stopped with AttributeError"),
}


# se_block


def block(form="both", **changed):
    """Return a block with one thing changed.

    Args:
        form: of the variant that it answers.
        changed: `read`, what the squeeze returns from x; `units`, from channels and r; `reduce`
            and `expand`, more arguments of the dense layers; `between` and `end`, activations;
            `shape` of the gates; `product` of x and the gates.
    """

    def se_block(x, ratio):
        channels = x.shape[3]
        units = changed.get("units", lambda c, r: c // r)(channels, ratio)
        first = layers.Dense(units, **({"use_bias": False} | changed.get("reduce", {})))
        second = layers.Dense(channels, **changed.get("expand", {}))
        between = layers.Activation(changed.get("between", "relu"))
        parts = changed.get("read", partial(squeezed, form=form))(x)
        found = [second(between(first(part))) for part in parts]
        gates = layers.Activation(changed.get("end", "sigmoid"))(sum(found))
        gates = changed.get("shape", lambda g: g)(gates)
        return changed.get("product", ops.multiply)(x, gates)

    return se_block


def squeezed(x, form="both", mean=ops.mean, most=ops.max, axes=(1, 2), keepdims=True):
    """Return what the dense layers of a form read, in parts."""
    if form == "rows":
        return [mean(x, 2 if axes == (1, 2) else axes, keepdims=keepdims)]
    parts = [kind(x, axes, keepdims=keepdims) for kind in (mean, most)]
    return [ops.concatenate(parts, -1)] if form == "both" else parts


def read(**other):
    return {"read": partial(squeezed, **other)}


def one_dense(x, ratio):
    (part,) = squeezed(x)
    return x * layers.Dense(x.shape[3], "sigmoid")(part)


def separate(x, ratio):
    """Give means and maxima dense layers of their own."""
    found = []
    for part in squeezed(x, form="shared"):
        first = layers.Dense(x.shape[3] // ratio, "relu", use_bias=False)
        found.append(layers.Dense(x.shape[3])(first(part)))
    return x * ops.sigmoid(sum(found))


def added_early(x, ratio):
    first = layers.Dense(x.shape[3] // ratio, "relu", use_bias=False)
    hidden = sum(first(part) for part in squeezed(x, form="shared"))
    return x * ops.sigmoid(layers.Dense(x.shape[3])(hidden))


def two_sigmoids(x, ratio):
    first = layers.Dense(x.shape[3] // ratio, "relu", use_bias=False)
    second = layers.Dense(x.shape[3], "sigmoid")
    return x * sum(second(first(part)) for part in squeezed(x, form="shared"))


def halved(x, ratio):
    first = layers.Dense(x.shape[3] // ratio, "relu", use_bias=False)
    second = layers.Dense(x.shape[3])
    found = [second(first(part)) for part in squeezed(x, form="shared")]
    return x * ops.sigmoid(sum(found) / 2)


def channels_first(x):
    pools = layers.GlobalAveragePooling2D, layers.GlobalMaxPooling2D
    parts = [pool(data_format="channels_first")(x) for pool in pools]
    return [ops.concatenate(parts, -1)[:, None, None]]


BLOCK = {
    "the trap": (
        block(**read(keepdims=False)),
        "takes the batch for the width|meets \\(W, C\\)",
    ),
    "the trap by a squeeze": (
        block(shape=lambda g: ops.squeeze(g, (1, 2))),
        "takes the batch for the width|meets \\(W, C\\)",
    ),
    "softmax": (block(end="softmax"), "share a sum of 1"),
    "no sigmoid": (block(end="linear"), "no sigmoid follows"),
    "tanh": (block(end="tanh"), "a tanh makes the gates"),
    "relu gates": (block(end="relu"), "a ReLU makes the gates"),
    "hard sigmoid": (block(end="hard_sigmoid"), "a hard sigmoid"),
    "no ReLU": (block(between="linear"), "one linear map"),
    "two sigmoids in a row": (block(between="sigmoid"), "a sigmoid stands between"),
    "leaky": (block(between="leaky_relu"), "other than ReLU"),
    "gelu": (block(between="gelu"), "other than ReLU"),
    "columns": (block(**read(axes=(1,))), "down each column"),
    "rows alone": (block(**read(axes=(2,))), "along each row alone"),
    "over the batch": (block(**read(axes=(0, 1, 2))), "over the images of the batch"),
    "over channels": (block(**read(axes=(3,))), "over the channels of each pixel"),
    "channels first": (block(read=channels_first), "as if channels came first"),
    "sums": (block(**read(mean=ops.sum)), "adds the pixels up"),
    "no squeeze": (block(read=lambda x: [x]), "nothing is squeezed"),
    "maxima alone": (
        block(read=lambda x: [ops.max(x, (1, 2), keepdims=True)]),
        "takes maxima alone",
    ),
    "r multiplies": (block(units=lambda c, r: c * r), "r is on the wrong side"),
    "r units": (block(units=lambda c, r: r), "has r units"),
    "rounded up": (block(units=lambda c, r: -(-c // r)), "rounded up"),
    "no reduction": (block(units=lambda c, r: c), "has C units"),
    "units of all read": (block(units=lambda c, r: 2 * c // r), "divided by r|has C units"),
    "one dense layer": (one_dense, "one dense layer makes the gates"),
    "no biases": (block(expand={"use_bias": False}), "second dense layer has no biases"),
    "both biases": (block(reduce={"use_bias": True}), "first dense layer has biases"),
    "biases in front": (
        block(reduce={"use_bias": True}, expand={"use_bias": False}),
        "biases belong to the second",
    ),
    "gates alone": (block(product=lambda x, g: g + 0 * x), "not multiplied by them"),
    "added": (block(product=ops.add), "gates are added"),
    "x kept": (block(product=lambda x, g: x + x * g), "added once more"),
    "turned": (block(product=lambda x, g: x * (1 - g)), "1 minus the gates"),
    "the paper's": (
        block(read=lambda x: [ops.mean(x, (1, 2), keepdims=True)]),
        "means of the channels over the map, alone. Here the first dense layer reads",
    ),
    "two pairs of layers": (separate, "other weights than asked for"),
    "a list": (lambda x, ratio: [x, x], "expected the Keras tensor"),
    "stops": (lambda x, ratio: x.gates, "stopped with AttributeError"),
    "nothing returned": (lambda x, ratio: None, "return missing"),
}


# se_resnet_cost


def added(place=None, fault="", gate=None, total=sum):
    """Return an answer with one thing changed.

    Args:
        place: that is taken for the one asked for, from this; also "input small" and others.
        fault: of the course's list of gates.
        gate: operations of a gate, from values, channels, r and the place of `count`.
        total: of the operations of all gates.
    """

    def se_resnet_cost(side, channels, stages, ratio, count, **asked):
        where = place(asked["place"]) if place else asked["place"]
        found = gates_of(side, channels, stages, where, fault)
        times = ("dense", "scale", "all").index(count)
        own = gate or (lambda values, c, r, times: 2 * c * (c // r) + times * values)
        return total(own(g.side**2 * g.channels, g.channels, ratio, times) for g in found)

    return se_resnet_cost


def before_the_stride(place):
    return "inside early" if place == "inside" else place


COST = {
    "behind the branch": (added(lambda place: "branch"), "The gates read what the block reads"),
    "in front": (added(lambda place: "input"), "The gates read the branch's output"),
    "inside": (added(lambda place: "inside"), "The gates read the branch's output"),
    "inside, before the stride": (added(before_the_stride), "has the stride: what it gives"),
    "in front, behind the stride": (
        added(lambda place: "input small" if place == "input" else place),
        "reads the larger map",
    ),
    "in front, later channels": (
        added(lambda place: "input wide" if place == "input" else place),
        "channels of the stage before",
    ),
    "no strides": (added(fault="no stride"), "strides are left out"),
    "every stride": (added(fault="every stride"), "stride is taken in every block"),
    "no expansion": (added(fault="no expansion"), "gives 4 times its width"),
    "one a stage": (added(fault="one a stage"), "one gate a stage"),
    "dense alone": (
        added(gate=lambda v, c, r, times: 2 * c * (c // r)),
        'count="dense" asks for',
    ),
    "with scaling": (
        added(gate=lambda v, c, r, times: 2 * c * (c // r) + v),
        'count="scale" asks for',
    ),
    "all of it": (
        added(gate=lambda v, c, r, times: 2 * c * (c // r) + 2 * v),
        'count="all" asks for',
    ),
    "at every pixel": (
        added(gate=lambda v, c, r, times: 2 * v * (c // r) + times * v),
        "work at every pixel",
    ),
    "one layer": (
        added(gate=lambda v, c, r, times: c * (c // r) + times * v),
        "one dense layer a gate",
    ),
    "gates alone": (
        added(gate=lambda v, c, r, times: 2 * c * (c // r) + times * c),
        "One operation for each gate",
    ),
    "no r": (added(gate=lambda v, c, r, times: 2 * c * c + times * v), "r is left out"),
    "r multiplies": (
        added(gate=lambda v, c, r, times: 2 * c * c * r + times * v),
        "wrong side",
    ),
    "not rounded": (
        added(gate=lambda v, c, r, times: 2 * c * (c / r) + times * v),
        "not rounded",
    ),
    "rounded up": (
        added(gate=lambda v, c, r, times: 2 * c * -(-c // r) + times * v),
        "rounded up",
    ),
    "one channel more": (
        added(gate=lambda v, c, r, times: 2 * (c + 1) * (c // r) + times * v),
        "The first gate reads 32 channels of 12 x 12 pixels, the second 32 of 12 x 12",
    ),
    "biases": (
        added(gate=lambda v, c, r, times: 2 * c * (c // r) + c + c // r + times * v),
        "Biases are added",
    ),
    "no dense layers": (added(gate=lambda v, c, r, times: times * v), "dense layers are left out"),
    "pooling twice": (
        added(gate=lambda v, c, r, times: 2 * c * (c // r) + (0, 1, 3)[times] * v),
        "adds each value once",
    ),
    "twice": (added(total=lambda found: 2 * sum(found)), "twice as much"),
    "a list": (added(total=list), "expected a number"),
    "the example": (lambda **_: 228, "number of the example"),
    "another number": (lambda **_: 7, "Expected"),
    "nothing returned": (lambda **_: None, "return missing"),
    "stops": (lambda stages, **_: stages.width, "stopped with AttributeError"),
}


# diagnosis

table = partial(differing, right.TABLE)
DIAGNOSIS = {
    "sound": (table(a=("nothing", "none")), "Something is wrong"),
    "suspicious": (table(d=("axes lost", "right for one image")), "A shape \\(B, C\\) alone"),
    "harmless": (table(b=("gates share a sum", "none")), "Something follows"),
    "learned, so it reads": (table(f=("gates share a sum", "same for all")), "may open without"),
    "a word": (table(c="squeeze overwritten"), "Expected a pair"),
    "another word": (table(e=("r", "r squared")), "'r' is not one of"),
    "turned around": (table(f=right.TABLE["f"][::-1]), "is not one of"),
}

WRONG = {
    "se_weights": WEIGHTS,
    "se_block": BLOCK,
    "se_resnet_cost": COST,
    "diagnosis": DIAGNOSIS,
}
WRONG_OF_VARIANT = {
    ("se_block", "rows"): {
        "the trap": (
            block("rows", **read(form="rows", keepdims=False)),
            "takes the batch for the width|meets \\(W, C\\)",
        ),
        "whole map": (
            block(read=lambda x: [ops.mean(x, (1, 2), keepdims=True)]),
            "mean over the whole map",
        ),
        "maxima": (
            block(read=lambda x: [ops.max(x, 2, keepdims=True)]),
            "takes maxima alone|nothing is squeezed",
        ),
        "columns": (block("rows", **read(form="rows", axes=(1,))), "down each column"),
        "softmax": (block("rows", end="softmax"), "share a sum of 1"),
        "no ReLU": (block("rows", between="linear"), "one linear map"),
    },
    ("se_block", "shared"): {
        "the trap": (
            block("shared", **read(form="shared", keepdims=False)),
            "takes the batch for the width|meets \\(W, C\\)",
        ),
        "two pairs": (separate, "dense layers of their own"),
        "added early": (added_early, "first dense layer gives for both is added"),
        "two sigmoids": (two_sigmoids, "two sigmoids are added"),
        "halved": (halved, "mean of both is taken"),
        "softmax": (block("shared", end="softmax"), "share a sum of 1"),
        "no ReLU": (block("shared", between="linear"), "one linear map"),
    },
}


def course_gates(x, ratio):
    """Return the course's gates."""
    return squeeze_excite(x, ratio, name="gate")


OF_COURSE = {"se_block": [course_gates]}
BETWEEN = {
    ("se_block", "both", "shared"): "side by side. Here the same two dense layers",
    ("se_block", "shared", "both"): "once more, the maxima.* Here the first dense layer reads",
    ("se_block", "rows", "both"): "gates of its own.* Here|along each row alone",
    ("se_block", "both", "rows"): "side by side. Here each row",
}
UNREAD = "neither reads the other"
EQUIVALENT = {  # where there are variants, patterns of the variant and the name
    "se_weights": {
        "arguments: `max(channels // ratio, least)` -> `max(least, channels // ratio)`": "the "
        "larger of two has no order",
    },
    "se_block": {
        r"(both|shared) order: `gate = .*` after `means = .*": UNREAD,
        r"(both|shared) order: `means = .*` after `maxima = .*": UNREAD,
    },
    "se_resnet_cost": {
        "order: `pixels = side ** 2 if place == 'input' else small ** 2` after "
        "`reads = {'branch': 4 * width, 'input': channels, 'inside': width}[place]`": UNREAD,
        "order: `reads = {'branch': 4 * width, 'input': channels, 'inside': width}[place]` after "
        "`each = {'dense': 0, 'scale': 1, 'all': 2}[count]`": UNREAD,
        "order: `total += 2 * reads * (reads // ratio) + each * pixels * reads` after "
        "`side, channels = (small, 4 * width)`": "what is added was read before",
    },
}
