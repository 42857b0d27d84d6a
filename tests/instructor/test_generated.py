"""A folder is replaced as a whole, and never over somebody's work."""

import hashlib

import pytest

from instructor import generated


@pytest.fixture
def out(tmp_path):
    out = tmp_path / "build" / "student"
    generated.replace(out, {"a.md": b"1", "book/b.md": b"2"})
    return out


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_folder_is_replaced_as_a_whole(out):
    generated.replace(out, {"a.md": b"3"})
    assert files(out).keys() == {generated.MARKER, "a.md"}
    assert (out / "a.md").read_bytes() == b"3"
    assert list(out.parent.iterdir()) == [out], "temporary folders are left"


def test_the_marker_lists_every_file_with_its_sha256(out):
    lines = (out / generated.MARKER).read_text().splitlines()
    assert lines[1:] == [
        f"{hashlib.sha256(b'1').hexdigest()}  a.md",
        f"{hashlib.sha256(b'2').hexdigest()}  book/b.md",
    ]


@pytest.mark.parametrize("name", ["a.md", "book/b.md", "mine.ipynb", "book/deep/notes.txt"])
def test_changed_and_added_files_are_named_and_stay(out, name):
    (out / name).parent.mkdir(exist_ok=True)
    (out / name).write_text("hours of work")
    before = files(out)
    with pytest.raises(generated.RefusedTree, match=rf": {name}; copy what you want to keep"):
        generated.replace(out, {"a.md": b"3"})
    assert files(out) == before


def test_an_added_link_counts(out):
    (out / "mine").symlink_to(out.parent)
    assert generated.edited(out) == ["mine"]


def test_many_files_are_counted(out):
    for letter in "hgfedc":
        (out / f"{letter}.md").write_text(letter)
    with pytest.raises(generated.RefusedTree, match=r": c\.md, d.*, g\.md and 1 more; copy"):
        generated.replace(out, {})


@pytest.mark.parametrize(
    "name", [".ipynb_checkpoints/a.ipynb", "book/__pycache__/a.pyc", "book/.ipynb_checkpoints/b/c"]
)
def test_what_jupyter_makes_does_not_count(out, name):
    (out / name).parent.mkdir(parents=True)
    (out / name).write_text("left over")
    generated.replace(out, {"a.md": b"3"})
    assert files(out).keys() == {generated.MARKER, "a.md"}


def test_a_removed_file_is_no_loss(out):
    (out / "a.md").unlink()
    generated.replace(out, {"a.md": b"3"})
    assert (out / "a.md").read_bytes() == b"3"


def test_a_folder_without_a_list_of_its_files_is_not_touched(out):
    (out / generated.MARKER).write_text("written by an older version\n")
    with pytest.raises(generated.RefusedTree, match=r": a\.md, book/b\.md; copy"):
        generated.replace(out, {"a.md": b"3"})


def test_a_folder_written_by_somebody_else_is_not_touched(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.md").write_text("years of work")
    with pytest.raises(generated.RefusedTree, match="was not written by"):
        generated.replace(tmp_path / "mine", {"a.md": b"1"})
    assert files(tmp_path) == {"mine/thesis.md": b"years of work"}


@pytest.mark.parametrize("dest", [".", "..", "book", "book/student", "web/../book"])
def test_the_sources_are_not_a_destination(tmp_path, dest):
    root = tmp_path / "course"
    (root / "book").mkdir(parents=True)
    (root / "book" / "a.md").write_text("1")
    with pytest.raises(generated.RefusedTree, match="in the sources"):
        generated.replace(root / dest, {"a.md": b"2"}, sources=[root / "book", root / "web"])
    assert files(root) == {"book/a.md": b"1"}


def test_a_failed_write_leaves_the_old_tree(out):
    with pytest.raises(OSError, match=r"a\.md"):
        generated.replace(out, {"a.md": b"2", "a.md/b": b"3"})
    assert (out / "a.md").read_bytes() == b"1"
    assert list(out.parent.iterdir()) == [out]
