"""The command that turns a site into one file."""

import gather
import one_file


def test_a_file_is_written_whole_and_told(tmp_path):
    path = tmp_path / "new" / "book.pdf"
    one_file.write(path, b"x" * 1_250_000)
    assert [file.name for file in path.parent.iterdir()] == ["book.pdf"]
    assert one_file.told(path, 2.04) == f"{path}: 1.2 MB in 2.0 s"


def test_the_command_writes_what_is_made_and_adds_a_word(tmp_path, capsys):
    dest = tmp_path / "book.txt"
    made = []

    def make(site, about):
        made.append((site, about.title))
        return b"pages", ", 5 letters"

    assert one_file.command(make, "TEXT", dest, [str(tmp_path)]) == 0
    assert made == [(tmp_path, "Deep Convolutional Models")]
    assert dest.read_bytes() == b"pages"
    assert capsys.readouterr().out.rstrip().endswith("s, 5 letters")


def test_a_broken_book_is_told_and_nothing_is_written(tmp_path, capsys):
    dest = tmp_path / "book.txt"
    dest.write_bytes(b"the one before")

    def make(site, about):
        raise gather.BrokenBook("no index.html")

    assert one_file.command(make, "TEXT", dest, []) == 1
    assert capsys.readouterr().err == "no TEXT written: no index.html\n"
    assert dest.read_bytes() == b"the one before"
