"""Run the architectures that the `onnx` package carries, with the weights of a net of ours.

Its files `light_NAME.onnx` hold the graphs of nets trained in Caffe, with one number in place of
all weights.  Everything but the weights is theirs: kernels, strides, padding, the order of layers.
Here, maps are channels-last, as in our nets; within the graphs they are (N, C, H, W).
"""

from collections import Counter
from functools import partial
from pathlib import Path

import keras
import numpy as np
import onnx
from keras import layers as kl
from onnx.reference import ReferenceEvaluator

from course_lib.graph import producers
from course_lib.nets import alexnet, bn_inception, googlenet, vgg
from tests.nets.compare import randomize, without_softmax
from tests.nets.onnx_operations import OPERATIONS

LOUD = 300.0  # at this size of the maps the sum of squares of a response norm counts beside k
# GoogLeNet reads 192 pixels, whose last map has the 6 that the head of its file expects.
CASES = {  # how our net is built so that it is the one of a file
    "bvlc_alexnet": partial(alexnet, groups=2, response_norm="caffe"),
    "inception_v1": partial(googlenet, padding="symmetric", input_shape=(192, 192, 3)),
    "inception_v2": partial(bn_inception, stem="plain", padding="symmetric"),
    "vgg19": partial(vgg, "E", input_shape=(64, 96, 3)),
}
WEIGHTED = ("Conv", "Gemm", "BatchNormalization", "Mul", "Add")  # Caffe scales in Mul and Add
CHANGE_OF_SHAPE = ("Reshape", "Unsqueeze")


def strides(node):
    return next([*a.ints] for a in node.attribute if a.name == "strides")


def in_order(ends, before):
    """Return the named things that lead to `ends`, inputs first; `before` says what one reads."""
    order = {}

    def visit(thing):
        if thing.name not in order:
            for each in before(thing):
                visit(each)
            order[thing.name] = thing

    for end in ends:
        visit(end)
    return list(order.values())


class Architecture:
    """A file of the package.

    Args:
        name: as in `light_NAME.onnx`.
    """

    def __init__(self, name):
        folder = Path(onnx.__file__).parent / "backend/test/data/light"
        self.model = onnx.load(folder / f"light_{name}.onnx")
        graph = self.model.graph
        self.constants = {i.name: onnx.numpy_helper.to_array(i) for i in graph.initializer}
        self.shapes = {  # of the weights
            name: array.shape for name, array in self.constants.items() if array.dtype == np.float32
        }
        self.makers = {}
        for node in graph.node:
            if node.op_type == "ConstantOfShape":
                self.shapes[node.output[0]] = tuple(self.constants[node.input[0]])
            else:
                self.makers |= dict.fromkeys(node.output, node)
        self.values = {}

    def nodes(self, *kinds):
        """Return the nodes of some kinds, in the order of the file."""
        return [node for node in self.model.graph.node if node.op_type in kinds]

    def halved(self):
        """Name the maps that a pooling has halved."""
        return [node.output[0] for node in self.nodes("MaxPool") if strides(node) == [2, 2]]

    def ends(self):
        """Name what `maps` gives of our net: stages, modules, logits."""
        halved = self.halved()
        joined = [node.output[0] for node in self.nodes("Concat")]
        found = [node.output[0] for node in self.nodes("MaxPool", "Concat")]
        (softmax,) = self.nodes("Softmax")
        return [name for name in found if name in halved + joined] + [softmax.input[0]]

    def read_by(self, node, given=()):
        """Return the nodes whose outputs a node reads, unless these are given."""
        names = [name for name in node.input if name not in given]
        return [self.makers[name] for name in names if name in self.makers]

    def weights_of(self, node):
        """Return the names of the weights that a node reads, whose shape may be changed before."""
        names = [self.before_changes(name) for name in node.input]
        return [name for name in names if name in self.shapes]

    def before_changes(self, name):
        """Return the name that a value has before its shape is changed."""
        while name in self.makers and self.makers[name].op_type in CHANGE_OF_SHAPE:
            name = self.makers[name].input[0]
        return name

    def take_weights(self, net):
        """Give each layer of the graph the weights of the layer of a net that has its place."""
        ends = self.nodes("Softmax")
        nodes = [n for n in in_order(ends, self.read_by) if n.op_type in WEIGHTED]
        places = iter([name for node in nodes for name in self.weights_of(node)])
        for layer in in_order([net.layers[-1]], producers):
            for array in converted(layer):
                name = next(places)
                assert without_ones(array.shape) == without_ones(self.shapes[name]), name
                self.values[name] = array.reshape(self.shapes[name])
        assert next(places, None) is None

    def run(self, given, wanted):
        """Return the outputs of these names, from inputs by name."""
        ends = [self.makers[name] for name in wanted]
        nodes = in_order(ends, partial(self.read_by, given=given))
        inputs, outputs = (
            [onnx.helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, None) for n in names]
            for names in (given, wanted)
        )
        graph = onnx.helper.make_graph(nodes, "part", inputs, outputs)
        model = onnx.helper.make_model(graph, opset_imports=self.model.opset_import)
        first = {name: np.moveaxis(x, -1, 1) for name, x in given.items()}
        evaluator = ReferenceEvaluator(model, new_ops=OPERATIONS)
        found = evaluator.run(None, self.constants | self.values | first)
        return [np.moveaxis(array, 1, -1) for array in found]


def converted(layer):
    """Return the weights of a layer of ours in the order and the layout of the files."""
    arrays = layer.get_weights()
    if isinstance(layer, kl.BatchNormalization):
        return in_two_steps(*arrays)
    if isinstance(layer, kl.Conv2D):
        arrays[0] = arrays[0].transpose(3, 2, 0, 1)
    if isinstance(layer, kl.Dense):
        (before,) = producers(layer)
        if isinstance(before, kl.Flatten):  # theirs runs over the map of each channel in turn
            kernel = arrays[0].reshape(*before.input.shape[1:], -1).transpose(2, 0, 1, 3)
            arrays[0] = kernel.reshape(arrays[0].shape)
        arrays[0] = arrays[0].T
    return arrays


def in_two_steps(gamma, beta, mean, variance):
    """Share gamma and beta out between the two layers of Caffe: normalize, then scale."""
    rng = np.random.default_rng(2)
    scale = rng.uniform(0.5, 1.5, gamma.shape).astype("float32")
    shift = rng.normal(0, 0.3, beta.shape).astype("float32")
    return gamma / scale, shift, mean, variance, scale, beta - scale * shift


def without_ones(shape):
    return tuple(n for n in shape if n != 1)


def norms(net):
    """Return the response norms, of a copy of our nets as well."""
    return [x for x in net.layers if type(x).__name__ == "LocalResponseNormalization"]


def adapt(net):
    """Let a net of ours give logits, and its response norms have the constants of Caffe."""
    for norm in norms(net):
        norm.k, norm.alpha = 1.0, 1e-4 / 5  # ONNX and Caffe take the mean of 5 squares
    without_softmax(net.layers[-1])


def prepare(net):
    """Give a net of ours random weights; what a response norm reads becomes large."""
    randomize(net)
    if norms(net):
        first = next(layer for layer in net.layers if layer.weights)
        first.set_weights([LOUD * values for values in first.get_weights()])


def shapes(net):
    """Kind and weight shapes of each layer that has weights, counted."""
    return Counter(
        (type(layer).__name__, *(tuple(w.shape) for w in layer.weights))
        for layer in net.layers
        if layer.weights
    )


def halves(layer):
    return isinstance(layer, kl.MaxPooling2D) and layer.strides == (2, 2)


def maps(net, x):
    """Return what ends a stage or a module of our net, and the logits, by the layers' names."""
    adapt(net)
    ends = [layer for layer in net.layers if isinstance(layer, kl.Concatenate) or halves(layer)]
    ends.append(net.layers[-1])
    found = keras.Model(net.input, [layer.output for layer in ends])(x)
    return {layer.name: keras.ops.convert_to_numpy(y) for layer, y in zip(ends, found, strict=True)}


def seen(net, name, y):
    """Return what the file has of a map of ours.

    The windows of Caffe reach over the edge where a map is halved, as ours do; those of GoogLeNet's
    file stay inside, so that the last row and column are missing.
    """
    cut = net.name == "googlenet" and halves(net.get_layer(name))
    return y[:, :-1, :-1] if cut else y


def distance(got, wanted):
    """Return the largest difference over the standard deviation of what is wanted."""
    assert got.shape == wanted.shape
    return np.abs(got - wanted).max() / wanted.std()
