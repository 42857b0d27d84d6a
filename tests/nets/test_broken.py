"""A faulty copy of the nets loads what the fault reaches anew, and shares the rest."""

import sys

import pytest

from course_lib.nets import lenet_layers
from tests.nets.broken import Fault, modules, package, reached_from
from tests.nets.faults import FAULTS

CIFAR = Fault("other depths", "resnet8_cifar", "nets/resnet_cifar.py", "6n + 2", "6n + 3")
CODES = Fault("no drawings", "lenet5", "nets/lenet_layers.py", "DIGITS", "NOTHING")


def test_what_a_module_imports_comes_before_it():
    order = modules()
    for one, other in (
        ("graph.py", "cost.py"),
        ("nets/layers.py", "nets/resnet.py"),
        ("nets/resnet.py", "nets/resnet_cifar.py"),
        ("cost.py", "nets/rules.py"),
    ):
        assert order.index(one) < order.index(other)


def test_only_what_a_fault_reaches_is_loaded_anew():
    with package() as nets:
        right = dict(vars(nets))
    with package(CIFAR) as nets:
        anew = {name for name, module in vars(nets).items() if module is not right[name]}
        with pytest.raises(ValueError, match=r"6n \+ 3"):
            nets.resnet_cifar.resnet_cifar(9)
    assert anew == {"resnet_cifar"}


def test_fresh_rules_have_fresh_tables():
    with package(CODES) as nets:
        assert nets.cost.rule.of(nets.lenet_layers.RadialBasis())
        with pytest.raises(NotImplementedError):
            nets.cost.rule.of(lenet_layers.RadialBasis())
    assert reached_from("nets/lenet_layers.py") >= {"nets/lenet.py", "nets/rules.py", "cost.py"}


def test_nothing_is_left_behind():
    with package(CIFAR):
        assert "faulty_nets.nets.resnet" in sys.modules
    assert not [name for name in sys.modules if name.startswith("faulty_nets")]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault("lost", "lenet5", "nets/lenet.py", "not there", ""), "lost: the line is gone from"),
        (Fault("lost", "lenet5", "nets/gone.py", "a", "b"), "nets/gone.py is no file of a net"),
    ],
)
def test_a_fault_that_is_nowhere_is_an_error(fault, message):
    with pytest.raises(AssertionError, match=message), package(fault):
        pass


def test_every_fault_has_a_name_of_its_own():
    assert len({(fault.net, fault.what) for fault in FAULTS}) == len(FAULTS)
