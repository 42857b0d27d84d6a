"""Numbers agree with numpy and Keras, and the figure says what it shows and whose it is."""

import keras
import numpy as np
import pytest

from course_lib.data import Dataset, Split, examples, fashion_mnist, statistics, textures
from course_lib.plots_style import to_html


@pytest.fixture(scope="module")
def data():
    draw = np.random.RandomState(0)
    images = draw.beta(2, 5, size=(30, 6, 5, 3)) * [1, 0.5, 0.1]
    labels = np.arange(30) % 2
    split = Split(images.astype("float32"), labels.astype("int32"))
    return Dataset(split, split.take(20), split.take(10), ("ant", "bumblebee"), "Noise.", "CC0.")


def test_statistics_are_those_of_numpy(data):
    found = statistics(data.train, data.class_names)
    images = data.train.images.astype("float64")
    np.testing.assert_allclose(found.mean, images.mean(axis=(0, 1, 2)))
    np.testing.assert_allclose(found.sd, images.std(axis=(0, 1, 2)))
    assert found.counts == {"ant": 15, "bumblebee": 15}


def test_a_layer_of_keras_learns_the_same(data):
    found = statistics(data.train, data.class_names)
    learns = keras.layers.Normalization()
    learns.adapt(data.train.images)
    given = keras.layers.Normalization(mean=found.mean, variance=found.sd**2)
    a, b = (keras.ops.convert_to_numpy(layer(data.train.images)) for layer in (learns, given))
    np.testing.assert_allclose(a, b, atol=1e-3)


def test_even_images_have_no_spread():
    split = Split(np.full((4, 3, 3, 1), 0.3, "float32"), np.zeros(4, "int32"))
    assert statistics(split, ("one",)).sd[0] == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: Split(s.images[:0], s.labels[:0]), "there are no images"),
        (lambda s: Split(s.images * np.float32("nan"), s.labels), "30 of 30 images hold NaN"),
        (lambda s: Split(s.images * np.float32(255), s.labels), "divide by 255"),
        (lambda s: Split(s.images[..., 0], s.labels), r"must be \(N, H, W, C\)"),
        (lambda s: Split(s.images, s.labels + 1), "2 class names have the labels 0 to 1, got 1 to"),
        (lambda s: Split(s.images, s.labels - 1), "labels 0 to 1, got -1 to 0"),
    ],
)
def test_statistics_refuse_bad_splits(data, change, message):
    with pytest.raises(ValueError, match=message):
        statistics(change(data.train), data.class_names)


def test_the_table():
    split = Split(np.full((4, 3, 2, 1), 0.25, "float32"), np.array([0, 0, 2, 0], "int32"))
    assert str(statistics(split, ("a", "none", "c"))).splitlines() == [
        "4 images of 3x2; mean (sd) by channel: 0.250 (0.000)",
        "a         3  75.0 %",
        "none      0   0.0 %",
        "c         1  25.0 %",
    ]


def test_a_row_for_each_class(data):
    figure, alt, caption = examples(data, "test", count=3)
    (axes,) = figure.axes
    sheet = axes.images[0].get_array()
    assert sheet.shape == (2 * 6 + 1, 3 * 5 + 2, 4)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["ant", "bumblebee"]
    for label, at in zip((0, 1), axes.get_yticks(), strict=True):
        top = label * 7
        assert top - 0.5 <= at <= top + 5.5
        for j, row in enumerate(np.flatnonzero(data.test.labels == label)[:3]):
            drawn = sheet[top : top + 6, 6 * j : 6 * j + 5]
            np.testing.assert_array_equal(drawn[..., :3], data.test.images[row])
            assert drawn[..., 3].min() == 1
    assert sheet[6].max() == sheet[:, 5].max() == 0
    assert alt == (
        "A grid of images to test with, a row for each class from the top: ant, bumblebee."
    )
    assert caption == "Noise. CC0."


def test_a_class_with_fewer_images_shortens_the_rows(data):
    figure, _, _ = examples(data, "test", count=50)
    assert figure.axes[0].images[0].get_array().shape[1] == 5 * (5 + 1) - 1


@pytest.mark.parametrize("load", [fashion_mnist, textures])
def test_figures_fit_on_a_page(load):
    html = to_html(*examples(load()))
    assert 'role="img"' in html
    assert "license" in html or "CC0" in html


def test_bad_input(data):
    with pytest.raises(ValueError, match=r"part must be one of .*, got 'tests'"):
        examples(data, "tests")
    with pytest.raises(ValueError, match="count must be at least 1, got 0"):
        examples(data, count=0)
    more = Dataset(data.train, data.train, data.train, ("ant", "bumblebee", "wasp"), "")
    with pytest.raises(ValueError, match="train has no images of wasp"):
        examples(more)
