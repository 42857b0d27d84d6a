"""Rule of `layout.py`: no absolute path but those of every machine, no relative path outwards."""

import re
from collections.abc import Iterator
from pathlib import Path

# From the root of a disk, but no part of an address, a tag or a pattern, and no folder that every
# machine has.
ABSOLUTE = re.compile(
    r"(?<![\w.:/~<>*+)}-])/(?!(?:Applications|bin|dev|etc|proc|sys|usr/bin)/)"
    r"[A-Za-z][\w.-]*/\w[\w.-]+|\b[A-Z]:\\[A-Z]\w+\\"
)
CLIMBING = re.compile(r"(?<![\w./])(?:\.\./)+([\w-]+)")
BLOB = re.compile(r"[\w+/=]{100,}")  # base64
TEXT_SUFFIXES = {".py", ".md", ".ipynb", ".yml", ".yaml", ".toml", ".js", ".css", ".json", ".sh"}
UNREAD = {"build", "_build", "dist", "node_modules", "vendor", "__pycache__"}


def outside(root: Path) -> Iterator[str]:
    """Yield paths that exist on one machine only."""
    inside = _names_inside(root)
    for path in _texts(root):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        for number, line in enumerate(lines, start=1):
            where = f"{path.relative_to(root)}:{number}"
            text = BLOB.sub("", line)
            if match := ABSOLUTE.search(text):
                yield f"{where}: {match[0]!r} is a path of one machine; use a relative one"
            for match in CLIMBING.finditer(text):
                if match[1] not in inside:
                    yield f"{where}: {match[0]!r} leads out of the tree; readers do not have it"


def _names_inside(root: Path) -> set[str]:
    """Return what a relative path may lead to: names of files and folders, without suffix."""
    tops = [p for p in root.iterdir() if not p.name.startswith(".") and p.name not in UNREAD]
    return {path.name.partition(".")[0] for top in tops for path in (top, *top.rglob("*"))}


def _texts(root: Path) -> Iterator[Path]:
    """Yield the text files of the tree; .ci and .github are its only hidden folders."""
    for path in sorted(root.iterdir()):
        hidden = path.name.startswith(".") and path.name not in (".ci", ".github")
        if path.is_dir() and not path.is_symlink() and not hidden and path.name not in UNREAD:
            yield from _texts(path)
        elif path.is_file() and (path.suffix in TEXT_SUFFIXES or path.name in ("Makefile", "run")):
            yield path
