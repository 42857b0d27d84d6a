"""Wrong answers to the questions of the inception exercises, and what each must be told."""

from functools import partial
from math import prod

from keras import layers, ops

from course_lib.nets.googlenet import Widths
from course_lib.nets.googlenet import inception_module as course_module
from tests.checks import inception_right as right
from tests.checks.bank_pieces import differing

# module_macs


def macs(row=None, last=None, end=None, places=None):
    """Return an answer with one thing changed.

    Args:
        row: products of a branch, from channels, side, reduction and filters.
        last: products of the branch that pools, from channels, filters and projection.
        end: of the products, from these, all arguments and the number of pixels.
        places: pixels of a map, from its height and width.
    """

    def module_macs(size, channels, kernels, reduce, filters, project):
        row_ = row or (lambda c, k, r, f: c * r + k * k * (r or c) * f)
        rows = zip(kernels, reduce, filters, strict=True)
        products = sum(row_(channels, k, r, f) for k, r, f in rows)
        products += last(channels, filters, project) if last else channels * project
        pixels = places(*size) if places else prod(size)
        return end(products, pixels, reduce, filters, project) if end else products * pixels

    return module_macs


def in_a_row(size, channels, kernels, reduce, filters, project):
    products, reads = channels * project, channels
    for k, r, f in zip(kernels, reduce, filters, strict=True):
        products += reads * r + k * k * (r or reads) * f
        reads = f
    return products * prod(size)


def unpadded(size, channels, kernels, reduce, filters, project):
    height, width = size
    products = channels * project * height * width
    for k, r, f in zip(kernels, reduce, filters, strict=True):
        fits = max(height - k + 1, 0) * max(width - k + 1, 0)
        products += height * width * channels * r + fits * k * k * (r or channels) * f
    return products


def strided(size, channels, kernels, reduce, filters, project, side=lambda n: n // 3):
    others = macs()(size, channels, kernels, reduce, filters, 0)
    return others + channels * project * prod(map(side, size))


def with_biases(products, pixels, reduce, filters, project):
    return pixels * (products + sum(reduce) + sum(filters) + project)


MACS = {
    "reductions free": (macs(lambda c, k, r, f: k * k * (r or c) * f), "reductions are free"),
    "naive": (macs(lambda c, k, r, f: k * k * c * f), "That is the naive module"),
    "paid and not used": (
        macs(lambda c, k, r, f: c * r + k * k * c * f),
        "paid for and not used",
    ),
    "0 channels": (
        macs(lambda c, k, r, f: c * r + k * k * r * f),
        "costs nothing there where `reduce` has 0|left out",
    ),
    "reduced by its kernel": (
        macs(lambda c, k, r, f: k * k * c * r + k * k * (r or c) * f if r else 0),
        "reductions have 1x1 kernels|is expected|Expected",
    ),
    "large reductions": (
        macs(lambda c, k, r, f: k * k * c * r + k * k * r * f),
        "reductions have 1x1 kernels",
    ),
    "behind": (
        macs(lambda c, k, r, f: k * k * c * f + f * r),
        "in front of the kernels, not behind",
    ),
    "in a row": (in_a_row, "side by side, not in a row"),
    "no projection": (macs(last=lambda c, f, p: 0), "projection behind the pooling is left out"),
    "projection of all": (
        macs(last=lambda c, f, p: sum(f) * p),
        "reads the pooled map",
    ),
    "3x3 projection": (macs(last=lambda c, f, p: 9 * c * p), "windows of 3x3 belong to the pool"),
    "pooling counted": (macs(last=lambda c, f, p: c * p + 9 * c), "Pooling compares values"),
    "projection of its own": (
        macs(last=lambda c, f, p: c * (p or c)),
        "its channels pass as they are",
    ),
    "0 keeps the channels": (
        macs(lambda c, k, r, f: c * (r or c) + k * k * (r or c) * f),
        "not one that keeps the channels",
    ),
    "strides of the pooling": (strided, "windows are one pixel apart"),
    "strides rounded up": (
        partial(strided, side=lambda n: -(-n // 3)),
        "windows are one pixel apart",
    ),
    "sides": (
        macs(lambda c, k, r, f: c * r + k * (r or c) * f),
        "k times k weights",
    ),
    "areas": (macs(lambda c, k, r, f: r + k * k * f, lambda c, f, p: p), "reads all channels that"),
    "twice": (macs(end=lambda n, pixels, *_: 2 * n * pixels), "twice the multiply-adds"),
    "weights": (macs(end=lambda n, *_: n), "Those are weights. Each of them works"),
    "biases": (macs(end=with_biases), "Biases are added, not multiplied"),
    "weights and biases": (
        macs(end=lambda n, pixels, *more: with_biases(n, 1, *more)),
        "weights with their biases",
    ),
    "square of rows": (macs(places=lambda h, w: h * h), "square, of its rows"),
    "square of columns": (macs(places=lambda h, w: w * w), "square, of its columns"),
    "rows alone": (macs(places=lambda h, w: h), "counts the rows alone"),
    "unpadded": (unpadded, "keeps the size of the map"),
    "the example": (lambda **_: 3264, "number of the example"),
    "words": (lambda **_: "many", "expected a number"),
    "nothing returned": (lambda **_: None, "return missing"),
    "stops": (lambda size, **_: size.height, "stopped with AttributeError"),
    "another number": (lambda **_: 7, "Expected"),
}


# inception_module

SIDES = {"three": 3, "five": 5}


def build(form="front", **changed):
    """Return a module with one thing changed.

    Args:
        form: of the variant that it answers.
        changed: `widths`, a function of the six by name that returns those to use instead; `bare`,
            convolutions without ReLU; `sides` of kernels; `reads`, what a branch reads instead of
            x; `window`, the pooling layer; `order` of the branches; `join` and `end`; `conv`, more
            arguments of the convolutions; and another `activation`.
    """

    def inception_module(x, **asked):
        widths = asked | changed.get("widths", lambda w: {})(asked)
        sides = SIDES | changed.get("sides", {})
        told = {"padding": "same"} | changed.get("conv", {})

        def conv(y, step):
            y = layers.Conv2D(widths[step], sides.get(step, 1), **told)(y)
            bare = step in changed.get("bare", ())
            return y if bare else layers.Activation(changed.get("activation", "relu"))(y)

        kind = layers.AveragePooling2D if form == "mean" else layers.MaxPooling2D
        window = changed.get("window") or kind(3, 1, "same")
        one = conv(x, "one")
        source = one if changed.get("overwritten") else x
        narrow = conv(source, "reduce3")
        three = conv(narrow, "three")
        five = conv(conv(narrow if form == "shared" else source, "reduce5"), "five")
        pool = conv(window(source), "pool") if form != "front" else window(conv(source, "pool"))
        branches = [one, three, five, pool]
        joined = [branches[i] for i in changed.get("order", range(4))]
        return changed.get("end", lambda y: y)(changed.get("join", layers.Concatenate())(joined))

    return inception_module


def branch_by_branch(steps, window=None):
    """Return a module whose branches are chains of steps, each a width with the side of a kernel.

    The last branch ends in a pooling.
    """

    def inception_module(x, **widths):
        branches = []
        for branch in steps:
            y = x
            for name, side in branch:
                y = layers.Conv2D(widths[name], side, padding="same", activation="relu")(y)
            branches.append(y)
        branches[-1] = window(branches[-1]) if window else branches[-1]
        return layers.Concatenate()(branches)

    return inception_module


LAST = layers.MaxPooling2D(3, 1, "same")
ALL = ("one", "reduce3", "three", "reduce5", "five", "pool")
MODULE = {
    "four widths": (
        build(widths=lambda w: {"reduce3": w["pool"], "reduce5": w["pool"]}),
        "as in code that takes four widths",
    ),
    "reductions swapped": (
        build(widths=lambda w: {"reduce3": w["reduce5"], "reduce5": w["reduce3"]}),
        "reductions have changed places",
    ),
    "one reduction twice": (
        build(widths=lambda w: {"reduce5": w["reduce3"]}),
        "both reductions have `reduce3` filters",
    ),
    "the other twice": (
        build(widths=lambda w: {"reduce3": w["reduce5"]}),
        "both reductions have `reduce5` filters",
    ),
    "outputs swapped": (
        build(widths=lambda w: {"three": w["five"], "five": w["three"]}),
        "`five` filters and the 5x5 kernels `three`",
    ),
    "ends swapped": (
        build(widths=lambda w: {"one": w["pool"], "pool": w["one"]}),
        "1x1 branch has `pool` filters",
    ),
    "sides swapped": (build(sides={"three": 5, "five": 3}), "kernels have changed places"),
    "threes": (build(sides={"five": 3}), "both kernels are 3x3"),
    "fives": (build(sides={"three": 5}), "both kernels are 5x5"),
    "large reductions": (
        build(sides={"reduce3": 3, "reduce5": 5}),
        "3x3 and 5x5 themselves",
    ),
    "large projection": (build(sides={"pool": 3}), "projection has a 3x3 kernel"),
    "naive": (
        branch_by_branch([[("one", 1)], [("three", 3)], [("five", 5)], [("pool", 1)]], LAST),
        "naive module: no 1x1",
    ),
    "behind": (
        branch_by_branch(
            [
                [("one", 1)],
                [("three", 3), ("reduce3", 1)],
                [("five", 5), ("reduce5", 1)],
                [("pool", 1)],
            ],
            LAST,
        ),
        "reductions stand behind the kernels",
    ),
    "no projection": (
        branch_by_branch(
            [[("one", 1)], [("reduce3", 1), ("three", 3)], [("reduce5", 1), ("five", 5)], []], LAST
        ),
        "pooled channels are not projected",
    ),
    "no pooling": (build(window=layers.Identity()), "nothing is pooled"),
    "overwritten": (build(overwritten=True), "does an assignment take its place"),
    "no ReLU": (build(bare=ALL), "no convolution is followed by a ReLU"),
    "ReLU at the end": (
        build(bare=ALL, end=layers.ReLU()),
        "where the branches are joined comes too late",
    ),
    "no ReLU behind the reductions": (
        build(bare=("reduce3", "reduce5")),
        "no ReLU follows the 1x1 convolutions in front of the kernels",
    ),
    "no ReLU behind one reduction": (
        build(bare=("reduce5",)),
        "no ReLU follows the 1x1 convolution in front of the 5x5",
    ),
    "no ReLU behind the projection": (build(bare=("pool",)), "no ReLU follows the projection"),
    "no ReLU behind the first": (build(bare=("one",)), "no ReLU follows the 1x1 branch"),
    "no biases": (build(conv={"use_bias": False}), "have no biases"),
    "pooling first": (build(order=(3, 0, 1, 2)), "joined in another order"),
    "kernels last": (build(order=(0, 3, 1, 2)), "joined in another order"),
    "five before three": (build(order=(0, 2, 1, 3)), "joined in another order"),
    "windows of two": (build(window=layers.MaxPooling2D(2, 1, "same")), "2x2 pixels"),
    "windows of five": (build(window=layers.MaxPooling2D(5, 1, "same")), "5x5 pixels"),
    "stride of the window": (
        build(window=layers.MaxPooling2D(3, padding="same")),
        "maps of different sizes.*strides=1",
    ),
    "stride of two": (build(window=layers.MaxPooling2D(3, 2, "same")), "maps of different sizes"),
    "unpadded": (build(conv={"padding": "valid"}), "maps of different sizes|stopped with"),
    "unpadded windows": (build(window=layers.MaxPooling2D(3, 1)), "different sizes|stopped with"),
    "stacked in height": (build(join=layers.Concatenate(axis=1)), "along the last axis"),
    "as in the paper": (
        lambda x, **w: course_module(x, Widths(**w), name="module"),
        "as in the paper. Here the projection stands in front",
    ),
    "leaky": (build(activation="leaky_relu"), "activation other than ReLU"),
    "gelu": (build(activation="gelu"), "activation other than ReLU"),
    "tanh": (build(activation="tanh"), "other values"),
    "batch normalization": (
        build(end=layers.BatchNormalization()),
        "other weights than asked for|batch normalization",
    ),
    "joined along no axis": (build(join=ops.concatenate), "equally high and wide.*axis=-1"),
    "added": (
        lambda x, **w: layers.add([layers.Conv2D(w["one"], k, padding="same")(x) for k in (1, 3)]),
        "channels",
    ),
    "a list": (lambda x, **_: [x, x], "expected the Keras tensor"),
    "stops": (lambda x, **_: x.branches, "stopped with AttributeError"),
    "nothing returned": (lambda x, **_: None, "return missing"),
}


# reduction_factor


def chain(naive=None, reduced=None, gives=None, end=None):
    """Return an answer with one thing changed.

    Args:
        naive: products of a naive module, from the channels it reads and the widths.
        reduced: of the other one.
        gives: channels that a module of either chain hands on, from what it reads, `channels` and
            the widths, and the chain's name.
        end: of the two lists of products.
    """

    def reduction_factor(channels, widths, modules):
        found = {"naive": [], "reduced": []}
        counts = {"naive": naive or naive_products, "reduced": reduced or reduced_products}
        for name, products in counts.items():
            reads = channels
            for _ in range(modules):
                found[name].append(products(reads, *widths))
                reads = (gives or handed_on)(name, reads, channels, widths)
        return (end or (lambda a, b: sum(a) / sum(b)))(*found.values())

    return reduction_factor


def naive_products(reads, one, reduce3, three, reduce5, five, pool):
    return reads * (one + 9 * three + 25 * five)


def reduced_products(reads, one, reduce3, three, reduce5, five, pool):
    narrow = reads * (one + reduce3 + reduce5 + pool)
    return narrow + 9 * reduce3 * three + 25 * reduce5 * five


def handed_on(name, reads, channels, widths):
    wide = widths[0] + widths[2] + widths[4]
    return wide + (reads if name == "naive" else widths[5])


def hands(**other):
    """Return what modules hand on, for one chain or both of another kind."""

    def gives(name, reads, channels, widths):
        wide = widths[0] + widths[2] + widths[4]
        if name in other:
            return other[name](wide, reads, channels, widths[5])
        return handed_on(name, reads, channels, widths)

    return gives


def one_more(channels, widths, modules):
    return right.factor_by_sums(channels, widths, modules + 1)


def flat_naive(reads, one, reduce3, three, reduce5, five, pool):
    return reads * (one + 3 * three + 5 * five)


def flat_reduced(reads, one, reduce3, three, reduce5, five, pool):
    return reads * (one + reduce3 + reduce5 + pool) + 3 * reduce3 * three + 5 * reduce5 * five


def six_joined(channels, widths, modules):
    def gives(name, reads, _, widths):
        return handed_on(name, reads, channels, widths) if name == "naive" else sum(widths)

    return chain(gives=gives)(channels, widths, modules)


def constant(wide, reads, channels, pool):
    return channels


FACTOR = {
    "turned round": (chain(end=lambda a, b: sum(b) / sum(a)), "reduced chain divided by"),
    "saved": (chain(end=lambda a, b: 1 - sum(b) / sum(a)), "share that is saved"),
    "more": (chain(end=lambda a, b: sum(a) / sum(b) - 1), "by how much there are more"),
    "first": (chain(end=lambda a, b: a[0] / b[0]), "every module reads `channels`|first module"),
    "last": (chain(end=lambda a, b: a[-1] / b[-1]), "last module alone"),
    "mean": (
        chain(end=lambda a, b: sum(x / y for x, y in zip(a, b, strict=True)) / len(a)),
        "mean of the modules' factors",
    ),
    "product": (
        chain(end=lambda a, b: prod(x / y for x, y in zip(a, b, strict=True))),
        "multiplies the modules' factors",
    ),
    "one module more": (one_more, "a module too many"),
    "the naive chain stays": (
        chain(gives=hands(naive=constant)),
        "every module reads `channels`",
    ),
    "the other chain stays": (
        chain(gives=hands(reduced=constant)),
        "reduced chain reads `channels` at each module",
    ),
    "projected": (
        chain(gives=hands(naive=lambda wide, reads, channels, pool: wide + pool)),
        "the pooling hands on all channels",
    ),
    "not joined": (
        chain(gives=hands(naive=lambda wide, reads, channels, pool: wide)),
        "pooled channels of a naive module are joined",
    ),
    "grows once": (
        chain(gives=hands(naive=lambda wide, reads, channels, pool: wide + channels)),
        "go on growing",
    ),
    "projection not joined": (
        chain(gives=hands(reduced=lambda wide, reads, channels, pool: wide)),
        "projected channels of a reduced module",
    ),
    "both grow": (
        chain(gives=hands(reduced=lambda wide, reads, channels, pool: wide + reads)),
        "hands on `pool` channels of its pooling",
    ),
    "naive projection": (
        chain(naive=lambda reads, *w: naive_products(reads, *w) + reads * w[5]),
        "naive module has no projection",
    ),
    "no projection": (
        chain(reduced=lambda reads, *w: reduced_products(reads, *w) - reads * w[5]),
        "projection behind the pooling is left out",
    ),
    "no reductions": (
        chain(reduced=lambda reads, *w: reduced_products(reads, *w) - reads * (w[1] + w[3])),
        "in front of the kernels are left out",
    ),
    "kernels alone": (
        chain(reduced=lambda reads, *w: reduced_products(reads, *w) - reads * (w[1] + w[3] + w[5])),
        "Reductions and projection are left out",
    ),
    "no 1x1 branch": (
        chain(reduced=lambda reads, *w: reduced_products(reads, *w) - reads * w[0]),
        "1x1 branch is left out",
    ),
    "four widths": (
        chain(
            reduced=lambda reads, *w: reduced_products(reads, w[0], w[5], w[2], w[5], w[4], w[5])
        ),
        "four widths: both reductions",
    ),
    "reductions swapped": (
        chain(
            reduced=lambda reads, *w: reduced_products(reads, w[0], w[3], w[2], w[1], w[4], w[5])
        ),
        "reductions have changed places",
    ),
    "all six joined": (six_joined, "reductions stay inside their branches"),
    "biases": (
        chain(
            naive=lambda reads, *w: naive_products(reads, *w) + w[0] + w[2] + w[4],
            reduced=lambda reads, *w: reduced_products(reads, *w) + sum(w),
        ),
        "Biases are added, not multiplied",
    ),
    "sides": (chain(flat_naive, flat_reduced), "k times k weights"),
    "a list": (chain(end=lambda a, b: [sum(a), sum(b)]), "expected a number"),
    "another number": (lambda **_: 3.171, "Expected"),
    "rounded": (chain(end=lambda a, b: round(sum(a) / sum(b))), "Expected"),
    "nothing returned": (lambda **_: None, "return missing"),
    "stops": (lambda widths, **_: widths.one, "stopped with AttributeError"),
}


# diagnosis

table = partial(differing, right.TABLE)
DIAGNOSIS = {
    "sound": (table(a=("nothing", "none")), "Something is wrong"),
    "suspicious": (table(d=("four widths", "kernels read too few")), "no width stands for another"),
    "harmless": (table(e=("no activation", "none")), "Something follows"),
    "the same shape": (table(f=("four widths", "nothing is saved")), "no width stands for"),
    "a word": (table(b="x overwritten"), "Expected a pair"),
    "another word": (table(c=("projection", "none")), "'projection' is not one of"),
    "turned around": (table(f=right.TABLE["f"][::-1]), "is not one of"),
}

WRONG = {
    "module_macs": MACS,
    "inception_module": MODULE,
    "reduction_factor": FACTOR,
    "diagnosis": DIAGNOSIS,
}


def padded(x, kind):
    """Pool a map with zeros around it."""
    return kind(3, 1)(ops.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]))


WRONG_OF_VARIANT = {
    ("inception_module", "mean"): {
        "zeros": (
            build("mean", window=partial(padded, kind=layers.AveragePooling2D)),
            "zeros around the map",
        ),
        "maximum": (build("mean", window=LAST), "projection stands behind a max pooling"),
        "mean behind": (
            build("front", window=layers.AveragePooling2D(3, 1, "same")),
            "other values",
        ),
    },
    ("inception_module", "shared"): {
        "zeros": (
            build("shared", window=partial(padded, kind=layers.MaxPooling2D)),
            "zeros around the map",
        ),
        "four widths": (
            build("shared", widths=lambda w: {"reduce3": w["pool"], "reduce5": w["pool"]}),
            "as in code that takes four widths",
        ),
    },
}


def course_inception(x, **widths):
    """Return the course's module."""
    return course_module(x, Widths(**widths), name="module")


OF_COURSE = {"inception_module": [course_inception]}
BETWEEN = {
    (
        "inception_module",
        "front",
        "mean",
    ): "in front of a max pooling. Here the pooling takes means",
    ("inception_module", "mean", "front"): "takes means, .* Here the projection stands in front",
    ("inception_module", "shared", "front"): "5x5 branch reads what .* Here the projection stands",
    ("inception_module", "front", "shared"): "in front of a max pooling. Here the 5x5 branch",
}
UNREAD = "neither reads the other"
EQUIVALENT = {  # where there are variants, patterns of the variant and the name
    "module_macs": {
        "order: `height, width = size` after `products = channels * project`": UNREAD,
    },
    "inception_module": {
        r"\w+ order: `conv = .*` after `kind = .*": UNREAD,
        r"\w+ order: `windows, project = .*` after `narrow = .*": UNREAD,
        r"(front|mean) order: `narrow = .*` after `source = .*": UNREAD,
        r"\w+ order: `far = .*` after `last = .*": UNREAD,
    },
    "reduction_factor": {
        "order: `one, reduce3, three, reduce5, five, pool = widths` after "
        "`thick, thin, naive, reduced = (channels, channels, 0, 0)`": UNREAD,
        "order: `naive += thick * (one + 9 * three + 25 * five)` after "
        "`reduced += thin * (one + reduce3 + reduce5 + pool)`": UNREAD,
        "order: `reduced += thin * (one + reduce3 + reduce5 + pool)` after "
        "`reduced += 9 * reduce3 * three + 25 * reduce5 * five`": "a sum has no order",
        "order: `reduced += 9 * reduce3 * three + 25 * reduce5 * five` after "
        "`thick, thin = (one + three + five + thick, one + three + five + pool)`": UNREAD,
    },
}
