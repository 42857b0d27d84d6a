"""The logs that the notebook prints show what the diagnosis says, and the check keeps its texts."""

import re

import numpy as np
import pytest

import nbfile
from course_lib.checks import transfer_diagnosis
from course_lib.checks.transfer_diagnosis import FAULTS, SIGNS, diagnosis
from tests.checks.judging import EXERCISES, judge
from tests.checks.transfer_right import TABLE
from tests.checks.transfer_wrong import table

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


@pytest.mark.parametrize("run", TABLE)
@pytest.mark.parametrize("place", [0, 1])
def test_every_wrong_choice_hears_the_text_of_its_option(run, place):
    options = (FAULTS, SIGNS)[place]
    for option in set(options) - {TABLE[run][place]}:
        pair = list(TABLE[run])
        pair[place] = option
        changed = table(**{run: tuple(pair)})
        assert options[option] in judge(diagnosis, changed)


def test_the_check_does_not_hold_the_answers():
    fingerprints = [mark for pair in transfer_diagnosis.RIGHT.values() for mark in pair]
    assert all(re.fullmatch(r"[0-9a-f]{16}", mark) for mark in fingerprints)
    assert len(set(fingerprints)) == 10
