"""The command that turns the built site into one file: a PDF, an EPUB or an archive."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import chromium
import gather

SITE = gather.ROOT / "_build" / "html"
STEM = gather.ROOT / "_build" / "deep-convolutional-models"
Make = Callable[[Path, gather.About], tuple[bytes, str]]


def command(make: Make, what: str, dest: Path, arguments: Sequence[str] | None) -> int:
    """Write the file, or say on stderr why none was written.

    Args:
        make: takes the folder of the site and what the cover says; gives the content, and a word
            on it to be told or "".
        what: the file is called, such as "PDF".
        dest: where it is written if no other place is given.
        arguments: of the command line: SITE and DEST, both optional.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(description=f"Write the built site as one {what}.")
    parser.add_argument("site", nargs="?", type=Path, default=SITE, help="_build/html")
    parser.add_argument("dest", nargs="?", type=Path, default=dest, help=dest.name)
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    try:
        content, more = make(options.site, gather.About.read())
    except (gather.BrokenBook, chromium.NoBrowser) as error:
        print(f"no {what} written: {error}", file=sys.stderr)
        return 1
    write(options.dest, content)
    print(told(options.dest, time.perf_counter() - start) + more)
    return 0


def write(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.new-{os.getpid()}")
    try:
        partial.write_bytes(content)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def told(path: Path, seconds: float) -> str:
    """Say what was written, how large it is and how long it took."""
    return f"{path}: {path.stat().st_size / 1e6:.1f} MB in {seconds:.1f} s"
