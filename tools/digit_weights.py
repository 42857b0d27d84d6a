"""Train the LeNet of the lab `digit` and write its weights: course_lib/widgets/digit.json.

    python tools/digit_weights.py           train, quantize, measure and write the file
    python tools/digit_weights.py --check   measure the stored net again, train nothing

The net is the modern LeNet-5 of the course: ReLU and max pooling.  It learns from the 3,000
training images of `course_lib.data.digits`, moved a little at random, so that it also reads digits
that are drawn with a mouse; no setting was chosen by the test images, which are used once.  Weights
are rounded to 8 bits, each output channel on a scale of its own.  The same seed and versions give
the same file.  `--check` prints a line for each difference and exits 1 if there was one.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from course_lib.batches import Batches
from course_lib.data import Dataset, Split, digits, pad_to
from course_lib.data.augment import Affine
from course_lib.evaluate import accuracy
from course_lib.experiments.engine import write_whole
from course_lib.nets.lenet import lenet5
from course_lib.train import Recipe, fit
from course_lib.widgets import digit_net

COMMAND = "python tools/digit_weights.py"
SEED = 1998
STEPS = 3_600  # 60 rounds through the images
BATCH_SIZE = 50
LEARNING_RATE = 0.002  # of Adam; not tuned
MOVES = Affine(degrees=10.0, shear=10.0, shift=0.08, zoom=1.15)


def build() -> keras.Model:
    """Build the net: 32x32 grey images to ten probabilities."""
    return lenet5(activation="relu", pooling="max")


def padded(split: Split) -> Split:
    """Return a split whose images have the frame of zeros that the net asks for."""
    return Split(pad_to(split.images, digit_net.SIDE), split.labels)


def train(split: Split, *, steps: int, batch_size: int = BATCH_SIZE) -> keras.Model:
    """Train the net on randomly moved images.

    Args:
        split: images (N, 28, 28, 1) with labels.
        steps: number of updates.
        batch_size: images an update.

    Returns:
        The trained net.
    """
    batches = Batches(padded(split), batch_size=batch_size, seed=SEED, augment=MOVES)
    keras.utils.set_random_seed(SEED)
    recipe = Recipe("adam")
    return fit(build(), batches, learning_rate=LEARNING_RATE, steps=steps, recipe=recipe).model


def stored_layers(model: keras.Model) -> list[dict[str, Any]]:
    """Quantize the layers that have weights, in the order of the net."""
    found = []
    for name in digit_net.LAYERS:
        weights, biases = (np.asarray(value) for value in model.get_layer(name).get_weights())
        integers, scales = digit_net.quantize(weights)
        numbers = {"weights": integers, "scales": scales, "biases": biases.astype("float32")}
        encoded = {key: digit_net.encode(value) for key, value in numbers.items()}
        found.append({"name": name, "shape": list(weights.shape), **encoded})
    return found


def shapes_hash(layers: Iterable[tuple[str, Iterable[int]]]) -> str:
    """Hash names and shapes of layers: the SHA-256 of their JSON."""
    text = json.dumps([[name, [int(size) for size in shape]] for name, shape in layers])
    return hashlib.sha256(text.encode()).hexdigest()


def restored(layers: Iterable[dict[str, Any]]) -> keras.Model:
    """Build the net with the weights that quantization has left.

    Raises:
        ValueError: a layer has another shape than the net's.
    """
    model = build()
    for layer in layers:
        model.get_layer(layer["name"]).set_weights(digit_net.weights_of(layer))
    return model


def examples(split: Split) -> list[dict[str, Any]]:
    """Return the first image of each digit, with its row in the split.

    Raises:
        ValueError: a digit has no image.
    """
    missing = sorted(set(range(10)) - set(split.labels.tolist()))
    if missing:
        raise ValueError(
            f"an image of each digit is needed, got none of {missing} among {len(split)}; take more"
        )
    rows = [int(np.flatnonzero(split.labels == digit)[0]) for digit in range(10)]
    pixels = [np.rint(split.images[row] * 255).astype("uint8") for row in rows]
    return [
        {"label": digit, "row": row, "pixels": digit_net.encode(image)}
        for digit, (row, image) in enumerate(zip(rows, pixels, strict=True))
    ]


def content(data: Dataset, *, steps: int = STEPS, batch_size: int = BATCH_SIZE) -> dict[str, Any]:
    """Train, quantize and measure the net.

    Args:
        data: what it learns from and is measured on.
        steps: number of updates.
        batch_size: images an update.

    Returns:
        What the file holds.
    """
    model = train(data.train, steps=steps, batch_size=batch_size)
    layers = stored_layers(model)
    test = padded(data.test)
    return {
        "command": COMMAND,
        "net": 'lenet5(activation="relu", pooling="max")',
        "versions": {"keras": keras.__version__, "backend": keras.backend.backend()},
        "seed": SEED,
        "steps": steps,
        "batch_size": batch_size,
        "train_images": len(data.train),
        "test_images": len(data.test),
        "test_accuracy_before": round(accuracy(model, test), 6),
        "test_accuracy": round(accuracy(restored(layers), test), 6),
        "shapes_sha256": shapes_hash((layer["name"], layer["shape"]) for layer in layers),
        "layers": layers,
        "examples": examples(data.test),
    }


def text(stored: dict[str, Any]) -> str:
    """Write the content as JSON, a line for each layer and each image."""
    lists = {
        key: "[\n" + ",\n".join(f"  {json.dumps(item)}" for item in stored[key]) + "\n ]"
        for key in ("layers", "examples")
    }
    lines = [
        f" {json.dumps(key)}: {lists.get(key) or json.dumps(value)}"
        for key, value in stored.items()
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def differences(data: Dataset, path: Path = digit_net.FILE) -> list[str]:
    """Measure the stored net and say where the file is not what it says.

    Args:
        data: whose test images the file's accuracy and examples are of.
        path: the file.

    Raises:
        FileNotFoundError: there is no file.
    """
    written = path.read_text(encoding="utf-8")
    stored = json.loads(written)
    hashes = {
        "stored layers": shapes_hash((one["name"], one["shape"]) for one in stored["layers"]),
        "lenet5": shapes_hash((n, build().get_layer(n).kernel.shape) for n in digit_net.LAYERS),
    }
    found = [
        f"shapes_sha256: {path.name} has {stored['shapes_sha256']}, the shapes of the {what} "
        f"give {digest}"
        for what, digest in hashes.items()
        if digest != stored["shapes_sha256"]
    ]
    if not found:
        measured = round(accuracy(restored(stored["layers"]), padded(data.test)), 6)
        if measured != stored["test_accuracy"]:
            found.append(
                f"test_accuracy: {path.name} has {stored['test_accuracy']}, the stored net "
                f"reaches {measured}"
            )
    if stored["examples"] != examples(data.test):
        found.append(f"examples: not the first image of each digit in {data.source}")
    if written != text(stored):
        found.append(f"{path.name}: not as this tool writes it")
    return found


def main(words: list[str], path: Path = digit_net.FILE) -> int:
    """Write the file, or check it; return 1 if it differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="measure what is stored, train not")
    options = parser.parse_args(words)
    if not options.check:
        write_whole(path, text(content(digits())))
        return 0
    found = differences(digits(), path)
    if found:
        print("\n".join([*found, f"run: {COMMAND}"]), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
