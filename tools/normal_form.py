"""Normal form of a notebook: the one way a committed `.ipynb` is written.

A notebook in normal form has execution counts 1..n, the fixed kernelspec and language_info,
no widget state, no stderr, no metadata on a cell but `tags` (exercise notebooks also `nbgrader`
and, where a question has variants, `course`), valid and unique cell ids, no image over 100 kB, at
most 1 MB in all, sorted keys, an indent of one space and a newline at the end.  So two runs that
compute the same thing write the same bytes.  In an exercise notebook the cell tagged `hand-in` is
the one of `instructor/edition_hand_in.py`.

    python tools/normal_form.py [--write] [NOTEBOOK ...]      default: every notebook under book/

Without `--write` it prints a line per violation and exits 1 if there was one.  `--write` repairs
what needs no run; what is left (a cell not run in order, an image too large) is still reported.
"""

import argparse
import base64
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from instructor import edition_cohort, edition_hand_in
from instructor.edition_form import normalise
from nbfile import Notebook, dumps, is_exercise, notebooks, read, source, tags, text, write

ROOT = Path(__file__).resolve().parents[1]
MAX_IMAGE = 100_000  # bytes of one image
MAX_TOTAL = 1_000_000  # bytes of the file
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)


def violations(path: Path) -> list[str]:
    """Return a line for every way in which the notebook at `path` is not in normal form."""
    try:
        notebook = read(path)
    except ValueError as error:
        return [str(error)]
    raw = path.read_text(encoding="utf-8")
    exercise = is_exercise(path)
    normal = normalise(notebook, exercise=exercise)
    lines = [*_hard(notebook, raw), *_soft(notebook, normal)]
    if exercise:
        lines += [*edition_hand_in.problems(notebook["cells"]), *edition_cohort.problems(notebook)]
    found = [f"{path}: {line}" for line in lines]
    if not found and raw != dumps(normal):
        found = [f"{path}: keys, indent or line breaks differ from the normal form; use --write"]
    return found


def _hard(notebook: Notebook, raw: str) -> Iterator[str]:
    """Yield what only a run or an author can repair."""
    size = len(raw.encode())
    if size > MAX_TOTAL:
        yield f"{size:,} bytes, at most {MAX_TOTAL:,}; draw fewer or lighter figures"
    yield from _order(notebook)
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell.get("attachments"):
            yield f"cell {number}: has an attachment; draw the figure with code"
        for output in cell.get("outputs", []):
            yield from (f"cell {number}: {line}" for line in _hard_output(output, tags(cell)))


def _order(notebook: Notebook) -> Iterator[str]:
    """Yield the first code cell that was not run in its turn; the later ones follow from it."""
    cells = enumerate(notebook["cells"], start=1)
    code = [(number, cell) for number, cell in cells if cell["cell_type"] == "code"]
    for count, (number, cell) in enumerate(code, start=1):
        if (given := cell.get("execution_count")) != count:
            yield f"cell {number}: execution count {given}, expected {count}; run `make notebooks`"
            return


def _hard_output(output: dict, cell_tags: list[str]) -> Iterator[str]:
    if output["output_type"] == "error" and "raises-exception" not in cell_tags:
        yield f"stored error {output.get('ename')}; repair the cell and run `make notebooks`"
    for mime, value in output.get("data", {}).items():
        if mime.startswith("image/") and mime != "image/svg+xml":
            images = [base64.b64decode(text(value))]
        elif mime in ("image/svg+xml", "text/html"):
            images = [svg.encode() for svg in SVG.findall(text(value))]
        else:
            images = []
        for image in images:
            if len(image) > MAX_IMAGE:
                yield f"image of {len(image):,} bytes, at most {MAX_IMAGE:,}; draw less"
        if mime == "text/plain" and ADDRESS.search(text(value)):
            yield "output shows a memory address, new at each run; print what you mean instead"
    if output["output_type"] == "stream" and ADDRESS.search(text(output.get("text", ""))):
        yield "output shows a memory address, new at each run; print what you mean instead"


def _soft(notebook: Notebook, normal: Notebook) -> Iterator[str]:
    """Yield what `--write` repairs."""
    if notebook.get("metadata") != normal["metadata"]:
        yield "metadata is not the fixed kernelspec and language_info; use --write"
    for number, (old, new) in enumerate(
        zip(notebook["cells"], normal["cells"], strict=True), start=1
    ):
        if old.get("id") != new["id"]:
            yield f"cell {number}: id {old.get('id')!r} missing, invalid or repeated; use --write"
        extra = sorted(set(old.get("metadata", {})) - set(new["metadata"]))
        if extra:
            yield f"cell {number}: metadata {', '.join(extra)} not allowed here; use --write"
        if edition_hand_in.TAG in tags(old) and source(old) != source(new):
            yield f"cell {number}: not the generated hand-in cell; use --write, then run it"
        if old.get("outputs", []) != new.get("outputs", []):
            yield f"cell {number}: outputs hold stderr, a widget view or chunks; use --write"


def main(arguments: list[str] | None = None) -> int:
    """Check the notebooks named, or rewrite them; return the exit status."""
    parser = argparse.ArgumentParser(prog="python tools/normal_form.py", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    parser.add_argument("--write", action="store_true", help="repair what needs no run")
    options = parser.parse_args(arguments)
    found = []
    for path in options.notebooks or notebooks(Path(os.path.relpath(ROOT))):
        if options.write:
            try:
                normal = normalise(read(path), exercise=is_exercise(path))
            except ValueError as error:
                found.append(str(error))
                continue
            if path.read_text(encoding="utf-8") != dumps(normal):
                write(path, normal)
        found += violations(path)
    print("\n".join(found), file=sys.stderr) if found else None
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
