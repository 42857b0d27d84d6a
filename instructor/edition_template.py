"""A new exercise: a notebook with one question that works, and its checks."""

from string import Template

from instructor import edition_form, edition_hand_in
from instructor.edition_file import Notebook

TASK = Template("""## Count the weights of a convolution

```{exercise-start} Count the weights of a convolution
:label: ex-$name-kernel-weights
```

Write `kernel_weights(side, channels, filters)`: how many weights a convolution has, biases \
included. Say here what makes the question worth asking.

For `side=3`, `channels=2` and `filters=4` the answer is `76`. Level: 1 of 3. Expected: 5 minutes.
""")
ANSWER = '''def kernel_weights(side, channels, filters):
    """Count the weights of a convolution, biases included.

    Args:
        side: of the square kernel, in pixels.
        channels: that it reads.
        filters: that it has.
    """
    ### BEGIN SOLUTION
    return (side * side * channels + 1) * filters
    ### END SOLUTION'''
CHECK = "check.kernel_weights(kernel_weights)"

CHECKS = Template('''"""Checks of the exercises on $name: one function a question, and the hints."""

from course_lib.checks.cases import case
from course_lib.checks.verdict import Hints, expect_number, fresh_cases, passed
from course_lib.progress import Progress

__all__ = ["hint", "kernel_weights", "progress"]


def kernel_weights(answer) -> None:
    """Judge `kernel_weights(side, channels, filters)`."""
    rng = fresh_cases()
    drawn = [tuple(int(n) for n in rng.integers((2, 4, 9), (4, 9, 20))) for _ in range(3)]
    for kind, cases in (
        ("one pixel", [(1, 3, 5), (1, 6, 4)]),
        ("one channel", [(3, 1, 4), (2, 1, 6)]),
        ("larger kernels", drawn),
    ):
        for side, channels, filters in cases:
            arguments = {"side": side, "channels": channels, "filters": filters}
            products = side * side * channels * filters
            slips = (
                (products, "The biases are missing: each filter has one."),
                (products + 1, "That is one bias for all; each filter has its own."),
                (side * side * (channels + 1) * filters, "A bias is no more channel: it is one."),
            )
            with case(kind):
                expect_number(answer, arguments, products + filters, slips)
    passed("kernel_weights", "A kernel for each channel, and one bias for each filter.")


hint = Hints(
    {
        "kernel_weights": (
            "How many numbers does one filter need for one output pixel?",
            "Lay the kernel on the map: a square of numbers on each channel, and one dial beside.",
            "one_filter = side * side * channels",
        ),
    }
)
progress = Progress(__name__, globals())
''')


def notebook(name: str, package: str, *, set_up: bool) -> Notebook:
    """Return an exercise notebook with one question, in normal form.

    Args:
        name: of its module of checks.
        package: that holds this module, such as "course_lib.checks".
        set_up: with an empty cell for what installs the course.
    """
    graded = {"schema_version": 3, "task": False, "grade_id": "answer-kernel-weights"}
    answer = graded | {"solution": True, "grade": False, "locked": False}
    check = graded | {"grade_id": "check-kernel-weights", "solution": False, "grade": True}
    check |= {"locked": True, "points": 1}
    cells = [
        _cell("title", f"# Exercises: {name}\n\nOne question on the chapter."),
        *([_cell("setup", "", {"tags": ["setup"]}, code=True)] if set_up else []),
        _cell("imports", f"from {package} import {name} as check", code=True),
        _cell("task-kernel-weights", TASK.substitute(name=name)),
        _cell(
            "answer-kernel-weights", ANSWER, {"nbgrader": answer, "tags": ["exercise"]}, code=True
        ),
        _cell("check-kernel-weights", CHECK, {"nbgrader": check, "tags": ["check"]}, code=True),
        _cell("end-kernel-weights", "```{exercise-end}\n```"),
        _cell("hand-in-heading", "## Hand in"),
        _cell("hand-in", "", {"tags": [edition_hand_in.TAG]}, code=True),
    ]
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return edition_form.normalise(whole, exercise=True)


def _cell(identity: str, source: str, metadata: dict | None = None, *, code=False) -> dict:
    cell = {"id": identity, "metadata": metadata or {}, "source": source.splitlines(keepends=True)}
    more: dict = {"outputs": [], "execution_count": None} if code else {}
    return cell | more | {"cell_type": "code" if code else "markdown"}
