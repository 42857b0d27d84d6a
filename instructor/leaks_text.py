"""The texts of a published file: as written, and as a reader or a program would see them.

Markup is taken away, entities, escapes of JSON and of addresses and base64 are undone.  A file
gives several texts; a leak in one of them is a leak.
"""

import base64
import binascii
import html
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from instructor.leaks_places import is_archive, unpack

DEEPEST = 3  # layers that are undone, one around the other
DEEPEST_OF_SCRIPT = 1  # a minified library holds marks of every layer, in every order
SCRIPT = re.compile(r"(?is)<(script|style)\b[^>]*>.*?</\1\s*>")
# Tags inside a line of code; every other one ends a word.
INLINE = re.compile(r"(?i)</?(?:span|b|i|u|em|strong|code|a|mark|wbr|kbd|font|tt|ins|del)\b[^<>]*>")
BREAK = re.compile(r"(?i)<(?:br|/p|/li|/div|/pre|/tr|/h\d)\b[^<>]*>")
TAG = re.compile(r"<!--.*?-->|<[!/a-zA-Z][^<>]*>", re.DOTALL)
COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
VALUE = re.compile(r"\"[^\"<>]{24,}\"|'[^'<>]{24,}'")  # of an attribute
MARKUP = re.compile(r"<(?:span|pre|div|p|html|td|li|svg|code)\b", re.IGNORECASE)
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
LITERAL = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'")
PERCENT = re.compile(r"%(?:20|0[aA]|3[dD]|28)")
ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\w{2,6});")
BASE_64 = re.compile(
    r"[A-Za-z0-9+/_-]{40,}(?:\s[A-Za-z0-9+/_-]{40,})*(?:\s?[A-Za-z0-9+/_-]+)?={0,2}"
)
RUN = re.compile(rb"[\t\n\r -~]{20,}")
PLAIN_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " "})
CONTROLS = {"n": "\n", "t": "\t", "r": "\n", "\n": ""}
ODD = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
BOMS = (b"\xff\xfe", b"\xfe\xff")


def texts(name: str, content: bytes) -> list[str]:
    """Return the different texts of a file, or the readable parts of one that is no text.

    Args:
        name: of the file; `.ipynb` and `.json` are read as JSON.
        content: of the file; archives are opened before, by `leaks_places.unpack`.
    """
    text = decoded(content)
    if text is None:  # pickles, compiled modules and pictures hold texts, too
        text = "\n".join(run.decode("ascii") for run in RUN.findall(content))
    found = dict.fromkeys([text])
    if name.endswith((".ipynb", ".json")) and (whole := _of_json(text)):
        found = dict.fromkeys([whole])
    elif name.endswith((".html", ".htm")):
        found = dict.fromkeys(of_page(text))
    layer = list(found)
    for _ in range(DEEPEST_OF_SCRIPT if name.endswith((".js", ".css")) else DEEPEST):
        layer = [new for old in layer for new in _inside(old) if new not in found]
        found |= dict.fromkeys(layer)
    return [one if one.isascii() else one.translate(PLAIN_QUOTES) for one in found]


def decoded(content: bytes) -> str | None:
    """Return the text of a file, or None for pictures, fonts and arrays."""
    if content[:2] in BOMS:
        return content.decode("utf-16", errors="replace")
    if b"\0" in content[:4096]:
        return None
    text = content.decode("utf-8", errors="replace")
    return None if text[:4096].count("\ufffd") > len(text[:4096]) // 20 else text


def of_page(text: str) -> list[str]:
    """Return what a browser shows of a page, and what it does not: scripts, values, comments."""
    unseen = [match[0][len(match[1]) + 2 :] for match in SCRIPT.finditer(text)]
    text = SCRIPT.sub("\n", text)
    unseen += COMMENT.findall(text)
    unseen += [match[0][1:-1] for match in VALUE.finditer(text)]
    shown = TAG.sub(" ", INLINE.sub("", BREAK.sub("\n", text)))
    return [html.unescape(shown), html.unescape("\n".join(unseen))]


def without_escapes(text: str) -> str:
    """Return a text with the escapes of JSON and JavaScript strings undone."""

    def plain(match: re.Match) -> str:
        if code := match[1] or match[2]:
            return chr(int(code, 16))
        return CONTROLS.get(match[3], match[3])

    return ESCAPE.sub(plain, text)


def _inside(text: str) -> Iterator[str]:
    """Yield what one more layer of a text hides."""
    if MARKUP.search(text):
        yield from of_page(text)
    elif ENTITY.search(text):
        yield html.unescape(text)
    if "\\n" in text or '\\"' in text or "\\u" in text:
        yield without_escapes(text)
        # A string of several lines also by itself, because its first line is code, too.
        inner = [match[0][1:-1] for match in LITERAL.finditer(text) if "\\n" in match[0]]
        yield without_escapes("\n".join(inner))
    if PERCENT.search(text):
        yield unquote(text)
    for match in BASE_64.finditer(text):
        yield from _of_base_64(match[0])


def _of_base_64(code: str) -> Iterator[str]:
    code = re.sub(r"[\s=]", "", code)
    content = _decoded_64(code[:400])  # most are pictures, which need not be decoded
    packed = is_archive(content)
    if not packed and decoded(content) is None:
        return
    files = [("base64", _decoded_64(code))]
    for _, inner in unpack(files) if packed else files:
        text = decoded(inner)
        if text and not ODD.search(text[:4096]):
            yield _of_json(text) or text


def _decoded_64(code: str) -> bytes:
    code = code.replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(code + "=" * (-len(code) % 4))
    except (binascii.Error, ValueError):
        return b"\0"


def _of_json(text: str) -> str:
    try:
        return "\n".join(_strings(json.loads(text)))
    except (json.JSONDecodeError, RecursionError):
        return ""


def _strings(value: Any) -> Iterator[str]:
    """Yield every string and key of a JSON document; the lines of a notebook's text are joined."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            whole = all(item.endswith("\n") for item in value[:-1])
            yield ("" if whole else "\n").join(value)
        else:
            for item in value:
                yield from _strings(item)
    elif value is not None:
        yield str(value)
