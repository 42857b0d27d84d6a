"""The logs that the notebook prints show what the diagnosis says."""

import re

import numpy as np
import pytest

import nbfile
from course_lib.checks import transfer_diagnosis
from tests.checks.bank_pieces import edition_of, pieces
from tests.checks.judging import EXERCISES, define, solution
from tests.checks.transfer_right import TABLE

FLOOR = -np.log(np.e / (np.e + 4))  # softmax of a one and four zeros


@pytest.fixture(scope="module")
def logs():
    """Return rows (loss, accuracy, val_loss, val_accuracy, features) and the last line, by run."""
    found = {}
    for cell in nbfile.read(EXERCISES / "transfer.ipynb")["cells"]:
        if title := re.match(r"\*\*Run (.)\.\*\*", text := nbfile.source(cell)):
            rows = np.array([line.split()[1:] for line in re.findall(r"^ +\d  .+", text, re.M)])
            new = re.search(r"^new pictures: (.+)$", text, re.M)
            found[title[1]] = rows.astype(float), float(new[1]), text
    return found


def test_there_is_a_log_for_each_run(logs):
    assert sorted(logs) == sorted(TABLE) == sorted(transfer_diagnosis.RIGHT)
    assert {rows.shape for rows, *_ in logs.values()} == {(6, 5)}


def test_each_sign_shows_in_the_log_of_its_run_and_in_no_other(logs):
    collapses = [run for run, (rows, *_) in logs.items() if rows[0, 1] - rows[0, 3] > 0.2]
    assert collapses == ["b"]
    before = float(re.search(r"accuracy of ([\d.]+\d)", logs["b"][2])[1])
    assert logs["b"][0][0, 3] < before - 0.3
    worse = [run for run, (rows, new, _) in logs.items() if rows[-1, 3] - new > 0.05]
    assert worse == ["d"]
    # The surest answer of two softmax is e / (e + 4): the loss stays above that floor
    high = [run for run, (rows, *_) in logs.items() if rows[-1, 1] > 0.75 and rows[-1, 0] > FLOOR]
    assert high == ["e"]
    constant = [run for run, (rows, *_) in logs.items() if np.ptp(rows[:, 4]) == 0]
    anew = [run for run, (*_, text) in logs.items() if "drawn anew in every epoch" in text]
    assert set(constant) & set(anew) == {"a"}
    assert set(constant) == {"a", "c", "d"}
    assert (logs["c"][0][:4, 3] > logs["c"][0][:4, 1]).all()


@pytest.mark.parametrize("variant", transfer_diagnosis.ORDERS)
def test_the_question_in_words_is_about_the_run_that_collapses(variant):
    cells = edition_of("transfer", transfer_diagnosis.ORDERS, variant)
    (asked,) = {
        match[1] for cell in cells for match in re.finditer(r"\bin run (\w)\b", nbfile.source(cell))
    }
    assert "A head was trained on the frozen body first" in pieces(cells)[asked]
    answer = define(solution("transfer", "diagnosis", variant), "diagnosis")
    assert answer(asked)[1] == "validation collapses"
