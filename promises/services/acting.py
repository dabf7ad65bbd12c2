"""What a person records on the page of a promise: one event, counted at once, and taken back if it
was a mistake (R1, R2, R19, R23)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import transaction

from interactions.decode import NewEvent, event_from_mapping
from interactions.event_types import EventType
from interactions.ledger import record
from interactions.models import Event, Source
from promises.domain.acts import Act, possible_acts
from promises.domain.lifecycle import PromiseState
from promises.models import Promise
from promises.projection import project
from promises.selectors.acts import PEOPLE
from promises.services.promises import record_and_project

EVENT_OF: Final = {
    Act.FULFIL: EventType.PROMISE_FULFILLED,
    Act.RESCHEDULE: EventType.PROMISE_RESCHEDULED,
    Act.PAUSE: EventType.PROMISE_PAUSED,
    Act.RESUME: EventType.PROMISE_RESUMED,
    Act.WITHDRAW: EventType.PROMISE_WITHDRAWN,
    Act.FAIL: EventType.PROMISE_FAILED,
    Act.REOPEN: EventType.PROMISE_REOPENED,
    Act.REPEAT: EventType.PROMISE_MADE,
}
_IDS: Final = UUID("5a2f7c1e-7d0b-5f0c-9a55-6f4a3c1d2b10")


class NotPossible(ValueError):
    """It makes no sense as the promise stands now."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it. Shape: `promise` is the one that it speaks of; `note` the code of why it
    changed nothing."""

    promise: Promise
    is_new: bool
    note: str | None


def act_on(
    promise: Promise,
    state: PromiseState,
    act: Act,
    data: Mapping[str, Any],
    *,
    seen: int,
    now: datetime,
    occurred_at: datetime | None,
    actor_id: int | None,
) -> Done:
    """Record what a person did and count it.

    Shape: `seen` is how many events the promise had when the person looked. Whoever looked at the
    same and does the same records the same event: once. Without occurred_at it happened now.
    Raises: EventRejected; NotPossible; AnotherFact where somebody who looked at the same did the
    same otherwise.
    """
    id = _id_of(promise, act, min(seen, promise.events_count))
    known = Event.objects.filter(source__name=PEOPLE, event_id=id).exists()
    if not known and act not in possible_acts(state, now):
        raise NotPossible(act)
    full = _again(promise, state) | dict(data) if act is Act.REPEAT else dict(data)
    event = _event(promise, act, full, id, occurred_at or now, now)
    recorded = record_and_project(
        event,
        recorded_at=now,
        happened_now=occurred_at is None,
        actor_id=actor_id,
        door=Source.Door.PERSON,
    )
    notes = {(note[1], note[2]): note[0] for note in recorded.promise.notes}
    return Done(recorded.promise, recorded.is_new, notes.get((PEOPLE, id)))


def take_back(promise: Promise, event: Event, *, now: datetime, actor_id: int | None) -> bool:
    """Take back an event about a promise, and count the promise again.

    Shape: False where it was taken back already; once is enough, whoever clicks.
    """
    with transaction.atomic():
        is_new = record_retraction(event, now=now, actor_id=actor_id)
        if is_new:
            project([(promise.source_id, promise.reference)], now=now)
    return is_new


def record_retraction(event: Event, *, now: datetime, actor_id: int | None) -> bool:
    """Record that an event is taken back; False where it was already."""
    retraction = event_from_mapping(
        {
            "specversion": "1.0",
            "id": f"undo-{event.event_id}",
            "source": PEOPLE,
            "type": EventType.EVENT_RETRACTED.value,
            "subject": event.event_id,
            "time": now.isoformat(),
            "data": {
                "source": event.source.name,
                "id": event.event_id,
                "reason": "undone on the page",
            },
        },
        now=now,
    )
    (is_new,) = record([retraction], recorded_at=now, actor_id=actor_id, door=Source.Door.PERSON)
    return bool(is_new)


def _id_of(promise: Promise, act: Act, seen: int) -> str:
    name = f"{promise.source.name}\n{promise.reference}\n{seen}\n{act}"
    return str(uuid5(_IDS, name))


def _again(promise: Promise, state: PromiseState) -> dict[str, Any]:
    """The data of a promise in place of one: the same to the same, but for its words and date."""
    data: dict[str, Any] = {
        "kind": state.kind,
        "customer": {"id": promise.customer.reference},
        "team": promise.team.reference,
        "touchpoint": promise.touchpoint.reference,
        "stake": state.stake,
        "repeat_of": promise.reference,
    }
    if state.kind == "quality":
        data["quality"] = {
            "target": state.target,
            "comparator": state.comparator,
            "unit": state.unit,
            "scale": state.scale,
        }
    return data


def _event(
    promise: Promise, act: Act, data: dict[str, Any], id: str, at: datetime, now: datetime
) -> NewEvent:
    """Raises: EventRejected."""
    if act is not Act.REPEAT and promise.source.name != PEOPLE:
        data["promise_source"] = promise.source.name
    return event_from_mapping(
        {
            "specversion": "1.0",
            "id": id,
            "source": PEOPLE,
            "type": EVENT_OF[act].value,
            "subject": id if act is Act.REPEAT else promise.reference,
            "time": at.isoformat(),
            "data": data,
        },
        now=now,
    )
