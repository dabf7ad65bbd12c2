"""Recording one fact about a promise and counting it, in one transaction: what a person sees next
is what they did."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import transaction

from interactions.decode import NewEvent
from interactions.intake import Intake
from interactions.ledger import record
from interactions.models import Event, Source
from promises.models import Promise
from promises.projection import project


class AnotherFact(ValueError):
    """The id is known already, for something else."""


class NoPromise(LookupError):
    """The fact is known, but its promise was taken back since."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a fact. Shape: `recorded_at` is of the first time, also on a repetition."""

    promise: Promise
    recorded_at: datetime
    is_new: bool


def record_and_project(
    event: NewEvent,
    *,
    recorded_at: datetime,
    happened_now: bool = False,
    actor_id: int | None = None,
    door: Source.Door = Source.Door.MACHINE,
    intake: Intake | None = None,
) -> Recorded:
    """Record one event about a promise and bring the promise in step.

    Shape: the unique (source, id) decides between two at once: the later is a repetition.
    `happened_now` where nobody said when it happened, so that a repetition may come later.
    `intake` is the request that brought it.
    Raises: AnotherFact where (source, id) is known for something else; NoPromise.
    """
    with transaction.atomic():
        (is_new,) = record(
            [event], recorded_at=recorded_at, actor_id=actor_id, door=door, intake=intake
        )
        stored = Event.objects.select_related("subject_source").get(
            source__name=event.source, event_id=event.id
        )
        if is_new:
            project([(stored.subject_source_id or 0, stored.subject)], now=recorded_at)
        elif not _is_same(stored, event, happened_now=happened_now):
            raise AnotherFact(event.id)
        promise = (
            Promise.objects.select_related("source", "customer", "team", "touchpoint")
            .filter(source=stored.subject_source_id, reference=stored.subject)
            .first()
        )
    if promise is None:
        raise NoPromise(stored.subject)
    return Recorded(promise, stored.recorded_at, is_new)


def _is_same(stored: Event, event: NewEvent, *, happened_now: bool) -> bool:
    named = stored.subject_source.name if stored.subject_source else None
    expected = stored.recorded_at if happened_now else event.occurred_at
    return (stored.type, stored.subject, named, stored.occurred_at, stored.data) == (
        event.type.value,
        event.subject,
        event.subject_source,
        expected,
        msgspec.json.decode(event.data),
    )
