"""EfficientNet-Lite: table 1 of Tan & Le 2019 without gates, with a stem and head that stay."""

from tests.nets.second_route.efficientnet import routes

# tensorflow/tpu, models/official/efficientnet/lite: width and depth in tenths, side of the image
SCALES = {
    "lite0": (10, 10, 224),
    "lite1": (10, 11, 240),
    "lite2": (11, 12, 260),
    "lite3": (12, 14, 280),
    "lite4": (14, 18, 300),
}
ROUTES = routes("efficientnet", SCALES, gates=False, fixed_ends=True)
