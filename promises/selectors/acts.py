"""What a person may do on the page of a promise, and take back."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from interactions.event_types import EventType
from interactions.models import Customer, Event
from interactions.selectors import Viewer
from promises.selectors.pages import TimelineEntry

# The source of what people record on the pages.
PEOPLE: Final = "promise-gap/people"
# So long a click can be undone; later the fact is corrected by another fact.
UNDO_WITHIN: Final = timedelta(hours=24)


def undoable(
    events: Iterable[tuple[Event, TimelineEntry]], viewer: Viewer, now: datetime
) -> TimelineEntry | None:
    """The latest event of a promise that this person may take back, None where there is none.

    Shape: each event with its entry. What people recorded on the page not long ago: their own,
    for managers anybody's.
    """
    recent = [
        entry
        for event, entry in events
        if entry.type.startswith("promise.") and not entry.retracted and is_own(event, viewer, now)
    ]
    return max(recent, key=lambda entry: (entry.recorded_at, entry.seq), default=None)


def is_own(event: Event, viewer: Viewer, now: datetime) -> bool:
    """Whether people recorded it on a page not long ago: this person, for managers anybody."""
    return (
        event.source.name == PEOPLE
        and now - event.recorded_at <= UNDO_WITHIN
        and (viewer.manages or event.actor_id == viewer.user_id)
    )


def fact_to_take_back(viewer: Viewer, customer: Customer, seq: int, now: datetime) -> Event | None:
    """What people recorded about a customer, where this person may take it back still."""
    found = Event.objects.select_related("source").filter(
        pk=seq, subject=customer.reference, subject_source=None
    )
    event = found.first()
    if event is None or not is_own(event, viewer, now):
        return None
    gone = Event.objects.filter(
        type=EventType.EVENT_RETRACTED, subject=event.event_id, subject_source=event.source_id
    )
    return None if gone.exists() else event
