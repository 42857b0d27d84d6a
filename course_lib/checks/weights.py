"""Random weights for a reader's model, and the roles in which its layers use them."""

from collections import defaultdict
from collections.abc import Iterator

import keras
import numpy as np

ROLES = {"gamma": 0, "beta": 1, "moving_mean": 2, "moving_variance": 3}
PARTS = ("scale", "offset", "moving mean", "moving variance")
DRAWS = ("glorot_uniform", "glorot_normal", "he_uniform", "he_normal")


class Undrawn(keras.initializers.Initializer):
    """Starts weights at 0.5, which no rule below takes for a part of a normalization."""

    def __call__(self, shape, dtype=None, **_):
        return keras.ops.convert_to_tensor(np.full(shape, 0.5, "float32"), dtype)


def undrawn():
    """Return a context in which layers start without random draws.

    `randomize` replaces the weights, and JAX would compile a draw for each new shape: seconds.
    """
    return keras.utils.custom_object_scope(dict.fromkeys(DRAWS, Undrawn))


def randomize(model: keras.Model, rng, scales=(1.0,)) -> Iterator[tuple[list, float]]:
    """Give the weights of a model random values, once for each scale.

    A weight that training does not change and that is no moving statistic (a mask, a fixed
    filter) keeps its value: it is part of what the model computes.

    Args:
        model: its variables are assigned.
        rng: generator of the values.
        scales: of the values between layers; 1 is taken where nothing normalizes.

    Yields:
        For each scale the units, pairs (role, arrays) always in the same order, and the scale
        that images should have.  Roles are "kernel" (rows, columns, in, out; a dense layer is
        1x1), "norm" (scale, offset, mean, variance), "vector", or "normalization without ..." for
        one that lacks a part.
    """
    norms, others = _sort(model)
    for wanted in scales:
        scale = wanted if norms else 1.0
        units = []
        for variable in others:
            value = _draw(variable.name, tuple(variable.shape), rng, scale)
            variable.assign(value)
            units.append(_unit(variable.name, value))
        units += [_normalization(parts, rng, scale) for parts in norms]
        yield units, scale


def _normalization(parts, rng, scale):
    arrays = [np.ones, np.zeros, np.zeros, np.ones]
    lacking = [PARTS[i] for i in range(4) if i not in parts]
    for i, variable in parts.items():
        value = _draw(tuple(ROLES)[i], tuple(variable.shape), rng, scale)
        variable.assign(value)
        arrays[i] = value
    size = next(iter(parts.values())).shape[0]
    role = f"normalization without {' and '.join(lacking)}" if lacking else "norm"
    return role, tuple(a(size) if callable(a) else a for a in arrays)


def _sort(model):
    """Return the parts of each normalization, and the other weights that training changes."""
    places = defaultdict(list)
    for variable in model.variables:
        if "seed_generator" not in variable.path:
            places[variable.path.rpartition("/")[0]].append(variable)
    norms, others = [], []
    for members in places.values():
        found = [(v, _role(v)) for v in members]
        is_norm = any(v.name in ROLES or not v.trainable for v, role in found if role is not None)
        parts: dict = defaultdict(list)
        for variable, role in found:
            if is_norm and role is not None:
                parts[role].append(variable)
            elif variable.trainable:
                others.append(variable)
        for i in range(max(map(len, parts.values()), default=0)):  # a layer may hold several
            norms.append({role: same[i] for role, same in sorted(parts.items()) if i < len(same)})
    return norms, others


def _role(variable):
    """Tell the part of a normalization by its name, or in a layer written by hand by its start."""
    if len(variable.shape) != 1:
        return None
    if variable.name in ROLES:
        return ROLES[variable.name]
    start = variable.numpy()
    first = 0 if variable.trainable else 2
    if not start.any():
        return 1 if variable.trainable else 2
    return first + (first > 0) if (start == 1).all() else None


def _unit(name, value):
    if value.ndim > 1 and ("kernel" in name or max(value.shape) != value.size):
        return "kernel", (value.reshape((1,) * (4 - value.ndim) + value.shape),)
    return "vector", (value.ravel(),)


def _draw(name, shape, rng, scale):
    if name == "gamma":
        value = scale * rng.uniform(0.5, 1.5, shape)
    elif name == "moving_variance":
        value = scale**2 * rng.uniform(0.5, 1.5, shape)
    elif len(shape) > 1 and ("kernel" in name or max(shape) != np.prod(shape)):
        value = rng.normal(size=shape) / np.sqrt(np.prod(shape[:-1]))
    else:
        value = scale * rng.uniform(-0.5, 0.5, shape)  # no ReLU stays shut for all images
    return value.astype("float32")
