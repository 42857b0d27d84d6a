"""The question that puts a new head on an old net: what each variant refuses, and what it says."""

import re
from functools import partial

import keras
import pytest

from course_lib.checks import transfer as check
from tests.checks.judging import judge
from tests.checks.transfer_wrong import HEADS_OF_VARIANT


@pytest.fixture(autouse=True)
def seed(monkeypatch):
    monkeypatch.setenv("COURSE_CHECK_SEED", "1")
    keras.utils.set_random_seed(1)


@pytest.mark.parametrize(("variant", "name"), HEADS_OF_VARIANT)
def test_a_wrong_answer_hears_what_it_misunderstood(variant, name):
    answer, idea = HEADS_OF_VARIANT[variant, name]
    message = judge(partial(check.replace_head, variant=variant), answer)
    assert message is not None, "taken for right"
    assert re.search(idea, message), message
