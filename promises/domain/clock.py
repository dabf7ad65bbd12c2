"""Moments and local days: every rule on wall-clock time is evaluated here, in a zone (R15)."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

# Far enough from the ends of the calendar that no tolerance, pause or zone can overflow it.
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 9000

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LOCAL: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?", re.ASCII)
_MOMENT: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}):(\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)
_MICROSECOND: Final = timedelta(microseconds=1)


def parse_day(text: str) -> date:
    """A day such as 2026-03-02, in no other of the ways in which ISO 8601 writes one.

    Raises: ValueError.
    """
    if _DATE.fullmatch(text) is None:
        raise ValueError(text)
    return date.fromisoformat(text)


def parse_local(text: str) -> datetime:
    """A local time as a form sends it: 2026-03-02T09:30, with or without seconds.

    Raises: ValueError for any other text.
    """
    if _LOCAL.fullmatch(text) is None:
        raise ValueError(text)
    return datetime.fromisoformat(text)


@lru_cache(maxsize=16_384)
def parse_moment(text: str) -> datetime:
    """The UTC moment that an RFC 3339 text with an offset names.

    Shape: digits beyond microseconds are cut off; a leap second is the start of the next minute.
    Raises: ValueError for any other text, and outside the years 1900 to 9000.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError(f"not an RFC 3339 moment with an offset: {text!r}")
    day, minute, second, fraction, offset = match.groups()
    leap = second == "60"
    micros = "." + (fraction or ".0")[1:7].ljust(6, "0")
    shift = "+00:00" if offset in "Zz" else offset
    parsed = datetime.fromisoformat(f"{day}T{minute}:{'59' if leap else second}{micros}{shift}")
    _check_year(parsed.year, text)
    moment = parsed.astimezone(UTC)
    return moment.replace(microsecond=0) + _SECOND if leap else moment


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The local day in which a moment falls."""
    return moment.astimezone(zone).date()


@lru_cache(maxsize=16_384)
def day_end(day: date, zone: ZoneInfo) -> datetime:
    """The UTC moment at which the next local day starts.

    Shape: where that midnight does not exist, the first moment after the gap; where there are
    two of it, the first.
    """
    return wall_moment(datetime.combine(day + _DAY, time.min), zone)


def wall_moment(wall: datetime, zone: tzinfo, *, last: bool = False) -> datetime:
    """The UTC moment of a wall-clock time without a zone (R15).

    Shape: one that the clock jumped over is the first moment after the jump; one that comes twice
    is its first, or its second where `last` says so.
    """
    placed = wall.replace(tzinfo=zone, fold=int(last))
    moment = placed.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None, fold=0) == wall.replace(fold=0):
        return moment
    return _first_after_gap(placed.replace(fold=0), zone)


def _first_after_gap(wall: datetime, zone: tzinfo) -> datetime:
    """The moment at which the clock jumped over a wall time."""
    # Read with the offset after the jump a skipped time lies before it, and the reverse.
    before, after = wall.replace(fold=1).astimezone(UTC), wall.astimezone(UTC)
    new_offset = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == new_offset:
            after = middle
        else:
            before = middle
    return after


def end_of_date(day: date, zone: ZoneInfo) -> datetime:
    """What a date without a time means: the last microsecond of that local day, in UTC (R15)."""
    return day_end(day, zone) - _MICROSECOND


@lru_cache(maxsize=16_384)
def due_moment(value: str, zone: ZoneInfo) -> datetime:
    """The moment that a due date names: YYYY-MM-DD in the zone, or RFC 3339.

    Raises: ValueError for any other text, and outside the years 1900 to 9000.
    """
    if _DATE.fullmatch(value) is None:
        return parse_moment(value)
    day = date.fromisoformat(value)
    _check_year(day.year, value)
    return end_of_date(day, zone)


def _check_year(year: int, text: str) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"outside the years {FIRST_YEAR} to {LAST_YEAR}: {text!r}")
