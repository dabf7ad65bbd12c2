"""What an undone import recorded can be imported again: as new events, because a retraction stands
for ever (R1)."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from django.db.models import QuerySet

from interactions.decode import NewEvent
from interactions.event_types import EventType
from interactions.models import Event

# How the ids of these retractions begin; others, such as corrections by hand, stay in force.
UNDO = "undo-import-"
_DIGEST = 12


def again_after_undo(events: Sequence[NewEvent]) -> list[NewEvent]:
    """The same events, those that an undo took back under the next id of theirs.

    Shape: the same file gives the same ids, whatever was undone in between, and so changes nothing
    where it was imported again already.
    """
    found = list(events)
    if not found or not _undone_sources(found):
        return found
    places = list(range(len(found)))
    while places:
        taken_back = _taken_back(found[place] for place in places)
        places = [place for place in places if (found[place].source, found[place].id) in taken_back]
        for place in places:
            found[place] = found[place]._replace(id=_next_id(found[place].id))
    return found


def _undone_sources(events: Iterable[NewEvent]) -> bool:
    sources = {event.source for event in events}
    return _retractions().filter(subject_source__name__in=sources).exists()


def _taken_back(events: Iterable[NewEvent]) -> set[tuple[str, str]]:
    wanted = list(events)
    rows = _retractions().filter(
        subject_source__name__in={event.source for event in wanted},
        subject__in=[event.id for event in wanted],
    )
    return set(rows.values_list("subject_source__name", "subject"))


def _retractions() -> QuerySet[Event]:
    return Event.objects.filter(type=EventType.EVENT_RETRACTED.value, event_id__startswith=UNDO)


def _next_id(id: str) -> str:
    """As long as before: an id must not grow out of the ledger's 255 characters."""
    return id[:-_DIGEST] + sha256(id.encode()).hexdigest()[:_DIGEST]
