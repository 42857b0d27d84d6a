"""The questions on two layers of LeNet: wrong answers, right ones, mutants."""

import re

import keras
import numpy as np
import pytest
from keras import layers, ops

from course_lib.checks import lenet as check
from course_lib.nets.lenet import C3_TABLE
from tests.checks.judging import define, judge, kill_all, solution
from tests.checks.lenet_bank import each, nothing, sizes, stopping
from tests.checks.lenet_right import RIGHT, Affine, connections_by_lists


def table(change):
    """Return a `connections` that changes a right table, (maps, columns)."""

    def connections(maps):
        return change(np.array(connections_by_lists(maps)), maps)

    return connections


def of_columns(columns):
    """Return a `connections` made of `columns(maps)`, sets of the maps that a column reads."""

    def connections(maps):
        return [[row in column for column in columns(maps)] for row in range(maps)]

    return connections


def scheme(three, four, pairs):
    """Return the columns of a table from the three rules, each (first map, number of maps)."""

    def columns(n):
        groups = ((three, n), (four, n), (pairs, n // 2))
        return [set(rule(i, n)) for rule, count in groups for i in range(count)] + [set(range(n))]

    return of_columns(columns)


def run(length):
    return lambda i, n: [(i + k) % n for k in range(length)]


def opposite(i, n):
    return (i, i + 1, (i + n // 2) % n, (i + n // 2 + 1) % n)


CONNECTIONS = (
    (table(lambda t, _: np.ones_like(t)), "full C3 of textbooks"),
    (table(lambda t, _: np.zeros_like(t)), r"read three neighbours, but here they read \[0\]"),
    (table(lambda t, _: t.T), "lies on its side"),
    (table(lambda t, _: t[:, :-1]), r"shape \(6, 15\); expected \(6, 16\)"),
    (
        table(lambda t, _: np.where(np.arange(t.shape[1]) == t.shape[1] - 1, False, t)),
        "last column",
    ),
    (table(lambda t, _: np.where(t, "X", ".")), "True and False"),
    (table(lambda t, _: [np.flatnonzero(row) for row in t]), r"shape \(6, 10\); expected"),
    (table(lambda t, _: [row[i:] for i, row in enumerate(t)]), "list of rows, all of one"),
    (table(lambda t, _: (row for row in t)), "list of rows, .* not one generator"),
    (table(lambda t, _: zip(*t.T, strict=True)), "list of rows, .* not one zip"),
    (table(lambda t, n: keras.Input(t.shape)), "list of rows"),
    (lambda maps: maps, "list of rows, .* not one int"),
    (
        table(
            lambda t, n: t[
                :, [i // 2 + n * (i % 2) for i in range(2 * n)] + [*range(2 * n, t.shape[1])]
            ]
        ),
        r"they read \[3, 4\] maps$",
    ),
    (table(lambda *_: np.array(connections_by_lists(6))), r"shape \(6, 16\); expected \(8, 21\)"),
    (table(lambda t, n: np.hstack([t[:, n : 2 * n], t[:, :n], t[:, 2 * n :]])), r"read \[4\] maps"),
    (
        scheme(lambda i, n: range(i, min(i + 3, n)), run(4), opposite),
        r"they read \[1, 2, 3\] maps; .* in a circle",
    ),
    (
        scheme(lambda i, n: range(min(i, n - 3), min(i, n - 3) + 3), run(4), opposite),
        "column 4 of this group begins at map 3",
    ),
    (scheme(lambda i, n: [(i + k) % n for k in (0, 2, 4)], run(4), opposite), "not side by side"),
    (scheme(lambda i, n: {i, (i + 1) % n, (i + n // 2) % n}, run(4), opposite), "not side by side"),
    (scheme(lambda i, n: [(i + k) % n for k in (-1, 0, 1)], run(4), opposite), "expected 0"),
    (scheme(run(4), run(4), opposite), r"three neighbours, but here they read \[4\] maps"),
    (scheme(run(3), run(3), opposite), r"four neighbours, but here they read \[3\] maps"),
    (scheme(run(3), run(4), run(4)), "no two pairs"),
    (scheme(run(3), run(4), run(2)), r"half a turn apart, but here they read \[2\] maps"),
    (
        scheme(run(3), run(4), lambda i, n: [(i + k) % n for k in (0, 1, 3, 4)]),
        "maps=8.*not opposite",
    ),
    (
        scheme(run(3), run(4), lambda i, n: opposite((i + 1) % n, n)),
        "half a turn apart, but column",
    ),
    (scheme(run(3), lambda i, n: run(4)(i + 1, n), opposite), "begins at map"),
    (nothing, "is a return missing"),
    (stopping, "stopped with KeyError"),
)


class Weighted(layers.Layer):
    """`rule(layer, x)` of a tensor, with weights `a` and `b` of given shapes."""

    def __init__(self, rule, a=None, b=None):
        super().__init__()
        self.rule, self.shapes = rule, (a, b)

    def build(self, shape):
        maps = (shape[-1],)
        pixels = (1, *shape[1:])
        sizes = {"map": maps, "pixel": pixels, "one": (1,), "few": (3, *maps)}
        a, b = self.shapes
        self.a = self.add_weight(shape=sizes[a], initializer="ones") if a else None
        self.b = self.add_weight(shape=sizes[b], initializer="zeros") if b else None

    def call(self, x):
        return self.rule(self, x)


def scale(layer, x):
    return x * layer.a + layer.b


def pooled(x, window, stride):
    return layers.Rescaling(window**2)(layers.AveragePooling2D(window, stride)(x))


def on_sums(layer):
    """Return a `subsampling` that applies `layer()` to the sums, then the activation."""

    def subsampling(x, *, window, stride, activation):
        return layers.Activation(activation)(layer()(pooled(x, window, stride)))

    return subsampling


def with_pool(pool):
    """Return a `subsampling` with another tensor of windows, `pool(x, window, stride)`."""

    def subsampling(x, *, window, stride, activation):
        return layers.Activation(activation)(Affine()(pool(x, window, stride)))

    return subsampling


def squashed_first(x, *, window, stride, activation):
    return Affine()(layers.Activation(activation)(pooled(x, window, stride)))


def squashed_twice(x, *, window, stride, activation):
    squash = keras.activations.get(activation)
    return squash(squash(Affine()(pooled(x, window, stride))))


def squashed_before_pooling(x, *, window, stride, activation):
    return Affine()(pooled(layers.Activation(activation)(x), window, stride))


def never_squashed(x, *, window, stride, activation):
    return Affine()(pooled(x, window, stride))


def always_tanh(x, *, window, stride, activation):
    return ops.tanh(Affine()(pooled(x, window, stride)))


def layer_not_tensor(x, *, window, stride, activation):
    return layers.AveragePooling2D(window, stride)


def padded(x, window, stride):
    total = layers.AveragePooling2D(window, stride, padding="same")(x)
    return layers.Rescaling(window**2)(total)


def depthwise(x, *, window, stride, activation):
    return layers.DepthwiseConv2D(window, stride, activation=activation)(x)


def dropped(x, *, window, stride, activation):
    kept = layers.Dropout(0.5)(pooled(x, window, stride))
    return layers.Activation(activation)(Affine()(kept))


SUBSAMPLING = (
    (on_sums(lambda: layers.Activation("linear")), "average pooling alone"),
    (on_sums(lambda: Weighted(lambda w, x: x * w.a, "map")), "one weight a map"),
    (on_sums(lambda: Weighted(lambda w, x: x + w.b, None, "map")), "one weight a map"),
    (on_sums(lambda: Weighted(scale, "pixel", "pixel")), "a coefficient and a bias for each pixel"),
    (on_sums(lambda: Weighted(scale, "pixel", "map")), "a coefficient for each pixel"),
    (on_sums(lambda: Weighted(scale, "one", "one")), "each map has its own pair"),
    (on_sums(lambda: Weighted(lambda w, x: x * w.a[0] + w.b, "few", "map")), "expected two a map"),
    (
        on_sums(lambda: Weighted(lambda w, x: (x + w.b) * w.a, "map", "map")),
        "multiplies the bias too",
    ),
    (on_sums(lambda: Weighted(lambda w, x: x * w.a * w.a + w.b, "map", "map")), "other numbers"),
    (
        on_sums(lambda: Weighted(lambda w, x: x * ops.mean(w.a) + w.b, "map", "map")),
        "other numbers",
    ),
    (on_sums(layers.BatchNormalization), "batch normalization"),
    (on_sums(lambda: layers.Conv2D(4, 1)), "maps|expected two a map"),
    (on_sums(lambda: Weighted(lambda w, x: x * ops.abs(w.a) + w.b, "map", "map")), "other numbers"),
    (
        on_sums(lambda: Weighted(lambda w, x: x * ops.relu(w.a) + w.b, "map", "map")),
        "other numbers",
    ),
    (on_sums(lambda: Weighted(lambda w, x: x * w.a + ops.abs(w.b), "map", "map")), "other numbers"),
    (on_sums(lambda: Weighted(lambda w, x: 0 * x * w.a + w.b, "map", "map")), "other numbers"),
    (depthwise, "a coefficient for each pixel of the window"),
    (
        with_pool(lambda x, w, s: layers.Rescaling(4)(layers.AveragePooling2D(w, s)(x))),
        "window=3.*mean times 4, not times window",
    ),
    (
        with_pool(lambda x, w, s: layers.Rescaling(w)(layers.AveragePooling2D(w, s)(x))),
        "mean times window, not times window",
    ),
    (with_pool(lambda x, w, s: layers.AveragePooling2D(w, s)(x)), "multiplies the mean"),
    (with_pool(lambda x, w, s: layers.MaxPooling2D(w, s)(x)), "max pooling"),
    (with_pool(padded), "nothing is padded"),
    (with_pool(lambda x, w, _: pooled(x, w, w)), "maps .* expected"),
    (with_pool(lambda x, _, s: pooled(x, s, s)), "expected|must be the sum of its window"),
    (with_pool(lambda x, _, s: pooled(x, 2, s)), "maps .* expected"),
    (with_pool(lambda x, w, s: ops.abs(pooled(x, w, s))), "must be the sum of its window"),
    (with_pool(lambda x, w, s: pooled(ops.flip(x, -1), w, s)), "must be the sum of its window"),
    (never_squashed, "the activation is missing"),
    (squashed_first, "comes last and once"),
    (squashed_twice, "comes last and once"),
    (squashed_before_pooling, "comes last and once"),
    (always_tanh, "nothing is squashed"),
    (dropped, "training mode"),
    (layer_not_tensor, "returned AveragePooling2D; expected the Keras tensor"),
    (lambda x, **_: np.zeros(x.shape[1:]), "returned ndarray"),
    (nothing, "is a return missing"),
    (stopping, "stopped with KeyError"),
)


WRONG = {"connections": CONNECTIONS, "subsampling": SUBSAMPLING}
EQUIVALENT = {}


@pytest.fixture(autouse=True)
def seed(monkeypatch):
    monkeypatch.setenv("COURSE_CHECK_SEED", "1")


@pytest.mark.parametrize(("question", "answer"), each({name: RIGHT[name] for name in WRONG}))
def test_other_right_answers_are_taken(question, answer):
    assert judge(getattr(check, question), answer) is None


@pytest.mark.parametrize(("question", "answer", "message"), each(WRONG))
def test_a_wrong_answer_is_told_why(question, answer, message):
    said = judge(getattr(check, question), answer)
    assert said is not None
    assert re.search(message, said, re.IGNORECASE | re.DOTALL), said


@pytest.mark.parametrize("question", WRONG)
def test_no_mutant_of_the_solution_survives(question, record_property):
    record_property("summary", sizes(question, WRONG[question]))
    equivalent = EQUIVALENT.get(question, {})
    record_property("summary", kill_all("lenet", question, getattr(check, question), equivalent))


def test_the_scheme_for_six_maps_is_the_table_of_the_paper():
    connections = define(solution("lenet", "connections"), "connections")
    paper = [[mark == "X" for mark in row] for row in C3_TABLE]
    np.testing.assert_array_equal(connections(6), paper)


@pytest.mark.parametrize("drawn", range(5))
def test_a_filter_for_each_map_is_never_taken_for_one_that_mixes_them(drawn, monkeypatch):
    monkeypatch.setenv("COURSE_CHECK_SEED", str(drawn))
    assert "each pixel of the window" in judge(check.subsampling, depthwise)
