"""Events of which none is known, appended by COPY: rows go into the table page by page, where an
INSERT that may meet known ones asks for each and writes it by itself."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec
from django.db import IntegrityError, OperationalError, connection, transaction

from interactions.arrays import json_array
from interactions.intake import COUNT_STORED
from interactions.todo import ARRIVE

# Below this many the round trips cost more than they save.
APPEND_FROM = 300
_CHUNK = 500
# Nothing is escaped but backslashes: this stands for NULL, and no text holds it.
_NULL = "\x1f"
_COLUMNS = (
    "id, source_id, event_id, type, subject, subject_source_id, occurred_at, recorded_at, "
    "actor_id, data"
)
_TABS = _COLUMNS.count(",")

# The lock before the numbers: whoever counts events (`tallies.py`) waits for those who hold it.
# What was sent before is sent again as a whole: a few of its events tell.
_KNOWN = "EXISTS (SELECT FROM interactions_event WHERE source_id = %s AND event_id = %s)"
_BEGIN = f"""
LOCK TABLE interactions_event IN ROW EXCLUSIVE MODE;
SELECT CASE WHEN {_KNOWN} OR {_KNOWN} OR {_KNOWN} THEN ARRAY[]::bigint[]
            ELSE ARRAY(SELECT nextval('interactions_event_id_seq')
                       FROM generate_series(1, %s)) END
"""  # noqa: S608 (nothing but constants)
_END = """
WITH stored AS (SELECT unnest(%(numbers)s::bigint[]) AS id), todo AS ({arrive}){counted}
SELECT count(*) FROM stored
"""
_COPY = f"COPY interactions_event ({_COLUMNS}) FROM STDIN WITH (NULL E'\\x1f')"

_encode = msgspec.json.Encoder().encode
Row = tuple[int, str, str, str, int | None, datetime, str]


def append(rows: Sequence[Row], values: dict[str, Any], *, counted: bool) -> bool:
    """Store events in the order given, with their to-do rows and the count of their request.

    Shape: False, and nothing is stored, where one of them is known or occurs twice.
    """
    chunks: _Chunks | None = None
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            some = (rows[0], rows[len(rows) // 2], rows[-1])
            cursor.execute(_BEGIN, [*(key for row in some for key in row[:2]), len(rows)])
            (numbers,) = cursor.fetchone()
            if not numbers:
                return False
            chunks = _Chunks(rows, numbers, values)
            with connection.wrap_database_errors:
                cursor.copy_expert(_COPY, chunks)
            end = _END.format(arrive=ARRIVE, counted=COUNT_STORED if counted else "")
            cursor.execute(end, values | {"numbers": json_array(numbers)})
    except IntegrityError:
        return False
    except OperationalError:
        if chunks is None or chunks.are_plain:
            raise
        return False
    return True


class _Chunks:
    """Rows as a file that COPY reads: no more than a few of them stand in memory at once.

    Shape: `are_plain` is false once a text held a character that would have to be escaped; nobody
    could tell it apart from those between texts.
    """

    def __init__(self, rows: Sequence[Row], numbers: Sequence[int], values: dict[str, Any]) -> None:
        self._rows = zip(numbers, rows, strict=True)
        actor = values["actor_id"]
        self._same = f"{values['recorded_at'].isoformat()}\t{_NULL if actor is None else actor}"
        self._chunks = self._written()
        self.are_plain = True

    def read(self, _size: int = -1) -> str:
        """The next rows; "" at the end. Raises: ValueError."""
        text = next(self._chunks, "")
        if not self.are_plain:
            raise ValueError("a text holds a character that would have to be escaped")
        return text

    def _written(self) -> Iterator[str]:
        same = self._same
        while some := list(islice(self._rows, _CHUNK)):
            moments = _encode([row[5] for _, row in some])[2:-2].decode().split('","')
            text = "".join(
                f"{number}\t{row[0]}\t{row[1]}\t{row[2]}\t{row[3]}\t"
                f"{_NULL if row[4] is None else row[4]}\t{at}\t{same}\t{row[6]}\n"
                for (number, row), at in zip(some, moments, strict=True)
            )
            self.are_plain = (
                text.count("\t") == _TABS * len(some)
                and text.count("\n") == len(some)
                and "\r" not in text
                and text.count(_NULL) == text.count(f"\t{_NULL}\t")
            )
            yield text.replace("\\", "\\\\") if "\\" in text else text
