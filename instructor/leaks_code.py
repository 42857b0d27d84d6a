"""Code as it is compared: statement by statement, without the names that a copy would change.

A text is read line by line, each logical line by itself, so that code is found inside a page, a
log or a session, at any indent.  What does not parse is skipped: prose, comments, heads such as
`else:`.  Heads of functions and classes are skipped too, because the task prints them.
"""

import ast
import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 4000  # characters of one logical line; minified scripts have longer ones
MOST_LINES = 40  # physical lines of one logical line
PROMPT = re.compile(r"\s*(?:(?:In \[\d*\]:|>>>|\.\.\.|#+)(?: |$))?")
STRING = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
COMMENT = re.compile(r"(?:^|\s)#.*")
# What has no bracket and no sign can be no statement that tells anything.
TELLING = re.compile(r"[=(\[{*/+%-]|^(?:import|from|return|yield|if|while|for|with|elif)\b")
BLOCK = re.compile(r"(?:async )?(?:if|elif|for|while|with)\b.*:", re.DOTALL)
LIBRARIES = {"keras", "layers", "ops", "np", "numpy", "math", "tf", "jnp", "hashlib", "activations"}
KEPT = set(dir(builtins))
LOCAL = "\0"  # before a name that a copy would change
HEADED = ast.If | ast.For | ast.While | ast.With | ast.AsyncFor | ast.AsyncWith
UNSEEN = {"ctx", "annotation", "returns", "type_comment", "kind", "simple", "type_ignores"}

Shape = tuple[str, ...]


@dataclass(frozen=True)
class Unit:
    """A statement.

    Attributes:
        text: as written, on one line, without comment.
        words: the statement in prefix order; local names have a mark.
        spans: of the expressions in `words`, and of neighbours in a display.
        weights: running sum of what each word weighs; one longer than `words`.
    """

    text: str
    words: Shape
    spans: tuple[tuple[int, int], ...]
    weights: tuple[int, ...]

    @property
    def weight(self) -> int:
        """What the statement weighs."""
        return self.weights[-1]


def logical_lines(text: str) -> Iterator[str]:
    """Yield the lines of a text, those with open brackets joined, without prompts and comments.

    Lines that are no code together, such as prose with a bracket, are not joined.  A comment counts
    as a line of its own, because code can be commented out.
    """
    lines = [_bare(line) for line in text.splitlines()]
    first = 0
    while first < len(lines):
        last = _last_line(lines, first)
        joined = " ".join(code for code, _, _ in lines[first : last + 1] if code)
        if last > first and not _parsed(joined):
            last, joined = first, lines[first][0]
        yield joined
        first = last + 1


def units(text: str) -> list[Unit]:
    """Return the statements of a text that tell something, in order."""
    found: list[Unit] = []
    known: dict[str, str] = {}
    for line in logical_lines(text):
        if len(line) > LONGEST or not TELLING.search(line):
            continue
        for statement in _parsed(line):
            if isinstance(statement, ast.Import | ast.ImportFrom):
                known |= {a.asname or a.name: a.name.split(".")[-1] for a in statement.names}
            elif unit := _unit(line, statement, known):
                found.append(unit)
    return found


def windows(listed: list[Unit], least: int) -> Iterator[tuple[Shape, str]]:
    """Yield (shape, text) of the shortest run of statements from each that weighs enough."""
    for first in range(len(listed)):
        weight, last = 0, first
        while weight < least and last < len(listed):
            weight += listed[last].weight
            last += 1
        if weight >= least:
            run = listed[first:last]
            yield numbered([w for unit in run for w in unit.words]), "; ".join(u.text for u in run)


def expressions(listed: list[Unit], least: int) -> Iterator[tuple[Shape, str]]:
    """Yield (shape, text of the statement) of each expression that weighs enough."""
    for unit in listed:
        if unit.weight >= least:
            for start, end in unit.spans:
                if unit.weights[end] - unit.weights[start] >= least:
                    yield numbered(unit.words[start:end]), unit.text


def numbered(words: list[str] | Shape) -> Shape:
    """Return words with each local name replaced by the number of its first appearance."""
    names: dict[str, str] = {}
    return tuple(
        names.setdefault(word, f"{LOCAL}{len(names)}") if word[:1] == LOCAL else word
        for word in words
    )


def _bare(line: str) -> tuple[str, int, bool]:
    """Return a line without prompt and comment, how many brackets it opens, and if it goes on."""
    if prompt := PROMPT.match(line):
        line = line[prompt.end() :]
    if len(line) > LONGEST:
        return line, 0, False
    masked = STRING.sub(lambda match: "x" * len(match[0]), line)
    if "#" in masked and (cut := COMMENT.search(masked)):
        line, masked = line[: cut.start()], masked[: cut.start()]
    depth = sum(masked.count(c) for c in "([{") - sum(masked.count(c) for c in ")]}")
    goes_on = masked.rstrip().endswith("\\")
    return line.rstrip().removesuffix("\\").strip(), depth, goes_on


def _last_line(lines: list[tuple[str, int, bool]], first: int) -> int:
    """Return the number of the line with which a logical line ends: `first` where none does."""
    depth = 0
    for number in range(first, min(first + MOST_LINES, len(lines))):
        depth += lines[number][1]
        if depth == 0 and not lines[number][2]:
            return number
        if depth < 0:
            break
    return first


def _parsed(line: str) -> list[ast.stmt]:
    if BLOCK.fullmatch(line):
        line = f"{line.removeprefix('el')} pass"
    try:
        body = ast.parse(line).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [inner for statement in body for inner in _flat(statement)]


def _flat(statement: ast.stmt) -> Iterator[ast.stmt]:
    """Yield a statement without its block, then those of its block."""
    body = getattr(statement, "body", [])
    if not isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        if isinstance(statement, HEADED):
            statement.body = []
        yield statement
    for inner in body:
        if not isinstance(inner, ast.Pass):
            yield from _flat(inner)


def _unit(line: str, statement: ast.stmt, known: dict[str, str]) -> Unit | None:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant | ast.Name):
        return None  # a docstring or a word of prose
    if isinstance(statement, ast.AnnAssign) and statement.value:
        statement = ast.Assign([statement.target], statement.value)
    writer = _Writer(known)
    writer.write(statement)
    weights = [0]
    for word in writer.words:
        weights.append(weights[-1] + (min(word.count(" ") + 1, 4) if word[:1] in "'\"" else 1))
    return Unit(line, tuple(writer.words), tuple(writer.spans), tuple(weights))


class _Writer:
    """Writes a tree in prefix order, and remembers where its expressions lie."""

    def __init__(self, known: dict[str, str]):
        self.known = known
        self.words: list[str] = []
        self.spans: list[tuple[int, int]] = []

    def write(self, node: ast.AST) -> None:
        start = len(self.words)
        self._write(node)
        if isinstance(node, ast.expr) and len(self.words) > start + 1:
            self.spans.append((start, len(self.words)))

    def _write(self, node: ast.AST) -> None:
        match node:
            case ast.Name(name) | ast.arg(name):
                self.words.append(self._name(name))
            case ast.Constant(value):
                self.words.append(repr(value))
            case ast.Attribute(value, name) if self._is_library(value):
                self.words.append(name)
            case ast.Dict(keys, values):
                self.words.append("Dict")
                self._items([[k, v] for k, v in zip(keys, values, strict=True)])
            case ast.List(items) | ast.Tuple(items) | ast.Set(items):
                self.words.append(type(node).__name__)
                self._items([[item] for item in items])
            case _:
                self._plain(node)

    def _plain(self, node: ast.AST) -> None:
        label, inside = type(node).__name__, []
        for field in node._fields:
            value = getattr(node, field, None)
            if field in UNSEEN or value is None:
                continue
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, ast.AST) and part._fields:
                    inside.append(part)
                else:
                    label += f" {type(part).__name__ if isinstance(part, ast.AST) else part}"
            label += f" {len(value)}" if isinstance(value, list) else ""
        self.words.append(label)
        for part in inside:
            self.write(part)

    def _items(self, items: list[list]) -> None:
        edges = [len(self.words)]
        for item in items:
            for part in item:
                if part is not None:
                    self.write(part)
            edges.append(len(self.words))
        if len(items) > 3:
            self.spans += zip(edges, edges[3:], strict=False)  # three neighbours

    def _name(self, name: str) -> str:
        if name in self.known:
            return self.known[name]
        return name if name in KEPT or name[:1].isupper() else LOCAL + name

    def _is_library(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Attribute):
            return self._is_library(node.value)
        return isinstance(node, ast.Name) and (node.id in LIBRARIES or node.id in self.known)
