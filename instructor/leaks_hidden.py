"""What must not be published: solutions, right answers of the tests, the secret, these modules."""

import ast
import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from instructor import seeds
from instructor.leaks_text import texts

# The marks that instructor/edition_regions.py takes out; it refuses every other form of them.
REGION = re.compile(
    r"^[ \t]*### BEGIN SOLUTION[ \t]*\n(.*?)^[ \t]*### END SOLUTION", re.DOTALL | re.MULTILINE
)
ASKED = re.compile(r"^(?:def|class) (\w+)", re.MULTILINE)
WORD = re.compile(r"\w+")
HEADING = re.compile(r"# (\w+)")  # above the right answers to one question
SOLUTION, BANK, PACKAGE = "solution", "bank of right answers", "instructor's module"


@dataclass(frozen=True)
class Answer:
    """A text that must stay hidden.

    Attributes:
        question: that it answers, as `ASSIGNMENT.QUESTION`, or the file that it is.
        source: what it is part of, such as SOLUTION.
        text: code, or prose.
        prose: whether it is compared by its words.
    """

    question: str
    source: str
    text: str
    prose: bool = False


@dataclass(frozen=True)
class _Cell:
    """What is needed of a cell; `outputs` are JSON."""

    kind: str
    source: str
    tags: list[str]
    outputs: bytes


@dataclass(frozen=True, eq=False)
class Hidden:
    """Everything that must not be published.

    Attributes:
        answers: code and prose.
        secrets: for each thing derived from the secret, its spellings.
        words: by question, stems of words that a solution has and no page of the book.
        modules: names of the instructor's modules.
        files: paths that are never published, from the root of the tree.
    """

    answers: tuple[Answer, ...] = ()
    secrets: dict[str, frozenset[bytes]] = field(default_factory=dict)
    words: dict[str, frozenset[str]] = field(default_factory=dict)
    modules: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()


def of_course(root: Path, secret: bytes | None = None) -> Hidden:
    """Collect what the tree of a course hides.

    Args:
        root: of the source tree.
        secret: content of the course's secret, from `seeds.read`; without it, no seed is searched.

    Raises:
        ValueError: the tree has no solution, so that a scan would show nothing.
    """
    solutions = list(of_notebooks(sorted((root / "book").rglob("*.ipynb"))))
    if not solutions:
        raise ValueError(f"{root / 'book'}: no notebook with a solution; name the source tree")
    banks = sorted((root / "tests" / "checks").glob("*_right.py"))
    package = sorted((root / "instructor").glob("*.py"))
    modules = [Answer(f"instructor/{p.name}", PACKAGE, p.read_text("utf-8")) for p in package]
    answers = (*solutions, *(one for path in banks for one in of_bank(path)), *modules)
    questions = sorted({one.question for one in solutions if not one.prose})
    return Hidden(
        answers,
        spellings(secret, questions) if secret else {},
        rare_words(solutions, given_words(root / "book")),
        frozenset(path.stem for path in package if path.stem != "__init__"),
        frozenset(path.relative_to(root).as_posix() for path in (*banks, *package)),
    )


def of_notebooks(paths: Iterable[Path]) -> Iterator[Answer]:
    """Yield the solutions of notebooks: regions of code cells, and cells tagged `solution`."""
    for path in paths:
        if ".ipynb_checkpoints" in path.parts:
            continue
        for number, cell in enumerate(_cells(path), start=1):
            tagged, is_code = "solution" in cell.tags, cell.kind == "code"
            asked = ASKED.search(cell.source) if is_code else None
            name = f"{path.stem}.{asked[1]}" if asked else f"{path.stem}, cell {number}"
            for region in [cell.source] if tagged else REGION.findall(cell.source):
                yield Answer(name, SOLUTION, region, prose=not is_code)
                if is_code and _is_table(region):
                    yield Answer(name, SOLUTION, region, prose=True)


def of_bank(path: Path) -> Iterator[Answer]:
    """Yield the functions, classes and tables of a module of right answers.

    The question is that of the table `RIGHT`, else of the comment above, else the answer's name.
    """
    code = path.read_text(encoding="utf-8")
    tree = ast.parse(code)
    questions = _questions(tree)
    chapter = path.stem.removesuffix("_right")
    lines = code.splitlines()
    for node in tree.body:
        above = [m[1] for line in lines[: node.lineno - 1] if (m := HEADING.fullmatch(line))]
        name = getattr(node, "name", "")
        is_table = isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
        if name or is_table:
            segment = ast.get_source_segment(code, node) or ""
            question = questions.get(name) or (above or [name or "table"])[-1]
            yield Answer(f"{chapter}.{question}", BANK, segment)


def spellings(secret: bytes, questions: Iterable[str]) -> dict[str, frozenset[bytes]]:
    """Return how the secret and each seed could be written, by what it is.

    Args:
        secret: of the course.
        questions: names `ASSIGNMENT.QUESTION`, for which grading derives seeds.
    """
    found = {"the secret of the course": _spelt(secret)}
    with suppress(ValueError):  # not hex: made by somebody else, not by `course secret`
        found["the secret of the course"] |= _spelt(bytes.fromhex(secret.decode("ascii")))
    about = [("journal",), *(tuple(question.split(".", 1)) for question in questions)]
    for parts in about:
        digest = hmac.new(secret, "\0".join(parts).encode(), hashlib.sha256).digest()
        numbers = seeds.seed(secret, *parts)
        joined = b"".join(number.to_bytes(4) for number in numbers)
        single = {str(number).encode() for number in numbers if number >= 10**7}
        single |= {f"0x{number:x}".encode() for number in numbers}
        found[f"the seed of {'.'.join(parts)}"] = _spelt(digest) | _spelt(joined) | single
    return found


def given_words(book: Path) -> frozenset[str]:
    """Return the words that a student may read in the book: all but the solutions."""
    found: set[str] = set()
    for path in sorted(book.rglob("*")):
        if path.suffix in (".md", ".yml", ".bib", ".json"):
            found.update(*(WORD.findall(text) for text in texts(path.name, path.read_bytes())))
        elif path.suffix == ".ipynb" and ".ipynb_checkpoints" not in path.parts:
            for cell in _cells(path):
                if "solution" not in cell.tags:
                    found.update(WORD.findall(REGION.sub("", cell.source)))
                    if not REGION.search(cell.source):
                        shown = texts("outputs.json", cell.outputs)
                        found.update(*(WORD.findall(text) for text in shown))
    return frozenset(stem(word) for word in found)


def rare_words(answers: Iterable[Answer], given: frozenset[str]) -> dict[str, frozenset[str]]:
    """Return the stems of the words of each question's solution that are nowhere given."""
    found: dict[str, frozenset[str]] = {}
    for one in answers:
        own = {stem(word) for word in WORD.findall(one.text)} - given
        own = {word for word in own if len(word) > 2 and not word.isdigit()}
        found[one.question] = found.get(one.question, frozenset()) | own
    return {question: words for question, words in found.items() if words}


@cache
def stem(word: str) -> str:
    """Return a word as the search index of the site has it."""
    return _stemmer()(word)


@cache
def _stemmer():
    from sphinx.search.en import SearchEnglish

    return SearchEnglish({}).stem


def _cells(path: Path) -> list[_Cell]:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [
            _Cell(
                cell["cell_type"],
                "".join(cell["source"]),
                cell["metadata"].get("tags", []),
                json.dumps(cell.get("outputs", [])).encode(),
            )
            for cell in cells
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: no notebook in nbformat 4 ({error!r})") from error


def _is_table(region: str) -> bool:
    """Tell whether an answer is a choice of texts, which a table of prose could give away."""
    return len(re.findall(r'"[^"\n]*[a-z] [a-z][^"\n]*"', region)) >= 3


def _questions(tree: ast.Module) -> dict[str, str]:
    """Return the question of each function named in the table `RIGHT`."""
    found: dict[str, str] = {}
    for node in tree.body:
        match node:
            case ast.Assign([ast.Name("RIGHT")], ast.Dict(keys, values)):
                for key, value in zip(keys, values, strict=True):
                    names = [n.id for n in ast.walk(value) if isinstance(n, ast.Name)]
                    found |= {name: str(ast.literal_eval(key)) for name in names if key}
    return found


def _spelt(value: bytes) -> frozenset[bytes]:
    """Return bytes as hex, decimal and base64; the latter wherever it starts in a longer code."""
    found = {value, value.hex().encode(), str(int.from_bytes(value)).encode()}
    found.add(str(int.from_bytes(value, "little")).encode())
    for shift in range(3):
        code = base64.b64encode(b"\0" * shift + value)
        inner = code[(0, 2, 3)[shift] : len(code) - (4 if (len(value) + shift) % 3 else 0)]
        found |= {inner, inner.translate(bytes.maketrans(b"+/", b"-_"))}
    return frozenset(found)
