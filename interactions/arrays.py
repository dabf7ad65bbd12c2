"""PostgreSQL array literals and COPY text made by hand.

psycopg2's own list adaptation costs a third of a bulk insert; these two formats are all that the
ledger and the projection need. Fuzzed against the server in tests/interactions/test_arrays.py.
"""

from collections.abc import Iterable

_COPY_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def text_array(values: Iterable[str | None]) -> str:
    """Literal of a text[] (also of timestamptz[] or jsonb[] given as text)."""
    return (
        "{"
        + ",".join(
            "NULL" if value is None else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
            for value in values
        )
        + "}"
    )


def plain_array(values: Iterable[object]) -> str:
    """Literal of an array of numbers, booleans or NULLs (None), whose text needs no quotes."""
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"


def copy_line(values: Iterable[object]) -> str:
    """One line of COPY text format."""
    return (
        "\t".join(
            "\\N" if value is None else str(value).translate(_COPY_ESCAPES) for value in values
        )
        + "\n"
    )
