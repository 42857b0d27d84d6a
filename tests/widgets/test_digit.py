"""The lab of a trained LeNet: the same net in JavaScript, in NumPy and in Keras."""

import json

import numpy as np
import pytest

import digit_weights
from course_lib.data import digits
from course_lib.evaluate import probabilities
from course_lib.widgets import digit, digit_net
from course_lib.widgets.digit import figure
from course_lib.widgets.pictures import FIVE, SEVEN, stroke

# Digits as strokes of a pen, x and y by turns on a sheet of 280 units, drawn by hand
DRAWN = {
    0: [[140, 40, 95, 70, 80, 140, 95, 210, 140, 240, 185, 210, 200, 140, 185, 70, 140, 40]],
    1: [[150, 40, 140, 240]],
    2: [[80, 90, 105, 50, 155, 45, 185, 80, 170, 125, 120, 185, 80, 235, 200, 232]],
    3: [[85, 60, 135, 40, 180, 65, 175, 110, 130, 135, 180, 155, 190, 205, 140, 240, 80, 220]],
    4: [[95, 45, 85, 140, 190, 140], [170, 50, 165, 240]],
    5: [[190, 45, 105, 45, 95, 130, 150, 120, 190, 160, 180, 215, 130, 238, 80, 215]],
    6: [[165, 40, 115, 95, 90, 170, 110, 230, 160, 235, 185, 195, 160, 155, 110, 165, 92, 190]],
    7: [[75, 60, 200, 55, 155, 140, 125, 240]],
    8: [
        [180, 70, 130, 45, 95, 80, 130, 130, 180, 175, 165, 230, 110, 232, 95, 185],
        [95, 185, 140, 135, 185, 95, 180, 70],
    ],
    9: [[185, 90, 150, 50, 105, 65, 95, 110, 130, 140, 175, 120, 187, 75, 180, 160, 165, 240]],
}


@pytest.fixture(scope="module")
def stored():
    return digit_net.read()


@pytest.fixture(scope="module")
def images():
    """Two hundred images of the test split, 28x28."""
    return digits().test.images[:200, ..., 0]


@pytest.fixture(scope="module")
def model(stored):
    return digit_weights.restored(stored["layers"])


def test_all_three_agree_on_test_images(call, stored, images, model):
    expected = probabilities(model, np.pad(images, [(0, 0), (2, 2), (2, 2)])[..., None])
    pixels = np.round(images.astype("float64"), 8).reshape(len(images), -1).tolist()
    theirs = call("digit", "activationsOf", stored, pixels)
    outputs = np.array([one["output"]["values"] for one in theirs])
    assert (outputs.argmax(axis=1) == expected.argmax(axis=1)).all()
    assert np.abs(outputs - expected).max() < 1e-4
    for image, found in zip(images[:20], theirs, strict=False):
        ours = digit_net.activations(stored, image)
        assert list(found) == list(ours)
        for name, values in ours.items():
            assert tuple(found[name]["shape"]) == values.shape
            theirs_here = np.reshape(found[name]["values"], values.shape)
            assert np.allclose(theirs_here, values, atol=1e-4, rtol=1e-4), name


def test_every_layer_is_that_of_the_keras_model(stored, images, model):
    import keras

    names = dict.fromkeys(digit_net.LAYERS) | {"stage1_pool": None, "stage2_pool": None}
    outputs = {name: model.get_layer(name).output for name in names}
    seen = keras.Model(model.input, outputs)(
        np.pad(images[:3], [(0, 0), (2, 2), (2, 2)])[..., None]
    )
    called = digit_net.LAYERS | {"stage1_pool": "S2", "stage2_pool": "S4"}
    for i, image in enumerate(images[:3]):
        ours = digit_net.activations(stored, image)
        for name, values in seen.items():
            assert np.allclose(np.array(values[i]).squeeze(), ours[called[name]], atol=1e-4), name


def test_numbers_are_read_as_they_were_written(call, stored):
    layer = stored["layers"][1]
    for kind, name in (("weights", "int8"), ("scales", "float32"), ("biases", "float32")):
        assert (
            call("digit", "numbers", layer[kind], kind)
            == digit_net.decode(layer[kind], name).tolist()
        )
    pixels = stored["examples"][3]["pixels"]
    assert call("digit", "numbers", pixels, "pixels") == digit_net.decode(pixels, "uint8").tolist()


def test_quantization_is_off_by_half_a_step_at_most():
    weights = np.random.default_rng(0).normal(size=(3, 3, 2, 4)) * [1, 1e-3, 10, 0]
    integers, scales = digit_net.quantize(weights)
    assert integers.dtype == np.int8
    assert scales.dtype == np.float32
    assert (np.abs(integers * scales - weights) <= scales * 0.5001).all()
    assert np.abs(integers).max(axis=(0, 1, 2)).tolist() == [127, 127, 127, 0]
    with pytest.raises(ValueError, match="weights hold NaN or infinity: the training diverged"):
        digit_net.quantize(np.array([[1.0, np.nan]]))


def test_a_pen_draws_as_in_python(call):
    for corners in (FIVE, SEVEN, SEVEN[:2]):
        given = [round(280 * at, 6) for corner in corners for at in corner]
        settings = {"scale": 28 / 280, "pen": 14}
        assert np.allclose(
            call("digit", "raster", [given], 28, settings),
            stroke(corners, 28).ravel(),
            atol=1e-6,
        )
    moved = call("digit", "raster", [[140, 140]], 28, {"scale": 0.1, "left": 5, "top": -3})
    y, x = np.argwhere(np.reshape(moved, (28, 28)) > 0).mean(axis=0)
    assert (x, y) == (14 + 5 - 0.5, 14 - 3 - 0.5)


def test_drawings_are_prepared_as_mnist_was(call_each):
    rng = np.random.default_rng(1)
    drawings = list(DRAWN.values())
    for _ in range(200):
        shift, size = rng.uniform(0, 150, 2), rng.uniform(0.3, 0.45)
        base = DRAWN[int(rng.integers(10))]
        moved = [(size * np.reshape(one, (-1, 2)) + shift).round(2) for one in base]
        drawings.append([one.ravel().tolist() for one in moved])
    found = np.reshape(
        call_each("digit", "prepare", [[one, True] for one in drawings]), (-1, 28, 28)
    )
    centers = call_each("digit", "center", [[one.ravel().tolist(), 28] for one in found])
    for image, center in zip(found, centers, strict=True):
        rows, columns = ((image > 0.5).any(axis=axis) for axis in (1, 0))
        assert max(np.ptp(np.flatnonzero(ink)) + 1 for ink in (rows, columns)) in (19, 20, 21)
        y, x = (np.arange(28) + 0.5) @ image.sum(axis=1), (np.arange(28) + 0.5) @ image.sum(axis=0)
        assert np.allclose(center, [x / image.sum(), y / image.sum()])
        assert np.abs(np.array(center) - 14).max() < 0.52


def test_images_of_mnist_are_centered_as_the_lab_says(images):
    places = np.arange(28) + 0.5
    mass = images.sum(axis=(1, 2))
    for axis in (1, 2):
        centers = images.sum(axis=axis) @ places / mass
        assert np.abs(centers - 14).max() < 1.01
        assert abs(centers.mean() - 14) < 0.6


def test_without_preparation_the_sheet_is_only_smaller(call):
    found = np.reshape(call("digit", "prepare", [[20, 20, 60, 20]], False), (28, 28))
    assert (found[:4] > 0).any()
    assert not found[5:].any()
    assert not np.any(call("digit", "prepare", [], True))


def test_drawn_digits_are_read(call, stored):
    prepared = [call("digit", "prepare", strokes, True) for strokes in DRAWN.values()]
    outputs = [one["output"]["values"] for one in call("digit", "activationsOf", stored, prepared)]
    right = [np.argmax(one) == label for one, label in zip(outputs, DRAWN, strict=True)]
    assert sum(right) >= 9, outputs


def test_a_link_cannot_bring_other_strokes(call):
    given = [[1, 2], [1], [1, 2, 3], "12", [1, None], [1, 281], [-1, 2], [0, 280, 5, 5], [], {}]
    assert call("digit", "strokesOf", given) == [[1, 2], [0, 280, 5, 5]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"example": 10}, "example must be one of"),
        ({"example": "7"}, "got '7'"),
        ({"centered": "yes"}, r"centered must be one of \(True, False\), got 'yes'"),
    ],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        digit(**options)


@pytest.mark.parametrize("example", [*range(10), None])
def test_figure_is_small_and_described(example, stored):
    html = figure(digit(example).settings)
    assert len(html) < 15_000
    assert 'role="img"' in html
    shown = 7 if example is None else example
    image = digit_net.image_of(stored["examples"][shown])
    output = digit_net.activations(stored, image)["output"]
    answer = output.argmax()
    assert f"A handwritten {shown} of the test split" in html
    article = "an" if answer == 8 else "a"
    assert (
        f"The net reads {article} {answer}, with a probability of {100 * output[answer]:.1f} %"
        in html
    )
    assert html.count("<image") == 7


def draw_with_mouse(lab, strokes):
    """Draw strokes on the sheet; the first move makes it visible."""
    sheet = lab.locator(".digit-sheet")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    mouse = lab.page.mouse
    for one in strokes:
        places = np.reshape(one, (-1, 2)) / 280 * box["width"] + [box["x"], box["y"]]
        mouse.move(*places[0])
        mouse.down()
        for place in places[1:]:
            mouse.move(*place, steps=5)
        mouse.up()


@pytest.mark.parametrize("width", [320, 1280])
def test_lab_fits_the_page_and_answers_the_keyboard(alive, width):
    lab = alive(digit(3), width=width)
    said = lab.locator("[role=status]")
    assert said.inner_text().startswith("A 3 of the test images: the net reads a 3, with a prob")
    lab.locator(".digit-sheet").focus()
    keys = lab.page.keyboard
    for _ in range(8):
        keys.press("ArrowUp")
    keys.down("Shift")
    for _ in range(18):
        keys.press("ArrowDown")
    keys.up("Shift")
    assert said.inner_text().startswith("Your drawing: the net reads a 1, with a probability of")
    assert lab.get_by_label("What the net reads").input_value() == "drawing"
    assert lab.locator(".digit-row.is-first .digit-name").inner_text() == "1"
    href = lab.locator("a.lab-link").get_attribute("href")
    assert "strokes=" in href
    lab.get_by_role("button", name="Undo").focus()
    keys.press("Enter")
    assert said.inner_text() == "The sheet is empty: draw a digit on it."
    lab.locator("summary").focus()
    keys.press("Enter")
    lab.locator("details table").nth(3).wait_for()
    rows = [lab.locator("details table").nth(i).locator("tbody tr").count() for i in range(4)]
    assert rows == [10, 6 + 6 + 16 + 16, 20, 14]
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_lab_reads_what_a_mouse_draws(alive):
    lab = alive(digit(None), color_scheme="dark", width=390)
    said = lab.locator("[role=status]")
    assert said.inner_text().startswith("The sheet is empty")
    draw_with_mouse(lab, DRAWN[4])
    assert said.inner_text().startswith("Your drawing: the net reads a 4")
    lab.get_by_label("Resize and center").focus()
    lab.page.keyboard.press("Space")
    assert "centered=false" in lab.locator("a.lab-link").get_attribute("href")
    lab.get_by_role("button", name="Clear").click()
    lab.get_by_label("What the net reads").select_option("8")
    assert said.inner_text().startswith("An 8 of the test images: the net reads an 8")
    lab.locator("summary").click()
    lab.locator("details table").first.wait_for()  # it is filled once it has opened
    cells = lab.locator("details table").first.locator("tbody td").all_inner_texts()
    shares = [float(text.split()[-1]) for text in cells]
    assert len(shares) == 10
    assert sum(shares) == pytest.approx(1, abs=1e-3)


def test_answers_come_at_once(alive):
    lab = alive(digit(None), width=800)
    draw_with_mouse(lab, [*DRAWN[8], *DRAWN[0]])
    taken = lab.page.evaluate(
        """() => {
        const sheet = document.querySelector(".digit-sheet");
        const began = performance.now();
        const space = () => new KeyboardEvent("keydown", { key: " " });
        for (let i = 0; i < 20; i++) sheet.dispatchEvent(space());
        return (performance.now() - began) / 20;
    }"""
    )
    assert taken < 50


def test_settings_hold_the_net_as_it_is_stored(stored):
    settings = digit().settings
    assert settings["net"]["layers"] == stored["layers"]
    assert json.loads(json.dumps(settings)) == settings
