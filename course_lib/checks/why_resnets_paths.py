"""Check of the question of the why_resnets exercises that counts paths by their convolutions."""

from collections.abc import Iterator, Sequence
from math import comb
from typing import Any

from course_lib.checks.cases import case
from course_lib.checks.verdict import expect_number, fresh_cases, merged, passed

NAMES = ("branches", "plain", "k")
EXAMPLE = ((2, 2, 3), 1, 6)  # that the notebook gives, with the answer below
ANSWER = 2
ONE, SEVERAL, NONE = "branches of one length", "branches of several lengths", "a length of no path"
CASES: tuple[tuple[str, tuple[Sequence[int], int, int]], ...] = (
    (ONE, ((2, 2, 2, 2, 2), 1, 7)),
    (ONE, ((3, 3, 3, 3, 3, 3), 0, 6)),
    (ONE, ((1, 1, 1, 1, 1, 1, 1), 3, 7)),
    (SEVERAL, EXAMPLE),
    (SEVERAL, ((2, 3, 2, 4, 3), 2, 9)),
    (SEVERAL, ((3, 2, 1, 2, 3, 1), 1, 7)),
    (NONE, ((2, 2, 4, 2), 0, 5)),
    (NONE, ((3, 2, 3), 2, 1)),
)


def paths_of_length(answer) -> None:
    """Judge `paths_of_length(branches, plain, k)`."""
    rng = fresh_cases()
    cases = list(CASES)
    for kind, most in ((ONE, 1), (SEVERAL, 3)):
        blocks = int(rng.integers(6, 9))
        branches = tuple(int(n) for n in 2 + rng.integers(0, most, blocks))
        plain, entered = int(rng.integers(1, 5)), int(rng.integers(2, blocks - 1))
        cases.append((kind, (branches, plain, plain + sum(branches[:entered]))))
    for kind, asked in cases:
        with case(kind):
            right = paths(*asked)
            arguments = dict(zip(NAMES, asked, strict=True))
            expect_number(answer, arguments, right, merged(_slips(arguments, right)))
    passed("paths_of_length", "A path skips a branch or takes all of its convolutions.")


def lengths(branches: Sequence[int], plain: int, skipped: int = 0) -> dict[int, int]:
    """Return the number of paths by their convolutions.

    Args:
        branches: convolutions in the branch of each residual block.
        plain: convolutions that every path has.
        skipped: convolutions on a shortcut.
    """
    found = {plain: 1}
    for branch in branches:
        longer: dict[int, int] = {}
        for length, count in found.items():
            for more in (skipped, branch):
                longer[length + more] = longer.get(length + more, 0) + count
        found = longer
    return found


def paths(branches: Sequence[int], plain: int, k: int) -> int:
    """Return the number of paths with k convolutions."""
    return lengths(branches, plain).get(k, 0)


def _slips(arguments: dict[str, Any], right: int) -> Iterator[tuple[float, str]]:
    """Yield wrong numbers and the misunderstanding that leads to each."""
    branches, plain, k = (arguments[name] for name in NAMES)
    found = lengths(branches, plain)
    yield (
        paths(branches, 0, k),
        "The plain convolutions are left out there. They have no shortcut, so every path has them.",
    )
    for entered in (k, k - plain):
        yield (
            comb(len(branches), max(entered, 0)),
            "Those are paths that enter so many blocks. k counts convolutions, and a branch has as "
            "many as `branches` says.",
        )
    yield len(found), "That is how many different lengths there are."
    every = 2 ** len(branches)
    yield every, "Those are the paths of every length. Only those with k convolutions count."
    yield (
        sum(count for length, count in found.items() if length <= k),
        "Those are the paths with k convolutions or fewer. Exactly k are asked for.",
    )
    yield (
        sum(count for length, count in found.items() if length >= k),
        "Those are the paths with k convolutions or more. Exactly k are asked for.",
    )
    yield every - right, "Those are the paths with another number of convolutions."
    yield right / every, "That is the share of the paths. Their number is asked for."
    yield right * k, "Those are convolutions, on all such paths together. A path counts once."
    yield from _shortcut_slips(arguments)
    yield (
        int(k in found),
        "That says whether there is such a path. Several may have the same length, by other "
        "branches: each counts.",
    )
    yield ANSWER, "That is the number of the example, which has other arguments."


def _shortcut_slips(arguments: dict[str, Any]) -> Iterator[tuple[float, str]]:
    """Yield the numbers of somebody who takes the shortcuts for something else."""
    branches, plain, k = (arguments[name] for name in NAMES)
    yield (
        lengths(branches, plain, skipped=1).get(k, 0),
        "The shortcuts have a convolution there. Here they carry x as it is.",
    )
    yield (
        int(k == plain + sum(branches)),
        "That is a net without shortcuts, whose one path enters every block.",
    )
