"""Events as entries of a timeline."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from interactions.arrays import plain_array, text_array
from interactions.models import Customer, Event
from interactions.selectors import Viewer
from promises.models import Promise
from promises.projection import PromiseKey
from promises.selectors.acts import is_own
from promises.selectors.pages import Asked, TimelineEntry
from promises.selectors.visibility import visible_customers, visible_promises

# The events about a customer, and about what the viewer's teams promised them, from the latest on.
# So many events belong to at most as many promises, those whose last event came last; only of
# promises that went on afterwards nobody knows how far back their events of then lie.
_LATEST = """
SELECT id FROM (
    (SELECT e.id, e.occurred_at
     FROM ((SELECT p.reference, p.source_id FROM promises_promise p
            WHERE p.customer_id = %(customer)s AND {whose} AND {of_promises}
              AND p.last_event_at <= %(latest)s
            ORDER BY p.last_event_at DESC FETCH FIRST %(limit)s ROWS WITH TIES)
           UNION ALL
           (SELECT p.reference, p.source_id FROM promises_promise p
            WHERE p.customer_id = %(customer)s AND {whose} AND {of_promises}
              AND p.last_event_at > %(latest)s)) AS p
     JOIN interactions_event e ON e.subject = p.reference AND e.subject_source_id = p.source_id
     WHERE e.type LIKE 'promise.%%' AND {until}
     ORDER BY e.occurred_at DESC, e.id DESC LIMIT %(limit)s)
    UNION ALL
    (SELECT e.id, e.occurred_at
     FROM interactions_event e
     WHERE e.subject = %(reference)s AND e.subject_source_id IS NULL AND {until}
       AND {of_customer}
     ORDER BY e.occurred_at DESC, e.id DESC LIMIT %(limit)s)
) AS latest ORDER BY occurred_at DESC, id DESC LIMIT %(limit)s
"""

# When an event occurred, and its number in the ledger.
Place = tuple[datetime, int]

# The events of a timeline by what they are about; "promises" are those of promises themselves.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "promises": (),
    "contacts": ("contact.", "handoff.", "escalation."),
    "said": ("notice.", "apology.", "kindness."),
    "heard": ("feedback.", "expectation.", "mention.", "referral.", "customer."),
}


@dataclass(frozen=True, slots=True)
class TimelineFilter:
    """Which events: of each field that is given.

    Shape: `group` is one of GROUPS; `promise` also leaves events about the customer that name it.
    """

    group: str = ""
    start: datetime | None = None
    promise: Promise | None = None


ALL = TimelineFilter()


def customer_timeline(
    viewer: Viewer,
    customer: Customer,
    asked: Asked,
    *,
    limit: int,
    before: Place | None = None,
    wanted: TimelineFilter = ALL,
) -> tuple[tuple[TimelineEntry, ...], bool]:
    """The latest events of a customer and of what was promised to them, for whoever may see the
    customer.

    Shape: (entries, latest first; whether there are more). `before` goes on below an entry.
    """
    if not visible_customers(viewer).filter(pk=customer.pk).exists():
        return (), False
    return timeline_of(viewer, customer, asked, limit=limit, before=before, wanted=wanted)


def timeline_of(
    viewer: Viewer,
    customer: Customer,
    asked: Asked,
    *,
    limit: int,
    before: Place | None = None,
    wanted: TimelineFilter = ALL,
) -> tuple[tuple[TimelineEntry, ...], bool]:
    """The same of a customer whom the viewer was found to see."""
    ids = _latest(viewer, customer, asked, limit + 1, before, wanted)
    found = Event.objects.select_related("source", "actor").in_bulk(ids[:limit])
    events = [found[id] for id in ids[:limit]]
    about = {(event.subject_source_id or 0, event.subject) for event in events}
    of_customer = visible_promises(viewer).filter(
        customer=customer, reference__in={reference for _, reference in about}
    )
    promises = {
        (promise.source_id, promise.reference): promise
        for promise in of_customer.only("source_id", "reference", "statement", "notes")
        if (promise.source_id, promise.reference) in about
    }
    entries = timeline_entries(events, promises, asked)
    own = {
        event.pk
        for event in events
        if asked.is_now and event.subject_source_id is None and is_own(event, viewer, asked.as_of)
    }
    marked = (
        replace(entry, may_take_back=True) if entry.seq in own and not entry.retracted else entry
        for entry in entries
    )
    return tuple(marked), len(ids) > limit


def _latest(
    viewer: Viewer,
    customer: Customer,
    asked: Asked,
    limit: int,
    before: Place | None,
    wanted: TimelineFilter,
) -> list[int]:
    until = "e.occurred_at <= %(as_of)s"
    if before is not None:
        until += " AND (e.occurred_at, e.id) < (%(occurred_at)s, %(id)s)"
    if wanted.start is not None:
        until += " AND e.occurred_at >= %(start)s"
    of_promises, of_customer = _conditions(wanted)
    whose = "true" if viewer.team_ids is None else "p.team_id = ANY(%(teams)s::bigint[])"
    occurred_at, id = before or (None, None)
    with connection.cursor() as cursor:
        cursor.execute(
            _LATEST.format(
                until=until, whose=whose, of_promises=of_promises, of_customer=of_customer
            ),
            {
                "customer": customer.pk,
                "reference": customer.reference,
                "teams": plain_array(sorted(viewer.team_ids or ())),
                "as_of": asked.as_of,
                "latest": occurred_at or asked.as_of,
                "limit": limit,
                "occurred_at": occurred_at,
                "id": id,
                "start": wanted.start,
                "promise": wanted.promise.pk if wanted.promise else None,
                "promise_reference": wanted.promise.reference if wanted.promise else None,
                "promise_source": wanted.promise.source_id if wanted.promise else None,
                "beginnings": text_array(f"{one}%" for one in GROUPS.get(wanted.group, ())),
            },
        )
        return [id for (id,) in cursor.fetchall()]


def _conditions(wanted: TimelineFilter) -> tuple[str, str]:
    """The conditions on the events of promises, and on those about the customer."""
    of_promises, of_customer = "true", "true"
    if wanted.group == "promises":
        of_customer = "false"
    elif wanted.group:
        of_promises, of_customer = "false", "e.type LIKE ANY(%(beginnings)s::text[])"
    if wanted.promise is not None:
        of_promises += " AND p.id = %(promise)s"
        of_customer += (
            " AND e.data->>'promise' = %(promise_reference)s AND coalesce("
            "(SELECT s.id FROM interactions_source s WHERE s.name = e.data->>'promise_source'), "
            "e.source_id) = %(promise_source)s"
        )
    return of_promises, of_customer


def events_of(keys: Iterable[PromiseKey]) -> QuerySet[Event]:
    """The events about promises, in no order."""
    by_source: dict[int, list[str]] = {}
    for source, reference in keys:
        by_source.setdefault(source, []).append(reference)
    if not by_source:
        return Event.objects.none()
    condition = Q()
    for source, references in by_source.items():
        condition |= Q(subject_source=source, subject__in=references)
    return Event.objects.filter(condition, type__startswith="promise.")


def timeline_entries(
    events: Iterable[Event], promises: Mapping[PromiseKey, Promise], asked: Asked
) -> tuple[TimelineEntry, ...]:
    """Entries of events, in the same order; retracted where that had happened by as_of."""
    events = list(events)
    taken_back = set(_retractions_of(events, asked).values_list("subject_source_id", "subject"))
    entries = []
    for event in events:
        promise = promises.get((event.subject_source_id or 0, event.subject))
        notes = {(n[1], n[2]): n[0] for n in promise.notes} if promise else {}
        entries.append(
            TimelineEntry(
                seq=event.pk,
                type=event.type,
                source=event.source.name,
                id=event.event_id,
                subject=event.subject,
                promise_id=promise.pk if promise else None,
                statement=promise.statement if promise else "",
                occurred_at=event.occurred_at,
                recorded_at=event.recorded_at,
                actor=event.actor.get_username() if event.actor else "",
                data=event.data,
                note=notes.get((event.source.name, event.event_id)),
                retracted=(event.source_id, event.event_id) in taken_back,
            )
        )
    return tuple(entries)


def _retractions_of(events: list[Event], asked: Asked) -> QuerySet[Event]:
    ids = [event.event_id for event in events]
    found = Event.objects.filter(type="event.retracted", subject__in=ids)
    # Now is not cut, here as in the figures.
    return found if asked.is_now else found.filter(occurred_at__lte=asked.as_of)
