"""Every data set has the same form, and a wrong name or option is answered with the right ones."""

import numpy as np
import pytest

from course_lib.data import DATASETS, check_images, fashion_mnist, load_dataset


@pytest.mark.parametrize("name", [name for name in DATASETS if name != "solar"])
def test_every_data_set_has_one_form(name):
    data = load_dataset(name)
    for split in (data.train, data.validation, data.test):
        check_images(split.images, split.labels, classes=len(data.class_names))
        assert split.labels.dtype == np.int32
        counts = np.bincount(split.labels, minlength=len(data.class_names))
        assert len(set(counts)) == 1
        first = split.take(2 * len(data.class_names)).labels
        assert set(np.bincount(first)) == {2}
        assert f"{len(split):,}" in data.source
    assert data.license.endswith(".")


def test_options_reach_the_loader():
    assert load_dataset("textures", patch=64).train.images.shape[1:] == (64, 64, 3)
    wanted = fashion_mnist("embedded")
    np.testing.assert_array_equal(
        load_dataset("fashion_mnist", source="embedded").test.images, wanted.test.images
    )


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("mnist", {}, "the data sets are fashion_mnist, digits, textures, solar; got 'mnist'"),
        ("textures", {"size": 3}, "textures takes patch, split, seed, channels; got size"),
        ("digits", {"seed": 3}, "digits takes no options; got seed"),
    ],
)
def test_wrong_names_and_options(name, options, message):
    with pytest.raises(ValueError, match=message):
        load_dataset(name, **options)
