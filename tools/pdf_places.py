"""Where the links of a PDF lead, in the plain PDF 1.4 that Chromium writes.

Chromium's style sheets cannot print the number of another page, so that a table of contents needs
them from a first printing. This reads no other PDF: no object streams, no encryption.
"""

import re

TABLE = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
IN_USE = re.compile(rb"(\d{10}) \d{5} n")
PLACE = re.compile(rb"/(\S+) \[(\d+) 0 R /XYZ")
ESCAPE = re.compile(rb"#([0-9a-fA-F]{2})")


def places(pdf: bytes) -> dict[str, int]:
    """Return the number of the page, from 1, of each place that something links to.

    Args:
        pdf: content of the file.

    Raises:
        ValueError: this is not a PDF as Chromium writes it.
    """
    objects = _objects(pdf)
    order = {number: page for page, number in enumerate(_pages(objects), start=1)}
    named = re.search(rb"/Dests (\d+) 0 R", b"".join(objects.values()))
    if not named:
        return {}
    return {_name(name): order[int(page)] for name, page in PLACE.findall(objects[int(named[1])])}


def links(pdf: bytes) -> list[str]:
    """Return the name of the place to which each link inside the document leads."""
    bodies = _objects(pdf).values()
    return [_name(name) for body in bodies for name in re.findall(rb"/Dest /(\S+)", body)]


def outline(pdf: bytes) -> list[str]:
    """Return the titles of the bookmarks, in the order of the file."""
    return [title for title, _ in _bookmarks(pdf).values()]


def outline_tree(pdf: bytes) -> dict[str, str]:
    """Return the title above each bookmark, empty for those at the top, by their titles."""
    found = _bookmarks(pdf)
    return {title: found.get(above, ("", 0))[0] for title, above in found.values()}


def _bookmarks(pdf: bytes) -> dict[int, tuple[str, int]]:
    """Return title and parent of each bookmark by the number of its object."""
    found = {}
    for number, body in _objects(pdf).items():
        title = re.search(rb"/Title (\(.*?[^\\]\)|<[0-9A-Fa-f\s]*>)", body, re.S)
        above = re.search(rb"/Parent (\d+) 0 R", body)
        if title and above:
            found[number] = (_text(title[1]), int(above[1]))
    return found


def count(pdf: bytes) -> int:
    """Return the number of pages."""
    return len(_pages(_objects(pdf)))


def _objects(pdf: bytes) -> dict[int, bytes]:
    """Read every object by its number; of a stream, what stands in front of it."""
    table = TABLE.search(pdf[-64:])
    if not pdf.startswith(b"%PDF-1.4") or not table:
        raise ValueError("expected a PDF 1.4 as Chromium writes it; print the book with Chromium")
    found = {}
    for match in IN_USE.finditer(pdf, int(table[1])):
        start = int(match[1])
        number, _, _ = pdf[start : start + 20].partition(b" ")
        body = pdf[start : pdf.index(b"endobj", start)]
        found[int(number)] = body.partition(b"stream\n")[0]
    return found


def _pages(objects: dict[int, bytes]) -> list[int]:
    """Return the numbers of the page objects in reading order."""
    root = next(
        number
        for number, body in objects.items()
        if b"/Type /Pages" in body and b"/Parent" not in body
    )

    def walk(number: int) -> list[int]:
        kids = re.search(rb"/Kids \[(.*?)\]", objects[number], re.S)
        if not kids:
            return [number]
        below = re.findall(rb"(\d+) 0 R", kids[1])
        return [page for kid in below for page in walk(int(kid))]

    return walk(root)


def _name(raw: bytes) -> str:
    return ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), raw).decode()


def _text(raw: bytes) -> str:
    if raw.startswith(b"<"):
        return bytes.fromhex(raw[1:-1].decode()).decode("utf-16")
    return re.sub(rb"\\(.)", rb"\1", raw[1:-1]).decode("latin-1")
