"""The only writer of events: `record` (R1, R3).

One statement stores the events that are new and their to-do rows; the caller's COMMIT is the
acknowledgement. Above `COPY_FROM` events the rows travel by COPY into a temporary table.
"""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from interactions.arrays import copy_line, plain_array, text_array
from interactions.decode import NewEvent
from interactions.intake import COUNT_STORED, Intake, count_rejected, parameters_of
from interactions.ledger_signals import events_recorded
from interactions.models import Source

# Below this many, array parameters are quicker than a temporary table.
COPY_FROM = 5_000

_STORE = """
WITH stored AS (
    INSERT INTO interactions_event (source_id, event_id, type, subject, subject_source_id,
                                    occurred_at, recorded_at, actor_id, data)
    SELECT source_id, event_id, type, subject, subject_source_id, occurred_at,
           %(recorded_at)s, %(actor_id)s, data::jsonb
    FROM {rows}
    ON CONFLICT (source_id, event_id) DO NOTHING
    RETURNING id, source_id, event_id
), todo AS (
    INSERT INTO interactions_pendingevent (event_id, state, attempts, reason)
    SELECT id, 'pending', 0, '' FROM stored
){counted}
SELECT source_id, event_id FROM stored
"""

_FROM_ARRAYS = """unnest(%(source_id)s::bigint[], %(event_id)s::text[], %(type)s::text[],
    %(subject)s::text[], %(subject_source_id)s::bigint[], %(occurred_at)s::timestamptz[],
    %(data)s::text[])
    AS rows(source_id, event_id, type, subject, subject_source_id, occurred_at, data)"""

# Python's order, whatever the collation of the database: that of all writers.
_FROM_COPY = '(SELECT * FROM arriving ORDER BY source_id, event_id COLLATE "C") AS rows'

_MAKE_ARRIVING = """
CREATE TEMPORARY TABLE arriving (source_id bigint, event_id text, type text, subject text,
    subject_source_id bigint, occurred_at timestamptz, data text) ON COMMIT DROP
"""

type_of_row = tuple[int, str, str, str, int | None, str, str]


def record(
    events: Sequence[NewEvent],
    *,
    recorded_at: datetime,
    actor_id: int | None = None,
    door: Source.Door = Source.Door.MACHINE,
    intake: Intake | None = None,
) -> list[bool]:
    """Store the events that are not known yet, each once.

    Shape: one entry per event, in order: True where it is new, False where it is a duplicate (also
    of an earlier one of the same call). Sources not known yet are created with `door`. `intake` is
    the request that brought them, counted in the same transaction.
    """
    if not events:
        if intake is not None:
            count_rejected(intake, recorded_at=recorded_at)
        return []
    with transaction.atomic():
        source_ids = _source_ids(events, door)
        rows = [_row(event, source_ids) for event in events]
        # One order for all writers: two calls that share events cannot wait for each other.
        ordered = sorted(rows, key=lambda row: (row[0], row[1]))
        if len(ordered) > COPY_FROM:
            stored = _store_by_copy(ordered, recorded_at, actor_id, intake)
        else:
            stored = _store_by_arrays(ordered, recorded_at, actor_id, intake)
        if stored:
            transaction.on_commit(lambda: events_recorded.send(sender=record), robust=True)
    return _answers(rows, stored)


def source_id(name: str, *, door: Source.Door, is_sample: bool = False) -> int:
    """Find or create one source and answer its key."""
    source, _ = Source.objects.get_or_create(
        name=name, defaults={"door": door, "is_sample": is_sample}
    )
    return source.pk


def _source_ids(events: Sequence[NewEvent], door: Source.Door) -> dict[str, int]:
    """Keys of all sources that the events name; unknown ones are created."""
    own = {event.source for event in events}
    named = own | {event.subject_source for event in events if event.subject_source}
    known = dict(Source.objects.filter(name__in=named).values_list("name", "pk"))
    missing = sorted(named - known.keys())
    if missing:
        Source.objects.bulk_create(
            [
                Source(name=name, door=door if name in own else Source.Door.MACHINE)
                for name in missing
            ],
            ignore_conflicts=True,
        )
        known = dict(Source.objects.filter(name__in=named).values_list("name", "pk"))
    return known


def _row(event: NewEvent, source_ids: dict[str, int]) -> type_of_row:
    return (
        source_ids[event.source],
        event.id,
        event.type,
        event.subject,
        source_ids[event.subject_source] if event.subject_source else None,
        event.occurred_at.isoformat(),
        event.data,
    )


def _store_by_arrays(
    rows: list[type_of_row], recorded_at: datetime, actor_id: int | None, intake: Intake | None
) -> set[tuple[int, str]]:
    columns = list(zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE.format(rows=_FROM_ARRAYS, counted=COUNT_STORED if intake else ""),
            _with_intake(
                {
                    "source_id": plain_array(columns[0]),
                    "event_id": text_array(columns[1]),
                    "type": text_array(columns[2]),
                    "subject": text_array(columns[3]),
                    "subject_source_id": plain_array(columns[4]),
                    "occurred_at": text_array(columns[5]),
                    "data": text_array(columns[6]),
                    "recorded_at": recorded_at,
                    "actor_id": actor_id,
                },
                intake,
                recorded_at,
            ),
        )
        return set(cursor.fetchall())


def _store_by_copy(
    rows: list[type_of_row], recorded_at: datetime, actor_id: int | None, intake: Intake | None
) -> set[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS arriving")
        cursor.execute(_MAKE_ARRIVING)
        cursor.copy_expert("COPY arriving FROM STDIN", io.StringIO("".join(map(copy_line, rows))))
        cursor.execute(
            _STORE.format(rows=_FROM_COPY, counted=COUNT_STORED if intake else ""),
            _with_intake({"recorded_at": recorded_at, "actor_id": actor_id}, intake, recorded_at),
        )
        return set(cursor.fetchall())


def _with_intake(
    values: dict[str, Any], intake: Intake | None, recorded_at: datetime
) -> dict[str, Any]:
    return values | (parameters_of(intake, recorded_at) if intake else {})


def _answers(rows: list[type_of_row], stored: set[tuple[int, str]]) -> list[bool]:
    answers = []
    for row in rows:
        key = (row[0], row[1])
        answers.append(key in stored)
        stored.discard(key)
    return answers
