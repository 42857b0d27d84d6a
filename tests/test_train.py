"""Training: fixed steps, each image once a round, the same run for the same seed."""

import keras
import numpy as np
import pytest

from course_lib import train as training
from course_lib.data import Split
from course_lib.train import Batches, gradient_norms, train

DRAW = np.random.default_rng(0)
LABELS = np.arange(60, dtype="int32") % 2
IMAGES = (DRAW.random((60, 2, 2, 1)) * 0.2 + LABELS[:, None, None, None] * 0.8).astype("float32")
SPLIT = Split(IMAGES, LABELS)


def build():
    return keras.Sequential(
        [
            keras.Input((2, 2, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(2, activation="softmax", name="head"),
        ]
    )


def fit(**changes):
    settings = {"learning_rate": 0.5, "steps": 40, "batch_size": 10, "seed": 0} | changes
    return train(build, SPLIT, **settings)


@pytest.mark.parametrize("optimizer", training.OPTIMIZERS)
def test_it_learns(optimizer):
    curve = fit(optimizer=optimizer).curve
    assert curve[-1][2] == 0.0
    assert curve[-1][1] < curve[0][1]


def test_same_seed_same_run_and_another_seed_another():
    first, again, other = fit(), fit(), fit(seed=1)
    assert first.curve == again.curve
    assert first.curve != other.curve
    for one, two in zip(first.model.get_weights(), again.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize(("steps", "records"), [(40, 20), (30, 15), (7, 7), (1, 1), (23, 1)])
def test_number_of_updates_and_records(steps, records):
    trained = fit(steps=steps)
    assert int(trained.model.optimizer.iterations) == steps
    assert [step for step, _, _ in trained.curve] == [
        steps // records * (i + 1) for i in range(records)
    ]


def test_the_rate_falls_to_zero():
    """The last update of a long run hardly moves; with a constant rate it would."""
    schedule = fit().model.optimizer._learning_rate
    rates = [float(schedule(step)) for step in (0, 20, 40)]
    assert rates == [pytest.approx(0.5), pytest.approx(0.25), pytest.approx(0.0, abs=1e-7)]


def test_no_xla_on_tensorflow():
    jit = fit(steps=1).model.jit_compile
    assert bool(jit) == (keras.backend.backend() == "jax")


def test_batches_show_each_image_once_a_round():
    batches = Batches(SPLIT, batch_size=20, steps=3, seed=0)
    assert batches.num_batches == 3
    first = np.concatenate([batches[i][0].ravel() for i in range(3)])
    second = np.concatenate([batches[i][0].ravel() for i in range(3)])
    np.testing.assert_array_equal(np.sort(first), np.sort(IMAGES.ravel()))
    np.testing.assert_array_equal(np.sort(second), np.sort(IMAGES.ravel()))
    assert (first != second).any()


def test_batches_keep_images_with_their_labels():
    batches = Batches(SPLIT, batch_size=20, steps=3, seed=0)
    for i in range(3):
        images, labels = batches[i]
        np.testing.assert_array_equal(images.mean(axis=(1, 2, 3)) > 0.5, labels == 1)


def test_batches_are_whole_when_they_do_not_divide_the_images():
    batches = Batches(SPLIT, batch_size=25, steps=8, seed=0)
    assert {len(batches[i][1]) for i in range(8)} == {25}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"optimizer": "sgd"}, r"optimizer must be one of .*got 'sgd'"),
        ({"steps": 0}, "steps must be at least 1, got 0"),
        ({"batch_size": 61}, "batch_size must be between 1 and 60, got 61"),
        ({"batch_size": 0}, "batch_size must be between 1 and 60, got 0"),
    ],
)
def test_wrong_settings_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        fit(**changes)


# Keras converts its TensorFlow variables in a way that NumPy 2 is about to drop.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_gradient_norms_are_those_of_arithmetic():
    """For softmax and cross-entropy the gradient of the bias is the mean of p - y."""
    norms = gradient_norms(build, SPLIT, batch_size=30, seed=3)
    images, labels = Batches(SPLIT, batch_size=30, steps=1, seed=3)[0]
    keras.utils.set_random_seed(3)
    model = build()
    p = keras.ops.convert_to_numpy(model(images))
    away = p - np.eye(2)[labels]
    bias = np.linalg.norm(away.mean(axis=0))
    kernel = np.linalg.norm(images.reshape(30, -1).T @ away / 30)
    found = {path.split("/")[-1]: norm for path, norm in norms.items()}
    assert found == {
        "kernel": pytest.approx(kernel, rel=1e-3),
        "bias": pytest.approx(bias, rel=1e-3),
    }
