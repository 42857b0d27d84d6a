"""The arms of the LeNet-5 experiment are the nets that their names say."""

import pytest

from course_lib.cost import cost
from course_lib.experiments import lenet
from course_lib.experiments.plan import Run

TRAINABLE = {
    "original": 60_000,  # the paper's count
    # 840 fixed weights of the output give way to 84 x 10 + 10
    "original_softmax": 60_000 + 850,
    # C3 reads all maps: 16 x (6 x 25 + 1) in place of 1,516
    "smooth": 60_850 - 1_516 + 2_416,
    "relu": 61_750,
    # pooling without its 2 x 6 + 2 x 16 weights
    "max": 61_706,
    "modern": 61_706,
    "textbook": 61_706,
}


@pytest.fixture(scope="module")
def nets():
    return {arm: lenet.build(settings) for arm, settings in lenet.ARMS.items()}


@pytest.mark.parametrize("arm", TRAINABLE)
def test_trainable_weights(nets, arm):
    assert cost(nets[arm]).trainable == TRAINABLE[arm]


def test_every_arm_is_pinned(nets):
    assert set(TRAINABLE) == set(nets)


def _kinds(net):
    return [type(layer).__name__ for layer in net.layers]


def test_only_the_output_differs_between_the_originals(nets):
    original, softmax = _kinds(nets["original"]), _kinds(nets["original_softmax"])
    shared = original.index("RadialBasis")
    assert original[:shared] == softmax[:shared]
    assert softmax[shared:] == ["Dense"]


@pytest.mark.parametrize(("arm", "activation"), [("smooth", "scaled_tanh"), ("relu", "relu")])
def test_activation_is_the_named_one(nets, arm, activation):
    convolution = nets[arm].get_layer("stage1_conv")
    assert convolution.activation.__name__ == activation
    assert "Subsampling" in _kinds(nets[arm])


def test_images_are_padded_and_splits_kept_apart():
    splits = lenet.load()
    assert {name: s.images.shape for name, s in splits.items()} == {
        "train": (8_000, 32, 32, 1),
        "validation": (2_000, 32, 32, 1),
        "test": (3_000, 32, 32, 1),
    }
    assert splits["train"].images[:, :2].max() == 0.0


def test_a_trial_measures_the_splits_it_is_given():
    splits = {name: split.take(100) for name, split in lenet.load().items() if name != "test"}
    found = lenet.trial(lenet.ARMS["modern"], Run(0.001, 0, 4, 20), splits)
    assert set(found) == {"train_error", "validation_error", "curve_step", "curve_error"}
    assert found["curve_step"] == [1, 2, 3, 4]
    assert 0.0 <= found["validation_error"] <= 1.0
