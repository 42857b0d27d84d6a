"""What a test file or a notebook depends on: the code it reaches by imports, and files of data.

Imports are read, not run.  `from package import name` leads to the module where the package's
`__init__` has the name from, so that a notebook that uses one network does not depend on all.  A
name made at run time, `import_module(f"course_lib.experiments.{name}")`, leads to all modules of
that package; for a notebook to those that its code names as strings.
"""

import ast
import hashlib
import json
import subprocess
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path

ROOTS = ("", "tools/", "_ext/")  # where imports are looked up, as pyproject.toml tells pytest
PAGES = (".md", ".ipynb")  # of the book: only its own tests and builds depend on their text
# Tests that read the tree at large or the built site depend on all of it.
WHOLE = (
    "tests/book/",
    "tests/checks/test_bank",
    "tests/instructor/",
    "tests/site/",
    "tests/tools/",
    "tests/test_layout",
)


class Tree:
    """The files of a working tree that git knows or does not ignore, as they are now.

    Args:
        root: folder of the working tree.
    """

    def __init__(self, root: Path):
        self.root = root

    @cached_property
    def files(self) -> dict[str, str]:
        """Hash of each file by its path from the root."""
        listed = subprocess.run(
            ["git", "-C", self.root, "ls-files", "-z", "-co", "--exclude-standard"],
            capture_output=True,
            check=True,
        ).stdout.decode()
        paths = sorted(path for path in set(listed.split("\0")) if (self.root / path).is_file())
        return {path: _hash((self.root / path).read_bytes()) for path in paths}

    def key(self, path: str) -> str:
        """Hash everything that the outcome of a test file or a notebook may depend on."""
        if path.startswith(WHOLE):
            needed: Iterable[str] = self.files
        elif path.endswith(".ipynb"):
            data = (name for name in self.files if _is_data(name) or name == "book/ledger.yml")
            needed = {path, *self.code(path), *data, "requirements.txt"}
        else:
            data = (name for name in self.files if not name.endswith(".py") and not _is_page(name))
            conftests = (name for name in self.files if name.endswith("conftest.py"))
            needed = {path, *self.code(path), *data, *conftests}
        return _hash("\n".join(f"{name} {self.files[name]}" for name in sorted(needed)).encode())

    def code(self, path: str) -> set[str]:
        """Return the Python files that a file reaches by imports, itself included."""
        words = _strings(self.syntax(path)) if path.endswith(".ipynb") else None
        found: set[str] = set()
        passed: set[str] = set()  # `__init__` files that run, whose other imports do not count
        waiting = [path]
        while waiting:
            here = waiting.pop()
            if here in found:
                continue
            found.add(here)
            for files, more in self.imports(here, words):
                passed.update(files)
                waiting += more
        return found | passed

    def imports(self, path: str, words: set[str] | None) -> Iterable[tuple[list[str], list[str]]]:
        """Yield for each import of a file the `__init__` files passed, and the files to follow."""
        for node in ast.walk(self.syntax(path)):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield self.named(alias.name)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    yield self.member(node.module, alias.name)
            elif isinstance(node, ast.Call) and "import_module" in ast.dump(node.func):
                yield from self.made(path, node.args[0], words)

    def made(self, path, name, words):
        """Yield what an import of a name made at run time may lead to; see `imports`."""
        if isinstance(name, ast.Constant):
            yield self.named(str(name.value))
            return
        folder = path.rpartition("/")[0]
        if isinstance(name, ast.JoinedStr) and isinstance(name.values[0], ast.Constant):
            folder = str(name.values[0].value).rstrip(".").replace(".", "/") or folder
        for module in self.files:
            inside, _, file = module.rpartition("/")
            stem = file.removesuffix(".py")
            if inside == folder and stem != file and (words is None or stem in words):
                yield [], [module]

    def named(self, module: str) -> tuple[list[str], list[str]]:
        """Return the packages that lead to a module, and the module's file if it is ours."""
        file = self.file(module)
        return self.packages(module), [file] if file else []

    def member(self, module: str, name: str) -> tuple[list[str], list[str]]:
        """Return the same for a name that is imported from a module or package."""
        passed = self.packages(f"{module}.{name}")
        if file := self.file(f"{module}.{name}"):
            return passed, [file]
        file = self.file(module)
        if file is None:
            return [], []
        if file.endswith("__init__.py"):
            for node in ast.walk(self.syntax(file)):
                names = [alias.name for alias in getattr(node, "names", []) if not alias.asname]
                if isinstance(node, ast.ImportFrom) and node.module and name in names:
                    more, files = self.member(node.module, name)
                    return [*passed, file, *more], files
        return passed, [file]

    def packages(self, module: str) -> list[str]:
        """Return the `__init__` files that run before a module does."""
        parents = module.split(".")[:-1]
        names = (".".join(parents[: i + 1]) for i in range(len(parents)))
        return [file for name in names if (file := self.file(name)) and "__init__" in file]

    def file(self, module: str) -> str | None:
        """Return the path of a module's file, None if it is not of this tree."""
        place = module.replace(".", "/")
        for root in ROOTS:
            for path in (f"{root}{place}.py", f"{root}{place}/__init__.py"):
                if path in self.files:
                    return path
        return None

    @cache  # noqa: B019 - there is one tree, and it lives as long as the run
    def syntax(self, path: str) -> ast.Module:
        """Return the syntax tree of a Python file, or of a notebook's code."""
        text = (self.root / path).read_text(encoding="utf-8")
        if path.endswith(".ipynb"):
            cells = json.loads(text)["cells"]
            text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
        return ast.parse(text)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _strings(tree: ast.AST) -> set[str]:
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _is_page(path: str) -> bool:
    """Whether a file is a page of the book; exercises hold answers that tests of checks run."""
    return (
        path.startswith("book/")
        and path.endswith(PAGES)
        and not path.startswith(("book/exercises/", "book/results/"))
    )


def _is_data(path: str) -> bool:
    return path.startswith(("course_lib/", "book/results/")) and not path.endswith((".py", ".md"))
