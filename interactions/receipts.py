"""What came of a key's first request: the event that was received, or why it was refused."""

from dataclasses import dataclass
from datetime import datetime

from interactions.models import ApiKey, Event, KeyRefusal
from interactions.tallies import tallies
from interactions.todo import state_of


@dataclass(frozen=True, slots=True)
class Receipt:
    """The state of a connection.

    Shape: `event` is the newest of the source since the key was made; `pending` is its state on the
    to-do list, "" where it is counted; `refusal` is the last refused request where nothing was
    received after it.
    """

    event: Event | None
    pending: str
    pending_reason: str
    refusal: KeyRefusal | None

    @property
    def is_final(self) -> bool:
        """Whether there is nothing to wait for."""
        return self.event is not None and not self.pending and self.refusal is None

    @property
    def mark(self) -> str:
        """A text that changes with what is to be shown."""
        event = f"{self.event.pk}{self.pending}" if self.event else "none"
        refused = self.refusal.at.isoformat() if self.refusal else "none"
        return f"{event}-{refused}"


def receipt_of(key: ApiKey) -> Receipt:
    """What was heard of a key's source since the key was made."""
    event = _newest_event(key)
    refusal = KeyRefusal.objects.filter(key=key).first()
    if event is not None and refusal is not None and _ends(event, refusal.at):
        refusal = None
    pending, reason = state_of(event) if event else ("", "")
    return Receipt(event=event, pending=pending, pending_reason=reason, refusal=refusal)


def _ends(event: Event, refused_at: datetime) -> bool:
    return event.recorded_at > refused_at


def _newest_event(key: ApiKey) -> Event | None:
    if key.source_id is None:
        return None
    told = tallies([key.source_id]).get(key.source_id)
    if told is None:
        return None
    events = Event.objects.filter(pk=told.last_event, recorded_at__gte=key.created_at)
    return events.select_related("source").first()
