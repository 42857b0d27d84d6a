"""Load a copy of the nets with one line changed, without touching the real ones.

What neither holds the fault nor imports what does is loaded once for all faults.
"""

import ast
import sys
import types
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import course_lib

ROOT = Path(course_lib.__path__[0])
NAME = "faulty_nets"
# The rules of the nets' layers write into these: fresh rules need fresh tables.
RULES = "nets/rules.py"
TABLES = {"cost.py", "receptive_field.py", "draw_words.py", "memory.py"}


@dataclass(frozen=True)
class Fault:
    """A fault: `old`, which occurs in `file`, becomes `new`; `net` is built to show it."""

    what: str
    net: str
    file: str
    old: str
    new: str


def faults(net, file, lines):
    """Give the faults of one file that one net shows: {what: (old, new)}."""
    return [Fault(what, net, file, old, new) for what, (old, new) in lines.items()]


class Copy:
    """A copy of the nets, of cost and receptive field; `copy.resnet` is loaded when asked for.

    `asked`: the files of what was asked for.

    Args:
        fault: of one line, or none.
        base: gives the modules that the fault does not reach.
    """

    def __init__(self, fault=None, base=None):
        self._fault, self._base = fault, base
        self._loaded: dict[str, types.ModuleType] = {}
        self.asked: set[str] = set()
        assert fault is None or (ROOT / fault.file).is_file(), f"there is no file {fault.file}"
        self._load(RULES)

    def __getattr__(self, name):
        for file in (f"nets/{name}.py", f"{name}.py"):
            if (ROOT / file).is_file():
                self.asked.add(file)
                return self._load(file)
        raise AttributeError(f"the package has no module {name!r}")

    def fresh(self):
        """Return the same copy with all modules its own, so that none was made short."""
        return Copy(self._fault)

    def _load(self, file):
        if file not in self._loaded:
            for needed in imports(file):
                self._load(needed)
            if self._base is None or self._is_reached(file):
                fault = self._fault if self._fault and self._fault.file == file else None
                with importable(self._loaded):
                    self._loaded[file] = run(file, fault)
            else:
                self._loaded[file] = self._base._load(file)
        return self._loaded[file]

    def _is_reached(self, file):
        faulty = self._fault is not None and self._fault.file
        return reaches(file, faulty) or (file in TABLES and reaches(RULES, faulty))


@lru_cache
def right():
    """Return the copy without a fault, loaded once."""
    return Copy()


def package(fault=None):
    """Return a copy of the nets with one fault or none."""
    return Copy(fault, right())


def load():
    """Load every module of the nets, cost and receptive field anew, and return their number."""
    copy = Copy()
    stems = {path.stem for path in (ROOT / "nets").glob("*.py")} - {"__init__"}
    for name in sorted(stems | {"receptive_field", "cost"}):
        getattr(copy, name)
    return len(copy._loaded)


@lru_cache
def imports(file):
    """Return the files of the package that a file needs to be loaded: not those for types only."""
    found = []
    for node in ast.parse(text(file)).body:
        if isinstance(node, ast.ImportFrom):
            names = (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
            paths = ("/".join(name.split(".")[1:]) + ".py" for name in names)
            found += [path for path in paths if (ROOT / path).is_file()]
    return found


@lru_cache
def reaches(file, other):
    """Tell whether a file is another or imports it, directly or not."""
    return file == other or any(reaches(needed, other) for needed in imports(file))


@contextmanager
def importable(loaded):
    """Let the modules of a copy import each other, in this context only."""
    names = {NAME: types.ModuleType(NAME)} | {m.__name__: m for m in loaded.values()}
    assert NAME not in sys.modules
    sys.modules.update(names)
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]


def run(file, fault=None):
    """Run one file of the copy, with a fault or without, and return its module."""
    module = types.ModuleType(f"{NAME}.{file.removesuffix('.py').replace('/', '.')}")
    exec(compiled(file) if fault is None else translate(file, change(fault)), module.__dict__)
    return module


@lru_cache
def compiled(file):
    return translate(file, text(file))


def translate(file, source):
    """Compile a file as one of the copy."""
    # The copy must not take the place of the real layers in the registry of Keras.
    source = source.replace('@keras.saving.register_keras_serializable("course_lib")\n', "")
    return compile(source.replace("course_lib", NAME), f"{NAME}/{file}", "exec")


def change(fault):
    """Return the text of a file with its fault."""
    source = text(fault.file)
    assert fault.old in source, f"{fault.what}: the line is gone from {fault.file}"
    return source.replace(fault.old, fault.new)


@lru_cache
def text(file):
    return (ROOT / file).read_text(encoding="utf-8")
