import re
from functools import partial

import pytest

from course_lib.checks import resnet_diagnosis
from course_lib.checks.resnet_diagnosis import EFFECTS, FAULTS, diagnosis
from tests.checks.judging import define, judge, kill_all, solution


def test_no_mutant_of_the_solution_survives(record_property):
    record_property("summary", kill_all("resnet", "diagnosis", diagnosis, {}))


def _first_of(changed, right, piece):
    return changed.get(piece) or right(piece)


def test_every_wrong_choice_hears_the_text_of_its_option():
    right = define(solution("resnet", "diagnosis"), "diagnosis")
    for piece in resnet_diagnosis.RIGHT:
        for place, options in enumerate((FAULTS, EFFECTS)):
            for option in options:
                pair = list(right(piece))
                if option == pair[place]:
                    continue
                pair[place] = option
                changed = {piece: tuple(pair)}
                answer = partial(_first_of, changed, right)
                text = (options | resnet_diagnosis.OWN.get(piece, {}))[option]
                assert text in judge(diagnosis, answer)


@pytest.mark.parametrize("options", [FAULTS, EFFECTS])
def test_the_check_does_not_hold_the_answers(options):
    fingerprints = [mark for pair in resnet_diagnosis.RIGHT.values() for mark in pair]
    assert all(re.fullmatch(r"[0-9a-f]{16}", mark) for mark in fingerprints)
    assert len(set(fingerprints)) == 10
    assert not set(options) & set(fingerprints)
