"""The smoothing lab: its losses are those of Keras, its least ones those that a search finds."""

import math

import keras
import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from course_lib.widgets import smoothing as smoothing_lab
from course_lib.widgets.smoothing import CLASSES, GAPS, KINDS, best, loss, softmax, target

START = (
    "Gap 5: the net gives the right class 0.1293, the target is 0.9001. Loss 2.545; the least is "
    "1.015, at a gap of 9.105."
)


def drawn(number, seed):
    """Draw classes, epsilon (some 0) and gap."""
    rng = np.random.default_rng(seed)
    epsilons = rng.uniform(0, 0.5, number) * (rng.uniform(size=number) > 0.05)
    return [
        (int(classes), float(epsilon), float(gap))
        for classes, epsilon, gap in zip(
            rng.choice([2, 3, 10, 100, 1000, *range(2, 60)], number),
            epsilons,
            rng.uniform(*GAPS, number),
            strict=True,
        )
    ]


def test_the_loss_is_that_of_keras():
    for classes, epsilon, gap in drawn(60, seed=1):
        one_hot, logits = np.eye(classes)[:1], np.zeros((1, classes))
        logits[0, 0] = gap
        kwargs = {"from_logits": True, "label_smoothing": epsilon}
        theirs = float(keras.losses.CategoricalCrossentropy(**kwargs)(one_hot, logits))
        assert loss(classes, gap, target(classes, epsilon)) == pytest.approx(theirs, abs=2e-5)


def test_targets_and_softmax_are_distributions():
    for classes, epsilon, gap in drawn(500, seed=2):
        wholes = [target(classes, epsilon, kind) for kind in KINDS] + [softmax(classes, gap)]
        for right, other in wholes:
            assert right + (classes - 1) * other == pytest.approx(1, abs=1e-12)
            assert right >= 0 <= other
        # The right class keeps its share of what is spread over all, and nothing of the mistake.
        assert target(classes, epsilon).right == pytest.approx(1 - epsilon + epsilon / classes)
        assert target(classes, epsilon, "mistake").right == pytest.approx(1 - epsilon)


def test_the_loss_is_the_sum_over_the_classes():
    for classes, epsilon, gap in drawn(500, seed=3):
        net = softmax(classes, gap)
        for kind in KINDS:
            goal = target(classes, epsilon, kind)
            terms = goal.right * math.log(net.right) + (classes - 1) * goal.other * math.log(
                net.other
            )
            assert loss(classes, gap, goal) == pytest.approx(-terms, rel=1e-9, abs=1e-12)


def test_the_least_loss_is_where_a_search_finds_it():
    for classes, epsilon, _ in drawn(300, seed=4):
        if epsilon == 0:
            assert best(target(classes, epsilon)) == math.inf
            continue
        for kind, formula in (
            ("smoothed", math.log((1 - epsilon) * classes / epsilon + 1)),
            ("mistake", math.log((1 - epsilon) * (classes - 1) / epsilon)),
        ):
            goal = target(classes, epsilon, kind)
            found = minimize_scalar(
                lambda z, classes=classes, goal=goal: loss(classes, z, goal),
                bounds=(-1, 30),
                method="bounded",
                options={"xatol": 1e-8},
            )
            assert best(goal) == pytest.approx(formula, abs=1e-9)
            assert found.x == pytest.approx(formula, abs=1e-4)
            assert softmax(classes, formula).right == pytest.approx(goal.right)


def test_the_mistake_is_the_paper_s_target_of_another_epsilon():
    for classes, epsilon, _ in drawn(200, seed=5):
        other = target(classes, epsilon * classes / (classes - 1))
        assert target(classes, epsilon, "mistake") == pytest.approx(other)


def test_the_numbers_of_the_paper():
    goal = target(1000, 0.1)
    assert goal == pytest.approx((0.9001, 0.0001))
    assert best(goal) == pytest.approx(math.log(9001))
    assert best(target(2, 0.1)) == pytest.approx(math.log(19))
    assert best(target(2, 0.1, "mistake")) == pytest.approx(math.log(9))


def test_both_languages_agree_on_thousands_of_settings(call_each):
    settings = drawn(2000, seed=6)
    for kind in KINDS:
        given = [[classes, epsilon, kind] for classes, epsilon, _ in settings]
        goals = call_each("smoothing", "target", given)
        losses = call_each(
            "smoothing",
            "loss",
            [[classes, gap, goal] for (classes, _, gap), goal in zip(settings, goals, strict=True)],
        )
        gaps = call_each("smoothing", "best", [[goal] for goal in goals])
        for (classes, epsilon, gap), goal, theirs, at in zip(
            settings, goals, losses, gaps, strict=True
        ):
            ours = target(classes, epsilon, kind)
            assert (goal["right"], goal["other"]) == pytest.approx(ours, abs=1e-12)
            assert theirs == pytest.approx(loss(classes, gap, ours), abs=1e-11)
            least = best(ours)
            assert at == (None if math.isinf(least) else pytest.approx(least, abs=1e-9))
    nets = call_each("smoothing", "softmax", [[classes, gap] for classes, _, gap in settings])
    for (classes, _, gap), net in zip(settings, nets, strict=True):
        assert (net["right"], net["other"]) == pytest.approx(softmax(classes, gap), abs=1e-12)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": 1}, "classes must be an integer from 2 to 1000, got 1"),
        ({"classes": 10.0}, "classes must be an integer"),
        ({"epsilon": -0.1}, "epsilon must be a number from 0 to 0.5, got -0.1"),
        ({"epsilon": 1}, "epsilon must be a number from 0 to 0.5, got 1"),
        ({"gap": 16}, "gap must be a number from -2 to 15, got 16"),
        ({"gap": "5"}, "gap must be a number"),
        ({"mistake": "yes"}, "mistake must be one of"),
    ],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        smoothing_lab(**options)


@pytest.mark.parametrize("classes", [*CLASSES, 10])
@pytest.mark.parametrize("mistake", [False, True])
def test_figure_is_described_and_small(classes, mistake):
    html = smoothing_lab(classes, mistake=mistake).html()
    assert 'role="img"' in html
    assert f"lies at a gap of {best(target(classes, 0.1)):.4g}" in html
    assert ("over the other classes only" in html) == mistake
    assert html.count('fill="none"') == 2 + mistake
    assert "nan" not in html
    assert len(html) < 15_000


def test_figure_without_smoothing_has_no_least_value():
    assert "there is no least value" in smoothing_lab(epsilon=0).html()


@pytest.mark.parametrize("width", [320, 1280])
def test_lab_fits_the_page_and_answers_the_keyboard(alive, width):
    lab = alive(smoothing_lab(), width=width)
    said, keys = lab.locator("[role=status]"), lab.page.keyboard
    assert said.inner_text() == START
    lab.get_by_role("button", name="Go to the least loss").focus()
    keys.press("Enter")
    assert said.inner_text().startswith("Gap 9.1: the net gives the right class 0.8996")
    lab.get_by_role("slider", name="Gap z").focus()
    keys.press("ArrowRight")
    assert said.inner_text().startswith("Gap 9.2:")
    lab.get_by_label("Start from").select_option("two")
    assert "the target is 0.95." in said.inner_text()
    lab.get_by_role("switch").focus()
    keys.press("Space")
    assert said.inner_text().endswith("at a gap of 2.944, with the mistake at 2.197.")
    label = lab.locator("svg").get_attribute("aria-label")
    assert "least at 2.944." in label
    assert "least at 2.197." in label
    losses = lab.locator("table").nth(1).locator("tbody tr")
    assert losses.nth(2).locator("td").nth(2).inner_text().endswith("infinite")
    lab.locator("summary").focus()
    keys.press("Enter")
    lab.locator("details tbody tr").first.wait_for()
    assert lab.locator("details tbody tr").count() == GAPS[1] - GAPS[0] + 1
    assert "mistake=true" in lab.locator("a.lab-link").get_attribute("href")
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_smoothing_no_gap_is_best(alive):
    lab = alive(smoothing_lab(10, epsilon=0), color_scheme="dark")
    assert lab.locator("[role=status]").inner_text().endswith("a wider gap is always better.")
    assert lab.get_by_role("button", name="Go to the least loss").is_disabled()
    lab.get_by_role("slider", name="Smoothing").focus()
    lab.page.keyboard.press("End")
    assert "the target is 0.55." in lab.locator("[role=status]").inner_text()


def test_a_link_with_other_settings_is_put_right(alive):
    one = smoothing_lab()
    sound = one.html()
    one.html = lambda: sound.replace('"classes": 1000', '"classes": 1').replace(
        '"epsilon": 0.1', '"epsilon": 2'
    )
    assert alive(one).locator("[role=status]").inner_text() == START
