"""A folder that a tool writes as a whole: replaced as a whole, unless somebody has worked in it.

The marker file in the folder lists every file with its sha256, so that what was changed or added
since is found and never thrown away.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

MARKER = ".generated"
HEADER = "# generated; edit the source\n"
LEFTOVERS = {".ipynb_checkpoints", "__pycache__"}  # folders that Jupyter and Python make
NAMED = 5  # files that a message names, at most

Tree = dict[str, bytes]


class RefusedTree(Exception):
    """A source or a destination that a tool will not work with; the message says why."""


def replace(dest: Path, tree: Tree, *, sources: Iterable[Path] = ()) -> None:
    """Make the folder `dest` hold exactly `tree`, all of it or nothing new.

    Args:
        dest: the folder; created where missing.
        tree: content of every file by path.
        sources: files and folders that `dest` must not touch.

    Raises:
        RefusedTree: `dest` is, holds or lies in a source, was not written by this function, or
            holds files that were changed or added since.
    """
    dest = Path(os.path.abspath(dest))
    if any(dest == s or dest in s.parents or s in dest.parents for s in sources):
        raise RefusedTree(f"{dest} is, holds or lies in the sources; name another folder")
    if dest.is_symlink() or (dest.exists() and not (dest / MARKER).is_file()):
        raise RefusedTree(f"{dest} was not written by this course; move it, or name another")
    if dest.exists() and (names := edited(dest)):
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        raise RefusedTree(
            f"{dest} holds files that were changed or added since it was written: "
            f"{', '.join(names[:NAMED])}{more}; copy what you want to keep to another folder, "
            "delete this one, and run the command again"
        )
    _write(dest, {MARKER: manifest(tree), **tree})


def manifest(tree: Tree) -> bytes:
    """Return the marker file: a line `sha256  path` for every file of `tree`, as sha256sum does."""
    lines = (f"{_sha256(content)}  {name}\n" for name, content in sorted(tree.items()))
    return (HEADER + "".join(lines)).encode()


def edited(folder: Path) -> list[str]:
    """Return the files of a generated folder that were changed or added since, sorted.

    What Jupyter and Python make by themselves does not count.
    """
    written = {}
    for line in (folder / MARKER).read_text(encoding="utf-8").splitlines():
        sha256, _, name = line.partition("  ")
        written[name] = sha256
    found = []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if LEFTOVERS & set(inside.parts) or (path.is_dir() and not path.is_symlink()):
            continue
        name = inside.as_posix()
        changed = path.is_symlink() or written.get(name) != _sha256(path.read_bytes())
        if changed and name != MARKER:
            found.append(name)
    return found


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(dest: Path, tree: Tree) -> None:
    """Write `tree` beside `dest` and change places; on a failure `dest` is as it was."""
    new = dest.with_name(f".{dest.name}.new-{os.getpid()}")
    old = dest.with_name(f".{dest.name}.old-{os.getpid()}")
    try:
        for name, content in tree.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if dest.exists():
            dest.rename(old)
        new.rename(dest)
    except OSError:
        if old.exists() and not dest.exists():
            old.rename(dest)
        raise
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
