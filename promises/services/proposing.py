"""What a promise in an agent's own words seems to be, and by when: for a person to confirm.

Whatever the words are, this answers: what cannot be read is not proposed.
"""

import logging
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import lru_cache
from threading import Lock
from typing import Any, Final
from zoneinfo import ZoneInfo

from dateparser.search import search_dates
from django.utils import timezone

from promises.domain.calendars import WEEKDAYS, Calendar, calendar_from
from promises.domain.clock import wall_moment
from promises.domain.expansion import OutOfReach
from promises.domain.said_dates import due_said, seems_dated, time_alone_said
from promises.domain.said_ranges import proposed_day, what_is_promised
from promises.domain.said_reading import FURTHEST, NoDate, Proposed, Reading, at_moment, still_ahead
from promises.domain.said_spans import without_spans
from promises.domain.said_times import time_of_day, without_clock
from promises.domain.said_written import written_said
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

# Whoever has no calendar, or several, is taken to work then.
_USUAL_HOURS: Final = ("09:00-17:00",)
_LANGUAGES: Final = ("en", "de", "fr", "es", "it", "nl", "pt")
_ARTICLE: Final = re.compile(r"(?:d[eo]l?|d[ai]|l[ea]|[ei]l)\s+", re.IGNORECASE)
# Its caches are not made for several threads at once.
_dateparser: Final = Lock()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was read. Shape: each part None where nothing was; `at` None is the end of the day;
    `calendar` names whose open hours were reckoned with, "" for the usual ones; `standard` is the
    one that was chosen; `reckoned` is what the event is to say of it; `said_zone` is the time zone
    that the words name, and where it was not read there is no time; `unread` where a date seems to
    stand in the words and none was read; `eve` where the day is the last before what they name."""

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
    unread: bool = False
    eve: bool = False

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
    reading = Reading(now, zone, hours or _usual(zone.key), _is_american(zone.key))
    said = zone_said(words)
    due, is_read = _due_elsewhere(said, reading) if said else (_due(words, reading), True)
    due = due and still_ahead(due, reading)
    kind, measure = kind_said(words), measure_said(words)
    if due is None:
        return Proposal(kind, measure, unread=seems_dated(words))
    proposal = Proposal(kind, measure, due.day, due.at, eve=due.eve)
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
    there = replace(reading, zone=said.zone or reading.zone, is_elsewhere=said.zone is not None)
    due = _due(said.others, there)
    if due is None or due.at is None:
        return due, False
    if said.zone is None:
        return Proposed(due.day), False
    moment = wall_moment(datetime.combine(due.day, due.at), said.zone)
    return at_moment(moment, reading, due.open_time), True


def _due(words: str, reading: Reading) -> Proposed | None:
    words = what_is_promised(words)
    try:
        # A weekday beside a written date says nothing new; one without a date does.
        due = (
            written_said(words, reading)
            or due_said(words, reading)
            or _in_other_words(words, reading)
            or time_alone_said(words, reading)
        )
    except NoDate:
        return None
    return None if due is None else still_ahead(due, reading)


def _is_american(zone: str) -> bool:
    """Where 6/3 is the third of June."""
    return zone.startswith(("America/", "US/"))


def _in_other_words(words: str, reading: Reading) -> Proposed | None:
    """What other languages say: mañana, vendredi, entro tre giorni."""
    cut = without_clock(without_spans(words))
    found = _searched(cut, reading.today, timezone.get_current_timezone_name())
    if found is None:
        return None
    named, day = found
    at = time_of_day(words, alone=True)
    begin = max(cut.find(named), 0)
    end = begin + len(named)
    # Of "antes del viernes" the library takes "del viernes".
    if (article := _ARTICLE.match(cut, begin, end)) is not None:
        begin = article.end()
    due = proposed_day(day, cut, (begin, end), reading)
    return due if at is None else Proposed(day, at)


@lru_cache(maxsize=1_024)
def _searched(words: str, today: date, zone: str) -> tuple[str, date] | None:
    """The first date in words of another language, with what names it."""

    def search() -> tuple[str, datetime] | None:
        found = search_dates(words, languages=_LANGUAGES, settings=_settings(today, zone)) or []
        # Numbers and the shortest words are things, not days.
        named = ((text, at) for text, at, *_ in found if re.search(r"[^\W\d_]{5,}", text))
        return next(named, None)

    try:
        with _dateparser:
            found = search()
    except Exception:
        # Free text against a library of 200 languages: no proposal is better than no page.
        log.warning("dateparser failed", exc_info=True)
        return None
    if found is None or not today <= found[1].date() <= today + FURTHEST:
        return None
    return found[0], found[1].date()


def _settings(today: date, zone: str) -> dict[str, Any]:
    return {
        "PREFER_DATES_FROM": "future",
        "PREFER_DAY_OF_MONTH": "last",
        "RELATIVE_BASE": datetime(today.year, today.month, today.day),  # noqa: DTZ001 (local days)
        "RETURN_AS_TIMEZONE_AWARE": False,
        "PREFER_LOCALE_DATE_ORDER": False,
        "DATE_ORDER": "MDY" if _is_american(zone) else "DMY",
    }


@lru_cache(maxsize=8)
def _usual(zone: str) -> Calendar:
    return calendar_from(zone, dict.fromkeys(WEEKDAYS[:5], _USUAL_HOURS))
