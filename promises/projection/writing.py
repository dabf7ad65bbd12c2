"""The set-based statements that store promises, open promises, deltas and marks."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from interactions.arrays import json_array, plain_array, text_array
from promises.domain.thresholds import Warnings
from promises.models.cell import SUM_COLUMNS
from promises.projection.facts import PromiseKey
from promises.projection.rows import DeltaKey, DeltaSums, Row, is_open, remainder_of
from promises.projection.watching import WATCH_CHANGES, WATCH_COLUMNS, watch_columns

# Column -> PostgreSQL type, in the order in which rows are written.
PROMISE_COLUMNS: Mapping[str, str] = {
    "source_id": "bigint",
    "reference": "text",
    "kind": "text",
    "statement": "text",
    "customer_id": "bigint",
    "team_id": "bigint",
    "touchpoint_id": "bigint",
    "segment": "text",
    "made_by": "text",
    "claim_source": "text",
    "parameters_version": "int",
    "made_at": "timestamptz",
    "given_due": "timestamptz",
    "first_due": "timestamptz",
    "due": "timestamptz",
    "matures_at": "timestamptz",
    "state": "text",
    "settled_at": "timestamptz",
    "stopped_at": "timestamptz",
    "fraction": "float8",
    "quality_loss": "float8",
    "slips_announced": "smallint",
    "slips_unannounced": "smallint",
    "stake": "float8",
    "paid_in_advance": "boolean",
    "explicit": "boolean",
    "confidence": "float8",
    "eventful": "boolean",
    "retro": "boolean",
    "paused_seconds": "bigint",
    "notes": "jsonb",
    "day": "date",
    "weight": "bigint",
    "weight_squared": "bigint",
    "loss": "bigint",
    "open_weight": "bigint",
    "open_residual": "bigint",
    "bucket": "smallint",
    "censored_bucket": "smallint",
    "events_count": "int",
    "last_event_at": "timestamptz",
    "eventful_at": "timestamptz",
    "late_event_at": "timestamptz",
    "calendar": "text",
    "calendar_version": "int",
    "standard": "text",
    "standard_version": "int",
}
# What a row has filed in cells and marks, what names it, and what its news are told by.
FILED_COLUMNS = (
    "source_id",
    "reference",
    "customer_id",
    "team_id",
    "kind",
    "parameters_version",
    "day",
    "touchpoint_id",
    "explicit",
    "segment",
    "stake",
    "standard",
    "state",
    "bucket",
    "censored_bucket",
    "slips_announced",
    "slips_unannounced",
    "retro",
    "weight",
    "weight_squared",
    "loss",
    "open_weight",
    "open_residual",
    "paused_seconds",
    "first_due",
    "due",
    "matures_at",
    "stopped_at",
)
OPEN_COLUMNS = ("customer_id", "team_id", "kind", "made_by", "due", "first_due", "matures_at")
REMAINDER_COLUMNS: Mapping[str, str] = {
    "promise_id": "bigint",
    "team_id": "bigint",
    "made_by": "text",
    "due": "timestamptz",
}
DELTA_KEY_COLUMNS: Mapping[str, str] = {
    "team_id": "bigint",
    "kind": "text",
    "parameters_version": "int",
    "day": "date",
    "touchpoint_id": "bigint",
    "explicit": "boolean",
    "segment": "text",
    "stake": "float8",
    "standard": "text",
    "bucket": "smallint",
    "first_due": "timestamptz",
}
DELTA_COLUMNS = (*DELTA_KEY_COLUMNS, *SUM_COLUMNS, "settled", "censored")


def stored_rows(
    keys: Iterable[PromiseKey], names: Iterable[str] = PROMISE_COLUMNS
) -> dict[PromiseKey, Row]:
    """The promise rows of the keys as they stand, with the columns named and their ids."""
    keys = list(keys)
    names = ["id", *names]
    columns = ", ".join(names)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.* FROM unnest(%s::bigint[], %s::text[]) AS k(source_id, reference) "  # noqa: S608 (our own column names)
            f"CROSS JOIN LATERAL (SELECT {columns} FROM promises_promise "
            "WHERE source_id = k.source_id AND reference = k.reference OFFSET 0) AS p",
            [json_array(key[0] for key in keys), text_array(key[1] for key in keys)],
        )
        rows = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    return {(row["source_id"], row["reference"]): row for row in rows}


def upsert_promises(rows: Sequence[Row], projected_at: datetime) -> dict[PromiseKey, int]:
    """Insert or update promises. Shape: their keys with their row ids."""
    if not rows:
        return {}
    names = ", ".join(PROMISE_COLUMNS)
    arrays = ", ".join(f"%s::{kind}[]" for kind in PROMISE_COLUMNS.values())
    changes = ", ".join(
        f"{name} = excluded.{name}"
        for name in PROMISE_COLUMNS
        if name not in ("source_id", "reference")
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO promises_promise AS p ({names}, projected_at) "  # noqa: S608 (our own column names)
            f"SELECT r.*, %s FROM unnest({arrays}) AS r({names}) "
            f"ON CONFLICT (reference, source_id) DO UPDATE SET {changes}, "
            "projected_at = excluded.projected_at RETURNING source_id, reference, id",
            [projected_at, *_arrays(PROMISE_COLUMNS, [row.values() for row in rows])],
        )
        return {(source, reference): pk for source, reference, pk in cursor.fetchall()}


def write_open(
    rows: Sequence[Row],
    ids: Mapping[PromiseKey, int],
    heard: Mapping[PromiseKey, datetime],
    warned: Mapping[PromiseKey, Warnings],
) -> None:
    """Keep the narrow table of open promises in step with their rows.

    Shape: heard is when the latest event of each was recorded, warned when its warnings are due.
    """
    keyed = [((row["source_id"], row["reference"]), row) for row in rows]
    still_open = [
        (ids[key], *(row[c] for c in OPEN_COLUMNS), *watch_columns(row, warned[key], heard[key]))
        for key, row in keyed
        if is_open(row)
    ]
    closed = [ids[key] for key, row in keyed if not is_open(row)]
    columns = {
        "promise_id": "bigint",
        **{name: PROMISE_COLUMNS[name] for name in OPEN_COLUMNS},
        **WATCH_COLUMNS,
    }
    with connection.cursor() as cursor:
        if closed:
            cursor.execute(
                "DELETE FROM promises_openpromise WHERE promise_id = ANY(%s::bigint[])",
                [json_array(closed)],
            )
        if still_open:
            arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
            changes = ", ".join(f"{name} = excluded.{name}" for name in OPEN_COLUMNS)
            cursor.execute(
                f"INSERT INTO promises_openpromise AS o ({', '.join(columns)}) "  # noqa: S608 (our own column names)
                f"SELECT * FROM unnest({arrays}) "
                f"ON CONFLICT (promise_id) DO UPDATE SET {changes}, {WATCH_CHANGES}",
                _arrays(columns, still_open),
            )


def write_remainders(
    rows: Sequence[Row],
    before: Mapping[PromiseKey, Row],
    ids: Mapping[PromiseKey, int],
    owed: Collection[PromiseKey],
) -> None:
    """Keep the narrow table of promises fulfilled in part in step with their rows.

    Shape: owed are the keys whose rest is owed. Most batches have none, before or after, and ask
    nothing of the database.
    """
    owing = [row for row in rows if (row["source_id"], row["reference"]) in owed] if owed else []
    settled = [
        row["id"]
        for key, row in before.items()
        if row["state"] == "partial" and key in ids and key not in owed
    ]
    if not owing and not settled:
        return
    with connection.cursor() as cursor:
        if settled:
            cursor.execute(
                "DELETE FROM promises_remainder WHERE promise_id = ANY(%s::bigint[])",
                [json_array(settled)],
            )
        if owing:
            arrays = ", ".join(f"%s::{kind}[]" for kind in REMAINDER_COLUMNS.values())
            cursor.execute(
                f"INSERT INTO promises_remainder AS r ({', '.join(REMAINDER_COLUMNS)}) "  # noqa: S608 (our own column names)
                f"SELECT * FROM unnest({arrays}) ON CONFLICT (promise_id) DO UPDATE "
                "SET team_id = excluded.team_id, made_by = excluded.made_by, due = excluded.due "
                "WHERE (r.team_id, r.made_by, r.due) "
                "IS DISTINCT FROM (excluded.team_id, excluded.made_by, excluded.due)",
                _arrays(
                    REMAINDER_COLUMNS,
                    [
                        (ids[row["source_id"], row["reference"]], *remainder_of(row))
                        for row in owing
                    ],
                ),
            )


def delete_promises(ids: Sequence[int]) -> None:
    """Remove promises whose making was taken back."""
    if not ids:
        return
    with connection.cursor() as cursor:
        for table, column in (
            ("promises_openpromise", "promise_id"),
            ("promises_remainder", "promise_id"),
            ("promises_crossing", "promise_id"),
            ("promises_promise", "id"),
        ):
            cursor.execute(
                f"DELETE FROM {table} WHERE {column} = ANY(%s::bigint[])",  # noqa: S608 (our own names)
                [json_array(ids)],
            )


def insert_deltas(deltas: Mapping[DeltaKey, DeltaSums]) -> None:
    """Insert the differences that are not zero."""
    rows = [(*key, *sums) for key, sums in deltas.items() if any(sums)]
    if not rows:
        return
    columns = {name: DELTA_KEY_COLUMNS.get(name, "bigint") for name in DELTA_COLUMNS}
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO promises_celldelta ({', '.join(columns)}) "  # noqa: S608 (our own column names)
            f"SELECT * FROM unnest({arrays})",
            _arrays(columns, rows),
        )


def _arrays(columns: Mapping[str, str], rows: Iterable[Iterable[Any]]) -> list[str]:
    by_column = zip(*rows, strict=True)
    return [
        _LITERALS[kind](values) for kind, values in zip(columns.values(), by_column, strict=True)
    ]


_LITERALS: dict[str, Callable[[Iterable[Any]], str]] = {
    "bigint": json_array,
    "int": json_array,
    "smallint": json_array,
    "float8": plain_array,
    "boolean": json_array,
    "text": text_array,
    "jsonb": text_array,
    "timestamptz": json_array,
    "date": json_array,
}
