"""Files as people have them: every one is read, or refused with a sentence."""

import gzip
from pathlib import Path

import pytest

from promises.services.imports import reading
from promises.services.imports.reading import Row, csv_open, csv_rows
from promises.services.imports.refusals import ImportRefused


def rows_of(path: Path, delimiter: str | None = None) -> list[Row]:
    return list(csv_rows(csv_open(path, delimiter=delimiter)))


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n1,\xc3\xa9\n",
        b"\xef\xbb\xbfa,b\n1,\xc3\xa9\n",
        b"a,b\r\n1,\xc3\xa9\r\n",
        b"a,b\r1,\xc3\xa9\r",
        b"a;b\n1;\xc3\xa9\n",
        b"a\tb\n1\t\xc3\xa9",
        b"a|b\n1|\xc3\xa9",
        b"sep=;\r\na;b\r\n1;\xc3\xa9\r\n",
        b"\n\na,b\n\n1,\xc3\xa9\n\n",
        b' a , b\n1,"\xc3\xa9"\n',
        b'"a",b\n1,\xc3\xa9\n',
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_it_reads_tables_however_they_are_written(
    tmp_path: Path, content: bytes, packed: bool
) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(gzip.compress(content) if packed else content)
    file = csv_open(path)
    assert file.columns == ("a", "b")
    assert [row.cells for row in csv_rows(file)] == [["1", "é"]]


def test_it_numbers_rows_by_the_line_on_which_they_begin(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text('a,b\n1,"two\nlines"\n2,x\n\n3,y\n')
    assert [(row.line, row.cells[0]) for row in rows_of(path)] == [(2, "1"), (4, "2"), (6, "3")]


def test_it_hands_on_ragged_rows_with_their_line_and_cells(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1\n2,x\n3,y,z\n")
    short, good, long = rows_of(path)
    assert short == Row(2, ["1"], "the row has 1 cells, the header 2")
    assert good.problem == ""
    assert (long.line, long.cells) == (4, ["3", "y", "z"])
    assert "3 cells" in long.problem


def test_it_rejects_broken_quotes_and_reads_on(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text('a,b\n1,"x"y\n2,fine\n3,"open\n4,z\n')
    first, second, third = rows_of(path)
    assert first.problem.startswith("cannot be read as CSV: a quote is closed within a cell")
    assert second == Row(3, ["2", "fine"])
    assert third.problem.startswith("cannot be read as CSV together with what follows to line 5")


def test_it_rejects_a_cell_that_is_too_big_and_reads_on(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1," + "x" * 200_000 + "\n2,fine\n")
    big, fine = rows_of(path)
    assert "a cell is longer than 131,072 characters" in big.problem
    assert fine.cells == ["2", "fine"]


def test_the_mapping_may_name_the_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a~b,c\n1~2,3\n")
    assert rows_of(path, delimiter="~")[0].cells == ["1", "2,3"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \n", "is empty"),
        (b"a,b\n", "has a header but no rows"),
        (b"a,b\n\n\n", "has a header but no rows"),
        (b"PK\x03\x04rest of an xlsx", "is an Excel or zip file, not CSV"),
        (b"\xd0\xcf\x11\xe0rest of an xls", "is an old Excel file, not CSV"),
        (b"%PDF-1.7", "is a PDF file"),
        ("a,b\n1,2\n".encode("utf-16"), "is UTF-16 text"),
        (b"\x7fELF\0\0\0", "is a binary file, not CSV"),
        (b"a,b\n1,2\n3,caf\xe9\n", "line 3 has the byte 0xe9 at position 6"),
        (b"a,b\n1,\xc3", "line 2 has the byte 0xc3"),
        (
            b'a,"b\n1,2\n',
            "is no CSV table: line 1 cannot be read as CSV together with what follows to line 2",
        ),
        (gzip.compress(b"a,b\n1,2\n" * 1000, mtime=0)[:-20], "is a damaged gzip file"),
        (b"\x1f\x8b\x08nonsense after the signature", "is a damaged gzip file"),
        (gzip.compress(b"PK\x03\x04rest of an xlsx", mtime=0), "is an Excel or zip file"),
    ],
)
def test_it_refuses_what_is_no_table(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(ImportRefused) as refused:
        csv_open(path)
    assert sentence in str(refused.value)
    assert str(path) in str(refused.value)


def test_it_finds_the_line_of_a_bad_byte_far_into_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BLOCK", 7)
    path = tmp_path / "table.csv"
    path.write_bytes(b"a,b\n" + "é,ü\n".encode() * 50 + b"x,\xfc\n")
    with pytest.raises(ImportRefused, match="line 52 has the byte 0xfc at position 3"):
        csv_open(path)


def test_it_refuses_a_line_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BLOCK", 1000)
    monkeypatch.setattr(reading, "LONGEST_LINE", 5000)
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1," + "x" * 9000)
    with pytest.raises(ImportRefused, match="line 2 is longer"):
        csv_open(path)


def test_it_says_why_a_file_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="cannot be read: No such file"):
        csv_open(tmp_path / "none.csv")
    with pytest.raises(ImportRefused, match="cannot be read: Is a directory"):
        csv_open(tmp_path)
