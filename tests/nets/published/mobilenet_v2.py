"""Published numbers of MobileNetV2, for 224x224 RGB.

Two figures that the paper prints for alpha 1.4 do not follow from its table 2: 6.9 million weights,
where this net has 6,108,776, and 585 million multiply-adds, where it has 582.2 million.  The
authors' code prints 6.06 million, without normalizations, and 582 million, as here, and
`keras.applications` has as many weights as this net.
"""

from tests.nets.pins import INDEPENDENT, PAPER, Pin, Printed, Row, derived, derived_shapes, shapes

TABLE2 = "Sandler et al. 2018 (arXiv 1801.04381), table 2"
TABLE4 = "Sandler et al. 2018 (arXiv 1801.04381), table 4"
TORCHVISION = "torchvision, models/mobilenetv2.py, metadata of the IMAGENET1K_V1 weights"
RELEASED = "tensorflow/models, research/slim/nets/mobilenet/README.md"
STAGES = shapes(
    PAPER,
    TABLE2,
    stem=(112, 112, 32),
    stage1=(112, 112, 16),
    stage2=(56, 56, 24),
    stage3=(28, 28, 32),
    stage4=(14, 14, 96),
    stage5=(7, 7, 1280),
    head=(1000,),
)


def rounded_stages(*channels):
    sides = (112, 112, 56, 28, 14, 7)
    parts = ("stem", "stage1", "stage2", "stage3", "stage4", "stage5")
    found = {part: (side, side, n) for part, side, n in zip(parts, sides, channels, strict=True)}
    return derived_shapes(**found, head=(1000,))


def row(net, *, params, trainable, macs, stages):
    return Row(
        net=net,
        minimum=32,
        params=derived(params),
        trainable=trainable,
        macs=derived(macs),
        stages=stages,
        field=derived((491, 32)),
        depth=derived(53),
    )


ROWS = (
    row(
        "mobilenet_v2",
        params=3_538_984,
        trainable=Pin(3_504_872, INDEPENDENT, TORCHVISION),
        macs=300_774_272,
        stages=STAGES,
    ),
    row(
        "mobilenet_v2_140",
        params=6_156_712,
        trainable=derived(6_108_776),
        macs=582_195_824,
        stages=rounded_stages(48, 24, 32, 48, 136, 1792),
    ),
    row(
        "mobilenet_v2_035",
        params=1_691_208,
        trainable=derived(1_677_128),
        macs=59_285_808,
        stages=rounded_stages(16, 8, 8, 16, 32, 1280),
    ),
)
ROUNDED = (
    # 3.47 without normalizations, cut to one decimal
    Printed("mobilenet_v2", "trainable", 3.4e6, 0.11e6, PAPER, TABLE4),
    Printed("mobilenet_v2", "macs", 300e6, 1e6, PAPER, TABLE4),
    Printed("mobilenet_v2", "macs", 300e6, 1e6, INDEPENDENT, RELEASED),
    Printed("mobilenet_v2_140", "macs", 582e6, 0.5e6, INDEPENDENT, RELEASED),
    Printed("mobilenet_v2_035", "macs", 59e6, 0.5e6, INDEPENDENT, RELEASED),
)
