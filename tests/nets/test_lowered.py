"""The multiply-adds of each twin once more, from the graph that the backend runs."""

import pytest

from course_lib.cost import cost
from course_lib.nets import NETS, without_values
from tests import lowered

TWINS = [
    name
    for name in NETS
    if name in ("vgg16", "vgg19", "mobilenet", "mobilenet_v2", "inception_v3", "resnet50_v1_5")
    or (name.startswith(("resnet", "efficientnet_b")) and not name.endswith("_cifar"))
]


@pytest.mark.parametrize("name", TWINS)
def test_layers_and_graph_agree(name):
    with without_values():
        model = NETS[name]()
        assert cost(model).macs == lowered.macs(model)
