"""Months and weeks of a zone, for promises of each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from promises.domain.clock import day_of, end_of_date, wall_moment

# A clock that stood still for longer makes up for no more.
MOST_PERIODS = 400
_MONTH: Final = re.compile(r"[0-9]{4}-[0-9]{2}")
_YEARS: Final = range(1900, 2200)


@dataclass(frozen=True, slots=True)
class Period:
    """One month (2026-03) or week (2026-W10), with its first and last day."""

    name: str
    first: date
    last: date

    def begins_at(self, zone: ZoneInfo) -> datetime:
        """The UTC moment of its begin."""
        return wall_moment(datetime.combine(self.first, time.min), zone)

    def ends_at(self, zone: ZoneInfo) -> datetime:
        """The UTC moment of its last microsecond."""
        return end_of_date(self.last, zone)


def first_of_month(name: str) -> date:
    """The first day of a month such as 2026-02.

    Raises: ValueError, also for a month so far away that its days cannot be reckoned with.
    """
    first = _MONTH.fullmatch(name) and date.fromisoformat(f"{name}-01")
    if not first or first.year not in _YEARS:
        raise ValueError(name)
    return first


def period_of(day: date, length: str) -> Period:
    """The period in which a day lies. Raises: ValueError for another length."""
    if length == "month":
        first = day.replace(day=1)
        following = (first + timedelta(days=32)).replace(day=1)
        return Period(f"{first:%Y-%m}", first, following - timedelta(days=1))
    if length == "week":
        first = day - timedelta(days=day.weekday())
        year, week, _ = first.isocalendar()
        return Period(f"{year}-W{week:02}", first, first + timedelta(days=6))
    raise ValueError(length)


def periods_between(since: datetime, until: datetime, length: str, zone: ZoneInfo) -> list[Period]:
    """The periods from the one of a moment to the one of another, the latest MOST_PERIODS."""
    found = list(_backwards(day_of(since, zone), day_of(until, zone), length))
    return found[::-1]


def _backwards(first: date, last: date, length: str) -> Iterator[Period]:
    day = last
    for _ in range(MOST_PERIODS):
        period = period_of(day, length)
        if period.last < first:
            return
        yield period
        day = period.first - timedelta(days=1)
