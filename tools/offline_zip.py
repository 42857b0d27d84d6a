"""Pack the built site as one archive that can be read anywhere, the same bytes for the same site.

    python tools/offline_zip.py [SITE] [DEST]

SITE is _build/html and DEST _build/deep-convolutional-models-offline.zip where they are not given.
The archive holds one folder, with a README that says which file to open.
"""

import sys
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import gather
import one_file

DEST = one_file.STEM.with_name(f"{one_file.STEM.name}-offline.zip")
FOLDER = "deep-convolutional-models"
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the format knows no earlier time
README = """{title}
{author}, version {version}

Unpack this archive first. Then open the file index.html of this folder in a web browser: double-
click it, or drag it into a window. Everything works without a connection: the labs, the questions,
the search. Nothing leaves your machine.

Text and figures: CC BY 4.0. Code: MIT.
"""


def entry(name: str, method: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    """Describe a file of an archive without its time and its owner.

    Args:
        name: path inside the archive.
        method: of compression.
    """
    info = zipfile.ZipInfo(name, EARLIEST)
    info.compress_type = method
    info.create_system = 3  # Unix on every system, so that the bytes are the same
    info.external_attr = 0o644 << 16
    return info


def packed(site: Path, about: gather.About) -> bytes:
    """Return the archive of a site.

    Args:
        site: its folder; hidden files stay out.
        about: for the README.

    Raises:
        gather.BrokenBook: there is no site.
    """
    gather.home(site)
    readme = README.format(title=about.title, author=about.author, version=about.version)
    files = {"README.txt": readme.encode()}
    for path in site.rglob("*"):
        inside = path.relative_to(site)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            files[inside.as_posix()] = path.read_bytes()
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in sorted(files):
            archive.writestr(entry(f"{FOLDER}/{name}"), files[name], compresslevel=9)
    return content.getvalue()


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the archive; return the exit status."""

    def make(site: Path, about: gather.About) -> tuple[bytes, str]:
        return packed(site, about), ""

    return one_file.command(make, "archive", DEST, arguments)


if __name__ == "__main__":
    sys.exit(main())
