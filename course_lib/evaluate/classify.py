"""Run a classifier in inference mode and count its wrong answers."""

import numpy as np

from course_lib.data import Split

BATCH = 500  # images at once; only speed and memory depend on it
OFF_ONE = 1e-3  # how far from 1 probabilities of an image may sum; float16 stays within it


def probabilities(model, images: np.ndarray) -> np.ndarray:
    """Run a net in inference mode.

    Args:
        model: a Keras classifier that gives probabilities.
        images: (B, H, W, C), float32 in [0, 1].

    Returns:
        (B, classes), float32.  A net whose training diverged answers NaN.

    Raises:
        ValueError: no images.
    """
    if not len(images):
        raise ValueError("at least one image is needed, got none")
    return np.asarray(model.predict(images, batch_size=BATCH, verbose=0))


def error(model, split: Split) -> float:
    """Return the share of images, 0 to 1, whose likeliest class is wrong, in inference mode.

    NaN among the probabilities of an image, as from a net whose training diverged, is a wrong
    answer: none of its classes is the likeliest.

    Raises:
        ValueError: no images.
    """
    answers = probabilities(model, split.images)
    lost = np.isnan(answers).any(axis=-1)  # argmax takes NaN for the largest
    return float(np.mean((answers.argmax(axis=-1) != split.labels) | lost))


def accuracy(model, split: Split) -> float:
    """Return the share of images, 0 to 1, whose likeliest class is right, in inference mode.

    See `error`, of which it is the rest to 1.
    """
    return 1.0 - error(model, split)


def checked_scores(scores, labels) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and labels as arrays.

    Args:
        scores: (N, classes), a number for each class: probabilities or logits.
        labels: (N,), integers from 0 to classes - 1.

    Returns:
        (N, classes), float64, and (N,), integers.

    Raises:
        ValueError: other shapes, no image, a score that is not finite, or a label that is not an
            index of a class.
    """
    scores, labels = np.asarray(scores, "float64"), np.asarray(labels)
    if scores.ndim != 2 or labels.shape != scores.shape[:1] or not len(labels):
        raise ValueError(
            "one row of scores (N, classes) and one label (N,) an image are needed, got shapes "
            f"{scores.shape} and {labels.shape}"
        )
    if not np.isfinite(scores).all():
        raise ValueError("scores must be finite, got NaN or infinity; look at the net's outputs")
    integers = np.issubdtype(labels.dtype, np.integer)
    if not integers or labels.min() < 0 or labels.max() >= scores.shape[1]:
        raise ValueError(
            f"labels must be integers from 0 to {scores.shape[1] - 1}, got {labels.dtype} from "
            f"{labels.min()} to {labels.max()}; take argmax(axis=1) of one-hot labels"
        )
    return scores, labels


def checked_probabilities(given) -> np.ndarray:
    """Return probabilities, (..., classes), as float64; rows that do not sum to 1 are refused.

    Raises:
        ValueError: values below 0, or a sum over the classes that is not 1.
    """
    given = np.asarray(given, "float64")
    if given.ndim < 1 or not given.size:
        raise ValueError(f"probabilities (N, classes) are needed, got shape {given.shape}")
    worst = float(np.abs(given.sum(axis=-1) - 1.0).max())
    if not worst <= OFF_ONE or given.min() < 0.0:
        raise ValueError(
            "probabilities must not be negative and sum to 1 over the classes, got values from "
            f"{given.min():g} and a sum that is {worst:g} off; "
            "scipy.special.softmax(logits, axis=-1) makes probabilities of logits"
        )
    return given
