"""Published numbers of the Inception nets: 299x299 RGB for Inception-v3, 224x224 for the others.

Not reproduced, and so not pinned: "12x fewer parameters than AlexNet" (Szegedy et al. 2014,
section 1; ours has 1/8.7 of them); "25 %" more weights and "30 %" more multiply-adds of
BN-Inception (Ioffe & Szegedy 2015, appendix; 60 % and 22 %, all changes together); the 42 layers
and the 4.8 billion operations of Inception-v3 (Szegedy et al. 2015, section 6 and table 3; the
released net has 48 layers on its longest path and 5.7 billion multiply-adds, which torchvision
counts, too).  `test_googlenet.py` compares with table 1 module by module.
"""

from tests.nets.pins import INDEPENDENT, PAPER, Pin, Printed, Row, derived, shapes

GOOGLENET = "Szegedy et al. 2014 (arXiv 1409.4842), table 1"
FIGURE5 = "Ioffe & Szegedy 2015 (arXiv 1502.03167), figure 5"
AUXILIARY = "Szegedy et al. 2014, section 5: the same 1000 classes as the main classifier"
SLIM = "tensorflow/models, research/slim/nets/inception_v3.py, its comments and logits"
V3 = "Szegedy et al. 2015 (arXiv 1512.00567), table 1 and section 6"
TABLE3 = "Szegedy et al. 2015 (arXiv 1512.00567), table 3"
ONNX = "onnx 1.23.2, backend/test/data/light/light_inception_v1.onnx, weights added up"
TORCHVISION = "torchvision, models/inception.py, metadata of the IMAGENET1K_V1 weights"
FIELDS = "google-research/receptive_field, RECEPTIVE_FIELD_TABLE.md, {}"
HEADS = {"head": (1000,)}


def field(value, end_point):
    return Pin((value, 32), INDEPENDENT, FIELDS.format(end_point))


def googlenet(net, *, minimum, weights, macs, auxiliary=None):
    return Row(
        net=net,
        minimum=minimum,
        params=weights,
        trainable=weights,
        macs=derived(macs),
        stages=shapes(
            PAPER,
            GOOGLENET,
            stem=(28, 28, 192),
            stage1=(28, 28, 480),
            stage2=(14, 14, 832),
            stage3=(7, 7, 1024),
            **HEADS,
        )
        | (auxiliary or {}),
        field=derived((715, 32)),
        depth=Pin(22, PAPER, "Szegedy et al. 2014, section 5: 22 layers with parameters"),
    )


def inception_v3(net, *, minimum, params, trainable, macs, **auxiliary):
    return Row(
        net=net,
        minimum=minimum,
        params=derived(params),
        trainable=trainable,
        macs=derived(macs),
        stages=shapes(
            PAPER,
            V3,
            stage1=(35, 35, 288),
            stage2=(17, 17, 768),
            stage3=(8, 8, 2048),
            **HEADS,
        )
        # The stem of table 1 has other layers, and ends in 35x35x288.
        | shapes(INDEPENDENT, SLIM, stem=(35, 35, 192), **auxiliary),
        field=field(1311, "inception_v3/Mixed_7c"),
        depth=derived(48),
    )


ROWS = (
    googlenet(
        "googlenet", minimum=32, weights=Pin(6_998_552, INDEPENDENT, ONNX), macs=1_582_671_872
    ),
    googlenet(
        "googlenet_aux",
        minimum=65,
        weights=derived(13_378_280),
        macs=1_591_044_096,
        auxiliary=shapes(PAPER, AUXILIARY, aux1=(1000,), aux2=(1000,)),
    ),
    Row(
        net="bn_inception",
        minimum=32,
        params=derived(11_208_192),
        trainable=derived(11_188_288),
        macs=derived(1_934_857_216),
        stages=shapes(
            PAPER,
            FIGURE5,
            stem=(28, 28, 192),
            stage1=(28, 28, 320),
            stage2=(14, 14, 576),
            stage3=(7, 7, 1024),
            **HEADS,
        ),
        field=field(699, "inception_v2/Mixed_5c"),
        # The separable convolution counts as two.
        depth=derived(35),
    ),
    inception_v3(
        "inception_v3",
        minimum=75,
        params=23_869_000,
        trainable=derived(23_834_568),
        macs=5_713_216_096,
    ),
    inception_v3(
        "inception_v3_aux",
        minimum=107,
        params=27_197_488,
        trainable=Pin(27_161_264, INDEPENDENT, TORCHVISION),
        macs=5_718_899_296,
        aux1=(1000,),
    ),
)
ROUNDED = (
    Printed("googlenet", "macs", 1.5e9, 0.1e9, PAPER, "Szegedy et al. 2014, section 1"),
    Printed("bn_inception", "macs", 2.0e9, 0.1e9, PAPER, TABLE3),
    # 3.883 billion floating-point operations in front of the head, others than ours among them
    Printed("bn_inception", "macs", 3.883e9 / 2, 8e6, INDEPENDENT, FIELDS.format("inception_v2")),
    # "less than 25 million parameters"
    Printed("inception_v3", "trainable", 24e6, 1e6, PAPER, "Szegedy et al. 2015, abstract"),
    Printed("inception_v3", "macs", 5.713e9, 0.5e6, INDEPENDENT, TORCHVISION),
)
