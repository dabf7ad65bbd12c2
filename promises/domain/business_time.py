"""Reckoning in somebody's office hours: when is it due, and how much time has passed (R15, R16).

Where the rules leave room:

- `minutes` and `business minutes` land on the first moment by which the amount has passed, counted
  backwards on the last: 30 business minutes from 16:30 are 17:00, not 09:00 of the next day.
- `days` are wall-clock days of the zone: the same local time of day, in days of 23 hours too.
- A business day is a date on which hours open; what runs over midnight belongs to it. A start
  outside all hours counts as the next opening (counted backwards: the closing before it).
- `business days` are due at the close of the day; with `same_time` at the same time of day, moved
  into that day's hours: a lunch hour to its end, an early close to the close.
- Nothing (0) is the start itself, but for business days due at close: the close of that day. A
  pause that runs then pushes it, as it does any moment.
- A pause pushes a due moment if it begins by then: by its length, and in business units by the open
  hours in it. A weekend paused does not move what only runs on weekdays.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from promises.domain.calendars import Calendar
from promises.domain.clock import wall_moment
from promises.domain.expansion import (
    FIRST_YEAR,
    LAST_YEAR,
    BusinessDay,
    OutOfReach,
    Span,
    from_micros,
    to_micros,
)

_MINUTE = 60_000_000
_DAY = timedelta(days=1)
# No calendar has more days than this, nor more open time: not worth expanding it to find out.
_MOST_DAYS = (LAST_YEAR - FIRST_YEAR + 1) * 366

Pause = tuple[datetime, datetime]


class Unit(StrEnum):
    """The units of an amount of time (R15)."""

    MINUTES = "minutes"
    BUSINESS_MINUTES = "business minutes"
    DAYS = "days"
    BUSINESS_DAYS = "business days"


# Whole ones only: half a business day has no agreed length.
WHOLE_UNITS = frozenset((Unit.DAYS, Unit.BUSINESS_DAYS))


def due(
    start: datetime,
    amount: float,
    unit: Unit,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    *,
    same_time: bool = False,
) -> datetime:
    """The UTC moment that lies an amount of time after the start, or before it.

    Shape: same_time speaks of business days only; pauses have ended, or end where the reckoning
    does.
    Raises: ValueError for a part of a day; OutOfReach outside the years 1970 to 2199.
    """
    whole = _checked(amount, unit)
    reached = _without_pauses(start, amount, unit, calendar, same_time=same_time)
    for begin, end in _ahead(pauses, start, back=whole < 0):
        if (end < reached) if whole < 0 else (begin > reached):
            break
        credit = _paused_length(begin, end, unit, calendar)
        reached = _shifted(reached, -credit if whole < 0 else credit, unit, calendar)
    return reached


def elapsed(
    start: datetime,
    end: datetime,
    unit: Unit,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    *,
    same_time: bool = False,
) -> float:
    """How much time passed from start to end, paused time left out; negative where end is first.

    Shape: of days and business days the whole ones: the furthest amount whose due moment has been
    reached.
    Raises: OutOfReach.
    """
    if end < start and unit not in WHOLE_UNITS:
        return -elapsed(end, start, unit, calendar, pauses)
    if unit in WHOLE_UNITS:
        return _whole_days(start, end, unit, calendar, pauses, same_time=same_time)
    paused = (
        _paused_length(max(begin, start), min(until, end), unit, calendar)
        for begin, until in _ahead(pauses, start, back=False)
        if begin < end
    )
    return (_paused_length(start, end, unit, calendar) - sum(paused)) / _MINUTE


def business_seconds(start: datetime, end: datetime, calendar: Calendar) -> float:
    """The open time between two moments in seconds; negative where end is first.

    Raises: OutOfReach.
    """
    return elapsed(start, end, Unit.BUSINESS_MINUTES, calendar) * 60


def open_between(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """The open time between two moments in order.

    Raises: OutOfReach.
    """
    return timedelta(microseconds=_paused_length(start, end, Unit.BUSINESS_MINUTES, calendar))


def open_after(moment: datetime, length: timedelta, calendar: Calendar) -> datetime:
    """The first moment by which so much more open time has passed.

    Raises: OutOfReach.
    """
    micros = length // timedelta(microseconds=1)
    return _shifted(moment, micros, Unit.BUSINESS_MINUTES, calendar)


def _checked(amount: float, unit: Unit) -> int:
    """The amount's microseconds, or whole days."""
    if unit not in WHOLE_UNITS:
        return round(amount * _MINUTE)
    if amount != int(amount):
        raise ValueError(f"{unit} are counted whole: {amount}")
    return int(amount)


def _without_pauses(
    start: datetime, amount: float, unit: Unit, calendar: Calendar, *, same_time: bool
) -> datetime:
    whole = _checked(amount, unit)
    if unit is Unit.DAYS:
        return _days_later(start, whole, calendar.zone_info)
    if unit is Unit.BUSINESS_DAYS:
        return _business_days_later(start, whole, calendar, same_time=same_time)
    return _shifted(start, whole, unit, calendar)


def _shifted(start: datetime, micros: int, unit: Unit, calendar: Calendar) -> datetime:
    """So many microseconds later: open ones in business units, of the clock in all others."""
    at = to_micros(start)
    if micros == 0:
        return from_micros(at)
    if unit in (Unit.MINUTES, Unit.DAYS):
        return from_micros(at + micros)
    if abs(micros) > _MOST_DAYS * 1_440 * _MINUTE:
        raise OutOfReach(str(micros))
    hours = calendar.open_hours
    span = hours.around(at, at)
    while True:
        total = span.open_until(at) + micros
        found = span.earliest(total) if micros > 0 else span.latest(total)
        if found is not None:
            return from_micros(found)
        span = hours.wider(span, back=micros < 0)


def _paused_length(begin: datetime, end: datetime, unit: Unit, calendar: Calendar) -> int:
    first, last = to_micros(begin), to_micros(end)
    if unit in (Unit.MINUTES, Unit.DAYS):
        return last - first
    span = calendar.open_hours.around(first, last)
    return span.open_until(last) - span.open_until(first)


def _ahead(pauses: Iterable[Pause], start: datetime, *, back: bool) -> list[Pause]:
    """The parts of united pauses after the start, nearest first; counted backwards before it."""
    united: list[Pause] = []
    for begin, end in sorted(pauses):
        if united and begin <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((begin, end))
    if back:
        return [(begin, min(end, start)) for begin, end in reversed(united) if begin < start]
    return [(max(begin, start), end) for begin, end in united if end > start]


def _days_later(start: datetime, days: int, zone: ZoneInfo) -> datetime:
    if days == 0:
        return from_micros(to_micros(start))
    try:
        wall = start.astimezone(zone).replace(tzinfo=None, fold=0) + days * _DAY
        return wall_moment(wall, zone)
    except OverflowError:
        raise OutOfReach(f"{days} days after {start}") from None


def _business_days_later(
    start: datetime, days: int, calendar: Calendar, *, same_time: bool
) -> datetime:
    at, hours = to_micros(start), calendar.open_hours
    if days == 0 and same_time:
        return from_micros(at)
    if abs(days) > _MOST_DAYS:
        raise OutOfReach(str(days))
    span, back = hours.around(at, at), days < 0
    while True:
        interval = _interval_at(span, at, back=back)
        # At both ends the next day may be missing from the span, but not from the calendar.
        if 0 <= interval < len(span.owners):
            wanted = span.owners[interval] + days
            if 0 <= wanted < len(span.days):
                break
        span = hours.wider(span, back=back)
    if not same_time:
        return from_micros(span.day_closes[wanted])
    inside = min(max(at, span.opens[interval]), span.closes[interval])
    here, there = span.days[span.owners[interval]], span.days[wanted]
    wall = from_micros(inside).astimezone(hours.zone).replace(tzinfo=None, fold=0)
    moved = wall_moment(wall + (there.ordinal - here.ordinal) * _DAY, hours.zone)
    return from_micros(_into_hours(span, there, to_micros(moved)))


def _interval_at(span: Span, at: int, *, back: bool) -> int:
    """The number of the interval that a moment lies in, or else of the next one; counted backwards
    of the one before, and a closing belongs to what closes. Outside the span: -1 or its length."""
    return bisect_left(span.opens, at) - 1 if back else bisect_right(span.closes, at)


def _into_hours(span: Span, day: BusinessDay, at: int) -> int:
    """A moment, moved into the hours of a day: out of a gap to its end."""
    at = min(max(at, span.opens[day.first]), span.closes[day.last])
    number = bisect_right(span.opens, at, day.first, day.last + 1) - 1
    return at if at <= span.closes[number] else span.opens[number + 1]


def _whole_days(
    start: datetime,
    end: datetime,
    unit: Unit,
    calendar: Calendar,
    pauses: Sequence[Pause],
    *,
    same_time: bool,
) -> int:
    """The furthest number of days whose due moment lies between start and end."""
    sign = -1 if end < start else 1
    bound = abs((end - start) // _DAY) + 3
    if unit is Unit.BUSINESS_DAYS:
        bound = _days_between(start, end, calendar) + 2

    def is_beyond(days: int) -> bool:
        try:
            reached = due(start, sign * days, unit, calendar, pauses, same_time=same_time)
        except OutOfReach:
            return True
        return reached > end if sign > 0 else reached < end

    return sign * max(0, _first(bound + 1, is_beyond) - 1)


def _days_between(start: datetime, end: datetime, calendar: Calendar) -> int:
    first, last = sorted((to_micros(start), to_micros(end)))
    span = calendar.open_hours.around(first, last)
    return bisect_right(span.day_opens, last) - bisect_left(span.day_closes, first)


def _first(bound: int, holds: Callable[[int], bool]) -> int:
    """The first number from 0 to bound for which something holds that holds for all after it."""
    return bisect_left(range(bound), True, key=holds)
