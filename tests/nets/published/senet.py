"""Published numbers of SE-ResNets, for 224x224 RGB."""

from tests.nets.pins import INDEPENDENT, PAPER, Pin, Printed, Row, derived, derived_shapes
from tests.nets.published.resnet import imagenet

TABLE1 = "Hu et al. 2018 (arXiv 1709.01507), table 1"
TABLE2 = "Hu et al. 2018 (arXiv 1709.01507), table 2"
COUNTED = "osmr/imgclsmob, pytorchcv/models/seresnet.py, weights asserted in its test"
SIZES = "hujie-frank/SENet, README.md, table 1: size of the released file"
FIELD = {18: 435, 34: 899, 50: 483, 101: 1027, 152: 1507}


def row(depth, *, params, trainable, macs, stages):
    return Row(
        net=f"se_resnet{depth}",
        minimum=32,
        params=derived(params),
        trainable=Pin(trainable, INDEPENDENT, COUNTED),
        macs=derived(macs),
        stages=stages,
        field=derived((FIELD[depth], 32)),
        depth=derived(depth),
    )


def shaped(*channels):
    return derived_shapes(**{part: pin.value for part, pin in imagenet(*channels).items()})


ROWS = (
    row(
        18,
        params=11_788_192,
        trainable=11_778_592,
        macs=1_814_160_384,
        stages=shaped(64, 128, 256, 512),
    ),
    row(
        34,
        params=21_975_892,
        trainable=21_958_868,
        macs=3_663_918_592,
        stages=shaped(64, 128, 256, 512),
    ),
    row(
        50,
        params=28_141_144,
        trainable=28_088_024,
        macs=3_860_488_192,
        stages=imagenet(256, 512, 1024, 2048, source=TABLE1),
    ),
    row(
        101,
        params=49_432_216,
        trainable=49_326_872,
        macs=7_574_937_600,
        stages=shaped(256, 512, 1024, 2048),
    ),
    row(
        152,
        params=66_973_272,
        trainable=66_821_848,
        macs=11_288_993_792,
        stages=shaped(256, 512, 1024, 2048),
    ),
)
MIB = 2**20
ROUNDED = (
    # The paper's operations are a little more than the multiply-adds, for the nets without gates
    # (3.86, 7.58, 11.30), too; what the gates add does not show in two decimals.
    Printed("se_resnet50", "macs", 3.87e9, 0.01e9, PAPER, TABLE2),
    Printed("se_resnet101", "macs", 7.60e9, 0.03e9, PAPER, TABLE2),
    Printed("se_resnet152", "macs", 11.32e9, 0.035e9, PAPER, TABLE2),
    # Four bytes a weight; the file holds names, too
    Printed("se_resnet50", "params", 107 * MIB / 4, MIB / 4, INDEPENDENT, SIZES),
    Printed("se_resnet101", "params", 189 * MIB / 4, MIB / 4, INDEPENDENT, SIZES),
    Printed("se_resnet152", "params", 256 * MIB / 4, MIB / 4, INDEPENDENT, SIZES),
)
