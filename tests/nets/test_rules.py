"""Rules of the nets' own layers: every net is counted, walked and drawn, none by a default."""

import subprocess
import sys

import pytest

from course_lib import cost, draw_words, receptive_field
from course_lib.nets import NETS, without_values
from course_lib.nets.classic_layers import LocalResponseNormalization
from course_lib.nets.efficientnet import StochasticDepth
from course_lib.nets.lenet_layers import RadialBasis, Subsampling, TableConv2D
from course_lib.nets.pretrained import ImageRescaling
from course_lib.nets.resnet import ZeroPadShortcut


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (TableConv2D(("X.", "XX"), 5), "conv 5 × 5 by table, 2"),
        (TableConv2D(("X.", "XX"), 5, activation="tanh"), "conv 5 × 5 by table, 2, tanh"),
        (Subsampling(2), "subsample 2 × 2"),
        (RadialBasis(), "distance to ten drawings"),
        (ZeroPadShortcut(8, 1), "pad channels"),
        (ZeroPadShortcut(8, 2), "pad channels, stride 2"),
        (LocalResponseNormalization(n=3), "response norm, 3 maps"),
        (StochasticDepth(0.125), "drop images, 12%"),
        (ImageRescaling(2.0), "rescale"),
    ],
)
def test_own_layers_have_words(layer, words):
    assert draw_words.label(layer) == words


@pytest.mark.parametrize(
    ("layer", "window"),
    [
        (TableConv2D(("X",), 5), ((5, 5), 1)),
        (Subsampling(3), ((3, 3), 3)),
        (ZeroPadShortcut(8, 2), ((1, 1), 2)),
        (LocalResponseNormalization(), ((1, 1), 1)),
        (StochasticDepth(0.1), ((1, 1), 1)),
        (ImageRescaling(2.0), ((1, 1), 1)),
        (RadialBasis(), None),
    ],
)
def test_own_layers_have_windows(layer, window):
    assert receptive_field.rule.of(layer)(layer) == window


@pytest.mark.parametrize("name", NETS)
def test_every_layer_of_every_net_has_rules(name):
    with without_values():
        net = NETS[name]()
    own = {type(layer) for layer in net.layers if type(layer).__module__.startswith("course_lib")}
    for rules in (cost.rule, receptive_field.rule, draw_words.rule):
        assert own <= rules._rules.keys()


def test_counting_needs_no_nets():
    code = (
        "import sys; from course_lib import cost, draw, receptive_field\n"
        "print([m for m in sys.modules if m.startswith('course_lib.nets')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
