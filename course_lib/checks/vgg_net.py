"""Check of the question of the vgg exercises that asks for a net of stages.

The reference is written for `course_lib.checks.agreement`: plain numpy, weights from `take`, and a
`fault` that changes one thing.  What a cohort is asked for, the `variant`, is an order of `ORDERS`.
"""

from functools import partial
from itertools import permutations

from course_lib.checks.agreement import judge_model
from course_lib.checks.cases import case
from course_lib.checks.plain import ACTIVATIONS, convolve, pool, relu
from course_lib.checks.variants import chosen
from course_lib.checks.verdict import fresh_cases, passed

# The steps of a stage.  A ReLU follows each convolution; whether the maximum of a window is taken
# before the ReLU or behind it is all the same.
ORDERS = {
    "end": ("wide", "mix", "pool"),
    "front": ("mix", "wide", "pool"),
    "pooled": ("pool", "wide", "mix"),
}
WORDS = {
    "wide": "the 3x3 convolutions",
    "mix": "the 1x1 convolution",
    "pool": "the pooling",
}
POOLS = {  # side, step, what a window gives, padding
    "mean windows": (2, 2, "mean", "valid"),
    "large windows": (3, 2, "max", "valid"),
    "large padded windows": (3, 2, "max", "same"),
    "padded windows": (2, 2, "max", "same"),
    "a window a pixel": (2, 1, "max", "valid"),
}
# One value in many is beyond 6 where nothing sets the scale: such a ReLU is not found.
RELATIVES = {name: act for name, act in ACTIVATIONS.items() if name != "relu6"}
# With these so many kernels have one shape that three stages are too many; fewer show them, too.
ALIKE = ("one wide more", "mix between", "first width")

TEXTS: dict[str | None, str] = {  # of faults that are faults in every order
    None: "other values: look at the order of the steps within a stage, at what follows each "
    "convolution, and at the windows of the pooling",
    "no mix": "the 1x1 convolution is missing. Each stage has one",
    "no wide": "the 3x3 convolutions are missing",
    "no pool": "the pooling is missing. Each stage has one",
    "mix in the last stage": "the last stage alone has a 1x1 convolution. Here each stage has one",
    "no pool in the last stage": "the last stage has no pooling. Here each stage has one",
    "pool in the last stage": "there is one pooling in all. Here each stage has one",
    "one wide": "each stage has one 3x3 convolution. A stage says how many it has",
    "one wide more": "each stage has a 3x3 convolution too many. The 1x1 convolution comes in "
    "addition to those that a stage counts",
    "one wide fewer": "each stage has a 3x3 convolution too few. The 1x1 convolution comes in "
    "addition to those that a stage counts",
    "mix between": "a 1x1 convolution stands between the 3x3 convolutions of a stage, too. Here "
    "each stage has one in all",
    "doubled": "each stage has twice the filters of the one before. Its own number is in `stages`; "
    "in the paper, too, the last stage has no more than the one before",
    "first width": "all stages have the filters of the first",
    "mix of 3": "the 1x1 convolution has 3x3 kernels",
    "no relu": "the ReLUs are missing",
    "no relu wide": "no ReLU follows the 3x3 convolutions",
    "no relu mix": "no ReLU follows the 1x1 convolution. With one it adds a non-linearity, which "
    "is what it is for",
    "relu once": "one ReLU follows all 3x3 convolutions of a stage. Each has its own: without it, "
    "a stack of convolutions is one convolution",
    "no bias": "the convolutions have no biases. The paper's have",
    "unpadded": "the 3x3 convolutions are not padded; here they keep the size of the map",
    "strided": "a stride of 2 is in the place of the pooling. Here the convolutions have stride 1",
    "mean windows": "it averages the windows; the task asks for their maximum",
    "large windows": "the windows have 3x3 pixels, as AlexNet's. Here they have 2x2",
    "large padded windows": "the windows have 3x3 pixels and are padded. Here they have 2x2",
    "padded windows": "the pooling is padded. Here a window that does not fit is left out",
    "a window a pixel": "the windows are one pixel apart; they should be two apart",
}
CASES = (  # kind of case, and the stages: convolutions and filters of each
    ("one stage", ((2, 6),)),
    ("two stages", ((1, 4), (2, 7))),
    ("a width that repeats", ((1, 5), (1, 8), (1, 8))),
)


def small_vgg(answer, variant="end") -> None:
    """Judge `small_vgg(x, stages)`."""
    chosen(ORDERS, variant)
    rng = fresh_cases()
    for kind, stages in CASES:
        channels = int(rng.integers(2, 4))
        with case(kind):
            judge_model(
                answer,
                partial(net, variant=variant),
                shape=(19, 17, channels),
                arguments={"stages": stages},
                faults=faults(variant),
                rng=rng,
            )
    passed("small_vgg", "Each stage in its order, and as wide as it says.")


def net(x, take, _training, fault, *, stages, variant="end"):
    """Apply the stages, in the order of a variant.

    Args:
        x: array.
        take: of the weights.
        _training: nothing depends on the mode.
        fault: None or one of `faults`.
        stages: convolutions and filters of each.
        variant: one of `ORDERS`.
    """
    fault = fault or ""
    if fault in ALIKE and len(stages) > 2:
        raise ValueError("more assignments of weights than can be tried")
    order = tuple(fault.split(", ")) if ", " in fault else ORDERS[variant]
    for number, (convolutions, width) in enumerate(stages):
        last = number == len(stages) - 1
        others = {"doubled": stages[0][1] * 2**number, "first width": stages[0][1]}
        filters = others.get(fault, width)
        for step in order:
            if _left_out(fault, step, last):
                continue
            if step == "pool":
                x = pool(x, *POOLS.get(fault, (2, 2, "max", "valid")))
            elif step == "mix":
                x = _convolution(x, take, filters, fault, 3 if fault == "mix of 3" else 1)
            else:
                x = _wide(x, take, filters, fault, convolutions)
    return x


def _left_out(fault, step, last) -> bool:
    if fault == "strided":
        return step == "pool"
    if fault == f"{step} in the last stage":
        return not last
    return fault == f"no {step}" or (last and fault == f"no {step} in the last stage")


def _wide(x, take, filters, fault, convolutions):
    more = {"one wide more": 1, "one wide fewer": -1}.get(fault, 0)
    total = 1 if fault == "one wide" else convolutions + more
    for number in range(total):
        silent = fault == "relu once" and number < total - 1
        stride = 2 if fault == "strided" and number == total - 1 else 1
        x = _convolution(x, take, filters, "no relu" if silent else fault, 3, stride)
        if fault == "mix between" and number < total - 1:
            x = _convolution(x, take, filters, fault, 1)
    return x


def _convolution(x, take, filters, fault, side, stride=1):
    kernel = take.kernel((side, side, x.shape[3], filters))
    x = convolve(x, kernel, stride, "valid" if fault == "unpadded" else "same")
    if fault != "no bias":
        x = x + take.vector(filters)
    if fault in ("no relu", "no relu wide" if side == 3 else "no relu mix"):
        return x
    return RELATIVES.get(fault, relu)(x)


def faults(variant: str) -> dict:
    """Return the faults of a net, and what the reader hears of each."""
    own = ORDERS[variant]
    found = dict(TEXTS)
    for order in permutations(sorted(own)):
        if order != own:
            found[", ".join(order)] = (
                f"within a stage the order is {_spelled(order)}. Here it is {_spelled(own)}"
            )
    for name in RELATIVES:
        found[name] = "an activation other than ReLU follows the convolutions"
    return found


def _spelled(order) -> str:
    return ", then ".join(WORDS[step] for step in order)
