"""Calendars that the strategies' targets pin: plain, as the fold asks for them, and as a list of
open hours that shares no code with the product."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from promises.domain.calendars import WEEKDAYS, Calendar, calendar_from

Spans = list[tuple[int, int]]

# (reference, version): zone, hours of a day, weekdays. New York changes its clock on 8 March.
OFFICES: dict[tuple[str, int], tuple[str, tuple[tuple[int, int], ...], tuple[int, ...]]] = {
    ("office", 1): ("America/New_York", ((9, 12), (13, 17)), (0, 1, 2, 3, 4)),
    ("office", 2): ("America/New_York", ((8, 20),), (0, 1, 2, 3, 4, 5)),
    ("night", 1): ("Asia/Kolkata", ((22, 30),), (0, 2, 4)),
}
_FIRST, _DAYS = date(2026, 1, 1), 700


def _calendar(zone: str, hours: tuple[tuple[int, int], ...], days: tuple[int, ...]) -> Calendar:
    texts = [f"{opens:02}:00-{closes % 24:02}:00" for opens, closes in hours]
    return calendar_from(zone, {WEEKDAYS[day]: texts for day in days})


_CALENDARS = {key: _calendar(*office) for key, office in OFFICES.items()}


def calendars(reference: str, version: int) -> Calendar | None:
    """The look-up that the fold is given."""
    return _CALENDARS.get((reference, version))


def _micros(day: date, hour: int, zone: ZoneInfo) -> int:
    wall = datetime(day.year, day.month, day.day, tzinfo=None) + timedelta(hours=hour)  # noqa: DTZ001
    return round(wall.replace(tzinfo=zone).astimezone(UTC).timestamp()) * 1_000_000


def _spans(zone: str, hours: tuple[tuple[int, int], ...], days: tuple[int, ...]) -> Spans:
    return [
        (_micros(day, opens, ZoneInfo(zone)), _micros(day, closes, ZoneInfo(zone)))
        for day in (_FIRST + timedelta(days=n) for n in range(_DAYS))
        if day.weekday() in days
        for opens, closes in hours
    ]


_SPANS = {key: _spans(*office) for key, office in OFFICES.items()}


def office_spans(office: tuple[str, int]) -> Spans:
    """The open hours of one of these calendars."""
    return _SPANS[office]


def open_spans(target: dict[str, Any] | None) -> Spans | None:
    """The open hours of what a target pins; None where the wall clock counts."""
    if target is None or not target["unit"].startswith("business"):
        return None
    return _SPANS.get((target["calendar"], target["calendar_version"]))


def open_length(start: int, end: int, spans: Spans | None) -> int:
    """How much of the time between two moments counts."""
    if spans is None:
        return end - start
    return sum(max(0, min(end, closes) - max(start, opens)) for opens, closes in spans)


def open_later(moment: int, length: int, spans: Spans | None) -> int:
    """The first moment by which so much more has passed."""
    if spans is None or length == 0:
        return moment + length
    for opens, closes in spans:
        start = max(opens, moment)
        if closes > start:
            if length <= closes - start:
                return start + length
            length -= closes - start
    raise AssertionError("more open hours than were listed")
