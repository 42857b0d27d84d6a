"""The checks of the questions on GoogLeNet: what they take, refuse and say."""

import re

import keras
import numpy as np
import pytest

import nbfile
from course_lib.checks import googlenet as check
from course_lib.checks import googlenet_depth, googlenet_head, googlenet_loss, googlenet_table
from course_lib.checks.agreement import TOLERANCE
from course_lib.checks.arrays import CLOSE
from course_lib.checks.plain import Take
from course_lib.depth import depth
from course_lib.nets import googlenet, without_values
from course_lib.nets.googlenet import STAGES
from tests.checks import googlenet_right as right
from tests.checks import googlenet_wrong as wrong
from tests.checks.bank import Bank
from tests.checks.bank_pieces import run_given
from tests.checks.judging import EXERCISES, define, judge, solution


class TestBank(Bank):
    check, right, wrong = check, right, wrong


# The table


def paper():
    """Return the rows of table 1."""
    rows = [["conv", 7, 2, 64], ["max pool", 3, 2], ["conv", 1, 1, 64], ["conv", 3, 1, 192]]
    for modules in STAGES:
        rows.append(["max pool", 3, 2])
        rows += [["inception", *widths] for widths in modules.values()]
    return [*rows, ["average"], ["linear", 1000]]


def test_the_rows_of_the_paper_have_the_weights_and_the_depth_of_its_net():
    answer = define(solution("googlenet", "table_rows"), "table_rows")
    found = answer(paper(), 224, 3)
    with without_values():
        net = googlenet()
    assert sum(row[3] for row in found) == net.count_params()
    assert sum(row[2] for row in found) == depth(net) == 22
    assert found[-3][:2] == (7, 1024)
    assert [list(row) for row in found] == googlenet_table.columns(paper(), 224, 3)


@pytest.mark.parametrize("fault", googlenet_table.FAULTS)
def test_each_fault_of_a_table_shows_in_a_case(fault):
    cases = [case[1:] for case in googlenet_table.CASES]
    assert any(
        googlenet_table.columns(*case, fault) != googlenet_table.columns(*case) for case in cases
    )


# The depth


def graph_of(net):
    """Return a net of Keras as the question gives one."""
    kinds = {
        "Conv2D": "conv",
        "Dense": "linear",
        "MaxPooling2D": "pool",
        "AveragePooling2D": "pool",
        "GlobalAveragePooling2D": "pool",
        "Concatenate": "join",
        "Dropout": "dropout",
        "InputLayer": "image",
    }
    found = {}
    for layer in net.layers:
        inputs = [] if type(layer).__name__ == "InputLayer" else layer.input
        inputs = inputs if isinstance(inputs, list) else [inputs]
        reads = [tensor._keras_history.operation.name for tensor in inputs]
        found[layer.name] = [kinds.get(type(layer).__name__, "norm"), reads]
    return found


def test_googlenet_has_22_layers_and_27_with_its_poolings():
    """Szegedy et al. 2015, section 5; in a module, pooling and projection are two as well."""
    answer = define(solution("googlenet", "count_depth"), "count_depth")
    with without_values():
        net = graph_of(googlenet(auxiliary=True))
    assert [answer(net, "head_fc", pooling) for pooling in (False, True)] == [22, 27]


@pytest.mark.parametrize("kind", ["layers in a row", "branches", "a side head"])
def test_drawn_nets_tell_the_slips_apart(kind):
    rng = np.random.default_rng(1)
    for _ in range(20):
        net = googlenet_depth.drawn(kind, rng)
        assert len(net) <= 27
        expected = googlenet_depth.longest(net, "end", googlenet_depth.counted(False))
        assert len(googlenet_depth.way(net, "end", googlenet_depth.counted(False))) > expected
        slips = [number for number, _ in googlenet_depth._slips(net, False)]
        others = {"layers in a row": 5, "branches": 8, "a side head": 9}
        assert sum(number != expected for number in slips) >= others[kind]


def test_a_net_may_be_listed_from_the_end():
    net = googlenet_depth.drawn("listed from the end", np.random.default_rng(1))
    assert next(iter(net)) == "end"
    assert list(net)[-1] == "image"


# The head


@pytest.mark.parametrize("variant", googlenet_head.VARIANTS)
def test_each_fault_of_a_head_changes_weights_or_outputs_far_beyond_the_tolerance(variant):
    for fault in [*googlenet_head.FAULTS, *googlenet_head.RELATIVES]:
        if fault not in (None, variant):
            assert any(_differ(variant, fault, 5, rate) for rate in (0.7,)), fault


def _differ(variant, fault, window, rate):
    rng = np.random.default_rng(4)
    x = rng.normal(size=(2, *googlenet_head.SHAPE))
    given = {"variant": variant, "window": window, "stride": 3, "rate": rate}
    given |= googlenet_head.SIZES
    takes, found = [Take(), Take()], []
    for take, name in zip(takes, (fault, None), strict=True):
        googlenet_head.head(x, take, False, name, **given)
    if takes[0].asked != takes[1].asked:
        return True
    units = [
        (rng.normal(size=shape) / max(np.prod(shape[:-1]), 1) ** 0.5,)
        for _, shape in takes[0].asked
    ]
    for name in (fault, None):
        found.append(googlenet_head.head(x, Take(units), False, name, **given))
    if found[0].shape != found[1].shape:
        return True
    return np.abs(found[0] - found[1]).max() > 5 * TOLERANCE * found[1].std()


def test_a_dropout_is_found_where_the_seed_is_sent_as_any_other_value():
    """As a grader does: the state of the draws is one of the values that it sends."""
    answer = define(solution("googlenet", "auxiliary_head"), "auxiliary_head")

    class Sent:
        def __init__(self, model):
            self.model, self.variables = model, model.variables
            self.trainable_variables = model.trainable_variables
            self.non_trainable_variables = model.non_trainable_variables

        def ask(self, images, training, values=None):
            parts = self.trainable_variables, self.non_trainable_variables
            sent = values or [[v.numpy() for v in kind] for kind in parts]
            sent = [[np.asarray(value, "float32") for value in kind] for kind in sent]
            y, _ = self.model.stateless_call(*sent, images.astype("float32"), training=training)
            return keras.ops.convert_to_numpy(y)

    class Remote:
        __name__ = "auxiliary_head"

        def __init__(self, function):
            self.function = function

        def as_model(self, shape, arguments):
            x = keras.Input(shape)
            return Sent(keras.Model(x, self.function(x, **arguments)))

    assert judge(check.auxiliary_head, Remote(answer)) is None
    bare, idea = wrong.HEAD["no dropout"]
    assert re.search(idea, judge(check.auxiliary_head, Remote(bare)))


# The loss


@pytest.mark.parametrize("variant", googlenet_loss.VARIANTS)
def test_each_fault_of_a_loss_shows_in_a_case(variant):
    rng = np.random.default_rng(2)
    scores, labels = [rng.normal(size=(4, 5)) for _ in range(3)], rng.integers(5, size=4)
    for fault in set(googlenet_loss.FAULTS) - {variant}:
        scale = 900 if fault == "clipped" else 2  # small scores have no probability near 0
        found, logits = [], [scale * one for one in scores]
        for training in (True, False):
            given = {"discount": 0.3, "training": training, "variant": variant}
            try:
                one, other = (
                    googlenet_loss.losses(logits, labels, name, **given) for name in (fault, None)
                )
            except ValueError:  # of another variant
                found.append(True)
                continue
            found.append(one.shape != other.shape or np.abs(one - other).max() > 100 * CLOSE)
        assert any(found), fault


# The pieces


@pytest.fixture(scope="module")
def pieces():
    return run_given(nbfile.read(EXERCISES / "googlenet.ipynb")["cells"])


def of_head(function, channels=512):
    x = keras.Input((14, 14, channels))
    with without_values():
        return keras.Model(x, function(x))


def kinds_of(model):
    return [type(layer).__name__ for layer in model.layers]


def test_the_given_head_is_the_papers(pieces):
    """Szegedy et al. 2015, section 5."""
    with without_values():
        net = googlenet(auxiliary=True)
    for channels, name in ((512, "aux1"), (528, "aux2")):
        own = [layer for layer in net.layers if layer.name.split("_")[0] == name]
        model = of_head(pieces["head"], channels)
        assert model.count_params() == sum(layer.count_params() for layer in own)
    assert kinds_of(of_head(pieces["head"])).count("Dropout") == 1


def test_a_head_goes_without_dropout(pieces):
    model = of_head(pieces["piece_a"])
    assert "Dropout" not in kinds_of(model)
    assert model.count_params() == of_head(pieces["head"]).count_params()


def test_side_losses_count_in_full(pieces):
    image = keras.Input((4,))
    net = keras.Model(image, [keras.layers.Dense(3, activation="softmax")(image)] * 3)
    pieces["piece_b"](net)
    assert net._compile_loss._user_loss_weights is None


def test_heads_change_the_answer_in_use(pieces):
    class Net:
        def predict(self, images, verbose):
            return np.array([[0.5, 0.4, 0.1]]), *[np.array([[0.0, 1.0, 0.0]])] * 2

    assert pieces["piece_c"](Net(), None) == [1]


def test_the_odd_head_computes_what_the_given_one_does(pieces):
    """Mean and linear convolution change places; what is dense are convolutions."""
    x = keras.Input((14, 14, 512))
    given, odd = (keras.Model(x, pieces[name](x)) for name in ("head", "piece_d"))
    values = [
        np.random.default_rng(i).normal(0, 0.05, v.shape) for i, v in enumerate(given.weights)
    ]
    given.set_weights(values)
    odd.set_weights([v.reshape(w.shape) for v, w in zip(values, odd.weights, strict=True)])
    images = np.random.default_rng(9).normal(size=(2, 14, 14, 512)).astype("float32")
    np.testing.assert_allclose(odd(images), given(images), atol=1e-5)
    assert kinds_of(odd).count("Dropout") == 1


def test_other_modules_have_heads_with_more_weights(pieces):
    with without_values():
        net = googlenet(auxiliary=True)
        maps = {
            name: net.get_layer(f"stage2_{name}_out").output for name in ("4a", "4b", "4d", "4e")
        }
        outputs = pieces["piece_e"](maps)
        wrong_net = keras.Model(net.input, [net.outputs[0], *outputs])
    assert wrong_net.count_params() > net.count_params()


def test_a_second_softmax_holds_the_loss_up(pieces):
    sure = np.eye(1000, dtype="float32")[:2]  # as sure of the label as a head can be
    pieces["head"], kept = keras.ops.convert_to_tensor, pieces["head"]
    try:
        found = pieces["piece_f"](sure, keras.ops.convert_to_tensor(np.array([0, 1])))
    finally:
        pieces["head"] = kept
    assert 5 < float(found[0]) < 6
