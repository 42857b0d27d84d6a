"""Published numbers of EfficientNet-Lite, for RGB images of their own resolutions.

The multiply-adds that the authors print, 407 million for Lite0 to 2.64 billion for Lite4, are 3 to
6 % above those of all convolutions and the classifier: 385 million and 2.55 billion.
"""

from tests.nets.pins import INDEPENDENT, Printed, Row, derived
from tests.nets.published.efficientnet import parts

RELEASED = "tensorflow/tpu, models/official/efficientnet/lite/README.md"


def row(size, *, params, trainable, macs, stages, field, depth):
    return Row(
        net=f"efficientnet_{size}",
        minimum=32,
        params=derived(params),
        trainable=derived(trainable),
        macs=derived(macs),
        stages=parts(*stages),
        field=derived((field, 32)),
        depth=derived(depth),
    )


ROWS = (
    row(
        "lite0",
        params=4_694_024,
        trainable=4_652_008,
        macs=385_187_552,
        stages=((112, 56, 28, 14, 7), (32, 16, 24, 40, 112, 1280)),
        field=851,
        depth=50,
    ),
    row(
        "lite1",
        params=5_470_344,
        trainable=5_416_680,
        macs=600_185_232,
        stages=((120, 60, 30, 15, 8), (32, 16, 24, 40, 112, 1280)),
        field=1115,
        depth=65,
    ),
    row(
        "lite2",
        params=6_150_168,
        trainable=6_092_072,
        macs=859_736_272,
        stages=((130, 65, 33, 17, 9), (32, 16, 24, 48, 120, 1280)),
        field=1115,
        depth=65,
    ),
    row(
        "lite3",
        params=8_273_768,
        trainable=8_197_096,
        macs=1_383_321_872,
        stages=((140, 70, 35, 18, 9), (32, 24, 32, 48, 136, 1280)),
        field=1339,
        depth=74,
    ),
    row(
        "lite4",
        params=13_118_936,
        trainable=13_006_568,
        macs=2_553_034_336,
        stages=((150, 75, 38, 19, 10), (32, 24, 32, 56, 160, 1280)),
        field=1731,
        depth=92,
    ),
)


def printed(size, millions):
    net = f"efficientnet_{size}"
    return Printed(net, "trainable", millions * 1e6, 0.05e6, INDEPENDENT, RELEASED)


ROUNDED = (
    printed("lite0", 4.7),
    printed("lite1", 5.4),
    printed("lite2", 6.1),
    printed("lite3", 8.2),
    printed("lite4", 13.0),
)
