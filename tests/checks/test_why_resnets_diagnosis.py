"""The claims of the exercises on why residual nets work, and the table under which they stand."""

import re

import pytest

import nbfile
from course_lib.checks import why_resnets as check
from course_lib.checks.why_resnets_diagnosis import LOOK
from tests.checks.judging import EXERCISES, judge
from tests.checks.why_resnets_right import OPTIONS, TABLE
from tests.checks.why_resnets_wrong import table

CELLS = nbfile.read(EXERCISES / "why_resnets.ipynb")["cells"]
TEXT = "\n".join(map(nbfile.source, CELLS))


@pytest.mark.parametrize("claim", TABLE)
def test_a_wrong_choice_is_told_where_to_look_for_this_claim(claim):
    settles, verdict = TABLE[claim]
    for wrong in set(OPTIONS[1]) - {verdict}:
        message = judge(check.diagnosis, table(**{claim: (settles, wrong)}))
        assert message.endswith(LOOK[claim])
        assert OPTIONS[1][wrong] in message


def percent(text):
    return float(text.removesuffix(" %"))


@pytest.fixture(scope="module")
def nets():
    space = {"Table": lambda *parts: parts}
    (cell,) = [cell for cell in CELLS if cell["id"] == "table"]
    exec(compile(nbfile.source(cell), "<notebook>", "exec"), space)
    return {row[0]: dict(zip(space["header"][1:], row[1:], strict=True)) for row in space["rows"]}


def test_the_table_says_what_settles_each_claim(nets):
    train, test = (
        {name: percent(row[column]) for name, row in nets.items()}
        for column in ("training error", "test error")
    )
    assert train["Plain 48"] > train["Plain 12"]
    assert float(nets["Plain 48"]["norm, first conv"]) > 100 * float(
        nets["Plain 48"]["norm, last conv"]
    )
    assert train["Residual 300"] == train["Residual 48"]
    assert test["Residual 300"] > test["Residual 48"]
    assert train["Residual 48"] < train["Plain 48"]


def test_a_claim_names_nets_of_the_table(nets):
    claims = dict(re.findall(r"\*\*Claim (\w)\.\*\* (.*)", TEXT))
    assert list(claims) == list(TABLE)
    for text in claims.values():
        assert set(re.findall(r"(?:Plain|Residual) \d+", text)) <= set(nets)


def test_the_last_hint_reads_the_table():
    space = {"header": ("net", "training error"), "rows": (("Ash", "1 %"),)}
    exec(check.hint.texts["diagnosis"][2], space)
    assert space["column"] == {"Ash": "1 %"}
