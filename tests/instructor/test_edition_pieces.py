"""Pieces in another order: what moves, what stays, and what is refused."""

import pytest

from instructor.edition_pieces import refuse_names, reordered
from tests.tiny import code, markdown

FIRST = '''def unit(x):
    return x


def piece_a(
    x,  # a map
):
    """Return x."""

    return unit(x)  # a
'''
SECOND = '''@cached
def piece_b(x): return """
def piece_c(x):
"""


class Helper:
    def piece_c(self):
        return 1'''
THIRD = "%matplotlib inline"
FOURTH = "y = 3\n\ndef piece_c(x):\n    return piece(x)\n\nz = 4"
CODE = [code(FIRST), markdown("Between."), code(SECOND), code(THIRD), code(FOURTH)]

TEXTS = [
    markdown("Logs.\n\n**Run 1.** One\n\n- of two\n\n**Run 2.** Two\n"),
    code("def other_1(): pass"),
    markdown("**Run 3.** Three"),
]


def test_functions_move_whole_and_get_the_name_of_their_place():
    first, between, second, third, fourth = reordered(CODE, "cab")
    assert first == FIRST[: FIRST.index("def piece_a")] + "def piece_a(x):\n    return piece(x)\n"
    assert second.startswith("def piece_b(\n    x,  # a map\n):")
    assert second.endswith("return unit(x)  # a" + SECOND[SECOND.index("\n\n\nclass") :])
    assert fourth == 'y = 3\n\n@cached\ndef piece_c(x): return """\ndef piece_c(x):\n"""\n\nz = 4'
    assert (between, third) == ("Between.", THIRD)


def test_the_order_of_the_source_changes_nothing():
    assert reordered(CODE, "abc") == [cell["source"] for cell in CODE]
    assert reordered(TEXTS[::2], "123") == [cell["source"] for cell in TEXTS[::2]]


def test_one_order_after_its_inverse_changes_nothing():
    cells = [
        cell | {"source": text} for cell, text in zip(CODE, reordered(CODE, "cab"), strict=True)
    ]
    assert reordered(cells, "bca") == [cell["source"] for cell in CODE]


def test_parts_of_markdown_move_within_a_cell_and_between_cells():
    first, last = reordered(TEXTS[::2], "231")
    assert first == "Logs.\n\n**Run 1.** Two\n\n**Run 2.** Three\n"
    assert last == "**Run 3.** One\n\n- of two"


def change(cells, at, old, new):
    source = cells[at]["source"]
    assert old in source
    return [*cells[:at], cells[at] | {"source": source.replace(old, new)}, *cells[at + 1 :]]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (CODE[1:], "piece b, piece c"),
        (CODE[:1], "piece a"),
        (CODE[1:2], "none"),
        ([*CODE, CODE[0]], "piece a, piece b, piece c, piece a"),
        ([*CODE[2:], CODE[0]], "piece b, piece c, piece a"),
        (change(CODE, 0, "piece_a", "net_a"), "net a, piece b, piece c"),
        (change(CODE, 4, "y = 3", "y ="), "piece a, piece b"),
        (change(CODE, 4, "def", "async def"), "piece a, piece b"),
    ],
)
def test_pieces_that_are_missing_or_out_of_place_are_refused(cells, found):
    with pytest.raises(ValueError, match=rf'"def piece_a\(" or "\*\*Run a.*; found {found}$'):
        reordered(cells, "cab")


def test_a_piece_of_another_kind_is_refused():
    cells = [*CODE[:3], markdown("**piece c.** A text")]
    with pytest.raises(ValueError, match="functions or parts of Markdown cells, not both"):
        reordered(cells, "cab")


PLAIN = [*CODE[:2], code(SECOND.replace("piece_c", "piece_d")), *CODE[3:]]


@pytest.mark.parametrize(
    "texts",
    [
        (),
        ("A piece of code, piece_d, piecea, my_piece_a",),
        (
            "pieces = {1: piece_a, 2: piece_b, 3: piece_c}",
            "Pieces a to c: piece a, Piece b, PIECE C",
        ),
        ("in piece b and piece b here",),
    ],
)
def test_a_text_that_names_all_pieces_or_none_stays_true(texts):
    refuse_names(PLAIN, "cab", texts, ["in piece b", "piece b here"])


@pytest.mark.parametrize(
    ("cells", "texts", "name"),
    [
        (PLAIN, ("fine", "in piece b here"), "'piece b' is another one"),
        (PLAIN, ("piece_a(piece_b(x))",), "'piece_a' is another one"),
        (PLAIN, ("See Piece C",), "'Piece C' is another one"),
        (change(PLAIN, 1, ".", " piece a and b."), (), "'piece a' is another one"),
        (change(PLAIN, 4, "z = 4", "piece_c(4)"), (), "'piece_c' is another one"),
        (change(PLAIN, 4, "piece(x)", "piece_b(x)"), (), "piece c names 'piece_b'"),
        (change(PLAIN, 0, "Return x.", "Unlike piece c."), (), "piece a names 'piece c'"),
        (CODE, (), "piece b names 'piece_c'"),
        (change(PLAIN, 4, "piece(x)", "piece_c(x)"), (), "piece c names 'piece_c'"),
    ],
)
def test_a_text_that_would_name_another_piece_is_refused(cells, texts, name):
    with pytest.raises(ValueError, match=name):
        refuse_names(cells, "cab", texts, ["in piece c"])
