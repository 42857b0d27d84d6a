"""What a uid has written is measured, what it may enter goes by groups.

The rest needs a container: `test_container`.
"""

import os
from types import SimpleNamespace

import pytest

from instructor import uids
from instructor.sandbox import INSIDE


@pytest.fixture
def place(monkeypatch, tmp_path):
    monkeypatch.setattr(uids, "ROOT", tmp_path)
    found = uids.Place(20_007, SimpleNamespace(share=1 << 20, role="pupil"))
    found.folder.mkdir()
    return found


def test_a_share_is_what_lies_on_the_disk(place):
    assert not place.full()
    (place.folder / "small").write_bytes(bytes(1 << 19))
    assert not place.full()
    (place.folder / "below").mkdir()
    (place.folder / "below" / "large").write_bytes(bytes(1 << 20))
    assert place.full()


def test_many_files_are_too_much(place, monkeypatch):
    monkeypatch.setattr(uids, "FILES", 10)
    for i in range(10):
        (place.folder / str(i)).touch()
    assert not place.full()
    (place.folder / "more").symlink_to("/")
    assert place.full()


def test_what_cannot_be_measured_is_too_much(place, monkeypatch):
    monkeypatch.chdir(place.folder)
    for _ in range(30):
        os.mkdir("x" * 200)
        os.chdir("x" * 200)
    assert place.full()


def test_a_folder_that_is_gone_holds_nothing(place):
    place.folder.rmdir()
    assert not place.full()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to a group")
def test_a_part_is_hidden_by_its_group(place, monkeypatch, tmp_path):
    package = tmp_path / "course_lib"
    for group, name in enumerate(("checks", "nets")):
        (package / name).mkdir(parents=True)
        os.chown(package / name, 0, uids.PARTS + group)
    monkeypatch.setattr(uids.course_lib, "__file__", str(package / "__init__.py"))
    assert place._groups([]) == [uids.PARTS, uids.PARTS + 1]
    assert place._groups([f"{INSIDE}/course_lib/nets"]) == [uids.PARTS]
    with pytest.raises(KeyError):  # never shown by mistake
        place._groups([f"{INSIDE}/course_lib/net"])
    judge = uids.Place(30_000, SimpleNamespace(share=1, role="judge"))
    assert judge._groups([]) == [uids.JUDGES]
