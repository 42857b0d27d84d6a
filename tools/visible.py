"""The prose of a Markdown text: what is left when code, math, comments and options are blanked.

Blanked text keeps its line breaks, so that a line of it is a line of the source.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

BLANK = "\N{OBJECT REPLACEMENT CHARACTER}"  # joins no words, ends no number
FENCE = re.compile(r"^(\s*)(`{3,}|~{3,}|:{3,})(?:\{([\w:-]+)\})?(.*)$")
OPTION = re.compile(r"^\s*:[\w-]+:(\s|$)")
# Directives whose body is no prose, and those whose argument is a path.
CODE_BODIES = {"code", "code-block", "code-cell", "math", "literalinclude", "mermaid", "raw"}
PATH_ARGUMENTS = {
    *("figure", "image", "literalinclude"),
    *("quiz-number", "quiz-choice", "quiz-order", "quiz-table", "quiz-line"),
}
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
BLOCK_MATH = re.compile(r"\$\$.*?\$\$|\\begin\{(\w+\*?)\}.*?\\end\{\1\}", re.DOTALL)
INLINE = re.compile(
    r"(`+)(?!`).+?(?<!`)\1(?!`)"  # code spans and the text of roles
    r"|(?<![\\$\w])\$(?=\S)[^$\n]*?(?<=\S)\$(?!\d)"  # inline math
)
CHOICE = re.compile(r"^\s*[-*] \[[^\]]*\] ")
HEADING = re.compile(r"^(#{1,6}) +(.*?)\s*$")


@dataclass(frozen=True)
class Paragraph:
    """Lines between two blank ones.

    Args:
        line: number of the first line, from 1.
        source: the lines as written.
        prose: the same lines, blanked where they are no prose.
        section: the last heading of level 1 or 2 before it, or the paragraph itself.
        in_quiz: it belongs to a question.
    """

    line: int
    source: str
    prose: str
    section: str
    in_quiz: bool


def blank(text: str, pattern: re.Pattern[str]) -> str:
    """Blank every match of `pattern` in `text`."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", BLANK, match[0]), text)


def paragraphs(text: str, section: str = "") -> Iterator[Paragraph]:
    """Yield the paragraphs of a Markdown text.

    Args:
        text: a page or a cell.
        section: the heading under which the text starts.
    """
    lines, quiz = _blocks(text.split("\n"))
    prose = "\n".join(lines)
    for pattern in (COMMENT, BLOCK_MATH, INLINE):
        prose = blank(prose, pattern)
    lines = prose.split("\n")
    source = text.split("\n")
    start = 0
    for end, line in enumerate([*lines, ""]):
        heading = HEADING.match(line)
        if heading and len(heading[1]) <= 2:
            section = heading[2]
        if line.strip():
            continue
        if start < end:
            yield Paragraph(
                line=start + 1,
                source="\n".join(source[start:end]),
                prose="\n".join(lines[start:end]),
                section=section,
                in_quiz=start in quiz,
            )
        start = end + 1


def directives(text: str) -> Iterator[tuple[int, str, str, dict[str, str]]]:
    """Yield (line from 1, name, argument, options) for every directive of a Markdown text."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        match = FENCE.match(line)
        if not match or not match[3]:
            continue
        options = {}
        for following in lines[number + 1 :]:
            if not OPTION.match(following):
                break
            name, _, value = following.strip().removeprefix(":").partition(":")
            options[name] = value.strip()
        yield number + 1, match[3], match[4].strip(), options


def _blocks(lines: list[str]) -> tuple[list[str], set[int]]:
    """Blank fences, code and options; return the lines and the indices of those in a quiz."""
    kept: list[str] = []
    quiz: set[int] = set()
    open_fences: list[tuple[str, str]] = []  # (fence, name of the directive or "")
    options = False  # are we right below the opening of a directive?
    for number, line in enumerate(lines):
        match = FENCE.match(line)
        inside = open_fences[-1] if open_fences else None
        is_code = inside is not None and (not inside[1] or inside[1] in CODE_BODIES)
        if any(name.startswith("quiz") for _, name in open_fences):
            quiz.add(number)
        if match and inside and _closes(match, inside[0]):
            open_fences.pop()
            kept.append("")
        elif is_code:
            kept.append("")
        elif match:
            name = match[3] or ""
            open_fences.append((match[2], name))
            options = bool(name)
            hidden = not name or name in PATH_ARGUMENTS
            argument = "" if hidden else match[4]
            kept.append(argument.rjust(len(line)))
        elif options and OPTION.match(line):
            kept.append("")
        else:
            options = False
            kept.append(line)
    return kept, quiz


def _closes(match: re.Match[str], fence: str) -> bool:
    same = match[2][0] == fence[0] and len(match[2]) >= len(fence)
    return same and not match[3] and not match[4].strip()
