"""Where a result comes from: code, data, versions, machine; nothing that names a host or a user."""

import ast
import hashlib
import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]  # the checkout, or the folder that holds the installed package
PACKAGE = "course_lib"
DATA = "course_lib.data"  # the hash of the data stands for the code that loads them
AUGMENT = "course_lib.data.augment"  # changes images after they were loaded
VERSIONS = (
    *("keras", "numpy", "tensorflow", "tensorflow-cpu", "jax", "torch"),
    *("scipy", "scikit-learn", "pillow", "elpv-dataset"),
)
WRITTEN = "book/results"  # by the experiments themselves


def code_hashes(module: str) -> dict[str, str]:
    """Hash a module and every `course_lib` module it imports, directly or not.

    Comments, docstrings and layout do not count, so that only a change of what is computed
    changes a hash.  A package's `__init__` counts where it is itself imported from.  Loaders do
    not count: what they give has a hash of its own, `data_hash`.  But data that a trial makes
    itself have none, so an experiment imports what makes them from its own module, such as
    `course_lib.data.textures`; that module counts.

    Args:
        module: dotted name, such as "course_lib.experiments.resnet".

    Returns:
        The first 16 hexadecimal digits of a SHA-256 by module, sorted by name.
    """
    hashes: dict[str, str] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in hashes:
            continue
        tree = ast.parse(_file(name).read_text(encoding="utf-8"))
        hashes[name] = hashlib.sha256(repr(_bare(tree)).encode()).hexdigest()[:16]
        in_trials = name.startswith(f"{PACKAGE}.experiments.")
        waiting += [
            found
            for found in _imports(tree)
            if not _is_data(found) or (in_trials and found != DATA)
        ]
    return dict(sorted(hashes.items()))


def changed_since(result: Mapping[str, Any]) -> list[str]:
    """Return the modules that are no longer what they were when a stored result was computed.

    Nothing is known, so nothing returned, of an experiment that is not in the package.
    """
    stored = result["provenance"]["code"]
    module = own_module(result.get("name", ""))
    if module is None:
        return []
    today = code_hashes(module)
    names = today.keys() | {name for name in stored if not _is_data(name)}
    return sorted(name for name in names if stored.get(name) != today.get(name))


def own_module(experiment: str) -> str | None:
    """Return the module of an experiment of the package by its name, or None if it has none."""
    module = f"{PACKAGE}.experiments.{experiment}"
    return module if experiment and _is_module(module) else None


def data_hash(splits: Mapping[str, Any]) -> str:
    """Return a SHA-256 of the images and labels of all splits, in the order of their names."""
    digest = hashlib.sha256()
    for name in sorted(splits):
        for array in (splits[name].images, splits[name].labels):
            digest.update(f"{name} {array.shape} {array.dtype}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def machine() -> dict[str, Any]:
    """Return what computed: backend, versions, processor and cores."""
    import keras

    device = str(keras.ops.ones(1).device)  # where this backend puts a tensor by default
    return {
        "backend": keras.backend.backend(),
        "versions": {"python": platform.python_version()} | _versions(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "accelerators": int("cpu" not in device.lower()),
    }


def commit(root: Path = ROOT) -> dict[str, Any]:
    """Return the commit of the code and whether the tree held nothing else; `None` outside git.

    Results count as no change: one call may write several.
    """
    head = _git(root, "rev-parse", "HEAD")
    changes = _git(root, "status", "--porcelain", "--", ".", f":!{WRITTEN}")
    return {"commit": head, "clean": None if changes is None else changes == ""}


def today() -> str:
    """Return the date as YYYY-MM-DD."""
    return date.today().isoformat()


def _file(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _imports(tree: ast.AST) -> list[str]:
    """Return the modules of the package that a module imports, also inside functions."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            members = [f"{node.module}.{alias.name}" for alias in node.names]
            # `course_lib.data` gives loaders, some named like the modules that they come from
            modules = [name for name in members if _is_module(name) and node.module != DATA]
            names += modules
            if len(modules) < len(members):
                names.append(node.module)
    return [name for name in names if name.split(".")[0] == PACKAGE and _is_module(name)]


def _is_data(name: str) -> bool:
    return (name == DATA or name.startswith(f"{DATA}.")) and not name.startswith(AUGMENT)


def _is_module(name: str) -> bool:
    return name.split(".")[0] == PACKAGE and _file(name).exists()


def _bare(node: Any) -> Any:
    """Return a syntax tree as tuples, without docstrings and empty fields.

    Written out here because `ast.dump` and `ast.unparse` differ between versions of Python.
    """
    if isinstance(node, list):
        return [_bare(item) for item in node]
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = dict(ast.iter_fields(node))
    body = fields.get("body")
    if isinstance(body, list) and body and _is_docstring(body[0]):
        fields["body"] = body[1:]
    kept = {name: value for name, value in fields.items() if value not in (None, [])}
    kept.pop("kind", None)  # of a string constant: how it was written
    return (type(node).__name__, *((name, _bare(value)) for name, value in kept.items()))


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _versions() -> dict[str, str]:
    found = {}
    for name in VERSIONS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    """Return the model of the processor, where the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
