"""Definitions picked out of cells, and receipts that depend on what they mean alone."""

import ast
import functools

import pytest

from course_lib.hand_in_answers import (
    HandIn,
    answers_of,
    defined_in,
    described,
    parse,
    receipt,
    source_of,
)

# Parts that versions of Python write, or cut, differently.
SOURCE = r'''
def f(x, *, k=1):
    """Doc \\ with "quotes",
    two lines."""
    a = f"{x!r:>{3}}" f'{x=} {{}}' "b" f"{x['k']:%Y-%m}"
    match x:
        case {"a": [1, *r], **rest} | P(y=2):
            return lambda *a: (yield)
    return (1, *x, -1j, ..., b"\0", 1e309, u"u"), a[1:2, ::3]
'''
RECEIPT = "f7f8-dd59-bf6d"  # the same from Python 3.11 to 3.13


def test_the_last_definition_wins_and_comments_do_not_count():
    cells = ["def f(a):\n    return 1", "x = 2", "def f( a ):  # new\n\n    return (2)\n"]
    assert answers_of(cells, ["f", "g"]) == {"f": "def f(a):\n    return 2"}


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("def f(): pass\nclass C: pass\nasync def g(): pass", {"f", "C", "g"}),
        ("f = lambda n: n\n(a, [b, *c]), d = 1, 2\ne: int = 3", {"f", "a", "b", "c", "d", "e"}),
        ("from m import a as b, c\nimport d.e as f", {"b", "c", "f"}),
        ("if x:\n    def f(): pass\nelse:\n    g = 1", {"f", "g"}),
        ("try:\n    a = 1\nexcept E:\n    b = 2\nwith x:\n    c = 3", {"a", "b", "c"}),
        ("match x:\n    case 1:\n        def f(): pass", {"f"}),
        ("def f():\n    def g(): pass\n    h = 1\nf.x = 3\nf[i] = 4", {"f"}),
        ("%matplotlib inline\n!ls\ndef f(): pass\nf?", {"f"}),
        ("%%time\ndef f(): pass", {"f"}),
        ("%%bash\ndef f(): pass", set()),
        ("%%writefile a.py\ndef f(): pass", set()),
        ("def f(:", set()),
        ("f = '\\d'", {"f"}),
        ("x = '\0'", set()),
        ("(" * 5000, set()),
        ("", set()),
    ],
)
def test_names_that_a_cell_defines(cell, names):
    assert defined_in(cell) == names
    assert set(answers_of([cell], names)) == names


def test_a_receipt_is_short_and_the_same_everywhere():
    assert receipt("resnet", answers_of([SOURCE], ["f"]), "0.1.0") == RECEIPT


def test_a_receipt_does_not_depend_on_form_or_order():
    def code(source):
        return receipt("resnet", answers_of([source], ["f", "g"]), "0.1.0")

    first = code("def f(a):\n    return a+1\ng = 'x'")
    assert first == code('g = ("x")\n\n\ndef f(\n    a,\n):  # plus one\n    return (a + 1)')
    raw = {"g": 'g = "x"', "f": "def f(a): return a + 1"}
    assert first == receipt("resnet", raw, "0.1.0"), "sources need not be normalized"
    strings = [f"def f(x):\n    return {text}" for text in ('f"a{x}" "b" f"c"', 'f"a{x}bc"')]
    assert code(strings[0]) == code(strings[1])


def test_a_receipt_depends_on_everything_else():
    sources = {"f": "def f(a):\n    return 1"}
    codes = {
        receipt("resnet", sources, "0.1.0"),
        receipt("lenet", sources, "0.1.0"),
        receipt("resnet", sources, "0.1.1"),
        receipt("resnet", {"g": sources["f"]}, "0.1.0"),
        receipt("resnet", {"f": "def f(a):\n    return 1.0"}, "0.1.0"),
        receipt("resnet", {"f": "def f(a):\n    return True"}, "0.1.0"),
        receipt("resnet", {"f": "def f(a):\n    return '1'"}, "0.1.0"),
        receipt("resnet", {"f": "def f(a):\n    return None"}, "0.1.0"),
        receipt("resnet", {"f": "def f(a):\n    return"}, "0.1.0"),
        receipt("resnet", {"f": "def f(a, b=1):\n    return 1"}, "0.1.0"),
        receipt("resnet", {"f": "@d\ndef f(a):\n    return 1"}, "0.1.0"),
        receipt("resnet", {"f": "no python ("}, "0.1.0"),
        receipt("resnet", {}, "0.1.0"),
    }
    assert len(codes) == 13


def test_an_answer_without_a_source_is_one_that_is_not_there():
    assert receipt("resnet", {"f": ""}, "1") == receipt("resnet", {}, "1")


def test_letters_that_no_file_can_hold_have_a_receipt():
    assert receipt("resnet", {"f": "no python ( \ud800"}, "1")


def test_the_source_of_a_function_is_that_of_its_cell():
    @functools.cache
    def answer(a):
        """Doc."""
        return [a,  # one
                a]  # fmt: skip

    cell = '@functools.cache\ndef answer(a):\n    """Doc."""\n    return [a, a]'
    assert source_of("answer", answer) == answers_of([cell], ["answer"])["answer"]


def test_what_keeps_no_source_is_found_among_the_cells_that_ran():
    ran = ["def f(n): return 1", "def f(n): return 2", "g = f"]
    space = {}
    for cell in ran:
        exec(cell, space)
    assert source_of("f", space["f"], ran) == "def f(n):\n    return 2"
    assert source_of("g", space["g"], ran) == "g = f"
    assert source_of("f", space["f"]) == ""
    assert source_of("f", len, ["x = 1"]) == ""


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (
            'hand_in("a", {"f": 1, "g": 2.5}, globals(), release="1")',
            ("a", {"f": 1, "g": 2.5}, "1"),
        ),
        ('x = 1\nhand_in("a", {}, globals())', ("a", {}, "")),
        ('hand_in("a", {"f": "many", "g": 1}, globals())', ("a", {"g": 1}, "")),
        ('hand_in("a", points, globals())', None),
        ('hand_in("a", {1: 2}, globals())', None),
        ('hand_in(3, {"f": 2}, globals())', None),
        ("hand_in()", None),
        ('hand_in("a", {', None),
        ('print("a", {})', None),
    ],
)
def test_the_call_in_a_hand_in_cell_is_read_and_not_run(cell, expected):
    assert described(["pass", cell, "pass"]) == (HandIn(*expected) if expected else None)


def test_of_two_hand_in_cells_the_last_one_that_can_be_read_counts():
    cells = [f'hand_in("{name}", {{}}, globals())' for name in "ab"]
    assert described([*cells, "hand_in(1, 2, 3)"]).assignment == "b"


def test_only_what_is_no_python_loses_lines():
    assert ast.unparse(parse("a = 3\nb = a")) == "a = 3\nb = a"
    assert ast.unparse(parse("a = 3\n%time a\nb = a")) == "a = 3\npass\nb = a"
