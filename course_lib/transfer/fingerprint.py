"""What features depend on, as a hash: weights, layers, preprocessing, data, and who computes.

Names of layers do not count, since Keras numbers those without a name anew in each session; nor
does anything that acts in training alone.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

ROWS = 256  # images that are read at once
SAMPLE = 16  # images, evenly spread, whose preprocessed values count
UNUSED = {"build_config", "compile_config", "name", "registered_name", "seed", "trainable"}
UNUSED_ENDINGS = ("_initializer", "_regularizer", "_constraint")


def fingerprint(
    model: keras.Model, images: Any, preprocessing: Callable | None, dtype: str
) -> dict[str, Any]:
    """Return what features of a model depend on, each part by its SHA-256 or its name.

    All images are read.  A function has no reliable hash, so preprocessing counts by what it
    makes of 16 images, evenly spread over the data.

    Args:
        model: the body, with a graph.
        images: (N, H, W, C), or what has a length and gives such arrays for slices.
        preprocessing: takes and returns images; `None` for none.
        dtype: in which features are stored.

    Returns:
        Values that JSON can hold.
    """
    return {
        "weights": _hash(_arrays(model.weights)),
        "layers": hashlib.sha256(_layers(model).encode()).hexdigest(),
        "images": _hash(images[i : i + ROWS] for i in range(0, len(images), ROWS)),
        "preprocessing": None if preprocessing is None else _hash([preprocessing(sample(images))]),
        "rows": len(images),
        "dtype": dtype,
        "keras": keras.__version__,
        "backend": keras.backend.backend(),
    }


def digest(parts: dict[str, Any]) -> str:
    """Return the first 16 hexadecimal digits of a SHA-256 over all parts."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def sample(images: Any) -> np.ndarray:
    """Return up to 16 images, evenly spread, in their order."""
    rows = np.unique(np.linspace(0, len(images) - 1, SAMPLE).round().astype(int))
    return np.concatenate([np.asarray(images[i : i + 1]) for i in rows.tolist()])


def _arrays(weights):
    return (keras.ops.convert_to_numpy(weight) for weight in weights)


def _hash(arrays) -> str:
    found = hashlib.sha256()
    for array in map(np.ascontiguousarray, arrays):
        found.update(f"{array.dtype} {array.shape[1:]}".encode())
        found.update(array.data)
    return found.hexdigest()


def _layers(model: keras.Model) -> str:
    """Return the configuration of a net, layers named by their order in it."""
    config = json.loads(model.to_json())
    names: dict[str, str] = {}

    def collect(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(name := node.get("name"), str):
                names.setdefault(name, f"#{len(names)}")
            node = list(node.values())
        if isinstance(node, list):
            for item in node:
                collect(item)

    def bare(node: Any) -> Any:
        if isinstance(node, dict):
            kept = {k: v for k, v in node.items() if k not in UNUSED}
            return {k: bare(v) for k, v in kept.items() if not k.endswith(UNUSED_ENDINGS)}
        if isinstance(node, list):
            return [bare(item) for item in node]
        return names.get(node, node) if isinstance(node, str) else node

    collect(config)
    return json.dumps(bare(config), sort_keys=True)
