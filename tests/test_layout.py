"""The tree lies as its names say."""

from pathlib import Path

import pytest

import layout


@pytest.mark.parametrize("rule", layout.RULES, ids=lambda rule: rule.__name__)
def test_the_tree_keeps(rule):
    assert list(rule(layout.ROOT)) == []


def test_there_are_chapters():
    assert ("modern", "resnet") in layout.rows(Path(layout.ROOT))
