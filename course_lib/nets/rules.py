"""What the nets' own layers cost and keep, how far they see, and what a figure calls them.

The rules stand here and not beside the layers: stored results hash the modules that define a net,
and what is said about a layer does not change them.
"""

from math import prod

from course_lib import cost, draw_words, memory, receptive_field
from course_lib.nets.classic_layers import LocalResponseNormalization
from course_lib.nets.efficientnet import StochasticDepth
from course_lib.nets.lenet_layers import RadialBasis, Subsampling, TableConv2D
from course_lib.nets.pretrained import ImageRescaling
from course_lib.nets.resnet import ZeroPadShortcut

cost.free(ImageRescaling, LocalResponseNormalization, StochasticDepth, Subsampling, ZeroPadShortcut)
memory.in_place(StochasticDepth)


@cost.rule(TableConv2D)
def _(layer, inputs, output):
    return prod(output[:-1]) * prod(layer.kernel.shape)


@cost.rule(RadialBasis)
def _(layer, inputs, output):
    return prod(layer.codes.shape)


@receptive_field.rule(TableConv2D)
def _(layer):
    return (layer.kernel_size, layer.kernel_size), 1


@receptive_field.rule(Subsampling)
def _(layer):
    return (layer.size, layer.size), layer.size


@receptive_field.rule(ZeroPadShortcut)
def _(layer):
    return (1, 1), layer.stride


receptive_field.rule(RadialBasis)(lambda layer: None)
receptive_field.rule(ImageRescaling, LocalResponseNormalization, StochasticDepth)(
    lambda layer: ((1, 1), 1)
)


@draw_words.rule(TableConv2D)
def _(layer):
    side, maps = layer.kernel_size, len(layer.table[0])
    return draw_words.with_activation(f"conv {side} × {side} by table, {maps}", layer)


@draw_words.rule(Subsampling)
def _(layer):
    return f"subsample {layer.size} × {layer.size}"


@draw_words.rule(RadialBasis)
def _(layer):
    return "distance to ten drawings"


@draw_words.rule(ZeroPadShortcut)
def _(layer):
    return "pad channels" + (f", stride {layer.stride}" if layer.stride > 1 else "")


@draw_words.rule(LocalResponseNormalization)
def _(layer):
    return f"response norm, {layer.n} maps"


@draw_words.rule(StochasticDepth)
def _(layer):
    return f"drop images, {layer.rate:.0%}"


@draw_words.rule(ImageRescaling)
def _(layer):
    return "rescale"
