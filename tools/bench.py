"""Time our nets against their twins in keras.applications: build, inference, training step.

    python tools/bench.py                 one pair a family, on the backend of KERAS_BACKEND
    python tools/bench.py --all           every pair
    python tools/bench.py resnet50        the pairs named

Both nets of a pair live in one process and are timed in turn, so that whatever slows the machine
down slows both.  Printed is the median of ours over the median of theirs, with a 95 % interval
from a bootstrap over the rounds; below 1.00 ours is faster.
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import metadata
from typing import Any

import keras
import numpy as np

from twins import FAMILIES, TWINS, pair

SMALL = 96  # pixels, of the images in a batch
BATCH = 32
ROUNDS = {"build": 5, "native, batch 1": 25, f"{SMALL} px, batch {BATCH}": 9, "training step": 5}
RESAMPLES = 2000
Timed = tuple[Callable[[], object], Callable[[], object]]  # ours, theirs


def main(arguments: list[str] | None = None) -> int:
    """Print one line for each pair and kind of work; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("nets", nargs="*", metavar="NET", help=", ".join(TWINS))
    parser.add_argument("--all", action="store_true", help="every pair, not one a family")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.nets if name not in TWINS]
    if unknown:
        parser.error(f"no pair {unknown[0]!r}; the pairs are {', '.join(TWINS)}")
    names = options.nets or (TWINS if options.all else FAMILIES)
    print(versions())
    print(f"{'net':16}{'work':20}{'ours':>10}{'theirs':>10}   ratio, 95 % interval")
    for name in names:
        for work, (ours, theirs) in jobs(name).items():
            print(line(name, work, *in_turn(ours, theirs, ROUNDS[work])), flush=True)
        keras.utils.clear_session()
    return 0


def jobs(name: str) -> dict[str, Timed]:
    """Return what is timed for a pair, by name; compiling happens here."""
    native = tuple(map(_compiled, pair(name)))
    small = tuple(map(_compiled, pair(name, side=SMALL, classes=10)))
    one, many = (_images(models[0], n) for models, n in ((native, 1), (small, BATCH)))
    labels: np.ndarray = np.resize(np.arange(10), BATCH)
    return {
        "build": (partial(pair, name, only="ours"), partial(pair, name, only="theirs")),
        "native, batch 1": _each(native, lambda model: model.predict_on_batch(one)),
        f"{SMALL} px, batch {BATCH}": _each(small, lambda model: model.predict_on_batch(many)),
        "training step": _each(small, lambda model: model.train_on_batch(many, labels)),
    }


def in_turn(ours, theirs, rounds: int) -> tuple[np.ndarray, np.ndarray]:
    """Time two functions `rounds` times, the first of a round changing; after one unmeasured."""
    seconds = np.empty((rounds + 1, 2))
    for i in range(rounds + 1):
        for which in (0, 1) if i % 2 else (1, 0):
            began = time.perf_counter()
            (ours, theirs)[which]()
            seconds[i, which] = time.perf_counter() - began
    return seconds[1:, 0], seconds[1:, 1]


def interval(ours: np.ndarray, theirs: np.ndarray) -> tuple[float, float, float]:
    """Return the ratio of medians and the ends of its 95 % interval, rounds drawn in pairs."""
    rows = np.random.default_rng(0).integers(len(ours), size=(RESAMPLES, len(ours)))
    ratios = np.median(ours[rows], axis=1) / np.median(theirs[rows], axis=1)
    low, high = np.quantile(ratios, (0.025, 0.975))
    return float(np.median(ours) / np.median(theirs)), float(low), float(high)


def line(name: str, work: str, ours: np.ndarray, theirs: np.ndarray) -> str:
    """Return one row of the table."""
    ratio, low, high = interval(ours, theirs)
    slower = "  slower" if low > 1 else ""
    return (
        f"{name:16}{work:20}{1e3 * np.median(ours):7.0f} ms{1e3 * np.median(theirs):7.0f} ms"
        f"   {ratio:.2f} [{low:.2f}, {high:.2f}]{slower}"
    )


def versions() -> str:
    """Return one line about the software and the machine."""
    backend = keras.backend.backend()
    return (
        f"Keras {keras.__version__} on {backend} {metadata.version(backend)}, "
        f"Python {platform.python_version()}, {os.cpu_count()} cores"
    )


def _compiled(model):
    # On a CPU, XLA makes TensorFlow's convolutions slower; JAX has nothing else.
    jit = "auto" if keras.backend.backend() != "tensorflow" else False
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=jit)
    return model


def _images(model, count: int) -> np.ndarray:
    shape = (count, *model.input_shape[1:])
    return np.random.default_rng(1).uniform(size=shape).astype("float32")


def _each(models, work: Callable[[Any], object]) -> Timed:
    ours, theirs = models
    return partial(work, ours), partial(work, theirs)


if __name__ == "__main__":
    sys.exit(main())
