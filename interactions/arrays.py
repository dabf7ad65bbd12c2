"""PostgreSQL array literals, separated texts and COPY text made by hand.

psycopg2's own list adaptation costs a third of a bulk insert; these formats are all that the ledger
and the projection need. Fuzzed against the server in tests/interactions/test_arrays.py.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice

import msgspec

# The unit separator, a control character.
SEPARATOR = "\x1f"
_encode = msgspec.json.Encoder().encode
_COPY_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def text_array(values: Iterable[str | None]) -> str:
    """Literal of a text[] (also of timestamptz[] or jsonb[] given as text)."""
    given = list(values)
    if not given:
        return "{}"
    if None in given:
        return "{" + ",".join(map(_quoted, given)) + "}"
    # Joined first, escaped as one: a call for each value would cost more than all of it. No text
    # that PostgreSQL can store holds a NUL.
    joined = "\0".join(given)  # type: ignore[arg-type]
    if joined.count("\0") >= len(given):
        raise ValueError("a text with the character NUL cannot be stored")
    return '{"' + joined.replace("\\", "\\\\").replace('"', '\\"').replace("\0", '","') + '"}'


def _quoted(value: str | None) -> str:
    if value is None:
        return "NULL"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def separated(values: Sequence[str]) -> str:
    """The values joined by SEPARATOR, for PostgreSQL's `string_to_array`.

    Shape: a single empty value comes out as no value at all. Raises: ValueError where a value holds
    the separator, which no checked id or subject and no JSON does.
    """
    joined = SEPARATOR.join(values)
    if joined.count(SEPARATOR) >= len(values):
        raise ValueError("a text holds the character that separates texts")
    return joined


def plain_array(values: Iterable[object]) -> str:
    """Literal of an array of numbers, booleans, dates, moments or NULLs (None): their text needs no
    quotes, and "None" occurs in none of it."""
    return "{" + ",".join(map(str, values)).replace("None", "NULL") + "}"


def json_array(values: Iterable[int | bool | date | datetime | None]) -> str:
    """Literal of an array of whole numbers, truths, dates, moments or NULLs (None).

    JSON's text of such a list is PostgreSQL's but for the brackets, and quicker to write than the
    text of each value. Not for floats: JSON has no infinity.
    """
    return f"{{{_encode(list(values))[1:-1].decode()}}}"


def copy_line(values: Iterable[object]) -> str:
    """One line of COPY text format."""
    return (
        "\t".join(
            "\\N" if value is None else str(value).translate(_COPY_ESCAPES) for value in values
        )
        + "\n"
    )


class CopyLines:
    """Rows as a file that COPY reads: no more than a few lines of it stand in memory at once."""

    _LINES = 100

    def __init__(self, rows: Iterable[Iterable[object]]) -> None:
        self._lines = map(copy_line, rows)

    def read(self, _size: int = -1) -> str:
        """The next lines; "" at the end."""
        return "".join(islice(self._lines, self._LINES))
