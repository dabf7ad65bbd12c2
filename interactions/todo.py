"""What is still to be counted (R3): the arrivals of requests, and single events on a list.

A request leaves one row, whatever it brought, and a drain takes such rows up as they are. Events
get a row each where each has a fate of its own: those that wait, that failed, that were set aside.
"""

from collections.abc import Collection, Sequence

from django.db import connection

from interactions.arrays import json_array
from interactions.models import Arrival, Event, PendingEvent

# A part of the ledger's own statement. So many numbers to a row: a drain takes no more than a few
# of them at once, whatever a request brought.
ARRIVE = """
    INSERT INTO interactions_arrival (first_event, size, events)
    SELECT min(id), count(*), array_agg(id ORDER BY id) FROM stored GROUP BY id / 1000
"""

# The numbers of the events that nobody has counted.
UNCOUNTED = """
SELECT unnest(events) AS event_id FROM interactions_arrival
UNION ALL SELECT event_id FROM interactions_pendingevent WHERE state = 'pending'
"""

# Every event that is not counted, once. What waited already may be among arrivals that nobody has
# taken up yet. An anti-join: they may be very many.
_STANDING = """
FROM interactions_pendingevent p
WHERE NOT EXISTS (
    SELECT FROM (SELECT unnest(events) AS event_id FROM interactions_arrival) AS a
    WHERE a.event_id = p.event_id)
"""
NOT_COUNTED = f"""
SELECT unnest(events) AS event_id, 'pending' AS state FROM interactions_arrival
UNION ALL SELECT event_id, state {_STANDING}
"""  # noqa: S608 (nothing but constants)

# State, how many, the oldest; none of a state is a row with 0, or no row.
BY_STATE = f"""
SELECT state, sum(size)::bigint, min(first_event) FROM (
    SELECT 'pending' AS state, size, first_event FROM interactions_arrival
    UNION ALL SELECT state, 1, event_id {_STANDING}
) AS todo GROUP BY state
"""  # noqa: S608 (nothing but constants)

_WAIT = """
INSERT INTO interactions_pendingevent (event_id, state, attempts, reason)
SELECT seq, 'waiting', 0, '' FROM unnest(%s::bigint[]) AS w(seq)
ON CONFLICT (event_id) DO UPDATE SET state = 'waiting', attempts = 0, reason = ''
"""

_LIST = """
WITH arrived AS (
    DELETE FROM interactions_arrival WHERE id = ANY(%s::bigint[]) RETURNING events
)
INSERT INTO interactions_pendingevent (event_id, state, attempts, reason)
SELECT unnest(events), 'pending', 0, '' FROM arrived
ON CONFLICT (event_id) DO UPDATE SET state = 'pending', attempts = 0, reason = ''
"""

_DONE = "DELETE FROM interactions_pendingevent WHERE event_id = ANY(%s::bigint[])"

# What somebody does on a page is one event, counted at once: its arrival waits for no drain.
_FEW = 100
_DONE_ALONE = """
DELETE FROM interactions_arrival WHERE size = 1 AND first_event = ANY(%s::bigint[])
"""


def pending_count() -> int:
    """How many events are still to be counted."""
    return counts_by_state()[PendingEvent.State.PENDING]


def counts_by_state() -> dict[str, int]:
    """How many events are not counted, by state; also 0."""
    counts = dict.fromkeys(PendingEvent.State.values, 0)
    with connection.cursor() as cursor:
        cursor.execute(BY_STATE)
        return counts | {state: count for state, count, _ in cursor.fetchall()}


def nothing_pending() -> bool:
    """Whether every event is counted, waiting or set aside."""
    pending = PendingEvent.objects.filter(state=PendingEvent.State.PENDING)
    return not Arrival.objects.exists() and not pending.exists()


def state_of(event: Event) -> tuple[str, str]:
    """The state of an event that is not counted, and the reason; ("", "") where it is."""
    row = PendingEvent.objects.filter(event=event).first()
    if Arrival.objects.filter(first_event__lte=event.pk, events__contains=[event.pk]).exists():
        return PendingEvent.State.PENDING, ""
    return (row.state, row.reason) if row else ("", "")


def keep_waiting(events: Collection[int]) -> None:
    """Put events on the list that wait for what they are about."""
    _execute(_WAIT, events)


def take_off(events: Collection[int]) -> None:
    """Take events off the list that are counted; of arrivals only what came alone, for the others
    are taken off as a whole."""
    _execute(_DONE, events)
    if len(events) <= _FEW:
        _execute(_DONE_ALONE, events)


def take_off_arrivals(arrivals: Sequence[int]) -> None:
    """Forget arrivals whose events are counted, or stand on the list by themselves."""
    _execute("DELETE FROM interactions_arrival WHERE id = ANY(%s::bigint[])", arrivals)


def list_singly(arrivals: Sequence[int]) -> None:
    """Give each event of some arrivals a row of its own, in their place."""
    _execute(_LIST, arrivals)


def _execute(statement: str, numbers: Collection[int]) -> None:
    if numbers:
        with connection.cursor() as cursor:
            cursor.execute(statement, [json_array(numbers)])
