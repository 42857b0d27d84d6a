"""A function in another process, as a check sees it."""

import keras
import numpy as np
import pytest

from course_lib.checks.model import outputs
from course_lib.checks.verdict import NotAnswered, WrongAnswer, call, observe
from course_lib.checks.weights import randomize
from instructor import remote
from tests.instructor import attacks, hall

RIGHT = dict.fromkeys(hall.QUESTIONS, 1.0)


class Here:
    """A box that asks a `Spy`."""

    def __init__(self, spy):
        self.spy = spy

    def ask(self, what, **details):
        return self.spy.channel.ask({"do": what, "with": details})


def ask(bench, code, *first, **arguments):
    with hall.Spy(bench, hall.SETUP, code) as spy:
        return call(remote.RemoteAnswer("answer", Here(spy)), arguments, *first)


def test_values_come_and_go(bench):
    code = "def answer(x, *, y):\n    return {'sum': x + y, 'shape': x.shape}"
    found = ask(bench, code, np.ones((2, 3)), y=1.5)
    np.testing.assert_array_equal(found["sum"], np.full((2, 3), 2.5))
    assert found["shape"] == (2, 3)


def test_what_it_raises_is_told_with_the_line(bench):
    code = "def answer(x):\n    y = x\n    return y / 0"
    with pytest.raises(WrongAnswer, match=r"answer\(x=1\) stopped with ZeroDivisionError.*line 3"):
        ask(bench, code, x=1)


def test_a_stub_is_no_wrong_answer(bench):
    with pytest.raises(NotAnswered):
        ask(bench, 'def answer():\n    raise NotImplementedError("your code here")')
    with pytest.raises(WrongAnswer, match="NotImplementedError"):
        ask(bench, 'def answer():\n    raise NotImplementedError("Keras says so")')


def test_a_name_that_nobody_defined_is_a_wrong_answer(bench):
    with pytest.raises(WrongAnswer, match="KeyError"):
        ask(bench, "x = 1")
    with hall.Spy(bench, "x = 1") as spy, pytest.raises(WrongAnswer, match="KeyError"):
        remote.RemoteAnswer("answer", Here(spy)).as_model((4,), {})


@pytest.mark.parametrize("module", ["os:system", "course_lib.cost:cost", "builtins:eval"])
def test_only_probes_of_the_checks_are_run(bench, module):
    with hall.Spy(bench, "def answer():\n    return 1") as spy:
        answer = remote.RemoteAnswer("answer", Here(spy))
        with pytest.raises(WrongAnswer, match="no probe"):
            answer.observe(module, [])


def test_a_probe_runs_beside_the_function(bench):
    from course_lib.checks.transfer_probes import sets

    with hall.Spy(bench, "def answer(x):\n    x += 1\n    return x.sum()") as spy:
        value, after = observe(remote.RemoteAnswer("answer", Here(spy)), sets, np.zeros(3))
    assert value == 3
    np.testing.assert_array_equal(after[0], np.ones(3))


PLAIN = "def answer(x, n):\n    return layers.ReLU()(layers.Conv2D(n, 3)(x))"
OWN = """
class Twice(layers.Layer):
    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],), initializer="ones", name="scale")
    def call(self, x):
        return 2 * self.scale * x
def answer(x, n):
    return Twice()(layers.Conv2D(n, 3)(x))
"""


def test_a_plain_model_is_asked(bench):
    with hall.Spy(bench, hall.SETUP, PLAIN) as spy:
        model = remote.RemoteAnswer("answer", Here(spy)).as_model((8, 8, 2), {"n": 4})
        assert outputs(model, np.zeros((3, 8, 8, 2))).shape == (3, 6, 6, 4)
        kernel = model.trainable_variables[0]
        assert kernel.shape == (3, 3, 2, 4)
        with pytest.raises(ValueError, match=r"kernel has shape \(3, 3, 2, 4\), got \(3,\)"):
            kernel.assign(np.zeros(3))


def test_a_model_with_layers_of_its_own_is_asked(bench):
    with hall.Spy(bench, hall.SETUP, OWN) as spy:
        model = remote.RemoteAnswer("answer", Here(spy)).as_model((8, 8, 2), {"n": 4})
        assert [v.path.rpartition("/")[2] for v in model.variables] == ["kernel", "bias", "scale"]
        x = np.random.default_rng(0).normal(size=(3, 8, 8, 2)).astype("float32")
        for _ in randomize(model, np.random.default_rng(1)):
            kernel, bias, scale = (v.numpy() for v in model.trainable_variables)
            local = keras.layers.Conv2D(4, 3)
            local.build(x.shape)
            local.set_weights([kernel, bias])
            want = 2 * scale * np.asarray(local(x))
            np.testing.assert_allclose(outputs(model, x), want, rtol=1e-4, atol=1e-5)
        values = [np.zeros_like(v.numpy()) for v in model.variables]
        assert not outputs(model, x, False, (values, [])).any()
        assert model.trainable_variables[0].numpy().any()


@pytest.mark.parametrize("attack", attacks.MODELS.values(), ids=attacks.MODELS)
def test_a_model_that_is_none_earns_nothing(small, attack):
    verdicts = hall.judge(small, {"residual_block": attack})
    assert hall.shares(verdicts) == {**RIGHT, "residual_block": 0.0}
    assert not any(verdict["broken"] for verdict in verdicts.values())
