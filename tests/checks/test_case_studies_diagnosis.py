"""The claims, their table and the options that the notebook lists."""

import ast
import re

import pytest

import nbfile
from course_lib.checks import case_studies as check
from course_lib.checks.case_studies_diagnosis import FAULTS, REMEDIES, RIGHT
from tests.checks.case_studies_right import TABLE
from tests.checks.case_studies_wrong import table
from tests.checks.judging import EXERCISES, judge

CELLS = nbfile.read(EXERCISES / "case_studies.ipynb")["cells"]
TEXT = "\n".join(map(nbfile.source, CELLS))
CLAIMS = dict(re.findall(r"\*\*Claim (\w)\.\*\* (.*)", TEXT))


@pytest.fixture(scope="module")
def rows():
    space = {"__name__": "given", "Table": lambda caption, header, rows: rows}
    (cell,) = [cell for cell in CELLS if "invented nets" in nbfile.source(cell)]
    exec(compile(nbfile.source(cell), "<notebook>", "exec"), space)
    return {row[0]: dict(zip(space["header"][1:], row[1:], strict=True)) for row in space["rows"]}


@pytest.mark.parametrize("claim", TABLE)
@pytest.mark.parametrize("place", [0, 1])
def test_every_wrong_choice_hears_the_text_of_its_option(claim, place):
    options = (FAULTS, REMEDIES)[place]
    for option in set(options) - {TABLE[claim][place]}:
        pair = list(TABLE[claim])
        pair[place] = option
        message = judge(check.diagnosis, table(**{claim: tuple(pair)}))
        assert options[option] in message


def test_the_check_does_not_hold_the_answers():
    marks = [mark for pair in RIGHT.values() for mark in pair]
    assert all(re.fullmatch(r"[0-9a-f]{16}", mark) for mark in marks)
    assert len(set(marks)) == 12


def test_the_notebook_lists_the_options():
    lines = [line.split("|")[1:3] for line in TEXT.splitlines() if line.startswith('| `"')]
    found = [
        {ast.literal_eval(m) for row in lines for m in re.findall('`(".+?")`', row[i])}
        for i in (0, 1)
    ]
    assert found == [set(FAULTS), set(REMEDIES)]


def test_what_a_claim_compares_differs_as_its_answer_says(rows):
    named = {label: re.findall("|".join(rows), text) for label, text in CLAIMS.items()}
    assert list(named) == list("abcdef")
    column = {
        "tests differ": "tested with",
        "images differ": "training images",
    }
    for label, nets in named.items():
        one, other = (rows[name] for name in dict.fromkeys(nets))
        fault = TABLE[label][0]
        for word, title in column.items():
            assert (one[title] != other[title]) == (fault == word), (label, title)
        units = {row["work"].split(" ", 2)[2] for row in (one, other)}
        assert (len(units) > 1) == (fault == "units differ" or label == "e")


def test_the_numbers_of_a_claim_are_those_of_the_table(rows):
    for text in CLAIMS.values():
        nets = dict.fromkeys(re.findall("|".join(rows), text))
        for number in re.findall(r"\d+\.\d", text):
            assert any(number in " ".join(rows[net].values()) for net in nets)
    sound = [rows[name] for name in ("Fir", "Cedar")]
    for key in ("weights", "top-5 error"):
        less, more = (float(row[key].split()[0]) for row in sound)
        assert less < more
