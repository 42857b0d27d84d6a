"""Write what the lab `walk` shows of a few nets, stop by stop: course_lib/widgets/walk.json.

    python tools/walk_data.py            compute the nets and write the file
    python tools/walk_data.py --check    compute them and compare only

A stop is a layer, block or module that changes its map or has weights; what only pads, normalizes,
drops or lays out belongs to a stop beside it.  All numbers are computed by course_lib from the
nets themselves.  `--check` prints a line per difference and exits 1 if there was one.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import keras
from keras import layers as kl

from course_lib.cost import LayerCost, cost
from course_lib.depth import depth
from course_lib.nets import NETS, without_values
from course_lib.receptive_field import receptive_field

FILE = Path(__file__).resolve().parents[1] / "course_lib" / "widgets" / "walk.json"
# By the publication that the net follows, as its module names it.
NAMES = {
    "googlenet": "GoogLeNet (Szegedy et al. 2015, table 1)",
    "alexnet": "AlexNet, in one piece (Krizhevsky et al. 2012, section 3.5)",
    "vgg16": "VGG-16 (Simonyan & Zisserman 2015, table 1)",
    "resnet50": "ResNet-50 (He et al. 2016, table 1)",
}
AHEAD = ("ZeroPadding2D", "Flatten")  # belong to the stop that they prepare
BEHIND = (  # belong to the stop whose values they change
    *("Activation", "BatchNormalization", "Dropout"),
    *("LocalResponseNormalization", "ReLU", "Softmax"),
)
TIMES = "\N{MULTIPLICATION SIGN}"


def stops(model: keras.Model) -> list[list[Any]]:
    """Return what the lab shows of each stop of a net.

    Args:
        model: its layers are named by part and block, such as `stage1_3a_1x1_conv`.

    Returns:
        For each stop: its name, what it is, its shape, trainable weights, multiply-adds, the
        layers with weights on the longest way to it, and the side of its receptive field in
        pixels, `None` where it sees the whole image.
    """
    return [_stop(model, name, rows) for name, rows in _groups(cost(model).layers)]


def _groups(rows: Iterable[LayerCost]) -> list[tuple[str, list[LayerCost]]]:
    found: list[tuple[str, list[LayerCost]]] = []
    waiting: list[LayerCost] = []  # what prepares the next stop
    for row in rows:
        name = "_".join(row.name.split("_")[:2])
        if found and found[-1][0] == name:
            found[-1][1].extend([*waiting, row])
        elif row.kind in AHEAD or (waiting and row.kind in BEHIND):
            waiting.append(row)
            continue
        elif row.kind in BEHIND:
            found[-1][1].append(row)
        else:
            found.append((name, [*waiting, row]))
        waiting = []
    return found


def _stop(model: keras.Model, name: str, rows: Sequence[LayerCost]) -> list[Any]:
    last = rows[-1]
    ahead = keras.Model(model.input, model.get_layer(last.name).output)
    try:
        field = receptive_field(model, last.name).size
    except ValueError:  # it sees the whole image
        field = None
    return [
        name,
        _words([model.get_layer(row.name) for row in rows]),
        list(last.shape),
        sum(row.trainable for row in rows),
        sum(row.macs for row in rows),
        depth(ahead),
        field,
    ]


def _words(layers: Sequence[keras.layers.Layer]) -> str:
    """Say what a stop is made of."""
    convs = [layer for layer in layers if isinstance(layer, kl.Conv2D)]
    pools = [layer for layer in layers if isinstance(layer, kl.MaxPooling2D)]
    if convs and pools:  # side by side: a pooling in a row is a stop of its own
        return f"{len(convs)} convolutions and a max pooling, joined"
    if len(convs) > 1:
        return f"convolutions {', '.join(_side(layer.kernel_size) for layer in convs)}"
    for layer in layers:
        match layer:
            case kl.Conv2D():
                words = f"{_side(layer.kernel_size)} convolution, {layer.filters} filters"
                return words + _stride(layer)
            case kl.MaxPooling2D():
                return f"{_side(layer.pool_size)} max pooling" + _stride(layer)
            case kl.Dense():
                return f"dense layer, {layer.units} units"
            case kl.GlobalAveragePooling2D():
                return "mean of each map"
    return "the image"


def _side(sides: Sequence[int]) -> str:
    return TIMES.join(map(str, sides))


def _stride(layer: Any) -> str:
    return f", stride {layer.strides[0]}" if layer.strides[0] > 1 else ""


def nets() -> dict[str, list[list[Any]]]:
    """Compute the stops of all nets of the lab."""
    with without_values():
        return {name: stops(NETS[name]()) for name in NAMES}


def text(found: dict[str, list[list[Any]]]) -> str:
    """Write the nets as JSON, a line for each stop."""
    parts = []
    for name, rows in found.items():
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        parts.append(f'{{"name": "{name}", "title": {json.dumps(NAMES[name])}, "stops": [\n{lines}')
    return "[\n" + "]},\n".join(parts) + "]}\n]\n"


def main(words: Sequence[str], path: Path = FILE) -> int:
    """Write the file, or compare it; return 1 if it differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args(words)
    wanted = text(nets())
    if not options.check:
        partial = path.with_suffix(".part")
        partial.write_text(wanted, encoding="utf-8")
        os.replace(partial, path)
        return 0
    stored = path.read_text(encoding="utf-8").splitlines()
    lines = wanted.splitlines()
    found = [f"not as computed: {line}" for line in stored if line not in lines]
    found += [f"missing: {line}" for line in lines if line not in stored]
    if found or stored != lines:
        print("\n".join([*found, "run: python tools/walk_data.py"]), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
