"""A submission is judged by what its functions do, question by question."""

import pytest

from tests.instructor import hall

RIGHT = dict.fromkeys(hall.QUESTIONS, 1.0)


def test_the_solutions_get_all_points(bench):
    verdicts = hall.judge(bench)
    assert hall.shares(verdicts) == RIGHT
    assert all(not v["stopped"] and not v["broken"] for v in verdicts.values())


def test_an_untouched_notebook_gets_nothing_and_is_told_apart(bench):
    stub = 'def {}(*_, **__):\n    raise NotImplementedError("your code here")'
    verdicts = hall.judge(bench, {name: stub.format(name) for name in hall.QUESTIONS})
    assert all(v["share"] == 0 and v["untouched"] for v in verdicts.values())


def test_partial_credit_goes_by_the_kind_of_case(bench):
    only = hall.solution("layer_count").replace("if option ==", "if option == 'B' and False and")
    found = hall.judge(bench, {"layer_count": only})["layer_count"]
    right = {kind["kind"] for kind in found["kinds"] if not kind["faults"]}
    assert 0 < found["share"] < 1
    assert "basic blocks, option A" in right
    assert "basic blocks, option B" not in right


CRASH = "import no_such_module\n"
BREAKS = {
    "an import that fails": CRASH,
    "an exit on the way": "import os\nos._exit(0)\n",
    "SystemExit": "raise SystemExit(0)\n",
    "a syntax error": "def broken(:\n",
}


@pytest.mark.parametrize("line", BREAKS.values(), ids=BREAKS)
def test_a_cell_that_breaks_costs_its_own_question_only(bench, line):
    verdicts = hall.judge(bench, {"layer_count": line + hall.solution("layer_count")})
    assert hall.shares(verdicts) == {**RIGHT, "layer_count": 0.0}


def test_answers_may_use_each_other(bench):
    shared = "def projects(option):\n    return option"
    uses = hall.solution("layer_count").replace("[option]", "[projects(option)]")
    verdicts = hall.judge(bench, {"layer_count": uses}, before=[shared])
    assert hall.shares(verdicts) == RIGHT


def test_an_answer_that_another_one_breaks_is_tried_alone(bench):
    patch = hall.solution("layer_count") + "\nkeras.layers.Conv2D = None\nlayers.Conv2D = None"
    verdicts = hall.judge(bench, {"layer_count": patch})
    assert hall.shares(verdicts) == RIGHT


def test_a_right_answer_with_layers_of_its_own_is_judged_by_its_outputs(bench):
    custom = """
class Own(keras.layers.Layer):
    def __init__(self, width, stride):
        super().__init__()
        self.parts = [layers.Conv2D(width, 3, s, "same", use_bias=False) for s in (stride, 1, 1)]
        self.norms = [layers.BatchNormalization() for _ in range(3)]

    def call(self, x, training=None):
        for i, (part, norm) in enumerate(zip(self.parts, self.norms)):
            x = norm(part(x), training=training)
            x = ops.relu(x) if i < 2 else x
        return x


def residual_block(x, width, stride):
    y = Own(width, stride)(x)
    if stride > 1 or x.shape[-1] != width:
        x = layers.Conv2D(width, 1, stride, use_bias=False)(x)
        x = layers.BatchNormalization()(x)
    return ops.relu(x + y)
"""
    verdicts = hall.judge(bench, {"residual_block": custom})
    assert hall.shares(verdicts) == RIGHT


def test_warnings_and_prints_cost_nothing(bench):
    loud = "import sys, warnings\nwarnings.warn('careful')\nprint('x' * 10**6)\n"
    loud += "print('oh', file=sys.stderr)\n" + hall.solution("stage_macs")
    assert hall.shares(hall.judge(bench, {"stage_macs": loud})) == RIGHT


def test_the_same_submission_gets_the_same_verdict(bench):
    once = hall.judge(bench, names=("layer_count",))
    assert once == hall.judge(bench, names=("layer_count",))
