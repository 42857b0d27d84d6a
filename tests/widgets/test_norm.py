"""The lab of batch normalization: the same in JavaScript, in Python and in Keras' layer."""

import re

import keras
import numpy as np
import pytest

from course_lib.widgets import norm as norm_lab
from course_lib.widgets.norm import (
    BATCHES,
    BINS,
    EPSILONS,
    MODES,
    MOMENTA,
    SEED,
    batch_at,
    follow,
    normalize,
    normals,
    uniform,
)


def random_settings(count, seed, most_steps):
    rng = np.random.default_rng(seed)
    rare = 1 / np.array(BATCHES)  # large batches are slow to hand over
    return [
        norm_lab(
            int(rng.choice(BATCHES, p=rare / rare.sum())),
            incoming=(float(rng.uniform(-5, 5)), float(rng.uniform(0.05, 5))),
            scale=(float(rng.uniform(0, 3)), float(rng.uniform(-3, 3))),
            epsilon=float(rng.choice(EPSILONS)),
            mode=str(rng.choice(MODES)),
            momentum=float(rng.choice(MOMENTA)),
            steps=int(rng.integers(0, most_steps + 1)),
        ).settings
        for _ in range(count)
    ]


def mulberry(count):
    """Draw from the generator step by step, in whole numbers."""
    state, low, found = SEED, 2**32 - 1, []
    for _ in range(count):
        state = (state + 0x6D2B79F5) & low
        mixed = (state ^ state >> 15) * (state | 1) & low
        mixed ^= (mixed + ((mixed ^ mixed >> 7) * (mixed | 61) & low)) & low
        found.append((mixed ^ mixed >> 14) / 2**32)
    return found


def test_both_languages_draw_what_the_generator_draws(call_each):
    expected = mulberry(5000)
    assert uniform(np.arange(5000)).tolist() == expected
    assert call_each("norm", "uniform", [[i] for i in range(5000)]) == expected
    late = [*range(2500), *range(250_000, 252_500)]
    ours = normals(np.array(late))
    assert np.allclose(call_each("norm", "normal", [[i] for i in late]), ours, rtol=0, atol=1e-12)


def test_activations_are_normal_and_do_not_depend_on_each_other():
    drawn = normals(np.arange(200_000))
    assert abs(drawn.mean()) < 0.01
    assert drawn.std() == pytest.approx(1, abs=0.01)
    assert np.mean(drawn**4) == pytest.approx(3, abs=0.1)
    for lag in (1, 2, 3, 32, 256):
        assert abs(np.corrcoef(drawn[lag:], drawn[:-lag])[0, 1]) < 0.01


def test_both_languages_agree_on_thousands(call_each):
    drawn = random_settings(2000, seed=1, most_steps=12)
    followed = call_each("norm", "follow", [[one] for one in drawn])
    batches = call_each("norm", "batchAt", [[one, one["steps"]] for one in drawn])
    seen = call_each("norm", "moments", [[values] for values in batches])
    used = [
        (rows[-1]["seen"] if one["mode"] == "training" else rows[-1]["moving"])
        for one, rows in zip(drawn, followed, strict=True)
    ]
    given = [list(three) for three in zip(batches, used, drawn, strict=True)]
    outputs = call_each("norm", "normalize", given)
    for one, theirs, batch, both, output in zip(
        drawn, followed, batches, seen, outputs, strict=True
    ):
        rows, values = follow(one), batch_at(one, one["steps"])
        table = [
            [row[kind][key] for kind in ("seen", "moving") for key in ("mean", "variance")]
            for row in theirs
        ]
        assert np.allclose(table, rows, rtol=1e-9, atol=1e-10), one
        assert np.allclose(batch, values, rtol=1e-9, atol=1e-10), one
        assert np.allclose([both["mean"], both["variance"]], rows[-1, :2], rtol=1e-9, atol=1e-10)
        statistics = rows[-1, :2] if one["mode"] == "training" else rows[-1, 2:]
        assert np.allclose(output, normalize(values, statistics, one), rtol=1e-7, atol=1e-8), one


def test_both_languages_agree_with_keras(call_each):
    drawn = random_settings(40, seed=2, most_steps=8)
    followed = call_each("norm", "follow", [[one] for one in drawn])
    for one, rows in zip(drawn, followed, strict=True):
        layer = keras.layers.BatchNormalization(
            momentum=one["momentum"],
            epsilon=one["epsilon"],
            gamma_initializer=keras.initializers.Constant(one["gamma"]),
            beta_initializer=keras.initializers.Constant(one["beta"]),
            dtype="float64",
        )
        layer.build((None, 1))
        for step in range(1, one["steps"] + 1):
            layer(batch_at(one, step)[:, None], training=True)
        moving = [float(np.array(value)[0]) for value in (layer.moving_mean, layer.moving_variance)]
        assert [rows[-1]["moving"][key] for key in ("mean", "variance")] == pytest.approx(moving)
        assert follow(one)[-1, 2:].tolist() == pytest.approx(moving)
        values = batch_at(one, one["steps"])
        answers = [np.array(layer(values[:, None], training=mode))[:, 0] for mode in (False, True)]
        used = [rows[-1]["moving"], rows[-1]["seen"]]
        given = [[values.tolist(), statistics, one] for statistics in used]
        found = call_each("norm", "normalize", given)
        # Keras rounds gamma, beta and epsilon to single precision.
        assert np.allclose(found, answers, rtol=2e-6, atol=2e-6), one


def test_histogram_counts_like_numpy(call_each):
    rng = np.random.default_rng(3)
    given = [[rng.normal(size=50).tolist(), [-2.0 - i % 3, 3.0 + i % 5]] for i in range(1000)]
    given = [[np.clip(values, *ends).tolist(), ends] for values, ends in given]
    expected = [np.histogram(values, BINS, ends)[0].tolist() for values, ends in given]
    assert call_each("norm", "histogram", given) == expected


def test_distance_falls_with_the_power_of_the_momentum(call):
    for steps in (0, 30, 200):
        settings = norm_lab(256, steps=steps).settings
        moving = call("norm", "follow", settings)[-1]["moving"]
        off = call("norm", "distance", moving, settings)
        assert off["left"] == pytest.approx(0.99**steps)
        assert off["mean"] == pytest.approx(-1.5 * 0.99**steps, abs=0.03)
        assert off["variance"] == pytest.approx(-0.75 * 0.99**steps, abs=0.03)


def test_two_activations_tell_half_of_the_variance():
    rows = follow(norm_lab(2, incoming=(0.0, 2.0), steps=1000).settings)
    assert rows[1:, 1].mean() == pytest.approx(0.5 * 4, abs=0.3)
    assert rows[500:, 3].mean() == pytest.approx(0.5 * 4, abs=0.3)
    settings = norm_lab(2, epsilon=1e-5).settings
    values = batch_at(settings, 7)
    output = normalize(values, np.array([values.mean(), values.var()]), settings)
    assert np.abs(output) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch": 3}, "batch must be one of"),
        ({"incoming": (6, 1)}, "mean of what comes in must be a number from -5 to 5, got 6"),
        ({"incoming": (0, 0)}, "standard deviation of what comes in must be a number from 0.05"),
        ({"incoming": ("0", 1)}, "mean of what comes in must be a number"),
        ({"incoming": (True, 1)}, "got True"),
        ({"incoming": (float("nan"), 1)}, "got nan"),
        ({"scale": (-1, 0)}, "gamma must be a number from 0 to 3, got -1"),
        ({"scale": (1, 4)}, "beta must be a number from -3 to 3, got 4"),
        ({"epsilon": 0.1}, "epsilon must be one of"),
        ({"mode": "test"}, r"mode must be one of \('training', 'inference'\), got 'test'"),
        ({"momentum": 0.999}, "momentum must be one of"),
        ({"steps": 1001}, "steps must be an integer from 0 to 1000, got 1001"),
    ],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        norm_lab(**options)


def test_figure_tells_the_statistics():
    one = norm_lab(64, mode="inference", steps=100)
    html = one.html()
    rows = follow(one.settings)
    assert 'role="img"' in html
    assert f"moving mean {rows[-1, 2]:.2f} and variance {rows[-1, 3]:.2f}" in html
    assert "A batch of 64 in inference mode" in html


@pytest.mark.parametrize("options", [{"steps": 0}, {"batch": 256, "steps": 1000}])
def test_figure_is_small(options):
    html = norm_lab(**options).html()
    assert len(html) < 15_000
    assert "nan" not in html


def statistics(lab):
    """Read the table of statistics: mean, variance, standard deviation by row."""
    rows = lab.locator("table").first.locator("tbody tr")
    number = {"\N{MINUS SIGN}": "-"}
    return [
        [
            float(text.translate(str.maketrans(number)))
            for text in row.locator("td").all_inner_texts()
        ]
        for row in rows.all()
    ]


@pytest.mark.parametrize("width", [320, 1280])
def test_lab_fits_the_page_and_answers_the_keyboard(alive, width):
    lab = alive(norm_lab(steps=0), width=width)
    said = lab.locator("[role=status]")
    assert said.inner_text().startswith("Training mode after 0 steps: the output has mean 0 and")
    lab.get_by_role("button", name="One more step").focus()
    lab.page.keyboard.press("Enter")
    lab.page.keyboard.press("Space")
    assert "after 2 steps" in said.inner_text()
    moving = follow(norm_lab(steps=2).settings)[-1, 2:]
    assert statistics(lab)[2][:2] == pytest.approx(moving, abs=6e-4)
    lab.get_by_label("Gamma").focus()
    lab.page.keyboard.press("ArrowRight")
    assert "standard deviation 1.1;" in said.inner_text()
    lab.locator("summary").focus()
    lab.page.keyboard.press("Enter")
    lab.locator("details table").nth(1).wait_for()
    assert lab.locator("details table").nth(1).locator("tbody tr").count() == 3
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= width
    assert "steps=2" in lab.locator("a.lab-link").get_attribute("href")


def test_modes_and_cases(alive):
    lab = alive(norm_lab(), color_scheme="dark")
    said, case = lab.locator("[role=status]"), lab.get_by_label("Case")
    case.select_option("30 steps, momentum 0.99")
    settings = norm_lab(mode="inference").settings
    rows = follow(settings)
    output = normalize(batch_at(settings, 30), rows[-1, 2:], settings)
    expected = [output.mean(), output.var(), output.std()]
    assert statistics(lab)[3] == pytest.approx(expected, abs=6e-4)
    assert said.inner_text().startswith("Inference mode after 30 steps")
    case.select_option("batch of 2")
    assert lab.get_by_label("Batch size").input_value() == "2"
    assert lab.get_by_label("Mode").input_value() == "training"
    assert re.search(r"\(2 \N{MINUS SIGN} 1\) / 2 = 50 %", lab.inner_text())
    lab.get_by_label("Momentum").select_option("0.99")
    assert case.input_value() == "your own"


def test_steps_end_at_a_thousand_and_begin_again(alive):
    lab = alive(norm_lab(2, steps=950))
    lab.get_by_role("button", name="100 more").click()
    assert "after 1,000 steps" in lab.locator("[role=status]").inner_text()
    lab.get_by_role("button", name="Start again").click()
    assert "after 0 steps" in lab.locator("[role=status]").inner_text()
    assert statistics(lab)[2][:2] == [0, 1]
