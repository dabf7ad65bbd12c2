"""The watch: which open promises passed a threshold since anybody looked.

Any number of workers may watch at once. A batch is a transaction: its open rows are locked, those
that another worker holds are left to it, what was passed is stored and told, and the next check is
set. Whatever ends in the middle has not happened.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction

from interactions.arrays import plain_array, text_array
from interactions.todo import UNCOUNTED
from promises.domain.thresholds import Crossing, Watched, crossings, next_moment
from promises.services.alerts.telling import Told, tell

BATCH = 1_000
# A task may run 45 s; the loop leaves itself room to finish the batch in hand.
BUDGET_SECONDS = 25.0
# Promises with events still to be counted are passed over; with more than this, until next time.
MOST_PASSED_OVER = 10 * BATCH
# Crossings are kept for so long, and older ones are not told any more.
KEPT = timedelta(days=90)

_TAKE = """
SELECT promise_id, due, matures_at, half_at, three_quarters_at, next_check
FROM promises_openpromise
WHERE next_check < %(now)s AND NOT promise_id = ANY(%(passed_over)s::bigint[])
ORDER BY next_check LIMIT %(batch)s FOR UPDATE SKIP LOCKED
"""

# What is stored but not counted may be the very outcome that was waited for.
_UNCOUNTED = f"""
SELECT DISTINCT p.id
FROM unnest(%s::bigint[]) AS taken(id)
JOIN promises_promise p USING (id)
JOIN interactions_event e ON e.subject = p.reference AND e.subject_source_id = p.source_id
JOIN ({UNCOUNTED}) AS q ON q.event_id = e.id
"""  # noqa: S608 (nothing but constants)

_STORE = """
INSERT INTO promises_crossing (promise_id, threshold, day, due, moment, noticed_at)
SELECT c.*, %s FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::timestamptz[],
                           %s::timestamptz[]) AS c(promise_id, threshold, day, due, moment)
ON CONFLICT (promise_id, threshold, day, due) DO NOTHING
RETURNING id, promise_id, threshold, day, due, moment
"""

_MOVE_ON = """
UPDATE promises_openpromise o SET next_check = n.next_check
FROM unnest(%s::bigint[], %s::timestamptz[]) AS n(promise_id, next_check)
WHERE o.promise_id = n.promise_id
"""


class _Taken(NamedTuple):
    promise_id: int
    watched: Watched
    next_check: datetime


def watch(*, now: datetime, batch: int = BATCH, budget_seconds: float = BUDGET_SECONDS) -> int:
    """Handle every threshold passed before now; answer how many were new.

    Shape: what was missed while nobody watched is made up for, each with its own moment.
    """
    until = time.monotonic() + budget_seconds
    found, passed_over = 0, list[int]()
    while time.monotonic() < until and len(passed_over) <= MOST_PASSED_OVER:
        with transaction.atomic():
            taken = _take(now, batch, passed_over)
            uncounted = _uncounted(taken)
            passed_over += uncounted
            found += len(_handle([one for one in taken if one.promise_id not in uncounted], now))
        if len(taken) < batch:
            break
    return found


def clear_old(*, now: datetime) -> int:
    """Delete the crossings that are kept no longer."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM promises_crossing WHERE moment < %s", [now - KEPT])
        return int(cursor.rowcount)


def _take(now: datetime, batch: int, passed_over: Sequence[int]) -> list[_Taken]:
    parameters: dict[str, Any] = {
        "now": now,
        "batch": batch,
        "passed_over": plain_array(passed_over),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, parameters)
        return [_Taken(row[0], Watched(*row[1:5]), row[5]) for row in cursor.fetchall()]


def _uncounted(taken: Sequence[_Taken]) -> set[int]:
    if not taken:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_UNCOUNTED, [plain_array(one.promise_id for one in taken)])
        return {row[0] for row in cursor.fetchall()}


def _handle(taken: Sequence[_Taken], now: datetime) -> list[Told]:
    """Store and tell what was passed, and set the next checks."""
    if not taken:
        return []
    told = _store(list(_passed(taken, now)), now)
    tell(told, now=now)
    moves = [(one.promise_id, next_moment(one.watched, now)) for one in taken]
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVE_ON,
            [plain_array(pk for pk, _ in moves), _moments(at for _, at in moves)],
        )
    return told


def _passed(taken: Sequence[_Taken], now: datetime) -> Iterator[tuple[int, Crossing]]:
    for one in taken:
        since = max(one.next_check, now - KEPT)
        for crossing in crossings(one.watched, since, now):
            yield one.promise_id, crossing


def _store(passed: Sequence[tuple[int, Crossing]], now: datetime) -> list[Told]:
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            [
                now,
                plain_array(pk for pk, _ in passed),
                text_array(crossing.threshold.value for _, crossing in passed),
                plain_array(crossing.day for _, crossing in passed),
                _moments(crossing.due for _, crossing in passed),
                _moments(crossing.moment for _, crossing in passed),
            ],
        )
        return [Told(*row) for row in cursor.fetchall()]


def _moments(values: Iterable[datetime | None]) -> str:
    return text_array(None if value is None else value.isoformat() for value in values)
