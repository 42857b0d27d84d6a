"""The loss against NumPy, its gradient's size, and a student that learns from answers alone."""

import keras
import numpy as np
import pytest
import scipy.special
from keras import ops

from course_lib.evaluate import Distillation, distillation_targets, log_probabilities

DRAW = np.random.default_rng(0)
TEACHER, STUDENT = DRAW.normal(size=(2, 6, 4))
LABELS = np.array([0, 1, 2, 3, 0, 1])
TARGETS = distillation_targets(LABELS, TEACHER)


def by_hand(t, weight):
    p, q = (scipy.special.softmax(z / t, axis=1) for z in (TEACHER, STUDENT))
    soft = scipy.special.rel_entr(p, q).sum(axis=1)
    hard = -scipy.special.log_softmax(STUDENT, axis=1)[np.arange(6), LABELS]
    return np.mean(weight * t**2 * soft + (1 - weight) * hard)


@pytest.mark.parametrize("t", [1.0, 4.0])
@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_loss_from_logits_and_from_probabilities(t, weight):
    wanted = pytest.approx(by_hand(t, weight), rel=1e-4)
    student = STUDENT.astype("float32")
    assert float(Distillation(t, weight, from_logits=True)(TARGETS, student)) == wanted
    given = scipy.special.softmax(student, axis=1)
    assert float(Distillation(t, weight)(TARGETS, given)) == wanted


def test_a_teacher_s_probabilities_serve_as_its_logits():
    targets = distillation_targets(LABELS, log_probabilities(scipy.special.softmax(TEACHER, 1)))
    one, other = (Distillation(from_logits=True)(t, STUDENT) for t in (TARGETS, targets))
    assert float(one) == pytest.approx(float(other), rel=1e-5)


def test_a_student_that_equals_its_teacher_has_no_soft_loss():
    loss = Distillation(4.0, 1.0, from_logits=True)(TARGETS, TEACHER.astype("float32"))
    assert float(loss) == pytest.approx(0.0, abs=1e-6)


def test_the_gradient_keeps_its_size_when_the_temperature_changes():
    """Hinton et al. 2015, section 2: at high T the soft gradient does not depend on T."""
    step = 1e-2

    def slope(t):
        moved = STUDENT.copy()
        moved[:, 0] += step
        values = [
            float(Distillation(t, 1.0, from_logits=True)(TARGETS, z.astype("float32")))
            for z in (STUDENT, moved)
        ]
        return (values[1] - values[0]) / step

    assert slope(40.0) == pytest.approx(slope(20.0), rel=0.1)


def test_a_student_learns_a_teacher_s_answers_without_labels():
    inputs = np.tile(np.eye(4, dtype="float32"), (25, 1))
    teacher = np.tile(3.0 * np.eye(4)[::-1], (25, 1))
    targets = distillation_targets(np.zeros(100, int), teacher)  # weight 1: labels do not count
    student = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, activation="softmax")])
    student.compile(keras.optimizers.Adam(0.3), Distillation(2.0, 1.0), run_eagerly=True)
    student.fit(inputs, targets, batch_size=4, shuffle=False, verbose=0)
    answers = ops.convert_to_numpy(student(inputs[:4]))
    np.testing.assert_array_equal(answers.argmax(axis=1), [3, 2, 1, 0])


def test_certain_probabilities_give_a_finite_loss():
    loss = Distillation()(TARGETS, ops.one_hot(LABELS, 4))
    assert np.isfinite(float(loss))


def test_it_is_saved_with_a_model():
    copy = keras.losses.deserialize(keras.losses.serialize(Distillation(3.0, 0.2)))
    assert (copy.temperature, copy.weight, copy.from_logits) == (3.0, 0.2, False)


@pytest.mark.parametrize("settings", [{"temperature": 0.0}, {"weight": 1.5}, {"weight": -0.1}])
def test_settings_must_make_sense(settings):
    with pytest.raises(ValueError, match="temperature must be above 0 and weight between 0 and 1"):
        Distillation(**settings)


def test_plain_labels_are_no_targets():
    with pytest.raises(ValueError, match="from distillation_targets"):
        Distillation()(TEACHER.astype("float32"), STUDENT.astype("float32"))
    with pytest.raises(ValueError, match="labels must be integers"):
        distillation_targets(LABELS + 4, TEACHER)
