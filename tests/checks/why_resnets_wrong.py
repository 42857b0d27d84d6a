"""Wrong answers to the questions of the why_resnets exercises, and what each must be told."""

from math import comb

import numpy as np

from course_lib.widgets.paths import path_counts
from tests.checks import why_resnets_right as right

# paths_of_length


def counted(end, plain_counts=True, skipped=0):
    """Return an answer that counts something else than the paths of one length.

    Args:
        end: of the lengths of all paths, k and the number of blocks.
        plain_counts: the plain convolutions are on the paths.
        skipped: convolutions on a shortcut.
    """

    def paths_of_length(branches, plain, k):
        found = [plain if plain_counts else 0]
        for branch in branches:
            found = [length + more for length in found for more in (skipped, branch)]
        return end(found, k, len(branches))

    return paths_of_length


PATHS = {
    "blocks": (lambda branches, plain, k: comb(len(branches), k), "k counts convolutions"),
    "blocks behind the plain": (
        lambda branches, plain, k: comb(len(branches), max(k - plain, 0)),
        "k counts convolutions",
    ),
    "course": (
        lambda branches, plain, k: dict(enumerate(path_counts(len(branches)))).get(k, 0),
        "k counts convolutions",
    ),
    "plain left out": (
        counted(lambda found, k, _: found.count(k), plain_counts=False),
        "plain convolutions are left out",
    ),
    "all": (counted(lambda found, k, _: len(found)), "paths of every length"),
    "at most": (
        counted(lambda found, k, _: sum(one <= k for one in found)),
        "k convolutions or fewer",
    ),
    "at least": (
        counted(lambda found, k, _: sum(one >= k for one in found)),
        "k convolutions or more",
    ),
    "others": (
        counted(lambda found, k, _: sum(one != k for one in found)),
        "another number of convolutions",
    ),
    "share": (counted(lambda found, k, _: found.count(k) / len(found)), "share of the paths"),
    "convolutions": (counted(lambda found, k, _: k * found.count(k)), "A path counts once"),
    "lengths": (counted(lambda found, k, _: len(set(found))), "how many different lengths"),
    "is there one": (counted(lambda found, k, _: int(k in found)), "same length, by other"),
    "projections": (
        counted(lambda found, k, _: found.count(k), skipped=1),
        "carry x as it is",
    ),
    "no shortcuts": (
        lambda branches, plain, k: int(plain + sum(branches) == k),
        "net without shortcuts",
    ),
    "the example": (lambda **_: 2, "number of the example"),
    "words": (lambda **_: "many", "expected a number"),
    "nothing returned": (lambda **_: None, "return missing"),
    "stops": (lambda branches, plain, k: branches.k, "stopped with AttributeError"),
    "another number": (lambda **_: 123.5, "Expected"),
}

# is_identity


def asked(condition):
    """Return an answer that asks for a condition on arrays."""

    def is_identity(kernel, bias, gamma, beta, lowest, relu):
        arrays = (np.array(one) for one in (kernel, bias, gamma, beta))
        return bool(condition(*arrays, lowest, relu))

    return is_identity


IDENTITY = {
    "always": (lambda **_: True, "depends on what comes in|whatever comes in|ReLU behind"),
    "never": (lambda **_: False, "adds 0|gets through|cancel"),
    "small kernel suffices": (
        asked(lambda k, b, g, o, low, relu: not k.any() and (low >= 0 or not relu)),
        r"adds gamma \* bias \+ beta",
    ),
    "kernel and bias must be 0": (
        asked(
            lambda k, b, g, o, low, relu: (
                not k.any() and not b.any() and not o.any() and (low >= 0 or not relu)
            )
        ),
        "whatever kernel and bias are|does not get through|cancel",
    ),
    "offset forgotten": (
        asked(
            lambda k, b, g, o, low, relu: (
                not (g * k).any() and not (g * b).any() and (low >= 0 or not relu)
            )
        ),
        r"adds gamma \* bias \+ beta",
    ),
    "bias forgotten": (
        asked(
            lambda k, b, g, o, low, relu: (
                not (g * k).any() and not o.any() and (low >= 0 or not relu)
            )
        ),
        r"adds gamma \* bias \+ beta",
    ),
    "scale must be 0": (
        asked(lambda k, b, g, o, low, relu: not g.any() and not o.any() and (low >= 0 or not relu)),
        "adds 0",
    ),
    "scale and offset as one": (
        asked(
            lambda k, b, g, o, low, relu: (
                not (g.any() and k.any()) and not (g * b + o).any() and (low >= 0 or not relu)
            )
        ),
        "whatever kernel and bias are",
    ),
    "scale in front of the addition alone": (
        asked(
            lambda k, b, g, o, low, relu: (
                not (g * k).any() and not (b + o).any() and (low >= 0 or not relu)
            )
        ),
        r"whatever|cancel|gets? through|adds gamma",
    ),
    "sum of the channels": (
        asked(
            lambda k, b, g, o, low, relu: (
                not (g * k).any() and (g * b + o).sum() == 0 and (low >= 0 or not relu)
            )
        ),
        r"adds gamma \* bias \+ beta",
    ),
    "one channel is enough": (
        asked(
            lambda k, b, g, o, low, relu: (
                not (g * k).all() and not (g * b + o).all() and (low >= 0 or not relu)
            )
        ),
        "depends on what comes in|adds gamma",
    ),
    "ReLU forgotten": (
        asked(lambda k, b, g, o, low, relu: not (g * k).any() and not (g * b + o).any()),
        "ReLU behind the addition cuts",
    ),
    "above 0": (
        asked(
            lambda k, b, g, o, low, relu: (
                not (g * k).any() and not (g * b + o).any() and (low > 0 or not relu)
            )
        ),
        "0 itself passes|gets? through|cancel",
    ),
    "a ReLU spoils it": (
        asked(
            lambda k, b, g, o, low, relu: not (g * k).any() and not (g * b + o).any() and not relu
        ),
        "no value below 0|gets? through|cancel",
    ),
    "never below 0": (
        asked(
            lambda k, b, g, o, low, relu: not (g * k).any() and not (g * b + o).any() and low >= 0
        ),
        "no ReLU stands behind",
    ),
    "a word": (lambda **_: "yes", "Expected True or False"),
    "a number": (lambda **_: 1, "Expected True or False"),
    "nothing returned": (lambda **_: None, "return missing"),
    "stops": (lambda kernel, **_: kernel.any(), "stopped with AttributeError"),
}

# gradient_through_identity


def taken_apart(end, keep=1.0, turned=False, forwards=False):
    """Return an answer of the direct part, the whole, and the derivatives in their order.

    Args:
        end: of these, and of the gradient.
        keep: factor of a shortcut.
        turned: use the derivatives untransposed.
        forwards: begin with the first block.
    """

    def gradient_through_identity(jacobians, gradient):
        used = [one if turned else one.T for one in jacobians]
        whole = gradient
        for one in used if forwards else used[::-1]:
            whole = keep * whole + one @ whole
        return end(keep ** len(used) * gradient, whole, used, gradient)

    return gradient_through_identity


def chained(used, gradient):
    for one in used[::-1]:
        gradient = one @ gradient
    return gradient


GRADIENT = {
    "untransposed": (
        taken_apart(lambda d, w, used, g: (d, w - d), turned=True),
        "used untransposed",
    ),
    "first block first": (
        taken_apart(lambda d, w, used, g: (d, w - d), forwards=True),
        "from the first to the last",
    ),
    "as an image goes": (
        taken_apart(lambda d, w, used, g: (d, w - d), turned=True, forwards=True),
        "as an image meets them.*transpose of the whole product",
    ),
    "whole": (taken_apart(lambda d, w, used, g: (d, w)), "whole gradient at the first block"),
    "longest": (
        taken_apart(lambda d, w, used, g: (d, chained(used, g))),
        "through every branch alone",
    ),
    "one branch": (
        taken_apart(lambda d, w, used, g: (d, sum(used) @ g)),
        "through exactly one branch",
    ),
    "last branch": (
        taken_apart(lambda d, w, used, g: (d, used[-1] @ g)),
        "through the last branch alone",
    ),
    "identities added": (
        taken_apart(lambda d, w, used, g: (len(used) * g, w - d)),
        "shortcuts are added up",
    ),
    "nothing direct": (taken_apart(lambda d, w, used, g: (0 * d, w)), "no branch that could"),
    "exchanged": (taken_apart(lambda d, w, used, g: (w - d, d)), "the order is"),
    "whole alone": (taken_apart(lambda d, w, used, g: w), "expected 2 arrays"),
    "three": (taken_apart(lambda d, w, used, g: (d, w - d, w)), "expected 2 arrays"),
    "lists of words": (taken_apart(lambda d, w, used, g: ("d", w - d)), "array of numbers"),
    "a matrix": (
        taken_apart(lambda d, w, used, g: (np.eye(len(g)), w - d)),
        "has shape",
    ),
    "twice": (taken_apart(lambda d, w, used, g: (d, 2 * w)), "no known mistake"),
    "not a number": (taken_apart(lambda d, w, used, g: (d, w * np.nan)), "no known mistake"),
    "nothing returned": (lambda *_: None, "return missing"),
    "stops": (lambda jacobians, gradient: jacobians.T @ gradient, "stopped with AttributeError"),
}

# diagnosis


def table(**changed):
    """Return an answer that is wrong about some of the claims."""
    pairs = right.TABLE | changed
    return lambda claim: pairs[claim]


DIAGNOSIS = {
    "all open": (lambda claim: ("no run of the table", "open"), "not to settle|does settle"),
    "a: overfits": (table(a=("training and test errors", "shown")), "one of them settles it"),
    "a: shown": (table(a=("training errors", "shown")), "has a low error on the images"),
    "b: as the story goes": (table(b=("norms of the gradient", "shown")), "smaller where it arr"),
    "b: by the formula": (table(b=("derivative of a block", "refuted")), "which terms a gradient"),
    "c: by the norms": (table(c=("norms of the gradient", "shown")), "Which term meets no branch"),
    "c: open": (table(c=("derivative of a block", "open")), "something that is given decides"),
    "d: by the errors": (table(d=("training errors", "shown")), "do not settle this claim"),
    "d: refuted": (table(d=("no run of the table", "refuted")), "nothing that is given contra"),
    "d: functions": (table(d=("what a block computes", "open")), "what a block can compute"),
    "e: training alone": (table(e=("training errors", "refuted")), "do not settle this claim by"),
    "f: the largest norm": (table(f=("norms of the gradient", "shown")), "makes them a cause"),
    "one word": (lambda claim: "open", "Expected a pair"),
    "no option": (lambda claim: ("training errors", "wrong"), "is not one of"),
    "turned around": (table(a=("refuted", "training errors")), "is not one of"),
    "stops": (lambda claim: right.TABLE[claim.upper()], "stopped with KeyError"),
}

WRONG = {
    "paths_of_length": PATHS,
    "is_identity": IDENTITY,
    "gradient_through_identity": GRADIENT,
    "diagnosis": DIAGNOSIS,
}
WRONG_OF_VARIANT = {
    ("gradient_through_identity", "half"): {
        "past one shortcut": (
            taken_apart(lambda d, w, used, g: (0.5 * g, w - d), keep=0.5),
            "There is one in each block",
        ),
        "one branch": (
            taken_apart(
                lambda d, w, used, g: (d, 0.5 ** (len(used) - 1) * sum(used) @ g), keep=0.5
            ),
            "through exactly one branch",
        ),
        "untransposed": (
            taken_apart(lambda d, w, used, g: (d, w - d), keep=0.5, turned=True),
            "used untransposed",
        ),
    },
    ("gradient_through_identity", "one"): {
        "untransposed": (
            taken_apart(lambda d, w, used, g: (d, sum(used) @ g), turned=True),
            "used untransposed",
        ),
        "longest": (
            taken_apart(lambda d, w, used, g: (d, chained(used, g))),
            "through every branch alone",
        ),
    },
}


def of_chapter(jacobians, gradient):
    """Return what the chapter computes: the whole gradient, and that of the plain net."""
    size = len(gradient)
    whole = plain = np.eye(size)
    for one in jacobians:
        whole, plain = (np.eye(size) + one) @ whole, one @ plain
    return whole.T @ gradient, plain.T @ gradient


OF_COURSE = {"gradient_through_identity": [of_chapter]}
BETWEEN = {
    (
        "gradient_through_identity",
        "half",
        "rest",
    ): r"block is x / 2 \+ F\(x\).* Here a block is x \+ F\(x\)",
    (
        "gradient_through_identity",
        "rest",
        "half",
    ): r"block is x \+ F\(x\).* Here a block is x / 2",
    ("gradient_through_identity", "one", "rest"): "exactly one branch. Here a block is x",
    ("gradient_through_identity", "rest", "one"): "a branch or several. Here the second part",
}
UNREAD = "neither reads the other"
EQUIVALENT = {  # where there are variants, patterns of the variant and the name
    "gradient_through_identity": {
        r"(rest|half) order: `direct = keep \* direct` after `whole = .*": UNREAD,
        r"(rest|half) order: `keep = .*` after `direct = whole = gradient`": UNREAD,
        r"rest delete: `direct = keep \* direct`": "a factor of 1",
    },
    "is_identity": {
        "order: `follows = gamma * kernel` after `constant = gamma * bias + beta`": UNREAD,
    },
}
