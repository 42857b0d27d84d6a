"""Published numbers of MobileNet, for 224x224 RGB."""

from tests.nets.pins import INDEPENDENT, PAPER, Pin, Printed, Row, derived, derived_shapes, shapes

MOBILENET = "Howard et al. 2017 (arXiv 1704.04861), {}"
COUNTED = "osmr/imgclsmob, pytorchcv/models/mobilenet.py, weights asserted in its test"
FIELDS = "google-research/receptive_field, RECEPTIVE_FIELD_TABLE.md, {}/Conv2d_13_pointwise"
RELEASED = "tensorflow/models, research/slim/nets/mobilenet_v1.md"


def maps(quarters):
    """Sides and channels as in table 1; section 3.3: alpha = quarters / 4 times the channels."""
    thin = [channels * quarters // 4 for channels in (32, 64, 128, 256, 512, 1024)]
    parts = ("stem", "stage1", "stage2", "stage3", "stage4", "stage5")
    sides = (112, 112, 56, 28, 14, 7)
    found = {part: (side, side, n) for part, side, n in zip(parts, sides, thin, strict=True)}
    return {**found, "head": (1000,)}


PRINTED = shapes(PAPER, MOBILENET.format("table 1"), **maps(4))
LAYERS = Pin(28, PAPER, MOBILENET.format("section 3.2: 28 layers"))


def row(net, *, stages, params, trainable, macs, field, depth=LAYERS):
    return Row(
        net=net,
        minimum=32,
        params=derived(params),
        trainable=trainable,
        macs=derived(macs),
        stages=stages,
        field=field,
        depth=depth,
    )


def counted(value):
    return Pin(value, INDEPENDENT, COUNTED)


ROWS = (
    row(
        "mobilenet",
        stages=PRINTED,
        params=4_253_864,
        trainable=counted(4_231_976),
        macs=568_740_352,
        field=Pin((315, 32), INDEPENDENT, FIELDS.format("mobilenet_v1")),
    ),
    row(
        "mobilenet_075",
        stages=derived_shapes(**maps(3)),
        params=2_601_976,
        trainable=counted(2_585_560),
        macs=325_400_448,
        field=Pin((315, 32), INDEPENDENT, FIELDS.format("mobilenet_v1_075")),
    ),
    row(
        "mobilenet_050",
        stages=derived_shapes(**maps(2)),
        params=1_342_536,
        trainable=counted(1_331_592),
        macs=149_497_088,
        field=derived((315, 32)),
    ),
    row(
        "mobilenet_025",
        stages=derived_shapes(**maps(1)),
        params=475_544,
        trainable=counted(470_072),
        macs=41_030_272,
        field=derived((315, 32)),
    ),
    row(
        "conv_mobilenet",
        stages=derived_shapes(**maps(4)),
        params=29_306_056,
        trainable=derived(29_294_088),
        macs=4_867_293_184,
        field=derived((315, 32)),
        depth=derived(15),
    ),
)
TABLE6, TABLE4 = MOBILENET.format("table 6"), MOBILENET.format("table 4")
ROUNDED = (
    Printed("mobilenet", "macs", 569e6, 0.5e6, PAPER, TABLE6),
    Printed("mobilenet_075", "macs", 325e6, 0.5e6, PAPER, TABLE6),
    Printed("mobilenet_050", "macs", 149e6, 0.5e6, PAPER, TABLE6),
    Printed("mobilenet_025", "macs", 41e6, 0.5e6, PAPER, TABLE6),
    Printed("mobilenet", "trainable", 4.2e6, 0.05e6, PAPER, TABLE6),
    Printed("mobilenet_075", "trainable", 2.6e6, 0.05e6, PAPER, TABLE6),
    Printed("mobilenet_050", "trainable", 1.3e6, 0.05e6, PAPER, TABLE6),
    Printed("mobilenet_025", "trainable", 0.5e6, 0.05e6, PAPER, TABLE6),
    # Without the classifier's 1.024 million, which the 569 million above include, ours are 4866.3
    Printed("conv_mobilenet", "macs", 4866e6, 1.5e6, PAPER, TABLE4),
    Printed("conv_mobilenet", "trainable", 29.3e6, 0.05e6, PAPER, TABLE4),
    Printed("mobilenet", "macs", 569e6, 0.5e6, INDEPENDENT, RELEASED),
)
