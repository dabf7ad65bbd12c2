"""CSV that a spreadsheet reads as text and numbers, never as formulas."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice

# What a spreadsheet takes for the beginning of a formula, also after blanks, and in full width.
_FORMULA = re.compile(r"[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n\0]")

Value = str | int | float | bool | datetime | date | None


def csv_lines(
    columns: Sequence[str], rows: Iterable[Iterable[Value]], *, piece: int
) -> Iterator[bytes]:
    """Lines of CSV in pieces of so many rows, column names first."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    rows = iter(rows)
    while True:
        part = list(islice(rows, piece))
        writer.writerows([cell(value) for value in row] for row in part)
        yield out.getvalue().encode()
        if len(part) < piece:
            return
        out.seek(0)
        out.truncate()


def cell(value: Value) -> str | int | float:
    """One value as a cell: numbers stay numbers, texts get a quote where they would calculate."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return value
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
    return f"'{value}" if _FORMULA.match(value) else value
