"""Random changes of images for training: crops, warps, colors, erasing, mixing.

Each augmentation is called as `augment(images, labels, generator)`, draws once for each image, and
keeps images float32 in [0, 1].  `AugmentedBatches` runs one beside the training.

Why not the layers of Keras?  Some are as good (`RandomFlip`, `RandomRotation`, whose factor is a
fraction of a turn); but most that change values expect 0 to 255 unless told, several draw once for
a batch (`RandomCrop`, `RandAugment`'s choice, `RandomElasticTransform`'s strength), `CutMix` takes
an upper end of alpha in place of alpha, `MixUp` spoils labels that are not shares of classes
without a word, and none draws the same on two backends.
"""

from course_lib.data.augment.augmentation import Augmentation, Compose, PerImage
from course_lib.data.augment.batches import AugmentedBatches
from course_lib.data.augment.color import ColorShift, PCAColor
from course_lib.data.augment.crop import Mirror, RandomCrop, RandomResizedCrop, ten_crops
from course_lib.data.augment.erase import Cutout, RandomErasing
from course_lib.data.augment.mix import CutMix, MixUp
from course_lib.data.augment.randaugment import RandAugment
from course_lib.data.augment.warp import Affine, Elastic

__all__ = [
    "Affine",
    "Augmentation",
    "AugmentedBatches",
    "ColorShift",
    "Compose",
    "CutMix",
    "Cutout",
    "Elastic",
    "Mirror",
    "MixUp",
    "PCAColor",
    "PerImage",
    "RandAugment",
    "RandomCrop",
    "RandomErasing",
    "RandomResizedCrop",
    "ten_crops",
]
