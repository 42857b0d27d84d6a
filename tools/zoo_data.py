"""Write what the lab `zoo` and the page of all nets show: course_lib/widgets/zoo.json.

    python tools/zoo_data.py                    compute all nets and write the file
    python tools/zoo_data.py --check [NET ...]  compute these (default: all) and compare only

What a net costs is computed by course_lib at the net's own input size; what was published about it
is read from book/ledger.yml.  A net without a number there has `null`.  `--check` prints a line per
difference and exits 1 if there was one.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

# `booksite` lies in a folder that Sphinx knows and Python does not.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "_ext"))

from booksite import ledger_file
from course_lib.cost import cost
from course_lib.depth import depth
from course_lib.nets import NETS, without_values
from course_lib.receptive_field import receptive_field

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "course_lib" / "widgets" / "zoo.json"


class Work(NamedTuple):
    """The publication that a group of nets follows.

    Attributes:
        family: what the lab's filter calls the group.
        year: of the publication; of EfficientNet-Lite, code without a paper, its release (2020).
        cite: the publication.
        nets: their names in `NETS`.
    """

    family: str
    year: int
    cite: str
    nets: tuple[str, ...]


def _numbered(pattern: str, values: Iterable[int | str]) -> tuple[str, ...]:
    return tuple(pattern.format(value) for value in values)


# The works are those that the modules of `course_lib.nets` name.
WORKS = (
    Work("LeNet", 1998, "LeCun et al. 1998", ("lenet5", "lenet5_original")),
    Work("AlexNet", 2012, "Krizhevsky et al. 2012", ("alexnet", "alexnet_grouped")),
    Work(
        "VGG",
        2015,
        "Simonyan & Zisserman 2015",
        _numbered("vgg{}", (11, "11_lrn", 13, "16_c", 16, 19)),
    ),
    Work("NiN", 2014, "Lin et al. 2014", ("nin", "nin_cifar")),
    Work("All-CNN", 2015, "Springenberg et al. 2015", ("all_cnn",)),
    Work("Inception", 2015, "Szegedy et al. 2015", ("googlenet", "googlenet_aux")),
    Work("Inception", 2015, "Ioffe & Szegedy 2015", ("bn_inception",)),
    Work("Inception", 2016, "Szegedy et al. 2016", ("inception_v3", "inception_v3_aux")),
    Work(
        "MobileNet",
        2017,
        "Howard et al. 2017",
        ("mobilenet", *_numbered("mobilenet_{}", ("075", "050", "025")), "conv_mobilenet"),
    ),
    Work(
        "MobileNet",
        2018,
        "Sandler et al. 2018",
        ("mobilenet_v2", "mobilenet_v2_140", "mobilenet_v2_035"),
    ),
    Work(
        "ResNet",
        2016,
        "He et al. 2016",
        (
            *_numbered("resnet{}", (18, 34, 50, "50_v1_5", 101, 152)),
            *_numbered("resnet{}_cifar", (20, 32, 44, 56, 110)),
            *_numbered("plain{}", (18, 34, "20_cifar", "56_cifar")),
        ),
    ),
    Work(
        "ResNet",
        2016,
        "He et al. 2016, Identity Mappings",
        _numbered("resnet{}v2", (50, 101, 152)),
    ),
    Work("SE-ResNet", 2018, "Hu et al. 2018", _numbered("se_resnet{}", (18, 34, 50, 101, 152))),
    Work("EfficientNet", 2019, "Tan & Le 2019", _numbered("efficientnet_b{}", range(8))),
    Work(
        "EfficientNet",
        2020,
        "tensorflow/tpu, EfficientNet-Lite",
        _numbered("efficientnet_lite{}", range(5)),
    ),
)
# What follows a net's name in the key of its published error, and the data set, which the entry's
# meaning has to name.
ERRORS = {
    "paper.top1_error": "ImageNet",
    "paper.test_error": "CIFAR-10",
    "mnist_error": "MNIST",
}


def works() -> dict[str, Work]:
    """Return the work of each net.

    Raises:
        ValueError: a net of `NETS` has no work or two, or a work names a net that is not there.
    """
    listed = [name for work in WORKS for name in work.nets]
    odd = sorted({name for name in listed if listed.count(name) > 1} | set(listed) ^ set(NETS))
    if odd:
        raise ValueError(
            f"{', '.join(odd)}: expected each net of NETS once in WORKS of tools/zoo_data.py; "
            "add it to its publication, or take it out"
        )
    return {name: work for work in WORKS for name in work.nets}


def published(name: str, ledger: dict[str, Any]) -> dict[str, Any] | None:
    """Return the published test error of a net as the ledger has it, `None` without an entry.

    Args:
        name: of the net.
        ledger: the fields of its entries by key.

    Raises:
        ValueError: the entry does not say on which data, or is no share of images.
    """
    for ending, data in ERRORS.items():
        entry = ledger.get(f"{name}.{ending}")
        if entry is None:
            continue
        if data not in entry["meaning"] or not 0 <= entry["value"] <= 1:
            raise ValueError(
                f"book/ledger.yml: {name}.{ending} must be a share from 0 to 1, and its meaning "
                f"must name {data}; got {entry['value']!r}, {entry['meaning']!r}"
            )
        fields = {key: entry[key] for key in ("meaning", "source")}
        return {"data": data, "error": entry["value"], **fields}
    return None


def row(name: str, ledger: dict[str, Any]) -> dict[str, Any]:
    """Compute what the lab shows of a net.

    Args:
        name: of the net, in `NETS`.
        ledger: the fields of the ledger's entries by key.

    Returns:
        Its work, the shape of its image, all weights, those that train, multiply-adds, the values
        that inference keeps at its peak, the side of the receptive field at the last feature map
        in pixels, the layers with weights, and the published error.
    """
    with without_values():
        model = NETS[name]()
        total = cost(model)
    work = works()[name]
    return {
        "name": name,
        "family": work.family,
        "year": work.year,
        "work": work.cite,
        "input": list(model.input_shape[1:]),
        "params": total.params,
        "trainable": total.trainable,
        "macs": total.macs,
        "peak_activations": total.peak_activations,
        "field": receptive_field(model).size,
        "depth": depth(model),
        "published": published(name, ledger),
    }


def text(rows: Iterable[dict[str, Any]]) -> str:
    """Write the rows as JSON, a line for each net, in the order of their names."""
    lines = [json.dumps(row) for row in sorted(rows, key=lambda row: row["name"])]
    return "[\n" + ",\n".join(lines) + "\n]\n"


def write(path: Path = FILE, root: Path = ROOT) -> None:
    """Compute all nets and write the file, whole or not at all."""
    ledger = ledger_file.read(root)
    partial = path.with_suffix(".part")
    partial.write_text(text(row(name, ledger) for name in NETS), encoding="utf-8")
    os.replace(partial, path)


def differences(names: Iterable[str], path: Path = FILE, root: Path = ROOT) -> list[str]:
    """Compute some nets and say where the file differs.

    Args:
        names: of the nets that are computed; what is published is compared for all.
        path: the file.
        root: the folder that holds `book/ledger.yml`.

    Raises:
        FileNotFoundError: there is no file.
        ValueError: a name that `NETS` has not.
    """
    ledger = ledger_file.read(root)
    content = path.read_text(encoding="utf-8")
    stored = {item["name"]: item for item in json.loads(content)}
    found = [f"{name}: not in {path.name}" for name in NETS if name not in stored]
    found += [f"{name}: in {path.name}, not in NETS" for name in stored if name not in NETS]
    expected = {
        name: item | {"published": published(name, ledger)} for name, item in stored.items()
    }
    expected |= {name: row(name, ledger) for name in names}
    for name in (name for name in stored if name in NETS):
        keys = [key for key in expected[name] if stored[name].get(key) != expected[name][key]]
        found += [
            f"{name}: {key} is {expected[name][key]!r}, {path.name} has {stored[name].get(key)!r}"
            for key in keys
        ]
    if content != text(stored.values()):
        found.append(f"{path.name}: not as this tool writes it")
    return found


def main(words: list[str], path: Path = FILE) -> int:
    """Write the file, or compare it; return 1 if it differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("nets", nargs="*", help="nets to compute for --check (default: all)")
    options = parser.parse_args(words)
    if not options.check:
        if options.nets:
            parser.error("the file is written whole; leave the names out, or use --check")
        write(path)
        return 0
    found = differences(options.nets or list(NETS), path)
    if found:
        print("\n".join([*found, "run: python tools/zoo_data.py"]), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
