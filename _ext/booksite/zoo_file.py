"""What the page of all nets prints: rows of `zoo.json`, and the ledger's keys that belong to them.

Plain Python, so that a check of the pages needs no Sphinx.  The file is written by
`tools/zoo_data.py`; what was published comes from `book/ledger.yml`.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

FILE = Path("course_lib", "widgets", "zoo.json")
# What follows a net's name in the keys of its published errors: those of the column of all
# answers, the first that there is, and that of the column of five.
ONE = ("paper.top1_error", "paper.test_error", "mnist_error")
FIVE = ("paper.top5_error",)
TEST = re.compile(r"\b(?:ImageNet|CIFAR-10|MNIST)\b.*")
UNITS = ("", "k", "M", "G", "T")
DIRECTIVES = ("zoo-table", "zoo-timeline")
Row = Mapping[str, Any]


class Later(NamedTuple):
    """A net that came after those of the book; all that is known of it is in the ledger.

    Attributes:
        key: what its keys begin with.
        name: of the net.
        year: of the publication.
        cite: the publication.
    """

    key: str
    name: str
    year: int
    cite: str


LATER = (
    Later("mobilenet_v3_large", "MobileNetV3-Large", 2019, "Howard et al. 2019"),
    Later("efficientnetv2_s", "EfficientNetV2-S", 2021, "Tan & Le 2021"),
    Later("convnext_t", "ConvNeXt-T", 2022, "Liu et al. 2022"),
    Later("mobilenetv4_conv_m", "MobileNetV4-Conv-M", 2024, "Qin et al. 2024"),
)
PRINTED = ("trainable", "macs", "top1_error")  # of a later net, each as KEY.paper.NAME


def rows(root: str | Path) -> list[dict[str, Any]]:
    """Return what is known of each net, in the order of their names.

    Args:
        root: of the tree.
    """
    found: list[dict[str, Any]] = json.loads(Path(root, FILE).read_text(encoding="utf-8"))
    return found


def by_work(found: Iterable[Row]) -> dict[tuple[int, str], list[Row]]:
    """Return the nets of each publication, by its year and name, smaller nets first."""
    works: dict[tuple[int, str], list[Row]] = {}
    for row in sorted(found, key=lambda row: (row["year"], row["work"], row["macs"])):
        works.setdefault((row["year"], row["work"]), []).append(row)
    return works


def key_of(net: str, endings: Iterable[str], known: Iterable[str]) -> str | None:
    """Return the first key of a net with one of these endings; `None` where there is none."""
    return next((f"{net}.{ending}" for ending in endings if f"{net}.{ending}" in known), None)


def keys(root: str | Path, known: Iterable[str]) -> set[str]:
    """Return the keys of the ledger that the page prints.

    Args:
        root: of the tree; one without `zoo.json` prints none.
        known: all keys of the ledger.
    """
    if not Path(root, FILE).is_file():
        return set()
    listed = set(known)
    found = {key_of(row["name"], ends, listed) for row in rows(root) for ends in (ONE, FIVE)}
    found |= {f"{net.key}.paper.{name}" for net in LATER for name in PRINTED}
    return {key for key in found if key in listed}


def test_of(meaning: str) -> str:
    """Return on which images an error was found, and how: what a meaning ends with."""
    match = TEST.search(meaning)
    return match[0] if match else ""


def metric(count: int | float) -> str:
    """Return a count with three digits and a unit.

    Example:
        >>> metric(15_470_264_320), metric(61_706), metric(999_999), metric(84)
        ('15.5 G', '61.7 k', '1 M', '84')
    """
    power = 0
    number = float(count)
    while float(f"{number:.3g}") >= 1000 and power < len(UNITS) - 1:
        number, power = number / 1000, power + 1
    return f"{float(f'{number:.3g}'):g} {UNITS[power]}".strip()
