"""Who can read the solutions of a notebook?  What git knows of that, in words.

Git knows what it keeps and where that was sent, and not who may read it there.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from instructor import assignment
from instructor.assignment import Malformed

USER = re.compile(r"(?<=://)[^/@]+@")  # a name and a password, or a token, in an address
PRIVATE = "for marks keep a private folder: course new FOLDER NAME"


def about(path: Path) -> list[str]:
    """Return what is known of a source, or of every notebook in a folder: a sentence or two each.

    Raises:
        Malformed: no such file, no notebook in the folder, or one that is no assignment.
    """
    paths = sorted(path.glob("*.ipynb")) if path.is_dir() else [path]
    if not paths:
        raise Malformed(f"{path}: no notebook in it; name a source, or a folder of sources")
    return [f"{one.name} {sentence}" for one in paths for sentence in _of(one)]


def in_the_course(path: Path) -> bool:
    """Tell whether a path, which need not exist yet, lies in a copy of the course's repository."""
    whole = path.resolve()
    return any((top / "course_lib" / "__init__.py").is_file() for top in (whole, *whole.parents))


def _of(path: Path) -> Iterator[str]:
    found = assignment.read(path)
    if not found.modules:
        yield (
            "is judged by checks that are part of the course: everybody has them who has the course"
        )
    top = _top(path)
    if in_the_course(path):
        yield (
            "lies in the course's own repository: whoever publishes it publishes its solutions; "
            f"{PRIVATE}"
        )
    elif top is None:
        yield "lies in no git repository that can be read: git publishes it nowhere"
    elif not _kept(path):
        ignored = _git(path.parent, "check-ignore", "-q", path.name) is not None
        yield (
            f"lies in the git repository {top}, which ignores it: git publishes it nowhere"
            if ignored
            else f"lies in the git repository {top}, which does not keep it yet; `git add` would"
        )
    else:
        yield _sent(path, top)


def _kept(path: Path) -> bool:
    """Tell whether git keeps a file now, or has kept it in any commit that is here."""
    now = _git(path.parent, "ls-files", "--", path.name)
    ever = _git(path.parent, "log", "--all", "-1", "--format=%H", "--", path.name)
    return bool(now or ever)


def _sent(path: Path, top: Path) -> str:
    names = (_git(path.parent, "remote") or "").split()
    urls = [f"{name} ({_url(path.parent, name)})" for name in names]
    if not urls:
        return (
            f"is kept by the git repository {top}, which knows no remote: from here it was "
            "published nowhere"
        )
    return (
        f"is kept by the git repository {top} with the remote {' and '.join(urls)}: whoever can "
        "read it there reads the solutions; git cannot tell whether that is you alone, so look "
        "at its settings there"
    )


def _url(folder: Path, name: str) -> str:
    return USER.sub("", _git(folder, "remote", "get-url", name) or "no address")


def _top(path: Path) -> Path | None:
    """Return the work tree that a path lies in, or would; None where there is none."""
    whole = path.absolute()
    folder = next(one for one in (whole, *whole.parents) if one.is_dir())
    top = _git(folder, "rev-parse", "--show-toplevel")
    return Path(top) if top else None


def _git(folder: Path, *arguments: str) -> str | None:
    """Return what git says; None where it refuses, or is not here."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return None if done.returncode else done.stdout.strip()
