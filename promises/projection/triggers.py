"""The events of customers and promises as standards see them, read from the ledger."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from interactions.arrays import json_array, text_array
from interactions.models.party import NOT_STATED
from interactions.moments import zone_exists
from promises.domain.facts import MADE
from promises.domain.rulebook import Rulebook, Trigger
from promises.domain.standards import (
    ANSWERED,
    CONTACTED,
    DESCRIBED,
    NOTICED,
    RESOLVED,
    SOURCE,
    Cycle,
)
from promises.projection.facts import PromiseKey
from promises.projection.parties import party_reference

# The sample is nobody's business: nothing is promised because of it. What was taken back is not
# read, and what was heard before there were standards concerns none.
_COLUMNS = """
SELECT e.id, e.type, s.name, e.event_id, e.subject_source_id, e.subject, e.occurred_at,
       e.recorded_at, e.data::text
"""
_STANDING = """
JOIN interactions_source s ON s.id = e.source_id AND NOT s.is_sample
WHERE e.type = ANY(%(types)s::text[])
  AND (e.recorded_at >= %(since)s OR e.type IN ('customer.described', 'promise.made'))
  AND NOT EXISTS (SELECT FROM interactions_event r
                  WHERE r.type = 'event.retracted' AND r.subject = e.event_id
                    AND r.subject_source_id = e.source_id)
"""
_OF_CUSTOMERS = f"""{_COLUMNS}
FROM unnest(%(subjects)s::text[]) AS k(subject)
JOIN interactions_event e ON e.subject = k.subject AND e.subject_source_id IS NULL
{_STANDING}"""
_OF_PROMISES = f"""{_COLUMNS}
FROM unnest(%(sources)s::int[], %(subjects)s::text[]) AS k(source_id, subject)
JOIN interactions_event e ON e.subject = k.subject AND e.subject_source_id = k.source_id
{_STANDING}"""


class Read(NamedTuple):
    """One event of the ledger."""

    seq: int
    type: str
    source: str
    id: str
    subject_source_id: int | None
    subject: str
    occurred_at: datetime
    recorded_at: datetime
    data: Mapping[str, Any]


def types_read(book: Rulebook) -> set[str]:
    """The types of events about customers that concern some standard."""
    types = {kind for kind in book.types if not kind.startswith("promise.")} | {DESCRIBED}
    if book.cycles & {Cycle.REPLY, Cycle.UPDATE}:
        types |= {ANSWERED, CONTACTED, NOTICED, RESOLVED}
    return types


def touched_customers(told: Iterable[tuple[str, str]], book: Rulebook) -> list[str]:
    """The customers of events (type, customer) that concern some standard; to nobody in
    particular nothing is promised."""
    if not book.types:
        return []
    types = types_read(book)
    return sorted({customer for kind, customer in told if kind in types and is_stated(customer)})


def is_stated(customer: str) -> bool:
    """Whether an event says who the customer is."""
    return party_reference(customer) != NOT_STATED


def of_customers(
    customers: Iterable[str], book: Rulebook
) -> Iterator[tuple[str, Sequence[Trigger]]]:
    """All that concerns some standard, by customer; also customers of whom nothing is left."""
    left = dict.fromkeys(customers)
    read = _read(_OF_CUSTOMERS, types_read(book), book, subjects=text_array(left))
    for customer, events in groupby(sorted(read, key=itemgetter(5)), key=itemgetter(5)):
        left.pop(customer, None)
        yield customer, customer_triggers(list(events))
    for customer in left:
        yield customer, ()


def of_promises(
    keys: Collection[PromiseKey], book: Rulebook
) -> dict[tuple[int | None, str], Sequence[Trigger]]:
    """All that concerns some standard, by promise; what standards cause themselves concerns
    none."""
    types = {kind for kind in book.types if kind.startswith("promise.")} | {MADE}
    read = _read(
        _OF_PROMISES,
        types,
        book,
        sources=json_array(source for source, _ in keys),
        subjects=text_array(reference for _, reference in keys),
    )
    found: dict[tuple[int | None, str], Sequence[Trigger]] = {key: () for key in keys}
    by_key = itemgetter(4, 5)
    for (source, reference), events in groupby(sorted(read, key=by_key), key=by_key):
        found[source, reference] = _promise_triggers(list(events), book)
    return found


def customer_triggers(events: Sequence[Read]) -> list[Trigger]:
    """The events of one customer, each with what had been told of them by then."""
    told = sorted((event for event in events if event.type == DESCRIBED), key=_order)
    return [_trigger(event, event.subject, _described(told, event)) for event in events]


def _promise_triggers(events: Sequence[Read], book: Rulebook) -> list[Trigger]:
    made = min((event for event in events if event.type == MADE), key=_order, default=None)
    if made is None:
        return []
    customer = made.data["customer"]
    about = {
        "name": customer.get("preferred_name") or customer.get("name") or "",
        "segment": customer.get("segment", ""),
        "zone": customer.get("zone", ""),
        "team": made.data.get("team", ""),
        "touchpoint": made.data.get("touchpoint", ""),
    }
    return [
        _trigger(event, customer["id"], about)
        for event in events
        if event.source != SOURCE
        and event.type in book.types
        and (book.since is None or event.recorded_at >= book.since)
    ]


def _described(told: Sequence[Read], event: Read) -> dict[str, str]:
    """What had been told of a customer when something happened; the latest statement wins."""
    found = {
        "team": str(event.data.get("team") or ""),
        "touchpoint": str(event.data.get("touchpoint") or ""),
    }
    names: dict[str, str] = {}
    for statement in told:
        if statement.occurred_at > event.occurred_at:
            break
        for field in ("name", "preferred_name", "segment", "zone"):
            value = str(statement.data.get(field) or "").strip()
            if value and (field != "zone" or zone_exists(value)):
                names[field] = value
    found["name"] = names.get("preferred_name") or names.get("name", "")
    return found | {field: names.get(field, "") for field in ("segment", "zone")}


def _trigger(event: Read, customer: str, about: Mapping[str, str]) -> Trigger:
    return Trigger(
        seq=event.seq,
        type=event.type,
        source=event.source,
        id=event.id,
        subject=event.subject,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        data=event.data,
        customer=customer,
        **about,
    )


def _order(event: Read) -> tuple[datetime, bytes, bytes]:
    return event.occurred_at, event.source.encode(), event.id.encode()


def read_events(sql: str, values: Mapping[str, Any]) -> list[Read]:
    """Events that a statement with the columns of `Read` finds."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Read._make((*row[:8], msgspec.json.decode(row[8]))) for row in cursor.fetchall()]


def _read(sql: str, types: Collection[str], book: Rulebook, **arrays: str) -> list[Read]:
    values = {"types": text_array(sorted(types)), "since": book.since, **arrays}
    return read_events(sql, values)
