"""Members, snapshots and views of one trial."""

from itertools import pairwise

import numpy as np
import pytest

from course_lib.experiments import evaluation
from course_lib.experiments.plan import Run


@pytest.fixture(scope="module")
def splits():
    return {name: s.take(60) for name, s in evaluation.load().items() if name != "test"}


def test_the_frame_is_cut_off_again(splits):
    images = splits["train"].images
    assert images.shape[1:] == (16, 16, 1)
    assert evaluation.center(images).shape[1:] == (14, 14, 1)
    assert images.sum() == pytest.approx(evaluation.center(images).sum())


@pytest.mark.parametrize(("snapshots", "steps"), [(False, 4), (True, 1)])
def test_a_snapshot_has_a_quarter_of_the_budget_and_keeps_its_weights(splits, snapshots, steps):
    given = []

    def fit(model, batches, **settings):
        given.append((id(model), settings["steps"]))
        model.weights[0].assign(model.weights[0] + 1.0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "fit", fit)
        nets = list(
            evaluation._members(
                {"crops": False, "snapshots": snapshots}, Run(0.1, 0, 4, 20), splits["train"]
            )
        )
    assert [count for _, count in given] == [steps] * 4
    assert len({model for model, _ in given}) == (1 if snapshots else 4)
    first = [net.get_weights()[0] for net in nets]
    assert all(not np.array_equal(a, b) for a, b in pairwise(first))
    if snapshots:
        np.testing.assert_allclose(first[3] - first[0], 3.0, rtol=1e-5)
