"""Checks of an instructor's own: modules in the folder `checks` beside their notebook.

A notebook imports them as `from checks import NAME as check`, here and where a student opens it.
Its module has the notebook's name; what that imports of the folder belongs to it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from instructor.private_modules import PACKAGE

INIT = '"""Checks of the exercises in the folder above."""\n'


class Unsound(ValueError):
    """Checks that cannot be used; the message names the file and the reason."""


def modules(folder: Path, name: str) -> dict[str, str]:
    """Return the modules of checks of a notebook, their text by their whole name.

    Args:
        folder: that holds them.
        name: of the notebook, and of its module.

    Raises:
        Unsound: a module that is missing or no Python, or a package that does something itself.
    """
    package = folder / "__init__.py"
    if package.is_file() and any(map(_does_something, _parse(package, _read(package)).body)):
        raise Unsound(f"{package}: only modules are graded with; leave this file empty")
    found: dict[str, str] = {}
    waiting = [(name, f"the checks of a notebook have its name: write {folder / name}.py")]
    while waiting:
        part, why = waiting.pop()
        path = folder / f"{part}.py"
        if f"{PACKAGE}.{part}" in found:
            continue
        if not path.is_file():
            raise Unsound(f"{path}: no such file; {why}")
        text = _read(path)
        found[f"{PACKAGE}.{part}"] = text
        for other, line in _imported(_parse(path, text)):
            waiting.append((other, f"line {line} of {path} imports it"))
    return dict(sorted(found.items()))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unsound(f"{path}: cannot be read ({error}); write it in UTF-8") from error


def _parse(path: Path, text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise Unsound(f"{path}: line {line}: no Python ({error})") from error


def _does_something(node: ast.stmt) -> bool:
    return not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _imported(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield which modules of its own package a module imports, and in which line."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(aliases):
                names = [alias.name for alias in aliases]
            case ast.ImportFrom(module, aliases, level):
                base = ".".join([PACKAGE] * (level == 1) + ([module] if module else []))
                names = [f"{base}.{one.name}" for one in aliases] if base == PACKAGE else [base]
            case _:
                continue
        parts = [name.split(".") for name in names]
        yield from ((part[1], node.lineno) for part in parts if part[:1] == [PACKAGE] != part)
