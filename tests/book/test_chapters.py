"""Every chapter has the eleven parts; a tiny chapter that lacks one is refused for that one."""

import copy

import pytest

import experiment_files
import layout
import nbfile
import normal_form
import setup_cell
from tests.book import anatomy
from tests.tiny import code, markdown, notebook

TITLES = {
    "alexnet": "AlexNet",
    "batchnorm": "Batch normalization",
    "case_studies": "Why look at case studies?",
    "efficientnet": "EfficientNet: scaling depth, width and resolution together",
    "googlenet": "GoogLeNet",
    "inception": "Inception: motivation and module",
    "inception_v3": "BN-Inception, Inception-v2 and v3",
    "lenet": "LeNet-5",
    "mobilenet": "MobileNet: depthwise separable convolutions",
    "mobilenet_v2": "Inverted residuals and linear bottlenecks",
    "nin": "1x1 convolutions and Network in Network",
    "resnet": "Residual networks: learning the difference",
    "senet": "Squeeze and excitation",
    "transfer": "Transfer learning",
    "vgg": "VGG",
    "why_resnets": "Why residual networks work",
}
CHAPTERS = layout.rows(layout.ROOT)
NOTEBOOKS = nbfile.notebooks(layout.ROOT)


def name_of(path):
    return path.parent.name + "/" + path.stem


@pytest.mark.parametrize(("folder", "name"), CHAPTERS)
def test_a_chapter_has_its_eleven_parts(folder, name):
    read = nbfile.read(layout.ROOT / "book" / folder / f"{name}.ipynb")
    experiments = experiment_files.of_chapter(layout.ROOT, f"{folder}/{name}")
    results = layout.ROOT / "book" / "results"
    stored = any((results / f"{experiment}.json").exists() for experiment in experiments)
    assert anatomy.problems(read, name, TITLES[name], experiments, stored=stored) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_a_notebook_is_in_normal_form(path):
    assert normal_form.violations(path) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_the_setup_cell_is_the_generated_one(path):
    cells = [cell for cell in nbfile.read(path)["cells"] if "setup" in nbfile.tags(cell)]
    assert [nbfile.source(cell) for cell in cells] == [setup_cell.render("", "").rstrip("\n")]


SUMMARY = "One sentence about et al. and the idea."
HEAD = f"# Small\n\n{SUMMARY}\n\n## You will be able to\n\n- a\n- b\n- c\n"
BEFORE = "## Before you start\n\nRead [this](x.md). 20 minutes on a CPU."
IMPORTS = (
    "import keras\nfrom course_lib import experiments, widgets as labs\n"
    "from course_lib.cost import cost\nfrom course_lib.nets import small\n"
    "keras.utils.set_random_seed(1)"
)
QUIZ = "```{quiz-choice} a\n- [x] b\n- [ ] c\n```\n\n"
CELLS = {
    "head": markdown(HEAD),
    "before": markdown(BEFORE),
    "setup": code("pass", "setup"),
    "imports": code(IMPORTS),
    "problem": markdown("## It went wrong"),
    "lab": code("labs.conv()", "nbval-ignore-output", html='<div class="lab-host">'),
    "after lab": markdown("Seen."),
    "by hand": code("block = keras.Sequential()"),
    "bridge": code("assert block.count_params() == small().count_params()"),
    "table": code("print(cost(small()).macs)", stdout="8 MACs\n"),
    "guess": markdown("Write down your guess. `python -m course_lib run small` made it."),
    "stored": code("results = experiments.stored('small')\nprint(results)", stdout="8\n"),
    "small": code("experiments.smoke('small')", "nbval-ignore-output", html="<p>"),
    "verdict": code("print('deeper was worse')", stdout="deeper was worse\n"),
    "practice": markdown(
        QUIZ * 4
        + "```{exercise} Try\n:label: ex-small-try\nTry.\n```\n\n"
        + "[graded](../exercises/small.ipynb)"
    ),
    "end": markdown("## What people get wrong\n\nx\n\n## Summary\n\nx\n\n## References\n\nx"),
}


def found(cells, experiments=("depth", "small"), **more):
    return anatomy.problems(notebook(*cells), "small", "Small", list(experiments), **more)


def without(*names):
    return [cell for name, cell in CELLS.items() if name not in names]


def replaced(name, old, new):
    cells = copy.deepcopy(CELLS)
    assert old in cells[name]["source"]
    cells[name]["source"] = cells[name]["source"].replace(old, new)
    return list(cells.values())


def test_a_whole_chapter_passes():
    assert found(CELLS.values()) == []


def test_the_command_of_one_experiment_is_enough():
    assert found(replaced("guess", "run small", "run depth")) == []
    (line,) = found(CELLS.values(), ["width"])
    assert "`python -m course_lib run width`" in line


def test_a_result_is_asked_for_once_there_is_one():
    assert found(without("stored"), stored=False) == []
    assert any("experiments.stored(...)" in line for line in found(without("stored")))


def test_a_chapter_without_experiment_shows_a_verdict():
    cells = without("guess", "stored", "small")
    cells.insert(-3, markdown("Write down your guess."))
    assert found(cells, []) == []
    cells.remove(CELLS["verdict"])
    assert any("verdict" in line for line in found(cells, []))


def test_prose_may_share_a_cell_and_stand_between():
    cells = [markdown(HEAD + "\n" + BEFORE), *without("head", "before")]
    cells.insert(5, markdown("More prose."))
    assert found(cells) == []


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("before", "part 3"),
        ("setup", "part 4"),
        ("problem", "part 5"),
        ("lab", "part 5 or 6"),
        ("by hand", "part 6"),
        ("bridge", "part 7"),
        ("table", "part 8"),
        ("guess", "part 9"),
        ("stored", "part 9"),
        ("small", "part 9"),
        ("practice", "part 10"),
        ("end", "part 11"),
    ],
)
def test_a_missing_cell_is_named_by_its_part(name, part):
    problems = found(without(name))
    assert any(line.startswith(part) for line in problems), problems


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("head", "# Small", "# Smaller", "cell 1 opens with '# Smaller'"),
        ("head", "the idea.", "the idea. And more.", "is not one sentence"),
        ("head", "the idea.", "the idea", "is not one sentence"),
        ("head", "- b\n- c\n", "", "1 items, expected 3 to 5"),
        ("head", "- a\n", "- a\n- d\n- e\n- f\n", "6 items, expected 3 to 5"),
        ("head", "## You will", "### You will", "no You will be able to"),
        ("before", "20 minutes", "A while", "no minutes below"),
        ("before", "CPU", "laptop", "no CPU or GPU below"),
        ("before", "[this](x.md)", "this", "no link below"),
        ("imports", "set_random_seed", "clear", "no cell of imports and seed"),
        ("by hand", "keras.Sequential()", "small()", "part 6"),
        ("bridge", "assert ", "", "part 7"),
        ("bridge", "block.count", "small().count", "part 7"),
        ("bridge", "small()", "block", "part 7"),
        ("table", "cost(small()).macs", "8", "part 8"),
        ("guess", "Write down your guess", "Guess", "'Write down your guess'"),
        ("guess", "run small", "run smaller", "command of the stored result"),
        ("stored", "experiments.stored", "dict", "reads the stored results"),
        ("small", "experiments.smoke", "print", "small version"),
        ("practice", QUIZ + QUIZ, QUIZ, "2 questions in quizzes"),
        ("practice", "ex-small-try", "ex-other-try", "no ungraded exercise"),
        ("practice", "../exercises/small", "../exercises/other", "no link to the graded"),
        ("end", "## Summary", "## In short", "no section 'Summary'"),
        ("end", "## References\n\nx", "## References\n\nx\n\n## More\n\nx", "after the references"),
        ("by hand", "block", "x = 1\n" * 15 + "block", "16 lines of code, at most 15"),
        ("imports", "import keras", "import keras\nfrom math import *", "without *"),
    ],
)
def test_a_part_without_its_sign_is_named(name, old, new, message):
    problems = found(replaced(name, old, new))
    assert any(message in line for line in problems), problems


def test_parts_out_of_order_are_refused():
    moved = [*without("guess"), CELLS["guess"]]
    assert any(line.startswith("part 9") for line in found(moved))
    swapped = [*without("by hand")]
    swapped.insert(-3, CELLS["by hand"])
    assert any(line.startswith(("part 6", "part 7")) for line in found(swapped))


def test_two_setup_cells_are_refused():
    assert any("more than one" in line for line in found([*CELLS.values(), CELLS["setup"]]))


def test_outputs_count_as_they_are_stored():
    cells = copy.deepcopy(CELLS)
    cells["lab"]["outputs"] = []
    assert any("no lab" in line for line in found(cells.values()))
    cells = copy.deepcopy(CELLS)
    cells["table"]["outputs"][0]["text"] = "8 weights\n"
    assert any(line.startswith("part 8") for line in found(cells.values()))
    cells = copy.deepcopy(CELLS)
    cells["verdict"]["outputs"] = []
    assert any("verdict" in line for line in found(cells.values()))


def test_long_runs_of_code_are_refused():
    cells = list(CELLS.values())
    cells[7:7] = [code("x = 1")]
    assert any("more than 3 code cells" in line for line in found(cells))
