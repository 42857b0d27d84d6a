"""Every backend gives the same answers, for every net: each is compared with the stored ones."""

import numpy as np
import pytest

from course_lib.nets import NETS
from tests.nets import outputs

HEADS = {"googlenet_aux": 3, "inception_v3_aux": 2}
TOLERANCE = 1e-4  # of the standard deviation of the answers, behind up to 151 layers


@pytest.mark.parametrize("net", NETS)
def test_answers_are_the_stored_ones(net):
    want, got = outputs.stored()[net], outputs.logits(net)
    assert got.shape == want.shape == (outputs.CLASSES * HEADS.get(net, 1),)
    assert want.std() > 0
    assert np.abs(got - want).max() <= TOLERANCE * want.std()


def test_the_file_holds_every_net_and_no_other():
    assert list(outputs.stored()) == list(NETS)


def test_a_stride_in_another_place_shows():
    """These two have the same weights."""
    stored = outputs.stored()
    gap = np.abs(stored["resnet50"] - stored["resnet50_v1_5"]).max()
    assert gap > 100 * TOLERANCE * stored["resnet50"].std()
