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
COUNTS = ("cost.py", "receptive_field.py")
# The rules of the nets' layers write into these: fresh rules need fresh tables.
RULES, TABLES = "nets/rules.py", {"cost.py", "receptive_field.py", "draw_words.py"}


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


@contextmanager
def package(fault=None):
    """Load a copy of the nets, cost and receptive field, with one fault or none.

    Yields:
        Its modules by name: `nets.resnet`, `nets.cost`.
    """
    anew = reached_from(fault.file) if fault else set()
    loaded = {file: module for file, module in right().items() if file not in anew}
    with importable(loaded):
        for file in modules():
            if file in anew:
                loaded[file] = run(file, fault if file == fault.file else None)
        yield types.SimpleNamespace(**{Path(file).stem: module for file, module in loaded.items()})


@lru_cache
def right():
    """Return the modules without a fault by file, each loaded once."""
    return load()


def load():
    """Run every module anew and return them by file."""
    with importable({}):
        return {file: run(file) for file in modules()}


@lru_cache
def modules():
    """Return the files of the nets and of what they need, each after what it imports."""
    order: list[str] = []

    def visit(file):
        for needed in imports(file):
            visit(needed)
        if file not in order:
            order.append(file)

    nets = (f"nets/{path.name}" for path in sorted((ROOT / "nets").glob("*.py")))
    for file in (*COUNTS, *(file for file in nets if file != "nets/__init__.py")):
        visit(file)
    return order


@lru_cache
def imports(file):
    """Return the files of the package that a file imports."""
    found = []
    for node in ast.walk(ast.parse(text(file))):
        if isinstance(node, ast.ImportFrom):
            names = (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
            paths = ("/".join(name.split(".")[1:]) + ".py" for name in names)
            found += [path for path in paths if (ROOT / path).is_file()]
    return found


def reached_from(file):
    """Return a file and those that import it, directly or not."""
    assert file in modules(), f"{file} is no file of a net; there are {', '.join(modules())}"
    reached = {file}
    for each in modules():
        if reached & set(imports(each)):
            reached.add(each)
    return reached | TABLES if RULES in reached else reached


@contextmanager
def importable(loaded):
    """Let the modules of a copy import each other, in this context only."""
    assert not any(key.startswith(NAME) for key in sys.modules)
    sys.modules[NAME] = types.ModuleType(NAME)
    sys.modules.update({module.__name__: module for module in loaded.values()})
    try:
        yield
    finally:
        for key in [key for key in sys.modules if key.startswith(NAME)]:
            del sys.modules[key]


def run(file, fault=None):
    """Run one file of the copy, with a fault or without, and return its module."""
    module = types.ModuleType(f"{NAME}.{file.removesuffix('.py').replace('/', '.')}")
    sys.modules[module.__name__] = module
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
