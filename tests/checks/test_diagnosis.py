"""Pairs of choices are judged, and an answer to one order of the pieces is wrong in every other."""

import re
from functools import partial
from itertools import combinations

import numpy as np
import pytest

import nbfile
from course_lib.checks import (
    alexnet_diagnosis,
    batchnorm_diagnosis,
    case_studies_diagnosis,
    lenet,
    nin_diagnosis,
    resnet,
    resnet_diagnosis,
    transfer_diagnosis,
    variants,
    vgg_diagnosis,
)
from course_lib.checks.cases import recorded
from course_lib.checks.diagnosis import expect_pair, shown
from course_lib.checks.verdict import fingerprint_of
from instructor.edition_cohort import edition
from tests.checks.judging import EXERCISES, define, judge, kill_all, printed, solution

MODULES = {
    "alexnet": alexnet_diagnosis,
    "batchnorm": batchnorm_diagnosis,
    "case_studies": case_studies_diagnosis,
    "lenet": lenet,
    "nin": nin_diagnosis,
    "resnet": resnet_diagnosis,
    "transfer": transfer_diagnosis,
    "vgg": vgg_diagnosis,
}
SOURCES = {chapter: nbfile.read(EXERCISES / f"{chapter}.ipynb") for chapter in MODULES}
LABELS = {
    "alexnet": tuple("abcdef"),
    "batchnorm": tuple("abcdef"),
    "case_studies": tuple("abcdef"),
    "lenet": (1, 2, 3, 4, 5, 6),
    "nin": tuple("abcdef"),
    "resnet": tuple("abcde"),
    "transfer": tuple("abcde"),
    "vgg": tuple("abcdef"),
}
EACH = [(chapter, name) for chapter, module in MODULES.items() for name in module.ORDERS]
OTHERS = [(chapter, name) for chapter, name in EACH if name != "first"]


def check_of(chapter, variant):
    return partial(MODULES[chapter].diagnosis, variant=variant)


def answer_of(chapter, variant):
    return define(solution(chapter, "diagnosis", variant), "diagnosis")


def edition_of(chapter, variant):
    """Return the edition of a cohort that gets this variant of the diagnosis."""
    names = tuple(MODULES[chapter].ORDERS)
    cohorts = (f"year-{i}" for i in range(99))
    cohort = next(
        one for one in cohorts if variants.pick(one, f"{chapter}.diagnosis", names) == variant
    )
    return edition(SOURCES[chapter], cohort)["cells"]


# Orders


@pytest.mark.parametrize("chapter", MODULES)
def test_the_notebook_declares_the_orders_that_the_check_knows(chapter):
    cells = SOURCES[chapter]["cells"]
    (answer,) = [cell for cell in cells if "def diagnosis(" in nbfile.source(cell)]
    assert variants.orders(answer["metadata"]) == MODULES[chapter].ORDERS


@pytest.mark.parametrize("chapter", MODULES)
def test_any_two_orders_disagree_on_the_answer_of_half_the_pieces_or_more(chapter):
    answers = [answer_of(chapter, name) for name in MODULES[chapter].ORDERS]
    assert len(answers) >= variants.LEAST
    labels = LABELS[chapter]
    for one, other in combinations(answers, 2):
        assert sum(one(label) != other(label) for label in labels) * 2 >= len(labels)


@pytest.mark.parametrize(
    ("chapter", "given", "asked"),
    [(chapter, i, j) for chapter, i in EACH for j in MODULES[chapter].ORDERS],
)
def test_the_solution_of_a_variant_passes_its_own_check_alone(chapter, given, asked):
    message = judge(check_of(chapter, asked), answer_of(chapter, given))
    assert (message is None) == (given == asked), message


@pytest.mark.parametrize(
    ("chapter", "given", "asked"),
    [(chapter, i, j) for chapter, i in EACH for j in MODULES[chapter].ORDERS if i != j],
)
def test_a_copied_answer_gets_the_points_of_half_the_pieces_at_most(chapter, given, asked):
    answer = answer_of(chapter, given)
    with recorded() as record:
        judge(check_of(chapter, asked), answer)
    assert record.share <= 0.5
    word = {"case_studies": "claim", "transfer": "run"}.get(chapter, "piece")
    assert list(record.kinds) == [f"{word} {label}" for label in LABELS[chapter]]


@pytest.mark.parametrize("chapter", MODULES)
def test_the_first_variant_is_the_check_without_one(chapter):
    lines = {printed(MODULES[chapter].diagnosis, answer_of(chapter, "first"))}
    for name in MODULES[chapter].ORDERS:
        lines.add(printed(check_of(chapter, name), answer_of(chapter, name)))
    assert len(lines) == 1, "stored outputs are those of every variant"


@pytest.mark.parametrize("chapter", MODULES)
def test_an_unknown_variant_is_refused(chapter):
    with pytest.raises(ValueError, match=r"variant must be one of .*, got 'ninth'"):
        check_of(chapter, "ninth")(lambda *_: None)


EQUIVALENT = {"string: `'second'` -> `'d'`": "'second=' is the first that ends so"}


@pytest.mark.parametrize(("chapter", "variant"), OTHERS)
def test_no_mutant_of_the_solution_survives(chapter, variant, record_property):
    source = solution(chapter, "diagnosis", variant)
    known = EQUIVALENT if variant == "second" and chapter != "lenet" else {}
    line = kill_all(chapter, "diagnosis", check_of(chapter, variant), known, source)
    record_property("summary", f"{line} ({variant})")


@pytest.mark.parametrize(("chapter", "variant"), OTHERS)
def test_a_text_that_belongs_to_one_piece_moves_with_it(chapter, variant):
    module = MODULES[chapter]
    right = answer_of(chapter, variant)
    for label, piece in shown(LABELS[chapter], module.ORDERS[variant]):
        for option, text in getattr(module, "OWN", {}).get(piece, {}).items():
            wrong = option if chapter == "lenet" else (option, right(label)[1])
            message = judge(check_of(chapter, variant), but(right, label, wrong))
            assert message.endswith(text)
            assert f"={label!r})" in message


def but(right, label, wrong):
    """Return an answer that is right for every piece but one."""

    def diagnosis(piece):
        return wrong if piece == label else right(piece)

    return diagnosis


# Editions


@pytest.mark.parametrize(("chapter", "variant"), OTHERS)
def test_an_edition_shows_each_piece_under_its_other_label(chapter, variant):
    first, other = (
        pieces(cells) for cells in (edition_of(chapter, "first"), edition_of(chapter, variant))
    )
    assert list(first) == list(other) == list(map(str, LABELS[chapter]))
    for label, piece in zip(other, MODULES[chapter].ORDERS[variant], strict=True):
        assert other[label] == first[piece]


def pieces(cells):
    """Return the texts of the pieces without their heads, by label."""
    found = {}
    for cell in cells:
        text = nbfile.source(cell)
        if cell["cell_type"] == "code":
            found |= re.findall(r"^def piece_(\w)(\(.*(?:\n(?: .*)?)*\n .*)", text, re.MULTILINE)
        else:
            found |= re.findall(r"^\*\*(?:Claim|Run) (\w)\.\*\*((?s:.*))", text, re.MULTILINE)
    return found


@pytest.mark.parametrize(("chapter", "variant"), EACH)
def test_the_answer_of_an_edition_passes_the_check_beside_it(chapter, variant, capsys):
    cells = edition_of(chapter, variant)
    space = run_given(cells)
    for cell in cells:
        if {"exercise", "check"} & set(nbfile.tags(cell)) and "diagnosis" in nbfile.source(cell):
            exec(compile(nbfile.source(cell), "<edition>", "exec"), space)
    assert capsys.readouterr().out.splitlines()[-1].startswith("Right: diagnosis.")


@pytest.mark.parametrize("variant", lenet.ORDERS)
def test_the_pieces_of_lenet_have_the_shapes_and_weights_that_belong_to_them(variant, capsys):
    run_given(edition_of("lenet", variant))
    (stored,) = [
        nbfile.text(cell["outputs"][0]["text"])
        for cell in SOURCES["lenet"]["cells"]
        if "pieces = {" in nbfile.source(cell)
    ]
    rows = dict(line.split(" ", 1) for line in stored.splitlines())
    expected = [f"{i} {rows[p]}" for i, p in enumerate(lenet.ORDERS[variant], 1)]
    if variant == "first":
        assert expected == stored.splitlines()
    assert capsys.readouterr().out.splitlines() == expected


def run_given(cells):
    space = {"__name__": "given"}
    for cell in cells:
        if cell["cell_type"] == "code" and not nbfile.tags(cell):
            exec(compile(nbfile.source(cell), "<notebook>", "exec"), space)
    return space


@pytest.mark.parametrize("variant", lenet.ORDERS)
def test_the_text_of_lenet_names_the_layer_that_each_piece_claims_to_be(variant):
    cells = edition_of("lenet", variant)
    texts = [nbfile.source(cell) for cell in cells]
    claims = {label: re.search(r'"""(\w\d)', text)[1] for label, text in pieces(cells).items()}
    words = ("first", "second", "third", "fourth", "fifth", "sixth")
    said = " ".join(text for text in texts if re.search(r"says? (it is|they are) [CS]\d", text))
    said = " ".join(said.partition("stands for the")[2].split())
    said = said.replace("The first two say", "The first and the second say")
    found = {}
    for layer in re.finditer(r"(?:(?:says? )?it is |say they are )([CS]\d)", said):
        clause = re.split(r"[.,;]|it is|they are", said[: layer.start()])[-1]
        found |= {words.index(word): layer[1] for word in re.findall("|".join(words), clause)}
    assert found == {int(label) - 1: layer for label, layer in claims.items()}


@pytest.mark.parametrize("variant", lenet.ORDERS)
def test_the_hint_of_lenet_runs_with_every_order(variant, capsys):
    space = run_given(edition_of("lenet", variant))
    capsys.readouterr()
    lenet.hint("diagnosis", level=3)
    exec(capsys.readouterr().out.removeprefix("Hint 3 of 3: "), space)
    assert capsys.readouterr().out.strip().isdigit()


@pytest.mark.parametrize("variant", resnet_diagnosis.ORDERS)
def test_the_hint_of_resnet_runs_with_every_order(variant, capsys):
    space = run_given(edition_of("resnet", variant))
    resnet.hint("diagnosis", level=3)
    exec(capsys.readouterr().out.removeprefix("Hint 3 of 3: "), space)
    assert capsys.readouterr().out.startswith("(None, 8, 8, ")


@pytest.mark.parametrize("variant", transfer_diagnosis.ORDERS)
def test_the_question_in_words_is_about_the_run_that_collapses(variant):
    cells = edition_of("transfer", variant)
    (asked,) = {
        match[1] for cell in cells for match in re.finditer(r"\bin run (\w)\b", nbfile.source(cell))
    }
    assert "A head was trained on the frozen body first" in pieces(cells)[asked]
    assert answer_of("transfer", variant)(asked)[1] == "validation collapses"


def test_stored_outputs_of_other_code_are_not_kept():
    before, after = (
        {cell["id"] for cell in cells if cell.get("outputs")}
        for cells in (SOURCES["lenet"]["cells"], edition_of("lenet", "second"))
    )
    gone = [cell for cell in SOURCES["lenet"]["cells"] if cell["id"] in before - after]
    table, receipt = map(nbfile.source, gone)
    assert table.startswith("pieces = {")
    assert "hand_in(" in receipt


# What is shared


def test_each_label_comes_with_the_piece_that_it_stands_for():
    assert list(shown("abc", "cab")) == [("a", "c"), ("b", "a"), ("c", "b")]
    assert list(shown({1: "x", 2: "y"}, "21")) == [(1, 2), (2, 1)]


@pytest.mark.parametrize("order", ["", "ab", "abb", "abcd", "abx"])
def test_an_order_of_other_pieces_is_refused(order):
    with pytest.raises(ValueError, match=f"expected an order of a, b, c, got '{order}'"):
        list(shown("abc", order))


OPTIONS = ({"salt": "no salt", "pepper": "no pepper"}, {"thirst": "no thirst", "none": "something"})
PRINTS = (fingerprint_of(("a", *OPTIONS[0]), "salt"), fingerprint_of(("a", *OPTIONS[1]), "thirst"))


def judged(value, piece="a"):
    def diagnosis(dish):
        return value

    return judge(
        lambda answer: expect_pair(answer, {"dish": "c"}, piece, OPTIONS, PRINTS, "this, and that"),
        diagnosis,
    )


@pytest.mark.parametrize("pair", [("salt", "thirst"), ["salt", "thirst"]])
def test_a_right_pair_is_taken(pair):
    assert judged(pair) is None
    assert judged(np.array(pair)) is None


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("salt", "'salt'. Expected a pair: this, and that."),
        (("salt",), "('salt',). Expected a pair: this, and that."),
        (
            ("salt", "thirst", "none"),
            "('salt', 'thirst', 'none'). Expected a pair: this, and that.",
        ),
        ({"salt": "thirst"}, "{'salt': 'thirst'}. Expected a pair: this, and that."),
        (("soup", "thirst"), "('soup', 'thirst'). 'soup' is not one of 'salt', 'pepper'."),
        (("salt", 3), "('salt', 3). 3 is not one of 'thirst', 'none'."),
        (("salt", "salt"), "('salt', 'salt'). 'salt' is not one of 'thirst', 'none'."),
        (([], "thirst"), "([], 'thirst'). [] is not one of 'salt', 'pepper'."),
        (("pepper", "none"), "('pepper', 'none'). no pepper"),
        (("salt", "none"), "('salt', 'none'). something"),
    ],
)
def test_any_other_value_hears_what_is_wrong(value, message):
    assert judged(value) == f"diagnosis(dish='c') returned {message}"


def test_a_fingerprint_holds_for_its_piece_alone():
    assert judged(("salt", "thirst"), piece="b").endswith("no salt")


# What is declared

A = {"name": "a"}
B, C = {"name": "b", "order": "bcda"}, {"name": "c", "order": "cdab"}


def declared(*found):
    return {"course": {"variants": list(found)}}


def test_orders_begin_with_the_source_as_it_stands():
    assert variants.declared(declared(A, B, C)) == ("a", "b", "c")
    assert variants.orders(declared(A, B, C)) == {"a": "abcd", "b": "bcda", "c": "cdab"}
    texts = [one | {"text": {"x": "y"}} for one in (B, C)]
    assert variants.orders(declared(A, *texts)) == {"a": "abcd", "b": "bcda", "c": "cdab"}
    digits = [B | {"order": "231"}, C | {"order": "312"}]
    assert variants.orders(declared(A, *digits))["a"] == "123"


def test_a_question_without_pieces_has_no_orders():
    texts = [{"name": name, "text": {"x": name}} for name in "bc"]
    assert variants.orders(declared(A, *texts)) == {}
    assert variants.orders({"tags": ["exercise"]}) == {}


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ([A, B], "3 variants or more"),
        ([A | {"order": "abcd"}, B, C], "a: the first variant is the text as it stands"),
        ([A, B, C | {"order": ""}], "c: expected an \"order\" .*, such as 'cabed', .*; got ''"),
        ([A, B, C | {"order": 3142}], 'c: expected an "order" .*; got 3142'),
        ([A, B, C | {"order": ["c", "d"]}], 'c: expected an "order"'),
        ([A, B, C | {"order": "CDAB"}], 'c: expected an "order"'),
        ([A, B, C | {"order": "cd12"}], 'c: expected an "order"'),
        ([A, B, {"name": "c", "text": {"x": "y"}}], 'c: expected an "order" .*; got None'),
        ([A, B, C | {"order": "cda"}], "c: expected a, b, c, d once each, got 'cda'"),
        ([A, B, C | {"order": "cdabe"}], "c: expected a, b, c, d once each, got 'cdabe'"),
        ([A, B, C | {"order": "cdaa"}], "c: expected a, b, c, d once each, got 'cdaa'"),
        ([A, B | {"order": "bcdaa"}, C], "b: expected a, b, c, d once each, got 'bcdaa'"),
        ([A, B, C | {"order": "abcd"}], "a and c: 4 of 4 pieces have the same label"),
        ([A, B, C | {"order": "bcda"}], "b and c: 4 of 4 pieces have the same label"),
        (
            [A, B | {"order": "bcdea"}, C | {"order": "acbde"}],
            "a and c: 3 of 5 pieces have the same label; let half or fewer",
        ),
        ([A, B, C | {"text": {}}], 'c: expected a name and a "text" .*, an "order"'),
        ([A, B, C | {"text": {"x": 1}}], "c: a phrase"),
        ([A, B, C | {"orders": "cdab"}], 'c: expected a name and a "text" .*, an "order"'),
    ],
)
def test_orders_that_are_declared_wrongly_are_refused(found, reason):
    with pytest.raises(ValueError, match=reason):
        variants.orders(declared(*found))


def test_half_of_the_pieces_may_keep_their_labels():
    found = [A, B | {"order": "abdc"}, C | {"order": "badc"}]
    assert variants.orders(declared(*found))["c"] == "badc"
