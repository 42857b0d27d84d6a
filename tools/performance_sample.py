"""A small book, built with the extension of this one and with the theme as it comes.

It has a page of text and a page with mathematics and a lab.  The theme as it comes shows the static
figure of the lab, and takes MathJax from another server.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

import nbfile
from course_lib.widgets.conv import conv

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("_ext", "web", "course_lib/widgets")
FILES = ("book/references.bib", "book/ledger.yml", "book/lab_heights.json")
PROSE = "book/appendix/students.md"  # a page of the book that asks nothing of the extension
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
TITLE = re.compile(r"^# .*$", re.MULTILINE)
TEXT, LAB = "book/text", "book/lab"
FORMULAS = r"""A convolution adds products, $y_{ij} = \sum_{a,b} w_{ab}\, x_{i+a,\,j+b}$, and a loss
$\mathcal{L}(\theta)$ is minimized over $\theta \in \mathbb{R}^n$:

$$
\mathcal{L}(\theta) = -\frac{1}{m} \sum_{k=1}^{m} \log p_\theta(y_k \mid x_k)
  + \lambda \lVert \theta \rVert_2^2, \qquad
\begin{pmatrix} a & b \\ c & d \end{pmatrix} \approx \sqrt{\frac{2}{n}}
$$
"""


class NotBuilt(Exception):
    """A sample that could not be built; the message holds what the builder said."""


def build(folder: Path, *, stock: bool) -> Path:
    """Write the sample and build it; return the folder of its site.

    Args:
        folder: an empty one.
        stock: with the theme as it comes, without the extension.

    Raises:
        NotBuilt: the builder failed.
    """
    _write(folder, stock=stock)
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(folder), "--all"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1", "PYTHONWARNINGS": ""},
    )
    if done.returncode:
        raise NotBuilt(done.stdout + done.stderr)
    return folder / "_build" / "html"


def _write(folder: Path, *, stock: bool) -> None:
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    if stock:
        config = {key: config[key] for key in ("title", "author", "execute", "parse")}
    else:
        for part in PARTS:
            unread = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / part, folder / part, ignore=unread)
    prose = LINK.sub(r"\1", (ROOT / PROSE).read_text(encoding="utf-8"))
    body = TITLE.split(prose, maxsplit=1)[1]
    files = {f"{TEXT}.md": f"# Text\n{body}", "book/start.md": "# Start\n\nA sample.\n"}
    files |= {} if stock else {name: (ROOT / name).read_text(encoding="utf-8") for name in FILES}
    chapters = [{"file": TEXT}, {"file": LAB}]
    toc = {"format": "jb-book", "root": "book/start", "chapters": chapters}
    files |= {"_config.yml": yaml.safe_dump(config), "_toc.yml": yaml.safe_dump(toc)}
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    nbfile.write(folder / f"{LAB}.ipynb", _notebook(body))


def _notebook(body: str) -> dict[str, Any]:
    shown = {"text/html": conv(size=32).html()}
    output = {"output_type": "display_data", "data": shown, "metadata": {}}
    code = {
        "cell_type": "code",
        "id": "lab",
        "execution_count": 1,
        "metadata": {},
        "outputs": [output],
        "source": "labs.conv(size=32)",
    }
    texts = [
        {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}
        for name, source in (("head", f"# Lab\n\n{FORMULAS}"), ("tail", f"## Text\n{body}"))
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {
        "cells": [texts[0], code, texts[1]],
        "metadata": kernel,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
