"""Files in packages are found without an import, and other contents are refused."""

import gzip
import hashlib
import sys

import pytest

from course_lib.data.packages import package_file, verified

DIGEST = hashlib.sha256(b"content").hexdigest()


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package that must not be imported."""
    folder = tmp_path / "course_fake"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    (folder / "data.bin").write_bytes(b"content")
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def test_a_file_is_found_without_an_import(package):
    assert package_file("course_fake", "data.bin", extra="data") == package / "data.bin"
    assert "course_fake" not in sys.modules


def test_a_missing_package_names_the_command():
    with pytest.raises(ModuleNotFoundError, match=r'pip install "course_lib\[solar\]"'):
        package_file("course_no_such_package", "data.bin", extra="solar")


def test_a_missing_file_names_the_command(package):
    with pytest.raises(OSError, match=r"without other\.bin; run: pip install --force-reinstall"):
        package_file("course_fake", "other.bin", extra="data")


def test_right_contents_are_returned(tmp_path):
    (tmp_path / "a").write_bytes(b"content")
    assert verified(tmp_path / "a", DIGEST) == b"content"
    for level in (1, 9):
        (tmp_path / "a.gz").write_bytes(gzip.compress(b"content", level, mtime=level))
        assert verified(tmp_path / "a.gz", DIGEST, unpack=gzip.decompress) == b"content"


@pytest.mark.parametrize(
    "packed",
    [b"", b"<html>", gzip.compress(b"content")[:-9], gzip.compress(b"other")],
    ids=["empty", "page", "cut", "other"],
)
def test_other_contents_are_refused(tmp_path, packed):
    (tmp_path / "a.gz").write_bytes(packed)
    with pytest.raises(OSError, match=r"a\.gz is damaged.*; install it again"):
        verified(tmp_path / "a.gz", DIGEST, unpack=gzip.decompress, advice="install it again")


def test_a_missing_file_is_no_damaged_one(tmp_path):
    with pytest.raises(FileNotFoundError, match="a is missing"):
        verified(tmp_path / "a", DIGEST)
