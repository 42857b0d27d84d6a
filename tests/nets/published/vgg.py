"""Published numbers of VGG, for 224x224 RGB images."""

from tests.nets.pins import INDEPENDENT, PAPER, Pin, Printed, Row, derived, derived_shapes

TABLE1 = "Simonyan & Zisserman 2015 (arXiv 1409.1556), table 1: weight layers"
TABLE2 = "Simonyan & Zisserman 2015 (arXiv 1409.1556), table 2"
TORCHVISION = "torchvision, models/vgg.py, metadata of the IMAGENET1K_V1 weights"
FIELDS = "google-research/receptive_field, RECEPTIVE_FIELD_TABLE.md, {}/pool5"
HE = "He et al. 2016 (arXiv 1512.03385), section 4.1"

# 2x2 pooling with stride 2 halves 224 five times; the channels are those of table 1.
STAGES = derived_shapes(
    stage1=(112, 112, 64),
    stage2=(56, 56, 128),
    stage3=(28, 28, 256),
    stage4=(14, 14, 512),
    stage5=(7, 7, 512),
    head=(1000,),
)


def in_torchvision(value):
    return Pin(value, INDEPENDENT, TORCHVISION)


def field_in_table(net, value):
    return Pin((value, 32), INDEPENDENT, FIELDS.format(net))


def row(net, *, depth, weights, macs, field):
    return Row(
        net=net,
        minimum=32,
        params=weights,
        trainable=weights,
        macs=derived(macs),
        stages=STAGES,
        field=field,
        depth=Pin(depth, PAPER, TABLE1),
    )


ROWS = (
    row(
        "vgg11",
        depth=11,
        weights=in_torchvision(132_863_336),
        macs=7_609_090_048,
        field=field_in_table("vgg_a", 150),
    ),
    row(
        "vgg11_lrn",
        depth=11,
        weights=derived(132_863_336),
        macs=7_609_090_048,
        field=derived((150, 32)),
    ),
    row(
        "vgg13",
        depth=13,
        weights=in_torchvision(133_047_848),
        macs=11_308_466_176,
        field=derived((156, 32)),
    ),
    row(
        "vgg16_c",
        depth=16,
        weights=derived(133_638_952),
        macs=11_770_888_192,
        field=derived((156, 32)),
    ),
    row(
        "vgg16",
        depth=16,
        weights=in_torchvision(138_357_544),
        macs=15_470_264_320,
        field=field_in_table("vgg_16", 212),
    ),
    row(
        "vgg19",
        depth=19,
        weights=in_torchvision(143_667_240),
        macs=19_632_062_464,
        field=derived((268, 32)),
    ),
)
ROUNDED = (
    Printed("vgg11", "trainable", 133e6, 0.5e6, PAPER, TABLE2),
    Printed("vgg11_lrn", "trainable", 133e6, 0.5e6, PAPER, TABLE2),
    Printed("vgg13", "trainable", 133e6, 0.5e6, PAPER, TABLE2),
    Printed("vgg16_c", "trainable", 134e6, 0.5e6, PAPER, TABLE2),
    Printed("vgg16", "trainable", 138e6, 0.5e6, PAPER, TABLE2),
    Printed("vgg19", "trainable", 144e6, 0.5e6, PAPER, TABLE2),
    Printed("vgg11", "macs", 7.609e9, 0.5e6, INDEPENDENT, TORCHVISION),
    Printed("vgg13", "macs", 11.308e9, 0.5e6, INDEPENDENT, TORCHVISION),
    Printed("vgg16", "macs", 15.470e9, 0.5e6, INDEPENDENT, TORCHVISION),
    Printed("vgg19", "macs", 19.632e9, 0.5e6, INDEPENDENT, TORCHVISION),
    # Without the dense layers VGG-16 has 15.35 billion, which the paper seems to cut.
    Printed("vgg16", "macs", 15.3e9, 0.2e9, PAPER, HE),
    Printed("vgg19", "macs", 19.6e9, 0.05e9, PAPER, HE),
)
