"""Batches depend on seed, epoch and number, and on nothing else."""

import threading

import keras
import numpy as np
import pytest

from course_lib.data import Split
from course_lib.data.augment import AugmentedBatches, ColorShift, Compose, Mirror, MixUp

DRAW = np.random.default_rng(14)
SPLIT = Split(DRAW.random((50, 4, 4, 1), dtype="float32"), np.arange(50, dtype="int32") % 3)
STRONG = Compose(Mirror(), ColorShift(0.3))


def keep(images, labels, generator):
    return images, labels


def make(augment=STRONG, **settings):
    return AugmentedBatches(SPLIT, augment, **({"batch_size": 10, "seed": 0} | settings))


def epoch(batches):
    """Return all batches of one epoch, and go on to the next."""
    found = [batches[i] for i in range(len(batches))]
    batches.on_epoch_end()
    return found


def equal(one, two):
    return all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


def test_a_batch_is_the_same_however_often_and_in_whatever_order_it_is_asked_for():
    batches, other = make(), make()
    forward = [batches[i] for i in range(5)]
    backward = [other[i] for i in reversed(range(5))][::-1]
    assert all(map(equal, forward, backward))
    assert equal(batches[3], forward[3])


def test_epochs_and_seeds_differ():
    batches = make()
    first, second = epoch(batches), epoch(batches)
    assert not any(map(equal, first, second))
    assert not any(map(equal, first, epoch(make(seed=1))))
    assert all(map(equal, first, epoch(make())))


def test_the_draws_differ_between_epochs_not_only_the_order():
    """One image alone: only what is drawn for it can change."""
    split = Split(SPLIT.images[:1], SPLIT.labels[:1])
    batches = AugmentedBatches(split, ColorShift(0.3), batch_size=1, seed=0)
    values = {epoch(batches)[0][0].tobytes() for _ in range(10)}
    assert len(values) == 10


@pytest.mark.parametrize("steps", [None, 2, 7])
def test_each_image_once_before_any_comes_again(steps):
    """Whatever the length of an epoch: 5 batches of 10 are a round."""
    batches = make(keep, steps=steps)
    seen = [batch for _ in range(10) for batch in epoch(batches)][:10]
    for start in (0, 5):
        images = np.concatenate([images for images, _ in seen[start : start + 5]])
        np.testing.assert_array_equal(np.sort(images.ravel()), np.sort(SPLIT.images.ravel()))
    assert not equal(seen[0], seen[5])


def test_images_keep_their_labels():
    rows = {image.tobytes(): label for image, label in zip(SPLIT.images, SPLIT.labels, strict=True)}
    for images, labels in epoch(make(keep)):
        assert [rows[image.tobytes()] for image in images] == labels.tolist()


def test_batches_are_whole():
    batches = make(batch_size=15)
    assert len(batches) == batches.num_batches == 3
    assert {len(labels) for _, labels in epoch(batches)} == {15}


def test_any_number_of_threads_trains_the_same_net():
    """Through `fit`, which asks for batches to build the net before it asks for the first epoch."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")]
    )
    model.compile("sgd", "categorical_crossentropy")
    start = model.get_weights()

    def trained(**settings):
        model.set_weights(start)
        batches = make(Compose(STRONG, MixUp(3)), **settings)
        model.fit(batches, epochs=3, shuffle=False, verbose=0)
        return model.get_weights()

    alone = trained(threads=0)
    for one, two in zip(alone, trained(threads=3, ahead=9), strict=True):
        np.testing.assert_array_equal(one, two)
    assert not np.array_equal(alone[0], trained(seed=1)[0])


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_threads_give_the_batches_of_none(threads):
    """Across the ends of epochs, too, and when an epoch is left before its end, as Keras does."""
    alone, beside = make(threads=0), make(threads=threads)
    for batches in (alone, beside):
        assert batches[0]
        batches.on_epoch_end()
    assert all(
        equal(*pair) for _ in range(3) for pair in zip(epoch(alone), epoch(beside), strict=True)
    )


def test_batches_are_computed_ahead_but_not_farther_than_asked():
    """After the first batch is given out, the next three are computed without being asked for."""
    calls, three_more = [], threading.Semaphore(0)

    def count(images, labels, generator):
        calls.append(threading.current_thread() is threading.main_thread())
        three_more.release()
        return images, labels

    batches = make(count, threads=2, ahead=3)
    assert batches[0]
    assert all(three_more.acquire(timeout=20) for _ in range(4))
    batches.pool.shutdown()
    assert calls == [False] * 4


def test_an_error_in_a_thread_reaches_the_training():
    def fail(images, labels, generator):
        raise ZeroDivisionError("in augment")

    with pytest.raises(ZeroDivisionError, match="in augment"):
        make(fail, threads=2)[0]


def test_arrays_that_are_changed_in_place_are_copies():
    def blacken(images, labels, generator):
        images[:] = 0.0
        return images, labels

    epoch(make(blacken))
    assert SPLIT.images.min(axis=(1, 2, 3)).max() > 0.0
    assert make(keep)[0][0].max() > 0.0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"batch_size": 51}, "batch_size must be between 1 and 50, got 51"),
        ({"batch_size": 0}, "batch_size must be between 1 and 50, got 0"),
        ({"seed": -1}, "seed must be at least 0, got -1"),
        ({"steps": 0}, "steps must be at least 1, got 0"),
        ({"threads": -1}, "threads must be at least 0, got -1"),
        ({"ahead": 0}, "ahead must be at least 1, got 0"),
    ],
)
def test_wrong_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        make(**settings)


def test_wrong_images_and_numbers_are_refused():
    bytes_ = Split((SPLIT.images * 255).astype("uint8"), SPLIT.labels)
    with pytest.raises(ValueError, match="got uint8"):
        AugmentedBatches(bytes_, Mirror(), batch_size=10, seed=0)
    with pytest.raises(IndexError, match="from 0 to 4, got 5"):
        make()[5]
