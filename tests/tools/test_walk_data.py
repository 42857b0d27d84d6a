"""The stops of the lab `walk` are what course_lib computes, and a wrong file is told apart."""

import json

import keras
import pytest
from keras import layers as kl

import walk_data


def small():
    """Return a net in which something prepares a stop, and something belongs to the one before."""
    image = keras.Input((10, 10, 3), name="image")
    x = kl.ZeroPadding2D(1, name="stem_pad")(image)
    x = kl.Conv2D(4, 3, 2, name="stem_conv")(x)
    x = kl.BatchNormalization(name="stem_bn")(x)
    left = kl.Conv2D(5, 1, name="stage1_a_left")(x)
    right = kl.MaxPooling2D(3, 1, "same", name="stage1_a_pool")(x)
    right = kl.Conv2D(2, 1, name="stage1_a_right")(right)
    x = kl.Concatenate(name="stage1_a_out")([left, right])
    x = kl.Flatten(name="head_flatten")(x)
    x = kl.Dropout(0.5, name="head_dropout")(x)
    x = kl.Dense(7, name="head_fc")(x)
    return keras.Model(image, kl.Softmax(name="head_softmax")(x))


def test_stops_are_what_changes_a_map_or_has_weights():
    flat = 5 * 5 * 7
    assert walk_data.stops(small()) == [
        ["image", "the image", [10, 10, 3], 0, 0, 0, 1],
        [
            *("stem_conv", "3\N{MULTIPLICATION SIGN}3 convolution, 4 filters, stride 2"),
            *([5, 5, 4], 3 * 3 * 3 * 4 + 4 + 8, 25 * 3 * 3 * 3 * 4, 1, 3),
        ],
        [
            *("stage1_a", "2 convolutions and a max pooling, joined", [5, 5, 7]),
            *(4 * 5 + 5 + 4 * 2 + 2, 25 * 4 * 7, 2, 7),
        ],
        ["head_fc", "dense layer, 7 units", [7], flat * 7 + 7, flat * 7, 3, None],
    ]


@pytest.mark.weekly
def test_the_file_is_as_it_is_computed(capsys):
    assert walk_data.main(["--check"]) == 0
    assert capsys.readouterr().err == ""


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr(walk_data, "NAMES", {"small": "A small net"})
    monkeypatch.setattr(walk_data, "NETS", {"small": small})


def test_a_file_is_written_whole_and_read_again(tiny, tmp_path):
    path = tmp_path / "walk.json"
    assert walk_data.main([], path) == 0
    (found,) = json.loads(path.read_text(encoding="utf-8"))
    assert found == {"name": "small", "title": "A small net", "stops": walk_data.stops(small())}
    assert [each.name for each in tmp_path.iterdir()] == ["walk.json"]
    assert walk_data.main(["--check"], path) == 0


def test_a_changed_file_is_told_apart(tiny, tmp_path, capsys):
    path = tmp_path / "walk.json"
    walk_data.main([], path)
    path.write_text(path.read_text(encoding="utf-8").replace("[5, 5, 7]", "[5, 5, 8]"), "utf-8")
    assert walk_data.main(["--check"], path) == 1
    said = capsys.readouterr().err
    assert 'not as computed: ["stage1_a"' in said
    assert "[5, 5, 7]" in said
    assert said.endswith("run: python tools/walk_data.py\n")
