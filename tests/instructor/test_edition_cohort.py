"""The edition that a cohort gets, on a tiny notebook: what changes, and what is refused."""

import copy

import pytest

import nbfile
import normal_form
import student
from course_lib.checks import variants
from instructor import edition_cohort as cohort
from tests.tiny import code, markdown, notebook, save

ANSWER = '''def block(x):
    """Apply one layer, the first.

    Args:
        x: a tensor with stride one.
    """
    ### BEGIN SOLUTION
    VARIANT = "one"
    return {"one": 1, "two": 2, "three": 3}[VARIANT]
    ### END SOLUTION'''
TASK = "Write `block(x)`: the first layer counts."
NAMES = ("one", "two", "three")
COURSE = {
    "variants": [
        {"name": "one"},
        {"name": "two", "text": {"the first layer counts": "the second one does"}},
        {"name": "three", "text": {"layer, the first": "layer, the third", "counts": "is all"}},
    ]
}
COHORT = {variants.pick(f"year-{i}", "block", NAMES): f"year-{i}" for i in range(20)}


def source(course=COURSE, task=TASK, answer=ANSWER, check="check.block(block)"):
    cells = [
        markdown("# A"),
        markdown(task),
        code(answer, "exercise"),
        code(check, "check", stdout="Right\n"),
        code("hand_in()", "hand-in", stdout="Receipt\n"),
    ]
    cells[2]["metadata"]["course"] = copy.deepcopy(course)
    return notebook(*cells)


def texts(edition):
    return [nbfile.source(cell) for cell in edition["cells"]]


def test_without_a_cohort_only_the_metadata_go():
    whole = source()
    edition = cohort.edition(whole)
    assert texts(edition) == texts(whole)
    assert edition["cells"][2]["metadata"] == {"tags": ["exercise"]}
    assert edition["cells"][4]["outputs"]
    assert whole == source(), "the source stays as it is"


def test_a_cohort_with_the_first_variant_gets_the_same():
    assert cohort.edition(source(), COHORT["one"]) == cohort.edition(source())


def test_text_check_and_solution_agree():
    _, task, answer, check, _ = texts(cohort.edition(source(), COHORT["two"]))
    assert task == "Write `block(x)`: the second one does."
    assert answer == ANSWER.replace('"one"\n', '"two"\n')
    assert check == 'check.block(block, variant="two")'


def test_several_phrases_change_at_once():
    _, task, answer, check, _ = texts(cohort.edition(source(), COHORT["three"]))
    assert task == "Write `block(x)`: the first layer is all."
    assert '"""Apply one layer, the third.' in answer
    assert check.endswith('variant="three")')


def test_a_receipt_of_other_answers_is_no_output():
    cells = cohort.edition(source(), COHORT["two"])["cells"]
    assert cells[3]["outputs"]
    assert cells[4]["outputs"] == []


def test_a_student_sees_no_other_variant():
    text = nbfile.dumps(student.strip(source(), exercise=True, cohort=COHORT["two"]))
    assert '\\"two\\"' in text
    assert "course" not in text
    assert "three" not in text
    assert "the first layer counts" not in text


def changed(number, **text):
    course = copy.deepcopy(COURSE)
    course["variants"][number]["text"] = text
    return course


@pytest.mark.parametrize(
    ("whole", "reason"),
    [
        (source(course={"variants": []}), "cell 3: its metadata need"),
        (source(changed(1, absent="a")), "cell 3: two: 'absent' occurs 0 times, expected once"),
        (source(changed(2, one="a")), "cell 3: three: 'one' occurs 4 times, expected once"),
        (source(changed(1, first="a")), "cell 3: two: 'first' occurs 2 times"),
        (
            source(changed(1, **{"the first layer": "a", "layer counts": "b"})),
            "cell 3: two: two of its phrases overlap",
        ),
        (source(answer=ANSWER.replace("VARIANT =", "VARIANTS =")), "cell 3: the first line of"),
        (source(answer=ANSWER.replace('"one"\n', '"two"\n')), "cell 3: the first line of"),
        (source(check="check.block(other)"), r"cell 3: no cell with check\.NAME\(NAME\)"),
        (source(check="check.block(block)\nprint(1)"), r"cell 3: no cell with check\.NAME"),
        (notebook(*source()["cells"][:3]), r"cell 3: no cell with check\.NAME\(NAME\)"),
        (notebook(*source()["cells"][2:]), "cell 1: variants belong to a cell tagged"),
        (notebook(code("1"), *source()["cells"][2:]), "cell 2: variants belong to a cell tagged"),
    ],
)
def test_what_cannot_be_written_is_refused_for_all_cohorts(whole, reason):
    for name in ("", *COHORT.values()):
        with pytest.raises(cohort.MalformedVariants, match=reason):
            cohort.edition(whole, name)


def test_a_refusal_names_the_file(tmp_path):
    (tmp_path / "exercises").mkdir()
    path = save(tmp_path / "exercises" / "a.ipynb", *source(changed(1, absent="a"))["cells"])
    (line,) = [line for line in normal_form.violations(path) if "absent" in line]
    assert line == f"{path}: cell 3: two: 'absent' occurs 0 times, expected once"


def test_a_name_of_a_cohort_with_odd_letters_is_refused():
    with pytest.raises(cohort.MalformedVariants, match="names no cohort"):
        cohort.edition(source(), "autumn ")


# Pieces in another order

DIAGNOSIS = '''def diagnosis(run):
    """Say what is wrong with a run."""
    ### BEGIN SOLUTION
    VARIANT = "one"
    return VARIANT + run
    ### END SOLUTION'''
ORDERS = {
    "variants": [
        {"name": "one"},
        {"name": "two", "order": "bca", "text": {"In run b": "In run a", "b = 2": "a = 2"}},
        {"name": "three", "order": "cab", "text": {"In run b": "In run c", "b = 2": "c = 2"}},
    ]
}
YEARS = {variants.pick(f"year-{i}", "diagnosis", NAMES): f"year-{i}" for i in range(20)}


def runs(course=ORDERS, answer=DIAGNOSIS, more=(), last="In run b the loss grows. Why?"):
    """Return a notebook with two questions, the second of which is about three runs."""
    cells = [
        *source()["cells"][:4],
        markdown("Three runs."),
        markdown("**Run a.** Long."),
        markdown("**Run b.** Deep."),
        code("b = 2", stdout="2\n"),
        markdown("**Run c.** Wide."),
        *more,
        markdown("Write `diagnosis(run)`."),
        code(answer, "exercise"),
        code("check.diagnosis(diagnosis)", "check", stdout="Right\n"),
        markdown(last),
        code("hand_in()", "hand-in", stdout="Receipt\n"),
    ]
    cells[2]["metadata"] = {"tags": ["exercise"]}
    cells[-4]["metadata"]["course"] = copy.deepcopy(course)
    return notebook(*cells)


def test_pieces_move_and_keep_their_places_and_the_others_stay():
    given, two, three = (texts(cohort.edition(runs(), YEARS[name])) for name in NAMES)
    assert given == texts(runs())
    assert two[4:9] == [
        "Three runs.",
        "**Run a.** Deep.",
        "**Run b.** Wide.",
        "a = 2",
        "**Run c.** Long.",
    ]
    assert three[5:9] == ["**Run a.** Wide.", "**Run b.** Long.", "c = 2", "**Run c.** Deep."]
    for name, edition in (("two", two), ("three", three)):
        assert edition[:4] == given[:4]
        assert edition[10] == DIAGNOSIS.replace('"one"', f'"{name}"')
        assert edition[11] == f'check.diagnosis(diagnosis, variant="{name}")'
    assert two[12] == "In run a the loss grows. Why?"
    assert three[12] == "In run c the loss grows. Why?"


def test_outputs_of_code_that_changed_are_gone_and_verdicts_stay():
    cells = cohort.edition(runs(), YEARS["two"])["cells"]
    outputs = {number: cell["outputs"] for number, cell in enumerate(cells) if cell.get("outputs")}
    assert list(outputs) == [3, 11]


def test_a_student_sees_no_order_and_no_other_label():
    text = nbfile.dumps(student.strip(runs(), exercise=True, cohort=YEARS["three"]))
    assert "course" not in text
    assert "bca" not in text
    assert "In run b" not in text


def with_orders(**changes):
    course = copy.deepcopy(ORDERS)
    course["variants"][1] |= changes
    return course


PHRASES = ORDERS["variants"][1]["text"]


@pytest.mark.parametrize(
    ("whole", "reason"),
    [
        (runs(with_orders(order="acb"), last=""), "cell 11: two: 'In run b' occurs 0 times"),
        (runs(with_orders(order="bda")), "cell 11: three: expected a, b, d once each"),
        (runs(with_orders(order="cab")), "cell 11: two and three: 3 of 3 pieces"),
        (runs(with_orders(text={"b = 2": "a = 2"})), "cell 11: two: 'run b' is another one"),
        (runs(last="In run b and run c, In run d."), "cell 11: two: 'run c' is another one"),
        (runs(with_orders(text=PHRASES | {"Run": "x"})), "cell 11: two: 'Run' occurs 3 times"),
        (runs(with_orders(text=PHRASES | {"check.": "x"})), "cell 11: two: 'check.' occurs 0"),
        (runs(with_orders(text=PHRASES | {"hand_in": "x"})), "cell 11: two: 'hand_in' occurs 0"),
        (runs(more=[markdown("**Run d.** d")]), None),
        (runs(more=[markdown("**Run c.** d")]), "cell 12: two: expected pieces a, b, c in front"),
        (runs(more=[code("1", "check")]), "cell 12: two: expected pieces .*; found none"),
        (runs(answer=DIAGNOSIS.replace("VARIANT =", "NAME =")), "cell 11: the first line of"),
    ],
)
def test_an_order_that_cannot_be_written_is_refused_for_all_cohorts(whole, reason):
    for name in ("", *YEARS.values()):
        if reason is None:
            assert cohort.edition(whole, name)
            continue
        with pytest.raises(cohort.MalformedVariants, match=reason):
            cohort.edition(whole, name)


def test_two_questions_cannot_change_one_cell():
    whole = runs(with_orders(text=PHRASES | {"# A": "# B"}))
    assert cohort.edition(whole, YEARS["two"])["cells"][0]["source"] == ["# B"]
    whole = runs(with_orders(text=PHRASES | {"Write `block": "Code `block"}))
    whole["cells"][2]["metadata"]["course"] = copy.deepcopy(COURSE)
    for name in ("", *YEARS.values()):
        with pytest.raises(cohort.MalformedVariants, match=r"cell 11: .* two questions .* cell 2"):
            cohort.edition(whole, name)
