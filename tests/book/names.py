"""What the names in a notebook's code stand for, without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

import nbfile


@dataclass
class Names:
    """What is known after some cells.

    Args:
        imported: name to the dotted path it was imported from.
        helpers: name of a function of the notebook to everything it calls.
        by_hand: names defined by cells that use nothing of course_lib.
    """

    imported: dict[str, str] = field(default_factory=dict)
    helpers: dict[str, set[str]] = field(default_factory=dict)
    by_hand: set[str] = field(default_factory=set)

    def learn(self, tree):
        """Take over what a cell imports and defines."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    self.imported[alias.asname or top] = alias.name if alias.asname else top
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    self.imported[alias.asname or alias.name] = f"{node.module}.{alias.name}"
            elif isinstance(node, ast.FunctionDef):
                self.helpers[node.name] = self.calls(node)
        if not self.uses_course(tree):
            self.by_hand |= set(_defined(tree))

    def path(self, node):
        """The dotted path of an expression; ".fit" where its root is a value of the notebook."""
        if isinstance(node, ast.Name):
            return self.imported.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            root = node
            while isinstance(root, ast.Attribute):
                root = root.value
            if isinstance(root, ast.Name) and root.id in self.imported:
                return f"{self.path(node.value)}.{node.attr}"
            return f".{node.attr}"
        return ""

    def calls(self, tree):
        """The paths of everything called in `tree`, helpers of the notebook followed."""
        found = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                path = self.path(node.func)
                found |= {path} | self.helpers.get(path, set())
        return found

    def uses_course(self, tree):
        return any(self.imported.get(n, "").startswith("course_lib") for n in _used(tree))


@dataclass(frozen=True)
class CodeCell:
    """A code cell read with what the cells before it imported and defined."""

    number: int  # in the notebook, from 1
    source: str
    tags: list
    output: str  # all its stored text, "" without outputs
    calls: set
    used: set
    defined: set
    by_hand: set  # what the cells before defined without course_lib
    uses_course: bool
    asserts: bool

    @property
    def ignored(self):
        return "nbval-ignore-output" in self.tags

    @property
    def compared(self):
        return bool(self.output) and not self.ignored


def code_cells(notebook) -> Iterator[CodeCell]:
    """Read the code cells of a notebook; a SyntaxError names the cell."""
    names = Names()
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] != "code":
            continue
        source = nbfile.source(cell)
        tree = ast.parse(source, filename=f"cell {number}")
        by_hand = set(names.by_hand)
        names.learn(tree)
        yield CodeCell(
            number=number,
            source=source,
            tags=nbfile.tags(cell),
            output=output_text(cell),
            calls=names.calls(tree),
            used=set(_used(tree)),
            defined=set(_defined(tree)),
            by_hand=by_hand,
            uses_course=names.uses_course(tree),
            asserts=any(isinstance(n, ast.Assert) for n in ast.walk(tree))
            or any(c.rpartition(".")[2].startswith("assert_") for c in names.calls(tree)),
        )


def output_text(cell):
    parts = []
    for output in cell["outputs"]:
        parts += [output.get("text", ""), *output.get("data", {}).values()]
    return "\n".join(nbfile.text(p) for p in parts if isinstance(p, str | list))


def _used(tree):
    return (n.id for n in ast.walk(tree) if isinstance(n, ast.Name))


def _defined(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
