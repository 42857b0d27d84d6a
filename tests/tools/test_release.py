import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

import release

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return release.build(tmp_path_factory.mktemp("wheel"))


def test_wheel_holds_course_lib_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel[0]).namelist()
    assert {name.split("/")[0] for name in names} == {
        "course_lib",
        f"{'-'.join(wheel[0].name.split('-')[:2])}.dist-info",
    }


def test_wheel_holds_every_tracked_file_of_course_lib(wheel):
    listing = subprocess.run(
        ["git", "ls-files", "course_lib"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    tracked = {name for name in listing.stdout.splitlines() if (ROOT / name).exists()}
    packed = set(zipfile.ZipFile(wheel[0]).namelist())
    assert tracked - packed == set()
    suffixes = {Path(name).suffix for name in packed}
    assert {".py", ".js", ".css", ".npz"} <= suffixes


def test_wheel_holds_the_stored_results(wheel):
    packed = set(zipfile.ZipFile(wheel[0]).namelist())
    stored = {f"course_lib/results/{path.name}" for path in (ROOT / "book/results").glob("*.json")}
    assert stored
    assert stored <= packed


def test_wheel_needs_no_backend_and_pins_nothing(wheel):
    archive = zipfile.ZipFile(wheel[0])
    name = next(name for name in archive.namelist() if name.endswith("METADATA"))
    required = [
        line.removeprefix("Requires-Dist: ")
        for line in archive.read(name).decode().splitlines()
        if line.startswith("Requires-Dist: ") and "extra ==" not in line
    ]
    names = {re.match(r"[\w-]+", line)[0] for line in required}
    own = {"keras", "numpy", "matplotlib", "ipywidgets", "anywidget", "scipy", "scikit-learn"}
    assert names == own
    assert not [line for line in required if "==" in line]
    assert not [line for line in required if line.startswith(("tensorflow", "jax", "torch"))]


def test_same_tree_gives_the_same_bytes(wheel, tmp_path):
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / name, copy / name)  # without the time stamps
    for folder in ("course_lib", "book/results"):
        shutil.copytree(
            ROOT / folder,
            copy / folder,
            copy_function=shutil.copyfile,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    for path in copy.rglob("*"):
        os.utime(path, (1, 1))
    assert release.build(tmp_path / "wheel", copy)[1] == wheel[1]


def test_a_tree_that_cannot_be_built_says_why(tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        (ROOT / "pyproject.toml").read_text("utf-8").replace("README.md", "ABSENT.md"), "utf-8"
    )
    with pytest.raises(RuntimeError, match=r"ABSENT\.md"):
        release.build(tmp_path / "wheel", tmp_path)
