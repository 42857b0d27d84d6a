import pytest

from course_lib.checks import resnet as check
from course_lib.checks import resnet_counts as counts
from course_lib.checks import resnet_macs as macs
from course_lib.cost import cost
from course_lib.nets import NETS
from tests.checks.judging import define, judge, solution


def test_the_count_agrees_with_a_net_that_is_built():
    net = NETS["resnet18"](input_shape=(32, 32, 3))
    built = sum(type(layer).__name__ in ("Conv2D", "Dense") for layer in net.layers)
    assert counts._count((2, 2, 2, 2), "basic", "B") == built == 1 + 16 + 3 + 1


@pytest.mark.parametrize(("name", "stride_on"), [("resnet50", "1x1"), ("resnet50_v1_5", "3x3")])
def test_the_cost_agrees_with_a_net_that_is_built(name, stride_on):
    net = NETS[name](input_shape=(64, 96, 3), classes=None)
    (stage,) = [row for row in cost(net).stages() if row.name == "stage2"]
    arguments = {"blocks": 4, "width": 128, "channels": 256, "size": (16, 24), "groups": 1}
    assert macs._sum(macs._stage(arguments | {"stride_on": stride_on})) == stage.macs
    answer = define(solution("resnet", "stage_macs"), "stage_macs")
    assert answer(**arguments, stride_on=stride_on) == stage.macs


def test_mistakes_that_give_one_number_are_named_together():
    def layer_count(blocks, kind, option):
        return 2 + 3 * sum(blocks)

    message = judge(check.layer_count, layer_count)
    assert "option C" in message
    assert "Or: Those are the convolutions of bottleneck blocks" in message


@pytest.mark.parametrize("seed", range(40))
def test_the_stage_reads_other_channels_than_it_puts_out(seed, monkeypatch):
    monkeypatch.setenv("COURSE_CHECK_SEED", str(seed))
    stage_macs = define(solution("resnet", "stage_macs"), "stage_macs")

    def careful(**arguments):
        assert arguments["channels"] != 4 * arguments["width"]
        return stage_macs(**arguments)

    assert judge(check.stage_macs, careful) is None


def test_each_slip_in_a_stage_is_heard_and_heard_alone():
    names = ("blocks", "width", "channels", "size", "stride_on", "groups")
    alone: dict[str, bool] = {}  # in the first stage in which the slip gives a wrong number
    every = set()
    for case in macs.STAGES:
        arguments = dict(zip(names, case, strict=True))
        rows = macs._stage(arguments)
        slips = set(macs._macs_slips(rows, arguments))
        every |= {text for _, text in slips}
        told = {text: [n for n, t in slips if t == text and n != macs._sum(rows)] for text in every}
        for text in [text for text in told if told[text] and text not in alone]:
            alone[text] = all([t for n, t in slips if n == wrong] == [text] for wrong in told[text])
    assert set(alone) == every, "nobody can hear some text"
    assert all(alone.values()), [text for text in alone if not alone[text]]
