"""A faulty copy of the nets loads what the fault reaches anew, and shares the rest."""

import sys

import pytest

from course_lib.nets import lenet_layers
from tests.nets.broken import Copy, Fault, package
from tests.nets.faults import FAULTS

CIFAR = Fault("other depths", "resnet8_cifar", "nets/resnet_cifar.py", "6n + 2", "6n + 3")
CODES = Fault("no drawings", "lenet5", "nets/lenet_layers.py", "DIGITS", "NOTHING")


def test_only_what_a_fault_reaches_is_loaded_anew():
    right, wrong = package(), package(CIFAR)
    with pytest.raises(ValueError, match=r"6n \+ 3"):
        wrong.resnet_cifar.resnet_cifar(9)
    assert wrong.resnet_cifar is not right.resnet_cifar
    for name in ("resnet", "layers", "lenet", "cost", "transplant"):
        assert getattr(wrong, name) is getattr(right, name)


def test_what_imports_the_fault_is_loaded_anew():
    right, wrong = package(), package(CODES)
    assert wrong.lenet is not right.lenet
    assert wrong.lenet.RadialBasis is wrong.lenet_layers.RadialBasis
    assert wrong.resnet is right.resnet


def test_fresh_rules_have_fresh_tables():
    nets = package(CODES)
    assert nets.cost.rule.of(nets.lenet_layers.RadialBasis())
    assert nets.cost is not package().cost
    for other in (package().lenet_layers, lenet_layers):
        with pytest.raises(NotImplementedError):
            nets.cost.rule.of(other.RadialBasis())


def test_a_copy_remembers_what_it_was_asked_for():
    nets = Copy()
    assert nets.asked == set()
    assert nets.mobilenet is not package().mobilenet
    assert nets.asked == {"nets/mobilenet.py"}


def test_nothing_is_left_behind():
    package(CIFAR).resnet_cifar.resnet_cifar(8)
    assert not [name for name in sys.modules if name.startswith("faulty_nets")]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault("lost", "lenet5", "nets/lenet.py", "not there", ""), "lost: the line is gone from"),
        (Fault("lost", "lenet5", "nets/gone.py", "a", "b"), r"there is no file nets/gone\.py"),
    ],
)
def test_a_fault_that_is_nowhere_is_an_error(fault, message):
    with pytest.raises(AssertionError, match=message):
        assert package(fault).lenet
    with pytest.raises(AttributeError, match="no module 'gone'"):
        assert package().gone


def test_every_fault_has_a_name_of_its_own():
    assert len({(fault.net, fault.what) for fault in FAULTS}) == len(FAULTS)
