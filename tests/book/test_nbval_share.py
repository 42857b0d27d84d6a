"""Stored outputs are compared, except where a cell trains, draws or shows a lab."""

import pytest

import layout
import nbfile
from tests.book import nbval_rules
from tests.tiny import code, markdown, notebook

NOTEBOOKS = nbfile.notebooks(layout.ROOT)
IMPORTS = code(
    "import keras\nimport matplotlib.pyplot as plt\n"
    "from course_lib import draw, experiments, plots, widgets as labs\n"
    "from course_lib.train import train"
)
PRINTS = code("print(1)", stdout="1\n")


def ignored(source):
    return code(source, "nbval-ignore-output", html="<p>")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.parent.name + "/" + path.stem)
def test_outputs_are_compared(path, record_property):
    read = nbfile.read(path)
    compared, total = nbval_rules.share(read)
    assert compared > 0
    name = path.relative_to(layout.ROOT).as_posix()
    record_property(
        "summary", f"{name}: {compared} of {total} outputs compared ({compared / total:.0%})"
    )
    assert nbval_rules.violations(read) == []


@pytest.mark.parametrize(
    "source",
    [
        "history = model.fit(x, y)",
        "train(model, data)",
        "experiments.smoke('lenet')",
        "plots.curves(history)",
        "draw.network(model)",
        "plt.plot([1])",
        "labs.conv(size=32)",
        "keras.Model().fit(x)",
        "def show():\n    plots.curves(history)\n\nshow()",
    ],
)
def test_training_drawing_and_labs_may_be_left_out(source):
    assert nbval_rules.violations(notebook(IMPORTS, ignored(source), PRINTS)) == []


def test_a_helper_of_an_earlier_cell_is_followed():
    helper = code("def show(h):\n    plots.curves(h)\n\ndef again(h):\n    show(h)")
    assert nbval_rules.violations(notebook(IMPORTS, helper, ignored("again(1)"), PRINTS)) == []


@pytest.mark.parametrize(
    "source",
    [
        "print(time.time())",
        "fit = 3",
        "experiments.stored('lenet')",
        "keras.utils.set_random_seed(1)",
        "def show():\n    return 1\n\nshow()",
        "from mine import plots\nplots.curves(1)",
    ],
)
def test_nothing_else_may(source):
    (line,) = nbval_rules.violations(notebook(IMPORTS, ignored(source), PRINTS))
    assert line == "cell 2: neither trains, draws nor shows a lab, so compare it"


def test_a_run_of_ignored_cells_is_followed_by_one_compared_cell():
    draw = ignored("plots.curves(1)")
    quiet = code("x = 1")
    follow = nbval_rules.violations
    assert follow(notebook(IMPORTS, draw, draw, quiet, PRINTS, draw, PRINTS)) == []
    assert follow(notebook(IMPORTS, draw, markdown("x"), draw, PRINTS)) == []
    assert follow(notebook(IMPORTS, PRINTS, draw)) == [
        "cell 3: no compared cell after it prints what it claims"
    ]
    assert follow(notebook(IMPORTS, draw, quiet, draw, PRINTS)) == [
        "cell 2: no compared cell after it prints what it claims"
    ]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (code("# NBVAL_IGNORE_OUTPUT\nprint(1)", stdout="1\n"), "a comment steers nbval"),
        (code("print(1)", "nbval-skip", stdout="1\n"), "tag nbval-skip is refused"),
    ],
)
def test_other_ways_round_the_comparison_are_refused(cell, message):
    (line,) = nbval_rules.violations(notebook(cell))
    assert message in line


def test_the_share_counts_cells_with_outputs():
    cells = (IMPORTS, ignored("plots.curves(1)"), PRINTS, code("x = 1"), PRINTS, markdown("x"))
    assert nbval_rules.share(notebook(*cells)) == (2, 3)
