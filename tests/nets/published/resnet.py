"""Published numbers of the residual nets: 32x32 RGB for the CIFAR nets, 224x224 for the others."""

from tests.nets.pins import INDEPENDENT, PAPER, SECOND_ROUTE, Pin, Printed, Row, derived, shapes

RESNET = "He et al. 2016 (arXiv 1512.03385), table 1; plain nets: section 4.1, without shortcuts"
CIFAR = "He et al. 2016 (arXiv 1512.03385), section 4.2"
TORCHVISION = "torchvision, models/resnet.py, metadata of the IMAGENET1K_V1 weights"
FIELDS = "google-research/receptive_field, RECEPTIVE_FIELD_TABLE.md, resnet_v1_{}/block4"
TABLE6 = "He et al. 2016 (arXiv 1512.03385), table 6"


def weights_in_torchvision(value):
    return Pin(value, INDEPENDENT, TORCHVISION)


def field_in_table(depth, value):
    return Pin((value, 32), INDEPENDENT, FIELDS.format(depth))


def in_paper(depth):
    """The paper names its nets by their layers: "18-layer", also for the plain ones."""
    return Pin(depth, PAPER, RESNET)


def imagenet(*channels, kind=PAPER, source=RESNET):
    """Sides as in the table's column "output size", channels as in its brackets."""
    sides = (56, 28, 14, 7)
    stages = {
        f"stage{k}": (side, side, width)
        for k, (side, width) in enumerate(zip(sides, channels, strict=True), start=1)
    }
    return shapes(kind, source, stem=(56, 56, 64), **stages, head=(1000,))


BASIC = imagenet(64, 128, 256, 512)
BOTTLENECK = imagenet(256, 512, 1024, 2048)
BOTTLENECK_DERIVED = imagenet(256, 512, 1024, 2048, kind=SECOND_ROUTE, source="second_route/")
SMALL = shapes(
    PAPER,
    CIFAR,
    stem=(32, 32, 16),
    stage1=(32, 32, 16),
    stage2=(16, 16, 32),
    stage3=(8, 8, 64),
    head=(10,),
)


def resnet_row(net, *, params, macs, **pins):
    return Row(net=net, minimum=32, params=derived(params), macs=derived(macs), **pins)


def small_row(net, depth, params, trainable, macs, field):
    """`depth`: 6n + 2 stacked weighted layers, the paper says."""
    return Row(
        net=net,
        minimum=8,
        params=derived(params),
        trainable=derived(trainable),
        macs=derived(macs),
        stages=SMALL,
        field=derived((field, 4)),
        depth=Pin(depth, PAPER, CIFAR),
    )


ROWS = (
    resnet_row(
        "resnet18",
        params=11_699_112,
        trainable=weights_in_torchvision(11_689_512),
        macs=1_814_073_344,
        stages=BASIC,
        field=derived((435, 32)),
        depth=in_paper(18),
    ),
    resnet_row(
        "resnet34",
        params=21_814_696,
        trainable=weights_in_torchvision(21_797_672),
        macs=3_663_761_408,
        stages=BASIC,
        field=derived((899, 32)),
        depth=in_paper(34),
    ),
    resnet_row(
        "resnet50",
        params=25_610_152,
        trainable=weights_in_torchvision(25_557_032),
        macs=3_857_973_248,
        stages=BOTTLENECK,
        field=field_in_table(50, 483),
        depth=in_paper(50),
    ),
    resnet_row(
        "resnet50_v1_5",
        params=25_610_152,
        trainable=weights_in_torchvision(25_557_032),
        macs=4_089_184_256,
        stages=BOTTLENECK_DERIVED,
        field=derived((427, 32)),
        depth=derived(50),
    ),
    resnet_row(
        "resnet101",
        params=44_654_504,
        trainable=weights_in_torchvision(44_549_160),
        macs=7_570_194_432,
        stages=BOTTLENECK,
        field=field_in_table(101, 1027),
        depth=in_paper(101),
    ),
    resnet_row(
        "resnet152",
        params=60_344_232,
        trainable=weights_in_torchvision(60_192_808),
        macs=11_282_415_616,
        stages=BOTTLENECK,
        field=field_in_table(152, 1507),
        depth=in_paper(152),
    ),
    resnet_row(
        "resnet50v2",
        params=25_594_792,
        trainable=derived(25_549_352),
        macs=4_089_184_256,
        stages=BOTTLENECK_DERIVED,
        field=derived((427, 32)),
        depth=derived(50),
    ),
    resnet_row(
        "resnet101v2",
        params=44_639_144,
        trainable=derived(44_541_480),
        macs=7_801_405_440,
        stages=BOTTLENECK_DERIVED,
        field=derived((971, 32)),
        depth=derived(101),
    ),
    resnet_row(
        "resnet152v2",
        params=60_328_872,
        trainable=derived(60_185_128),
        macs=11_513_626_624,
        stages=BOTTLENECK_DERIVED,
        field=derived((1451, 32)),
        depth=derived(152),
    ),
    resnet_row(
        "plain18",
        params=11_523_496,
        trainable=derived(11_515_688),
        macs=1_794_805_760,
        stages=BASIC,
        field=derived((435, 32)),
        depth=in_paper(18),
    ),
    resnet_row(
        "plain34",
        params=21_639_080,
        trainable=derived(21_623_848),
        macs=3_644_493_824,
        stages=BASIC,
        field=derived((899, 32)),
        depth=in_paper(34),
    ),
    small_row("resnet20_cifar", 20, 271_098, 269_722, 40_551_040, 81),
    small_row("resnet32_cifar", 32, 466_426, 464_154, 68_862_592, 137),
    small_row("resnet44_cifar", 44, 661_754, 658_586, 97_174_144, 193),
    small_row("resnet56_cifar", 56, 857_082, 853_018, 125_485_696, 249),
    small_row("resnet110_cifar", 110, 1_736_058, 1_727_962, 252_887_680, 501),
    small_row("plain20_cifar", 20, 271_098, 269_722, 40_551_040, 81),
    small_row("plain56_cifar", 56, 857_082, 853_018, 125_485_696, 249),
)

# Table 1 of He et al. gives one decimal; it cuts some (3.66, 3.86) and rounds others (7.57).
ROUNDED = (
    Printed("plain34", "macs", 3.6e9, 0.05e9, PAPER, "He et al. 2016, section 3.3"),
    Printed("resnet18", "macs", 1.8e9, 0.1e9, PAPER, RESNET),
    Printed("resnet34", "macs", 3.6e9, 0.1e9, PAPER, RESNET),
    Printed("resnet50", "macs", 3.8e9, 0.1e9, PAPER, RESNET),
    Printed("resnet101", "macs", 7.6e9, 0.1e9, PAPER, RESNET),
    Printed("resnet152", "macs", 11.3e9, 0.1e9, PAPER, RESNET),
    Printed("resnet18", "macs", 1.814e9, 0.5e6, INDEPENDENT, TORCHVISION),
    Printed("resnet34", "macs", 3.664e9, 0.5e6, INDEPENDENT, TORCHVISION),
    Printed("resnet50_v1_5", "macs", 4.089e9, 0.5e6, INDEPENDENT, TORCHVISION),
    Printed("resnet20_cifar", "trainable", 0.27e6, 0.005e6, PAPER, TABLE6),
    Printed("resnet32_cifar", "trainable", 0.46e6, 0.005e6, PAPER, TABLE6),
    Printed("resnet44_cifar", "trainable", 0.66e6, 0.005e6, PAPER, TABLE6),
    Printed("resnet56_cifar", "trainable", 0.85e6, 0.005e6, PAPER, TABLE6),
    Printed("resnet110_cifar", "trainable", 1.7e6, 0.05e6, PAPER, TABLE6),
)
