"""Marks of customers whose stored score rows are behind their promises (R3, R14).

A mark of a promise carries what it says of its customer, with a sign: taken away as it was, added
as it is, or the difference of both. So a stored row is brought in step without reading the
customer's other promises.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import itemgetter, neg, sub
from typing import Any

from django.db import connection
from django.utils import timezone

from interactions.arrays import json_array, plain_array, text_array
from promises.projection.facts import PromiseKey
from promises.projection.rows import Row

# What matures later than this after a projection is in no row that is computed while its
# transaction lasts: it needs no mark. The hourly refresh finds it once it has matured.
AHEAD = timedelta(hours=1)
_COLUMNS: Mapping[str, str] = {
    "customer_id": "bigint",
    "kind": "text",
    "parameters_version": "int",
    "day": "date",
    "matures_at": "timestamptz",
    "n": "smallint",
    "open": "smallint",
    "weight": "bigint",
    "weight_squared": "bigint",
    "loss": "bigint",
    "open_residual": "bigint",
}
# From here on they are sums.
_SUMS = [*_COLUMNS].index("n")
_NAMES = ", ".join(_COLUMNS)
_INSERT = (
    f"INSERT INTO promises_customermark ({_NAMES}) SELECT * FROM unnest("  # noqa: S608 (our own column names)
    + ", ".join(f"%s::{kind}[]" for kind in _COLUMNS.values())
    + ")"
)
_FORGET = f"""
INSERT INTO promises_customermark ({_NAMES})
SELECT customer_id, kind, parameters_version, day, matures_at, -1, -(state = 'open')::int, -weight,
       -weight_squared, -(loss + open_weight), -open_residual
FROM promises_promise
WHERE source_id = %s AND state <> 'withdrawn' AND matures_at < %s
"""  # noqa: S608 (our own column names)
_Said = tuple[Any, ...]


def mark_customers(customer_ids: Iterable[int]) -> None:
    """Note who has promises that matured since their rows were computed."""
    marked = sorted(set(customer_ids))
    if not marked:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO promises_customermark (customer_id) SELECT unnest(%s::bigint[])",
            [plain_array(marked)],
        )


def mark_changes(before: Mapping[PromiseKey, Row], rows: Sequence[Row]) -> None:
    """Note what changed promises said of their customers and what they say now.

    Shape: before has the rows as they stood, also of promises that are gone.
    """
    soon = timezone.now() + AHEAD
    marks: list[_Said] = []
    gone = dict(before)
    for row in rows:
        old = gone.pop((row["source_id"], row["reference"]), None)
        was, now = _said(old, soon) if old else None, _said(row, soon)
        if was != now:
            marks += _told(was, now)
    marks += [_taken(was) for old in gone.values() if (was := _said(old, soon))]
    if not marks:
        return
    arrays = [
        text_array(values) if kind == "text" else json_array(values)
        for kind, values in zip(
            _COLUMNS.values(), zip(*sorted(marks, key=itemgetter(0)), strict=True), strict=True
        )
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, arrays)


def mark_forgotten(source_id: int) -> None:
    """Note that all promises of a source are about to go."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [source_id, timezone.now() + AHEAD])


def _said(row: Row, soon: datetime) -> _Said | None:
    """What a promise says of its customer, of the mark's columns; None where it says nothing."""
    matures_at = row["matures_at"]
    if matures_at is None or matures_at >= soon or row["state"] == "withdrawn":
        return None
    return (
        row["customer_id"],
        row["kind"],
        row["parameters_version"],
        row["day"],
        matures_at,
        1,
        int(row["state"] == "open"),
        row["weight"],
        row["weight_squared"],
        row["loss"] + row["open_weight"],
        row["open_residual"],
    )


def _told(was: _Said | None, now: _Said | None) -> list[_Said]:
    """The marks that take away what a promise said, and add what it says.

    Shape: one where they are told of the same moment, unless there is something left to be lost of
    both: a row is taken from and added to in rounded numbers.
    """
    if was and now and was[:_SUMS] == now[:_SUMS] and (was[-1] == now[-1] or not was[-1] * now[-1]):
        return [(*now[:_SUMS], *map(sub, now[_SUMS:], was[_SUMS:]))]
    return [*([_taken(was)] if was else ()), *([now] if now else ())]


def _taken(said: _Said) -> _Said:
    return (*said[:_SUMS], *map(neg, said[_SUMS:]))
