"""The set-up cell, run by a new virtual environment against a server on this machine."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import lock
import release
import setup_cell
import try_student

ADDRESS = "https://github.com/NAME/REPOSITORY"
SHA256 = "0123456789abcdef" * 4
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """Python of an environment that has pip and Keras' name, and nothing to download."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run(
        [lock.uv(), "venv", "--quiet", "--seed", "--python", sys.executable, str(folder / "venv")],
        check=True,
    )
    return folder / "venv" / "bin" / "python"


@pytest.fixture(scope="module")
def public(tmp_path_factory):
    """Folder to serve, which holds a release, and the sha256 of its wheel."""
    folder = tmp_path_factory.mktemp("public")
    return folder, *try_student.release_folder(folder)


def run_cell(python, source, folder):
    """Run the cell in a folder, then import course_lib."""
    code = source + "\nimport course_lib; print(course_lib.__file__)"
    return run([str(python), "-c", code], folder)


def run(command, folder, **variables):
    """Run a command where the index is out of reach and dependencies count as met."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")}
    environment |= {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1"}
    return subprocess.run(
        command,
        cwd=folder,
        env=environment | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_does_nothing_where_course_lib_is_installed():
    source = setup_cell.render("http://127.0.0.1:9", SHA256)  # nothing listens there
    result = subprocess.run(
        [sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_without_an_address_prints_the_line_to_type(python, tmp_path):
    result = run_cell(python, setup_cell.render("", ""), tmp_path)
    name = release.file_name()
    assert result.stdout.splitlines() == [f'Type: pip install "./{name}[data,weights,tensorflow]"']
    assert "ModuleNotFoundError" in result.stderr


def test_the_printed_line_installs_the_wheel_of_the_students_tree(python, public, tmp_path):
    notebooks = tmp_path / "book" / "exercises"
    notebooks.mkdir(parents=True)
    shutil.copy(public[1], tmp_path)
    shown = run_cell(python, setup_cell.render("", "", folder="../.."), notebooks).stdout
    line = shown.strip().partition("Type: ")[2]
    path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    done = run(["sh", "-c", line], notebooks, PATH=path, PIP_TARGET=str(tmp_path / "installed"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "installed" / "course_lib" / "__init__.py").is_file()


def test_a_tampered_wheel_is_refused_and_the_right_one_is_not(python, public, tmp_path):
    folder, wheel, sha256 = public
    right = wheel.read_bytes()
    with try_student.served(folder) as address:
        source = setup_cell.render(address, sha256)
        wheel.write_bytes(right + b"more")
        refused = run_cell(python, source, tmp_path)
        assert "do not match" in refused.stderr.lower().replace("\n", " ")
        assert refused.returncode != 0

        wheel.write_bytes(right)
        accepted = run_cell(python, source, tmp_path)
        assert accepted.returncode == 0, accepted.stderr
        assert "site-packages" in accepted.stdout


@pytest.mark.parametrize(
    ("address", "sha256"), [(ADDRESS, ""), ("", SHA256), (ADDRESS, "ABC"), (ADDRESS, "z" * 64)]
)
def test_half_an_answer_is_refused(address, sha256):
    with pytest.raises(ValueError, match="sha256 must"):
        setup_cell.render(address, sha256)


def test_cell_is_short_and_names_no_index():
    for source in (setup_cell.render("", ""), setup_cell.render(ADDRESS + "/", SHA256)):
        assert len(source.splitlines()) <= 15
        compile(source, "cell", "exec")
    name = release.file_name()
    version = name.split("-")[1]
    assert f"{ADDRESS}/releases/download/v{version}/{name}#sha256={SHA256}" in source
