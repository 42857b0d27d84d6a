"""Words of solutions in the search index of the site.

The index has the words of each page, stemmed and in lower case, without their order.  So the names
that only a solution uses are looked for: two of them on one page, or one that no prose has (with an
underscore or a digit in it).  A solution whose words all stand elsewhere in the book is not found
here, nor is one with other names; the page that the index was made of shows both.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator

from instructor.leaks_index import Piece

START = re.compile(r"\s*Search\.setIndex\(")


def is_search_index(text: str) -> bool:
    """Tell whether a text is the index that Sphinx writes."""
    return bool(START.match(text))


def words_of_solutions(text: str, words: dict[str, frozenset[str]]) -> Iterator[Piece]:
    """Yield the words that give away that a solution is on a page.

    Args:
        text: of the index.
        words: for each question, those that its solution has and no page of the book.

    Raises:
        ValueError: the index is not of the form that is known.
    """
    by_page = pages(text)
    for question, own in words.items():
        for page, found in by_page.items():
            hits = sorted(own & found)
            if len(hits) > 1 or any(_is_odd(word) for word in hits):
                yield Piece(question, "solution", f"words of the page {page}", " ".join(hits))


def pages(text: str) -> dict[str, set[str]]:
    """Return the words of each page of an index.

    Raises:
        ValueError: as above.
    """
    match = START.match(text)
    try:
        index, _ = json.JSONDecoder().raw_decode(text, match.end() if match else 0)
        names, found = index["docnames"], defaultdict(set)
        for table in (index["terms"], index["titleterms"]):
            for word, numbers in table.items():
                for number in numbers if isinstance(numbers, list) else [numbers]:
                    found[names[number]].add(word)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError(f"no search index as Sphinx 7 writes it ({error!r})") from error
    return dict(found)


def _is_odd(word: str) -> bool:
    return len(word) > 4 and ("_" in word or any(c.isdigit() for c in word))
