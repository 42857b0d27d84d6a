"""Our nets compute what the graphs of the `onnx` package compute with the same weights.

What the graphs, which come from Caffe, do otherwise than the papers stands in each test.
"""

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from tests.nets.compare import TOLERANCE, images
from tests.nets.onnx_models import CASES, Architecture, distance, maps, prepare, seen
from tests.nets.onnx_operations import OPERATIONS

POOLINGS = [  # pads in front and behind, stride
    ([0, 0, 0, 0], 2),
    ([0, 0, 1, 1], 2),
    ([1, 1, 1, 1], 1),
]


def largest_distance(name, file=None):
    """Give a file the random weights of our net and compare each stage and module, and logits."""
    net, file = CASES[name](), file or Architecture(name)
    prepare(net)
    file.take_weights(net)
    x = images(net, count=1)
    ours, theirs = maps(net, x).values(), file.run({"data_0": x}, file.ends())
    return max(distance(*pair) for pair in zip(ours, theirs, strict=True))


def test_alexnet():
    """Response norm as in Caffe: k is 1 and not 2, the squares are averaged and not summed.

    The file says 224 pixels, which give maps of 54 without padding; here it gets 227.  Its last
    pooling is padded on one side, for a map of 12 pixels, over whose edge Caffe lets a window
    reach; on 13 pixels none does.
    """
    assert largest_distance("bvlc_alexnet") <= TOLERANCE


def test_bn_inception():
    """Its first convolution is a plain one, padded on both sides where TensorFlow pads one more.

    Its averages leave out the zeros around a map, as ours do.  4c and 4d project to 96 channels.
    """
    assert largest_distance("inception_v2") <= TOLERANCE


def test_vgg():
    """The file is for 224 pixels; for fewer, the dense layer that reads the map gets fewer."""
    file = Architecture("vgg19")
    reshape, dense = file.nodes("Reshape", "Gemm")[:2]
    assert file.shapes[dense.input[1]] == (4096, 512 * 7 * 7)
    assert [*file.constants[reshape.input[1]]] == [1, 512 * 7 * 7]
    file.shapes[dense.input[1]] = (4096, 512 * 2 * 3)
    file.constants[reshape.input[1]] = np.array([1, -1])
    assert largest_distance("vgg19", file) <= TOLERANCE


def test_googlenet():
    """Part by part, each with the map that ours has there: `seen` says why.

    Its response norm has the constants of Caffe; the paper gives none, ours has those of
    Krizhevsky et al. 2012.
    """
    net, file = CASES["inception_v1"](), Architecture("inception_v1")
    prepare(net)
    file.take_weights(net)
    given, part = {"data_0": images(net, count=1)}, {}
    ours = maps(net, given["data_0"])
    cut = file.halved()
    for name, (layer, y) in zip(file.ends(), ours.items(), strict=True):
        part[name] = seen(net, layer, y)
        if name in cut or name == file.ends()[-1]:
            for got, wanted in zip(part.values(), file.run(given, part), strict=True):
                assert distance(got, wanted) <= TOLERANCE
            given, part = {name: y}, {}


def run_alone(kind, arrays, opset=9, operations=(), **attributes):
    """Run one node of a kind, by the package or by one of `operations`."""
    names = [f"x{i}" for i in range(len(arrays))]
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node(kind, names, ["y"], **attributes)],
        "alone",
        [onnx.helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, None) for n in names],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, None)],
    )
    opsets = [onnx.helper.make_opsetid("", opset)]
    model = onnx.helper.make_model(graph, opset_imports=opsets)
    feeds = dict(zip(names, arrays, strict=True))
    return ReferenceEvaluator(model, new_ops=list(operations)).run(None, feeds)[0]


def draw(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


@pytest.mark.parametrize(("pads", "stride"), POOLINGS)
@pytest.mark.parametrize("kind", ["MaxPool", "AveragePool"])
def test_poolings_are_those_of_the_package(kind, pads, stride):
    settings = {"kernel_shape": [3, 3], "pads": pads, "strides": [stride, stride]}
    ours = run_alone(kind, [draw(2, 3, 8, 9)], operations=OPERATIONS, **settings)
    theirs = run_alone(kind, [draw(2, 3, 8, 9)], **settings)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_the_response_norm_is_that_of_the_package_where_that_is_right():
    """With as many images as maps its loop is long enough."""
    settings = {"size": 5, "alpha": 2.0, "beta": 0.75, "bias": 1.5}
    ours = run_alone("LRN", [draw(7, 7, 2, 3)], operations=OPERATIONS, **settings)
    theirs = run_alone("LRN", [draw(7, 7, 2, 3)], **settings)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)


def test_normalization_is_that_of_the_package_from_opset_15_on():
    arrays = [draw(2, 3, 4, 5), draw(3), draw(3) + 1, draw(3) - 1, draw(3) ** 2]
    ours = run_alone("BatchNormalization", arrays, operations=OPERATIONS, epsilon=0.1)
    theirs = run_alone("BatchNormalization", arrays, opset=15, epsilon=0.1)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
