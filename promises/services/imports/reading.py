"""CSV files, plain or gzip: checked as a whole first, then streamed row by row."""

import codecs
import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promises.services.imports.inert import REJECT_COLUMNS, restored
from promises.services.imports.refusals import ImportRefused

if TYPE_CHECKING:
    import _csv

BLOCK = 1 << 20
# A line longer than this is no row of a table, and must not fill the memory.
LONGEST_LINE = 16_000_000
DELIMITERS = ",;\t|"
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_SIGNATURES = {
    b"PK\x03\x04": gettext_lazy("an Excel or zip file"),
    b"\xd0\xcf\x11\xe0": gettext_lazy("an old Excel file"),
    b"%PDF": gettext_lazy("a PDF file"),
    b"\xff\xfe": gettext_lazy("UTF-16 text"),
    b"\xfe\xff": gettext_lazy("UTF-16 text"),
}


class Row(NamedTuple):
    """One row: the line on which it begins, its cells, and why it cannot be read (else empty)."""

    line: int
    cells: list[str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file that has been checked: UTF-8, a header, at least one row."""

    path: Path
    gzipped: bool
    delimiter: str
    columns: tuple[str, ...]
    lines: int
    skip_lines: int


def csv_open(path: Path, *, delimiter: str | None = None) -> CsvFile:
    """Check a whole file before anything of it is used.

    Raises: ImportRefused with one sentence that names the line where there is one.
    """
    try:
        gzipped = _is_gzip(path)
        with closing(_stream(path, gzipped)) as stream:
            lines = _check_text(path, stream)
        with closing(_stream(path, gzipped)) as stream:
            separator, skip_lines = _separator_line(stream)
        found = CsvFile(path, gzipped, separator or delimiter or "", (), lines, skip_lines)
        return _with_header(found)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ImportRefused(
            _("%(path)s is a damaged gzip file: %(damage)s.")
            % {"path": path, "damage": damage_of(error)}
        ) from error
    except OSError as error:
        raise ImportRefused(
            _("%(path)s cannot be read: %(reason)s.") % {"path": path, "reason": error.strerror}
        ) from error


def csv_rows(file: CsvFile) -> Iterator[Row]:
    """The rows below the header, blank lines left out; a row that cannot be read says why.

    Shape: the quotes that a reject file puts before formulas are taken away again.
    """
    width = len(file.columns)
    is_reject_file = file.columns[: len(REJECT_COLUMNS)] == REJECT_COLUMNS
    for row in _records(file):
        if is_reject_file:
            row = row._replace(cells=[restored(cell) for cell in row.cells])
        if len(row.cells) == width or row.problem:
            yield row
        elif row.cells:
            problem = _("the row has %(cells)d cells, the header %(columns)d") % {
                "cells": len(row.cells),
                "columns": width,
            }
            yield Row(row.line, row.cells, problem)


def damage_of(error: Exception) -> str:
    """What is wrong with a packed file, as the end of a sentence."""
    if isinstance(error, EOFError):
        return _("its end is missing")
    if isinstance(error, zlib.error):
        return _("a part of it cannot be unpacked")
    return _("what it holds is not what was packed")


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def _stream(path: Path, gzipped: bool) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if gzipped else path.open("rb")


def _check_text(path: Path, stream: BinaryIO) -> int:
    """Read all of it once; the number of its lines."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    head = stream.read(BLOCK)
    _check_head(path, head)
    lines, open_line, block = 0, 0, head
    while block:
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            raise _not_utf8(path, lines, error) from None
        lines += block.count(b"\n") or block.count(b"\r")
        last = max(block.rfind(b"\n"), block.rfind(b"\r"))
        open_line = len(block) - last - 1 if last >= 0 else open_line + len(block)
        if open_line > LONGEST_LINE:
            raise ImportRefused(
                _("%(path)s is no CSV table: line %(line)d is longer than 16 million bytes.")
                % {"path": path, "line": lines + 1}
            )
        block = stream.read(BLOCK)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _not_utf8(path, lines, error) from None
    return lines + (open_line > 0)


def _check_head(path: Path, head: bytes) -> None:
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        raise ImportRefused(_("%(path)s is empty.") % {"path": path})
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            raise ImportRefused(
                _("%(path)s is %(kind)s, not CSV. Save it as CSV in UTF-8.")
                % {"path": path, "kind": kind}
            )
    if b"\0" in head[:8192]:
        raise ImportRefused(_("%(path)s is a binary file, not CSV.") % {"path": path})


def _not_utf8(path: Path, lines_before: int, error: UnicodeDecodeError) -> ImportRefused:
    before = error.object[: error.start]
    line = lines_before + (before.count(b"\n") or before.count(b"\r")) + 1
    position = error.start - max(before.rfind(b"\n"), before.rfind(b"\r"))
    return ImportRefused(
        _(
            "%(path)s is not UTF-8: line %(line)d has the byte 0x%(byte)02x at position "
            "%(position)d. Save it as CSV in UTF-8."
        )
        % {"path": path, "line": line, "byte": error.object[error.start], "position": position}
    )


def _separator_line(stream: BinaryIO) -> tuple[str, int]:
    """The delimiter that a first line such as "sep=;" names, and the lines to leave out for it."""
    first = stream.readline(16).decode("utf-8-sig", errors="replace")
    match = _SEPARATOR_LINE.fullmatch(first)
    return (match.group(1), 1) if match else ("", 0)


def _with_header(file: CsvFile) -> CsvFile:
    if not file.delimiter:
        file = replace(file, delimiter=_detected_delimiter(file))
    records = _records(file)
    header = next((row for row in records if row.cells or row.problem), None)
    if header is None or header.problem:
        reason = header.problem if header else _("it has no header")
        if header:
            reason = _("line %(line)d %(problem)s") % {
                "line": header.line,
                "problem": header.problem,
            }
        raise ImportRefused(
            _("%(path)s is no CSV table: %(reason)s.") % {"path": file.path, "reason": reason}
        )
    if not any(row.cells or row.problem for row in records):
        raise ImportRefused(_("%(path)s has a header but no rows.") % {"path": file.path})
    columns = tuple(name.strip() for name in header.cells)
    if columns[: len(REJECT_COLUMNS)] == REJECT_COLUMNS:
        columns = tuple(restored(name) for name in columns)
    return replace(file, columns=columns, skip_lines=header.line)


def _detected_delimiter(file: CsvFile) -> str:
    """The delimiter that occurs most often outside quotes in the first line."""
    with closing(_stream(file.path, file.gzipped)) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        line = next((line for line in text if line.strip()), "")
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _records(file: CsvFile) -> Iterator[Row]:
    """What the csv module reads below `skip_lines`, a bad record as a row with its problem."""
    with closing(_stream(file.path, file.gzipped)) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        reader = csv.reader(text, delimiter=file.delimiter, strict=True)
        yield from _numbered(reader, file.skip_lines)


def _numbered(reader: "_csv.Reader", skip: int) -> Iterator[Row]:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if line > skip:
                yield Row(line, [], _csv_problem(line, reader.line_num, str(error)))
            continue
        if line > skip:
            yield Row(line, cells)


def _csv_problem(first: int, last: int, error: str) -> str:
    """Shape: whoever tells it has named the line on which the row begins."""
    if error.startswith("field larger"):
        limit = f"{csv.field_size_limit():,}"
        why = _("a cell is longer than %(limit)s characters; is a quote missing?")
        why %= {"limit": limit}
    elif error.startswith("unexpected end"):
        why = _("a quote is opened and never closed")
    elif "expected after" in error:
        why = _("a quote is closed within a cell")
    else:
        why = error
    if last <= first:
        return _("cannot be read as CSV: %(why)s") % {"why": why}
    return _("cannot be read as CSV together with what follows to line %(last)d: %(why)s") % {
        "last": last,
        "why": why,
    }
