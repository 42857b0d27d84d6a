"""Factorized kernels read the same square with fewer weights."""

import keras

from course_lib.experiments import factorization


def test_factorized_kernels_cost_what_the_paper_says():
    """18/25 and 10/25 of a 5x5, in the two stages; the stem and the classifier are the same."""
    counts = {
        name: sum(
            layer.kernel.shape[0] * layer.kernel.shape[1]
            for layer in factorization.build(arm).layers
            if layer.name.startswith("stage") and isinstance(layer, keras.layers.Conv2D)
        )
        for name, arm in factorization.ARMS.items()
    }
    assert counts == {"five": 50, "two_three": 36, "asymmetric": 20}
