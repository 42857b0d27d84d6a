"""The trained LeNet of the lab `digit`: its stored weights, and its forward pass in NumPy."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np

from course_lib.widgets.lab import FOLDER

FILE = FOLDER / "digit.json"  # written by tools/digit_weights.py
SIDE = 32  # of the image that the net reads, pixels
FRAME = 2  # rows and columns of zeros around an image of MNIST, 28x28
# The layers with weights, and what LeCun et al. 1998, section II-B, call them
LAYERS = {
    "stage1_conv": "C1",
    "stage2_conv": "C3",
    "stage3_conv": "C5",
    "head_f6": "F6",
    "head_output": "output",
}


def read(path: Path = FILE) -> dict[str, Any]:
    """Return what tools/digit_weights.py has written: weights, their accuracy, ten test images."""
    return json.loads(path.read_text(encoding="utf-8"))


def encode(values: np.ndarray) -> str:
    """Write numbers, their bytes from the lowest to the highest, in the base64 of addresses.

    Its signs, - and _, neither look like a path nor cut the text into what looks like words.
    """
    little = values.astype(values.dtype.newbyteorder("<"))
    return base64.urlsafe_b64encode(little.tobytes()).decode()


def decode(text: str, kind: str) -> np.ndarray:
    """Read what `encode` has written.

    Args:
        text: the letters.
        kind: of the numbers: "int8", "uint8" or "float32".

    Returns:
        (N,), of that type.
    """
    stored = np.dtype(kind).newbyteorder("<")
    return np.frombuffer(base64.urlsafe_b64decode(text), stored).astype(kind)


def quantize(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Round weights to 8 bits, each output channel on a scale of its own.

    Args:
        weights: (..., outputs), float.

    Returns:
        (..., outputs), int8 from -127 to 127, and the scales, (outputs,), float32: an integer
        times its scale is the weight that it stands for.

    Raises:
        ValueError: weights that are not finite.
    """
    if not np.isfinite(weights).all():
        raise ValueError("weights hold NaN or infinity: the training diverged, lower its rate")
    largest = np.abs(weights).max(axis=tuple(range(weights.ndim - 1)))
    scales = (np.where(largest > 0, largest, 1.0) / 127).astype("float32")
    return np.rint(weights / scales).clip(-127, 127).astype("int8"), scales


def weights_of(layer: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return weights and biases of a stored layer, float32, as they are after quantization."""
    integers = decode(layer["weights"], "int8").reshape(layer["shape"])
    scaled = integers.astype("float32") * decode(layer["scales"], "float32")
    return scaled, decode(layer["biases"], "float32")


def image_of(example: dict[str, Any]) -> np.ndarray:
    """Return a stored image of the test split: (28, 28), float32 in [0, 1]."""
    inside = SIDE - 2 * FRAME
    return decode(example["pixels"], "uint8").reshape(inside, inside).astype("float32") / 255


def activations(net: dict[str, Any], image: np.ndarray) -> dict[str, np.ndarray]:
    """Run the net on one image and keep what every layer gives.

    Args:
        net: as `read` returns it.
        image: (28, 28), in [0, 1]; a frame of zeros is put around it.

    Returns:
        By the paper's names: "C1" (28, 28, 6), "S2" (14, 14, 6), "C3" (10, 10, 16), "S4" (5, 5,
        16), "C5" (120,), "F6" (84,), and "output" (10,), probabilities.
    """
    c1, c3, c5, f6, output = (weights_of(layer) for layer in net["layers"])
    maps = {"C1": _conv(np.pad(image, FRAME)[..., None], *c1)}
    maps["S2"] = _pool(maps["C1"])
    maps["C3"] = _conv(maps["S2"], *c3)
    maps["S4"] = _pool(maps["C3"])
    maps["C5"] = _conv(maps["S4"], *c5).ravel()
    maps["F6"] = np.maximum(maps["C5"] @ f6[0] + f6[1], 0.0)
    logits = maps["F6"] @ output[0] + output[1]
    shares = np.exp(logits - logits.max())
    return maps | {"output": shares / shares.sum()}


def _conv(maps: np.ndarray, weights: np.ndarray, biases: np.ndarray) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(maps, weights.shape[:2], axis=(0, 1))
    return np.maximum(np.einsum("ijckl,klcf->ijf", windows, weights) + biases, 0.0)


def _pool(maps: np.ndarray) -> np.ndarray:
    height, width, channels = maps.shape
    return maps.reshape(height // 2, 2, width // 2, 2, channels).max(axis=(1, 3))
