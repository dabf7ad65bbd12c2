"""What a person may do on the page of a promise, and take back."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from interactions.models import Event
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
        if entry.source == PEOPLE
        and entry.type.startswith("promise.")
        and not entry.retracted
        and now - entry.recorded_at <= UNDO_WITHIN
        and (viewer.manages or event.actor_id == viewer.user_id)
    ]
    return max(recent, key=lambda entry: (entry.recorded_at, entry.seq), default=None)
