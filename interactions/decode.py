"""Bytes or mappings in, checked events out, with one clear error per item.

Every door (API, import, click) comes through `event_from_mapping` or `events_from_json`, so that
what the ledger holds always has the form that the fold expects.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from interactions.data_checks import CHECKS, Latest
from interactions.data_types import MAX_REFERENCE, Data
from interactions.duplicate_keys import every_key_was_read, may_have_key_twice, refuse_key_twice
from interactions.envelopes import (
    DECODE_ERRORS,
    TYPE_OF,
    Envelope,
    TypedEnvelope,
    data_of,
    decode_array,
    decode_lines,
    keys_of,
)
from interactions.event_data import SCHEMAS, EventRetracted
from interactions.event_types import EventType
from interactions.extensions import may_have_strange_attributes, refuse_strange_attributes
from interactions.ids import check_ids
from interactions.moments import EARLIEST, moment
from interactions.nul_pointer import pointer_to_nul
from interactions.rejection import EventRejected, rejection
from interactions.splitting import split_array

# R19: a sender's clock may be a little ahead of ours, not more.
FUTURE_TOLERANCE = timedelta(minutes=5)

# So many events may come in one body.
MAX_ITEMS = 10_000


class TooManyEvents(ValueError):
    """One body holds more events than are taken at once."""


class NewEvent(NamedTuple):
    """One checked event, ready for the ledger.

    Units: `data` is compact JSON without default values; `occurred_at` is UTC.
    """

    source: str
    id: str
    type: EventType
    subject: str
    subject_source: str | None
    occurred_at: datetime
    data: str


_decode_envelope = msgspec.json.Decoder(Envelope).decode
_decode_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_data = {kind: msgspec.json.Decoder(schema).decode for kind, schema in SCHEMAS.items()}
_encode = msgspec.json.Encoder().encode
# An escape for NUL, not the text of one: an even number of backslashes goes before it.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def event_from_mapping(
    item: Mapping[str, Any], *, now: datetime, ids_known: bool = False
) -> NewEvent:
    """Check one CloudEvent given as a mapping (a click, an import row).

    Shape: `ids_known` where its ids are taken from the ledger, which has what it has.
    Raises: EventRejected with a JSON pointer and a sentence.
    """
    try:
        raw = _encode(item)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise EventRejected("", f"cannot be written as JSON: {error}") from None
    return event_from_own_json(raw, now=now, ids_known=ids_known)


def event_from_json(raw: bytes | msgspec.Raw, *, now: datetime) -> NewEvent:
    """Check one CloudEvent given as JSON bytes by somebody else.

    Raises: EventRejected with a JSON pointer and a sentence.
    """
    event = event_from_own_json(raw, now=now)
    refuse_key_twice(bytes(raw))
    refuse_strange_attributes(bytes(raw))
    return event


def event_from_own_json(
    raw: bytes | msgspec.Raw, *, now: datetime, ids_known: bool = False
) -> NewEvent:
    """Check one CloudEvent that this program wrote as JSON: no key can occur twice in it.

    Shape: `ids_known` as in `event_from_mapping`.
    Raises: EventRejected with a JSON pointer and a sentence.
    """
    try:
        envelope = _decode_envelope(raw)
    except DECODE_ERRORS as error:
        raise rejection(error, "", raw) from None
    event_type = _check_envelope(envelope)
    try:
        data = _decode_data[event_type](envelope.data)
    except DECODE_ERRORS as error:
        raise rejection(error, "/data", envelope.data) from None
    return _checked(envelope, event_type, data, now, ids_known=ids_known)


def events_from_json(body: bytes, *, now: datetime) -> list[NewEvent | EventRejected]:
    """Check a JSON array of CloudEvents; one bad item never costs the others.

    Shape: one entry per item, in order. Raises: EventRejected where the body is no JSON array.
    """
    try:
        typed = decode_array(body)
    except DECODE_ERRORS:
        return _one_by_one(body, now)
    checked = _all_checked(typed, now)
    if _every_key_was_read(body, typed, checked):
        return checked
    if may_have_key_twice(body) or may_have_strange_attributes(body):
        return _one_by_one(body, now)
    return checked


def events_from_lines(body: bytes, *, now: datetime) -> list[NewEvent | EventRejected]:
    """Check newline-delimited JSON, one CloudEvent a line; blank lines are skipped.

    Shape: one entry per line that is not blank, in order.
    """
    lines = [line for line in body.split(b"\n") if line.strip()]
    try:
        typed = decode_lines(body)
    except DECODE_ERRORS:
        return _each(lines, now)
    checked = _all_checked(typed, now)
    if _every_key_was_read(body, typed, checked):
        return checked
    if may_have_key_twice(_as_array(lines)) or may_have_strange_attributes(body, lines=True):
        return _each(lines, now)
    return checked


def _as_array(lines: Sequence[bytes]) -> bytes:
    return b"[" + b",".join(lines) + b"]"


def _every_key_was_read(
    body: bytes, typed: Sequence[TypedEnvelope], checked: Sequence[NewEvent | EventRejected]
) -> bool:
    written = [event.data for event in checked if isinstance(event, NewEvent)]
    return len(written) == len(typed) and every_key_was_read(body, written, keys_of(typed))


def _one_by_one(body: bytes, now: datetime) -> list[NewEvent | EventRejected]:
    """The slow road, for a body with a bad item in it: each gets its own verdict."""
    try:
        items: Sequence[bytes | msgspec.Raw] = _decode_items(body)
    except DECODE_ERRORS as error:
        found = split_array(body)
        if found is None:
            raise rejection(error, "") from None
        items = found
    return _each(items, now)


def _all_checked(typed: list[TypedEnvelope], now: datetime) -> list[NewEvent | EventRejected]:
    _refuse_too_many(typed)
    results: list[NewEvent | EventRejected] = []
    for envelope in typed:
        try:
            results.append(_checked(envelope, TYPE_OF[type(envelope)], data_of(envelope), now))
        except EventRejected as rejected:
            results.append(rejected)
    return results


def _each(items: Sequence[bytes | msgspec.Raw], now: datetime) -> list[NewEvent | EventRejected]:
    _refuse_too_many(items)
    results: list[NewEvent | EventRejected] = []
    for item in items:
        try:
            results.append(event_from_json(item, now=now))
        except EventRejected as rejected:
            results.append(rejected)
    return results


def _refuse_too_many(items: Sequence[object]) -> None:
    """Before any of them is looked at: a small body may hold a million.

    Raises: TooManyEvents.
    """
    if len(items) > MAX_ITEMS:
        raise TooManyEvents(len(items))


def _checked(
    envelope: Envelope | TypedEnvelope,
    event_type: EventType,
    data: Data,
    now: datetime,
    *,
    ids_known: bool = False,
) -> NewEvent:
    """What holds for every event, whichever road it came.

    Raises: EventRejected.
    """
    if not ids_known:
        check_ids(envelope, data, of_customer=event_type.about_customer)
    occurred_at = moment(envelope.time, "/time")
    if occurred_at > now + FUTURE_TOLERANCE:
        raise EventRejected("/time", "lies more than 5 minutes in the future")
    if occurred_at < EARLIEST:
        raise EventRejected("/time", "lies before 1990")
    check = CHECKS.get(type(data))
    if check is not None:
        check(data, Latest(min(occurred_at, now) + FUTURE_TOLERANCE, now + FUTURE_TOLERANCE))
    text = _encode(data).decode()
    if "\\u0000" in text and _NUL.search(text):
        pointer = "/data" + pointer_to_nul(text)
        raise EventRejected(pointer, "contains the character NUL, which cannot be stored")
    subject, subject_source = _subject(envelope, event_type, data)
    return NewEvent(
        envelope.source, envelope.id, event_type, subject, subject_source, occurred_at, text
    )


def _check_envelope(envelope: Envelope) -> EventType:
    if envelope.specversion != "1.0":
        raise EventRejected("/specversion", 'must be "1.0"')
    for name in ("id", "source", "subject"):
        value = getattr(envelope, name)
        if not value and name != "subject":
            raise EventRejected(f"/{name}", "must not be empty")
        if len(value) > MAX_REFERENCE:
            raise EventRejected(f"/{name}", f"is longer than {MAX_REFERENCE} characters")
    try:
        return EventType(envelope.type)
    except ValueError:
        raise EventRejected("/type", f"is no known event type: {envelope.type[:60]!r}") from None


def _subject(
    envelope: Envelope | TypedEnvelope, kind: EventType, data: Data
) -> tuple[str, str | None]:
    """What the event is about, and in which source's names.

    Shape: (subject, source); the source is None for customers, whose ids are global (R23).
    """
    if kind.about_promise:
        if not envelope.subject:
            raise EventRejected("/subject", "must be the reference of the promise")
        return envelope.subject, getattr(data, "promise_source", "") or envelope.source
    if isinstance(data, EventRetracted):
        return data.id, data.source
    # Blanks around an id are no part of it, here as in promises.
    return envelope.subject.strip(), None
