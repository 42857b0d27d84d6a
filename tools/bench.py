"""Time our nets against their twins in keras.applications: build, inference, training step.

    python tools/bench.py                 one pair a family, on the backend of KERAS_BACKEND
    python tools/bench.py --all           every pair
    python tools/bench.py resnet50        the pairs named

Both nets of a pair live in one process and are timed in turn, so that whatever slows the machine
down slows both.  Printed is the median of ours over the median of theirs, with a 95 % interval
from a bootstrap over the rounds; below 1.00 ours is faster.
"""

import argparse
import gc
import os
import platform
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import metadata
from typing import Any

import keras
import numpy as np

from twins import FAMILIES, TWINS, pair

SMALL, BATCH = 96, 32  # pixels and images of inference
STEP = 2  # images of a training step; what takes long is to compile it
LEAST, MOST = 5, 25  # rounds of a job
SECONDS, SECONDS_OF_ALL = 5.0, 2.0  # when to stop between the two; less where every pair is timed
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
    began = time.perf_counter()
    names = options.nets or (TWINS if options.all else FAMILIES)
    seconds = SECONDS_OF_ALL if options.all else SECONDS
    print(versions())
    print(f"{'net':16}{'work':20}{'ours':>10}{'theirs':>10}   ratio, 95 % interval")
    for name in names:
        for work, (ours, theirs) in jobs(name).items():
            print(line(name, work, *in_turn(ours, theirs, seconds)), flush=True)
        _forget()
    print(f"{(time.perf_counter() - began) / 60:.0f} minutes")
    return 0


def jobs(name: str) -> dict[str, Timed]:
    """Return what is timed for a pair, by name; compiling happens here."""
    native = tuple(map(_compiled, pair(name)))
    small = tuple(map(_compiled, pair(name, side=SMALL, classes=10)))
    one, many = (_images(models[0], n) for models, n in ((native, 1), (small, BATCH)))
    few, labels = many[:STEP], np.arange(STEP)
    return {
        "build": (partial(pair, name, only="ours"), partial(pair, name, only="theirs")),
        "native, batch 1": _each(native, lambda model: model.predict_on_batch(one)),
        f"{SMALL} px, batch {BATCH}": _each(small, lambda model: model.predict_on_batch(many)),
        f"step of {STEP}": _each(small, lambda model: model.train_on_batch(few, labels)),
    }


def in_turn(ours, theirs, seconds: float = SECONDS) -> tuple[np.ndarray, np.ndarray]:
    """Time two functions in rounds, the first of a round changing; after one call unmeasured.

    There are `MOST` rounds, or fewer where `seconds` are over, but at least `LEAST`.
    """
    with ThreadPoolExecutor(2) as pool:  # both compile at once, on a core each
        for call in [pool.submit(work) for work in (ours, theirs)]:
            call.result()
    rounds: list[tuple[float, float]] = []
    while len(rounds) < LEAST or (len(rounds) < MOST and np.sum(rounds) < seconds):
        if len(rounds) % 2:
            first, second = _seconds(ours), _seconds(theirs)
            rounds.append((first, second))
        else:
            first, second = _seconds(theirs), _seconds(ours)
            rounds.append((second, first))
    ours_took, theirs_took = np.transpose(rounds)
    return ours_took, theirs_took


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


def _forget() -> None:
    """Free the nets of a pair, and what was compiled for them."""
    keras.utils.clear_session()
    if keras.backend.backend() == "jax":
        import jax

        jax.clear_caches()
    gc.collect()


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


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
