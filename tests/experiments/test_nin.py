"""The arms differ in their heads; shifted images hold the same garment, moved."""

import numpy as np

from course_lib.data import Split
from course_lib.experiments import nin


def test_trunks_are_equal_and_heads_are_not():
    nets = {name: nin.build(settings) for name, settings in nin.ARMS.items()}
    trunks = {
        name: [layer.name for layer in net.layers if layer.name.startswith("stage")]
        for name, net in nets.items()
    }
    assert trunks["average"] == trunks["dense"] == trunks["hidden"]
    heads = {
        name: sum(layer.count_params() for layer in net.layers if layer.name.startswith("head"))
        for name, net in nets.items()
    }
    assert heads == {"average": 490, "dense": 4_330, "hidden": 56_714}


def test_a_shift_moves_each_image_by_its_own_and_at_most_two_pixels():
    images = np.zeros((50, 14, 14, 1), "float32")
    images[:, 7, 7] = 1.0
    moved = nin.shifted(Split(images, np.zeros(50, "int32"))).images
    rows, columns = np.array([np.argwhere(image[..., 0])[0] for image in moved]).T
    assert set(rows) == set(columns) == {5, 6, 7, 8, 9}
    assert len(set(zip(rows, columns, strict=True))) > 10
    again = nin.shifted(Split(images, np.zeros(50, "int32"))).images
    np.testing.assert_array_equal(moved, again)
