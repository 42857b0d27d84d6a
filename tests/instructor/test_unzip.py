"""Archives of strangers: what may not be read is passed over, with a note, and the rest is read."""

import os
import stat
import struct
import zipfile
from datetime import datetime

import pytest

from instructor.intake import Refused
from instructor.unzip import Archive, pack, shown
from tests.instructor import school


def member(name, mode=stat.S_IFREG | 0o644, **changes):
    info = zipfile.ZipInfo(name, (2026, 5, 1, 12, 0, 0))
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    for attribute, value in changes.items():
        setattr(info, attribute, value)
    return info


def read(path, **limits):
    """Return what is read of an archive, and the notes."""
    with Archive(path, **limits) as whole:
        content = {name: whole.read(name) for name in whole.names}
        return {name: text for name, text in content.items() if text is not None}, whole.notes


UP = ".."
NAMES = {
    "/etc/passwd": "an absolute name",
    "\\\\host\\file": "an absolute name",
    "C:/x.ipynb": "an absolute name",
    "c:x.ipynb": "an absolute name",
    f"{UP}/x.ipynb": "leads out",
    f"a/{UP}/{UP}/x.ipynb": "leads out",
    "a\\..\\..\\x.ipynb": "leads out",
    "a\nb.ipynb": "control characters",
    "a\x1b[2Jb.ipynb": "control characters",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leads_elsewhere_is_passed_over(tmp_path, name):
    path = school.archive(tmp_path / "a.zip", [(member(name), "x"), ("good.ipynb", "y")])
    content, notes = read(path)
    assert content == {"good.ipynb": b"y"}
    assert len(notes) == 1
    assert NAMES[name] in notes[0]
    assert notes[0].isprintable()


KINDS = {"a link": stat.S_IFLNK, "a pipe": stat.S_IFIFO, "a device": stat.S_IFCHR}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_regular_file_is_passed_over(tmp_path, kind):
    special = member("a.ipynb", KINDS[kind] | 0o777)
    content, notes = read(school.archive(tmp_path / "a.zip", [(special, "/etc/passwd")]))
    assert content == {}
    assert notes == [f"a.ipynb: passed over: {'a link' if kind == 'a link' else 'no regular file'}"]


def test_names_of_the_world_are_read(tmp_path):
    names = [
        "é.ipynb",
        "名前.ipynb",
        "می‌خواهم.ipynb",
        "a b (1).ipynb",
        "...x.ipynb",
        "a..b/c.ipynb",
    ]
    content, notes = read(school.archive(tmp_path / "a.zip", [(name, name) for name in names]))
    assert content == {name: name.encode() for name in names}
    assert notes == []


def test_size_of_a_member(tmp_path):
    path = school.archive(tmp_path / "a.zip", [("small", os.urandom(100)), ("large", b"x" * 101)])
    content, notes = read(path, largest=100)
    assert list(content) == ["small"]
    assert notes == ["large: passed over: 101 bytes, at most 100"]


def test_a_member_of_more_than_the_largest_submission_is_passed_over(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as whole:
        whole.writestr("large", bytes((25 << 20) + 1))
        whole.writestr("just", bytes(25 << 20))
    content, notes = read(path)
    assert list(content) == ["just"]
    assert notes == [f"large: passed over: {(25 << 20) + 1} bytes, at most {25 << 20}"]


def test_a_bomb_is_not_unpacked(tmp_path):
    path = school.archive(tmp_path / "a.zip", [("bomb", bytes(20 << 20)), ("kept", b"x" * 5000)])
    content, notes = read(path)
    assert list(content) == ["kept"]
    assert notes == ["bomb: passed over: it unpacks to more than 200 times its size"]


def test_all_members_together_have_a_limit(tmp_path):
    path = school.archive(tmp_path / "a.zip", [(name, b"x" * 400) for name in "abcd"])
    content, notes = read(path, total=1000)
    assert list(content) == ["a", "b"]
    assert [note[0] for note in notes] == ["c", "d"]


def test_members_of_one_name_are_read_once(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = school.archive(
            tmp_path / "a.zip", [("a.ipynb", "first"), ("a.ipynb", "second"), ("A.IPYNB", "third")]
        )
    content, notes = read(path)
    assert content == {"a.ipynb": b"first"}
    assert len(notes) == 2
    assert all("several of this name" in note for note in notes)


def flip(path, flag=0, crc=0):
    """Change flags, or the check sum, in both headers of the first member."""
    whole = bytearray(path.read_bytes())
    for mark, at_flag, at_crc in ((b"PK\x03\x04", 6, 14), (b"PK\x01\x02", 8, 16)):
        start = whole.index(mark)
        for at, change in ((at_flag, flag), (at_crc, crc)):
            (old,) = struct.unpack_from("<H", whole, start + at)
            struct.pack_into("<H", whole, start + at, old ^ change)
    path.write_bytes(whole)


def test_an_encrypted_member_is_passed_over(tmp_path):
    path = school.archive(tmp_path / "a.zip", [("secret", "x"), ("open", "y")])
    flip(path, flag=1)
    assert read(path) == ({"open": b"y"}, ["secret: passed over: encrypted"])


def test_a_damaged_member_is_passed_over(tmp_path):
    path = school.archive(tmp_path / "a.zip", [("bad", "x" * 50), ("good", "y")])
    flip(path, crc=1)
    content, notes = read(path)
    assert content == {"good": b"y"}
    assert notes == ["bad: passed over: it cannot be unpacked (BadZipFile)"]


def test_other_ways_of_packing_are_passed_over(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as whole:
        whole.writestr("a", bytes(100), zipfile.ZIP_LZMA)
        whole.writestr("b", bytes(100), zipfile.ZIP_BZIP2)
        whole.writestr("c", b"c", zipfile.ZIP_STORED)
    content, notes = read(tmp_path / "a.zip")
    assert content == {"c": b"c"}
    assert len(notes) == 2


def test_what_macos_and_jupyter_add_is_not_mentioned(tmp_path):
    litter = [
        "__MACOSX/._a.ipynb",
        "x/._a.ipynb",
        ".DS_Store",
        "x/.ipynb_checkpoints/a.ipynb",
        "d/",
    ]
    path = school.archive(tmp_path / "a.zip", [(name, "") for name in litter])
    assert read(path) == ({}, [])


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06", b"PK\x03\x04" + bytes(40)])
def test_what_is_no_zip_is_refused(tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(Refused, match="name the zip"):
        Archive(tmp_path / "a.zip")


def test_no_file_is_refused(tmp_path):
    with pytest.raises(Refused, match="No such file"):
        Archive(tmp_path / "none.zip")


def test_when_a_member_was_packed(tmp_path):
    school.archive(tmp_path / "a.zip", [(member("a"), ""), (zipfile.ZipInfo("b"), "")])
    with Archive(tmp_path / "a.zip") as whole:
        assert whole.when("a") == datetime(2026, 5, 1, 12)
        assert whole.when("b") is None


def test_names_in_messages_are_short_and_plain():
    assert shown("a\x1b[2J\u202eb") == "a?[2J?b"
    assert len(shown("x" * 500)) == 100


def test_packing_is_repeated_byte_for_byte(tmp_path):
    files = {"b/é.html": "<p>é", "a.html": "a"}
    for name in ("one.zip", "two.zip"):
        pack(tmp_path / name, files)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert school.unpacked(tmp_path / "one.zip") == files
