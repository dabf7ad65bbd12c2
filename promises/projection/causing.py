"""What standards cause: the events that follow from those of a customer or a promise (R2, R3).

What ought to follow is reckoned from all that the ledger has of a customer or a promise, and
compared with what has been caused: what is missing is recorded, what no longer follows is taken
back. It happens in the transaction that counts the events, so that a process that dies loses
nothing and nothing happens twice; the caused events are counted after, as everybody's are.

Two drains do not work on one customer at once: both have its row.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from interactions.decode import NewEvent, event_from_mapping
from interactions.ledger import record
from promises.domain.facts import FULFILLED, MADE, RETRACTED
from promises.domain.rulebook import Trigger
from promises.domain.standards import SOURCE
from promises.domain.waits import Followed, follow
from promises.models import CausedEvent
from promises.projection.facts import PromiseKey
from promises.projection.planning import Plan, digest, planner
from promises.projection.rules import Rules, rules
from promises.projection.triggers import of_customers, of_promises, touched_customers

# What the events are about: a customer (no source), or a promise.
Subject = tuple[int | None, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An event that ought to follow. Shape: key says what from, event is without an id."""

    key: str
    version: int
    event: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """What it says. Shape: only what may change with what is heard later."""
        data = self.event["data"]
        said = [self.event["subject"], self.event["time"]]
        said += [data.get("due_at", ""), data.get("statement", "")]
        return digest(*said, *map(str, sorted(data.get("customer", {}).items())))


def cause_for_customers(told: Iterable[tuple[str, str]]) -> None:
    """Cause what follows from events about customers that are being counted.

    Shape: the events' types and the senders' ids of the customers.
    """
    found = rules()
    if not found.book:
        return
    customers = touched_customers(told, found.book)
    if customers:
        _cause(found, {(None, key): events for key, events in of_customers(customers, found.book)})


def cause_for_promises(keys: Collection[PromiseKey]) -> None:
    """Cause what follows from the events of promises that have been counted."""
    found = rules()
    if any(kind.startswith("promise.") for kind in found.book.types):
        _cause(found, of_promises(keys, found.book))


def _cause(found: Rules, by_subject: Mapping[Subject, Sequence[Trigger]]) -> None:
    wanted = {
        subject: wanted_events(follow(events, planner(found)))
        for subject, events in by_subject.items()
    }
    now = timezone.now()
    events: list[NewEvent] = []
    rows: list[CausedEvent] = []
    gone: list[int] = []
    caused = _caused(wanted)
    for subject, listed in wanted.items():
        had = caused.get(subject, {})
        for one in listed:
            row = _missing(one, had.get(one.key, []), subject)
            if row is not None:
                rows.append(row)
                events.append(_new_event(row.event_id, one.event, now))
        keep = {(one.key, one.digest) for one in listed}
        for known in had.values():
            for row in known:
                if row.stands and (row.key, row.digest) not in keep:
                    gone.append(row.pk)
                    events.append(_taken_back(row, now))
    if events:
        CausedEvent.objects.filter(pk__in=gone).update(stands=False)
        CausedEvent.objects.bulk_create(rows)
        record(events, recorded_at=now)


def wanted_events(followed: Followed[Plan]) -> list[Wanted]:
    """The events of the promises that begin, and of those that are kept."""
    made = [
        Wanted(plan.key, plan.rule.pk, _event(plan, MADE, plan.began.occurred_at, plan.data))
        for plan in followed.made
    ]
    kept = [
        Wanted(
            f"{plan.key}-{digest(answer.source, answer.id)}",
            plan.rule.pk,
            _event(plan, FULFILLED, answer.occurred_at, _kept_by(answer)),
        )
        for plan, answer in followed.kept
    ]
    return made + kept


def _kept_by(answer: Trigger) -> dict[str, Any]:
    return {
        "evidence": answer.type,
        "attributes": {"answer_source": answer.source, "answer_id": answer.id},
    }


def _event(plan: Plan, kind: str, at: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "source": SOURCE,
        "type": kind,
        "subject": plan.reference,
        "time": at.isoformat(),
        "data": data,
    }


def _caused(subjects: Iterable[Subject]) -> dict[Subject, dict[str, list[CausedEvent]]]:
    """What has been caused before, by subject and key."""
    found: dict[Subject, dict[str, list[CausedEvent]]] = {}
    wanted = set(subjects)
    rows = CausedEvent.objects.filter(subject__in={subject for _, subject in wanted})
    for row in rows.order_by("pk"):
        subject = (row.subject_source_id, row.subject)
        if subject in wanted:
            found.setdefault(subject, {}).setdefault(row.key, []).append(row)
    return found


def _missing(one: Wanted, had: Sequence[CausedEvent], subject: Subject) -> CausedEvent | None:
    """The row of an event that is to be recorded, None where it stands already."""
    said = one.digest
    if any(row.stands and row.digest == said for row in had):
        return None
    return CausedEvent(
        version_id=one.version,
        subject=subject[1],
        subject_source_id=subject[0],
        key=one.key,
        digest=said,
        # A retraction cannot be taken back: the same thing again has a number.
        event_id=f"{one.key}-{len(had) + 1}" if had else one.key,
    )


def _new_event(id: str, event: Mapping[str, Any], now: datetime) -> NewEvent:
    return event_from_mapping({**event, "id": id}, now=now, ids_known=True)


def _taken_back(row: CausedEvent, now: datetime) -> NewEvent:
    return event_from_mapping(
        {
            "specversion": "1.0",
            "id": f"{row.event_id}-taken-back",
            "source": SOURCE,
            "type": RETRACTED,
            "subject": row.event_id,
            "time": now.isoformat(),
            "data": {
                "source": SOURCE,
                "id": row.event_id,
                "reason": "no longer follows from what happened",
            },
        },
        now=now,
    )
