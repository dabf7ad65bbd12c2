"""Public holidays of a country or a part of it, from the library `holidays`."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final

import holidays
from holidays import registry
from holidays.constants import HALF_DAY, PUBLIC

from promises.domain.calendars import WEEKDAYS, CalendarRefused, Hours, parse_day

# A half-day holiday without an hour of its own ends the day here.
NOON: Final = 12 * 60
_FROM: Final = re.compile(r"from (\d{1,2})(?::(\d\d))? ?([ap])m", re.IGNORECASE)
_SHORTENED: Final = re.compile(r"shortened by (\d{1,2}) hours?", re.IGNORECASE)

_WORD_START: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")

# Date -> name, and the hours that are left of it; none: closed.
Found = Mapping[date, tuple[str, tuple[str, ...]]]


class NoSuchPlace(LookupError):
    """Nobody knows the holidays of this country, or it has no such part."""


@lru_cache(maxsize=1)
def countries() -> Mapping[str, tuple[str, ...]]:
    """Codes of the countries whose holidays are known, each with the codes of its parts."""
    known = holidays.list_supported_countries(include_aliases=False)
    return {country: tuple(sorted(parts)) for country, parts in sorted(known.items())}


def holidays_between(
    country: str,
    subdivision: str,
    years: Sequence[int],
    week: Mapping[str, Sequence[str]],
) -> Found:
    """Each holiday of the years. Shape: closed, or for half-day holidays what is left of the
    weekday's hours; those that leave the day as it is are not among them.

    Raises: NoSuchPlace.
    """
    if country not in countries() or (subdivision and subdivision not in countries()[country]):
        raise NoSuchPlace(country, subdivision)
    found: dict[date, tuple[str, tuple[str, ...]]] = {}
    for day, name in sorted(_listed(country, subdivision, tuple(years), HALF_DAY)):
        hours = _cut(week, day, name)
        if hours is not None:
            found[day] = (name, hours)
    for day, name in sorted(_listed(country, subdivision, tuple(years), PUBLIC)):
        found[day] = (name, ())
    return dict(sorted(found.items()))


@lru_cache(maxsize=256)
def _listed(
    country: str, subdivision: str, years: tuple[int, ...], category: str
) -> tuple[tuple[date, str], ...]:
    place = holidays.country_holidays(country, subdiv=subdivision or None)
    if category not in place.supported_categories:
        return ()
    # Hours of half-day holidays are read from their English names.
    english = "en_US" if "en_US" in place.supported_languages else None
    rows = holidays.country_holidays(
        country,
        subdiv=subdivision or None,
        years=years,
        categories=(category,),
        language=english,
    )
    return tuple(rows.items())


def _cut(week: Mapping[str, Sequence[str]], day: date, name: str) -> tuple[str, ...] | None:
    """What a half-day holiday leaves of a weekday's hours; None where that is all of it."""
    try:
        hours = parse_day(week.get(WEEKDAYS[day.weekday()], ()), "")
    except CalendarRefused:
        return None
    if not hours:
        return None
    end = _end(name, hours[-1].closes)
    left = tuple(Hours(h.opens, min(h.closes, end)) for h in hours if h.opens < end)
    return None if left == hours else tuple(str(h) for h in left)


def _end(name: str, closes: int) -> int:
    if shortened := _SHORTENED.search(name):
        return closes - int(shortened[1]) * 60
    if from_hour := _FROM.search(name):
        hour = int(from_hour[1]) % 12 + (12 if from_hour[3].lower() == "p" else 0)
        return hour * 60 + int(from_hour[2] or 0)
    return NOON


@lru_cache(maxsize=1)
def country_names() -> Mapping[str, str]:
    """Code -> English name of the countries whose holidays are known, by name."""
    named = {codes[1]: _WORD_START.sub(" ", codes[0]) for codes in registry.COUNTRIES.values()}
    known = {code: named.get(code, code) for code in countries()}
    return dict(sorted(known.items(), key=lambda item: item[1]))
