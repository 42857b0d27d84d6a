"""Time the ways to train the small nets of the experiments, beside that of `course_lib.train`.

    python tools/bench_training.py            on the backend of KERAS_BACKEND

Measured is how many images a second all processes of a way train on together, after their first
updates, which compile.  Printed is each way, and what it does beside the engine's: one call of
`train_on_batch` an update, in as many processes of one thread as there are cores.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

BATCH, WARM, UPDATES = 64, 10, 60
CORES = os.cpu_count() or 1
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3"}


@dataclass(frozen=True)
class Way:
    """How to train: how many processes at once, their threads, and what Keras is told."""

    call: str = "train_on_batch"
    threads: int = 1
    processes: int = CORES
    compiled: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    batch: int = BATCH


ENGINE = "engine"
WAYS = {
    ENGINE: Way(),
    "fit": Way("fit"),
    "fit, 10 updates a call": Way("fit", compiled={"steps_per_execution": 10}),
    "tf.data": Way("tf.data"),
    "XLA": Way(compiled={"jit_compile": True}),
    "one process, all threads": Way(threads=CORES, processes=1),
    "without oneDNN": Way(environment={"TF_ENABLE_ONEDNN_OPTS": "0"}),
    "batches of 16": Way(batch=16),
    "batches of 256": Way(batch=256),
}
NETS = ("lenet", "residual", "separable")


def build(net: str):
    """Return a net of the experiments, by one of `NETS`."""
    from course_lib.experiments import mobilenet
    from course_lib.nets import lenet5, resnet_cifar

    if net == "lenet":
        return lenet5(activation="relu", pooling="max")
    if net == "residual":
        return resnet_cifar(20, input_shape=(14, 14, 1), widths=(8, 16, 32))
    return mobilenet.build(mobilenet.ARMS["separable"])


def work(way: Way, net: str, updates: int = UPDATES, warm: int = WARM) -> float:
    """Train a net on noise; return seconds an update."""
    import keras
    import numpy as np

    from course_lib.train import jit

    model = build(net)
    draw = np.random.default_rng(0)
    images = draw.random((updates * way.batch, *model.input_shape[1:]), dtype="float32")
    labels = draw.integers(0, 10, len(images))
    settings = {"jit_compile": jit()} | dict(way.compiled)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], **settings)

    def train(count: int) -> None:
        rows = slice(0, count * way.batch)
        if way.call == "train_on_batch":
            for i in range(count):
                part = slice(i * way.batch, (i + 1) * way.batch)
                model.train_on_batch(images[part], labels[part])
        elif way.call == "fit":
            model.fit(images[rows], labels[rows], batch_size=way.batch, shuffle=False, verbose=0)
        else:
            import tensorflow as tf

            data = tf.data.Dataset.from_tensor_slices((images[rows], labels[rows]))
            model.fit(data.batch(way.batch).prefetch(2), shuffle=False, verbose=0)

    keras.utils.set_random_seed(0)
    train(warm)
    start = time.perf_counter()
    train(updates)
    return (time.perf_counter() - start) / updates


def images_per_second(name: str, net: str) -> float | None:
    """Run a way in processes of its own, at once; None where the backend cannot do it."""
    from course_lib.experiments.workers import ONE_THREAD

    way = WAYS[name]
    free = {key: str(way.threads) for key, value in ONE_THREAD.items() if value == "1"}
    threads = ONE_THREAD if way.threads == 1 else ONE_THREAD | free | {"XLA_FLAGS": ""}
    environment = {**os.environ, **threads, **QUIET, **way.environment}
    command = [sys.executable, __file__, "--worker", name, net]
    running = [
        subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(way.processes)
    ]
    outputs = [process.communicate() for process in running]
    if any(process.returncode for process in running):
        return None
    return sum(way.batch / float(out.split()[-1]) for out, _ in outputs)


def line(name: str, speeds: Mapping[str, float | None], engine: Mapping[str, float | None]) -> str:
    """Return the speeds of a way, in images a second and as a share of the engine's."""
    cells = []
    for net, speed in speeds.items():
        own = engine[net]
        if speed is None or own is None:
            cells.append(f"{'-':>10} {'':5}")
        else:
            cells.append(f"{speed:10,.0f} {speed / own:5.2f}")
    return f"{name:26}" + "".join(cells)


def main(arguments: list[str] | None = None) -> int:
    """Print one line for each way; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worker", nargs=2, metavar=("WAY", "NET"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.worker:
        name, net = options.worker
        print(work(WAYS[name], net))
        return 0
    print(f"{'images/s, by the engine':26}" + "".join(f"{net:>10} {'':5}" for net in NETS))
    engine: dict[str, float | None] = {}
    for name in WAYS:
        speeds = {net: images_per_second(name, net) for net in NETS}
        engine = engine or speeds
        print(line(name, speeds, engine), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
