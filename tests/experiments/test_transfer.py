"""All ways of a seed start from one body and see the same images; what is frozen stays."""

from dataclasses import replace

import numpy as np
import pytest

from course_lib.data import Split
from course_lib.experiments import (
    transfer,
    transfer_far,
    transfer_garments,
    transfer_solar,
    transfer_textures,
)
from course_lib.experiments.plan import Run


def test_source_and_target_share_no_class():
    splits = transfer.load()
    assert {len(np.unique(splits[name].labels)) for name in splits} == {5}
    assert len(splits["train"]) == len(splits["source"]) == 1_500
    assert set(transfer_garments.SOURCE) | set(transfer_garments.TARGET) == set(range(10))
    assert not set(transfer_garments.SOURCE) & set(transfer_garments.TARGET)
    assert len(np.unique(transfer_far.load()["source"].labels)) == 10


def test_chosen_classes_are_numbered_by_their_place():
    split = Split(np.arange(6, dtype="float32").reshape(6, 1, 1, 1), np.array([7, 2, 9, 7, 4, 2]))
    found = transfer.chosen(split, (2, 7))
    assert list(found.labels) == [1, 0, 1, 0]
    assert list(found.images.ravel()) == [0.0, 1.0, 3.0, 5.0]


def test_a_draw_is_balanced_and_fixed_by_its_seed():
    target = transfer.load()["train"]
    first, again, other = (transfer.draw(target, 5, seed) for seed in (0, 0, 1))
    assert list(np.bincount(first.labels)) == [5] * 5
    np.testing.assert_array_equal(first.images, again.images)
    assert not np.array_equal(first.images, other.images)


def test_a_body_is_learned_once_for_a_source_and_a_seed(monkeypatch):
    monkeypatch.setattr(transfer, "_learn", lambda source, seed: [source, seed])
    source = Split(np.zeros((2, 1, 1, 1), "float32"), np.array([0, 1]))
    first = transfer.learned(source, 0)
    assert transfer.learned(source, 0) is first
    other = Split(source.images, source.labels)
    assert transfer.learned(other, 0)[0] is other
    assert transfer.learned(other, 1) == [other, 1]


def test_a_learned_body_fits(monkeypatch):
    monkeypatch.setattr(transfer, "SOURCE", replace(transfer.SOURCE, steps=20))
    weights = transfer.learned(transfer.load()["source"].take(70), 0)
    body = transfer.body()
    fresh = body.get_weights()
    body.set_weights(weights)
    assert any(not np.array_equal(a, b) for a, b in zip(fresh, weights, strict=True))


def test_each_way_trains_its_own_part():
    def trained(way):
        net = transfer_textures.build(way, 0)
        return {w.path for w in net.trainable_variables}, net

    head = {"head_fc/kernel", "head_fc/bias"}
    assert trained("probe")[0] == head
    fixed, moving = trained("fine_tuned")[0], trained("fine_tuned_bn")[0]
    assert head < fixed < moving
    assert not any(path.endswith(("gamma", "beta")) for path in fixed)


def test_patches_are_drawn_as_often_of_each_surface():
    images = np.arange(30, dtype="float32").reshape(30, 1, 1, 1)
    split = Split(images, np.tile([0, 1, 2], 10).astype("int32"))
    found = transfer_textures.take(split, 4, seed=0)
    assert list(found.labels) == [0, 1, 2] * 4
    assert len(np.unique(found.images)) == 12


@pytest.mark.parametrize("arm", ["scratch_random", "probe_random"])
def test_random_patches_change_the_patches_alone(arm):
    random, region = (transfer_textures.ARMS[a] for a in (arm, arm.replace("random", "region")))
    assert {k for k in random if random[k] != region[k]} == {"label", "patches"}


@pytest.mark.parametrize(("arm", "own"), [("scratch_random", True), ("scratch_region", False)])
def test_random_patches_are_judged_on_random_patches(monkeypatch, arm, own):
    judged = {}
    monkeypatch.setattr(
        transfer_textures, "errors", lambda model, splits: judged.update(splits) or {}
    )
    splits = transfer_textures.load()
    transfer_textures.trial(transfer_textures.ARMS[arm], Run(0.001, 0, 1, 15), splits)
    assert len(judged["train"]) == 3 * transfer_textures.MANY
    for name in ("validation", "test"):
        assert len(judged[name]) == len(splits[name])
        assert np.array_equal(judged[name].images, splits[name].images) != own


@pytest.fixture
def cells(monkeypatch):
    """400 made-up cells, whose features tell defective ones, mirrored or not."""
    draw = np.random.default_rng(0)
    kind = (("mono",) * 5 + ("poly",) * 5) * 40
    probability = np.repeat([0.0, 1.0], 200)
    monkeypatch.setattr(transfer_solar, "table", lambda: (range(400), probability, kind))
    monkeypatch.setattr(
        transfer_solar,
        "read_images",
        lambda files, size: np.zeros((len(files), size, size, 1), "float32"),
    )
    monkeypatch.setattr(transfer_solar, "SOME", 4)
    noise = draw.normal(size=(2, 400, 8))
    told = 6.0 * (probability[:, None] > 0.5)
    monkeypatch.setattr(
        transfer_solar, "features", lambda net, side, view: noise[int(view == "mirrored")] + told
    )
    return transfer_solar.load()


@pytest.mark.parametrize("arm", ["lite0", "three", "lite0_machine", "large", "large_blocks"])
def test_solar_cells_are_told_apart_by_their_features(cells, arm):
    splits = {name: cells[name] for name in ("cells", "train", "validation", "test")}
    found = transfer_solar.trial(transfer_solar.ARMS[arm], Run(0.0, 0, 1, 1), splits)
    assert found["test_error"] < 0.02
    assert found["majority_error"] == pytest.approx(0.5, abs=0.0 if arm != "large_blocks" else 0.3)
    assert ("head_epoch_seconds" in found) == (arm == "lite0")


def test_neighbors_stay_together_where_blocks_are_drawn(cells):
    _, probability, kind = transfer_solar.table()
    for arm, together in (("large", False), ("large_blocks", True)):
        split = transfer_solar.ARMS[arm]["split"]
        parts = transfer_solar.split_rows(probability, kind, split=split, seed=0)
        runs = [{row // 5 for row in part} for part in parts]
        assert sorted(row for part in parts for row in part) == list(range(400))
        assert (not set.intersection(runs[0], runs[2])) == together


def test_each_net_sees_the_pixels_of_its_arm(cells, monkeypatch):
    seen = []
    monkeypatch.setattr(
        transfer_solar,
        "features",
        lambda net, side, view: seen.append((net, side)) or np.zeros((400, 1)),
    )
    for arm in ("three", "large"):
        transfer_solar.trial(transfer_solar.ARMS[arm], Run(0.0, 0, 1, 1), cells)
    assert set(seen) == {*transfer_solar.SIDES.items(), *transfer_solar.LARGE.items()}
    assert set(transfer_solar.LARGE.values()) == {300}


def test_an_epoch_on_stored_features_costs_less_than_one_through_the_net(cells):
    found = transfer_solar.epochs(cells["cells"].labels)
    assert found["net_epoch_seconds"] > 10 * found["head_epoch_seconds"] > 0.0


def test_solar_cells_cannot_be_told_apart_by_black_pixels(cells):
    splits = {name: cells[name] for name in ("cells", "train", "validation", "test")}
    found = transfer_solar.trial(transfer_solar.ARMS["pixels"], Run(0.0, 0, 1, 1), splits)
    assert found["test_error"] == 0.5


def test_the_choice_sees_no_test_cells(cells):
    splits = {name: cells[name] for name in ("cells", "train", "validation")}
    found = transfer_solar.trial(transfer_solar.ARMS["lite0"], Run(0.0, 0, 1, 1), splits)
    assert set(found) == {"validation_error", "strength"}
    assert found["strength"] == min(transfer_solar.STRENGTHS)  # all are right: the first of equals


def test_each_split_chooses_on_its_own_validation_cells(cells, monkeypatch):
    """The strength with the lowest error there is kept, whatever the test would have said."""
    judged = []

    class Told:
        def __init__(self, strength):
            self.strength = strength

        def fit(self, x, y):
            self.learned = len(x)
            return self

        def decision_function(self, x):
            judged.append((self.strength, self.learned, len(x)))
            return np.where(np.arange(len(x)) % 100 < self.strength, 1.0, -1.0)

    monkeypatch.setattr(transfer_solar, "classifier", lambda kind, strength: Told(strength))
    splits = {name: cells[name] for name in ("cells", "train", "validation", "test")}
    found = transfer_solar.trial(transfer_solar.ARMS["lite0"], Run(0.0, 1, 1, 1), splits)
    chosen, learned, count = judged.pop()
    assert found["strength"] == chosen
    assert (learned, count) == (300, 100)
    assert judged == [(s, 240, 60) for s in transfer_solar.STRENGTHS]
