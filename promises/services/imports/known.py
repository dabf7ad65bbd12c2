"""What a dry run needs to tell new events from known ones without recording any."""

from collections.abc import Sequence

from interactions.decode import NewEvent
from interactions.models import Event
from promises.services.imports.told import SeenTexts


class KnownEvents:
    """Answers as the ledger would, and stores nothing."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._seen = SeenTexts()

    def answers(self, events: Sequence[NewEvent]) -> list[bool]:
        """True for each event that would be accepted, False for a duplicate, in order."""
        stored = set(
            Event.objects.filter(
                source__name=self._source, event_id__in=[event.id for event in events]
            ).values_list("event_id", flat=True)
        )
        return [event.id not in stored and self._seen.is_first(event.id) for event in events]

    def close(self) -> None:
        """Give the disk back."""
        self._seen.close()
