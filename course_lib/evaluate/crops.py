"""Answer for several views of each image and average: ten crops, flips, shifts.

Krizhevsky, Sutskever, Hinton, "ImageNet Classification with Deep Convolutional Neural Networks",
NeurIPS 2012, section 4.1: the softmax outputs for ten crops of an image are averaged.  Views help
where the net was trained on such views; a net that never saw a mirrored garment answers it worse.
"""

from collections.abc import Callable, Sequence

import numpy as np

from course_lib.evaluate.classify import BATCH, probabilities

View = Callable[[np.ndarray], np.ndarray]


def predict_crops(model, images: np.ndarray, crops: View) -> np.ndarray:
    """Average the probabilities over the crops of each image.

    Only the crops of a few images are held at a time, so memory does not grow with the split.

    Args:
        model: a Keras classifier that gives probabilities.
        images: (N, H, W, C), float32 in [0, 1].
        crops: takes (n, H, W, C) and returns (n, V, h, w, C): V crops of each image, of the size
            that the net takes.

    Returns:
        (N, classes), float32.

    Raises:
        ValueError: no images, or `crops` returns another number of images or axes.
    """
    _need_images(images)
    answers = []
    for start in range(0, len(images), BATCH):
        part = images[start : start + BATCH]
        views = np.asarray(crops(part))
        if views.ndim != 5 or len(views) != len(part) or views.shape[1] == 0:
            raise ValueError(
                f"crops must return (n, V, h, w, C) for n images, got shape {views.shape} for "
                f"{len(part)}; for functions that return one view each, use predict_views"
            )
        flat = probabilities(model, views.reshape(-1, *views.shape[2:]))
        answers.append(flat.reshape(*views.shape[:2], -1).mean(axis=1))
    return np.concatenate(answers)


def predict_views(model, images: np.ndarray, views: Sequence[View]) -> np.ndarray:
    """Average the probabilities over views of each image, which is known as test-time averaging.

    Args:
        model: a Keras classifier that gives probabilities.
        images: (N, H, W, C), float32 in [0, 1].
        views: each takes (N, H, W, C) and returns (N, h, w, C).  The image itself counts only
            where one of them returns it.

    Returns:
        (N, classes), float32.

    Raises:
        ValueError: no images or views, or a view returns another number of images.

    Example:
        >>> predict_views(model, images, [lambda x: x, lambda x: x[:, :, ::-1]])
    """
    _need_images(images)
    if not views:
        raise ValueError("at least one view is needed, got none")
    total = 0.0
    for number, view in enumerate(views):
        seen = np.asarray(view(images))
        if seen.ndim != 4 or len(seen) != len(images):
            raise ValueError(
                f"view {number} must return ({len(images)}, h, w, C), got shape {seen.shape}; "
                "for a function that returns many crops, use predict_crops"
            )
        total = total + probabilities(model, seen)
    return np.asarray(total / np.float32(len(views)))


def _need_images(images) -> None:
    if np.ndim(images) != 4 or not len(images):
        raise ValueError(f"images (N, H, W, C) are needed, got shape {np.shape(images)}")
