"""The memory card: what to know of a customer before the next contact.

It is about all kinds and all time up to as_of; the period of the figures does not narrow it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from interactions.event_types import EventType
from interactions.models import Customer, Event
from interactions.selectors import Viewer
from interactions.source_keys import known_sources
from promises.domain.clock import due_moment
from promises.models import Promise
from promises.projection import PromiseKey, kind_parameters
from promises.projection.facts import ParametersOf, installation_zone
from promises.selectors.acts import PEOPLE
from promises.selectors.lines import promise_line
from promises.selectors.pages import Asked, PromiseLine
from promises.selectors.trust import Trust, trust_read
from promises.selectors.visibility import visible_promises
from promises.selectors.worklists import PARTIES

# So many of the latest facts are looked at; of a customer of years it is enough.
MOST_FACTS = 500
MOST_SAID = 5
MOST_EXPECTED = 5
_TYPES = (
    EventType.CUSTOMER_DESCRIBED,
    EventType.CUSTOMER_LEFT,
    EventType.NOTICE_GIVEN,
    EventType.APOLOGY_GIVEN,
    EventType.EXPECTATION_STATED,
    EventType.ESCALATION_RESOLVED,
)
_SAID = (EventType.NOTICE_GIVEN, EventType.APOLOGY_GIVEN)
REACH = ("channel", "pronunciation", "needs", "relationship")


@dataclass(frozen=True, slots=True)
class Said:
    """Something we told the customer; `seq` is its number in the ledger."""

    seq: int
    type: str
    at: datetime
    words: str
    by: str
    channel: str


@dataclass(frozen=True, slots=True)
class LastBreak:
    """The promise that was broken last, since when, and what we said of it then.

    Shape: an announcement made before, of this promise, is part of what we said.
    """

    promise: PromiseLine
    broke_at: datetime
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the customer expects, beside what was promised of it (R20).

    Shape: `promise_id` where it names a promise that the viewer may see, with `statement` and
    `promised`, the first date that was given. Units: `apart_seconds` = promised - expected.
    """

    seq: int
    text: str
    origin: str
    strength: float | None
    at: datetime
    expected: datetime | None
    promise_id: int | None = None
    statement: str = ""
    promised: datetime | None = None
    apart_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What to know before a contact; texts are "" where nothing was said."""

    channel: str
    pronunciation: str
    needs: str
    relationship: str
    local_time: datetime | None
    left_at: datetime | None
    last_break: LastBreak | None
    expectations: tuple[Expectation, ...]
    trust: Trust


def memory_read(
    viewer: Viewer, customer: Customer, asked: Asked, parameters: ParametersOf | None = None
) -> Memory:
    """The memory card of a customer whom the viewer may see."""
    parameters = parameters or kind_parameters()
    facts = _facts(customer, _TYPES, as_of=None if asked.is_now else asked.as_of)
    sources = known_sources({_promise_source(fact) for fact in facts if fact.data.get("promise")})
    named = {fact.pk: _key(fact, sources) for fact in facts}
    trust, broken = trust_read(viewer, customer, asked, _told(facts, named), parameters)
    wanted = {named[fact.pk] for fact in facts if fact.type == EventType.EXPECTATION_STATED}
    promises = _promises(viewer, customer, {key for key in wanted if key}, broken)
    described = _described(facts)
    left = [fact.occurred_at for fact in facts if fact.type == EventType.CUSTOMER_LEFT]
    return Memory(
        **{name: described.get(name, "") for name in REACH},
        local_time=_local(asked.as_of, customer),
        left_at=max(left, default=None),
        last_break=_last_break(facts, named, _broken(promises, broken, asked, parameters)),
        expectations=_expectations(facts, named, promises, customer),
        trust=trust,
    )


def described_now(customer: Customer, *, without: str) -> dict[str, str]:
    """How to reach a customer, as far as anybody said so, by the names of the event's fields.

    Shape: `without` is the id of an event that people recorded, and that is not heard.
    """
    told = _facts(customer, (EventType.CUSTOMER_DESCRIBED,), as_of=None)
    heard = (one for one in told if (one.source.name, one.event_id) != (PEOPLE, without))
    return _described(heard, (*REACH, "preferred_name"))


def _facts(
    customer: Customer, types: Sequence[EventType], *, as_of: datetime | None
) -> list[Event]:
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
    order = ("-occurred_at", "-source__name", "-event_id")
    return list(facts.select_related("source").order_by(*order)[:MOST_FACTS])


def _described(facts: Iterable[Event], names: Sequence[str] = REACH) -> dict[str, str]:
    """The latest that was said of each field."""
    found: dict[str, str] = {}
    for fact in facts:
        if fact.type == EventType.CUSTOMER_DESCRIBED:
            found |= {
                name: str(value)
                for name in names
                if name not in found and (value := fact.data.get(name))
            }
    return found


def _promise_source(fact: Event) -> str:
    return str(fact.data.get("promise_source") or fact.source.name)


def _key(fact: Event, sources: Mapping[str, int]) -> PromiseKey | None:
    """The promise that a fact names; None where it names none, or one of an unknown source."""
    reference = fact.data.get("promise")
    source = sources.get(_promise_source(fact))
    return (source, str(reference)) if reference and source else None


def _told(
    facts: Iterable[Event], named: Mapping[int, PromiseKey | None]
) -> dict[PromiseKey, dict[str, list[datetime]]]:
    """When we apologised for which promise, and when an escalation about it was resolved."""
    told: dict[PromiseKey, dict[str, list[datetime]]] = {}
    for fact in facts:
        key = named[fact.pk]
        if key and fact.type in (EventType.APOLOGY_GIVEN, EventType.ESCALATION_RESOLVED):
            told.setdefault(key, {}).setdefault(fact.type, []).append(fact.occurred_at)
    return told


def _promises(
    viewer: Viewer, customer: Customer, keys: set[PromiseKey], broken: int | None
) -> dict[PromiseKey, Promise]:
    if not keys and broken is None:
        return {}
    about = Q(reference__in={reference for _, reference in keys}) if keys else Q(pk=None)
    found = visible_promises(viewer).filter(about | Q(pk=broken), customer=customer)
    return {
        (row.source_id, row.reference): row for row in found.select_related(*PARTIES, "remainder")
    }


@dataclass(frozen=True, slots=True)
class _Broken:
    key: PromiseKey
    line: PromiseLine
    at: datetime


def _broken(
    promises: Mapping[PromiseKey, Promise],
    broken: int | None,
    asked: Asked,
    parameters: ParametersOf,
) -> _Broken | None:
    """The promise that was broken last, since when."""
    for key, row in promises.items():
        if row.pk == broken and row.matures_at is not None:
            line, at = promise_line(row, asked, parameters), row.matures_at
            if not asked.is_now:
                # The row may tell of what happened since.
                line = replace(line, rest=None)
            failed_at = line.settled_at if line.state == "failed" else None
            return _Broken(key, line, min(at, failed_at) if failed_at else at)
    return None


def _last_break(
    facts: Iterable[Event], named: Mapping[int, PromiseKey | None], broken: _Broken | None
) -> LastBreak | None:
    if broken is None:
        return None
    said = [
        Said(
            fact.pk,
            fact.type,
            fact.occurred_at,
            str(fact.data.get("words", "")),
            str(fact.data.get("by", "")),
            str(fact.data.get("channel", "")),
        )
        for fact in facts
        if fact.type in _SAID and (named[fact.pk] == broken.key or _is_of_no_other(fact, broken.at))
    ]
    return LastBreak(broken.line, broken.at, tuple(said[:MOST_SAID]))


def _is_of_no_other(fact: Event, broke_at: datetime) -> bool:
    """What names no promise and was said after the break is taken to be of it."""
    return not fact.data.get("promise") and fact.occurred_at >= broke_at


def _expectations(
    facts: Iterable[Event],
    named: Mapping[int, PromiseKey | None],
    promises: Mapping[PromiseKey, Promise],
    customer: Customer,
) -> tuple[Expectation, ...]:
    stated = [fact for fact in facts if fact.type == EventType.EXPECTATION_STATED]
    return tuple(
        _expectation(fact, promises.get(key) if (key := named[fact.pk]) else None, customer)
        for fact in stated[:MOST_EXPECTED]
    )


def _expectation(fact: Event, promise: Promise | None, customer: Customer) -> Expectation:
    expected = _moment(fact.data.get("due_at"), _zone(customer) or installation_zone())
    promised = promise.first_due if promise else None
    both = expected is not None and promised is not None
    strength = fact.data.get("strength")
    return Expectation(
        seq=fact.pk,
        text=str(fact.data.get("text", "")),
        origin=str(fact.data.get("origin", "")),
        strength=float(strength) if isinstance(strength, int | float) else None,
        at=fact.occurred_at,
        expected=expected,
        promise_id=promise.pk if promise else None,
        statement=promise.statement if promise else "",
        promised=promised,
        apart_seconds=(promised - expected).total_seconds() if both else None,  # type: ignore[operator]
    )


def _moment(value: Any, zone: ZoneInfo) -> datetime | None:
    """A moment or date as an event carries it; a date is the end of its day (R15)."""
    try:
        return due_moment(str(value), zone) if value else None
    except (ValueError, OverflowError):
        return None


def _local(moment: datetime, customer: Customer) -> datetime | None:
    """The time of day where the customer is, without its zone: nobody shall convert it again."""
    zone = _zone(customer)
    return moment.astimezone(zone).replace(tzinfo=None) if zone else None


def _zone(customer: Customer) -> ZoneInfo | None:
    """The customer's zone, where one is known that exists."""
    try:
        return ZoneInfo(customer.zone) if customer.zone else None
    except (KeyError, ValueError, OSError):
        return None
