"""Right answers to the questions of the efficientnet exercises, each built in another way."""

from functools import partial

import numpy as np
from keras import layers, ops
from scipy.optimize import brentq

from course_lib.checks.efficientnet_diagnosis import EFFECTS, FAULTS
from tests.checks.bank_pieces import by_table

# compound_coefficients


def coefficients_by_logarithms(phi, alpha, beta, growth):
    """Share the logarithm of the growth among the three."""
    deep, wide, whole = np.log([alpha, beta, growth])
    return np.exp(phi * np.array([deep, wide, (whole - deep - 2 * wide) / 2]))


def coefficients_step_by_step(phi, alpha, beta, growth):
    """Take what is left of the pixels, at the phi asked for."""
    depth, width = alpha**phi, beta**phi
    pixels = growth**phi / depth / width**2
    return depth, width, pixels**0.5


# scaled


def scaled_by_search(rows, width, depth, divisor, fixed):
    """Look for the channels among the multiples, and add blocks until there are enough."""
    found = []
    for number, (channels, repeats) in enumerate(rows):
        meant = channels * width
        multiples = [divisor * i for i in range(1, int(meant // divisor) + 3)]
        near = min(multiples, key=lambda one: (abs(one - meant), -one))
        if near < 0.9 * meant:
            near += divisor
        more = 0
        while more < depth * repeats:
            more += 1
        found.append([near, repeats if number in fixed else more])
    return found


def scaled_by_arrays(rows, width, depth, divisor, fixed):
    """Work on all rows at once."""
    channels, repeats = np.array(rows).T
    meant = width * channels
    wide = np.maximum(divisor, (meant + divisor / 2) // divisor * divisor)
    wide = np.where(wide < 0.9 * meant, wide + divisor, wide)
    more = -(-depth * repeats // 1)
    more[list(fixed)] = repeats[list(fixed)]
    return np.stack([wide, more], axis=1)


# mbconv


def norm(y):
    return layers.BatchNormalization(epsilon=1e-5)(y)


def swish(y):
    return y * ops.sigmoid(y)


def grouped(y, stride):
    """Filter each channel by a convolution in groups, with zeros of its own."""
    y = layers.ZeroPadding2D(1)(y)
    c = y.shape[-1]
    return layers.Conv2D(c, 3, stride, groups=c, use_bias=False)(y)


def gate_of_convolutions(y, units):
    z = ops.mean(y, axis=(1, 2), keepdims=True)
    z = swish(layers.Conv2D(units, 1)(z))
    return ops.multiply(y, ops.sigmoid(layers.Conv2D(y.shape[-1], 1)(z)))


def block_by_groups(x, channels, expansion, stride, share, form="front"):
    """Build it from dense layers, groups and 1x1 convolutions in the gate."""
    units = max(1, int(np.floor(share * x.shape[-1])))
    y, wide = x, expansion * x.shape[-1]
    if form == "fused":
        y = layers.ZeroPadding2D(1)(y)
        y = swish(norm(layers.Conv2D(wide, 3, stride, use_bias=False)(y)))
        y = gate_of_convolutions(y, units)
    else:
        if expansion > 1:
            y = swish(norm(layers.Dense(wide, use_bias=False)(y)))
        if form == "front":
            y = gate_of_convolutions(y, units)
        y = swish(norm(grouped(y, stride)))
    y = norm(layers.Dense(channels, use_bias=False)(y))
    if form == "narrow":
        y = gate_of_convolutions(y, units)
    return layers.Add()([y, x]) if stride == 1 and x.shape[-1] == channels else y


def gate_of_vectors(y, units):
    z = layers.GlobalAveragePooling2D()(y)
    z = layers.Dense(units, activation="swish")(z)
    z = layers.Dense(y.shape[-1], activation="sigmoid")(z)
    return y * layers.Reshape((1, 1, y.shape[-1]))(z)


def block_by_layers(x, channels, expansion, stride, share, form="front"):
    """Build it from layers with names; the shapes tell whether x fits."""

    def convolved(y, filters, side=1, step=1):
        y = layers.Conv2D(filters, side, strides=step, padding="same", use_bias=False)(y)
        return layers.BatchNormalization(momentum=0.9)(y)

    gated = partial(gate_of_vectors, units=int(share * x.shape[-1]) or 1)
    active = layers.Activation("silu")
    wide = expansion * x.shape[-1]
    if form == "fused":
        y = gated(active(convolved(x, wide, 3, stride)))
    else:
        y = x if wide == x.shape[-1] else active(convolved(x, wide))
        y = gated(y) if form == "front" else y
        y = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(y)
        y = active(layers.BatchNormalization()(y))
    y = convolved(y, channels)
    y = gated(y) if form == "narrow" else y
    return x + y if x.shape == y.shape else y


# solve_phi_for_budget


def phi_by_brent(budget, mixing, filtering, alpha, beta, gamma):
    """Let SciPy find where the cost meets the budget."""

    def missing(phi):
        depth, width, side = alpha**phi, beta**phi, gamma**phi
        return (mixing * width + filtering) * depth * width * side**2 - budget

    return brentq(missing, -40, 40)


def phi_by_newton(budget, mixing, filtering, alpha, beta, gamma):
    """Follow the slope of the logarithm of the cost."""
    slow = np.log(alpha) + np.log(beta) + 2 * np.log(gamma)
    rates, base = np.array([slow + np.log(beta), slow]), np.array([mixing, filtering])
    phi = 0.0
    for _ in range(60):
        parts = base * np.exp(rates * phi)
        phi -= np.log(parts.sum() / budget) / ((rates * parts).sum() / parts.sum())
    return phi


TABLE = {
    "a": ("rounds down", "as deep as B0"),
    "b": ("gate from the wide map", "six times the weights"),
    "c": ("depth and width exchanged", "more than twice"),
    "d": ("nothing", "none"),
    "e": ("drops values", "never gone"),
    "f": ("resolution once", "promises too little"),
}
OPTIONS = (FAULTS, EFFECTS)
RIGHT = {
    "compound_coefficients": [coefficients_by_logarithms, coefficients_step_by_step],
    "scaled": [scaled_by_search, scaled_by_arrays],
    "mbconv": [block_by_groups, block_by_layers],
    "solve_phi_for_budget": [phi_by_brent, phi_by_newton],
    "diagnosis": by_table(TABLE),
}
OF_VARIANT = {
    ("mbconv", form): (
        partial(block_by_groups, form=form),
        partial(block_by_layers, form=form),
    )
    for form in ("narrow", "fused")
}
