"""Published numbers of All-CNN-C, for 32x32 RGB images.

Table 3 prints about 1.4 M for All-CNN-C, table 4 about 1.3 M: 1,369,738 rounded and cut.
Table 3 prints about 1.3 M weights for model C and Strided-CNN-C, too, which table 2 does not give:
its layers have 954,730 (`test_all_cnn.py`).
"""

from tests.nets.pins import PAPER, Printed, Row, derived, derived_shapes

TABLE3 = "Springenberg et al. 2015 (arXiv 1412.6806), table 3"

ROWS = (
    Row(
        net="all_cnn",
        minimum=9,
        params=derived(1_369_738),
        trainable=derived(1_369_738),
        macs=derived(270_798_336),
        stages=derived_shapes(
            stem=(32, 32, 3),
            stage1=(16, 16, 96),
            stage2=(8, 8, 192),
            stage3=(6, 6, 192),
            head=(10,),
        ),
        field=derived((27, 4)),
        depth=derived(9),
    ),
)
ROUNDED = (Printed("all_cnn", "trainable", 1.4e6, 0.05e6, PAPER, TABLE3),)
