"""When a printed number agrees with its entry, and where entries come from."""

import json

import pytest

from booksite import ledger
from booksite.ledger import Entry, agrees

TRAINABLE, MACS = 25557032, 3857973248


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("25,557,032", TRAINABLE),
        ("25557032", TRAINABLE),
        ("25\N{NARROW NO-BREAK SPACE}557\N{NARROW NO-BREAK SPACE}032", TRAINABLE),
        ("25.6 M", TRAINABLE),
        ("26 million", TRAINABLE),
        ("3.86 G", MACS),
        ("3.858G", MACS),
        ("12.9 %", 0.1291),
        ("12.9%", 0.12905),
        ("100 %", 1.0),
        ("2.5 points", 0.0249),
        ("0.065 %", 0.00065),
        ("\N{MINUS SIGN}1.5", -1.53),
        ("-1.5", -1.53),
        ("+0.4 %", 0.004),
        ("9.7x", 9.68),
        ("0.5", 0.45),
        ("0", 0),
        ("(5, 5)", "(5, 5)"),
    ],
)
def test_agrees(text, value):
    assert agrees(text, Entry("key", value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("25,557,033", TRAINABLE),
        ("25.5 M", TRAINABLE),
        ("25.6", TRAINABLE),
        ("25,600,000", TRAINABLE),
        ("3.8 G", MACS),
        ("3.86 M", MACS),
        ("12.8 %", 0.1291),
        ("12.9", 0.1291),
        ("0.129 %", 0.129),
        ("1.5", -1.53),
        ("2,5", 2.5),
        ("25,55,7032", TRAINABLE),
        ("25 557 032", TRAINABLE),
        ("about 26", 26),
        ("", 0),
        ("(5,5)", "(5, 5)"),
        ("4 dogs", 4),
    ],
)
def test_differs(text, value):
    assert not agrees(text, Entry("key", value))


def test_unit_may_follow():
    entry = Entry("key", MACS, unit="MACs")
    assert agrees("3.86 GMACs", entry)
    assert agrees("3,857,973,248 MACs", entry)
    assert not agrees("3.86 G weights", entry)
    assert agrees("44.6 MB", Entry("key", 44_583_312, unit="bytes"))


def test_exact_allows_no_rounding():
    assert agrees("61,706", Entry("key", 61706, exact=True))
    assert not agrees("61.7 k", Entry("key", 61706, exact=True))


@pytest.fixture
def root(tmp_path):
    (tmp_path / "book" / "results").mkdir(parents=True)
    (tmp_path / "book" / "ledger.yml").write_text(
        "a.b: {value: 3, meaning: three, source: computed, compute: 1 + 2, rounding: exact}\n"
    )
    stored = {"arms": {"lr 0.1": {"errors": [0.25, 0.5]}, "x.y": 7}, "done": True}
    (tmp_path / "book" / "results" / "toy.json").write_text(json.dumps(stored))
    return tmp_path


def test_lookup(root):
    book = ledger.load(root)
    entry = book.lookup("a.b")
    assert (entry.value, entry.exact, entry.source) == (3, True, "computed: 1 + 2")
    assert entry.anchor == "n-a.b"
    assert book.lookup("results.toy.arms.lr 0.1.errors.1").value == 0.5
    assert book.lookup("results.toy.arms.x.y").value == 7


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("a.c", "did you mean a.b"),
        ("results.lost.x", "python -m course_lib run lost"),
        ("results.toy.arms", "not a number but dict"),
        ("results.toy.done", "not a number but bool"),
        ("results.toy.legs", "there: arms, done"),
        ("results.toy.arms.lr 0.1.errors.2", "stops at '2'"),
    ],
)
def test_unknown_keys_say_what_exists(root, key, message):
    with pytest.raises(ledger.UnknownNumberError, match=message):
        ledger.load(root).lookup(key)
    assert message in ledger.load(root).problem("3", key)


def test_problem(root):
    book = ledger.load(root)
    assert book.problem("3", "a.b") is None
    assert book.problem("4", "a.b") == "'4' differs from a.b = 3 (in every digit), computed: 1 + 2"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{value: 3, source: x}", "a lacks meaning"),
        ("{value: 3, source: x, meaning: y, rounding: 2}", "displayed or exact, got 2"),
    ],
)
def test_bad_entries_are_refused(tmp_path, entry, message):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "ledger.yml").write_text(f"a: {entry}\n")
    with pytest.raises(ValueError, match=message):
        ledger.load(tmp_path)


def test_a_key_that_stands_twice_is_refused(root):
    path = root / "book" / "ledger.yml"
    path.write_text(path.read_text() + "c: {}\na.b: {value: 4, meaning: four, source: computed}\n")
    with pytest.raises(
        ValueError, match=r"'a\.b' stands in line 1 and again in line 3; delete one"
    ):
        ledger.load(root)
    path.write_text("a.b: {value: 4, meaning: four, source: x, value: 5}\n")
    with pytest.raises(ValueError, match="'value' stands in line 1 and again in line 1"):
        ledger.load(root)


def test_links():
    text = "A [61,706](#n-lenet5.trainable) and [12.9 %](#n-results.toy.x), [no](#other)."
    found = [("61,706", "lenet5.trainable"), ("12.9 %", "results.toy.x")]
    assert list(ledger.links(text)) == found
