"""Read a zip from strangers: a member that may not be read is passed over, and a note says why.

No member is ever written under its own name, so none can say where it lands.
"""

import io
import re
import stat
import struct
import zipfile
import zlib
from datetime import datetime
from pathlib import Path
from types import TracebackType
from unicodedata import category

from instructor.intake import Refused, write
from instructor.submission import LARGEST

TOTAL = 2 << 30  # bytes of all members that are read
RATIO = 200  # of a member's size to what it takes in the archive; notebooks stay far below
SMALL = 1 << 20  # bytes; a member of this size is no bomb, whatever its ratio
MEMBERS = 20_000
# What macOS and Jupyter add, and no student wrote.
LITTER = re.compile(r"(.*/)?(__MACOSX/|\.ipynb_checkpoints/|\._|\.DS_Store$)")
# Only these are unpacked piece by piece; the others of zipfile would unpack a bomb at once.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BROKEN = (
    OSError,
    ValueError,
    EOFError,
    RuntimeError,  # encrypted; a method that is not implemented
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


class Archive:
    """A zip and what may be read of it.

    Attributes:
        names: members that may be read, in order.
        notes: members that were passed over, and why.

    Args:
        path: of the zip.
        largest: bytes of a member.
        total: bytes of all members that are read.

    Raises:
        Refused: it is no zip.
    """

    def __init__(self, path: Path, largest: int = LARGEST, total: int = TOTAL):
        self.notes: list[str] = []
        self._largest, self._left = largest, total
        self._members: dict[str, zipfile.ZipInfo] = {}
        try:
            self._zip = zipfile.ZipFile(path)
        except BROKEN as error:
            why = getattr(error, "strerror", None) or "no zip"
            raise Refused(f"{path}: {why}; name the zip that was downloaded") from error
        members = self._zip.infolist()
        if len(members) > MEMBERS:
            self.notes.append(f"{len(members)} members; all after the first {MEMBERS} passed over")
        seen: set[str] = set()
        for member in members[:MEMBERS]:
            if member.is_dir() or LITTER.match(member.filename):
                continue
            plain = member.filename.casefold()
            why = "there are several of this name" if plain in seen else self._fault(member)
            seen.add(plain)
            if why:
                self._note(member.orig_filename, why)
            else:
                self._members[member.filename] = member
        self.names = list(self._members)

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def _note(self, name: str, why: str) -> None:
        self.notes.append(f"{shown(name)}: passed over: {why}")

    def _fault(self, member: zipfile.ZipInfo) -> str:
        """Return why a member may not be read, by what the archive says of it; empty if it may."""
        name = member.orig_filename
        kind = stat.S_IFMT(member.external_attr >> 16)
        parts = re.split(r"[/\\]", name)
        faults = {
            "a name with control characters": bool({"Cc", "Cs"} & set(map(category, name))),
            "an absolute name": not parts[0] or re.match("[A-Za-z]:", name) is not None,
            "a name that leads out of the folder": ".." in parts,
            "a link": kind == stat.S_IFLNK,
            "no regular file": kind not in (0, stat.S_IFREG, stat.S_IFLNK),
            "encrypted": bool(member.flag_bits & 0x2041),
            "a way of packing that is not read here": member.compress_type not in METHODS,
            f"{member.file_size} bytes, at most {self._largest}": member.file_size > self._largest,
            f"it unpacks to more than {RATIO} times its size": (
                member.file_size > max(SMALL, RATIO * member.compress_size)
            ),
        }
        return next((why for why, wrong in faults.items() if wrong), "")

    def read(self, name: str) -> bytes | None:
        """Return the content of a member of `names`; nothing, and a note, where that fails."""
        member = self._members[name]
        if member.file_size > self._left:
            self._note(name, "the members before it reached the limit of all")
            return None
        try:
            with self._zip.open(member) as file:
                content = file.read(self._largest + 1)
        except BROKEN as error:
            self._note(name, f"it cannot be unpacked ({type(error).__name__})")
            return None
        self._left -= len(content)
        return content

    def when(self, name: str) -> datetime | None:
        """Return when a member was packed, by the clock of the system that packed it."""
        moment = self._members[name].date_time
        try:
            return datetime(*moment) if moment[0] > 1980 else None
        except ValueError:
            return None


def shown(name: str) -> str:
    """Return a stranger's name for a message: nothing in it moves the cursor."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in name)
    return plain if len(plain) <= 100 else f"{plain[:97]}..."


def pack(path: Path, files: dict[str, str]) -> None:
    """Write texts as a zip; the same texts give the same bytes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED)
    write(path, whole.getvalue())
