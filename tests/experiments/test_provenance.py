"""Hashes follow what is computed and nothing else; provenance names no host, user or path."""

import getpass
import json
import platform
import subprocess

import numpy as np
import pytest

from course_lib.data import Split
from course_lib.experiments import experiment, provenance, store
from course_lib.experiments.provenance import changed_since, code_hashes, commit, data_hash, machine

CODE = '''"""A module."""
import numpy

def double(x):
    """Return 2x."""
    return 2 * x  # twice
'''


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of three modules in a folder of its own, under the real name."""
    folder = tmp_path / "course_lib"
    (folder / "sub").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "sub" / "__init__.py").write_text("from course_lib.sub.deep import f\n")
    (folder / "sub" / "deep.py").write_text("def f(): return 1\n")
    (folder / "one.py").write_text(CODE)
    (folder / "top.py").write_text("from course_lib import one\nimport course_lib.sub.deep\n")
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    return folder


def test_hashes_cover_what_is_imported(package):
    assert list(code_hashes("course_lib.top")) == [
        "course_lib.one",
        "course_lib.sub.deep",
        "course_lib.top",
    ]
    (package / "top.py").write_text("def g():\n    from course_lib.sub import f\n    return f()\n")
    assert list(code_hashes("course_lib.top")) == [
        "course_lib.sub",
        "course_lib.sub.deep",
        "course_lib.top",
    ]


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("# twice", "# two times", True),
        ('"""A module."""\n', "", True),
        ('    """Return 2x."""\n', '    """Give 2x."""\n', True),
        ("2 * x", "2  *  x", True),
        ("2 * x", "(2 * x)", True),
        ("2 * x", "3 * x", False),
        ("2 * x", "x * 2", False),
        ("2 * x", "2.0 * x", False),
        ("double", "twice", False),
        ("(x)", "(x, y=1)", False),
        ("return", "yield", False),
    ],
)
def test_hashes_follow_the_code_only(package, old, new, same):
    before = code_hashes("course_lib.one")
    assert old in CODE
    (package / "one.py").write_text(CODE.replace(old, new, 1))
    assert (code_hashes("course_lib.one") == before) == same


def test_changed_modules_are_named(monkeypatch):
    found = code_hashes("course_lib.experiments.resnet")
    result = {"name": "resnet", "provenance": {"code": dict(found)}}
    assert changed_since(result) == []
    result["provenance"]["code"]["course_lib.train"] = "another"
    result["provenance"]["code"]["course_lib.gone"] = "0"
    result["provenance"]["code"]["course_lib.data.fashion"] = "has a hash of its own"
    assert changed_since(result) == ["course_lib.gone", "course_lib.train"]


def test_an_experiment_s_hash_holds_its_net_and_its_training():
    found = code_hashes("course_lib.experiments.resnet")
    assert {
        "course_lib.experiments.resnet",
        "course_lib.nets.resnet_cifar",
        "course_lib.nets.layers",
        "course_lib.train",
        "course_lib.evaluate.classify",
    } <= set(found)
    assert not [name for name in found if name.startswith("course_lib.data")]
    assert "course_lib.plots" not in found
    assert "course_lib.experiments.engine" not in found


def test_data_that_a_trial_makes_are_hashed_by_what_makes_them(package):
    """A loader is not: the data that it gives have a hash of their own."""
    (package / "experiments").mkdir()
    (package / "data").mkdir()
    (package / "data" / "__init__.py").write_text("from course_lib.data.cut import cut\n")
    (package / "data" / "cut.py").write_text("def cut(): return 1\n")
    trial = package / "experiments" / "trial.py"
    trial.write_text("from course_lib.data import cut\n")
    assert list(code_hashes("course_lib.experiments.trial")) == ["course_lib.experiments.trial"]
    trial.write_text("from course_lib.data.cut import cut\n")
    assert "course_lib.data.cut" in code_hashes("course_lib.experiments.trial")


@pytest.mark.parametrize("name", ["transfer_garments", "transfer_far", "augmentation_garments"])
def test_an_experiment_with_a_trial_from_elsewhere_hashes_itself(name):
    found = store._code(experiment(name))
    assert f"course_lib.experiments.{name}" in found
    assert changed_since({"name": name, "provenance": {"code": found}}) == []


@pytest.mark.parametrize("result", [{"name": "toy"}, {"name": ""}, {}])
def test_nothing_is_known_of_an_experiment_from_elsewhere(result):
    assert changed_since(result | {"provenance": {"code": {"toy": "0"}}}) == []


def test_data_hash_follows_images_labels_and_names():
    split = Split(np.zeros((2, 2, 2, 1), "float32"), np.array([0, 1]))
    first = data_hash({"train": split})
    assert first == data_hash({"train": split})
    moved = Split(split.images + np.float32(1e-7), split.labels)
    swapped = Split(split.images, split.labels[::-1])
    others = [{"train": moved}, {"train": swapped}, {"test": split}]
    assert len({first, *map(data_hash, others)}) == 4


def test_machine_names_versions_but_no_host_and_no_user():
    found = machine()
    assert set(found) == {"backend", "versions", "processor", "cores", "accelerators"}
    assert {"python", "keras", "numpy", found["backend"]} <= set(found["versions"])
    text = json.dumps(found)
    assert platform.node() not in text
    assert f'"{getpass.getuser()}"' not in text
    assert str(provenance.ROOT) not in text


def test_commit_says_whether_the_tree_was_clean(tmp_path):
    assert commit(tmp_path) == {"commit": None, "clean": None}
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    (tmp_path / "file").write_text("1")
    subprocess.run([*git, "add", "file"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "one"], check=True)
    found = commit(tmp_path)
    assert found["clean"] is True
    assert len(found["commit"]) == 40
    (tmp_path / "book" / "results").mkdir(parents=True)
    (tmp_path / "book" / "results" / "one.json").write_text("{}")
    assert commit(tmp_path) == found
    (tmp_path / "file").write_text("2")
    assert commit(tmp_path) == found | {"clean": False}
