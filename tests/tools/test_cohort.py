"""The edition that a cohort gets, on a tiny notebook: what changes, and what is refused."""

import copy

import pytest

import cohort
import nbfile
import normal_form
import student
from course_lib.checks import variants
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
