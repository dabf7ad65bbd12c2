"""Which drain counts what: each claims a batch of pending events that no other has in hand.

There are as many places as drains may work at once, each with a lock of the session that holds it.
A claim found in a place that nobody holds died with its process (R5).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from interactions.arrays import json_array
from promises.models import DrainBatch

# Python folds while the server stores: two keep two cores busy.
PLACES = 2
_PLACE_LOCK = 7402
_CLAIM_LOCK = 7408

# What others have is written into the statement: only a constant array is hashed.
_UNCLAIMED = """
SELECT event_id FROM interactions_pendingevent
WHERE state = 'pending' AND event_id <> ALL(%s::bigint[])
ORDER BY event_id LIMIT %s
"""

# The oldest arrivals that are no more events than the limit, and one in any case.
_ARRIVED = """
SELECT id, events FROM (
    SELECT id, events, size, sum(size) OVER (ORDER BY id) AS so_far
    FROM interactions_arrival WHERE id <> ALL(%(claimed)s::bigint[])
    ORDER BY id LIMIT %(limit)s
) AS oldest
WHERE so_far <= %(limit)s OR so_far = size ORDER BY id
"""


# Not over the ORM, which would turn each number of the list into text by itself.
_KEEP = """
INSERT INTO promises_drainbatch (events, arrivals, place, tries, started_at)
VALUES (%s::bigint[], %s::bigint[], %s, %s, %s) RETURNING id
"""


@contextmanager
def a_place() -> Iterator[int | None]:
    """Hold the first place that is free; None where all are taken."""
    mine = next((place for place in range(1, PLACES + 1) if _hold(place)), None)
    try:
        yield mine
    finally:
        if mine is not None:
            _let_go(mine)


@contextmanager
def the_dead(mine: int) -> Iterator[list[DrainBatch]]:
    """Claims whose drains died, with their places held meanwhile; `mine` is the caller's own."""
    others = [place for place in range(1, PLACES + 1) if place != mine and _hold(place)]
    try:
        yield list(DrainBatch.objects.filter(place__in=[mine, *others]).order_by("pk"))
    finally:
        for place in others:
            _let_go(place)


def claim(place: int, limit: int) -> DrainBatch | None:
    """Claim the oldest pending events that nobody has in hand; None where there are none.

    Shape: first those on the list by themselves, then arrivals, each as a whole.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CLAIM_LOCK])
        batch = DrainBatch(events=[], arrivals=[], place=place, started_at=timezone.now())
        claimed = _claimed(cursor)
        cursor.execute(_UNCLAIMED, [json_array(claimed.events), limit])
        batch.events.extend(event for (event,) in cursor.fetchall())
        if len(batch.events) < limit:
            left = limit - len(batch.events)
            cursor.execute(_ARRIVED, {"claimed": json_array(claimed.arrivals), "limit": left})
            for arrival, events in cursor.fetchall():
                batch.arrivals.append(arrival)
                batch.events += events
        if not batch.events:
            return None
        kept = json_array(batch.events), json_array(batch.arrivals)
        cursor.execute(_KEEP, [*kept, place, batch.tries, batch.started_at])
        (batch.pk,) = cursor.fetchone()
        return batch


class _Claimed(NamedTuple):
    """What is in somebody's hands."""

    events: list[int]
    arrivals: list[int]


def _claimed(cursor: CursorWrapper) -> _Claimed:
    cursor.execute("SELECT events, arrivals FROM promises_drainbatch")
    found = _Claimed([], [])
    for events, arrivals in cursor.fetchall():
        found.events.extend(events)
        found.arrivals.extend(arrivals)
    return found


def _hold(place: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_PLACE_LOCK, place])
        (held,) = cursor.fetchone()
    return bool(held)


def _let_go(place: int) -> None:
    # A session that died has let go already.
    if connection.is_usable():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_PLACE_LOCK, place])
