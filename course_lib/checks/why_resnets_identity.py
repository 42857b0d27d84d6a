"""Check of the question of the why_resnets exercises that asks when a block is the identity."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from course_lib.checks.cases import case
from course_lib.checks.verdict import WrongAnswer, call, fresh_cases, passed, spell

NAMES = ("kernel", "bias", "gamma", "beta", "lowest", "relu")
WEIGHTS = (-3, -2, -1, 1, 2, 3)  # none is 0
ZEROS, SCALES, CONSTANTS, BELOW = (
    "all weights at 0 or all but one",
    "a scale gamma of 0",
    "constants that cancel",
    "inputs below 0",
)
Arguments = dict[str, Any]


def is_identity(answer) -> None:
    """Judge `is_identity(kernel, bias, gamma, beta, lowest, relu)`."""
    rng = fresh_cases()
    for kind, arguments in (*_zeros(rng), *_scales(rng), *_constants(rng), *_below(rng)):
        with case(kind):
            expect_truth(answer, arguments)
    passed(
        "is_identity", "The branch adds 0 to every channel, and no ReLU cuts what it is added to."
    )


def expect_truth(answer, arguments: Arguments) -> None:
    """Compare True or False.

    Raises:
        WrongAnswer: something else, or the wrong one of them, with the reason.
    """
    value = call(answer, arguments)
    found = f"{spell(answer, arguments)} returned {value!r}."
    if not isinstance(value, bool | np.bool_):
        raise WrongAnswer(f"{found} Expected True or False.")
    right, why = verdict(arguments)
    if bool(value) != right:
        raise WrongAnswer(f"{found} {why}")


def verdict(arguments: Arguments) -> tuple[bool, str]:
    """Return whether a block is the identity, and why."""
    kernel, bias, gamma, beta = (np.array(arguments[name]) for name in NAMES[:4])
    lowest, relu = arguments["lowest"], arguments["relu"]
    reached = (gamma * kernel).any(axis=0)
    added = beta + bias * gamma  # whatever comes in
    if reached.any():
        return False, (
            f"Channel {np.argmax(reached)}: gamma is not 0 and the kernel has a weight that is not "
            "0. So what the branch adds depends on what comes in."
        )
    if added.any():
        at = np.argmax(added != 0)
        return False, (
            f"Channel {at}: whatever comes in, the branch adds gamma * bias + beta = "
            f"{added[at]:g}. It adds nothing only where that is 0, too."
        )
    if relu and lowest < 0:
        return False, (
            "The branch adds 0. But x may be below 0, and the ReLU behind the addition cuts that."
        )
    return True, _why_identity(kernel, bias, gamma, beta, lowest, relu)


def _why_identity(kernel, bias, gamma, beta, lowest, relu) -> str:
    if lowest < 0:
        return "The branch adds 0, and no ReLU stands behind the addition: values below 0 pass."
    if kernel.any():
        return (
            "Where gamma is 0, nothing of the convolution gets through, whatever kernel and bias "
            "are."
        )
    if bias.any() and beta.any():
        return "In each channel gamma * bias and beta cancel, and the kernel is 0: 0 is added."
    if bias.any():
        return "Where gamma is 0, the bias does not get through, and the kernel is 0."
    return (
        "The branch adds 0, and x has no value below 0 that a ReLU could cut. 0 itself passes a "
        "ReLU as it is."
    )


def _weights(rng, *shape) -> list:
    return rng.choice(WEIGHTS, shape).tolist()


def _block(rng, **changed) -> Arguments:
    """Return a block whose weights are 0 but for gamma, which is an identity, with changes."""
    inner, outer = 3, 2
    block: Arguments = {
        "kernel": np.zeros((inner, outer), int).tolist(),
        "bias": [0] * outer,
        "gamma": _weights(rng, outer),
        "beta": [0] * outer,
        "lowest": 0,
        "relu": True,
    }
    return block | changed


def _one(rng, *shape) -> list:
    """Return zeros but for one weight."""
    found = np.zeros(shape, int)
    found.flat[rng.integers(found.size)] = rng.choice(WEIGHTS)
    return found.tolist()


def _zeros(rng) -> Iterator[tuple[str, Arguments]]:
    yield ZEROS, _block(rng)
    for relu in (True, False):
        yield ZEROS, _block(rng, relu=relu, bias=_one(rng, 2))
        yield ZEROS, _block(rng, relu=relu, beta=_one(rng, 2))
        yield ZEROS, _block(rng, relu=relu, kernel=_one(rng, 3, 2))
    yield ZEROS, _block(rng, gamma=[0, 0])
    # small scales, so that a quotient in the place of a product is found
    yield ZEROS, _block(rng, gamma=[1, 1], kernel=[[3, 0], [0, 0], [0, 0]])
    yield ZEROS, _block(rng, gamma=[1, 1], bias=[0, 3])


def _scales(rng) -> Iterator[tuple[str, Arguments]]:
    kernel, bias = _weights(rng, 3, 2), _weights(rng, 2)
    yield SCALES, _block(rng, kernel=kernel, bias=bias, gamma=[0, 0])
    yield SCALES, _block(rng, kernel=kernel, bias=bias, gamma=[0, 0], beta=_one(rng, 2))
    yield SCALES, _block(rng, kernel=kernel, bias=bias, gamma=_one(rng, 2))
    yield SCALES, _block(rng, bias=bias, gamma=[0, 0])
    yield SCALES, _block(rng, bias=bias, gamma=_one(rng, 2))
    kernel = [[row[0], 0] for row in kernel]  # of channel 0 alone
    for gamma in ([0, 2], [2, 0]):
        yield SCALES, _block(rng, kernel=kernel, bias=[bias[0], 0], gamma=gamma)


def _constants(rng) -> Iterator[tuple[str, Arguments]]:
    bias, gamma = _weights(rng, 2), _weights(rng, 2)
    beta = [-one * other for one, other in zip(bias, gamma, strict=True)]
    yield CONSTANTS, _block(rng, bias=bias, gamma=gamma, beta=beta)
    yield CONSTANTS, _block(rng, bias=bias, gamma=gamma, beta=[beta[0], beta[1] + 1])
    yield CONSTANTS, _block(rng, bias=bias, gamma=gamma, beta=[-one for one in beta])
    yield CONSTANTS, _block(rng, bias=bias, gamma=gamma, beta=beta[::-1], kernel=_one(rng, 3, 2))
    yield CONSTANTS, _block(rng, bias=bias, gamma=gamma, beta=beta, kernel=_one(rng, 3, 2))
    # what the two channels add makes 0 together and not for each
    yield CONSTANTS, _block(rng, bias=[1, -1], gamma=[2, 2])


def _below(rng) -> Iterator[tuple[str, Arguments]]:
    low = -float(rng.integers(1, 9)) / 2
    for lowest, relu in ((low, True), (-0.5, True), (low, False), (0, True), (-low, True)):
        yield BELOW, _block(rng, lowest=lowest, relu=relu)
    yield BELOW, _block(rng, lowest=low, relu=False, bias=_one(rng, 2))
    yield BELOW, _block(rng, lowest=-low, relu=True, kernel=_weights(rng, 3, 2))
