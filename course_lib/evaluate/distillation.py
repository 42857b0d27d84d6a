"""Distillation: a small net learns from the answers of a large one.

Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network", 2015,
https://arxiv.org/abs/1503.02531, section 2.
"""

import keras
import numpy as np
from keras import ops

from course_lib.evaluate.classify import checked_scores


def distillation_targets(labels, teacher_logits) -> np.ndarray:
    """Join labels and a teacher's answers to what `Distillation` takes as targets.

    The teacher answers once for each image, before the student is trained.  A student that is
    trained on changed images needs the teacher's answers for those.

    Args:
        labels: (N,), integers.
        teacher_logits: (N, classes); of a net that gives probabilities, take
            `log_probabilities`, which no softmax tells from its logits.

    Returns:
        (N, 1 + classes), float32: the label, then the logits.

    Raises:
        ValueError: labels that do not fit the logits.
    """
    logits, labels = checked_scores(teacher_logits, labels)
    return np.concatenate([labels[:, None], logits], axis=1).astype("float32")


@keras.saving.register_keras_serializable("course_lib")
class Distillation(keras.losses.Loss):
    """The mean of two losses: towards a teacher's softened answers, and towards the labels.

    weight * T² * KL(softmax(teacher / T), softmax(student / T)) + (1 - weight) * cross-entropy.
    T² keeps the gradient of the first part at one size when T changes.  Hinton et al. write the
    cross-entropy with the softened answers, which differs from KL by what the student cannot
    change; so their gradients are equal, and this loss can fall to 0.

    Metrics that compare with labels do not understand these targets; `evaluate.accuracy` measures
    the student afterwards.

    Args:
        temperature: T, above 0, of both softmaxes.
        weight: of the teacher, 0 to 1.
        from_logits: whether the student gives logits; otherwise probabilities.

    Raises:
        ValueError: a temperature that is not above 0, or a weight outside [0, 1].

    Example:
        >>> student.compile("adam", Distillation(temperature=4.0))
        >>> student.fit(images, distillation_targets(labels, teacher_logits))
    """

    def __init__(
        self,
        temperature=4.0,
        weight=0.9,
        *,
        from_logits=False,
        reduction="sum_over_batch_size",
        name="distillation",
        **kwargs,
    ):
        super().__init__(name=name, reduction=reduction, **kwargs)
        if not temperature > 0.0 or not 0.0 <= weight <= 1.0:
            raise ValueError(
                "temperature must be above 0 and weight between 0 and 1, got "
                f"{temperature!r} and {weight!r}"
            )
        self.temperature = temperature
        self.weight = weight
        self.from_logits = from_logits

    def call(self, y_true, y_pred):
        """Return the loss of each image, (B,), for (B, 1 + classes) and (B, classes)."""
        if y_true.shape[-1] != y_pred.shape[-1] + 1:
            raise ValueError(
                "targets must be (B, 1 + classes), from distillation_targets, got "
                f"{tuple(y_true.shape)} for outputs {tuple(y_pred.shape)}"
            )
        labels, teacher = ops.cast(y_true[:, 0], "int32"), y_true[:, 1:]
        logits = y_pred
        if not self.from_logits:  # softmax(log(p) / T) is the softened p
            logits = ops.log(ops.maximum(y_pred, keras.config.epsilon()))
        t = self.temperature
        wanted = ops.log_softmax(teacher / t, axis=-1)
        given = ops.log_softmax(logits / t, axis=-1)
        soft = ops.sum(ops.exp(wanted) * (wanted - given), axis=-1)
        hard = ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)
        return self.weight * t**2 * soft + (1.0 - self.weight) * hard

    def get_config(self):
        return super().get_config() | {
            "temperature": self.temperature,
            "weight": self.weight,
            "from_logits": self.from_logits,
        }
