"""Events by source: how many there are, and which is the newest.

Recording pays nothing for it. A job of the clock counts what came since it counted last, by the
events' numbers; whoever reads adds the few that came after. So no page scans the ledger.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection, transaction

# So many in one go: a ledger that was filled before there were tallies is counted in pieces.
COUNT_AT_MOST = 1_000_000
# More than the job leaves behind in its worst minutes; beyond it the figures are a lower bound.
READ_AT_MOST = 1_000_000
# How long to wait for those who write; next time they are done.
PATIENCE_SECONDS = 2.0
_PAUSE_SECONDS = 0.02

_MARK = "SELECT coalesce((SELECT event FROM interactions_tallymark WHERE id = 1), 0)"

_UNTIL = """
SELECT coalesce(max(id), 0)
FROM (SELECT id FROM interactions_event WHERE id > %s ORDER BY id LIMIT %s) AS came
"""

# Whoever has been given a number of an event holds this lock until its row is there for all, or
# will never be: it is taken before the number.
_WRITERS = """
SELECT virtualtransaction FROM pg_locks
WHERE relation = 'interactions_event'::regclass AND mode = 'RowExclusiveLock'
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND pid <> pg_backend_pid()
"""

_LOCK_MARK = "SELECT event FROM interactions_tallymark WHERE id = 1 FOR UPDATE"

_COUNT = """
WITH new AS (
    SELECT source_id, count(*) AS events, max(id) AS last_event
    FROM (SELECT id, source_id FROM interactions_event
          WHERE id > %(after)s AND id <= %(until)s ORDER BY id) AS came
    GROUP BY source_id
), counted AS (
    INSERT INTO interactions_sourcetally AS tally (source_id, events, last_event)
    SELECT source_id, events, last_event FROM new
    ON CONFLICT (source_id) DO UPDATE SET
        events = tally.events + excluded.events, last_event = excluded.last_event
)
UPDATE interactions_tallymark SET event = %(until)s WHERE id = 1
RETURNING (SELECT coalesce(sum(events), 0)::bigint FROM new)
"""

_COUNT_AGAIN = """
WITH gone AS (
    DELETE FROM interactions_sourcetally WHERE source_id = %(source)s
)
SELECT count(*), max(id) FROM interactions_event WHERE source_id = %(source)s AND id <= %(until)s
"""

_DIFFERENT = f"""
WITH counted AS (
    SELECT source_id, count(*) AS events, max(id) AS last_event
    FROM interactions_event WHERE id <= ({_MARK}) GROUP BY source_id
), stored AS (
    SELECT source_id, events, last_event FROM interactions_sourcetally
)
SELECT (SELECT count(*) FROM (
    (TABLE counted EXCEPT TABLE stored) UNION ALL (TABLE stored EXCEPT TABLE counted)) AS different)
"""  # noqa: S608 - nothing but constants

# The mark as it was when all of it was read; a count that came in between is seen by it.
_READ = """
SELECT (SELECT event FROM interactions_tallymark WHERE id = 1), source_id,
       sum(events)::bigint, max(last_event)
FROM (
    SELECT source_id, events, last_event FROM interactions_sourcetally
    UNION ALL
    SELECT source_id, count(*), max(id)
    FROM (SELECT id, source_id FROM interactions_event
          WHERE id > %(after)s ORDER BY id DESC LIMIT %(most)s) AS tail
    GROUP BY source_id
) AS told
WHERE %(sources)s::bigint[] IS NULL OR source_id = ANY (%(sources)s::bigint[])
GROUP BY source_id
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """The events of one source, and the number of its newest."""

    events: int
    last_event: int


def tallies(source_ids: Collection[int] | None = None) -> dict[int, Tally]:
    """By source, of those that have told anything; of some sources only where they are named."""
    sources = None if source_ids is None else list(source_ids)
    while True:
        mark = _number(_MARK)
        with connection.cursor() as cursor:
            cursor.execute(_READ, {"after": mark, "most": READ_AT_MOST, "sources": sources})
            rows = cursor.fetchall()
        if all((at or 0) == mark for at, *_ in rows):
            return {source: Tally(events, last) for _, source, events, last in rows}


def counted_until() -> int:
    """The number of the last event that was counted: every event up to it is there for all."""
    return _number(_MARK)


def count_new() -> int:
    """Count the events that came since the last count; answer how many it was.

    Shape: 0 also where somebody who may still bring older numbers does not come to an end.
    """
    until = _number(_UNTIL, _number(_MARK), COUNT_AT_MOST)
    if not until or not _all_are_there():
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        after = _locked_mark()
        if until <= after:
            return 0
        cursor.execute(_COUNT, {"after": after, "until": until})
        (counted,) = cursor.fetchone()
    return int(counted)


def count_again(source_id: int) -> None:
    """Count one source anew, within the transaction that deleted some of its events."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_COUNT_AGAIN, {"source": source_id, "until": _locked_mark()})
        events, last = cursor.fetchone()
        if events:
            cursor.execute(
                "INSERT INTO interactions_sourcetally (source_id, events, last_event) "
                "VALUES (%s, %s, %s)",
                [source_id, events, last],
            )


def forget_all() -> None:
    """Forget every count; the job of the clock begins anew."""
    with transaction.atomic(), connection.cursor() as cursor:
        _locked_mark()
        cursor.execute("DELETE FROM interactions_sourcetally")
        cursor.execute("UPDATE interactions_tallymark SET event = 0")


def tally_differences() -> int:
    """How many sources have another count or newest event than the ledger up to the mark."""
    return _number(_DIFFERENT)


def _all_are_there() -> bool:
    """Wait until everybody who is writing now has ended, for a moment."""
    writers = _writers()
    until = time.monotonic() + PATIENCE_SECONDS
    while writers:
        if time.monotonic() > until:
            return False
        time.sleep(_PAUSE_SECONDS)
        writers &= _writers()
    return True


def _writers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS)
        return {name for (name,) in cursor.fetchall()}


def _locked_mark() -> int:
    """The mark, which nobody else moves until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO interactions_tallymark (id, event) VALUES (1, 0) ON CONFLICT DO NOTHING"
        )
    return _number(_LOCK_MARK)


def _number(statement: str, *parameters: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        (number,) = cursor.fetchone()
    return int(number)
