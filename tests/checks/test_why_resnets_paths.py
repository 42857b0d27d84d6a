"""The count of paths by their convolutions."""

import nbfile
from course_lib.checks import why_resnets_paths
from course_lib.widgets.paths import path_counts
from tests.checks.judging import EXERCISES


def test_paths_through_equal_blocks_are_those_of_the_lab():
    counts = path_counts(7)
    assert [why_resnets_paths.paths((2,) * 7, 3, 3 + 2 * n) for n in range(8)] == counts
    assert sum(why_resnets_paths.lengths((2, 3, 1), 0).values()) == 2**3


def test_the_example_is_the_one_in_the_notebook():
    assert why_resnets_paths.paths(*why_resnets_paths.EXAMPLE) == why_resnets_paths.ANSWER
    cells = nbfile.read(EXERCISES / "why_resnets.ipynb")["cells"]
    tasks = "\n".join(map(nbfile.source, cells))
    assert "`branches=(2, 2, 3)`, `plain=1` and `k=6` the answer is `2`" in tasks
