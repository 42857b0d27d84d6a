"""What a file reaches by its imports."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.reach import Tree

ROOT = Path(__file__).parents[1]
TREE = Tree(ROOT)
PACKAGE = {
    "course_lib/__init__.py": "",
    "course_lib/nets/__init__.py": "from course_lib.nets.a import a\n"
    "from course_lib.nets.b import b\nNETS = {'a': a, 'b': b}\n",
    "course_lib/nets/a.py": "from course_lib.layers import pad\ndef a(): pass\n",
    "course_lib/nets/b.py": "def b(): pass\n",
    "course_lib/layers.py": "def pad(): pass\n",
    "course_lib/trials/__init__.py": "from importlib import import_module\n"
    "def run(name):\n    return import_module(f'course_lib.trials.{name}')\n",
    "course_lib/trials/first.py": "import course_lib.nets.b\n",
    "course_lib/trials/second.py": "",
    "tools/script.py": "",
}
NETS, TRIALS = "course_lib/nets/", "course_lib/trials/"
START = {"course_lib/__init__.py", NETS + "__init__.py"}


@pytest.fixture
def tree(tmp_path):
    for name, text in PACKAGE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    return tmp_path


def reached(tree, code, name="test_x.py"):
    if name.endswith(".ipynb"):
        code = json.dumps({"cells": [{"cell_type": "code", "source": [code]}]})
    (tree / name).write_text(code)
    return Tree(tree).code(name) - {name}


@pytest.mark.parametrize(
    ("code", "files"),
    [
        ("import numpy", set()),
        ("from course_lib.nets.b import b", START | {NETS + "b.py"}),
        ("from course_lib.nets import b", START | {NETS + "b.py"}),
        ("from course_lib.nets import a", START | {NETS + "a.py", "course_lib/layers.py"}),
        (
            "from course_lib.nets import NETS",
            START | {NETS + "a.py", NETS + "b.py", "course_lib/layers.py"},
        ),
        (
            "from course_lib.nets import b\nfrom course_lib.nets import NETS",
            START | {NETS + "a.py", NETS + "b.py", "course_lib/layers.py"},
        ),
        ("def f():\n    import script", {"tools/script.py"}),
        ("import_module('course_lib.layers')", {"course_lib/__init__.py", "course_lib/layers.py"}),
    ],
)
def test_imports_are_followed(tree, code, files):
    assert reached(tree, code) == files


def test_a_name_made_at_run_time_may_be_any_of_its_package(tree):
    files = reached(tree, "from course_lib import trials")
    assert {TRIALS + "first.py", TRIALS + "second.py", NETS + "b.py"} <= files


def test_a_notebook_names_what_it_means(tree):
    code = "from course_lib import trials\ntrials.run('second')"
    files = reached(tree, code, "page.ipynb")
    assert TRIALS + "second.py" in files
    assert TRIALS + "first.py" not in files


@pytest.mark.parametrize(
    ("page", "net", "other"),
    [("classic/alexnet", "alexnet", "googlenet"), ("modern/resnet", "resnet", "alexnet")],
)
def test_a_chapter_depends_on_its_net_and_not_on_others(page, net, other):
    files = TREE.code(f"book/{page}.ipynb")
    assert f"course_lib/nets/{net}.py" in files
    assert f"course_lib/nets/{other}.py" not in files


def test_every_import_of_the_course_is_found():
    missing = [
        (path, module)
        for path in TREE.files
        if path.startswith(("course_lib/", "tests/nets/")) and path.endswith(".py")
        for _, files in TREE.imports(path, None)
        for module in files
        if module not in TREE.files
    ]
    assert missing == []
