"""Does a student's tree hold an answer?  A search for its lines, and for code that equals it."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import nbfile
from instructor import edition_regions as regions

SHORT = 12  # characters without spaces below which a line gives nothing away: `return x`
# Neither do the head of a block and one Keras layer applied to a tensor: words of the language.
VOCABULARY = re.compile(r".*:|\w+=(?:keras\.)?layers\.\w+\([^()]*\)\(\w+\)")


@dataclass(frozen=True)
class Solution:
    """What one cell hides."""

    where: str
    regions: list  # lines of each region
    source: str  # of the cell


def solutions(root) -> Iterator[Solution]:
    """Every cell with a solution in the notebooks of the source tree."""
    for path in nbfile.notebooks(root):
        for number, cell in enumerate(nbfile.read(path)["cells"], start=1):
            source = nbfile.source(cell)
            where = f"{path.relative_to(root).as_posix()}: cell {number}"
            if cell["cell_type"] == "code" and (found := regions.split(source)[1]):
                yield Solution(where, found, source)
            elif "solution" in nbfile.tags(cell):
                yield Solution(where, [source.split("\n")], source)


def code_of(tree) -> dict:
    """The code and the prose of a student's tree by file: text in which an answer could stand."""
    texts = {}
    for name, content in tree.items():
        if name.endswith(".ipynb"):
            cells = json.loads(content)["cells"]
            texts[name] = "\n".join(nbfile.source(cell) for cell in cells)
        elif name.endswith((".py", ".md")):
            texts[name] = content.decode()
    return texts


def leaks(found, texts):
    """A line for every place of `texts` that prints one of the solutions.

    A leak is a telling line of a solution, or a function that does the same as one, up to the
    names of its variables.
    """
    lines = {name: {_plain(line) for line in text.split("\n")} for name, text in texts.items()}
    bodies = {
        name: _bodies(text) for name, text in texts.items() if name.endswith((".py", ".ipynb"))
    }
    for solution in found:
        hidden = {_plain(line) for region in solution.regions for line in region}
        telling = {x for x in hidden if len(x) >= SHORT and not VOCABULARY.fullmatch(x)}
        same = _bodies(solution.source)
        for name in texts:
            for line in sorted(telling & lines[name]):
                yield f"{solution.where}: the line {line!r} stands in {name}"
            if same & bodies.get(name, set()):
                yield f"{solution.where}: the same function stands in {name}"


def _plain(line):
    """A line without its indent, its spaces and its comment."""
    return "".join(line.partition("  #")[0].split())


def _bodies(text):
    """The functions in a text, as dumps of their bodies with variables renamed by first use."""
    try:
        tree = ast.parse(text)
    except SyntaxError:  # a notebook: its prose is no Python, so read each function alone
        return {b for block in _functions(text) for b in _bodies(block)}
    return {
        dump
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        if (dump := _canonical(node))
    }


def _functions(text):
    """Blocks of lines that start with `def` at the margin and go on indented."""
    block = []
    for line in [*text.split("\n"), "end"]:
        if block and line and not line[0].isspace() and line[0] not in ")]}":
            if _parses("\n".join(block)):
                yield "\n".join(block)
            block = []
        if line.startswith("def ") or block:
            block.append(line)


def _parses(code):
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True


def _canonical(function):
    """Dump of the statements without docstring; None where they are too few to tell anything."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    names = {}
    copied = ast.parse(ast.unparse(ast.Module(body=body, type_ignores=[]))) if body else None
    if copied is None or sum(1 for _ in ast.walk(copied)) < 15:
        return None
    local = {
        a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    }
    local |= {
        n.id for n in ast.walk(copied) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    for node in ast.walk(copied):
        if isinstance(node, ast.Name) and node.id in local:
            node.id = names.setdefault(node.id, f"v{len(names)}")
    return ast.dump(copied)
