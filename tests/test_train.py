"""Training: fixed steps, each image once a round, the same run for the same seed."""

import time

import keras
import numpy as np
import pytest

from course_lib import train as training
from course_lib.batches import Batches
from course_lib.data import Split
from course_lib.train import Clock, Recipe, fit, train

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


def run(**changes):
    settings = {"learning_rate": 0.5, "steps": 40, "batch_size": 10, "seed": 0} | changes
    return train(build, SPLIT, **settings)


@pytest.mark.parametrize("optimizer", training.OPTIMIZERS)
def test_it_learns(optimizer):
    curve = run(optimizer=optimizer).curve
    assert curve[-1][2] == 0.0
    assert curve[-1][1] < curve[0][1]


def test_same_seed_same_run_and_another_seed_another():
    first, again, other = run(), run(), run(seed=1)
    assert first.curve == again.curve
    assert first.curve != other.curve
    for one, two in zip(first.model.get_weights(), again.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize(("steps", "records"), [(40, 20), (30, 15), (7, 7), (1, 1), (23, 1)])
def test_number_of_updates_and_records(steps, records):
    trained = run(steps=steps)
    assert int(trained.model.optimizer.iterations) == steps
    assert [step for step, _, _ in trained.curve] == [
        steps // records * (i + 1) for i in range(records)
    ]


def test_a_record_is_the_mean_of_its_batches_before_each_update():
    """At a learning rate near 0 the net stays what it was, so each batch can be judged again."""
    keras.utils.set_random_seed(0)
    model = build()
    batches = Batches(SPLIT, batch_size=7, seed=0)
    curve = fit(model, batches, learning_rate=1e-12, steps=40).curve
    judged = [model.evaluate(*batches[n], verbose=0, return_dict=True) for n in range(40)]
    for i, (step, loss, wrong) in enumerate(curve):
        own = judged[2 * i : 2 * i + 2]
        assert step == 2 * i + 2
        assert loss == pytest.approx(np.mean([found["loss"] for found in own]), abs=1e-5)
        assert wrong == pytest.approx(np.mean([1 - found["accuracy"] for found in own]), abs=1e-6)
    assert len({wrong for _, _, wrong in curve}) > 3


def test_the_rate_falls_to_zero_along_half_a_cosine():
    rates = []

    class Watched(keras.Model):
        def train_on_batch(self, *batch, **settings):
            rates.append(float(self.optimizer.learning_rate))
            return super().train_on_batch(*batch, **settings)

    net = build()
    batches = Batches(SPLIT, batch_size=10, seed=0)
    fit(Watched(net.inputs[0], net.outputs[0]), batches, learning_rate=0.5, steps=40)
    assert [rates[i] for i in (0, 10, 20)] == pytest.approx([0.5, 0.4268, 0.25], abs=1e-4)
    assert len(rates) == 40
    assert 0.0 < rates[-1] < 0.001


def test_every_batch_is_trained_on_once_and_in_order():
    """Neither building the net nor a record costs a batch."""
    seen = []

    def watch(images, labels, draw):
        seen.append(labels)
        return images, labels

    batches = Batches(SPLIT, batch_size=10, seed=0, augment=watch)
    fit(build(), batches, learning_rate=0.5, steps=12)
    plain = Batches(SPLIT, batch_size=10, seed=0)
    np.testing.assert_array_equal(seen, [plain[number][1] for number in range(12)])


def test_no_xla_on_tensorflow():
    jit = run(steps=1).model.jit_compile
    assert bool(jit) == (keras.backend.backend() == "jax")


def test_a_training_by_the_clock_ends_in_time_with_a_rate_of_zero():
    keras.utils.set_random_seed(0)
    batches = Batches(SPLIT, batch_size=10, seed=0)
    began = time.process_time()
    trained = fit(build(), batches, learning_rate=0.5, steps=1, seconds=0.5)
    assert 0.5 <= time.process_time() - began < 20.0
    updates = [step for step, _, _ in trained.curve]
    assert updates[:2] == [Clock.record, 2 * Clock.record]
    assert int(trained.model.optimizer.iterations) == updates[-1] > 20
    assert float(trained.model.optimizer.learning_rate) < 0.1  # of 0.5
    assert trained.curve[-1][2] == 0.0


def test_a_net_with_two_outputs_and_a_recipe_of_its_own():
    """Weight 0 for the second loss: its head stays as it was."""
    keras.utils.set_random_seed(0)
    first = build()
    second = keras.layers.Dense(2, activation="softmax", name="second")(first.layers[0].output)
    model = keras.Model(first.inputs[0], [first.outputs[0], second])
    before = keras.ops.convert_to_numpy(model.get_layer("second").kernel)
    batches = Batches(
        SPLIT, batch_size=10, seed=0, augment=lambda images, labels, draw: (images, (labels,) * 2)
    )
    recipe = Recipe("adam", ["sparse_categorical_crossentropy"] * 2, [1.0, 0.0])
    trained = fit(model, batches, learning_rate=0.5, steps=40, recipe=recipe)
    assert trained.curve[-1][2] == 0.0
    np.testing.assert_array_equal(
        keras.ops.convert_to_numpy(model.get_layer("second").kernel), before
    )


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
        run(**changes)


def test_no_time_is_refused():
    with pytest.raises(ValueError, match="seconds must be above 0, got 0"):
        fit(build(), Batches(SPLIT, batch_size=9, seed=0), learning_rate=1.0, steps=1, seconds=0)
