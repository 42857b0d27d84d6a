"""How batch normalization runs in a net that is trained further, and a warning of its trap.

`fit` calls every layer in training mode.  There a batch normalization that is trainable takes mean
and variance of the batch and moves its running averages towards them; with `trainable=False` it
takes the averages and leaves them (a rule of Keras for this layer alone).  Freezing its gamma and
beta only, or none of it, lets a few small batches replace what a long training has learned.
"""

import warnings

import keras

from course_lib.graph import steps

FEW = 32  # images: statistics of smaller batches are noisy; Wu and He, 2018, figure 1


def batch_norms(model: keras.Model) -> dict[str, str]:
    """Return, by layer, what each batch normalization does while `fit` runs.

    Wu, He, "Group Normalization", ECCV 2018, https://arxiv.org/abs/1803.08494, measure the error
    that small batches cost.

    Args:
        model: a net with a graph; nets inside it are opened.

    Returns:
        "training", "inference", or "drifting": gamma and beta are frozen, but the layer is not,
        so its running averages move.

    Raises:
        ValueError: a net without a graph.
    """
    found = {}
    for step in steps(model):
        if isinstance(step.layer, keras.layers.BatchNormalization):
            found[step.name] = _mode(step.layer)
    return found


def warn_of_batch_norm(model: keras.Model, batch_size: int) -> None:
    """Warn where training would replace running averages by those of few images.

    Args:
        model: a net with a graph.
        batch_size: images an update.
    """
    modes = batch_norms(model)
    drifting = [name for name, mode in modes.items() if mode == "drifting"]
    if drifting:
        warnings.warn(
            f"{len(drifting)} batch normalizations, from {drifting[0]!r} on, have frozen weights "
            "but are trainable layers, so training moves their running averages; set "
            "layer.trainable = False, or call freeze",
            stacklevel=2,
        )
    training = [name for name, mode in modes.items() if mode == "training"]
    if training and batch_size < FEW:
        warnings.warn(
            f"{len(training)} batch normalizations, from {training[0]!r} on, would run in "
            f"training mode on batches of {batch_size} images and replace the statistics of the "
            f"trained net; use freeze(..., batch_norm='inference'), or batches of at least {FEW}",
            stacklevel=2,
        )


def _mode(layer) -> str:
    if not layer.trainable:
        return "inference"
    learned = [weight for weight in (layer.gamma, layer.beta) if weight is not None]
    return "drifting" if learned and not any(w.trainable for w in learned) else "training"
