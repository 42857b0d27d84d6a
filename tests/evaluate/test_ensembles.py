"""The two means: by hand, of logits, and where they differ."""

import numpy as np
import pytest
import scipy.special

from course_lib.evaluate import average

LOGITS = np.random.default_rng(0).normal(size=(3, 6, 4))
MEMBERS = scipy.special.softmax(LOGITS, axis=-1)


def test_arithmetic_mean():
    np.testing.assert_allclose(average(MEMBERS), MEMBERS.sum(axis=0) / 3)


def test_geometric_mean_is_the_mean_of_logits():
    wanted = scipy.special.softmax(LOGITS.mean(axis=0), axis=-1)
    np.testing.assert_allclose(average(list(MEMBERS), mean="geometric"), wanted)


def test_a_sure_net_has_a_veto_in_the_geometric_mean_only():
    sure = np.array([[1.0, 0.0]], "float32")
    others = [np.array([[0.2, 0.8]])] * 4
    assert average([sure, *others]).argmax() == 1
    assert average([sure, *others], mean="geometric").argmax() == 0


@pytest.mark.parametrize("mean", ["arithmetic", "geometric"])
def test_rows_sum_to_one_and_one_net_stays_what_it_is(mean):
    np.testing.assert_allclose(average(MEMBERS, mean=mean).sum(axis=1), 1.0)
    np.testing.assert_allclose(average(MEMBERS[:1], mean=mean), MEMBERS[0])


@pytest.mark.parametrize(
    ("members", "settings", "message"),
    [
        (MEMBERS, {"mean": "median"}, "got 'median'"),
        ([], {}, r"got \[\]"),
        ([MEMBERS[0], MEMBERS[1, :3]], {}, r"\(6, 4\), \(3, 4\)"),
        (MEMBERS[0], {}, r"got \[\(4,\)"),
        (LOGITS, {}, "makes probabilities of logits"),
        (LOGITS, {"mean": "geometric"}, "makes probabilities of logits"),
    ],
)
def test_what_cannot_be_averaged_is_refused(members, settings, message):
    with pytest.raises(ValueError, match=message):
        average(members, **settings)
