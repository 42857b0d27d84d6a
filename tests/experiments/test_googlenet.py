"""Auxiliary heads add outputs and nothing else."""

import pytest

from course_lib.experiments import googlenet


@pytest.mark.parametrize("depth", googlenet.DEPTHS)
def test_heads_are_the_only_difference(depth):
    alone, helped = (
        googlenet.build(googlenet.ARMS[f"{kind}_{depth}"]) for kind in ("without", "with")
    )
    assert (len(alone.outputs), len(helped.outputs)) == (1, 3)
    shared = [layer.name for layer in helped.layers if not layer.name.startswith("aux")]
    assert shared == [layer.name for layer in alone.layers]
    read = [helped.get_layer(f"aux{i}_pool").input.shape[1:3] for i in (1, 2)]
    assert read == [(14, 14), (7, 7)]  # before and after the pooling in the middle
