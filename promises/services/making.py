"""Recording a promise that a person gave: one event, whatever happens on the way (R1, R19)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from interactions.decode import event_from_mapping
from interactions.event_types import EventType
from interactions.models import Event, Source
from promises.models import Promise
from promises.selectors.acts import PEOPLE
from promises.services.promises import record_and_project

_IDS: Final = UUID("0c6f5a34-98a5-5f2e-8a0f-2f9b7c44d1ab")


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it. Shape: not `is_new` where the same form had arrived before."""

    promise: Promise
    is_new: bool


def make_promise(data: Mapping[str, Any], *, key: str, now: datetime, actor_id: int | None) -> Made:
    """Record a promise and count it.

    Shape: `key` was made with the form. Whoever sends a form twice, by a double click, from two
    tabs or because the first answer was lost, records one event.
    Raises: EventRejected; AnotherFact where the key recorded something else; NoPromise where the
    promise was taken back since.
    """
    id = event_id(key, actor_id)
    event = event_from_mapping(
        {
            "specversion": "1.0",
            "id": id,
            "source": PEOPLE,
            "type": EventType.PROMISE_MADE.value,
            "subject": id,
            "time": now.isoformat(),
            "data": dict(data),
        },
        now=now,
    )
    recorded = record_and_project(
        event, recorded_at=now, happened_now=True, actor_id=actor_id, door=Source.Door.PERSON
    )
    return Made(recorded.promise, recorded.is_new)


def made_with(key: str, actor_id: int | None) -> Promise | None:
    """The promise that a form has recorded already, None where it has not."""
    found = Promise.objects.filter(source__name=PEOPLE, reference=event_id(key, actor_id))
    return found.first()


def was_sent(key: str, actor_id: int | None) -> bool:
    """Whether a form has recorded its event, also if it was taken back since."""
    return Event.objects.filter(source__name=PEOPLE, event_id=event_id(key, actor_id)).exists()


def event_id(key: str, actor_id: int | None) -> str:
    """The id of what a form records: of this person and this form."""
    return str(uuid5(_IDS, f"{actor_id}\n{key}"))
