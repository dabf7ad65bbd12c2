"""CloudEvents for tests, through the same gate as everybody's."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from interactions.decode import NewEvent, event_from_mapping
from interactions.ledger import record
from interactions.models import Arrival, Source
from interactions.todo import counts_by_state, list_singly
from promises.domain.lifecycle import Fact

# The tests' present: fixed, so that no figure depends on the day of the run.
NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SHOP = "/shop"


def event(
    kind: str,
    subject: str,
    at: datetime,
    data: dict[str, Any] | None = None,
    *,
    source: str = SHOP,
    id: str | None = None,
) -> NewEvent:
    """One checked event."""
    return event_from_mapping(
        {
            "specversion": "1.0",
            "id": id or f"{subject}:{kind}:{at.isoformat()}",
            "source": source,
            "type": kind,
            "subject": subject,
            "time": at.isoformat(),
            "data": data or {},
        },
        now=max(NOW, at),
    )


def made(
    subject: str,
    *,
    at: datetime = START,
    due: datetime | str | None = None,
    kind: str = "delivery",
    team: str = "fulfilment",
    customer: str = "c-1",
    segment: str = "",
    touchpoint: str = "webshop",
    source: str = SHOP,
    id: str | None = None,
    **more: Any,
) -> NewEvent:
    """A promise, due three days after it was made unless said otherwise."""
    due = due or at + timedelta(days=3)
    data = {
        "kind": kind,
        "customer": {"id": customer} | ({"segment": segment} if segment else {}),
        "team": team,
        "touchpoint": touchpoint,
        "due_at": due if isinstance(due, str) else due.isoformat(),
        "statement": f"{subject} arrives in time",
        **more,
    }
    return event("promise.made", subject, at, data, source=source, id=id)


def hardly_believed(subject: str, confidence: float, customer: str) -> NewEvent:
    """An implicit promise of less confidence than the gate takes now."""
    taken = made(subject, explicit=False, confidence=0.25, customer=customer)
    data = taken.data.replace('"confidence":0.25', f'"confidence":{confidence!r}')
    return taken._replace(data=data)


def fulfilled(subject: str, at: datetime, *, source: str = SHOP, **data: Any) -> NewEvent:
    """An outcome."""
    return event("promise.fulfilled", subject, at, data, source=source)


def retracted(target: NewEvent, at: datetime, *, source: str = SHOP) -> NewEvent:
    """The event that takes another back."""
    data = {"source": target.source, "id": target.id, "reason": "entered by mistake"}
    return event("event.retracted", target.id, at, data, source=source)


def store(*events: NewEvent, door: Source.Door = Source.Door.MACHINE) -> list[bool]:
    """Record events as the ledger's own clock would have: when they occurred, at the latest now."""
    return record(events, recorded_at=NOW, door=door)


def event_of(fact: Fact) -> NewEvent:
    """The ledger's form of a fact of the domain's strategies."""
    subject = "p" if fact.type != "event.retracted" else fact.data["id"]
    return taken_once(fact, subject, fact.data, now=max(NOW, fact.occurred_at))


def taken_once(fact: Fact, subject: str, data: Mapping[str, Any], *, now: datetime) -> NewEvent:
    """An event as older ledgers hold it: with moments after its own, which the gate took once."""
    left_out = ("told_at", "customer_request")
    sent = {
        "specversion": "1.0",
        "id": fact.id,
        "source": fact.source,
        "type": fact.type,
        "subject": subject,
        "time": fact.occurred_at.isoformat(),
    }
    now_taken = {name: value for name, value in data.items() if name not in left_out}
    taken = event_from_mapping(sent | {"data": now_taken}, now=now)
    return taken._replace(data=json.dumps(dict(data))) if len(now_taken) < len(data) else taken


def list_all_singly() -> None:
    """Give each event that is to be counted a row of its own, as after a failure."""
    list_singly(list(Arrival.objects.values_list("pk", flat=True)))


def uncounted() -> int:
    """How many events are not counted, for whatever reason."""
    return sum(counts_by_state().values())
