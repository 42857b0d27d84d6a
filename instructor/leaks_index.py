"""Find pieces of hidden answers in a text.

- lines: a statement of a solution, token by token, whatever the spaces and the markup around it;
- statements: a run of statements with other local names;
- expressions: a large expression with other local names, or neighbours of a table;
- words: a run of words of a prose answer, or of a table of texts;
- the secret and what is derived from it; names of the instructor's modules; marks of regions.

The sizes below were chosen by measurement: at them, no run of statements and no expression of a
solution or of a right answer is in 500 modules of Keras, scikit-learn and scikit-image.  A smaller
solution is found by its lines only, and code written in another way is not found at all.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from instructor.leaks_code import expressions, logical_lines, units, windows
from instructor.leaks_hidden import PACKAGE, SOLUTION, Answer, Hidden

TOKEN = re.compile(r"\w+|[^\w\s]")
WORD = re.compile(r"\w+")
ANCHOR = 4  # tokens by which a line is looked up
SHINGLE = 7  # words
NUMBER = re.compile(rb"(?<![\w.])\d{8,10}(?![\w.])")
# The head of a block and one layer applied to a tensor: words of the language, which tell nothing.
VOCABULARY = re.compile(
    r".*:|(?:from|import)[\w.]+.*|(?:\w+=|return)?(?:\w+\.)*\w+\(\w*\)(?:\(\w+\))?|\w+=(?:keras\.)?layers\.\w+\([^()]*\)\(\w+\)"
)
MARK = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Sizes:
    """The least size of what is searched: characters of a line, weights of the others."""

    line: int
    statements: int
    expression: int


SIZES = {SOLUTION: Sizes(12, 20, 12), PACKAGE: Sizes(70, 40, 24)}
BANK_SIZES = Sizes(56, 20, 12)  # their lines are made of what many nets are made of


@dataclass(frozen=True)
class Piece:
    """A piece of something hidden.

    Attributes:
        question: that it answers, or what it is derived from.
        source: SOLUTION, BANK, PACKAGE, or "secret", "name", "mark".
        what: it is, in words.
        text: of it; empty for a secret.
    """

    question: str
    source: str
    what: str
    text: str


class Index:
    """Hidden answers, prepared for the search."""

    def __init__(self, hidden: Hidden):
        self.hidden = hidden
        self.lines: dict[tuple, dict[tuple, set[Piece]]] = defaultdict(lambda: defaultdict(set))
        self.shapes: dict[tuple, set[Piece]] = defaultdict(set)
        self.shingles: dict[tuple, set[Piece]] = defaultdict(set)
        self.pairs: set[tuple] = set()  # the first two words of each shingle
        self.sizes: set[Sizes] = set()
        for answer in hidden.answers:
            self._add_words(answer) if answer.prose else self._add_code(answer)

    def find(self, text: str) -> Iterator[Piece]:
        """Yield the hidden pieces that a text holds, some of them more than once."""
        tokens = TOKEN.findall(text.replace("'", '"'))
        yield from self._lines_in(tokens)
        yield from self._words_in(WORD.findall(text.lower()))
        listed = units(text)
        for sizes in self.sizes:
            for shape, _ in windows(listed, sizes.statements):
                yield from self.shapes.get((sizes, "statements", shape), ())
            for shape, _ in expressions(listed, sizes.expression):
                yield from self.shapes.get((sizes, "expression", shape), ())
        for mark in MARK.findall(text):
            yield Piece("a question", "mark", "the mark of a region", mark.strip())
        if self._modules:
            for name in self._modules.findall(text):
                yield Piece(name, "name", "the name of a module", name)

    def find_secrets(self, content: bytes) -> Iterator[Piece]:
        """Yield what of the secret the bytes of a file give away."""
        low = content.lower() if self._spelt else b""
        for code, about in self._spelt.items():
            if code in content or code in low:
                yield Piece(about, "secret", "a spelling", "")
        if self._numbers:
            for number in set(NUMBER.findall(content)) & self._numbers.keys():
                yield Piece(self._numbers[number], "secret", "a number", "")

    def find_name(self, name: str) -> Iterator[Piece]:
        """Yield a file of the instructor's, by its path."""
        path = "/" + name.replace("!", "/")
        for hidden in self.hidden.files:
            folder, _, file = hidden.rpartition("/")
            compiled = f"/{folder}/__pycache__/{file.removesuffix('.py')}."
            if path.endswith(f"/{hidden}") or compiled in path:
                yield Piece(hidden, "name", "the path of a file", hidden)

    @property
    def small(self) -> list[str]:
        """The questions with solutions that are found by their lines only, as too small."""
        known = {p.question for found in self.shapes.values() for p in found}
        worded = {p.question for found in self.shingles.values() for p in found}
        return sorted({a.question for a in self.hidden.answers} - known - worded)

    @cached_property
    def _modules(self) -> re.Pattern | None:
        if not self.hidden.modules:
            return None
        names = "|".join(sorted(self.hidden.modules))
        return re.compile(
            rf"\binstructor[./](?:{names})\b"
            rf"|^[ \t]*(?:from|import) instructor\b(?!\.(?:{names})\b)",
            re.MULTILINE,
        )

    @cached_property
    def _spelt(self) -> dict[bytes, str]:
        known = self.hidden.secrets.items()
        return {c: about for about, codes in known for c in codes if not _is_short(c)}

    @cached_property
    def _numbers(self) -> dict[bytes, str]:
        known = self.hidden.secrets.items()
        return {c: about for about, codes in known for c in codes if _is_short(c)}

    def _add_code(self, answer: Answer) -> None:
        sizes = SIZES.get(answer.source, BANK_SIZES)
        self.sizes.add(sizes)
        for line in logical_lines(answer.text):
            tokens = tuple(TOKEN.findall(line.replace("'", '"')))
            bare = "".join(tokens)
            if len(bare) >= sizes.line and len(tokens) >= ANCHOR and not VOCABULARY.fullmatch(bare):
                piece = Piece(answer.question, answer.source, "a line", line)
                self.lines[tokens[:ANCHOR]][tokens].add(piece)
        listed = units(answer.text)
        for shape, text in windows(listed, sizes.statements):
            piece = Piece(answer.question, answer.source, "statements under other names", text)
            self.shapes[sizes, "statements", shape].add(piece)
        for shape, text in expressions(listed, sizes.expression):
            piece = Piece(answer.question, answer.source, "an expression", text)
            self.shapes[sizes, "expression", shape].add(piece)

    def _add_words(self, answer: Answer) -> None:
        for run in _runs(WORD.findall(answer.text.lower()), SHINGLE):
            piece = Piece(answer.question, answer.source, "words", " ".join(run))
            self.shingles[run].add(piece)
            self.pairs.add(run[:2])

    def _lines_in(self, tokens: list[str]) -> Iterator[Piece]:
        for place, anchor in enumerate(_runs(tokens, ANCHOR)):
            if anchor in self.lines:
                for line, pieces in self.lines[anchor].items():
                    if tuple(tokens[place : place + len(line)]) == line:
                        yield from pieces

    def _words_in(self, words: list[str]) -> Iterator[Piece]:
        for place, pair in enumerate(pairwise(words)):
            if pair in self.pairs:
                yield from self.shingles.get(tuple(words[place : place + SHINGLE]), ())


def _runs(items: list[str], length: int) -> Iterator[tuple[str, ...]]:
    """Yield each run of neighbours of that length."""
    return zip(*(items[k:] for k in range(length)), strict=False)


def _is_short(code: bytes) -> bool:
    """Tell a number that stands in many files by chance, as a part of a longer one."""
    return code.isdigit() and len(code) <= 10
