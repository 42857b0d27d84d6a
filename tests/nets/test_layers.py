"""What the networks share: padding, normalization, and the checks of input."""

import keras
import numpy as np
import pytest

from course_lib.nets.layers import (
    Conventions,
    check_choice,
    check_classes,
    conv_bn,
    depthwise_bn,
    head,
    image_input,
)


def test_a_stride_of_two_pads_both_sides_alike():
    x = keras.Input((8, 8, 1))
    model = keras.Model(x, conv_bn(x, 1, 3, stride=2, activation=None, name="stem"))
    kernel = np.zeros((3, 3, 1, 1), "float32")
    kernel[0, 0] = 1.0  # picks the pixel above and to the left
    model.get_layer("stem_conv").set_weights([kernel])
    image = np.arange(64, dtype="float32").reshape(1, 8, 8, 1)
    got = keras.ops.convert_to_numpy(model(image))[0, :, :, 0]
    want = np.zeros((4, 4))
    want[1:, 1:] = image[0, 1:7:2, 1:7:2, 0]
    np.testing.assert_allclose(got, want, rtol=1e-4)


def test_names_and_options_of_conv_bn():
    x = keras.Input((8, 8, 1))
    model = keras.Model(x, conv_bn(x, 2, 3, name="stem", conventions=Conventions(True, 1e-3)))
    assert [layer.name for layer in model.layers[1:]] == ["stem_conv", "stem_bn", "stem_relu"]
    assert model.get_layer("stem_conv").use_bias
    assert model.get_layer("stem_bn").epsilon == 1e-3


def test_the_head_gives_probabilities():
    x = keras.Input((4, 4, 3))
    out = keras.Model(x, head(x, 5))(np.ones((2, 4, 4, 3), "float32"))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(out).sum(axis=1), 1.0, rtol=1e-5)


@pytest.mark.parametrize("shape", [(31, 32, 3), (32, 32, 2), (32, 32), None, (32.0, 32, 3)])
def test_a_bad_image_is_refused(shape):
    with pytest.raises(ValueError, match=r"at least 32 pixels and 1 \(grey\) or 3 \(RGB\)"):
        image_input(shape, minimum=32)


def test_a_bad_choice_lists_the_good_ones():
    with pytest.raises(ValueError, match=r"depth must be one of \(18, 34\), got 20"):
        check_choice("depth", 20, (18, 34))


@pytest.mark.parametrize("classes", [0, -1, 2.5, "10"])
def test_a_bad_number_of_classes(classes):
    with pytest.raises(ValueError, match="classes must be a positive integer, or None"):
        check_classes(classes)


@pytest.mark.parametrize("channels", [8, 512])
def test_a_depthwise_kernel_starts_as_large_in_a_wide_net(channels):
    keras.utils.set_random_seed(1)
    image = keras.Input((8, 8, channels))
    net = keras.Model(image, depthwise_bn(image, 3, name="stage1"))
    kernel = net.get_layer("stage1_depthwise").get_weights()[0]
    assert kernel.std() == pytest.approx(np.sqrt(2 / 9), rel=0.25)
