"""Time our augmentations against Keras' layers, torchvision.transforms.v2 and albumentations.

    python tools/bench_augment.py                 every operation, on the backend of KERAS_BACKEND
    python tools/bench_augment.py mirror crop     the operations named

Measured is what one core makes in a second of 224x224 RGB images, float32 in [0, 1]: from a batch
to a changed batch in one array, drawing included.  All libraries that are installed take turns in
one process, so that whatever slows the machine down slows all; a library that is not installed is
named as such.  Printed are medians, and ours over theirs: above 1.00 ours is faster.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module, metadata
from statistics import median
from typing import Any

import numpy as np

SIDE, BATCH, ROUNDS = 224, 16, 7
OTHERS = ("keras", "torchvision", "albumentations")
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "NO_ALBUMENTATIONS_UPDATE": "1",  # it asks the network whether it is the newest
}
OPERATIONS = (
    *("mirror", "crop", "resized crop", "rotation", "shear", "elastic", "color shift"),
    *("PCA color", "cutout", "erasing", "mixup", "cutmix", "RandAugment"),
)
Job = Callable[[], Any]


def main(arguments: list[str] | None = None) -> int:
    """Print one line for each operation; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("operations", nargs="*", metavar="OPERATION", help=", ".join(OPERATIONS))
    options = parser.parse_args(arguments)
    unknown = [name for name in options.operations if name not in OPERATIONS]
    if unknown:
        parser.error(f"no operation {unknown[0]!r}; there are {', '.join(OPERATIONS)}")
    print(versions())
    print(f"{'images/s':14}{'ours':>8}" + "".join(f"{name:>24}" for name in OTHERS))
    # TensorFlow comes last: loaded before PyTorch, the two end the process over their LLVM.
    columns = {name: others(name) for name in reversed(OTHERS)} | {"ours": ours()}
    for name in options.operations or OPERATIONS:
        jobs = {library: made[name] for library, made in columns.items() if name in made}
        print(line(name, rates(jobs, ROUNDS)), flush=True)
    return 0


def batch(side: int = SIDE, count: int = BATCH) -> tuple[np.ndarray, np.ndarray]:
    """Return random images, (count, side, side, 3), and labels, (count,), of 10 classes."""
    draw = np.random.default_rng(0)
    return draw.random((count, side, side, 3), dtype="float32"), np.arange(count) % 10


def ours(side: int = SIDE, count: int = BATCH) -> dict[str, Job]:
    """Return our jobs by operation; the settings are those of the other libraries' jobs."""
    from course_lib.data import augment as own

    images, labels = batch(side, count)
    generator = np.random.default_rng(1)
    made = (
        *(own.Mirror(), own.RandomCrop(side * 6 // 7), own.RandomResizedCrop(side)),
        *(own.Affine(degrees=15), own.Affine(shear=10), own.Elastic(50, 5), own.ColorShift(0.2)),
        *(own.PCAColor.fit(images), own.Cutout(side // 4), own.RandomErasing(1.0)),
        *(own.MixUp(10), own.CutMix(10), own.RandAugment()),
    )
    jobs = [partial(augment, images, labels, generator) for augment in made]
    return dict(zip(OPERATIONS, jobs, strict=True))


def others(library: str, side: int = SIDE, count: int = BATCH) -> dict[str, Job]:
    """Return the jobs that a library can do, by operation; none where it is not installed."""
    try:
        import_module(library)
    except ImportError:
        return {}
    return {"keras": _keras, "torchvision": _torchvision, "albumentations": _albumentations}[
        library
    ](*batch(side, count))


def rates(jobs: dict[str, Job], rounds: int, count: int = BATCH) -> dict[str, float]:
    """Return images a second for each library, in turn; each call follows one not measured.

    Without that, the first to follow a library whose threads still spin, or which has emptied the
    cache, would pay for it.
    """
    seconds: dict[str, list[float]] = {library: [] for library in jobs}
    for i in range(rounds):
        for library in sorted(jobs, reverse=bool(i % 2)):
            jobs[library]()
            began = time.perf_counter()
            jobs[library]()
            seconds[library].append(time.perf_counter() - began)
    return {library: count / median(times) for library, times in seconds.items()}


def line(name: str, found: dict[str, float]) -> str:
    """Return one row of the table: rates, and ours over each of the others."""
    cells = [
        f"{found[other]:15.0f}  x{found['ours'] / found[other]:6.2f}"
        if other in found
        else f"{'-':>24}"
        for other in OTHERS
    ]
    return f"{name:14}{found['ours']:8.0f}" + "".join(cells)


def versions() -> str:
    """Return one line about the software and the machine."""
    names: Iterable[str] = ("numpy", *OTHERS, os.environ.get("KERAS_BACKEND", "tensorflow"))
    parts = []
    for name in names:
        try:
            parts.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            parts.append(f"{name} not installed")
    return f"{', '.join(parts)}, Python {platform.python_version()}, one core"


def _keras(images: np.ndarray, labels: np.ndarray) -> dict[str, Job]:
    from keras import layers, ops

    side, fill = images.shape[1], {"fill_mode": "constant"}
    unit = {"value_range": (0, 1)}
    shares = np.eye(10, dtype="float32")[labels]
    made = {
        "mirror": layers.RandomFlip("horizontal"),
        "crop": layers.RandomCrop(side * 6 // 7, side * 6 // 7),
        "rotation": layers.RandomRotation(15 / 360, **fill),
        "shear": layers.RandomShear(np.tan(np.radians(10)).item(), 0.0, **fill),
        "elastic": layers.RandomElasticTransform(**unit, **fill),
        "color shift": layers.RandomBrightness(0.2, **unit),
        "erasing": layers.RandomErasing(1.0, **unit),
        "RandAugment": layers.RandAugment(**unit),
    }
    mixing = {"mixup": layers.MixUp(0.2), "cutmix": layers.CutMix()}

    def run(layer):
        return ops.convert_to_numpy(layer(images, training=True))

    def mix(layer):
        return ops.convert_to_numpy(
            layer({"images": images, "labels": shares}, training=True)["images"]
        )

    return _each(run, made) | _each(mix, mixing)


def _torchvision(images: np.ndarray, labels: np.ndarray) -> dict[str, Job]:
    torch: Any = import_module("torch")
    v2: Any = import_module("torchvision.transforms.v2")
    side, smooth = images.shape[1], {"interpolation": v2.InterpolationMode.BILINEAR}
    tensors = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()
    classes = torch.from_numpy(labels)
    made = {
        "mirror": v2.RandomHorizontalFlip(),
        "crop": v2.RandomCrop(side * 6 // 7),
        "resized crop": v2.RandomResizedCrop(side, **smooth),
        "rotation": v2.RandomRotation(15, **smooth),
        "shear": v2.RandomAffine(0, shear=10, **smooth),
        "elastic": v2.ElasticTransform(50.0, 5.0),
        "color shift": v2.ColorJitter(brightness=0.2),
        "erasing": v2.RandomErasing(1.0, value="random"),
        "RandAugment": v2.RandAugment(**smooth),
    }
    mixing = {"mixup": v2.MixUp(alpha=0.2, num_classes=10), "cutmix": v2.CutMix(num_classes=10)}

    def run(change):
        return torch.stack([change(image) for image in tensors])

    return _each(run, made) | _each(lambda change: change(tensors, classes), mixing)


def _albumentations(images: np.ndarray, labels: np.ndarray) -> dict[str, Job]:
    a: Any = import_module("albumentations")
    side = images.shape[1]
    made = {
        "mirror": a.HorizontalFlip(p=0.5),
        "crop": a.RandomCrop(side * 6 // 7, side * 6 // 7),
        "resized crop": a.RandomResizedCrop((side, side)),
        "rotation": a.Rotate(15, p=1),
        "shear": a.Affine(shear=(-10, 10), p=1),
        "elastic": a.ElasticTransform(50, 5, p=1),
        "color shift": a.RGBShift(0.2, 0.2, 0.2, p=1),
        "PCA color": a.FancyPCA(p=1),
        "cutout": a.CoarseDropout((1, 1), (side // 4,) * 2, (side // 4,) * 2, p=1),
        "erasing": a.Erasing(fill="random", p=1),
    }

    def run(change):
        return np.stack([change(image=image)["image"] for image in images])

    return _each(run, made)


def _each(run: Callable[[Any], object], made: dict[str, Any]) -> dict[str, Job]:
    return {name: partial(run, change) for name, change in made.items()}


if __name__ == "__main__":
    if os.environ.get("OMP_NUM_THREADS") != "1":  # to be set before the libraries are loaded
        command = [sys.executable, *sys.argv]
        sys.exit(subprocess.run(command, env=os.environ | ONE_THREAD, check=False).returncode)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    sys.exit(main())
