"""Published numbers of LeNet-5, for 32x32 grey images."""

from tests.nets.pins import PAPER, Pin, Row, derived, shapes

LENET = "LeCun et al. 1998, section II-B and figure 2"

ROWS = (
    Row(
        net="lenet5",
        minimum=32,
        params=derived(61_706),
        trainable=derived(61_706),
        macs=derived(416_520),
        stages=shapes(
            PAPER, LENET, stage1=(14, 14, 6), stage2=(5, 5, 16), stage3=(1, 1, 120), head=(10,)
        ),
        field=derived((32, 4)),
        depth=derived(5),
    ),
    Row(
        net="lenet5_original",
        minimum=32,
        params=derived(60_840),
        trainable=Pin(60_000, PAPER, LENET),
        macs=derived(326_520),
        stages=shapes(
            PAPER,
            LENET,
            stem=(32, 32, 1),
            stage1=(14, 14, 6),
            stage2=(5, 5, 16),
            stage3=(1, 1, 120),
            head=(10,),
        ),
        field=derived((32, 4)),
        depth=Pin(7, PAPER, "LeCun et al. 1998, section II-B: 7 layers, the input not counted"),
    ),
)
ROUNDED = ()
