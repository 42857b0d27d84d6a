"""One folder, wherever a machine lets us write; and what is built there is whole or not there."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from course_lib.data import cache, cache_folder
from course_lib.data.cache import new_folder

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home without settings, and a folder for temporary files of its own."""
    for name in (cache.VARIABLE, "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("platform", "place"),
    [
        ("linux", ".cache/course_lib"),
        ("darwin", "Library/Caches/course_lib"),
        ("win32", "AppData/Local/course_lib"),
    ],
)
def test_the_usual_place_of_each_system(home, monkeypatch, platform, place):
    monkeypatch.setattr(sys, "platform", platform)
    assert cache_folder() == home / place
    assert list((home / place).iterdir()) == []


@pytest.mark.parametrize(
    ("platform", "variable"), [("linux", "XDG_CACHE_HOME"), ("win32", "LOCALAPPDATA")]
)
def test_the_system_may_name_another_place(home, monkeypatch, platform, variable):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(variable, str(home / "elsewhere"))
    assert cache_folder() == home / "elsewhere" / "course_lib"


def test_the_variable_comes_first(home, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "other"))
    monkeypatch.setenv(cache.VARIABLE, str(home / "here"))
    assert cache_folder() == home / "here"
    assert (home / "here").is_dir()


def test_a_variable_that_names_a_file_is_refused(home, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file" / "cache"))
    with pytest.raises(OSError, match=r"COURSE_CACHE is .*cache', where no folder can be made"):
        cache_folder()


def test_a_home_that_cannot_be_written_is_replaced(home):
    home.write_text("a file, so that no folder can be made in it, not even by root")
    user = f"-{os.getuid()}" if hasattr(os, "getuid") else ""
    assert cache_folder() == Path(tempfile.gettempdir()) / f"course_lib{user}"


def test_a_folder_that_is_there_and_cannot_be_written_is_replaced(home, monkeypatch):
    usual = cache_folder()
    real = tempfile.TemporaryFile

    def refuse(*, dir):  # noqa: A002 (the name in the standard library)
        if dir == usual:
            raise PermissionError("Read-only file system")
        return real(dir=dir)

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert cache_folder().parent == Path(tempfile.gettempdir())


def test_nowhere_to_write(home, monkeypatch):
    home.write_text("")
    monkeypatch.setattr(tempfile, "tempdir", str(home))
    with pytest.raises(OSError, match=r"neither .* nor .* can be written; set COURSE_CACHE"):
        cache_folder()


def test_a_new_folder_is_whole(tmp_path):
    target = tmp_path / "deep" / "set"
    with new_folder(target) as made:
        (made / "a.txt").write_text("a")
        assert not target.exists()
    assert [path.name for path in target.iterdir()] == ["a.txt"]
    assert [path.name for path in target.parent.iterdir()] == ["set"]


def test_after_an_error_nothing_is_there(tmp_path):
    def fill():
        with new_folder(tmp_path / "set") as made:
            (made / "a.txt").write_text("a")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fill()
    assert list(tmp_path.iterdir()) == []


def test_the_first_of_two_stays(tmp_path):
    target = tmp_path / "set"
    with new_folder(target) as slow:
        (slow / "slow.txt").write_text("")
        with new_folder(target) as fast:
            (fast / "fast.txt").write_text("")
    assert [path.name for path in target.iterdir()] == ["fast.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_a_file_in_its_place_is_an_error(tmp_path):
    (tmp_path / "set").write_text("mine")
    with pytest.raises(OSError), new_folder(tmp_path / "set"):  # noqa: PT011 (the system's words)
        pass
    assert (tmp_path / "set").read_text() == "mine"


def test_two_processes_at_once(tmp_path):
    code = (
        "from pathlib import Path; from course_lib.data.cache import new_folder\n"
        "for i in range(50):\n"
        f"    with new_folder(Path({str(tmp_path)!r}, f'set{{i}}')) as made:\n"
        "        for name in 'abcd': (made / name).write_text(name)"
    )
    both = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"set{i}" for i in range(50))
    assert all(len(list(path.iterdir())) == 4 for path in tmp_path.iterdir())
