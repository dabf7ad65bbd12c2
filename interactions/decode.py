"""Bytes or mappings in, checked events out, with one clear error per item.

Every door (API, import, click) comes through `event_from_mapping` or `events_from_json`, so that
what the ledger holds always has the form that the fold expects.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from interactions.event_data import (
    SCHEMAS,
    Data,
    EventRetracted,
    ExpectationStated,
    PromiseMade,
    PromiseRescheduled,
)
from interactions.event_types import EventType
from interactions.splitting import split_array

# R19: a sender's clock may be a little ahead of ours, not more.
FUTURE_TOLERANCE = timedelta(minutes=5)
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST_DUE = datetime(2200, 1, 1, tzinfo=UTC)
STAKES = (0.5, 1, 2, 4)
MAX_REFERENCE = 255


class EventRejected(ValueError):
    """One event has a form that cannot be taken; `pointer` is a JSON pointer into it."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(f"{pointer or '/'}: {reason}")
        self.pointer = pointer
        self.reason = reason


class Envelope(msgspec.Struct, frozen=True):
    """The CloudEvents 1.0 attributes that we read; extension attributes are allowed and dropped."""

    specversion: str
    id: str
    source: str
    type: str
    time: str
    subject: str = ""
    data: msgspec.Raw = msgspec.Raw(b"{}")


@dataclass(frozen=True, slots=True)
class NewEvent:
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
_decode_array = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_data = {kind: msgspec.json.Decoder(schema).decode for kind, schema in SCHEMAS.items()}
_encode = msgspec.json.Encoder().encode
# RFC 3339 as the fold reads it; leap seconds are refused below with the calendar's word.
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:[0-5]\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# An escape for NUL, not the text of one: an even number of backslashes goes before it.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
# isprintable() is quick, but refuses spaces other than the usual one and newer letters, too.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_PATH = re.compile(r" - at `(?:key in )?\$(.*)`$")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


def event_from_mapping(item: Mapping[str, Any], *, now: datetime) -> NewEvent:
    """Check one CloudEvent given as a mapping (a click, an import row).

    Raises: EventRejected with a JSON pointer and a sentence.
    """
    try:
        raw = _encode(item)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise EventRejected("", f"cannot be written as JSON: {error}") from None
    return event_from_json(raw, now=now)


def event_from_json(raw: bytes | msgspec.Raw, *, now: datetime) -> NewEvent:
    """Check one CloudEvent given as JSON bytes.

    Raises: EventRejected with a JSON pointer and a sentence.
    """
    try:
        envelope = _decode_envelope(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _rejection(error, "") from None
    event_type = _check_envelope(envelope)
    try:
        data = _decode_data[event_type](envelope.data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _rejection(error, "/data") from None
    occurred_at = moment(envelope.time, "/time")
    if occurred_at > now + FUTURE_TOLERANCE:
        raise EventRejected("/time", "lies more than 5 minutes in the future")
    if occurred_at < EARLIEST:
        raise EventRejected("/time", "lies before 1990")
    _check_data(data)
    text = _encode(data).decode()
    if _NUL.search(text):
        raise EventRejected("/data", "contains the character NUL, which cannot be stored")
    subject, subject_source = _subject(envelope, event_type, data)
    return NewEvent(
        envelope.source, envelope.id, event_type, subject, subject_source, occurred_at, text
    )


def events_from_json(body: bytes, *, now: datetime) -> list[NewEvent | EventRejected]:
    """Check a JSON array of CloudEvents; one bad item never costs the others.

    Shape: one entry per item, in order. Raises: EventRejected where the body is no JSON array.
    """
    try:
        items: Sequence[bytes | msgspec.Raw] = _decode_array(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        found = split_array(body)
        if found is None:
            raise _rejection(error, "") from None
        items = found
    results: list[NewEvent | EventRejected] = []
    for item in items:
        try:
            results.append(event_from_json(item, now=now))
        except EventRejected as rejected:
            results.append(rejected)
    return results


def moment(text: str, pointer: str) -> datetime:
    """Read an RFC 3339 moment with its offset.

    Raises: EventRejected where it is not one.
    """
    if _MOMENT.fullmatch(text) is None:
        reason = "needs a date, a time with seconds and an offset, such as 2026-03-02T09:30:00Z"
        raise EventRejected(pointer, f"{reason}, not {text[:40]!r}")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise EventRejected(pointer, f"is no time of the calendar: {text[:40]!r}") from None


def moment_or_date(text: str, pointer: str) -> None:
    """Check a due date: a day such as 2026-03-06, or an RFC 3339 moment.

    Raises: EventRejected where it is neither.
    """
    if _DATE.fullmatch(text):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise EventRejected(pointer, f"is no date: {text!r}") from None
        read = datetime(day.year, day.month, day.day, tzinfo=UTC)
        _check_reach(read, pointer)
    else:
        _moment_in_reach(text, pointer)


@lru_cache(maxsize=1024)
def zone_exists(name: str) -> bool:
    """Tell whether the time zone database knows the name."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _moment_in_reach(text: str, pointer: str) -> None:
    _check_reach(moment(text, pointer), pointer)


def _check_reach(read: datetime, pointer: str) -> None:
    if not EARLIEST <= read <= LATEST_DUE:
        raise EventRejected(pointer, "must lie between 1990 and 2200")


def _check_envelope(envelope: Envelope) -> EventType:
    if envelope.specversion != "1.0":
        raise EventRejected("/specversion", 'must be "1.0"')
    for name in ("id", "source", "subject"):
        value = getattr(envelope, name)
        if not value and name != "subject":
            raise EventRejected(f"/{name}", "must not be empty")
        if len(value) > MAX_REFERENCE:
            raise EventRejected(f"/{name}", f"is longer than {MAX_REFERENCE} characters")
        if not value.isprintable() and _CONTROL.search(value):
            raise EventRejected(f"/{name}", "contains a control character")
    try:
        return EventType(envelope.type)
    except ValueError:
        raise EventRejected("/type", f"is no known event type: {envelope.type[:60]!r}") from None


def _check_data(data: Data) -> None:
    match data:
        case PromiseMade():
            _check_made(data)
        case PromiseRescheduled():
            moment_or_date(data.due_at, "/data/due_at")
            if data.told_at is not None:
                _moment_in_reach(data.told_at, "/data/told_at")
            if data.customer_request is not None:
                _moment_in_reach(data.customer_request.at, "/data/customer_request/at")
        case ExpectationStated(due_at=str(due_at)):
            moment_or_date(due_at, "/data/due_at")
        case _:
            pass


def _check_made(made: PromiseMade) -> None:
    moment_or_date(made.due_at, "/data/due_at")
    if made.stake not in STAKES:
        raise EventRejected("/data/stake", "must be 0.5, 1, 2 or 4")
    if made.customer.zone and not zone_exists(made.customer.zone):
        raise EventRejected("/data/customer/zone", "is no time zone of the tz database")
    if made.kind == "quality" and made.quality is None:
        raise EventRejected(
            "/data/quality", "a quality promise needs target, comparator, unit and scale"
        )
    if made.kind != "quality" and made.quality is not None:
        raise EventRejected("/data/quality", "belongs to a quality promise only")


def _subject(envelope: Envelope, kind: EventType, data: Data) -> tuple[str, str | None]:
    """What the event is about, and in which source's names.

    Shape: (subject, source); the source is None for customers, whose ids are global (R23).
    """
    if isinstance(data, EventRetracted):
        return data.id, data.source
    if kind.about_customer:
        return envelope.subject, None
    if not envelope.subject:
        raise EventRejected("/subject", "must be the reference of the promise")
    return envelope.subject, getattr(data, "promise_source", "") or envelope.source


def _rejection(error: Exception, prefix: str) -> EventRejected:
    """Turn a decoder's message into a JSON pointer and a sentence."""
    if isinstance(error, RecursionError):
        return EventRejected(prefix, "is nested too deeply")
    text = str(error)
    found = _PATH.search(text)
    if not found:
        return EventRejected(prefix, text)
    steps = "".join(f"/{name or index}" for name, index in _STEP.findall(found.group(1)))
    return EventRejected(prefix + steps, text[: found.start()])
