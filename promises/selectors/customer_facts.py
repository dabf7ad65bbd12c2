"""What was recorded of a customer: what was said, expected, resolved, and of which promise."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q

from interactions.event_types import EventType
from interactions.models import Customer, Event
from interactions.one_reading import once
from interactions.source_keys import known_sources
from promises.projection import PromiseKey
from promises.selectors.pages import Asked

# So many of the latest facts are looked at; of a customer of years it is enough.
MOST_FACTS = 500
_TYPES = (
    EventType.CUSTOMER_DESCRIBED,
    EventType.CUSTOMER_LEFT,
    EventType.NOTICE_GIVEN,
    EventType.APOLOGY_GIVEN,
    EventType.EXPECTATION_STATED,
    EventType.ESCALATION_RESOLVED,
)
_COLUMNS = ("pk", "type", "occurred_at", "data", "event_id", "source__name")


class Fact(NamedTuple):
    """What an event says of a customer; `seq` is its number in the ledger, `source` the name."""

    seq: int
    type: str
    occurred_at: datetime
    data: Mapping[str, Any]
    event_id: str
    source: str


class Facts(NamedTuple):
    """The facts of a customer, latest first, and the promises that they name, by their `seq`.

    Shape: None where a fact names no promise, or one of an unknown source.
    """

    all: Sequence[Fact]
    named: Mapping[int, PromiseKey | None]


def facts_read(customer: Customer, asked: Asked) -> Facts:
    """Everything that was recorded of a customer up to as_of."""

    def read() -> Facts:
        found = facts_of(customer, _TYPES, as_of=None if asked.is_now else asked.as_of)
        sources = known_sources(
            {_promise_source(fact) for fact in found if fact.data.get("promise")}
        )
        return Facts(found, {fact.seq: _key(fact, sources) for fact in found})

    return once(("facts of a customer", customer.pk, asked.is_now or asked.as_of), read)


def facts_of(
    customer: Customer, types: Sequence[EventType], *, as_of: datetime | None
) -> list[Fact]:
    """What was recorded of the customer and not taken back, latest first; None: up to now."""
    until = Q() if as_of is None else Q(occurred_at__lte=as_of)
    taken_back = Event.objects.filter(
        until,
        type=EventType.EVENT_RETRACTED,
        subject=OuterRef("event_id"),
        subject_source=OuterRef("source"),
    )
    facts = Event.objects.filter(
        until, ~Exists(taken_back), subject=customer.reference, subject_source=None, type__in=types
    )
    # In the order in which the latest statement wins (R2).
    latest = facts.order_by("-occurred_at", "-source__name", "-event_id")
    return list(map(Fact._make, latest.values_list(*_COLUMNS)[:MOST_FACTS]))


def told_of(facts: Facts) -> dict[PromiseKey, dict[str, list[datetime]]]:
    """When we apologised for which promise, and when an escalation about it was resolved."""
    told: dict[PromiseKey, dict[str, list[datetime]]] = {}
    for fact in facts.all:
        key = facts.named[fact.seq]
        if key and fact.type in (EventType.APOLOGY_GIVEN, EventType.ESCALATION_RESOLVED):
            told.setdefault(key, {}).setdefault(fact.type, []).append(fact.occurred_at)
    return told


def _promise_source(fact: Fact) -> str:
    return str(fact.data.get("promise_source") or fact.source)


def _key(fact: Fact, sources: Mapping[str, int]) -> PromiseKey | None:
    reference = fact.data.get("promise")
    source = sources.get(_promise_source(fact))
    return (source, str(reference)) if reference and source else None
