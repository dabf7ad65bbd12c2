"""The only writer of events: `record` (R1, R3).

Many events of which none is known are appended (`appending.py`). For all others holds:
One statement stores the events that are new, their to-do row and the count of the request; its
COMMIT is the acknowledgement. Above `COPY_FROM` events the rows travel by COPY into a temporary
table.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db import DatabaseError, connection, transaction

from interactions.appending import APPEND_FROM, Row, append
from interactions.arrays import SEPARATOR, CopyLines, json_array, separated
from interactions.away import database_is_away
from interactions.decode import NewEvent
from interactions.intake import COUNT_STORED, Intake, count_rejected, parameters_of
from interactions.ledger_signals import events_recorded
from interactions.models import Source
from interactions.source_keys import known_sources, make_sources
from interactions.todo import ARRIVE

# Below this many, array parameters are quicker than a temporary table.
COPY_FROM = 5_000

# Which events are new is told one by one only where some are and some are not.
_STORE = """
WITH stored AS (
    INSERT INTO interactions_event (source_id, event_id, type, subject, subject_source_id,
                                    occurred_at, recorded_at, actor_id, data)
    SELECT source_id, event_id, type, coalesce(subject, ''), subject_source_id, occurred_at,
           %(recorded_at)s, %(actor_id)s, data::jsonb
    FROM {rows}
    ON CONFLICT (source_id, event_id) DO NOTHING
    RETURNING id, source_id, event_id
), todo AS ({arrive}){counted}, told AS (
    SELECT count(*) BETWEEN 1 AND %(given)s - 1 AS mixed, count(*) FROM stored
)
SELECT count,
       CASE WHEN mixed THEN (SELECT array_agg(source_id ORDER BY source_id, event_id) FROM stored)
       END,
       CASE WHEN mixed THEN (SELECT array_agg(event_id ORDER BY source_id, event_id) FROM stored)
       END
FROM told
"""

# Texts travel joined by a character that none of them holds: nothing has to be escaped, which
# would make the statement twice as long.
_FROM_ARRAYS = """unnest(%(source_id)s::int[], string_to_array(%(event_id)s, %(separator)s),
    string_to_array(%(type)s, %(separator)s), string_to_array(%(subject)s, %(separator)s),
    %(subject_source_id)s::int[], %(occurred_at)s::timestamptz[],
    string_to_array(%(data)s, %(separator)s))
    AS rows(source_id, event_id, type, subject, subject_source_id, occurred_at, data)"""

# Python's order, whatever the collation of the database: that of all writers.
_FROM_COPY = '(SELECT * FROM arriving ORDER BY source_id, event_id COLLATE "C") AS rows'

_MAKE_ARRIVING = """
CREATE TEMPORARY TABLE arriving (source_id int, event_id text, type text, subject text,
    subject_source_id int, occurred_at timestamptz, data text) ON COMMIT DROP
"""

_Key = tuple[int, str]
_Rows = Sequence[Row]


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
    own = {event.source for event in events}
    named = own | {event.subject_source for event in events if event.subject_source}
    values: dict[str, Any] = {"recorded_at": recorded_at, "actor_id": actor_id}
    if intake is not None:
        values |= parameters_of(intake, recorded_at)
    keys = known_sources(named)
    if len(keys) == len(named):
        return _store(events, keys, values, intake is not None)
    with transaction.atomic():
        make_sources(named - keys.keys(), own=own, door=door)
        return _store(events, known_sources(named), values, intake is not None)


def _store(
    events: Sequence[NewEvent], keys: Mapping[str, int], values: dict[str, Any], counted: bool
) -> list[bool]:
    rows = [
        (
            keys[event.source],
            event.id,
            event.type,
            event.subject,
            keys[event.subject_source] if event.subject_source else None,
            event.occurred_at,
            event.data,
        )
        for event in events
    ]
    # One order for all writers: two calls that share events cannot wait for each other.
    ordered = sorted(rows, key=itemgetter(0, 1))
    if len(rows) >= APPEND_FROM and _appended(ordered, values, counted):
        transaction.on_commit(_tell, robust=True)
        return [True] * len(rows)
    values |= {"given": len(rows)}
    by_copy = len(rows) > COPY_FROM
    statement = _STORE.format(
        rows=_FROM_COPY if by_copy else _FROM_ARRAYS,
        arrive=ARRIVE,
        counted=COUNT_STORED if counted else "",
    )
    if by_copy:
        new, sources, ids = _store_by_copy(ordered, statement, values)
    else:
        new, sources, ids = _execute(statement, values | _arrays(ordered))
    if new:
        transaction.on_commit(_tell, robust=True)
    if new in (0, len(rows)):
        return [bool(new)] * len(rows)
    return _answers(rows, set(zip(sources, ids, strict=True)))


def _appended(rows: _Rows, values: dict[str, Any], counted: bool) -> bool:
    """Whether all of them were new, and are stored."""
    if not connection.in_atomic_block:
        connection.health_check_done = True  # type: ignore[attr-defined] # missing in the stubs
    try:
        return append(rows, values, counted=counted)
    except DatabaseError as error:
        if connection.in_atomic_block or not database_is_away(error):
            raise
        # A kept connection turned out to be dead: the other way tries a new one.
        return False


def _tell() -> None:
    events_recorded.send(sender=record)


def _arrays(rows: _Rows) -> dict[str, str]:
    sources, ids, types, subjects, subject_sources, moments, data = zip(*rows, strict=True)
    return {
        "source_id": json_array(sources),
        "event_id": separated(ids),
        "type": separated(types),
        "subject": separated(subjects),
        "subject_source_id": json_array(subject_sources),
        "occurred_at": json_array(moments),
        "data": separated(data),
        "separator": SEPARATOR,
    }


def _execute(statement: str, values: Mapping[str, Any]) -> tuple[int, list[int], list[str]]:
    """Run the one statement; outside a transaction it is one of its own.

    It serves as the health check of a kept connection, too: where that turns out to be dead, a new
    one is tried, once. What may have been stored all the same is a duplicate then.
    """
    if not connection.in_atomic_block:
        connection.health_check_done = True  # type: ignore[attr-defined] # missing in the stubs
    try:
        return _fetch(statement, values)
    except DatabaseError as error:
        if connection.in_atomic_block or not database_is_away(error) or connection.is_usable():
            raise
        connection.close()
        return _fetch(statement, values)


def _fetch(statement: str, values: Mapping[str, Any]) -> tuple[int, list[int], list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        new, sources, ids = cursor.fetchone()
    return new, sources, ids


def _store_by_copy(
    rows: _Rows, statement: str, values: Mapping[str, Any]
) -> tuple[int, list[int], list[str]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS arriving")
        cursor.execute(_MAKE_ARRIVING)
        cursor.copy_expert("COPY arriving FROM STDIN", CopyLines(rows))
        return _fetch(statement, values)


def _answers(rows: _Rows, stored: set[_Key]) -> list[bool]:
    answers = []
    for row in rows:
        key = (row[0], row[1])
        answers.append(key in stored)
        stored.discard(key)
    return answers
