"""LeNet-5: the original against NumPy and the paper's counts, the modern one by structure."""

import keras
import numpy as np
import pytest

from course_lib.cost import cost
from course_lib.nets import lenet5, lenet5_original
from course_lib.nets.lenet import C3_TABLE, scaled_tanh
from course_lib.nets.lenet_layers import RadialBasis, Subsampling, TableConv2D, digit_codes
from tests.nets.compare import images, randomize

# Table I again, by column, as the text of section II-B gives it: six triples of neighbours, six
# quadruples of neighbours, three quadruples that are not, and one map that reads all.
TRIPLES = [{k, (k + 1) % 6, (k + 2) % 6} for k in range(6)]
QUADRUPLES = [{(k + i) % 6 for i in range(4)} for k in range(6)]
SPLIT = [{0, 1, 3, 4}, {1, 2, 4, 5}, {0, 2, 3, 5}]
READS = [*TRIPLES, *QUADRUPLES, *SPLIT, set(range(6))]


def squash(a):
    return 1.7159 * np.tanh(2 / 3 * a)


def correlate(maps, kernel):
    """One map and one kernel: each output is the sum of the products under the window."""
    side = kernel.shape[0]
    rows, cols = maps.shape[0] - side + 1, maps.shape[1] - side + 1
    return sum(
        kernel[i, j] * maps[i : i + rows, j : j + cols] for i in range(side) for j in range(side)
    )


def subsample(maps, coefficient, bias):
    total = maps[0::2, 0::2] + maps[0::2, 1::2] + maps[1::2, 0::2] + maps[1::2, 1::2]
    return squash(total * coefficient + bias)


def forward(image, weights):
    """The distances of one 32x32 image, layer by layer, loops over maps."""
    x = image[:, :, 0] * 1.275 - 0.1
    kernel, bias = weights["stage1_conv"]
    c1 = np.stack([squash(correlate(x, kernel[:, :, 0, k]) + bias[k]) for k in range(6)], axis=-1)
    s2 = subsample(c1, *weights["stage1_pool"])
    kernel, bias = weights["stage2_conv"]  # one 5x5 kernel a connection, by input, then output
    connections = [(a, b) for a in range(6) for b in range(16) if a in READS[b]]
    c3 = np.stack([np.full((10, 10), bias[b]) for b in range(16)], axis=-1)
    for i, (a, b) in enumerate(connections):
        c3[:, :, b] += correlate(s2[:, :, a], kernel[:, :, i])
    s4 = subsample(squash(c3), *weights["stage2_pool"])
    kernel, bias = weights["stage3_conv"]
    c5 = squash(np.einsum("ijk,ijkm->m", s4, kernel) + bias)
    kernel, bias = weights["head_f6"]
    f6 = squash(c5 @ kernel + bias)
    return [((f6 - drawing) ** 2).sum() for drawing in digit_codes()]


def test_original_is_the_papers_forward_pass():
    model = lenet5_original()
    randomize(model)
    for layer in model.layers:  # activations in the middle of the squashing function
        if layer.name.startswith(("stage2_conv", "stage3", "head_f6")):
            layer.set_weights([w * 0.3 for w in layer.get_weights()])
    weights = {layer.name: layer.get_weights() for layer in model.layers if layer.weights}
    x = images(model)
    distances = keras.Model(model.input, model.get_layer("head_output").output)
    wanted = np.array([forward(image, weights) for image in x])
    got = keras.ops.convert_to_numpy(distances(x))
    assert np.abs(got - wanted).max() <= 1e-4 * wanted.std()
    likely = keras.ops.convert_to_numpy(model(x))
    assert (likely.argmax(axis=1) == wanted.argmin(axis=1)).all()
    assert np.allclose(likely.sum(axis=1), 1, atol=1e-5)


def test_table_of_c3():
    marks = np.array([[mark == "X" for mark in row] for row in C3_TABLE])
    assert [set(np.flatnonzero(column)) for column in marks.T] == READS
    assert sorted(marks.sum(axis=0)) == [3] * 6 + [4] * 9 + [6]
    assert marks.sum() == 60


def test_weights_and_connections_line_by_line():
    """LeCun et al. 1998, section II-B prints each of these."""
    maps_read = 6 * 3 + 9 * 4 + 6
    weights = {
        "stage1_conv": 6 * (25 + 1),
        "stage1_pool": 6 * 2,
        "stage2_conv": 25 * maps_read + 16,
        "stage2_pool": 16 * 2,
        "stage3_conv": 120 * (25 * 16 + 1),
        "head_f6": 84 * (120 + 1),
        "head_output": 0,
    }
    # A connection is a weight or a bias as one unit uses it; the output has no bias.
    connections = {
        "stage1_conv": 28 * 28 * 6 * (25 + 1),
        "stage1_pool": 14 * 14 * 6 * (4 + 1),
        "stage2_conv": 10 * 10 * (25 * maps_read + 16),
        "stage2_pool": 5 * 5 * 16 * (4 + 1),
        "stage3_conv": 48_120,
        "head_f6": 10_164,
        "head_output": 10 * 84,
    }
    rows = {row.name: row for row in cost(lenet5_original()).layers}
    assert {name: rows[name].trainable for name in weights} == weights
    assert sum(weights.values()) == 60_000
    assert rows["head_output"].params == 840
    assert list(connections.values()) == [122_304, 5_880, 151_600, 2_000, 48_120, 10_164, 840]
    assert sum(connections.values()) == 340_908


def test_drawings_are_fixed_and_different():
    codes = digit_codes()
    assert codes.shape == (10, 84)
    assert set(np.unique(codes)) == {-1.0, 1.0}
    assert len({row.tobytes() for row in codes}) == 10
    assert lenet5_original().get_layer("head_output").trainable_weights == []


def test_scaled_tanh_keeps_one_and_minus_one():
    x = np.array([-1.0, 0.0, 1.0], "float32")
    assert np.allclose(keras.ops.convert_to_numpy(scaled_tanh(x)), x, atol=1e-4)


@pytest.mark.parametrize("pooling", ["max", "average", "trainable"])
@pytest.mark.parametrize("activation", ["relu", "tanh", "scaled_tanh", "sigmoid"])
def test_variants_build(activation, pooling):
    model = lenet5(activation=activation, pooling=pooling)
    extra = 2 * (6 + 16) if pooling == "trainable" else 0
    assert model.count_params() == 61_706 + extra
    assert keras.ops.convert_to_numpy(model(images(model))).shape == (3, 10)


def test_average_and_maximum_differ():
    x = images(lenet5())
    average, maximum = lenet5(pooling="average"), lenet5(pooling="max")
    maximum.set_weights(average.get_weights())
    a, b = (keras.ops.convert_to_numpy(model(x)) for model in (average, maximum))
    assert np.abs(a - b).max() > 1e-3


def test_subsampling_starts_as_the_mean():
    layer = Subsampling(2)
    x = np.arange(16, dtype="float32").reshape(1, 4, 4, 1)
    wanted = [[2.5, 4.5], [10.5, 12.5]]
    assert np.allclose(keras.ops.convert_to_numpy(layer(x))[0, :, :, 0], wanted)
    assert sum(np.prod(w.shape) for w in layer.weights) == 2


def test_table_convolution_reads_only_its_maps():
    layer = TableConv2D(("X.", ".X"), 1)
    x = np.random.default_rng(0).normal(size=(1, 3, 3, 2)).astype("float32")
    before = keras.ops.convert_to_numpy(layer(x))
    x[..., 1] += 1
    after = keras.ops.convert_to_numpy(layer(x))
    assert np.allclose(before[..., 0], after[..., 0])
    assert np.abs(before[..., 1] - after[..., 1]).min() > 1e-4


def test_kernels_start_within_the_papers_bounds():
    keras.utils.set_random_seed(1)
    layer = lenet5_original().get_layer("stage2_conv")
    kernel = np.abs(layer.kernel.numpy())
    reads = np.array([len(READS[b]) for a in range(6) for b in range(16) if a in READS[b]])
    assert (kernel.max(axis=(0, 1)) <= 2.4 / (25 * reads) + 1e-7).all()
    assert kernel.max() > 0.9 * 2.4 / (25 * 3)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: TableConv2D(("XX", "X"), 5), r"rows of one length, got \[2, 1\]"),
        (lambda: TableConv2D(("X.", "X."), 5), "a column without an X"),
        (lambda: TableConv2D(("X", "X"), 1).build((None, 4, 4, 3)), "2 rows.* has 3 channels"),
        (lambda: lenet5(activation="swish"), r"activation must be one of .*got 'swish'"),
        (lambda: lenet5(pooling="sum"), r"pooling must be one of .*got 'sum'"),
        (lambda: lenet5(classes=0), "classes must be a positive integer, or None.*got 0"),
        (lambda: lenet5(input_shape=(31, 32, 1)), r"at least 32 pixels.*got \(31, 32, 1\)"),
        (lambda: lenet5(input_shape=(32, 32, 2)), "1 .grey. or 3 .RGB. channels"),
        (lambda: lenet5_original(classes=3), r"classes must be one of \(10, None\), got 3"),
        (lambda: lenet5_original(input_shape=(32, 31, 1)), "at least 32 pixels"),
    ],
)
def test_bad_input_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_radial_basis_is_the_squared_distance():
    codes = digit_codes()
    distances = keras.ops.convert_to_numpy(RadialBasis()(codes))
    assert np.allclose(np.diag(distances), 0)
    assert distances[0, 1] == pytest.approx(4 * (codes[0] != codes[1]).sum())
