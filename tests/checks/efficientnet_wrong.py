"""Wrong answers to the questions of the efficientnet exercises, and what each must be told."""

from functools import partial
from math import ceil, floor, log

import numpy as np
from keras import layers, ops

from course_lib.nets.efficientnet import Scale, narrow_gate
from course_lib.nets.efficientnet import scaled as course_scaled
from course_lib.nets.mobilenet_v2 import Row, Variant, inverted_residual, round_channels
from tests.checks import efficientnet_right as right
from tests.checks.bank_pieces import differing

# compound_coefficients


def law(left, end=lambda bases, phi: bases**phi):
    """Return an answer with another gamma, or another use of the bases."""

    def compound_coefficients(phi, alpha, beta, growth):
        return end(np.array([alpha, beta, left(alpha, beta, growth)]), phi)

    return compound_coefficients


def gamma(alpha, beta, growth):
    return (growth / (alpha * beta**2)) ** 0.5


LAW = {
    "resolution once": (law(lambda a, b, g: g / (a * b**2)), "resolution is counted once"),
    "width once": (law(lambda a, b, g: (g / (a * b)) ** 0.5), "width is counted once"),
    "depth twice": (law(lambda a, b, g: g**0.5 / (a * b)), "depth is counted twice"),
    "all once": (law(lambda a, b, g: g / (a * b)), "each coefficient is counted once"),
    "swapped": (
        lambda phi, alpha, beta, growth: right.coefficients_step_by_step(phi, beta, alpha, growth),
        "alpha and beta are exchanged",
    ),
    "another order": (
        law(gamma, lambda bases, phi: bases[[1, 0, 2]] ** phi),
        "right numbers in another order",
    ),
    "the paper's gamma": (law(lambda a, b, g: 1.15), "gamma is the paper's"),
    "the paper's law": (
        lambda phi, **_: [1.2**phi, 1.1**phi, 1.15**phi],
        "are those of the paper",
    ),
    "doubled": (law(lambda a, b, g: gamma(a, b, 2)), "double with each step"),
    "times phi": (law(gamma, lambda bases, phi: bases * phi), "phi is their exponent"),
    "one step": (law(gamma, lambda bases, phi: bases), "phi is not used"),
    "growth in all": (
        lambda phi, alpha, beta, growth: right.coefficients_step_by_step(
            phi, alpha, beta, growth ** (1 / phi)
        ),
        "taken for all steps together",
    ),
    "growth itself": (law(lambda a, b, g: g), "taken for gamma"),
    "two numbers": (lambda phi, alpha, beta, growth: (alpha**phi, beta**phi), "has shape"),
    "a word": (lambda **_: "much", "expected an array"),
    "nothing returned": (lambda **_: None, "return missing"),
}

# scaled


def table(channels=None, repeats=None, end=list):
    """Return an answer with another rule for channels, repeats, or the rows that are fixed."""

    def scaled(rows, width, depth, divisor, fixed):
        whole = [right.scaled_by_search([row], width, depth, divisor, ()) for row in rows]
        found = []
        for i, (row, [(right_wide, right_more)]) in enumerate(zip(rows, whole, strict=True)):
            more = row[1] if i in fixed else right_more
            asked = {"width": width, "depth": depth, "divisor": divisor, "fixed": fixed, "i": i}
            wide = channels(row, right_wide, asked) if channels else right_wide
            found.append((wide, repeats(row, more, asked) if repeats else more))
        return end(found)

    return scaled


def unless_fixed(rule):
    return lambda row, more, a: row[1] if a["i"] in a["fixed"] else rule(a["depth"] * row[1])


def near(meant, divisor):
    return max(divisor, divisor * floor(meant / divisor + 0.5))


def as_in_the_course(rows, width, depth, divisor, fixed):
    table = [Row(6, c, n, 1, 3) for c, n in rows]
    return [(r.channels, r.repeats) for r in course_scaled(table, Scale(width, depth, 224, 0.2))]


ROWS = {
    "repeats down": (
        table(repeats=unless_fixed(lambda n: max(1, floor(n)))),
        "repeats are rounded down",
    ),
    "repeats nearest": (
        table(repeats=unless_fixed(lambda n: max(1, floor(n + 0.5)))),
        "repeats are rounded to the nearest",
    ),
    "one more": (table(repeats=unless_fixed(lambda n: floor(n) + 1)), "nothing has to be rounded"),
    "exchanged": (
        lambda rows, width, depth, divisor, fixed: right.scaled_by_search(
            rows, depth, width, divisor, fixed
        ),
        "width and depth are exchanged",
    ),
    "no depth": (table(repeats=lambda row, *_: row[1]), "does not change the repeats"),
    "no width": (table(channels=lambda row, *_: row[0]), "does not change the channels|keep"),
    "not rounded": (
        table(channels=lambda row, wide, a: row[0] * a["width"]),
        "no multiples of `divisor`",
    ),
    "channels down": (
        table(
            channels=lambda row, wide, a: max(
                a["divisor"], row[0] * a["width"] // a["divisor"] * a["divisor"]
            )
        ),
        "rounded down to a multiple",
    ),
    "channels up": (
        table(
            channels=lambda row, wide, a: ceil(row[0] * a["width"] / a["divisor"]) * a["divisor"]
        ),
        "rounded up to a multiple",
    ),
    "no guard": (
        table(channels=lambda row, wide, a: near(row[0] * a["width"], a["divisor"])),
        "less than 90 %",
    ),
    "eight": (
        table(channels=lambda row, wide, a: round_channels(row[0] * a["width"])),
        "multiples of 8|rounded",
    ),
    "as in the course": (as_in_the_course, "multiples of 8"),
    "fixed ignored": (
        table(repeats=lambda row, more, a: ceil(a["depth"] * row[1])),
        "rows in `fixed` keep their repeats",
    ),
    "fixed whole": (
        table(channels=lambda row, wide, a: row[0] if a["i"] in a["fixed"] else wide),
        "keep their repeats alone",
    ),
    "turned": (table(end=lambda found: np.array(found).T), "turned round"),
    "pairs turned": (table(end=lambda found: [pair[::-1] for pair in found]), "channels come"),
    "channels alone": (table(end=lambda found: [c for c, _ in found]), "has shape"),
    "a word": (lambda **_: "rows", "expected an array"),
    "nothing returned": (lambda **_: None, "return missing"),
}

# mbconv


def keep(y):
    return y


def norm(y):
    return layers.BatchNormalization()(y)


def conv(y, filters, stride=1, side=1):
    return layers.Conv2D(filters, side, stride, padding="same", use_bias=False)(y)


def depthwise(y, stride):
    return layers.DepthwiseConv2D(3, stride, padding="same", use_bias=False)(y)


def gate(y, units, act=ops.silu, end=ops.sigmoid, bias=True):
    z = layers.GlobalAveragePooling2D(keepdims=True)(y)
    z = act(layers.Dense(units, use_bias=bias)(z))
    return y * end(layers.Dense(y.shape[-1], use_bias=bias)(z))


def build(form="front", **changed):
    """Return a block with some things changed.

    Args:
        form: the variant, or "paper".
        changed: `act` behind wide maps; `last` behind the projection; `gate` from a map and units;
            `units` from x, the map, channels and share; `expands`, whether there is an expansion;
            `filter` of the wide map; `strides` of filter and project; `join` of x, y and stride.
    """
    act, gated = changed.get("act", ops.silu), changed.get("gate", gate)
    count = changed.get("units", lambda c, wide, out, share: share * c)
    strides = changed.get("strides", ("filter",))

    def mbconv(x, channels, expansion, stride, share):
        def opened(y, at):
            if form != at:
                return y
            units = count(x.shape[-1], y.shape[-1], channels, share)
            return gated(y, max(1, int(units)))

        step, y = dict.fromkeys(strides, stride), x
        wide = changed.get("wide", lambda c, out, t: t * c)(x.shape[-1], channels, expansion)
        if form == "fused":
            y = act(norm(conv(y, wide, step.get("filter", 1), 3)))
        else:
            if changed.get("expands", lambda t: t != 1)(expansion):
                y = act(norm(conv(y, wide)))
            y = opened(y, "front")
            y = act(norm(changed.get("filter", depthwise)(y, step.get("filter", 1))))
        y = opened(opened(y, "paper"), "fused")
        y = changed.get("norm", norm)(conv(y, channels, step.get("project", 1)))
        y = changed.get("last", keep)(opened(y, "narrow"))
        return changed.get("join", added)(x, y, stride)

    return mbconv


def added(x, y, stride):
    return x + y if stride == 1 and x.shape[-1] == y.shape[-1] else y


def added_small(x, y, stride):
    return x[:, ::stride, ::stride] + y if x.shape[-1] == y.shape[-1] else y


def projected(x, y, stride):
    return y + (x if x.shape == y.shape else norm(conv(x, y.shape[-1], stride)))


def of_blocks(form):
    """Return wrong blocks that every variant has."""
    return {
        "units of the wide map": (
            build(form, units=lambda c, wide, out, share: share * wide),
            "counted from the map that it multiplies|counted from the channels that leave",
        ),
        "units rounded up": (
            build(form, units=lambda c, wide, out, share: ceil(share * c)),
            "units of the gate are rounded up|to the nearest",
        ),
        "ReLU everywhere": (
            build(form, act=ops.relu, gate=partial(gate, act=ops.relu)),
            "other than swish follows the convolutions and stands",
        ),
        "ReLU6": (build(form, act=ops.relu6), "other than swish follows"),
        "ReLU in the gate": (build(form, gate=partial(gate, act=ops.relu)), "a ReLU stands"),
        "linear gate": (build(form, gate=partial(gate, act=keep)), "nothing bends between"),
        "softmax": (build(form, gate=partial(gate, end=ops.softmax)), "a softmax makes"),
        "no sigmoid": (build(form, gate=partial(gate, end=keep)), "no sigmoid makes"),
        "no biases": (build(form, gate=partial(gate, bias=False)), "have no biases"),
        "no gate": (build(form, gate=lambda y, units: y), "there is no gate"),
        "swish at the end": (build(form, last=ops.silu), "swish follows the projection"),
        "no shortcut": (build(form, join=lambda x, y, stride: y), "not added although"),
        "add at stride 2": (build(form, join=added_small), "it does not fit"),
        "project the shortcut": (build(form, join=projected), "there is no shortcut"),
        "swish behind the sum": (
            build(form, join=lambda x, y, s: ops.silu(x + y) if x.shape == y.shape else y),
            "swish follows the addition",
        ),
        "no stride": (build(form, strides=()), "keeps its size|height, width"),
        "stride of the projection": (build(form, strides=("project",)), "projection has"),
        "no last normalization": (build(form, norm=keep), "no batch normalization behind it"),
        "as in the paper": (build("paper"), "as in EfficientNet. Here"),
        "wide from the filters": (
            build(form, wide=lambda c, out, t: t * out),
            "those that leave. It multiplies those of x",
        ),
    }


BLOCK = of_blocks("front") | {
    "expands by one": (build(expands=lambda t: True), "although the expansion is 1"),
    "full": (build(filter=lambda y, s: conv(y, y.shape[-1], s, 3)), "mixes channels"),
    "add always": (build(join=lambda x, y, stride: x + y), "only where the stride is 1 AND"),
    "a list": (lambda x, **_: [x, x], "expected the Keras tensor"),
    "stops": (lambda x, **_: x.branches, "stopped with AttributeError"),
    "nothing returned": (lambda x, **_: None, "return missing"),
}

# solve_phi_for_budget


def phi(change):
    """Return an answer that solves for other arguments."""
    return lambda **asked: right.phi_by_brent(**asked | change(asked))


def rates(fast, slow):
    """Return an answer whose two kinds of layers grow at other rates."""

    def solve_phi_for_budget(budget, mixing, filtering, alpha, beta, gamma):
        one, two = (rate(alpha, beta, gamma) for rate in (fast, slow))
        return right.brentq(lambda p: mixing * one**p + filtering * two**p - budget, -40, 40)

    return solve_phi_for_budget


def squared(a, b, c):
    return a * b**2 * c**2


def once(a, b, c):
    return a * b * c**2


def ended(cut):
    return lambda **asked: cut(right.phi_by_brent(**asked))


PHI = {
    "power of two": (
        lambda budget, mixing, filtering, **_: log(budget / (mixing + filtering), 2),
        "taken to double",
    ),
    "one rate": (rates(squared, squared), "grows like the mixing"),
    "filter rate": (rates(once, once), "grows with the width once"),
    "swapped": (phi(lambda a: {"alpha": a["beta"], "beta": a["alpha"]}), "are exchanged"),
    "resolution once": (phi(lambda a: {"gamma": a["gamma"] ** 0.5}), "resolution is counted once"),
    "no depth": (phi(lambda a: {"alpha": 1}), "depth is missing"),
    "no resolution": (phi(lambda a: {"gamma": 1}), "resolution is missing"),
    "exchanged": (
        phi(lambda a: {"mixing": a["filtering"], "filtering": a["mixing"]}),
        "mixing and filtering are exchanged",
    ),
    "mixing alone": (phi(lambda a: {"filtering": 0}), "filters are missing"),
    "down": (ended(floor), "rounded down"),
    "up": (ended(ceil), "rounded up"),
    "not below 0": (ended(lambda p: max(p, 0)), "has a phi below 0"),
    "the quotient": (
        lambda budget, mixing, filtering, **_: budget / (mixing + filtering),
        "quotient of the budgets",
    ),
    "another number": (lambda **_: 77.0, "expected"),
    "a word": (lambda **_: "3", "expected a number"),
    "nothing returned": (lambda **_: None, "return missing"),
}

# diagnosis

row = partial(differing, right.TABLE)
DIAGNOSIS = {
    "sound": (row(a=("nothing", "none")), "Something is wrong"),
    "suspicious": (row(d=("gate from the wide map", "none")), "units of its gate are counted"),
    "harmless": (row(e=("drops values", "none")), "Something follows"),
    "another law": (row(c=("resolution once", "more than twice")), "counts both sides"),
    "a word": (row(b="gate"), "Expected a pair"),
    "another word": (row(c=("law", "none")), "'law' is not one of"),
    "turned around": (row(f=right.TABLE["f"][::-1]), "is not one of"),
}

WRONG = {
    "compound_coefficients": LAW,
    "scaled": ROWS,
    "mbconv": BLOCK,
    "solve_phi_for_budget": PHI,
    "diagnosis": DIAGNOSIS,
}
WRONG_OF_VARIANT = {
    ("mbconv", "narrow"): of_blocks("narrow")
    | {"expands by one": (build("narrow", expands=lambda t: True), "although the expansion")},
    ("mbconv", "fused"): of_blocks("fused"),
}


def course_answer(x, channels, expansion, stride, share, **more):
    """Return the course's block, with the gate of the paper's code."""
    sizes = {"expansion": expansion, "stride": stride, "name": "block", **more}
    return inverted_residual(x, channels, **sizes, variant=Variant("swish", gate=narrow_gate))


def course_answer_five(x, channels, expansion, stride, share):
    """Return the course's block with larger kernels."""
    return course_answer(x, channels, expansion, stride, share, kernel=5)


def course_answer_without(x, channels, expansion, stride, share):
    """Return the course's block without a gate."""
    return inverted_residual(x, channels, expansion=expansion, stride=stride, name="block")


OF_COURSE = {"mbconv": [course_answer, course_answer_five, course_answer_without]}
BETWEEN = {
    ("mbconv", "front", "narrow"): "in front of the depthwise convolution. Here the gate",
    ("mbconv", "narrow", "front"): "where the map is narrow. Here the gate",
    ("mbconv", "fused", "front"): "widens and filters.* Here the gate",
    ("mbconv", "front", "fused"): "in front of the depthwise convolution. Here one 3x3",
}
UNREAD = "neither reads the other"
EQUIVALENT = {  # of mbconv, patterns of the variant and the name
    "scaled": {
        "order: `rounded += divisor * (rounded < 0.9 * meant)` after "
        "`more = repeats if number in fixed else math.ceil(depth * repeats)`": UNREAD,
        "arguments: `max(divisor, divisor * math.floor(meant / divisor + 0.5))` -> "
        "`max(divisor * math.floor(meant / divisor + 0.5), divisor)`": "a maximum has no order",
        "operator: `rounded < 0.9 * meant` -> `rounded <= 0.9 * meant`": "no case meets nine "
        "tenths exactly, where the answer would depend on how a computer rounds",
    },
    "mbconv": {
        r"(front|narrow|fused) order: `conv = .*` after `wide, units = .*": UNREAD,
        r"(front|narrow|fused) order: `wide, units = .*` after `def norm.*": UNREAD,
        r"(front|narrow|fused) order: `def norm.*` after `def gated.*": UNREAD,
        r"(front|narrow|fused) order: `def gated.*` after `y = x`": UNREAD,
        r"front order: `y = gated.*` after `depthwise = .*": UNREAD,
        r"(front|narrow|fused) order: `.*` after `y = y`": "that line changes nothing",
        r"(front|narrow|fused) order: `y = y` after .*": "that line changes nothing",
        r"(front|narrow|fused) arguments: `max\(1, .*": "a maximum has no order",
        r"(front|narrow|fused) name: `v` -> `z` #3": "the means have as many channels as the map",
    },
    "solve_phi_for_budget": {
        "order: `fast = slow * beta` after `low, high = (-50.0, 50.0)`": UNREAD,
        "name: `low` -> `high`": "the bounds have met",
        "number: `50.0` -> `100.0`": "wider bounds hold the same phi",
        "number: `50.0` -> `100.0` #2": "wider bounds hold the same phi",
        "number: `30` -> `31`": "closer than asked for",
        "number: `30` -> `29`": "close enough",
        "operator: `spent < budget` -> `spent <= budget`": "where both are equal, phi is found",
    },
}
