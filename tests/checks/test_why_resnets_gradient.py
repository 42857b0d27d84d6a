"""The parts of a gradient, and the faults that a check knows."""

import numpy as np
import pytest

from course_lib.checks import why_resnets_gradient


@pytest.mark.parametrize("variant", why_resnets_gradient.FORMS)
def test_the_parts_of_a_gradient_are_those_of_a_net(variant):
    rng = np.random.default_rng(5)
    jacobians, gradient = rng.normal(0, 0.5, (3, 4, 4)), rng.normal(size=4)
    direct, other = why_resnets_gradient.split(jacobians, gradient, variant, None)
    keep = 0.5 if variant == "half" else 1.0

    def loss(x):
        for one in jacobians:
            x = keep * x + one @ x
        return gradient @ x

    slopes = np.array([loss(row) for row in np.eye(4)])  # the net is linear
    if variant == "one":
        together = sum(jacobians) + np.eye(4)
        np.testing.assert_allclose(direct + other, gradient @ together)
    else:
        np.testing.assert_allclose(direct + other, slopes)
    np.testing.assert_allclose(direct, keep**3 * gradient)


@pytest.mark.parametrize("variant", why_resnets_gradient.FORMS)
def test_each_fault_changes_a_part_far_beyond_the_tolerance(variant):
    rng = np.random.default_rng(6)
    arrays = rng.normal(0, 0.6, (3, 4, 4)), rng.normal(size=4)
    want = why_resnets_gradient.split(*arrays, variant, None)
    for fault in why_resnets_gradient.faults(variant):
        if (fault, variant) in (("reversed", "one"), ("once", "rest"), ("once", "one")):
            continue
        found = why_resnets_gradient.split(*arrays, variant, fault)
        gaps = [np.abs(a - b).max() / np.abs(b).max() for a, b in zip(found, want, strict=True)]
        assert max(gaps) > 0.01, fault
