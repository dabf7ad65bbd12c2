"""Single events that wait for something or were set aside, page by page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from interactions.models import PendingEvent
from interactions.selectors import Viewer
from promises.selectors.visibility import NotVisible

PAGE = 50


@dataclass(frozen=True, slots=True)
class AwaitedFact:
    """What a waiting event waits for: a promise by its reference, or an event by its id."""

    what: str
    source: str
    reference: str


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """One event that is not counted.

    Shape: `number` is its place in the ledger, `event` the CloudEvent as it was recorded, `awaits`
    what a waiting one waits for.
    """

    number: int
    state: str
    recorded_at: datetime
    age_seconds: float
    attempts: int
    reason: str
    awaits: AwaitedFact | None
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class HeldPage:
    """One page of them, oldest first; `next` is where the following one begins."""

    events: tuple[HeldEvent, ...]
    next: int | None


def held_read(
    viewer: Viewer, state: str, *, now: datetime, after: int = 0, limit: int = PAGE
) -> HeldPage:
    """Events in one state, oldest first, after a number.

    Raises: NotVisible for whoever may not act for the whole installation.
    """
    if not viewer.manages:
        raise NotVisible("data health")
    rows = list(
        PendingEvent.objects.filter(state=state, event_id__gt=after)
        .select_related("event__source", "event__subject_source")
        .order_by("event_id")[: limit + 1]
    )
    shown = rows[:limit]
    following = shown[-1].event_id if len(rows) > limit else None
    return HeldPage(tuple(_held(row, now) for row in shown), following)


def _held(row: PendingEvent, now: datetime) -> HeldEvent:
    event = row.event
    return HeldEvent(
        number=row.event_id,
        state=row.state,
        recorded_at=event.recorded_at,
        age_seconds=max((now - event.recorded_at).total_seconds(), 0.0),
        attempts=row.attempts,
        reason=row.reason,
        awaits=_awaited(row) if row.state == PendingEvent.State.WAITING else None,
        event={
            "specversion": "1.0",
            "id": event.event_id,
            "source": event.source.name,
            "type": event.type,
            "subject": event.subject,
            "time": event.occurred_at.isoformat().replace("+00:00", "Z"),
            "data": event.data,
        },
    )


def _awaited(row: PendingEvent) -> AwaitedFact | None:
    event = row.event
    if event.subject_source is None:
        return None
    what = "event" if event.type == "event.retracted" else "promise"
    return AwaitedFact(what, event.subject_source.name, event.subject)
