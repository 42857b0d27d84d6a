"""Run a frozen body once over all images and keep its features on disk."""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from course_lib.data import Split
from course_lib.graph import steps
from course_lib.nets.layers import check_choice
from course_lib.nets.pretrained import PretrainedNet, warn_of_range
from course_lib.train import jit
from course_lib.transfer.fingerprint import digest, fingerprint, sample
from course_lib.transfer.store import Store

DTYPES = ("float16", "float32")
AUGMENTATIONS = ("Random", "RandAugment", "AugMix", "CutMix", "MixUp")  # beginnings of classes
TOLERANCE = 1e-2  # of the largest feature; rounding moves it by far less, a draw by far more


def precompute(
    model: keras.Model,
    data: Any,
    path: str | os.PathLike,
    *,
    dtype: str = "float16",
    batch_size: int = 8,
    preprocessing: Callable[[np.ndarray], np.ndarray] | None = None,
) -> np.ndarray:
    """Return the features of images, from disk where they have been computed before.

    They lie in a folder named by a hash of weights, layers, preprocessing, images, `dtype`, Keras
    and backend, so a change of any gives other features.  A call that is killed is continued by
    the next; two processes may make the same call.  On a terminal, standard error shows the
    time left.

    Args:
        model: a body, such as the first part that `cut` returns, with one output; it is run in
            inference mode.
        data: (N, H, W, C), or a `Split`, or what has a length and gives arrays for slices, such
            as a memory map.
        path: a folder for features of any body and data; made where it does not exist.
        dtype: "float16" takes half the space and rounds to 11 bits, less than nets differ by;
            "float32" keeps all.
        batch_size: images at once; only speed, memory and the last digits depend on it.
        preprocessing: takes (n, H, W, C) and returns what the body takes, the same for an image
            each time.

    Returns:
        (N, ...), memory-mapped, read-only.

    Raises:
        ValueError: unknown `dtype`, a batch size below 1, no images, a body with several outputs
            or of no fixed shape, one that draws at random or whose features of an image depend on
            others, preprocessing that draws, features that are not finite, or that `dtype` cannot
            hold.
        OSError: the folder cannot be written, or holds a damaged file.

    Example:
        >>> body, tail = cut(new_head(mobilenet_v2(classes=None), 10))
        >>> features = precompute(body, data.train, "features")
        >>> train(lambda: tail, Split(features, data.train.labels), ...)
    """
    images = data.images if isinstance(data, Split) else data
    check_choice("dtype", dtype, DTYPES)
    if not isinstance(batch_size, int) or batch_size < 1:
        raise ValueError(f"batch_size must be an integer of at least 1, got {batch_size!r}")
    if not len(images):
        raise ValueError("at least one image is needed, got none")
    shape = _checked_shape(model)
    if preprocessing is not None:
        _refuse_draws(preprocessing, sample(images))
    parts = fingerprint(model, images, preprocessing, dtype)
    store = Store(Path(path) / digest(parts), (len(images), *shape), dtype, batch_size)
    if not store.is_finished():
        run = _Body(model, images, preprocessing, batch_size)
        run.check()
        store.fill(lambda start, stop: run(start, stop, dtype), _progress(len(images)))
        _describe(store.folder, {"model": model.name} | parts)
    return store.open()


class _Body:
    """A body on rows of images, always in batches of one size, so that it is compiled once."""

    def __init__(self, model, images, preprocessing, batch_size):
        self.images = images
        self.preprocessing = preprocessing or (lambda x: x)
        self.batch_size = batch_size
        self.warns = isinstance(model, PretrainedNet)
        # A net of its own, so that the caller's stays as it was compiled
        self.model = keras.Model(model.inputs[0], model.outputs[0])
        self.model.compile(jit_compile=jit())

    def __call__(self, start: int, stop: int, dtype: str) -> np.ndarray:
        batches = [
            self.run(self.read(i, min(i + self.batch_size, stop)))
            for i in range(start, stop, self.batch_size)
        ]
        rows = np.concatenate(batches)
        _check_finite(rows, start)
        with np.errstate(over="ignore"):  # told below
            kept = rows.astype(dtype)
        if not np.isfinite(kept).all():
            raise ValueError(
                f"features of images {start} to {stop - 1} reach {np.abs(rows).max():g}, which "
                f"{dtype} cannot hold; use dtype='float32'"
            )
        return kept

    def read(self, start: int, stop: int) -> np.ndarray:
        rows = np.array(self.images[start:stop])  # a copy: preprocessing may work in place
        return np.asarray(self.preprocessing(rows), "float32")

    def run(self, images: np.ndarray) -> np.ndarray:
        missing = max(0, self.batch_size - len(images))
        full = np.concatenate([images, np.repeat(images[-1:], missing, axis=0)])
        return np.asarray(self.model.predict_on_batch(full))[: len(images)]

    def check(self) -> None:
        """Refuse a body that gives an image other features the next time, or in other company."""
        images = self.read(0, self.batch_size)
        if self.warns:
            warn_of_range(images)
        pair = np.concatenate([images, images[:1]])[: max(2, self.batch_size)]
        others = np.concatenate([pair[:1], 1.0 - pair[1:]])
        first, again, company = (self.run(x)[0] for x in (pair, pair, others))
        _check_finite(first[None], 0)  # NaN equals nothing, and would be taken for a draw
        near = TOLERANCE * float(np.abs(first).max())
        if not np.allclose(first, again, rtol=0.0, atol=near):
            raise ValueError(
                "the body gives an image other features each time: a layer draws at random in "
                "inference mode, too; take it out of the body"
            )
        if not np.allclose(first, company, rtol=0.0, atol=near):
            raise ValueError(
                "the features of an image depend on the others in its batch: a layer uses "
                "statistics of the batch in inference mode, too; take it out of the body"
            )


def _check_finite(rows: np.ndarray, start: int) -> None:
    bad = np.flatnonzero(~np.isfinite(rows).all(axis=tuple(range(1, rows.ndim))))
    if len(bad):
        raise ValueError(
            f"features of image {start + bad[0]} hold NaN or infinity, the first that do; look "
            "for it in the image, in what preprocessing makes of it and in the weights"
        )


def _checked_shape(model: keras.Model) -> tuple[int, ...]:
    """Return the shape of the features of one image."""
    for step in steps(model):
        if type(step.layer).__name__.startswith(AUGMENTATIONS):
            raise ValueError(
                f"{step.name!r} augments at random, and stored features would hold one fixed draw "
                "(in inference mode none at all); take it out of the body, and store features of "
                "several changed copies of the images, or train without stored features"
            )
    shapes = [tuple(tensor.shape[1:]) for tensor in model.outputs]
    if len(model.inputs) != 1 or len(shapes) != 1 or None in shapes[0]:
        raise ValueError(
            f"one input and one output of a fixed shape are needed, {model.name!r} has "
            f"{len(model.inputs)} and gives {shapes}; name the sides of its input"
        )
    return shapes[0]


def _refuse_draws(preprocessing, images) -> None:
    once, twice = (np.asarray(preprocessing(images.copy())) for _ in range(2))
    if len(once) != len(images) or not np.array_equal(once, twice, equal_nan=True):
        raise ValueError(
            f"preprocessing must give as many images, and the same each time, got {len(once)} for "
            f"{len(images)}; augment without stored features"
        )


def _describe(folder: Path, parts: dict[str, Any]) -> None:
    """Say in a file what features lie beside it, for people who wonder."""
    partial = folder / f"about.{os.getpid()}.part"
    partial.write_text(json.dumps(parts, indent=1), encoding="utf-8")
    os.replace(partial, folder / "about.json")


def _progress(total: int) -> Callable[[int, int], None]:
    """Return what writes the state of a call over one line of a terminal."""
    began = time.monotonic()

    def report(done: int, computed: int) -> None:
        if not sys.stderr.isatty():
            return
        left = (time.monotonic() - began) / computed * (total - done) if computed else 0.0
        line = f"features: {done:,} of {total:,} images, {left:.0f} s left"
        print(f"\r{line:<60}", end="\n" if done == total else "", file=sys.stderr, flush=True)

    return report
