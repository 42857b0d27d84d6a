"""A tiny book, built with the real configuration, extension, scripts and widget modules."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests import tiny

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("_ext", "web", "course_lib/widgets")
NUMBERS = "# Numbers\n\n```{number-ledger}\n```\n"
RESULTS = "# Results\n\n```{stored-experiments}\n```\n"
LEDGER = {
    "toy.weights": {
        "value": 4608,
        "unit": "weights",
        "meaning": "weights of a toy layer",
        "source": "LeCun et al. 1998, section II",
    },
    "toy.macs": {"value": 3857973248, "meaning": "multiply-adds", "source": "computed"},
}
STORED = {
    "chapter": "sample",
    "question": "Is plain worse than residual?",
    "metric": "test_error",
    "arms": {
        "plain": {
            "label": "plain, 8 layers",
            "learning_rate": 0.1,
            "at_edge": True,
            "test_error": {"mean": 0.1291, "sd": 0.0042, "values": [0.125, 0.129, 0.1333]},
        },
        "residual": {
            "label": "residual, 8 layers",
            "learning_rate": 0.03,
            "at_edge": False,
            "test_error": {"mean": 0.14, "sd": None, "values": [0.14]},
        },
    },
    "comparisons": {
        "shortcuts": {
            "a": "plain",
            "b": "residual",
            "metric": "test_error",
            "mean": -0.0109,
            "low": -0.02,
            "high": 0.001,
            "verdict": "within noise",
        }
    },
    "provenance": {
        "command": "python -m course_lib run toy",
        "seeds": [0, 1, 2],
        "device": "CPU",
        "date": "2026-01-02",
        "versions": {"keras": "3.0"},
        "code": {"course_lib.nets": "0123abcd"},
    },
}


def write(
    root: Path,
    pages: dict[str, str | list[dict]],
    files: dict[str, str] | None = None,
    **settings: Any,
) -> Path:
    """Write a book under `root`.

    Args:
        root: an empty folder.
        pages: text, or the cells of a notebook, by path under `book/`; the first is the start page.
        files: texts of further files, by path under `root`.
        settings: replace values of `sphinx.config`.
    """
    for part in PARTS:
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    pages = pages | {"appendix/numbers.md": NUMBERS, "appendix/results.md": RESULTS}
    for name, content in pages.items():
        path = root / "book" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        else:
            tiny.save(path, *content)
    for name, content in (files or {}).items():
        (root / name).write_text(content, encoding="utf-8")
    shutil.copy(ROOT / "book" / "references.bib", root / "book")
    (root / "book" / "ledger.yml").write_text(yaml.safe_dump(LEDGER), encoding="utf-8")
    stored = root / "book" / "results" / "toy.json"
    stored.parent.mkdir()
    stored.write_text(json.dumps(STORED), encoding="utf-8")
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config["sphinx"]["config"] |= settings
    (root / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    first, *others = [f"book/{Path(name).with_suffix('')}" for name in pages]
    toc = {"format": "jb-book", "root": first, "chapters": [{"file": name} for name in others]}
    (root / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    return root


def build(source: Path, output: Path) -> subprocess.CompletedProcess[str]:
    """Build a book as `make book` does; the site is `output/_build/html`."""
    program = Path(sys.executable).with_name("jupyter-book")
    command = [str(program), "build", str(source)]
    options = ["--path-output", str(output), "--all", "-n", "-W", "--keep-going"]
    return subprocess.run(
        [*command, *options],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1", "PYTHONWARNINGS": ""},
    )
