"""Events as entries of a timeline."""

from collections.abc import Iterable, Mapping

from django.db.models import Q, QuerySet

from interactions.models import Customer, Event
from interactions.selectors import Viewer
from promises.models import Promise
from promises.projection import PromiseKey
from promises.selectors.pages import Asked, TimelineEntry
from promises.selectors.visibility import visible_customer_events, visible_promises

# A timeline looks at this many of the customer's latest promises.
PROMISES_READ = 2_000


def customer_timeline(
    viewer: Viewer, customer: Customer, asked: Asked, *, limit: int
) -> tuple[tuple[TimelineEntry, ...], bool]:
    """The latest events of a customer and of what was promised to them.

    Shape: (entries, latest first; whether there are more).
    """
    promises = {
        (promise.source_id, promise.reference): promise
        for promise in visible_promises(viewer)
        .filter(customer=customer, made_at__lte=asked.as_of)
        .order_by("-made_at", "-pk")[: min(PROMISES_READ, limit + 1)]
    }
    of_promises = events_of(promises).filter(occurred_at__lte=asked.as_of)
    about = visible_customer_events(viewer, customer).filter(occurred_at__lte=asked.as_of)
    latest = sorted(
        [*_newest(of_promises, limit), *_newest(about, limit)],
        key=lambda event: (event.occurred_at, event.pk),
        reverse=True,
    )
    entries = timeline_entries(latest[:limit], promises, asked)
    return entries, len(latest) > limit


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
    taken_back = {
        (event.subject_source_id, event.subject) for event in _retractions_of(events, asked)
    }
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


def _newest(events: QuerySet[Event], limit: int) -> list[Event]:
    newest = events.select_related("source", "actor").order_by("-occurred_at", "-pk")
    return list(newest[: limit + 1])
