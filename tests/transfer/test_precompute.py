"""Features on disk equal the body's, once computed; kills, races and bodies that draw."""

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from course_lib import nets
from course_lib.data import Split
from course_lib.transfer import cut, new_head, precompute, store
from tests.transfer.bodies import images, tiny_body

module = sys.modules[precompute.__module__]
ROOT = Path(__file__).parents[2]
TRIALS = 4  # calls of preprocessing before rows are kept: does it draw, its hash, does the body
PROCESS = """
import sys, time
from course_lib.transfer import precompute, store
from tests.transfer.bodies import images, tiny_body

store.BLOCK = 8
folder, calls = sys.argv[1], []

def slowly(x):
    calls.append(x)
    time.sleep(0.1 if len(calls) > 4 else 0)
    return x

precompute(tiny_body(), images(200), folder, preprocessing=slowly)
"""


@pytest.fixture(scope="module")
def body():
    return tiny_body()


@pytest.fixture
def counted(monkeypatch):
    """Count the batches that a body runs on, trials included."""
    counts = []
    run = module._Body.run
    monkeypatch.setattr(module._Body, "run", lambda *a: counts.append(1) or run(*a))
    return counts


@pytest.mark.parametrize(("dtype", "digits"), [("float16", 2e-3), ("float32", 1e-5)])
def test_features_are_those_of_the_body(body, tmp_path, dtype, digits):
    x = images(21)  # the last batch is smaller
    found = precompute(body, x, tmp_path, dtype=dtype)
    assert found.dtype == dtype
    np.testing.assert_allclose(found, body.predict(x, verbose=0), rtol=digits, atol=digits)
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 0.0


def test_a_second_call_reads_what_the_first_computed(body, tmp_path, counted):
    x = images(9)
    first = precompute(body, x, tmp_path)
    assert len(counted) == 3 + 2  # trials, then two batches
    again = precompute(tiny_body(), Split(x, np.zeros(9, "int32")), tmp_path, batch_size=4)
    assert len(counted) == 3 + 2
    np.testing.assert_array_equal(first, again)
    other = precompute(tiny_body(seed=1), x, tmp_path)
    assert len(counted) > 5
    assert not np.array_equal(first, other)


def test_preprocessing_is_applied(body, tmp_path):
    x = (255 * images(5)).astype("uint8")
    found = precompute(body, x, tmp_path, dtype="float32", preprocessing=lambda i: i / 255)
    wanted = body.predict(x / np.float32(255), verbose=0)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


def test_preprocessing_in_place_is_applied_once_and_spares_the_images(body, tmp_path):
    """As that of `keras.applications` works on float images."""

    def halve(images):
        images /= 2.0
        return images

    x = images(9).astype("float32")
    before = x.copy()
    found = precompute(body, x, tmp_path, dtype="float32", preprocessing=halve)
    np.testing.assert_array_equal(x, before)
    wanted = body.predict(before / 2.0, verbose=0)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


def test_a_head_trained_on_features_is_the_net_s(tmp_path):
    net, x = new_head(tiny_body(), 2), images(12)
    part, tail = cut(net)
    features = np.asarray(precompute(part, x, tmp_path, dtype="float32"))
    tail.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
    tail.fit(features, np.array([0, 1] * 6), verbose=0)
    answers = tail.predict(features, verbose=0), net.predict(x, verbose=0)
    np.testing.assert_allclose(*answers, rtol=1e-4)


@pytest.mark.parametrize(
    ("build", "through"),
    [
        (lambda: nets.mobilenet_v2(input_shape=(32, 32, 3)), "stage1"),
        (
            lambda: keras.applications.MobileNetV2(weights=None, input_shape=(32, 32, 3)),
            "expanded_conv",
        ),
    ],
)
def test_the_first_blocks_of_nets_of_the_course_and_of_keras(build, through, tmp_path):
    with nets.without_values():
        first, _ = cut(build(), through)
    body = keras.models.clone_model(first)  # with values, which most time would go into
    x = np.random.default_rng(0).random((3, 32, 32, 3)).astype("float32")
    found = precompute(body, x, tmp_path, dtype="float32", batch_size=2)
    wanted = keras.ops.convert_to_numpy(body(x, training=False))
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-3 * np.abs(wanted).max())


def test_a_killed_call_is_continued_and_ends_in_the_same_bytes(tmp_path, monkeypatch):
    first = subprocess.Popen(
        [sys.executable, "-c", PROCESS, str(tmp_path / "killed")],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 300
    while len(list((tmp_path / "killed").rglob("0*.npy"))) < 5:  # of 25 blocks
        assert first.poll() is None, first.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    done = len(list((tmp_path / "killed").rglob("0*.npy")))
    assert 5 <= done < 25

    monkeypatch.setattr(store, "BLOCK", 8)
    files = []
    for name, rows in (("killed", 200 - 8 * done), ("whole", 200)):
        seen = []
        precompute(
            tiny_body(),
            images(200),
            tmp_path / name,
            preprocessing=lambda x, seen=seen: seen.append(len(x)) or x,
        )
        assert sum(seen[TRIALS:]) == rows  # finished rows are not computed again
        files.append(next((tmp_path / name).rglob("features.npy")))
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].parent.name == files[1].parent.name
    assert sorted(p.name for p in files[0].parent.iterdir()) == ["about.json", "features.npy"]


def augmented():
    return tiny_body(augment=True)


class Noise(layers.Layer):
    """Draws in every mode."""

    def __init__(self):
        super().__init__()
        self.seed_generator = keras.random.SeedGenerator(0)

    def call(self, x):
        return x + keras.random.normal((), seed=self.seed_generator)


class Centered(layers.Layer):
    """Uses the mean of the batch in every mode."""

    def call(self, x):
        return x - keras.ops.mean(x)


def behind(layer):
    inputs = keras.Input((4, 4, 1))
    return lambda: keras.Model(inputs, layer(inputs))


def without_sides():
    inputs = keras.Input((None, None, 1))
    return keras.Model(inputs, layers.Conv2D(1, 1)(inputs))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (augmented, "'flip' augments at random, and stored features would hold one fixed draw"),
        (behind(Noise()), "draws at random in inference mode, too"),
        (behind(Centered()), "depend on the others in its batch"),
        (without_sides, "one input and one output of a fixed shape"),
    ],
)
@pytest.mark.parametrize("batch_size", [1, 8])
def test_bodies_without_fixed_features_are_refused(build, message, batch_size, tmp_path):
    with pytest.raises(ValueError, match=message):
        precompute(build(), images(9), tmp_path, batch_size=batch_size)
    assert list(tmp_path.iterdir()) == []


def test_dropout_rests_in_inference_mode(tmp_path):
    inputs = keras.Input((4, 4, 1))
    body = keras.Model(inputs, layers.Dropout(0.5)(inputs))
    x = images(3)
    np.testing.assert_allclose(precompute(body, x, tmp_path, dtype="float32"), x)


def test_preprocessing_that_draws_is_refused(body, tmp_path):
    draw = np.random.default_rng(0)
    with pytest.raises(ValueError, match="the same each time"):
        precompute(body, images(3), tmp_path, preprocessing=lambda x: x + draw.random(x.shape))
    with pytest.raises(ValueError, match="got 2 for 3"):
        precompute(body, images(3), tmp_path, preprocessing=lambda x: x[1:])


@pytest.mark.parametrize(
    ("value", "dtype", "message"),
    [
        (1e6, "float16", "features of images 0 to 29 reach 1e.06, which float16 cannot hold"),
        (np.nan, "float32", "features of image {row} hold NaN or infinity"),
        (np.nan, "float16", "features of image {row} hold NaN or infinity"),
        (np.inf, "float32", "features of image {row} hold NaN or infinity"),
    ],
)
@pytest.mark.parametrize("row", [0, 20])
@pytest.mark.parametrize("preprocessing", [None, lambda x: x])
def test_features_that_cannot_be_stored_are_refused(
    value, dtype, message, row, preprocessing, tmp_path
):
    inputs = keras.Input((4, 4, 1))
    body = keras.Model(inputs, layers.ReLU()(inputs))
    x = images(30)
    x[row] = value
    with pytest.raises(ValueError, match=message.format(row=row)):
        precompute(body, x, tmp_path, dtype=dtype, preprocessing=preprocessing)
    assert not list(tmp_path.rglob("*.npy"))


def test_weights_that_are_not_finite_are_no_draw(tmp_path):
    body = tiny_body()
    kernel = body.get_layer("stem_conv").kernel
    kernel.assign(np.full(kernel.shape, np.nan))
    with pytest.raises(ValueError, match=r"image 0 hold NaN or infinity.* in the weights"):
        precompute(body, images(9), tmp_path)


def test_a_net_with_trained_weights_warns_of_wrong_images(tmp_path):
    inputs = keras.Input((4, 4, 1))
    body = nets.pretrained.PretrainedNet(inputs, layers.Conv2D(2, 1)(inputs))
    with pytest.warns(UserWarning, match="divide 8-bit images by 255"):
        precompute(body, 255 * images(2), tmp_path)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"dtype": "int8"}, "dtype must be one of"),
        ({"batch_size": 0}, "batch_size must be an integer of at least 1, got 0"),
        ({"data": images(0)}, "at least one image is needed"),
    ],
)
def test_bad_settings_are_refused(body, tmp_path, settings, message):
    with pytest.raises(ValueError, match=message):
        precompute(**({"model": body, "data": images(2), "path": tmp_path} | settings))


class Terminal(io.StringIO):
    def __init__(self, is_one):
        super().__init__()
        self.is_one = is_one

    def isatty(self):
        return self.is_one


@pytest.mark.parametrize("is_one", [True, False])
def test_progress_is_shown_on_a_terminal_only(body, tmp_path, monkeypatch, is_one):
    screen = Terminal(is_one)
    monkeypatch.setattr(sys, "stderr", screen)
    precompute(body, images(70), tmp_path)
    lines = [line.strip() for line in screen.getvalue().split("\r")[1:]]
    assert [line.rpartition(",")[0] for line in lines] == (
        ["features: 64 of 70 images", "features: 70 of 70 images"] if is_one else []
    )
    assert not is_one or lines[-1].endswith(" 0 s left")
