"""A process that runs a submission: what it answers, cell by cell."""

import pytest

from instructor.remote import Late, Stopped
from tests.instructor import hall


def test_each_cell_tells_what_it_raised(bench):
    with hall.Spy(bench, "x = 1", "x = y", "raise SystemExit(3)", "def f(:", "z = x") as spy:
        failed = [answer["failed"] for answer in spy.failed]
    assert failed[0] is None
    assert failed[1] == ["NameError", "name 'y' is not defined"]
    assert failed[2] == ["SystemExit", "3"]
    assert failed[3][0] == "SyntaxError"
    assert failed[4] is None


def test_cells_share_their_names(bench):
    cells = "n = 2", "def helper():\n    return n", "def answer():\n    return helper() + 1"
    with hall.Spy(bench, *cells) as spy:
        assert spy.call() == 3


def test_the_checks_of_a_notebook_do_nothing_here(bench):
    with hall.Spy(bench, hall.SETUP, "check.layer_count(None)\ncheck.hint('x', level=1)") as spy:
        assert spy.failed[1]["failed"] is None


def test_its_classes_can_be_pickled_and_saved(bench):
    code = "import pickle\nclass A:\n    x = 5\n"
    code += "def answer():\n    return pickle.loads(pickle.dumps(A())).x"
    with hall.Spy(bench, code) as spy:
        assert spy.call() == 5


def test_an_answer_that_takes_too_long_is_late(bench):
    code = "import time\ndef answer():\n    time.sleep(60)"
    with hall.Spy(bench, code, seconds=2.0) as spy, pytest.raises(Late, match="2 seconds"):
        spy.call()


def test_a_process_that_leaves_is_noticed_at_once(bench):
    with hall.Spy(bench, "import os") as spy, pytest.raises(Stopped, match="ended"):
        spy.channel.ask({"do": "run", "with": {"number": 1, "source": "os._exit(0)"}})


def test_random_numbers_are_the_same_every_time(bench):
    code = "import random, numpy as np\ndef answer():\n    return random.random(), np.random.rand()"
    found = set()
    for _ in range(2):
        with hall.Spy(bench, code) as spy:
            found.add(tuple(map(float, spy.call())))
    assert len(found) == 1
