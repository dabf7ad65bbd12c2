"""Calendars: when somebody is at work, as a value that refuses what makes no sense (R15).

A calendar is a zone, the hours of each weekday, and the dates on which other hours hold. Hours
belong to the day on which they open, also where they run over midnight: a closed Saturday does not
cut short a Friday night shift.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from promises.domain.expansion import OpenHours

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES: Final = 24 * 60
# More than anybody has; a bound for what one calendar may cost.
MOST_HOURS_A_DAY: Final = 8
MOST_DATES: Final = 2_000

_HOURS: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d) ?[-–] ?([01]\d|2[0-4]):([0-5]\d)", re.ASCII)
_DAY: Final = timedelta(days=1)


class Fault(StrEnum):
    """Why a calendar is refused."""

    UNKNOWN_ZONE = "unknown_zone"
    BAD_HOURS = "bad_hours"
    EMPTY_HOURS = "empty_hours"
    OVERLAP = "overlap"
    OVERLAPS_DAY_BEFORE = "overlaps_day_before"
    TOO_MANY_HOURS = "too_many_hours"
    TOO_MANY_DATES = "too_many_dates"
    NEVER_OPEN = "never_open"


class CalendarRefused(ValueError):
    """A calendar that makes no sense. Shape: `field` is a JSON pointer into it."""

    def __init__(self, field: str, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{field}: {fault}")
        self.field, self.fault, self.detail = field, fault, detail


class Hours(NamedTuple):
    """From opening to closing on one day.

    Units: minutes after that day's midnight; closes is above 1440 where they run over midnight.
    """

    opens: int
    closes: int

    def __str__(self) -> str:
        closes = self.closes - DAY_MINUTES if self.closes > DAY_MINUTES else self.closes
        return f"{_clock(self.opens)}-{_clock(closes)}"


Week = tuple[tuple[Hours, ...], ...]


def parse_hours(text: str, field: str) -> Hours:
    """Hours such as 09:00-17:00, 22:00-06:00 (over midnight) or 00:00-24:00.

    Raises: CalendarRefused, naming the field.
    """
    match = _HOURS.fullmatch(text.strip())
    if match is None:
        raise CalendarRefused(field, Fault.BAD_HOURS, text)
    opens_hour, opens_minute, closes_hour, closes_minute = map(int, match.groups())
    opens, closes = opens_hour * 60 + opens_minute, closes_hour * 60 + closes_minute
    if closes > DAY_MINUTES:
        raise CalendarRefused(field, Fault.BAD_HOURS, text)
    if opens == closes:
        raise CalendarRefused(field, Fault.EMPTY_HOURS, text)
    return Hours(opens, closes if closes > opens else closes + DAY_MINUTES)


def parse_day(texts: Sequence[str], field: str) -> tuple[Hours, ...]:
    """The hours of one day in their order; none of them: closed.

    Raises: CalendarRefused, naming the entry.
    """
    if len(texts) > MOST_HOURS_A_DAY:
        raise CalendarRefused(field, Fault.TOO_MANY_HOURS, str(MOST_HOURS_A_DAY))
    placed = sorted((parse_hours(text, f"{field}/{i}"), i) for i, text in enumerate(texts))
    for (before, _), (after, i) in pairwise(placed):
        if after.opens < before.closes:
            raise CalendarRefused(f"{field}/{i}", Fault.OVERLAP, f"{before}, {after}")
    return tuple(hours for hours, _ in placed)


def parse_zone(name: str, field: str = "/zone") -> ZoneInfo:
    """The zone of an IANA name.

    Raises: CalendarRefused, naming the field.
    """
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise CalendarRefused(field, Fault.UNKNOWN_ZONE, name) from None


@dataclass(frozen=True)
class Calendar:
    """One version of a calendar, checked.

    Shape: week has the hours of Monday to Sunday, other the hours of dates that differ from their
    weekday (empty: closed). Equal calendars are equal values.
    Raises: CalendarRefused where it is never open, or hours overlap.
    """

    zone: str
    week: Week
    other: Mapping[date, tuple[Hours, ...]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        parse_zone(self.zone)
        if not any(self.week):
            raise CalendarRefused("/week", Fault.NEVER_OPEN)
        if len(self.other) > MOST_DATES:
            raise CalendarRefused("/days", Fault.TOO_MANY_DATES, str(MOST_DATES))
        for number, name in enumerate(WEEKDAYS):
            _check_following(self.week[number - 1], self.week[number], f"/week/{name}")
        for day in self.other:
            field = f"/days/{day.isoformat()}"
            _check_following(self.hours_of(day - _DAY), self.hours_of(day), field)
            _check_following(self.hours_of(day), self.hours_of(day + _DAY), field)

    def hours_of(self, day: date) -> tuple[Hours, ...]:
        """The hours that open on a date."""
        other = self.other.get(day)
        return self.week[day.weekday()] if other is None else other

    @cached_property
    def zone_info(self) -> ZoneInfo:
        """The zone in which its hours are read."""
        return ZoneInfo(self.zone)

    @cached_property
    def open_hours(self) -> OpenHours:
        """Its hours as moments, expanded as far as somebody has asked."""
        return OpenHours(self.zone_info, self.hours_of)


def calendar_from(
    zone: str,
    week: Mapping[str, Sequence[str]],
    other: Mapping[date, Sequence[str]] | None = None,
) -> Calendar:
    """A calendar from texts: week by mon to sun, a day left out is closed.

    Raises: CalendarRefused, naming the field by its JSON pointer: /zone, /week/tue/0,
    /days/2026-12-24.
    """
    parse_zone(zone)
    return Calendar(
        zone=zone,
        week=tuple(parse_day(week.get(name, ()), f"/week/{name}") for name in WEEKDAYS),
        other={
            day: parse_day(texts, f"/days/{day.isoformat()}")
            for day, texts in sorted((other or {}).items())
        },
    )


def _check_following(before: tuple[Hours, ...], after: tuple[Hours, ...], field: str) -> None:
    """What runs over midnight ends before the next day opens."""
    if before and after and before[-1].closes - DAY_MINUTES > after[0].opens:
        raise CalendarRefused(field, Fault.OVERLAPS_DAY_BEFORE, f"{before[-1]}, {after[0]}")


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
