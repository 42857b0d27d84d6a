"""Options A, B and C: nets that differ in their shortcuts only."""

import pytest

from course_lib.experiments import resnet_shortcuts


@pytest.mark.parametrize(
    ("arm", "projections", "further_weights"),
    # convolutions of 1x1: 8 to 16 and 16 to 32 channels; with C, also three of 8, two of 16 and
    # two of 32; each with gamma, beta and two running averages a channel
    [
        ("option_a", 0, 0),
        ("option_b", 2, 8 * 16 + 16 * 32 + 4 * (16 + 32)),
        (
            "option_c",
            9,
            8 * 16 + 16 * 32 + 3 * 8 * 8 + 2 * (16 * 16 + 32 * 32) + 4 * 3 * (8 + 16 + 32),
        ),
    ],
)
def test_arms_differ_by_their_projections(arm, projections, further_weights):
    net = resnet_shortcuts.build(resnet_shortcuts.ARMS[arm])
    plain = resnet_shortcuts.build(resnet_shortcuts.ARMS["option_a"])
    found = [layer for layer in net.layers if layer.name.endswith("_skip_conv")]
    assert len(found) == projections
    assert net.count_params() - plain.count_params() == further_weights
