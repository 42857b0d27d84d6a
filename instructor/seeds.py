"""The secret of a course: from it come the cases that grading draws, and from nothing else.

It lies in a file outside of the tree that only its owner can read.  The judge of a question gets
a number that is derived from it; the file's content goes nowhere.
"""

import hashlib
import hmac
import json
import secrets
import subprocess
from functools import partial
from pathlib import Path

BYTES = 32
LEAST = 16  # bytes of a secret that somebody else has made


class Refused(ValueError):
    """A secret that would not stay one; the message says what to do."""


def make(path: Path) -> None:
    """Write a new secret; a file that is there is never replaced.

    Raises:
        Refused: there is a file, or no folder.
    """
    try:
        path.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}; name a new file in a folder of yours") from error
    path.write_text(secrets.token_hex(BYTES) + "\n", encoding="ascii")


def read(path: Path) -> bytes:
    """Return the secret of a file.

    Raises:
        Refused: it cannot be read, others can read it, git tracks it, or it is too short.
    """
    try:
        mode, content = path.stat().st_mode, path.read_bytes().strip()
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}; `course secret {path}` makes one") from error
    if mode & 0o077:
        raise Refused(f"{path}: others can read it; type: chmod 600 {path}")
    if _tracked(path):
        raise Refused(
            f"{path}: git keeps it, so it is no secret; make another, outside of the tree"
        )
    if len(content) < LEAST:
        raise Refused(f"{path}: {len(content)} bytes can be guessed; `course secret` makes one")
    return content


def _tracked(path: Path) -> bool:
    """Tell whether git keeps a file, or would with the next `git add`."""
    git = ["git", "-C", str(path.resolve().parent)]
    ask = partial(subprocess.run, check=False, capture_output=True)
    try:
        if ask([*git, "rev-parse", "--is-inside-work-tree"]).returncode:
            return False
        return ask([*git, "check-ignore", "-q", path.name]).returncode != 0
    except FileNotFoundError:  # no git
        return False


def seed(secret: bytes, *about: str) -> list[int]:
    """Return the seed of the cases of a question: the same for all who are graded on it.

    Args:
        secret: of the course.
        about: assignment and question.
    """
    digest = hmac.new(secret, "\0".join(about).encode(), hashlib.sha256).digest()
    return [int.from_bytes(digest[i : i + 4]) for i in range(0, 16, 4)]


def identifier(seed: list[int]) -> str:
    """Return a name for the cases that a seed draws, such as `3f2a-90bc`; it tells no seed.

    Whoever has two of them knows whether two submissions met the same cases.
    """
    digest = hashlib.sha256(json.dumps(["cases", *seed]).encode()).hexdigest()
    return f"{digest[:4]}-{digest[4:8]}"
