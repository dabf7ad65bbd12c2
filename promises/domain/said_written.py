"""A date that is written out in somebody's own words: 6 March, 06.03.2027, 6/3, Friday the 12th."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from promises.domain.said_months import WRITTEN, day_of_month_said
from promises.domain.said_ranges import WEEKDAY, WEEKDAYS, proposed_day
from promises.domain.said_reading import FURTHEST, NoDate, Proposed, Reading, last_of

# 06.03., 6/3/2027, and alone the 15th; not 24/7, nor 1/2 of it.
_NUMERIC: Final = re.compile(
    r"(?<![\d./])(?!24/7\b|\d/\d\s+(?:of|an?)\b)(?P<first>\d{1,2})(?P<sign>\.\s?|/)(?P<second>\d{1,2})(?P=sign)?"
    r"(?P<year>(?<=[./])20\d\d|(?<=[./])\d\d)?(?![\d./])"
    r"|\b(?:am|zum|den|dem)\s+(?P<tag>\d{1,2})\.(?!\s?\d)"
    r"|(?<![\w.:-])(?P<day>\d{1,2})(?:st|nd|rd|th)\b(?!\s?\d)",
    re.IGNORECASE,
)
_DAY_LEADS: Final = re.compile(
    rf"(?:^|\b(?:the|by|until|till|before|on|{WEEKDAY}\.?,?)\s+)$", re.IGNORECASE
)
# A weekday and a day of some month that go together only later than this do not go together.
_SOON: Final = timedelta(days=62)
# 12/5 that is further away than this is not read where 5/12 comes soon: either may be meant.
_FAR: Final = timedelta(days=150)
# Friday the 12th, Friday, 4 December, 4.12. (Friday).
_BESIDE: Final = re.compile(
    rf"\b(?P<day>{WEEKDAY})\b\.?,?\s+\(?(?:(?:the|on|den|dem|der|am)\s+)?$", re.IGNORECASE
)
_IN_BRACKETS: Final = re.compile(rf"\s*\((?P<day>{WEEKDAY})\b", re.IGNORECASE)


def written_said(words: str, reading: Reading) -> Proposed | None:
    """A date that is written out.

    Raises: NoDate for one that none can be.
    """
    for pattern, read in ((WRITTEN, _named_month), (_NUMERIC, _numbered)):
        for found in pattern.finditer(words):
            day = read(found, reading)
            if day is not None:
                return proposed_day(day, words, found.span(), reading)
    return None


def _named_month(found: re.Match[str], reading: Reading) -> date | None:
    """6 March.

    Raises: NoDate.
    """
    day = day_of_month_said(found, reading.today)
    if day is None or not _is_ahead(day, reading.today):
        return None
    return _on_its_weekday([day], found)


def _numbered(found: re.Match[str], reading: Reading) -> date | None:
    """A date in numbers: the next one where it names no year, or no month.

    Raises: NoDate.
    """
    if found["first"]:
        named = list(_days_of_year(found, reading))
        days = _possible(named)
        if named and not days and named[0][1] <= 12 and named[0][2] <= 31:
            raise NoDate(found[0])
    elif found["day"] and not _DAY_LEADS.search(found.string[: found.start()]):
        return None
    else:
        days = _possible(_days_of_month(int(found["day"] or found["tag"]), reading.today))
        if _weekday_beside(found) is not None:
            soon = [day for day in days if day <= reading.today + _SOON]
            return _on_its_weekday([day for day in soon if _is_ahead(day, reading.today)], found)
    ahead = [day for day in days if _is_ahead(day, reading.today)]
    if ahead and ahead[0] > reading.today + _FAR and _is_soon_otherwise(found, reading):
        raise NoDate(found[0])
    return _on_its_weekday(ahead[:1], found) if ahead else None


def _is_soon_otherwise(found: re.Match[str], reading: Reading) -> bool:
    """Whether 12/5 comes soon where the other of its numbers is the month, and nothing beside it
    says which is."""
    if found["sign"] != "/" or found["year"] or _weekday_beside(found) is not None:
        return False
    other = replace(reading, month_first=not reading.month_first)
    soon = reading.today + _SOON
    return any(reading.today <= day <= soon for day in _possible(_days_of_year(found, other)))


def _on_its_weekday(days: list[date], found: re.Match[str]) -> date:
    """The first of some days that is the weekday beside it.

    Raises: NoDate where none is: one of the two is wrong, and nobody can tell which.
    """
    weekday = _weekday_beside(found)
    for day in days:
        if weekday is None or day.weekday() == weekday:
            return day
    raise NoDate(found[0])


def _possible(days: Iterable[tuple[int, int, int]]) -> list[date]:
    return [date(year, month, day) for year, month, day in days if _is_day(year, month, day)]


def _is_day(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= last_of(year, month).day


def _days_of_month(day: int, today: date) -> Iterator[tuple[int, int, int]]:
    """The 15th, of this month and the following."""
    for months in range(today.month - 1, today.month + 12):
        yield today.year + months // 12, months % 12 + 1, day


def _days_of_year(found: re.Match[str], reading: Reading) -> Iterator[tuple[int, int, int]]:
    """6.3., of this year and the following; 1.2 is a version or an amount."""
    if "." in found["sign"] and not found["year"] and not found[0].endswith("."):
        return
    day, month = int(found["first"]), int(found["second"])
    if month > 12 or (found["sign"] == "/" and reading.month_first):
        day, month = month, day
    if found["year"]:
        yield int(found["year"]) % 100 + 2000, month, day
        return
    for year in range(reading.today.year, reading.today.year + 9):
        yield year, month, day


def _is_ahead(day: date, today: date) -> bool:
    return today <= day <= today + FURTHEST


def _weekday_beside(found: re.Match[str]) -> int | None:
    """The weekday that stands beside a date in the words, Monday is 0; None where none does."""
    words = found.string
    named = _BESIDE.search(words[: found.start()]) or _IN_BRACKETS.match(words, found.end())
    return None if named is None else WEEKDAYS[named["day"].lower()]
