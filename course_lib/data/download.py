"""Fetch a file once: continued where a connection broke, checked, and put in place in one step.

Two processes may fetch the same file at once, without locks.  Each writes a file of its own, whose
name ends in ".part" and a random number.  When it fails it leaves what it has got under the name
that ends in ".part"; one later process, by renaming that, takes it over.
"""

import glob
import http.client
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

from course_lib.data.packages import verified

TIMEOUT = 30  # seconds without an answer before a connection is given up
ABANDONED = 20 * TIMEOUT  # a part that nobody wrote to for so long was left by a killed process
ATTEMPTS = 3  # connections for one file


def download(
    url: str, target: Path, *, sha256: str, unpack: Callable[[bytes], bytes] = bytes
) -> bytes:
    """Download a file next to its place, check it, and move it there.

    Args:
        url: of the file.
        target: where it shall lie; folders above it are made.  What lies there is replaced by the
            whole new file only.
        sha256: hexadecimal digest of the contents.
        unpack: as in `verified`.

    Returns:
        The contents, unpacked.

    Raises:
        OSError: there is no connection, it broke off again and again, what arrived is damaged, or
            the folder cannot be written.  A part that arrived stays, and a later call goes on from
            there; a damaged file does not stay.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part-{uuid4().hex[:12]}")
    for left in _left_behind(target):
        try:
            os.utime(left)  # before it has the new name: no third process takes it for abandoned
            left.rename(part)
            break
        except OSError:  # another process was faster
            continue
    try:
        content = _whole(url, part, sha256, unpack)
        os.replace(part, target)
    finally:
        if part.exists():
            os.replace(part, _idle(target))
    for left in _left_behind(target):
        left.unlink(missing_ok=True)
    return content


def _whole(url, part, sha256, unpack):
    """Receive what is missing of a part and return its contents; delete it where it is damaged."""
    continued = part.exists()
    _receive(url, part)
    try:
        return verified(part, sha256, unpack=unpack)
    except OSError:
        part.unlink()
        if not continued:
            raise
    # The part was perhaps of another version of the file: once more, from the beginning.
    return _whole(url, part, sha256, unpack)


def _receive(url, part):
    for _ in range(ATTEMPTS):
        missing = _append(url, part)
        if not missing:
            return
    raise OSError(
        f"{url} broke off {ATTEMPTS} times, {missing:,} bytes are missing; run it again to go on "
        "from there"
    )


def _append(url, part):
    """Connect once and add to the part; return how many bytes are missing, 0 where it is whole."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        answer = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        with error:
            if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                return 0  # nothing comes after the part
            raise
    except http.client.HTTPException as error:  # which is no OSError
        raise OSError(f"{url} does not answer as a web server does ({error!r})") from error
    length = answer.headers.get("Content-Length")
    missing = int(length) if length else 0
    # A server that does not know ranges sends the file from its beginning.
    going_on = answer.status == http.client.PARTIAL_CONTENT
    with answer, part.open("ab" if going_on else "wb") as file:
        try:
            while chunk := answer.read(1 << 16):
                file.write(chunk)
                missing -= len(chunk)
        except (ConnectionError, TimeoutError, http.client.HTTPException):
            return max(missing, 1)
    return max(missing, 0)


def _idle(target: Path) -> Path:
    return target.with_name(f"{target.name}.part")


def _left_behind(target: Path) -> Iterator[Path]:
    """Yield parts that no process writes to."""
    for found in sorted(target.parent.glob(f"{glob.escape(target.name)}.part*")):
        try:
            idle = found == _idle(target) or time.time() - found.stat().st_mtime > ABANDONED
        except FileNotFoundError:
            continue
        if idle:
            yield found
