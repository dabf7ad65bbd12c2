"""What a promise in an agent's own words seems to be, and by when: for a person to confirm.

Whatever the words are, this answers: what cannot be read is not proposed.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from threading import Lock
from typing import Any, Final
from zoneinfo import ZoneInfo

from dateparser import parse
from dateparser.search import search_dates
from django.utils import timezone

from promises.domain.calendars import WEEKDAYS, Calendar, calendar_from
from promises.domain.clock import wall_moment
from promises.domain.expansion import OutOfReach
from promises.domain.said_dates import Proposed, Reading, at_moment, due_said, time_alone_said
from promises.domain.said_times import time_of_day
from promises.domain.said_zones import SaidZone, zone_said
from promises.domain.wording import MOST_READ, Kind, Measure, kind_said, measure_said
from promises.services.reckoning import (
    Reckoned,
    Way,
    due_by_terms,
    hours_of,
    way_named,
    ways_to_reckon,
)

log = logging.getLogger(__name__)

# A date further away than this was misread.
_FURTHEST: Final = timedelta(days=3 * 365)
# Whoever has no calendar, or several, is taken to work then.
_USUAL_HOURS: Final = ("09:00-17:00",)
_LANGUAGES: Final = ("en", "de", "fr", "es", "it", "nl", "pt")
_MONTHS: Final = (
    "jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|fév|avr|aoû|déc|ene|abr|ago|dic|gen"
    "|mag|giu|lug|set|ott|maart|mei"
)
# 6 March, March 6th: what is looked at as a written date at all.
_WRITTEN: Final = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th|\.|er|º)?\s*(?:of |de |di )?(?:{_MONTHS})[^\W\d_]*\.?"
    r"(?:,?\s+20\d\d)?"
    rf"|\b(?:{_MONTHS})[^\W\d_]*\.?\s+\d{{1,2}}(?:st|nd|rd|th|\.)?(?!\d)(?:,?\s+20\d\d)?",
    re.IGNORECASE,
)
# 06.03., 6/3/2027, and alone the 15th.
_NUMERIC: Final = re.compile(
    r"(?<![\d./])(?P<first>\d{1,2})(?P<sign>\.\s?|/)(?P<second>\d{1,2})(?P=sign)?"
    r"(?P<year>(?<=[./])20\d\d|(?<=[./])\d\d)?(?![\d./])"
    r"|\b(?:the|am)\s+(?P<day>\d{1,2})(?:st|nd|rd|th|\.)(?!\s?\d)",
    re.IGNORECASE,
)
# Its caches are not made for several threads at once.
_dateparser: Final = Lock()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was read. Shape: each part None where nothing was; `at` None is the end of the day;
    `calendar` names whose open hours were reckoned with, "" for the usual ones; `standard` is the
    one that was chosen; `reckoned` is what the event is to say of it; `said_zone` is the time zone
    that the words name, and where it was not read there is no time."""

    kind: Kind | None = None
    measure: Measure | None = None
    day: date | None = None
    at: time | None = None
    business: bool = False
    calendar: str = ""
    standard: str = ""
    reckoned: Reckoned | None = None
    said_zone: str = ""
    zone_unread: bool = False

    @property
    def sent(self) -> str:
        """What a form carries of how its date was reckoned, "" where it was not."""
        if self.reckoned is None or self.day is None:
            return ""
        return self.reckoned.sent(self.day, self.at)


def propose(words: str, *, now: datetime, by: str = "") -> Proposal:
    """Read an agent's words.

    Shape: `by` is a way to reckon that somebody chose; a standard says the date by itself.
    """
    words = " ".join(words[: 2 * MOST_READ].split())[:MOST_READ]
    zone = timezone.get_current_timezone()
    if not (words or by) or not isinstance(zone, ZoneInfo):
        return Proposal()
    way = way_named(by, ways_to_reckon())
    if way is not None and way.terms is not None:
        return _by_standard(way, words, now, zone)
    if not words:
        return Proposal()
    hours = way and hours_of(way)
    reading = Reading(now, zone, hours or _usual(zone.key))
    said = zone_said(words)
    due, is_read = _due_elsewhere(said, reading) if said else (_due(words, reading), True)
    kind, measure = kind_said(words), measure_said(words)
    if due is None:
        return Proposal(kind, measure)
    proposal = Proposal(kind, measure, due.day, due.at)
    if said is not None:
        proposal = replace(proposal, said_zone=said.name, zone_unread=not is_read)
    if due.open_time is None:
        return proposal
    if way is None or way.calendar is None:
        return replace(proposal, business=True)
    reckoned = Reckoned(*due.open_time, way.calendar.reference, way.calendar.version)
    return replace(proposal, business=True, calendar=way.name, reckoned=reckoned)


def _by_standard(way: Way, words: str, now: datetime, zone: ZoneInfo) -> Proposal:
    """What a standard would promise if it began now."""
    terms = way.terms
    assert terms is not None  # noqa: S101 (asked before)
    kind: Any = terms.kind
    try:
        moment, reckoned = due_by_terms(way, terms, now=now, zone=zone.key)
    except (OutOfReach, OverflowError):
        return Proposal(kind, measure_said(words))
    due = at_moment(moment, Reading(now, zone, _usual(zone.key)))
    name = way.calendar.name if way.calendar else ""
    return Proposal(
        kind,
        measure_said(words),
        due.day,
        due.at,
        business=bool(name),
        calendar=name,
        standard=way.name,
        reckoned=reckoned,
    )


def _due_elsewhere(said: SaidZone, reading: Reading) -> tuple[Proposed | None, bool]:
    """By when, on the clock of the page, where the words are in another zone, and whether it was
    read; where it was not there is no time."""
    due = _due(said.others, replace(reading, zone=said.zone or reading.zone))
    if due is None or due.at is None:
        return due, False
    if said.zone is None:
        return Proposed(due.day), False
    moment = wall_moment(datetime.combine(due.day, due.at), said.zone)
    return at_moment(moment, reading, due.open_time), True


def _due(words: str, reading: Reading) -> Proposed | None:
    # A weekday beside a written date says nothing new; one without a date does.
    return (
        _written(words, reading)
        or due_said(words, reading)
        or _in_other_words(words, reading)
        or time_alone_said(words, reading)
    )


def _written(words: str, reading: Reading) -> Proposed | None:
    """A date that is written out."""
    for pattern, read in ((_WRITTEN, _named_month), (_NUMERIC, _numbered)):
        for found in pattern.finditer(words):
            day = read(found, reading)
            if day is not None:
                others = f"{words[: found.start()]} \0 {words[found.end() :]}"
                return Proposed(day, time_of_day(others, others))
    return None


def _named_month(found: re.Match[str], reading: Reading) -> date | None:
    return _parsed(found[0], reading.today, timezone.get_current_timezone_name())


def _numbered(found: re.Match[str], reading: Reading) -> date | None:
    """A date in numbers: the next one where it names no year, or no month."""
    possible = _days_of_month if found["day"] else _days_of_year
    days = possible(found, reading)
    return next((date(*day) for day in days if _is_ahead(day, reading.today)), None)


def _days_of_month(found: re.Match[str], reading: Reading) -> Iterator[tuple[int, int, int]]:
    """The 15th, of this month and the following."""
    today = reading.today
    for months in range(today.month - 1, today.month + 12):
        yield today.year + months // 12, months % 12 + 1, int(found["day"])


def _days_of_year(found: re.Match[str], reading: Reading) -> Iterator[tuple[int, int, int]]:
    """6.3., of this year and the following; 1.2 is a version or an amount."""
    if "." in found["sign"] and not found["year"] and not found[0].endswith("."):
        return
    day, month = int(found["first"]), int(found["second"])
    if month > 12 or (found["sign"] == "/" and _is_american(timezone.get_current_timezone_name())):
        day, month = month, day
    if found["year"]:
        yield int(found["year"]) % 100 + 2000, month, day
        return
    for year in range(reading.today.year, reading.today.year + 9):
        yield year, month, day


def _is_ahead(parts: tuple[int, int, int], today: date) -> bool:
    try:
        return today <= date(*parts) <= today + _FURTHEST
    except ValueError:
        return False


def _is_american(zone: str) -> bool:
    """Where 6/3 is the third of June."""
    return zone.startswith(("America/", "US/"))


def _in_other_words(words: str, reading: Reading) -> Proposed | None:
    """What other languages say: mañana, vendredi, entro tre giorni."""
    found = _searched(words, reading.today, timezone.get_current_timezone_name())
    return None if found is None else Proposed(found, time_of_day(words, words, alone=True))


@lru_cache(maxsize=1_024)
def _parsed(text: str, today: date, zone: str) -> date | None:
    """A written date, the next one of its kind where it names no year."""
    return _asked(lambda: parse(text, languages=_LANGUAGES, settings=_settings(today, zone)), today)


@lru_cache(maxsize=1_024)
def _searched(words: str, today: date, zone: str) -> date | None:
    """The first date in words of another language."""

    def search() -> datetime | None:
        found = search_dates(words, languages=_LANGUAGES, settings=_settings(today, zone)) or []
        # Numbers and the shortest words are things, not days.
        named = (at for text, at, *_ in found if re.search(r"[^\W\d_]{5,}", text))
        return next(named, None)

    return _asked(search, today)


def _asked(question: Any, today: date) -> date | None:
    try:
        with _dateparser:
            found = question()
    except Exception:
        # Free text against a library of 200 languages: no proposal is better than no page.
        log.warning("dateparser failed", exc_info=True)
        return None
    if found is None or not today <= found.date() <= today + _FURTHEST:
        return None
    return found.date()  # type: ignore[no-any-return] # a datetime


def _settings(today: date, zone: str) -> dict[str, Any]:
    return {
        "PREFER_DATES_FROM": "future",
        "RELATIVE_BASE": datetime(today.year, today.month, today.day),  # noqa: DTZ001 (local days)
        "RETURN_AS_TIMEZONE_AWARE": False,
        "PREFER_LOCALE_DATE_ORDER": False,
        "DATE_ORDER": "MDY" if _is_american(zone) else "DMY",
    }


@lru_cache(maxsize=8)
def _usual(zone: str) -> Calendar:
    return calendar_from(zone, dict.fromkeys(WEEKDAYS[:5], _USUAL_HOURS))
