"""Published numbers of NiN: 224x224 RGB for the net for ImageNet, 32x32 for the other.

The paper prints neither widths nor weights; the second route starts from the author's files.
"""

from tests.nets.pins import PAPER, Printed, Row, derived, derived_shapes

ALL_CNN = "Springenberg et al. 2015 (arXiv 1412.6806), which prints about 1 M"


def row(net, minimum, weights, macs, field, depth, **stages):
    return Row(
        net=net,
        minimum=minimum,
        params=derived(weights),
        trainable=derived(weights),
        macs=derived(macs),
        stages=derived_shapes(**stages),
        field=derived(field),
        depth=derived(depth),
    )


ROWS = (
    row(
        "nin",
        39,
        7_595_176,
        1_100_188_800,
        (195, 32),
        12,
        stage1=(27, 27, 96),
        stage2=(13, 13, 256),
        stage3=(6, 6, 384),
        stage4=(6, 6, 1024),
        head=(1000,),
    ),
    row(
        "nin_cifar",
        4,
        966_986,
        222_486_528,
        (27, 4),
        9,
        stage1=(16, 16, 96),
        stage2=(8, 8, 192),
        stage3=(8, 8, 192),
        head=(10,),
    ),
)
ROUNDED = (Printed("nin_cifar", "trainable", 1e6, 0.05e6, PAPER, ALL_CNN),)
