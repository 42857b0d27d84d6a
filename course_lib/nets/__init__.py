"""The networks of the course, built from scratch in Keras.

`NETS` maps each name to its builder: `NETS["resnet50"](input_shape=(160, 160, 3), classes=10)`.
Every net takes images in [0, 1], channels last, and returns class probabilities.
"""

from collections.abc import Callable
from difflib import get_close_matches
from functools import partial

import keras

from course_lib.nets import rules
from course_lib.nets.alexnet import alexnet
from course_lib.nets.all_cnn import all_cnn
from course_lib.nets.bn_inception import bn_inception
from course_lib.nets.efficientnet import efficientnet
from course_lib.nets.efficientnet_lite import efficientnet_lite
from course_lib.nets.googlenet import googlenet
from course_lib.nets.inception_v3 import inception_v3
from course_lib.nets.lenet import lenet5, lenet5_original
from course_lib.nets.mobilenet import mobilenet
from course_lib.nets.mobilenet_v2 import mobilenet_v2
from course_lib.nets.nin import nin, nin_cifar
from course_lib.nets.pretrained import class_names
from course_lib.nets.resnet import resnet
from course_lib.nets.resnet_cifar import resnet_cifar
from course_lib.nets.resnet_v2 import resnet_v2
from course_lib.nets.senet import se_resnet, squeeze_excite
from course_lib.nets.transplant import transplant
from course_lib.nets.vgg import vgg
from course_lib.nets.without_values import without_values

__all__ = [
    "NETS",
    "alexnet",
    "all_cnn",
    "bn_inception",
    "class_names",
    "efficientnet",
    "efficientnet_lite",
    "googlenet",
    "inception_v3",
    "lenet5",
    "lenet5_original",
    "mobilenet",
    "mobilenet_v2",
    "nin",
    "nin_cifar",
    "resnet",
    "resnet_cifar",
    "resnet_v2",
    "rules",
    "se_resnet",
    "squeeze_excite",
    "transplant",
    "vgg",
    "without_values",
]


class UnknownNet(KeyError, ValueError):
    """A name that `NETS` has not: what a dictionary raises, and what a builder raises."""

    __str__ = Exception.__str__  # a KeyError would print its message in quotes


class Nets(dict[str, Callable[..., keras.Model]]):
    """Builders by name; an unknown name raises `UnknownNet`, which lists the names near to it."""

    def __missing__(self, name):
        near = get_close_matches(str(name), self)
        meant = f"; did you mean {' or '.join(map(repr, near))}?" if near else "."
        raise UnknownNet(f"there is no net {name!r}{meant}  NETS has {', '.join(self)}")


NETS = Nets(
    {
        "lenet5": lenet5,
        "lenet5_original": lenet5_original,
        "alexnet": alexnet,
        "alexnet_grouped": partial(alexnet, groups=2),
        "vgg11": partial(vgg, "A"),
        "vgg11_lrn": partial(vgg, "A-LRN"),
        "vgg13": partial(vgg, "B"),
        "vgg16_c": partial(vgg, "C"),
        "vgg16": partial(vgg, "D"),
        "vgg19": partial(vgg, "E"),
        "nin": nin,
        "nin_cifar": nin_cifar,
        "all_cnn": all_cnn,
        "googlenet": googlenet,
        "googlenet_aux": partial(googlenet, auxiliary=True),
        "bn_inception": bn_inception,
        "inception_v3": inception_v3,
        "inception_v3_aux": partial(inception_v3, auxiliary=True),
        "mobilenet": mobilenet,
        "mobilenet_075": partial(mobilenet, alpha=0.75),
        "mobilenet_050": partial(mobilenet, alpha=0.5),
        "mobilenet_025": partial(mobilenet, alpha=0.25),
        "conv_mobilenet": partial(mobilenet, separable=False),
        "mobilenet_v2": mobilenet_v2,
        "mobilenet_v2_140": partial(mobilenet_v2, alpha=1.4),
        "mobilenet_v2_035": partial(mobilenet_v2, alpha=0.35),
        "resnet18": partial(resnet, 18),
        "resnet34": partial(resnet, 34),
        "resnet50": partial(resnet, 50),
        "resnet50_v1_5": partial(resnet, 50, stride_on="3x3"),
        "resnet101": partial(resnet, 101),
        "resnet152": partial(resnet, 152),
        "resnet50v2": partial(resnet_v2, 50),
        "resnet101v2": partial(resnet_v2, 101),
        "resnet152v2": partial(resnet_v2, 152),
        "resnet20_cifar": partial(resnet_cifar, 20),
        "resnet32_cifar": partial(resnet_cifar, 32),
        "resnet44_cifar": partial(resnet_cifar, 44),
        "resnet56_cifar": partial(resnet_cifar, 56),
        "resnet110_cifar": partial(resnet_cifar, 110),
        "se_resnet18": partial(se_resnet, 18),
        "se_resnet34": partial(se_resnet, 34),
        "se_resnet50": partial(se_resnet, 50),
        "se_resnet101": partial(se_resnet, 101),
        "se_resnet152": partial(se_resnet, 152),
        "efficientnet_b0": partial(efficientnet, "b0"),
        "efficientnet_b1": partial(efficientnet, "b1"),
        "efficientnet_b2": partial(efficientnet, "b2"),
        "efficientnet_b3": partial(efficientnet, "b3"),
        "efficientnet_b4": partial(efficientnet, "b4"),
        "efficientnet_b5": partial(efficientnet, "b5"),
        "efficientnet_b6": partial(efficientnet, "b6"),
        "efficientnet_b7": partial(efficientnet, "b7"),
        "efficientnet_lite0": partial(efficientnet_lite, "lite0"),
        "efficientnet_lite1": partial(efficientnet_lite, "lite1"),
        "efficientnet_lite2": partial(efficientnet_lite, "lite2"),
        "efficientnet_lite3": partial(efficientnet_lite, "lite3"),
        "efficientnet_lite4": partial(efficientnet_lite, "lite4"),
        "plain18": partial(resnet, 18, shortcut="none"),
        "plain34": partial(resnet, 34, shortcut="none"),
        "plain20_cifar": partial(resnet_cifar, 20, shortcut="none"),
        "plain56_cifar": partial(resnet_cifar, 56, shortcut="none"),
    }
)
