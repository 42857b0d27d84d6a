"""The tool of the lab `digit`: what it writes, what it measures, and the file that is stored."""

import json

import numpy as np
import pytest

import digit_weights
from course_lib.data import Dataset, Split, digits
from course_lib.widgets import digit_net

STEPS, BATCH = 6, 20
LIMIT = 100_000  # bytes of the stored file


@pytest.fixture(scope="module")
def data():
    """A few of the digits: classes take turns, so each is there."""
    full = digits()
    parts = full.train.take(60), full.validation.take(20), full.test.take(40)
    return Dataset(*parts, full.class_names, "A few digits.", full.license)


@pytest.fixture(scope="module")
def content(data):
    return digit_weights.content(data, steps=STEPS, batch_size=BATCH)


@pytest.fixture
def path(content, tmp_path):
    file = tmp_path / "digit.json"
    file.write_text(digit_weights.text(content), encoding="utf-8")
    return file


def test_the_same_seed_gives_the_same_file(data, content):
    again = digit_weights.content(data, steps=STEPS, batch_size=BATCH)
    assert digit_weights.text(again) == digit_weights.text(content)
    fewer = digit_weights.content(data, steps=STEPS - 1, batch_size=BATCH)
    assert fewer["layers"] != content["layers"]


def test_quantization_changes_weights_by_half_a_step_at_most(data):
    model = digit_weights.train(data.train, steps=2, batch_size=BATCH)
    layers = digit_weights.stored_layers(model)
    back = digit_weights.restored(layers)
    for layer in layers:
        scales = digit_net.decode(layer["scales"], "float32")
        before, after = (net.get_layer(layer["name"]).get_weights() for net in (model, back))
        assert (np.abs(before[0] - after[0]) <= 0.5001 * scales).all()
        assert np.abs(before[0] - after[0]).max() > 0
        np.testing.assert_array_equal(before[1], after[1])
    assert {layer["name"] for layer in layers} == {one.name for one in model.layers if one.weights}


def test_what_was_written_passes_its_check(data, path):
    assert digit_weights.differences(data, path) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.update(test_accuracy=0.5625), "test_accuracy: digit.json has 0.5625, the st"),
        (lambda c: c["layers"][3].update(shape=[84, 120]), "the shapes of the stored layers give"),
        (lambda c: c.update(shapes_sha256="0"), "the shapes of the lenet5 give"),
        (lambda c: c["examples"].reverse(), "examples: not the first image of each digit"),
    ],
)
def test_a_file_that_is_wrong_is_told(data, path, change, message):
    stored = json.loads(path.read_text(encoding="utf-8"))
    change(stored)
    path.write_text(digit_weights.text(stored), encoding="utf-8")
    found = digit_weights.differences(data, path)
    assert any(message in line for line in found), found


def test_other_weights_are_told_by_their_accuracy(data, path):
    stored = json.loads(path.read_text(encoding="utf-8"))
    last = stored["layers"][-1]
    integers = digit_net.decode(last["weights"], "int8").reshape(last["shape"])
    last["weights"] = digit_net.encode(np.zeros_like(integers))
    favorite = digit_net.decode(last["biases"], "float32") * 0 - np.arange(10, dtype="float32")
    last["biases"] = digit_net.encode(favorite.astype("float32"))  # always 0: a tenth is right
    stored["test_accuracy"] = 0.2
    path.write_text(digit_weights.text(stored), encoding="utf-8")
    (line,) = digit_weights.differences(data, path)
    assert line == "test_accuracy: digit.json has 0.2, the stored net reaches 0.1"


def test_another_layout_of_the_file_is_told(data, path, content):
    path.write_text(json.dumps(content), encoding="utf-8")
    assert digit_weights.differences(data, path) == ["digit.json: not as this tool writes it"]


def test_a_missing_file_is_no_empty_one(data, tmp_path):
    with pytest.raises(FileNotFoundError):
        digit_weights.differences(data, tmp_path / "none.json")


def test_the_tool_writes_whole_and_checks(tmp_path, monkeypatch, capsys, data):
    file = tmp_path / "digit.json"
    small = digit_weights.content(data, steps=2, batch_size=BATCH)
    monkeypatch.setattr(digit_weights, "digits", lambda: data)
    monkeypatch.setattr(digit_weights, "content", lambda given: small)
    assert digit_weights.main([], file) == 0
    assert [one.name for one in tmp_path.iterdir()] == ["digit.json"]
    assert digit_weights.main(["--check"], file) == 0
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert digit_weights.main(["--check"], file) == 1
    assert "run: python tools/digit_weights.py" in capsys.readouterr().err


def test_the_stored_file_is_what_it_says(capsys):
    assert digit_weights.main(["--check"]) == 0, capsys.readouterr().err
    stored = digit_net.read()
    assert digit_net.FILE.stat().st_size <= LIMIT
    assert stored["seed"] == digit_weights.SEED
    assert stored["steps"] == digit_weights.STEPS
    assert stored["command"] == digit_weights.COMMAND
    assert stored["test_accuracy"] > 0.98
    assert abs(stored["test_accuracy"] - stored["test_accuracy_before"]) <= 0.003
    images = digits().test
    for label, example in enumerate(stored["examples"]):
        assert example["label"] == label == images.labels[example["row"]]
        assert np.allclose(digit_net.image_of(example), images.images[example["row"], ..., 0])


def test_stored_weights_use_all_of_the_8_bits():
    for layer in digit_net.read()["layers"]:
        integers = digit_net.decode(layer["weights"], "int8").reshape(-1, layer["shape"][-1])
        assert (np.abs(integers.astype(int)).max(axis=0) == 127).all()


def test_a_split_with_a_digit_missing_is_refused(data):
    with pytest.raises(ValueError, match=r"of each digit is needed, got none of \[.*\] among 5"):
        digit_weights.examples(Split(data.test.images[:5], data.test.labels[:5]))
