import keras
import numpy as np
import pytest
from keras import layers, ops

from course_lib.checks.agreement import CASES, Probe, as_model, judge_model
from course_lib.checks.plain import convolve, normalize, relu
from course_lib.checks.verdict import WrongAnswer

FAULTS = {"no relu": "the ReLU is missing", "impossible": "nobody can hear this"}


def reference(x, take, training, fault, *, width, padding="symmetric"):
    """One convolution, normalization and ReLU: the smallest contract with every role but one."""
    if fault == "impossible":
        raise ValueError("cannot be built")
    x = convolve(x, take.kernel((3, 3, x.shape[3], width)), 2, padding)
    x = normalize(x, take.norm(width), training)
    return x if fault == "no relu" else relu(x)


def unit(x, width, k=3, stride=2, bias=False, **norm):
    x = layers.Conv2D(width, k, stride, "same", use_bias=bias)(x)
    return layers.BatchNormalization(**norm)(x)


def always_training(x, width):
    x = layers.Conv2D(width, 3, 2, "same", use_bias=False)(x)
    return layers.BatchNormalization()(x, training=True)


def named_twice(x, width):
    x = layers.Conv2D(width, 3, name="conv")(x)
    return layers.Conv2D(width, 3, name="conv")(x)


def verdict(answer, shape=(7, 5, 3), **others):
    settings = {"shape": shape, "arguments": {"width": 4}, "faults": FAULTS} | others
    try:
        judge_model(answer, reference, rng=np.random.default_rng(1), **settings)
    except WrongAnswer as wrong:
        return str(wrong)
    return None


class Mixed(layers.Layer):
    """Takes the mean over the batch away: images are no longer independent."""

    def call(self, x):
        return x - ops.mean(x, 0, keepdims=True)


class OneImage(layers.Layer):
    def call(self, x):
        return ops.reshape(x, (1, *x.shape[1:]))

    def compute_output_spec(self, x):
        return keras.KerasTensor(x.shape)


class BatchStatistics(layers.Layer):
    """Normalizes with the batch at all times, though it keeps moving statistics."""

    def build(self, input_shape):
        size = (input_shape[-1],)
        for name, start in (("gamma", "ones"), ("beta", "zeros")):
            setattr(self, name, self.add_weight(shape=size, initializer=start, name=name))
        for name, start in (("moving_mean", "zeros"), ("moving_variance", "ones")):
            weight = self.add_weight(shape=size, initializer=start, trainable=False, name=name)
            setattr(self, name, weight)

    def call(self, x):
        mean, variance = ops.moments(x, (0, 1, 2))
        return (x - mean) / ops.sqrt(variance + 1e-3) * self.gamma + self.beta


@pytest.mark.parametrize("epsilon", [1e-6, 1e-5, 1e-3, 1e-2])
def test_no_epsilon_and_no_momentum_shows(epsilon):
    assert verdict(lambda x, width: ops.relu(unit(x, width, epsilon=epsilon, momentum=0.5))) is None


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (unit, "the ReLU is missing"),
        (lambda x, width: ops.relu(unit(x, width, bias=True)), "a vector of 4 .*use_bias=False"),
        (lambda x, width: ops.relu(unit(x, width, k=1)), "missing a 3x3 .*too many: a 1x1"),
        (lambda x, width: unit(x, width, stride=1), r"maps \(7, 5, 3\) to \(7, 5, 4\).*Height"),
        (lambda x, width: unit(x, 2 * width), r"to \(4, 3, 8\).*number of channels"),
        (lambda x, width: layers.Flatten()(unit(x, width)), "flattened"),
        (
            lambda x, width: ops.relu(unit(x, width, scale=False)),
            "missing a batch norm.*normalization without scale",
        ),
        (lambda x, width: ops.relu(unit(x, width, trainable=False)), "moving statistics"),
        (lambda x, width: ops.tanh(unit(x, width)), "other values"),
        (lambda x, width: 0 * unit(x, width), "other values"),
        (lambda x, width: ops.sqrt(unit(x, width)), "other values"),
        (lambda x, width: ops.relu(Mixed()(unit(x, width))), "other values"),
        (lambda x, width: ops.relu(unit(OneImage()(x), width)), "given 3 images it stopped"),
        (lambda x, width: layers.Dropout(0.5)(ops.relu(unit(x, width))), "other values"),
        (
            lambda x, width: ops.relu(
                BatchStatistics()(layers.Conv2D(width, 3, 2, "same", use_bias=False)(x))
            ),
            "in inference it normalizes with the statistics of the batch",
        ),
        (lambda x, width: ops.relu(always_training(x, width)), "called as `model\\(x\\)`"),
        (lambda x, width: ops.gelu(unit(x, width)), "other values"),
        (lambda x, width: ops.silu(unit(x, width)), "other values"),
        (named_twice, "two of your layers have the same name"),
        (lambda x, width: [unit(x, width)], "returned list; expected the Keras tensor"),
        (lambda x, width: keras.Input((4, 3, width)), "no model leads from x"),
        (lambda x, width: x + ops.ones((1, 2, 3)), "stopped with|maps"),
    ],
)
def test_another_function_is_told_apart(answer, message):
    text = verdict(answer)
    assert text is not None
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(text)


def test_a_second_reading_of_the_task_is_right_too_and_its_faults_are_known():
    readings = {"shape": (8, 6, 3), "variants": ({}, {"padding": "same"})}
    assert "other values" in verdict(lambda x, width: ops.relu(unit(x, width)), shape=(8, 6, 3))
    assert verdict(lambda x, width: ops.relu(unit(x, width)), **readings) is None
    assert "the ReLU is missing" in verdict(unit, **readings)


def test_a_fault_that_changes_nothing_here_is_not_blamed():
    faults = {"idle": "nobody can hear this", None: "values of another kind"}
    assert "called as `model(x)`" in verdict(
        lambda x, width: ops.relu(always_training(x, width)), faults=faults
    )
    dropped = verdict(lambda x, width: layers.Dropout(0.5)(ops.relu(unit(x, width))), faults=faults)
    assert dropped.endswith("but values of another kind")


def test_units_may_be_made_in_any_order():
    def deep(x, take, training, fault):
        for _ in range(3):
            x = relu(normalize(convolve(x, take.kernel((1, 1, 3, 3))), take.norm(3), training))
        return x

    def answer(x):
        norms = [layers.BatchNormalization() for _ in range(3)]
        convolutions = [layers.Dense(3, use_bias=False) for _ in range(3)]
        for made in (*reversed(norms), *convolutions):
            made.build((None, None, None, 3))
        for convolution, norm in zip(reversed(convolutions), norms, strict=True):
            x = ops.relu(norm(convolution(x)))
        return x

    settings = {"shape": (4, 5, 3), "arguments": {}, "faults": {}}
    judge_model(answer, deep, rng=np.random.default_rng(1), **settings)


def test_too_many_assignments_are_an_error_of_the_check():
    def stack(x, take, training, fault):
        for _ in range(7):
            x = convolve(x, take.kernel((1, 1, 2, 2)))
        return x

    def answer(x):
        for _ in range(7):
            x = layers.Dense(2, use_bias=False)(x)
        return x

    settings = {"shape": (3, 4, 2), "arguments": {}, "faults": {}}
    with pytest.raises(ValueError, match=r"5,040 assignments .* at most 3,000"):
        judge_model(answer, stack, rng=np.random.default_rng(1), **settings)


def test_judging_leaves_the_moving_statistics_alone():
    probe = Probe(as_model(unit, (7, 5, 3), {"width": 4}), (7, 5, 3), np.random.default_rng(1))
    before = [w.copy() for w in probe.model.get_weights()]
    shapes = [probe.output(case).shape for case in range(len(CASES))]
    assert shapes == [(batch, 4, 3, 4) for batch, _ in CASES]
    assert {mode for _, mode in CASES} == {False, True, None}
    assert len({batch for batch, _ in CASES}) > 1
    for old, new in zip(before, probe.model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
