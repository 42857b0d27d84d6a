"""Published numbers of AlexNet, for 227x227 RGB images.

The paper prints 224 pixels, of which an 11x11 convolution with stride 4 makes 54x54 maps and not
the 55x55 of its figure 2: 227 pixels make those, or 224 with 2 of zeros on each side.  It gives no
shapes behind its poolings and no multiply-adds.
"""

from tests.nets.pins import INDEPENDENT, PAPER, Pin, Printed, Row, derived, derived_shapes

PAPER_TEXT = "Krizhevsky et al. 2012, {}"
ONNX = "onnx 1.23.2, backend/test/data/light/light_bvlc_alexnet.onnx, weights added up"
FIELDS = "google-research/receptive_field, RECEPTIVE_FIELD_TABLE.md, alexnet_v2/pool5"

STAGES = derived_shapes(
    stage1=(27, 27, 96),
    stage2=(13, 13, 256),
    stage3=(6, 6, 256),
    head=(1000,),
)
FIELD = Pin((195, 32), INDEPENDENT, FIELDS)
DEPTH = Pin(8, PAPER, PAPER_TEXT.format("section 3: eight learned layers"))

ROWS = (
    Row(
        net="alexnet",
        minimum=67,
        params=derived(62_378_344),
        trainable=derived(62_378_344),
        macs=derived(1_135_256_096),
        stages=STAGES,
        field=FIELD,
        depth=DEPTH,
    ),
    Row(
        net="alexnet_grouped",
        minimum=67,
        params=Pin(60_965_224, INDEPENDENT, ONNX),
        trainable=Pin(60_965_224, INDEPENDENT, ONNX),
        macs=derived(724_406_816),
        stages=STAGES,
        field=FIELD,
        depth=DEPTH,
    ),
)
ROUNDED = (
    # "60 million parameters": cut, not rounded
    Printed("alexnet_grouped", "trainable", 60e6, 1e6, PAPER, PAPER_TEXT.format("abstract")),
)
