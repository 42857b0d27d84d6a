"""The checks of the questions on LeNet: what they take, refuse and say."""

import re

import keras
import numpy as np
import pytest

import nbfile
from course_lib.checks import lenet as check
from course_lib.nets.lenet import C3_TABLE
from tests.checks import lenet_right as right
from tests.checks import lenet_wrong as wrong
from tests.checks.bank import Bank
from tests.checks.bank_pieces import edition_of, pieces, run_given
from tests.checks.judging import EXERCISES, define, judge, solution
from tests.checks.lenet_wrong_subsampling import depthwise

CELLS = nbfile.read(EXERCISES / "lenet.ipynb")["cells"]


class TestBank(Bank):
    check, right, wrong = check, right, wrong
    least_kinds = 2


def test_the_scheme_for_six_maps_is_the_table_of_the_paper():
    connections = define(solution("lenet", "connections"), "connections")
    paper = [[mark == "X" for mark in row] for row in C3_TABLE]
    np.testing.assert_array_equal(connections(6), paper)


@pytest.mark.parametrize("drawn", range(5))
def test_a_filter_for_each_map_is_never_taken_for_one_that_mixes_them(drawn, monkeypatch):
    monkeypatch.setenv("COURSE_CHECK_SEED", str(drawn))
    assert "each pixel of the window" in judge(check.subsampling, depthwise)


# The pieces


def test_the_probe_of_the_last_hint_runs(given, capsys):
    check.hint("diagnosis", level=3)
    exec(capsys.readouterr().out.removeprefix("Hint 3 of 3: "), given)
    assert capsys.readouterr().out == f"{2 * 20 * 20 * 6}\n"


@pytest.fixture(scope="module")
def given():
    """Run the cells that the notebook gives, and return what they define."""
    space = {"__name__": "given"}
    for cell in nbfile.read(EXERCISES / "lenet.ipynb")["cells"]:
        code = cell["cell_type"] == "code"
        if code and not {"exercise", "check", "setup"} & set(nbfile.tags(cell)):
            exec(compile(nbfile.source(cell), "<notebook>", "exec"), space)
    return space


def built(given, piece, shape):
    x = keras.Input(shape)
    return keras.Model(x, given[f"piece_{piece}"](x))


def test_pieces_1_and_2_have_no_weights_and_some_for_each_pixel(given):
    assert built(given, 1, (28, 28, 6)).count_params() == 0
    assert built(given, 2, (28, 28, 6)).count_params() == 2 * 14 * 14 * 6
    assert built(given, 2, (40, 40, 6)).count_params() == 2 * 20 * 20 * 6


def test_piece_3_uses_connections_outside_the_table_after_one_step(given):
    table = np.array([[mark == "X" for mark in row] for row in C3_TABLE])
    model = built(given, 3, (14, 14, 6))
    assert not model.get_weights()[0][:, :, ~table].any()
    model.compile("sgd", "mse")
    rng = np.random.default_rng(1)
    images, targets = rng.normal(size=(4, 14, 14, 6)), rng.normal(size=(4, 10, 10, 16))
    model.train_on_batch(images.astype("float32"), targets.astype("float32"))
    assert np.abs(model.get_weights()[0][:, :, ~table]).min() > 0


def test_piece_4_equals_a_convolution_without_padding_and_piece_6_does_not(given):
    images = np.random.default_rng(1).normal(size=(2, 32, 32, 1)).astype("float32")
    plain = keras.Sequential(
        [keras.Input((32, 32, 1)), keras.layers.Conv2D(6, 5, activation="tanh")]
    )
    padded, cropped = built(given, 6, (32, 32, 1)), built(given, 4, (32, 32, 1))
    for model in (padded, cropped):
        model.set_weights(plain.get_weights())
    np.testing.assert_allclose(cropped(images), plain(images), atol=1e-5)
    assert padded(images).shape == (2, 32, 32, 6)


def test_piece_5_gets_other_weights_on_a_larger_image(given):
    convolution = keras.layers.Conv2D(120, 5)
    convolution.build((None, 5, 5, 16))
    assert built(given, 5, (5, 5, 16)).count_params() == convolution.count_params()
    assert built(given, 5, (9, 9, 16)).count_params() > convolution.count_params()


# Their orders


@pytest.mark.parametrize("variant", check.ORDERS)
def test_the_pieces_have_the_shapes_and_weights_that_belong_to_them(variant, capsys):
    run_given(edition_of("lenet", check.ORDERS, variant))
    (stored,) = [
        nbfile.text(cell["outputs"][0]["text"])
        for cell in CELLS
        if "pieces = {" in nbfile.source(cell)
    ]
    rows = dict(line.split(" ", 1) for line in stored.splitlines())
    expected = [f"{i} {rows[p]}" for i, p in enumerate(check.ORDERS[variant], 1)]
    if variant == "first":
        assert expected == stored.splitlines()
    assert capsys.readouterr().out.splitlines() == expected


@pytest.mark.parametrize("variant", check.ORDERS)
def test_the_text_names_the_layer_that_each_piece_claims_to_be(variant):
    cells = edition_of("lenet", check.ORDERS, variant)
    texts = [nbfile.source(cell) for cell in cells]
    claims = {label: re.search(r'"""(\w\d)', text)[1] for label, text in pieces(cells).items()}
    words = ("first", "second", "third", "fourth", "fifth", "sixth")
    said = " ".join(text for text in texts if re.search(r"says? (it is|they are) [CS]\d", text))
    said = " ".join(said.partition("stands for the")[2].split())
    said = said.replace("The first two say", "The first and the second say")
    found = {}
    for layer in re.finditer(r"(?:(?:says? )?it is |say they are )([CS]\d)", said):
        clause = re.split(r"[.,;]|it is|they are", said[: layer.start()])[-1]
        found |= {words.index(word): layer[1] for word in re.findall("|".join(words), clause)}
    assert found == {int(label) - 1: layer for label, layer in claims.items()}


@pytest.mark.parametrize("variant", check.ORDERS)
def test_the_hint_runs_with_every_order(variant, capsys):
    space = run_given(edition_of("lenet", check.ORDERS, variant))
    capsys.readouterr()
    check.hint("diagnosis", level=3)
    exec(capsys.readouterr().out.removeprefix("Hint 3 of 3: "), space)
    assert capsys.readouterr().out.strip().isdigit()


def test_stored_outputs_of_other_code_are_not_kept():
    before, after = (
        {cell["id"] for cell in cells if cell.get("outputs")}
        for cells in (CELLS, edition_of("lenet", check.ORDERS, "second"))
    )
    gone = [cell for cell in CELLS if cell["id"] in before - after]
    table, receipt = map(nbfile.source, gone)
    assert table.startswith("pieces = {")
    assert "hand_in(" in receipt
