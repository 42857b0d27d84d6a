"""Published numbers of EfficientNets, for RGB images of their own resolutions.

The paper's weights count the running statistics of the normalizations for some sizes and cut
instead of rounding for others.  Of its multiply-adds those of B4 and B5, 4.2 and 9.9 billion, do
not follow from its table 1 and the released coefficients, nor quite those of B6 and B7: the nets
have 4.394 and 10.266 billion, as in torchvision.  B2 takes 260 pixels here, as in the authors'
code; torchvision gives its B2 288, and prints the multiply-adds for those (`test_efficientnet.py`).
"""

from tests.nets.pins import INDEPENDENT, PAPER, Pin, Printed, Row, derived, derived_shapes

COUNTED = "torchvision, models/efficientnet.py, metadata of the IMAGENET1K_V1 weights"
TABLE2 = "Tan & Le 2019 (arXiv 1905.11946), table 2"


def parts(sides, channels):
    names = ("stem", "stage1", "stage2", "stage3", "stage4", "stage5")
    maps = zip(names, (sides[0], *sides), channels, strict=True)
    return derived_shapes(**{name: (side, side, n) for name, side, n in maps}, head=(1000,))


def row(size, *, params, trainable, macs, stages, field, depth):
    return Row(
        net=f"efficientnet_{size}",
        minimum=32,
        params=derived(params),
        trainable=Pin(trainable, INDEPENDENT, COUNTED),
        macs=derived(macs),
        stages=parts(*stages),
        field=derived((field, 32)),
        depth=derived(depth),
    )


ROWS = (
    row(
        "b0",
        params=5_330_564,
        trainable=5_288_548,
        macs=385_814_752,
        stages=((112, 56, 28, 14, 7), (32, 16, 24, 40, 112, 1280)),
        field=851,
        depth=50,
    ),
    row(
        "b1",
        params=7_856_232,
        trainable=7_794_184,
        macs=686_802_832,
        stages=((120, 60, 30, 15, 8), (32, 16, 24, 40, 112, 1280)),
        field=1183,
        depth=70,
    ),
    row(
        "b2",
        params=9_177_562,
        trainable=9_109_994,
        macs=993_561_872,
        stages=((130, 65, 33, 17, 9), (32, 16, 24, 48, 120, 1408)),
        field=1183,
        depth=70,
    ),
    row(
        "b3",
        params=12_320_528,
        trainable=12_233_232,
        macs=1_827_141_392,
        stages=((150, 75, 38, 19, 10), (40, 24, 32, 48, 136, 1536)),
        field=1407,
        depth=79,
    ),
    row(
        "b4",
        params=19_466_816,
        trainable=19_341_616,
        macs=4_393_771_024,
        stages=((190, 95, 48, 24, 12), (48, 24, 32, 56, 160, 1792)),
        field=1799,
        depth=97,
    ),
    row(
        "b5",
        params=30_562_520,
        trainable=30_389_784,
        macs=10_266_384_752,
        stages=((228, 114, 57, 29, 15), (48, 24, 40, 64, 176, 2048)),
        field=2131,
        depth=117,
    ),
    row(
        "b6",
        params=43_265_136,
        trainable=43_040_704,
        macs=19_067_593_536,
        stages=((264, 132, 66, 33, 17), (56, 32, 40, 72, 200, 2304)),
        field=2523,
        depth=135,
    ),
    row(
        "b7",
        params=66_658_680,
        trainable=66_347_960,
        macs=37_745_884_192,
        stages=((300, 150, 75, 38, 19), (64, 32, 48, 80, 224, 2560)),
        field=3079,
        depth=164,
    ),
)


def printed(size, millions, billions):
    """Weights and multiply-adds in table 2, within a unit of the last digit printed."""
    net = f"efficientnet_{size}"
    return (
        Printed(net, "params", millions * 1e6, (0.1 if millions < 10 else 1) * 1e6, PAPER, TABLE2),
        Printed(net, "macs", billions * 1e9, (0.02 if billions < 1 else 0.1) * 1e9, PAPER, TABLE2),
    )


def in_torchvision(size, billions):
    return Printed(f"efficientnet_{size}", "macs", billions * 1e9, 0.5e6, INDEPENDENT, COUNTED)


ROUNDED = (
    *printed("b0", 5.3, 0.39),
    *printed("b1", 7.8, 0.70),
    *printed("b2", 9.2, 1.0),
    *printed("b3", 12, 1.8),
    printed("b4", 19, 4.2)[0],
    printed("b5", 30, 9.9)[0],
    *printed("b6", 43, 19),
    printed("b7", 66, 37)[0],
    in_torchvision("b0", 0.386),
    in_torchvision("b1", 0.687),
    in_torchvision("b3", 1.827),
    in_torchvision("b4", 4.394),
    in_torchvision("b5", 10.266),
    in_torchvision("b6", 19.068),
    in_torchvision("b7", 37.746),
)
