"""Two phases: what each changes, that they learn, and what is refused or warned of."""

import warnings
from dataclasses import replace
from importlib import import_module

import keras
import numpy as np
import pytest

from course_lib.data import Dataset, Split
from course_lib.transfer import Phase, fine_tune, new_head
from tests.transfer.bodies import images, tiny_body

HEAD = Phase(0.05, steps=60, batch_size=10)
BODY = Phase(0.005, steps=10, batch_size=10)


def split(count, seed):
    """Bright and dark images."""
    labels = np.arange(count, dtype="int32") % 2
    return Split(images(count, seed) * 0.5 + labels[:, None, None, None] * 0.5, labels)


DATA = Dataset(split(40, 0), split(20, 1), split(2, 2), ("dark", "bright"), "made here")


def weights(model):
    return {weight.path: np.array(weight) for weight in model.weights}


def changed(model, before):
    return {
        path for path, value in weights(model).items() if not np.array_equal(value, before[path])
    }


@pytest.fixture(scope="module")
def tuned():
    model = new_head(tiny_body(), 2, dropout=0.1)
    before = weights(model)
    found = fine_tune(model, DATA, through="stage1_block1", head=HEAD, body=BODY)
    return found, before


def test_it_learns_and_says_what_it_learned(tuned):
    found, _ = tuned
    assert set(found.validation) == {"start", "head", "body"}
    assert found.validation["head"] > 0.9
    assert found.validation["body"] > 0.9
    assert {name: curve[-1][0] for name, curve in found.curves.items()} == {"head": 60, "body": 10}
    assert "validation accuracy: start" in repr(found)


def test_only_what_the_report_says_has_changed(tuned):
    found, before = tuned
    moved = changed(found.model, before)
    assert moved == {w.path for w in found.model.trainable_weights}
    assert "stage1_block2_conv1_conv/kernel" in moved


def test_the_head_s_phase_leaves_the_body_alone(monkeypatch):
    module = import_module(
        "course_lib.transfer.fine_tune"
    )  # the package has a function of the name
    train = module._train
    monkeypatch.setattr(
        module, "_train", lambda *given: train(*given) if HEAD in given else ["left out"]
    )
    model = new_head(tiny_body(), 2)
    before = weights(model)
    found = fine_tune(model, DATA, through="stem", head=HEAD, body=BODY)
    assert found.curves["body"] == ["left out"]
    assert changed(model, before) == {"head_fc/kernel", "head_fc/bias"}


def test_without_a_phase_for_the_head():
    model = new_head(tiny_body(), 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # small batches, but in inference mode
        found = fine_tune(model, DATA, through="stage1_block1", head=None, body=BODY)
    assert set(found.curves) == {"body"}
    assert set(found.validation) == {"start", "body"}


def test_small_batches_in_training_mode_are_warned_of_and_drift():
    model = new_head(tiny_body(), 2)
    before = weights(model)
    settings = {"through": "stage1_block1", "head": None, "body": BODY}
    with pytest.warns(UserWarning, match="in training mode on batches of 10 images"):
        fine_tune(model, DATA, **settings, batch_norm="train")
    assert "stage1_block2_conv1_bn/moving_mean" in changed(model, before)


def sigmoid():
    body = tiny_body()
    return keras.Model(body.input, keras.layers.Dense(1, "sigmoid", name="head_fc")(body.output))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"learning_rate": 0.0}, "learning_rate must be above 0, got 0.0"),
        ({"learning_rate": np.nan}, "learning_rate must be above 0, got nan"),
        ({"steps": 0}, "steps must be above 0, got 0"),
        ({"batch_size": -1}, "batch_size must be above 0, got -1"),
        ({"optimizer": "sgd"}, "optimizer must be one of"),
    ],
)
def test_a_phase_refuses_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        Phase(**({"learning_rate": 0.1, "steps": 1} | settings))


def spoiled(part, value=np.nan, row=1):
    """Return the data with a value in one image."""
    x = getattr(DATA, part).images.copy()
    x[row, 0, 0, 0] = value
    return {"data": replace(DATA, **{part: Split(x, getattr(DATA, part).labels)})}


def relabeled(change):
    labels = change(DATA.train.labels)
    return {"data": replace(DATA, train=Split(DATA.train.images[: len(labels)], labels))}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (spoiled("train"), "training split: 1 of 40 images hold NaN or infinity, .* number 1"),
        (spoiled("train", np.inf, 39), "training split: 1 of 40 images .* number 39"),
        (spoiled("validation"), "validation split: 1 of 20 images hold NaN"),
        (relabeled(lambda y: 0 * y), "training split: all 40 labels are 0: at least two classes"),
        (relabeled(lambda y: y + 1), "2 classes have the labels 0 to 1, got 2; subtract 1"),
        (relabeled(lambda y: y[:0]), "training split: there are no images"),
        (
            {"data": replace(DATA, validation=Split(images(0), np.zeros(0, "int32")))},
            "validation split: there are no images",
        ),
    ],
)
@pytest.mark.parametrize("head", [HEAD, None])
def test_data_that_teach_nothing_are_refused_before_anything_is_trained(settings, message, head):
    model = new_head(tiny_body(), 2)
    before, frozen = weights(model), [layer.trainable for layer in model.layers]
    settings = {"data": DATA, "through": "stem", "head": head, "body": BODY} | settings
    with pytest.raises(ValueError, match=message):
        fine_tune(model, **settings)
    assert not changed(model, before)
    assert [layer.trainable for layer in model.layers] == frozen


def test_the_range_of_the_images_is_left_to_the_body():
    """Those of `keras.applications` take 0 to 255."""
    inputs = keras.Input((4, 4, 1))
    body = keras.Model(inputs, keras.layers.Rescaling(1 / 255)(inputs))
    parts = {
        part: Split(255 * getattr(DATA, part).images, getattr(DATA, part).labels)
        for part in ("train", "validation")
    }
    model = new_head(body, 2)
    found = fine_tune(model, replace(DATA, **parts), through="rescaling", head=None, body=HEAD)
    assert found.validation["body"] > 0.9


@pytest.mark.parametrize(
    ("model", "settings", "message"),
    [
        (tiny_body, {}, "must end in class probabilities; put a head on it with new_head"),
        (lambda: new_head(tiny_body(), 2, activation=None), {}, "must end in class probabilities"),
        (
            lambda: new_head(tiny_body(), 2),
            {"body": Phase(0.5, steps=1)},
            "must not be above the head's, got 0.5 and 0.05",
        ),
        (lambda: new_head(tiny_body(), 2), {"through": "stage1_block1_conv1"}, "inside a block"),
        (
            lambda: new_head(tiny_body(), 2),
            {"body": Phase(0.01, steps=1, batch_size=len(DATA.train) + 1)},
            "batch_size must be at most",
        ),
        (sigmoid, {}, "must end in class probabilities"),
    ],
)
def test_refused_before_anything_is_trained(model, settings, message):
    model = model()
    before = weights(model)
    settings = {"through": "stem", "head": HEAD, "body": BODY} | settings
    with pytest.raises(ValueError, match=message):
        fine_tune(model, DATA, **settings)
    assert not changed(model, before)
