"""The memory card: what to know of a customer before the next contact.

It is about all kinds and all time up to as_of; the period of the figures does not narrow it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from interactions.event_types import EventType
from interactions.models import Customer
from interactions.selectors import Viewer
from promises.domain.clock import due_moment
from promises.projection import PromiseKey, kind_parameters
from promises.projection.facts import ParametersOf, installation_zone
from promises.selectors.acts import PEOPLE
from promises.selectors.customer_facts import Fact, facts_of, facts_read, told_of
from promises.selectors.lines import LineRow, row_lines
from promises.selectors.pages import Asked, PromiseLine
from promises.selectors.trust import Trust, broken_last, trust_read
from promises.selectors.visibility import visible_promises

MOST_SAID = 5
MOST_EXPECTED = 5
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


def memory_read(
    viewer: Viewer, customer: Customer, asked: Asked, parameters: ParametersOf | None = None
) -> Memory:
    """The memory card of a customer whom the viewer may see."""
    parameters = parameters or kind_parameters()
    facts, named = facts_read(customer, asked)
    broken = broken_last(viewer, customer, asked, parameters)
    wanted = {named[fact.seq] for fact in facts if fact.type == EventType.EXPECTATION_STATED}
    promises = _promises(viewer, customer, {key for key in wanted if key}, broken)
    described = _described(facts)
    left = [fact.occurred_at for fact in facts if fact.type == EventType.CUSTOMER_LEFT]
    return Memory(
        **{name: described.get(name, "") for name in REACH},
        local_time=_local(asked.as_of, customer),
        left_at=max(left, default=None),
        last_break=_last_break(facts, named, _broken(promises, broken, asked, parameters)),
        expectations=_expectations(facts, named, promises, customer),
    )


def trust_of_customer(viewer: Viewer, customer: Customer, asked: Asked) -> Trust:
    """The trust line of a customer whom the viewer may see, beside the card."""
    told = told_of(facts_read(customer, asked))
    return trust_read(viewer, customer, asked, told, kind_parameters())


def described_now(customer: Customer, *, without: str) -> dict[str, str]:
    """How to reach a customer, as far as anybody said so, by the names of the event's fields.

    Shape: `without` is the id of an event that people recorded, and that is not heard.
    """
    told = facts_of(customer, (EventType.CUSTOMER_DESCRIBED,), as_of=None)
    heard = (one for one in told if (one.source, one.event_id) != (PEOPLE, without))
    return _described(heard, (*REACH, "preferred_name"))


def _described(facts: Iterable[Fact], names: Sequence[str] = REACH) -> dict[str, str]:
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


def _promises(
    viewer: Viewer, customer: Customer, keys: set[PromiseKey], broken: int | None
) -> dict[PromiseKey, LineRow]:
    if not keys and broken is None:
        return {}
    about = Q(reference__in={reference for _, reference in keys}) if keys else Q(pk=None)
    found = visible_promises(viewer).filter(about | Q(pk=broken), customer=customer)
    rows = found.values_list("source_id", "reference", *LineRow._fields)
    return {(source, reference): LineRow._make(row) for source, reference, *row in rows}


@dataclass(frozen=True, slots=True)
class _Broken:
    key: PromiseKey
    line: PromiseLine
    at: datetime


def _broken(
    promises: Mapping[PromiseKey, LineRow],
    broken: int | None,
    asked: Asked,
    parameters: ParametersOf,
) -> _Broken | None:
    """The promise that was broken last, since when."""
    for key, row in promises.items():
        if row.id == broken and row.matures_at is not None:
            (line,), at = row_lines((row,), asked, parameters), row.matures_at
            if not asked.is_now:
                # The row may tell of what happened since.
                line = replace(line, rest=None)
            failed_at = line.settled_at if line.state == "failed" else None
            return _Broken(key, line, min(at, failed_at) if failed_at else at)
    return None


def _last_break(
    facts: Iterable[Fact], named: Mapping[int, PromiseKey | None], broken: _Broken | None
) -> LastBreak | None:
    if broken is None:
        return None
    said = [
        Said(
            fact.seq,
            fact.type,
            fact.occurred_at,
            str(fact.data.get("words", "")),
            str(fact.data.get("by", "")),
            str(fact.data.get("channel", "")),
        )
        for fact in facts
        if fact.type in _SAID
        and (named[fact.seq] == broken.key or _is_of_no_other(fact, broken.at))
    ]
    return LastBreak(broken.line, broken.at, tuple(said[:MOST_SAID]))


def _is_of_no_other(fact: Fact, broke_at: datetime) -> bool:
    """What names no promise and was said after the break is taken to be of it."""
    return not fact.data.get("promise") and fact.occurred_at >= broke_at


def _expectations(
    facts: Iterable[Fact],
    named: Mapping[int, PromiseKey | None],
    promises: Mapping[PromiseKey, LineRow],
    customer: Customer,
) -> tuple[Expectation, ...]:
    stated = [fact for fact in facts if fact.type == EventType.EXPECTATION_STATED]
    return tuple(
        _expectation(fact, promises.get(key) if (key := named[fact.seq]) else None, customer)
        for fact in stated[:MOST_EXPECTED]
    )


def _expectation(fact: Fact, promise: LineRow | None, customer: Customer) -> Expectation:
    expected = _moment(fact.data.get("due_at"), _zone(customer) or installation_zone())
    promised = promise.first_due if promise else None
    both = expected is not None and promised is not None
    strength = fact.data.get("strength")
    return Expectation(
        seq=fact.seq,
        text=str(fact.data.get("text", "")),
        origin=str(fact.data.get("origin", "")),
        strength=float(strength) if isinstance(strength, int | float) else None,
        at=fact.occurred_at,
        expected=expected,
        promise_id=promise.id if promise else None,
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
