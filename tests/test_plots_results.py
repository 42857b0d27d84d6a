"""Figures of results: means, spreads and seeds stand where they were measured."""

import pytest

from course_lib import plots
from tests.tiny import RESULT, measured_arm


def test_lines_differ_in_more_than_colour():
    axes = plots.by_setting(RESULT, "train_error", "depth", axis="x", label="y").axes[0]
    lines = [container.lines[0] for container in axes.containers]
    assert len({line.get_marker() for line in lines}) == 2
    assert len({line.get_linestyle() for line in lines}) == 2
    assert {line.get_color() for line in lines} == set(plots.COLOURS[:2])


def test_by_setting_draws_means_in_per_cent():
    axes = plots.by_setting(RESULT, "train_error", "depth", axis="x", label="y").axes[0]
    plain = axes.containers[0].lines[0]
    assert list(plain.get_xdata()) == [8, 56]
    assert [float(y) for y in plain.get_ydata()] == [pytest.approx(8.0), pytest.approx(56.0)]
    shares = plots.by_setting(
        RESULT, "train_error", "depth", axis="x", label="y", percent=False
    ).axes[0]
    found = [float(y) for y in shares.containers[0].lines[0].get_ydata()]
    assert found == [pytest.approx(0.08), pytest.approx(0.56)]


def test_what_is_no_share_may_lie_below_zero():
    result = {"arms": {"a": {"settings": {"kind": "k", "depth": 8}, "log10": _spread(-2.0)}}}
    axes = plots.by_setting(result, "log10", "depth", axis="x", label="y", percent=False).axes[0]
    assert axes.get_ylim()[0] < -2.0 < 0.0 < axes.get_ylim()[1]


def _with_arms(*arms):
    return {"arms": {f"{kind}_{depth}": measured_arm(kind, depth, 0.1) for kind, depth in arms}}


def test_by_setting_marks_the_numbers_of_all_kinds():
    result = _with_arms(("plain", 56), ("plain", 8), ("residual", 20), ("residual", 8))
    axes = plots.by_setting(result, "train_error", "depth", axis="x", label="y").axes[0]
    assert list(axes.get_xticks()) == [8, 20, 56]


def test_lines_that_cannot_be_told_apart_are_refused():
    result = _with_arms(*((f"kind{i}", 8) for i in range(9)))
    message = r"at most 8 lines apart, got 9: kind0.*; draw two figures"
    with pytest.raises(ValueError, match=message):
        plots.by_setting(result, "train_error", "depth", axis="x", label="y")
    with pytest.raises(ValueError, match=message):
        plots.curves(result, list(result["arms"]), label="y")
    plots.curves(result, list(result["arms"])[:8], label="y")


def test_by_measure_draws_measures_side_by_side():
    result = {
        "arms": {
            name: {"label": name, "few": _spread(mean), "many": _spread(mean / 2)}
            for name, mean in (("one", 0.4), ("other", 0.2))
        }
    }
    measures = {"5": "few", "100": "many"}
    joined = plots.by_measure(result, measures, axis="images", label="y", joined=True).axes[0]
    one, other = (container.lines[0] for container in joined.containers)
    assert list(one.get_xdata()) == list(other.get_xdata()) == [0, 1]
    assert [float(y) for y in one.get_ydata()] == [pytest.approx(40.0), pytest.approx(20.0)]
    assert [text.get_text() for text in joined.get_xticklabels()] == ["5", "100"]
    dots = [line for line in joined.lines if line.get_marker() == "."]
    assert sorted({line.get_xdata()[0] for line in dots}) == [0, 1]
    assert len(dots) == 4
    apart = plots.by_measure(result, measures, label="y").axes[0]
    one, other = (container.lines[0] for container in apart.containers)
    assert one.get_linestyle() == "None"
    assert one.get_xdata()[0] < 0 < other.get_xdata()[0]


def _spread(mean):
    return {"mean": mean, "sd": 0.01, "values": [mean - 0.01, mean, mean + 0.01]}


def test_by_arm_marks_published_shares():
    axes = plots.by_arm(RESULT, "train_error", label="y", published={"theirs": 0.3}).axes[0]
    assert axes.texts[0].get_text() == "theirs"
    assert axes.texts[0].xy == (30, 1)


def test_by_arm_draws_what_is_no_share_as_it_is():
    axes = plots.by_arm(
        RESULT, "train_error", label="y", percent=False, published={"theirs": 0.3}
    ).axes[0]
    shares = plots.by_arm(RESULT, "train_error", label="y").axes[0]
    for plain, share in zip(axes.containers, shares.containers, strict=True):
        assert 100 * plain.lines[0].get_xdata()[0] == pytest.approx(share.lines[0].get_xdata()[0])
    assert axes.texts[0].xy == (0.3, 1)
