"""The rule of thumb: more images train more, likeness less, and the number of classes nothing."""

import inspect

import pytest

from course_lib.transfer import choose_strategy
from course_lib.transfer.strategy import BUDGETS, NAMES, SIMILARITIES


@pytest.mark.parametrize(
    ("per_class", "similarity", "wanted"),
    [
        (5, "close", "frozen"),
        (5, "related", "frozen"),
        (5, "distant", "frozen"),
        (100, "close", "tail"),
        (100, "related", "tail"),
        (100, "distant", "full"),
        (2000, "close", "full"),
        (2000, "distant", "scratch"),
    ],
)
def test_strategy_with_hours(per_class, similarity, wanted):
    assert choose_strategy(per_class, similarity, budget="hours").name == wanted


@pytest.mark.parametrize("similarity", SIMILARITIES)
def test_more_images_never_train_less(similarity):
    chosen = [choose_strategy(n, similarity, budget="hours").name for n in (1, 19, 20, 499, 500)]
    places = [NAMES.index(name) for name in chosen]
    assert places == sorted(places)


@pytest.mark.parametrize("similarity", SIMILARITIES)
@pytest.mark.parametrize("per_class", [5, 100, 2000])
def test_in_minutes_a_body_runs_once(per_class, similarity):
    found = choose_strategy(per_class, similarity)
    assert found.name == "frozen"
    would = choose_strategy(per_class, similarity, budget="hours").name
    assert (f"this would be '{would}'" in str(found)) == (would != "frozen")


@pytest.mark.parametrize("similarity", SIMILARITIES)
@pytest.mark.parametrize("budget", BUDGETS)
@pytest.mark.parametrize("per_class", [5, 100, 2000])
def test_reasons_and_rivals_are_told(per_class, similarity, budget):
    found = choose_strategy(per_class, similarity, budget=budget)
    assert len(found.reasons) >= 2
    assert found.compare_with
    assert found.name not in found.compare_with
    assert len(set(found.compare_with)) == len(found.compare_with)
    assert set(found.compare_with) <= set(NAMES)
    assert str(found).startswith(f"{found.name}: ")
    assert str(found).endswith(f"measure it against {' and '.join(found.compare_with)}.")
    assert similarity != "distant" or "scratch" in (found.name, *found.compare_with)


def test_the_number_of_classes_is_not_asked_for():
    assert "classes" not in inspect.signature(choose_strategy).parameters


@pytest.mark.parametrize(
    ("arguments", "settings", "message"),
    [
        ((0, "close"), {}, "per_class must be above 0, got 0"),
        ((10, "similar"), {}, "similarity must be one of"),
        ((10, "close"), {"budget": "days"}, "budget must be one of"),
    ],
)
def test_bad_input_is_refused(arguments, settings, message):
    with pytest.raises(ValueError, match=message):
        choose_strategy(*arguments, **settings)
