"""Check that everything lies where its name says.

    python tools/layout.py [ROOT]

Rules, one function each:
- `chapters`: a chapter row of `_toc.yml` (a file of book/classic, book/modern, book/practice), its
  exercise, checks, network and their tests share one word; a chapter on an architecture has a
  network and an experiment, one of practice may do without, and one in `SURVEYS` has neither;
- `experiments`: an experiment belongs to a row of `_toc.yml` or to a chapter in `PLANNED`;
- `mirrors`: a module of course_lib, instructor or tools has its test at the same place under tests;
- `pages`: a page under book is in `_toc.yml`, and what is there exists;
- `names`: no `utils`, no chapter numbers;
- `sizes`: modules under 250 lines, functions under 40 (docstring not counted), at most 7 arguments;
- `imports`: nothing that is shipped imports instructor, tools or tests;
- `outside`: no absolute path but those of every machine, no relative path to what is not here.

It prints a line per violation and exits 1 if there was one.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

import experiment_files
from layout_paths import outside

ROOT = Path(__file__).resolve().parents[1]
CHAPTER_FOLDERS = ("classic", "modern", "practice")
ARCHITECTURES = ("classic", "modern")  # folders whose chapters have a network and an experiment
# Chapters in these folders that compare the networks of others: FOLDER/NAME
SURVEYS = ("classic/case_studies",)
# Chapters on a layer or a module: an experiment, no network of their own
LAYERS = ("modern/batchnorm", "modern/inception", "modern/why_resnets")
CODE = ("course_lib", "instructor", "tools", "_ext")
TREES = (*CODE, "book", "tests", "web/js", "web/css")
BANNED = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "lib"}
VERSION = re.compile(r"_v\d+(?=_|$)")  # resnet_v2 is the name of a network
MAX_MODULE, MAX_FUNCTION, MAX_ARGUMENTS = 249, 39, 7

Rows = list[tuple[str, str]]  # (folder, name) of each chapter


def toc_files(root: Path) -> list[str]:
    """Return every `root:` and `file:` of `_toc.yml`, in order."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            found.extend(str(node[key]) for key in ("root", "file") if key in node)
            walk(list(node.values()))
        elif isinstance(node, list):
            for item in node:
                walk(item)

    walk(yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8")))
    return found


def rows(root: Path) -> Rows:
    """Return (folder, name) of each chapter in `_toc.yml`; pages of other folders are none."""
    paths = [Path(file) for file in toc_files(root)]
    return [
        (path.parts[1], path.name)
        for path in paths
        if len(path.parts) == 3 and path.parts[0] == "book" and path.parts[1] in CHAPTER_FOLDERS
    ]


def chapters(root: Path) -> Iterator[str]:
    """Yield what a chapter lacks."""
    listed = toc_files(root)
    for folder, name in rows(root):
        wanted = {
            "notebook": f"book/{folder}/{name}.ipynb",
            "exercise": f"book/exercises/{name}.ipynb",
            "checks": f"course_lib/checks/{name}.py",
            "tests of the checks": f"tests/checks/test_{name}.py",
        }
        chapter = f"{folder}/{name}"
        survey = chapter in SURVEYS
        if folder in ARCHITECTURES and not survey and chapter not in LAYERS:
            wanted["network"] = f"course_lib/nets/{name}.py"
            wanted["tests of the network"] = f"tests/nets/test_{name}.py"
        for what, path in wanted.items():
            if not (root / path).is_file():
                yield f"{path}: missing, {what} of the chapter {name}"
        if f"book/exercises/{name}" not in listed:
            yield f"_toc.yml: no row book/exercises/{name} for the chapter {name}"
        measured = bool(experiment_files.of_chapter(root, chapter))
        if folder in ARCHITECTURES and not measured and not survey:
            yield f'course_lib/experiments: none of this chapter; write one, chapter="{chapter}"'
        if survey and (measured or (root / f"course_lib/nets/{name}.py").is_file()):
            yield f"tools/layout.py: {chapter} has a network or an experiment; take it from SURVEYS"


def experiments(root: Path) -> Iterator[str]:
    """Yield experiments of no chapter, and chapters that are no longer only planned."""
    listed = toc_files(root)
    for name, chapter in experiment_files.chapters(root).items():
        where = f"{experiment_files.FOLDER.as_posix()}/{name}.py"
        if f"book/{chapter}" not in listed and chapter not in experiment_files.PLANNED:
            yield f"{where}: chapter {chapter!r} is not in _toc.yml; write its FOLDER/NAME"
    for chapter in experiment_files.PLANNED:
        if f"book/{chapter}" in listed:
            yield f"tools/experiment_files.py: {chapter} is there; take it out of PLANNED"


def mirrors(root: Path) -> Iterator[str]:
    """Yield modules without a test at their place.

    The parts of a subject share its test: `nets/resnet_v2.py` may be tested in
    `tests/nets/test_resnet_v2.py` or in `tests/nets/test_resnet.py`.
    """
    for top in ("course_lib", "instructor", "tools"):
        for path in _python(root / top):
            inside = path.relative_to(root / top)
            stem = "main" if path.stem == "__main__" else path.stem
            place = Path("tests", *(() if top == "course_lib" else (top,)), *inside.parts[:-1])
            tests = [place / f"test_{name}.py" for name in (stem, stem.split("_")[0])]
            if path.stem != "__init__" and not any((root / test).is_file() for test in tests):
                yield f"{path.relative_to(root)}: no test at {tests[0].as_posix()}"


def pages(root: Path) -> Iterator[str]:
    """Yield pages outside the table of contents, and rows without a page."""
    listed = set(toc_files(root))
    for path in sorted((root / "book").rglob("*")):
        name = path.relative_to(root).with_suffix("").as_posix()
        hidden = _hidden(path.relative_to(root))
        is_page = path.suffix in (".md", ".ipynb") and not hidden
        if is_page and name not in listed and not name.startswith("book/results/"):
            yield f"{path.relative_to(root)}: not in _toc.yml"
    for name in sorted(listed):
        if not any((root / f"{name}{suffix}").is_file() for suffix in (".md", ".ipynb")):
            yield f"_toc.yml: {name} is neither a .md nor an .ipynb file"


def names(root: Path) -> Iterator[str]:
    """Yield files whose name says nothing about what is in them."""
    for tree in TREES:
        for path in sorted((root / tree).rglob("*")):
            stem = path.name.partition(".")[0].removeprefix("test_")
            if not path.is_file() or _hidden(path.relative_to(root)):
                continue
            if stem in BANNED:
                yield f"{path.relative_to(root)}: name it after what it holds, not {stem!r}"
            elif re.search(r"\d", VERSION.sub("", stem)):
                yield f"{path.relative_to(root)}: no numbers in names; _toc.yml keeps the order"


def sizes(root: Path) -> Iterator[str]:
    """Yield modules and functions that are too long, and functions with too many arguments."""
    for path in (path for tree in CODE for path in _python(root / tree)):
        where = path.relative_to(root)
        code = path.read_text(encoding="utf-8")
        if (lines := code.count("\n")) > MAX_MODULE:
            yield f"{where}: {lines} lines, at most {MAX_MODULE}; split it"
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from (f"{where}:{node.lineno}: {message}" for message in _function(node))


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    first = node.body[0]
    documented = ast.get_docstring(node) is not None
    docs = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    lines = (node.end_lineno or 0) - node.lineno + 1 - docs
    if lines > MAX_FUNCTION:
        yield f"{node.name} has {lines} lines, at most {MAX_FUNCTION}"
    named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    count = sum(argument.arg not in ("self", "cls") for argument in named)
    if count > MAX_ARGUMENTS:
        yield f"{node.name} takes {count} arguments, at most {MAX_ARGUMENTS}"


def imports(root: Path) -> Iterator[str]:
    """Yield imports of tools or tests in what is shipped."""
    barred = {"tools", "tests", "instructor"} | {path.stem for path in _python(root / "tools")}
    for path in (path for tree in ("course_lib", "_ext") for path in _python(root / tree)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module or ""]
            else:
                continue
            for module in modules:
                if module.partition(".")[0] in barred:
                    where = f"{path.relative_to(root)}:{node.lineno}"
                    yield f"{where}: imports {module}, which is not shipped"


def _python(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*.py") if "__pycache__" not in p.parts)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") or part in ("__pycache__", "vendor") for part in path.parts)


RULES = (chapters, experiments, mirrors, pages, names, sizes, imports, outside)


def violations(root: Path) -> list[str]:
    """Return a line for every violation of every rule."""
    return [line for rule in RULES for line in rule(root)]


if __name__ == "__main__":
    found = violations(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT)
    print("\n".join(found), file=sys.stderr)
    sys.exit(1 if found else 0)
