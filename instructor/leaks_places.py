"""What is published, file by file: folders, wheels and other archives, and what lies in them."""

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

DEEPEST = 4  # archives inside archives
LARGEST = 128 * 2**20  # bytes of one file
MOST = 2**30  # bytes of all files together
ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"

File = tuple[str, bytes]


class Unreadable(ValueError):
    """A published file that cannot be searched, so that nothing is known about it."""


def walk(path: Path) -> Iterator[File]:
    """Yield (name, content) of a file, or of every file in a folder, sorted by name.

    Names are relative to the folder.

    Raises:
        Unreadable: there is no such file or folder, a link leads out of it, or a file is too large.
    """
    if not path.exists():
        raise Unreadable(f"{path}: no such file or folder; build it first")
    if path.is_file():
        yield path.name, _read(path)
        return
    top = path.resolve()
    for file in sorted(path.rglob("*")):
        inside = file.relative_to(path)
        if not file.is_file():
            continue
        if not file.resolve().is_relative_to(top):
            raise Unreadable(f"{file}: a link that leads out of the folder; put the file there")
        yield inside.as_posix(), _read(file)


def unpack(files: Iterable[File]) -> Iterator[File]:
    """Yield every file, and the members of those that are archives as `ARCHIVE!MEMBER`.

    Zip files (wheels, NumPy's .npz), tar files and gzip are opened, whatever they are called.

    Raises:
        Unreadable: an archive is broken, encrypted, nested too deep or too large.
    """
    left = [MOST]
    for name, content in files:
        yield from _opened(name, content, 0, left)


def is_archive(content: bytes) -> bool:
    """Tell whether `unpack` opens a file."""
    return content[:4] == ZIP or content[:2] == GZIP or content[257:262] == b"ustar"


def _opened(name: str, content: bytes, depth: int, left: list[int]) -> Iterator[File]:
    left[0] -= len(content)
    if left[0] < 0:
        raise Unreadable(f"{name}: more than {MOST} bytes in all; scan the parts one by one")
    yield name, content
    if not is_archive(content):
        return
    if depth == DEEPEST:
        raise Unreadable(f"{name}: archives nested more than {DEEPEST} deep; unpack it yourself")
    try:
        for member, inner in _members(content):
            yield from _opened(f"{name}!{member}", inner, depth + 1, left)
    except (OSError, EOFError, RuntimeError, NotImplementedError, zlib.error) as error:
        raise Unreadable(f"{name}: a broken or locked archive ({error})") from error
    except (zipfile.BadZipFile, tarfile.TarError) as error:
        raise Unreadable(f"{name}: a broken archive ({error})") from error


def _members(content: bytes) -> Iterator[File]:
    if content[:4] == ZIP:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    _fits(info.filename, info.file_size)
                    yield info.filename, archive.read(info)
    elif content[:2] == GZIP:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            inner = stream.read(LARGEST + 1)
        _fits("the content", len(inner))
        yield "content", inner
    else:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for member in archive:
                if file := archive.extractfile(member):
                    _fits(member.name, member.size)
                    yield member.name, file.read()


def _read(path: Path) -> bytes:
    _fits(str(path), path.stat().st_size)
    return path.read_bytes()


def _fits(name: str, size: int) -> None:
    if size > LARGEST:
        raise Unreadable(f"{name}: {size} bytes, at most {LARGEST}; leave it out or split it")
