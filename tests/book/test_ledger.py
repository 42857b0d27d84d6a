"""The numbers of the book: recomputed where they are computed, with a source where they are not."""

import ast
import json
import math
import re
from decimal import Decimal

import pytest

import layout
from booksite import ledger_file

RAW = ledger_file.read(layout.ROOT)
COMPUTED = sorted(key for key, item in RAW.items() if item["source"] == "computed")
RESULTS = sorted((layout.ROOT / "book" / "results").glob("*.json"))
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
PLACE = re.compile(r"\b(?:table|tables|section|figure|equation|page|pages|abstract|appendix)\b")
# What somebody needs to repeat an experiment, as keys of its provenance at any depth.
PROVENANCE = ("command", "seeds", "date", "commit", "code", "data", "keras", "backend", "processor")


@pytest.fixture(scope="module")
def names():
    """What an expression of the ledger may use."""
    from course_lib import nets, receptive_field
    from course_lib.cost import cost

    public = {name: value for name, value in vars(nets).items() if not name.startswith("_")}
    return public | {"cost": cost} | vars(receptive_field)


def same(computed, stored):
    """Whether a recomputed value is the stored one: counts exactly, decimals as written."""
    if isinstance(stored, str):
        return computed == stored
    if isinstance(computed, bool | str):
        return False
    if isinstance(stored, int):
        return computed == stored
    last = Decimal(1).scaleb(Decimal(str(stored)).as_tuple().exponent)
    return (
        math.isfinite(computed) and abs(Decimal(str(computed)) - Decimal(str(stored))) * 2 <= last
    )


@pytest.mark.parametrize("key", COMPUTED)
def test_a_computed_number_is_what_course_lib_computes(key, names):
    with names["without_values"]():
        assert same(eval(RAW[key]["compute"], dict(names)), RAW[key]["value"])


def test_the_count_per_source_is_printed(record_property):
    published = len(RAW) - len(COMPUTED)
    record_property("summary", f"ledger: {len(COMPUTED)} computed, {published} published numbers")
    assert COMPUTED


@pytest.mark.parametrize("key", sorted(set(RAW) - set(COMPUTED)))
def test_a_published_number_names_work_year_and_place(key):
    source = RAW[key]["source"]
    assert YEAR.search(source), source
    assert PLACE.search(source), source


def test_a_number_has_only_fields_that_are_read():
    fields = {"value", "unit", "rounding", "meaning", "source", "compute"}
    for key, item in RAW.items():
        assert set(item) <= fields, key
        assert ("compute" in item) == (item["source"] == "computed"), key


def lacking(stored):
    """Keys that the provenance of a stored experiment lacks, at any depth, or leaves empty."""
    present = set()

    def walk(node):
        for key, value in node.items():
            if isinstance(value, dict):
                walk(value)
            if value not in ("", None, [], {}):
                present.add(key)

    walk(stored.get("provenance", {}))
    return [key for key in PROVENANCE if key not in present]


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_a_stored_experiment_says_how_to_repeat_it(path):
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert lacking(stored) == []
    assert f"python -m course_lib run {path.stem}" in json.dumps(stored["provenance"])
    assert len(stored["provenance"]["seeds"]) >= 3


@pytest.mark.parametrize(
    ("computed", "stored", "expected"),
    [
        (61706, 61706, True),
        (61707, 61706, False),
        (61706.0, 61706, True),
        (0.12937, 0.1294, True),
        (0.12934, 0.1294, False),
        (float("nan"), 0.5, False),
        ("a", "a", True),
        ("1", 1, False),
        (True, 1, False),
    ],
)
def test_numbers_are_compared_as_they_are_written(computed, stored, expected):
    assert same(computed, stored) is expected


def test_an_incomplete_provenance_is_named():
    whole = dict.fromkeys(PROVENANCE, "x")
    nested = {key: whole[key] for key in PROVENANCE if key != "keras"}
    assert lacking({"provenance": whole}) == []
    assert lacking({"provenance": nested | {"versions": {"keras": "3"}}}) == []
    assert lacking({"provenance": nested}) == ["keras"]
    assert lacking({"provenance": whole | {"commit": None}}) == ["commit"]
    assert lacking({}) == list(PROVENANCE)


def test_expressions_are_expressions():
    for key in COMPUTED:
        ast.parse(RAW[key]["compute"], mode="eval")
