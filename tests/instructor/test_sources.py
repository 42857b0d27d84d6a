"""Assignments by their names."""

import pytest

from instructor import assignment, sources
from tests.checks.judging import EXERCISES


def test_an_assignment_is_found_by_its_name():
    assert sources.named(EXERCISES, "resnet").name == "resnet"


def test_a_name_of_none_lists_those_that_are_there(tmp_path):
    with pytest.raises(assignment.Malformed, match=r"there are: alexnet, .*lenet, .*resnet"):
        sources.named(EXERCISES, "nothing")
    with pytest.raises(assignment.Malformed, match="none"):
        sources.named(tmp_path, "resnet")
