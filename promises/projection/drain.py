"""The drain: takes what is pending, in batches, and stops for no poison event (R3, R5)."""

from collections.abc import Sequence

from django.db import OperationalError, connection, transaction
from psycopg2.errors import DeadlockDetected

from interactions.arrays import json_array
from interactions.away import database_is_away
from interactions.models import PendingEvent
from interactions.todo import keep_waiting, list_singly, take_off_arrivals
from promises.domain.facts import RETRACTED
from promises.models import DrainBatch
from promises.projection.claims import a_place, claim, the_dead
from promises.projection.customers import Told, project_customers
from promises.projection.facts import PromiseKey
from promises.projection.parties import introduce
from promises.projection.project import project

# Each event may be of another promise, whose lock takes one of the server's 6,400 places.
BATCH = 2_000
# A batch of so many says that there are more.
FULL_BATCH = BATCH // 2
MAX_ATTEMPTS = 5
DEADLOCK_ATTEMPTS = 3

# What each pending event is about.
_ABOUT = """
SELECT id, type, subject_source_id, subject FROM interactions_event WHERE id = ANY(%s::bigint[])
"""

# A retraction is about the subject of the event that it names; one whose event has not arrived yet
# has no target.
_TARGETS = """
SELECT e.id, t.type, t.subject_source_id, t.subject
FROM interactions_event e
LEFT JOIN interactions_event t ON t.source_id = e.subject_source_id AND t.event_id = e.subject
WHERE e.id = ANY(%s::bigint[])
"""

# A retraction cannot itself be taken back (R1): whatever names one has no effect and is done.
# What they name, and who names them, each by its index: one question for both walks the table.
_WITHOUT_EFFECT = """
DELETE FROM interactions_pendingevent WHERE event_id IN (
    SELECT r.id FROM interactions_event r
    JOIN interactions_event t ON t.source_id = r.subject_source_id AND t.event_id = r.subject
    WHERE r.id = ANY(%(retractions)s::bigint[]) AND t.type = 'event.retracted'
    UNION ALL
    SELECT r.id FROM interactions_event t
    JOIN interactions_event r ON r.subject = t.event_id AND r.subject_source_id = t.source_id
    WHERE t.id = ANY(%(retractions)s::bigint[]) AND r.type = 'event.retracted'
)
"""


def drain(*, limit: int = BATCH) -> int:
    """Count one batch of pending events; answer how many it took up, 0 where others have all that
    there is in hand.

    A few drains may work at once, each on events of its own; the locks on the keys keep apart what
    they do to one promise.
    """
    with a_place() as place:
        if place is None:
            return 0
        recovered = _finish_died_batches(place)
        batch = claim(place, limit)
        if batch is None:
            return recovered
        try:
            _count(batch)
        except Exception as error:
            if database_is_away(error):
                # The database's trouble (a lock, a restart), not an event's: the sweep comes back.
                DrainBatch.objects.filter(pk=batch.pk).delete()
                raise
            _one_by_one(batch)
        return recovered + len(batch.events)


def replay(events: Sequence[int]) -> int:
    """Put events that were set aside back on the to-do list."""
    return PendingEvent.objects.filter(
        event_id__in=events, state=PendingEvent.State.SET_ASIDE
    ).update(state=PendingEvent.State.PENDING, attempts=0, reason="")


def _count(batch: DrainBatch) -> None:
    """Apply a batch and give up its claim in one transaction; again where two drains wait for each
    other, over a customer that is new to both."""
    for attempt in range(1, DEADLOCK_ATTEMPTS + 1):
        try:
            with transaction.atomic():
                introduce(batch.events)
            with transaction.atomic():
                _apply(batch.events)
                take_off_arrivals(batch.arrivals)
                DrainBatch.objects.filter(pk=batch.pk).delete()
        except OperationalError as error:
            if attempt == DEADLOCK_ATTEMPTS or not isinstance(error.__cause__, DeadlockDetected):
                raise
        else:
            return


def _finish_died_batches(place: int) -> int:
    """Take up again what a drain had in hand when its process died.

    Once as a whole, for most die of something else than an event; then row by row.
    """
    taken = 0
    with the_dead(place) as batches:
        for batch in batches:
            taken += len(batch.events)
            if batch.tries:
                _one_by_one(batch)
                continue
            # Before the work: where the process dies again it was one of these.
            DrainBatch.objects.filter(pk=batch.pk).update(tries=1)
            try:
                _count(batch)
            except Exception as error:
                if database_is_away(error):
                    raise
                _one_by_one(batch)
    return taken


def _one_by_one(batch: DrainBatch) -> None:
    # From here on each of them has a fate of its own.
    list_singly(batch.arrivals)
    # Whoever killed its process before comes last, and its neighbours go on.
    left = PendingEvent.objects.filter(
        event_id__in=batch.events, state=PendingEvent.State.PENDING
    ).order_by("attempts", "event_id")
    for event in left:
        _try_alone(event)
    batch.delete()


def _try_alone(event: PendingEvent) -> None:
    """Count the attempt, commit that, then try: also a process that dies of it is counted."""
    if not PendingEvent.objects.filter(pk=event.pk, state=PendingEvent.State.PENDING).exists():
        return  # done together with an earlier event of the same promise
    if event.attempts >= MAX_ATTEMPTS:
        _set_aside(
            event, event.reason or f"the process died {MAX_ATTEMPTS} times while counting it"
        )
        return
    event.attempts += 1
    PendingEvent.objects.filter(pk=event.pk).update(attempts=event.attempts)
    try:
        with transaction.atomic():
            _apply([event.pk])
    except Exception as error:
        if database_is_away(error):
            raise
        reason = f"{type(error).__name__}: {error}"[:500]
        PendingEvent.objects.filter(pk=event.pk).update(reason=reason)
        if event.attempts >= MAX_ATTEMPTS:
            _set_aside(event, reason)


def _set_aside(event: PendingEvent, reason: str) -> None:
    PendingEvent.objects.filter(pk=event.pk).update(
        state=PendingEvent.State.SET_ASIDE, reason=reason
    )


def _apply(events: Sequence[int]) -> None:
    """Project everything that the events are about."""
    with connection.cursor() as cursor:
        cursor.execute(_ABOUT, [json_array(events)])
        about = cursor.fetchall()
        retractions = [seq for seq, kind, _, _ in about if kind == RETRACTED]
        targets = []
        if retractions:
            cursor.execute(_TARGETS, [json_array(retractions)])
            targets = cursor.fetchall()
    about = [row for row in about if row[1] != RETRACTED] + targets
    keys: set[PromiseKey] = set()
    about_customers: list[Told] = []
    without_target: list[int] = []
    for seq, kind, source, subject in about:
        if kind is None:
            without_target.append(seq)
        elif kind.startswith("promise."):
            keys.add((source, subject))
        elif kind != RETRACTED:
            about_customers.append(Told(seq, kind, subject))
    project(keys)
    project_customers(about_customers)
    keep_waiting(without_target)
    if retractions:
        with connection.cursor() as cursor:
            cursor.execute(_WITHOUT_EFFECT, {"retractions": json_array(retractions)})
