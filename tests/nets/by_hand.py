"""Nets in NumPy, from the formulas and tables of their papers.

Maps are (H, W, C) of one image.  Weights are found by the names of our layers; nothing else is
taken from the package.
"""

from math import ceil

import keras
import numpy as np

from tests.nets.compare import images, part_outputs, randomize
from tests.nets.loops import conv_relu, convolve, dense, pool, response_norm

LOUD = 300.0  # at this size of the maps the sum of squares of a response norm counts beside k


def difference(model, forward, *, part="head", loud=()):
    """Return how far the logits of a net are from those by hand, over their standard deviation.

    Every weight gets a random value: gamma, beta and the running statistics as well.

    Args:
        model: the net.
        forward: gives the logits of one image by hand.
        part: which of the heads, "head" or "aux1".
        loud: names of layers that give large values.
    """
    randomize(model, smallest_variance=0.02)
    for name in loud:
        layer = model.get_layer(name)
        layer.set_weights([LOUD * values for values in layer.get_weights()])
    x = images(model, count=2)
    wanted = np.array([forward(image.astype("float64")) for image in x])
    net = keras.Model(model.input, part_outputs(model)[part])
    got = keras.ops.convert_to_numpy(net(x)).reshape(wanted.shape)
    return np.abs(got - wanted).max() / wanted.std()


def gap(build, forward, **settings):
    """Return the function that builds a net of a copy of the nets and gives its `difference`.

    Args:
        build: gives the net of a copy.
        forward: gives the function for one image, of the net.
        settings: of `difference`.
    """

    def find(nets):
        model = build(nets)
        return difference(model, forward(model), **settings)

    return find


class ByHand:
    """The layers of a net, with its weights as they are when the first image comes.

    Args:
        model: gives the weights.
        padding: "symmetric", or "same" as in TensorFlow.
        epsilon: of batch normalization.
    """

    def __init__(self, model, *, padding="symmetric", epsilon=1e-5):
        self.model, self.padding, self.epsilon = model, padding, epsilon

    def weights(self, name):
        return self.model.get_layer(name).get_weights()

    def padded(self, x, side, stride):
        """Surround with zeros; `same`: as few as the windows need, one less in front where odd."""
        room = [(side // 2, side // 2)] * 2
        if self.padding == "same":
            total = [max((ceil(n / stride) - 1) * stride + side - n, 0) for n in x.shape[:2]]
            room = [(n // 2, n - n // 2) for n in total]
        return np.pad(x, (*room, (0, 0)))

    def filtered(self, x, name, stride=1, *, pad=True):
        """Convolve, and add the biases where there are some."""
        kernel, *biases = self.weights(name)
        x = self.padded(x, len(kernel), stride) if pad else x
        return convolve(
            x, kernel, biases[0] if biases else np.zeros(kernel.shape[3]), stride=stride
        )

    def normalized(self, x, name):
        """Ioffe & Szegedy 2015, section 3.1: by the running statistics."""
        gamma, beta, mean, variance = self.weights(f"{name}_bn")
        return gamma * (x - mean) / np.sqrt(variance + self.epsilon) + beta

    def activated(self, x, name):
        return np.maximum(self.normalized(x, name), 0)

    def linear(self, x, name, stride=1):
        return self.normalized(self.filtered(x, f"{name}_conv", stride), name)

    def conv(self, x, name, stride=1, *, pad=True):
        return self.activated(self.filtered(x, f"{name}_conv", stride, pad=pad), name)

    def depthwise(self, x, name, stride=1):
        """Filter each channel by itself, normalize, cut off below 0."""
        (kernel,) = self.weights(f"{name}_depthwise")
        channels = kernel.shape[2]
        x = convolve(
            self.padded(x, len(kernel), stride),
            kernel.transpose(0, 1, 3, 2),
            np.zeros(channels),
            stride=stride,
            groups=channels,
        )
        return self.activated(x, name)

    def classified(self, x, name="head_fc"):
        """Give the logits of the mean over the map."""
        return dense(x.mean(axis=(0, 1)), *self.weights(name))


def pooled(x):
    """3x3 max pooling with stride 2 and a pixel of zeros around, over which no window reaches."""
    x = np.pad(x, ((1, 1), (1, 1), (0, 0)))
    rows, cols = ((n - 1) // 2 * 2 + 1 for n in x.shape[:2])
    return pool(x[:rows, :cols], 3, 2)


def blocks(counts, *, stride_at="first"):
    """Give the name of each block and its stride: 2 in the first, or the last, of a stage.

    The first block of the net does not halve, nor does the last of the four stages.
    """
    for stage, count in enumerate(counts, start=1):
        for i in range(1, count + 1):
            halves = stage > 1 and i == 1 if stride_at == "first" else stage < 4 and i == count
            yield f"stage{stage}_block{i}", 2 if halves else 1


class Residual(ByHand):
    """He et al. 2016 (arXiv 1512.03385), table 1, sections 3.3 and 4.

    Args:
        model: gives the weights.
        counts: blocks of each stage.
        option: A, B, C, or "none" for the plain net.
        stride_on: the convolution of a bottleneck with stride 2, "1x1" or "3x3".
    """

    def __init__(self, model, counts, *, option="B", stride_on="1x1"):
        super().__init__(model)
        self.counts, self.option, self.stride_on = counts, option, stride_on

    def shortcut(self, x, channels, stride, name):
        fits = stride == 1 and x.shape[2] == channels
        if self.option == "none":
            return 0
        if self.option == "C" or (self.option == "B" and not fits):
            return self.linear(x, f"{name}_skip", stride)
        return np.pad(x[::stride, ::stride], ((0, 0), (0, 0), (0, channels - x.shape[2])))

    def basic(self, x, stride, name):
        """Give F(x) of figure 5, left."""
        return self.linear(self.conv(x, f"{name}_conv1", stride), f"{name}_conv2")

    def bottleneck(self, x, stride, name):
        """Give F(x) of figure 5, right."""
        first, second = (stride, 1) if self.stride_on == "1x1" else (1, stride)
        y = self.conv(x, f"{name}_conv1", first)
        y = self.conv(y, f"{name}_conv2", second)
        return self.linear(y, f"{name}_conv3")

    def block(self, branch, x, stride, name):
        y = branch(x, stride, name)
        return np.maximum(y + self.shortcut(x, y.shape[2], stride, name), 0)

    def stages(self, x, branch):
        for name, stride in blocks(self.counts):
            x = self.block(branch, x, stride, name)
        return self.classified(x)

    def of_basic_blocks(self, image):
        return self.stages(pooled(self.conv(image, "stem", 2)), self.basic)

    def of_bottlenecks(self, image):
        return self.stages(pooled(self.conv(image, "stem", 2)), self.bottleneck)

    def for_cifar(self, image):
        """Section 4.2: the stem has stride 1, and no pooling follows."""
        return self.stages(self.conv(image, "stem"), self.basic)


class PreActivation(ByHand):
    """He et al. 2016b (arXiv 1603.05027), figure 4e and the appendix.

    `stride_at`, `stem_norm`: as in `course_lib.nets.resnet_v2`, whose defaults are the authors'.
    """

    def __init__(self, model, counts, *, stride_at="first", stem_norm="before_pool"):
        super().__init__(model)
        self.counts, self.stride_at, self.stem_norm = counts, stride_at, stem_norm

    def block(self, x, stride, name, *, is_activated):
        y = x if is_activated else self.activated(x, f"{name}_pre")
        z = self.activated(self.filtered(y, f"{name}_conv1_conv"), f"{name}_conv1")
        z = self.activated(self.filtered(z, f"{name}_conv2_conv", stride), f"{name}_conv2")
        z = self.filtered(z, f"{name}_conv3_conv")
        if z.shape[2] == x.shape[2]:
            return x[::stride, ::stride] + z
        return self.filtered(y, f"{name}_skip_conv", stride) + z

    def logits(self, image):
        x = self.filtered(image, "stem_conv", 2)
        before = self.stem_norm == "before_pool"
        x = pooled(self.activated(x, "stem") if before else x)
        for name, stride in blocks(self.counts, stride_at=self.stride_at):
            x = self.block(x, stride, name, is_activated=before and name == "stage1_block1")
        return self.classified(self.activated(x, "stage4_final"))


class MobileNet(ByHand):
    """Howard et al. 2017, table 1, and table 4 for the net of full convolutions.

    Padding and epsilon are those of the authors' code, on which the paper is silent.

    Args:
        model: gives the weights.
        counts: blocks of each stage.
        most: what activations are cut off at, 6 in the authors' code.
        classifier: the name of the last layer, dense or a convolution of the mean.
        widths: channels of the stem and of each pair, where they are checked.
    """

    def __init__(self, model, counts, *, most=np.inf, classifier="head_fc", widths=()):
        super().__init__(model, padding="same", epsilon=1e-3)
        self.counts, self.most, self.classifier = counts, most, classifier
        self.widths = widths

    def activated(self, x, name):
        return np.minimum(super().activated(x, name), self.most)

    def classified(self, x, name=None):
        kernel, biases = self.weights(self.classifier)
        return dense(x.mean(axis=(0, 1)), kernel.reshape(-1, len(biases)), biases)

    def of_pairs(self, image):
        x = self.conv(image, "stem", 2)
        found = [x.shape[2]]
        for name, stride in blocks(self.counts):
            x = self.conv(self.depthwise(x, f"{name}_filter", stride), f"{name}_combine")
            found.append(x.shape[2])
        if self.widths and found != [*self.widths]:
            raise ValueError(f"channels {found} where {self.widths} are asked")
        return self.classified(x)

    def of_full_convolutions(self, image):
        x = self.conv(image, "stem", 2)
        for name, stride in blocks(self.counts):
            x = self.conv(x, name, stride)
        return self.classified(x)


class Vgg(ByHand):
    """Simonyan & Zisserman 2015, table 1.

    Args:
        model: gives the weights.
        column: sides of the kernels of each stage and "M" for its pooling, such as "3M 33M".
        normalizes: whether response normalization follows the first convolution, as in A-LRN.
    """

    def __init__(self, model, column, *, normalizes=False):
        super().__init__(model)
        self.column, self.normalizes = column, normalizes

    def logits(self, image):
        x = image
        for stage, marks in enumerate(self.column.split(), start=1):
            for i, side in enumerate(marks.removesuffix("M"), start=1):
                kernel, biases = self.weights(f"stage{stage}_block{i}_conv")
                if kernel.shape[:2] != (int(side), int(side)):
                    raise ValueError(f"kernel of {kernel.shape} where the column says {side}")
                x = conv_relu(x, (kernel, biases))
            if self.normalizes and stage == 1:
                x = response_norm(x)
            x = pool(x, 2, 2)
        for name in ("head_dense1", "head_dense2"):
            x = np.maximum(dense(x, *self.weights(name)), 0)
        return dense(x, *self.weights("head_fc"))
