"""A table is read strictly, and written back with nothing changed but one column."""

import csv
import io
import random

import pytest

from instructor.intake import Refused
from instructor.sheet import Sheet, decimal, guarded, number

PLAIN = "ID,Name,Mark\n1,Ada,\n2,Grace,3\n"
AWKWARD = (
    '\ufeff"ID",Name,"Mark"\r\n'
    '1,"Lovelace, Ada ""the"" first",""\r\n'
    '2,"two\r\nlines",=1+1\r\n'
    "\r\n"
    "3, spaced ,é\r\n"
    '4,"",7'
)


def sheet(tmp_path, text, wanted=("ID", "Mark")):
    path = tmp_path / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Sheet(path, wanted)


@pytest.mark.parametrize(
    "text", [PLAIN, AWKWARD, PLAIN.replace(",", ";"), PLAIN.replace(",", "\t")]
)
def test_nothing_filled_is_the_same_file(tmp_path, text):
    assert sheet(tmp_path, text).filled(2, {}) == text.encode()


def test_only_the_named_cells_change(tmp_path):
    table = sheet(tmp_path, AWKWARD)
    assert [row.cells[0] for row in table.rows] == ["1", "2", "3", "4"]
    assert [row.line for row in table.rows] == [2, 3, 6, 7]
    written = table.filled(table.column("mark"), {0: "5", 3: "6.5"})
    assert written == AWKWARD.replace('first",""', 'first",5').replace('"",7', '"",6.5').encode()


def test_random_tables_come_back(tmp_path):
    draw = random.Random(0)
    letters = 'ab,;"\n\r\t =é'
    for _ in range(300):
        rows = [
            ["".join(draw.choices(letters, k=draw.randrange(5))) for _ in range(3)]
            for _ in range(4)
        ]
        out = io.StringIO()
        # The writer puts quotes around those line ends only that it uses itself.
        ways = {"\r\n": csv.QUOTE_MINIMAL, "\n": csv.QUOTE_ALL}
        end = draw.choice(list(ways))
        writer = csv.writer(out, lineterminator=end, quoting=ways[end])
        writer.writerows([["ID", "Name", "Mark"], *rows])
        table = sheet(tmp_path, out.getvalue())
        assert [row.cells for row in table.rows] == rows
        new = table.filled(1, {2: 'x,"y"\n'}).decode()
        rows[2][1] = 'x,"y"\n'
        assert list(csv.reader(io.StringIO(new, newline="")))[1:] == rows


BROKEN = {
    "open quotes": 'ID,Mark\n1,"2\n3,4\n',
    "text behind quotes": 'ID,Mark\n1,"2"x\n',
    "a short row": "ID,Mark\n1\n",
    "a long row": "ID,Mark\n1,2,3\n",
    "no such columns": "Name,Points\nAda,2\n",
    "nothing": "",
    "a cell that Python's reader refuses": f"ID,Mark\n1,{'x' * 200_000}\n",
    "zero bytes": "ID,Mark\n1,\0\n",
    "UTF-16": "ID,Mark\n1,2\n".encode("utf-16"),
    "Latin-1": "ID,Mark\n1,é\n".encode("latin-1"),
    "an archive": b"PK\x03\x04\xff\xfe",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_what_is_no_such_table_is_refused(tmp_path, text):
    with pytest.raises(Refused, match=r"table\.csv: "):
        sheet(tmp_path, text)


def test_the_line_of_a_fault_is_told(tmp_path):
    with pytest.raises(Refused, match="line 4 has 1 cells"):
        sheet(tmp_path, 'ID,Mark\n1,"a\nb"\n2\n')


def test_no_file_is_refused(tmp_path):
    with pytest.raises(Refused, match="name the CSV"):
        Sheet(tmp_path / "none.csv", ())


def test_a_column_that_cannot_be_told_lists_the_columns(tmp_path):
    table = sheet(tmp_path, "ID,Mark,Name,Name\n1,2,3,4\n")
    for title in ("Points", "Name"):
        with pytest.raises(Refused, match="the columns are\n  ID\n  Mark\n  Name\n  Name"):
            table.column(title)
    assert table.column(" mark ") == 1


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-x", "@SUM(A1)", "\t=1", "-", "=2.5", "--1"])
def test_formulas_are_text(tmp_path, text):
    assert guarded(text) == f"'{text}"
    assert f"1,{guarded(text)}".encode() in sheet(tmp_path, "ID,Mark\n1,\n").filled(1, {0: text})


@pytest.mark.parametrize("text", ["2", "-2.5", "+1", "Ada", "", "EX"])
def test_numbers_and_words_stay(text):
    assert guarded(text) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (10.0, "10"), (2.5, "2.5"), (1 / 3, "0.3333"), (1e7, "10000000")],
)
def test_a_mark_has_no_exponent(value, text):
    assert decimal(value) == text


def test_numbers_of_cells():
    assert [number(text) for text in (" 10.00", "100,00", "-", "", "(read only)")] == [
        10,
        100,
        None,
        None,
        None,
    ]
