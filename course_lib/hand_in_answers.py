"""The sources of answers, and the receipt that the same answers get on every machine.

A source is normalized: comments, spaces and line breaks do not count, nor how a version of Python
writes a tree of syntax.
"""

import ast
import contextlib
import hashlib
import inspect
import itertools
import json
import re
import textwrap
import warnings
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

MAGIC = re.compile(r"^(\s*)([%!?].*|.*\?)$")  # a line that only IPython understands
PYTHON_MAGICS = ("%%time", "%%capture", "%%prun")  # of cells that are Python below their first line
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
BLOCKS = (ast.stmt, ast.ExceptHandler, ast.match_case)  # what stands in a block, or holds one
CALL = "hand_in"  # the function that a hand-in cell calls


@dataclass(frozen=True)
class HandIn:
    """What a hand-in cell says.

    Attributes:
        assignment: last part of the name of its module of checks.
        points: {question: points}.
        release: of the course, when the notebook was published.
    """

    assignment: str
    points: dict[str, float]
    release: str


def answers_of(cells: Iterable[str], names: Container[str]) -> dict[str, str]:
    """Pick the definitions of some names out of the code cells of a notebook.

    Args:
        cells: their sources, in order; one that is no Python holds no definition.
        names: of the questions.

    Returns:
        {name: normalized source} of those that are defined; the last definition wins.
    """
    found = {}
    for source in cells:
        for node in _statements(parse(source).body):
            for name in _defined(node):
                if name in names:
                    found[name] = _normalized(node, source)
    return found


def defined_in(source: str) -> set[str]:
    """Return the names to which a cell gives a meaning."""
    return {name for node in _statements(parse(source).body) for name in _defined(node)}


def source_of(name: str, answer: Any, executed: Sequence[str] = ()) -> str:
    """Return the normalized source of a function in a running session; empty where unknown.

    Args:
        name: under which it stands.
        answer: the function.
        executed: sources of the cells that were run, for what keeps no source itself.
    """
    text = ""
    with contextlib.suppress(Exception):  # an object may answer to every name, also wrongly
        text = textwrap.dedent(inspect.getsource(answer))
    for cells in ([text], executed):
        if found := answers_of(cells, {name}).get(name):
            return found
    return ""


def receipt(assignment: str, sources: dict[str, str], release: str) -> str:
    """Return a short hash of answers, twelve hexadecimal digits in three groups.

    Args:
        assignment: such as "resnet".
        sources: {question: source}, as `answers_of` gives them; questions without one are absent.
        release: of the course, as the hand-in cell names it.
    """
    answers = sorted((name, _plain(source)) for name, source in sources.items() if source)
    content = json.dumps([assignment, release, answers], sort_keys=True)
    digits = hashlib.sha256(content.encode("utf-8", errors="backslashreplace")).hexdigest()
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:12]}"


def described(cells: Iterable[str]) -> HandIn | None:
    """Read the call in the last hand-in cell among some cells; None where there is none."""
    found = None
    for source in cells:
        for node in parse(source).body:
            match node:
                case ast.Expr(ast.Call(ast.Name(name), [assignment, points, *_], keywords)):
                    if name == CALL:
                        release = [word.value for word in keywords if word.arg == "release"]
                        found = _read(assignment, points, release) or found
    return found


def _read(assignment: ast.expr, points: ast.expr, release: list[ast.expr]) -> HandIn | None:
    try:
        values = [ast.literal_eval(part) for part in (assignment, points, *release[:1])]
    except UNREADABLE:
        return None
    match values:
        case [str(name), dict(each), *rest] if all(isinstance(key, str) for key in each):
            numbers = {k: v for k, v in each.items() if isinstance(v, int | float)}
            return HandIn(name, numbers, str(rest[0]) if rest else "")
    return None


def parse(source: str) -> ast.Module:
    """Parse a cell; what IPython alone understands is left out, and a cell that is no Python."""
    if source.lstrip().startswith("%%") and not source.lstrip().startswith(PYTHON_MAGICS):
        return ast.Module([], [])
    lines = "\n".join(MAGIC.sub(r"\1pass", line) for line in source.split("\n"))
    for text in (source, lines):
        with warnings.catch_warnings(), contextlib.suppress(*UNREADABLE):
            warnings.simplefilter("ignore")  # of an escape in a string, say
            return ast.parse(text)
    return ast.Module([], [])


def _statements(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield statements, those inside of an `if`, a `with` or a loop too, not those of functions."""
    for node in body:
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = ast.iter_child_nodes(node)
            yield from _statements(part for part in inner if isinstance(part, BLOCKS))


def _defined(node: ast.AST) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name for alias in node.names}
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        parts = (part for target in targets for part in ast.walk(target))
        names = (part for part in parts if isinstance(part, ast.Name))
        return {name.id for name in names if isinstance(name.ctx, ast.Store)}
    return set()


def _normalized(node: ast.AST, source: str) -> str:
    try:
        return ast.unparse(node)
    except UNREADABLE:  # some strings with replacement fields cannot be written
        return ast.get_source_segment(source, node) or ""


def _plain(source: str) -> Any:
    """Return the tree of a source as lists, the same in every version of Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _lists(ast.parse(source))
    except UNREADABLE:
        return source.strip()


def _lists(part: Any) -> Any:
    if isinstance(part, list):
        return [_lists(inner) for inner in part]
    if not isinstance(part, ast.AST):
        return repr(part)
    constant = isinstance(part, ast.Constant)
    # Versions differ in which fields there are; those that hold nothing are left out.
    kept = {
        name: _lists(value)
        for name, value in ast.iter_fields(part)
        if name != "kind" and (constant or value not in (None, []))
    }
    if isinstance(part, ast.JoinedStr):
        kept["values"] = _joined(part)
    return [type(part).__name__, kept]


def _joined(string: ast.JoinedStr) -> list:
    """Return the parts of a string with fields; versions cut the text between them differently."""
    parts: list = []
    for text, group in itertools.groupby(
        string.values, lambda part: isinstance(part, ast.Constant)
    ):
        if text:
            parts.append(
                "".join(str(part.value) for part in group if isinstance(part, ast.Constant))
            )
        else:
            parts += map(_lists, group)
    return [part for part in parts if part]
