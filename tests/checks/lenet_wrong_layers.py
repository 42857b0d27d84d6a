"""Wrong answers to the question on the connections of C3."""

import keras
import numpy as np

from tests.checks.lenet_bank import nothing, stopping
from tests.checks.lenet_right import connections_by_lists


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
    (
        table(lambda *_: np.array(connections_by_lists(6))),
        r"expected \(8, 21\), with 8 \+ 8 \+ 4 \+ 1 col",
    ),
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
