"""A calendar as somebody writes it: checked as a whole, each fault beside its field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from promises.domain.calendars import (
    MOST_DATES,
    WEEKDAYS,
    Calendar,
    CalendarRefused,
    Fault,
    calendar_from,
    parse_day,
)
from promises.domain.expansion import FIRST_YEAR, LAST_YEAR
from promises.models import CalendarDay
from promises.services.calendars.holidays_of import Found, NoSuchPlace, holidays_between

MAX_NAME: Final = 80
MAX_REASON: Final = 1_000
MOST_YEARS: Final = 20
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DAY_FIELD: Final = re.compile(r"/days/(\d{4}-\d\d-\d\d)(?:/(\d+))?")


class DraftRefused(ValueError):
    """A draft that makes no sense. Shape: `pointer` is a JSON pointer to the field."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(f"{pointer}: {reason}")
        self.pointer, self.reason = pointer, reason


@dataclass(frozen=True, slots=True)
class DraftDay:
    """A date on which other hours hold; none: closed. Switched off it is as its weekday."""

    date: date
    name: str = ""
    hours: tuple[str, ...] = ()
    is_on: bool = True
    origin: str = CalendarDay.Origin.ADDED.value


@dataclass(frozen=True, slots=True)
class HolidaysOf:
    """Whose public holidays, and of which years, the first and the last of them included."""

    country: str
    first_year: int
    last_year: int
    subdivision: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A calendar as somebody writes it.

    Shape: week by mon to sun; with_holidays says that the days hold the holidays already.
    """

    name: str
    zone: str
    week: Mapping[str, Sequence[str]]
    days: tuple[DraftDay, ...] = ()
    holidays: HolidaysOf | None = None
    with_holidays: bool = False


def finished(draft: Draft) -> tuple[Draft, Calendar]:
    """The draft with the holidays of its country as days, and the calendar that it means.

    Shape: a day that is written down wins over the library's of the same date; one that came from
    the library, and is no longer in it, is left out.
    Raises: DraftRefused with the field of the draft named.
    """
    try:
        _check_own_fields(draft)
        whole = draft
        if not draft.with_holidays:
            whole = replace(draft, days=_days(draft), with_holidays=True)
        calendar = calendar_from(
            whole.zone, whole.week, {day.date: day.hours for day in whole.days if day.is_on}
        )
    except CalendarRefused as refused:
        raise DraftRefused(_pointer(refused.field, draft), _words(refused)) from None
    return whole, calendar


def _days(draft: Draft) -> tuple[DraftDay, ...]:
    found = _found(draft)
    days: dict[date, DraftDay] = {
        day: DraftDay(day, name[:MAX_NAME], hours, origin=CalendarDay.Origin.HOLIDAYS.value)
        for day, (name, hours) in found.items()
    }
    for given in draft.days:
        if given.date in found:
            name = given.name or days[given.date].name
            origin = CalendarDay.Origin.HOLIDAYS.value
            days[given.date] = replace(given, name=name, origin=origin)
        elif given.origin != CalendarDay.Origin.HOLIDAYS:
            days[given.date] = replace(given, origin=CalendarDay.Origin.ADDED.value)
    return tuple(days[day] for day in sorted(days))


def _check_own_fields(draft: Draft) -> None:
    _check_text(draft.name, "/name", MAX_NAME)
    if not draft.name.strip():
        raise DraftRefused("/name", _("Give it a name."))
    for weekday in draft.week:
        if weekday not in WEEKDAYS:
            known = ", ".join(WEEKDAYS)
            raise DraftRefused("/week", _("Days of the week are %(known)s.") % {"known": known})
    if len(draft.days) > MOST_DATES:
        raise CalendarRefused("/days", Fault.TOO_MANY_DATES, str(MOST_DATES))
    seen: set[date] = set()
    for number, day in enumerate(draft.days):
        # Also of those that are switched off: they can be switched on.
        parse_day(day.hours, f"/days/{number}/hours")
        _check_text(day.name, f"/days/{number}/name", MAX_NAME)
        if not FIRST_YEAR <= day.date.year <= LAST_YEAR:
            reason = _("Only the years %(first)s to %(last)s are reckoned with.")
            raise DraftRefused(
                f"/days/{number}/date", reason % {"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        if day.date in seen:
            raise DraftRefused(f"/days/{number}/date", _("This date is there twice."))
        seen.add(day.date)


def check_reason(reason: str) -> None:
    """A reason that can be kept.

    Raises: DraftRefused.
    """
    _check_text(reason, "/reason", MAX_REASON)


def _check_text(text: str, pointer: str, most: int) -> None:
    if len(text) > most:
        raise DraftRefused(pointer, _("It has more than %(most)s characters.") % {"most": most})
    if _CONTROL.search(text):
        raise DraftRefused(pointer, _("It contains a control character."))


def _found(draft: Draft) -> Found:
    asked = draft.holidays
    if asked is None:
        return {}
    if not FIRST_YEAR <= asked.first_year <= asked.last_year <= LAST_YEAR:
        reason = _("Years go from %(first)s to %(last)s, the first one first.")
        raise DraftRefused(
            "/holidays/first_year", reason % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )
    if asked.last_year - asked.first_year >= MOST_YEARS:
        reason = _("No more than %(most)s years at once.")
        raise DraftRefused("/holidays/last_year", reason % {"most": MOST_YEARS})
    years = range(asked.first_year, asked.last_year + 1)
    try:
        return holidays_between(asked.country, asked.subdivision, years, draft.week)
    except NoSuchPlace:
        field_name = "subdivision" if asked.subdivision else "country"
        raise DraftRefused(f"/holidays/{field_name}", _("Its holidays are not known.")) from None


def _pointer(field_name: str, draft: Draft) -> str:
    """A date's field as a field of the list of days."""
    match = _DAY_FIELD.fullmatch(field_name)
    if match is None:
        return field_name
    day, hours = date.fromisoformat(match[1]), match[2]
    number = next((i for i, row in enumerate(draft.days) if row.date == day), None)
    if number is None:
        return "/holidays"
    return f"/days/{number}/hours" + (f"/{hours}" if hours else "")


def _words(refused: CalendarRefused) -> str:
    words = {
        Fault.UNKNOWN_ZONE: _("This is no time zone of the tz database."),
        Fault.BAD_HOURS: _("Hours are written like 09:00-17:00, at the latest until 24:00."),
        Fault.EMPTY_HOURS: _("It closes when it opens. All day is 00:00-24:00."),
        Fault.OVERLAP: _("These hours overlap: %(detail)s."),
        Fault.OVERLAPS_DAY_BEFORE: _("The night before runs into this day: %(detail)s."),
        Fault.TOO_MANY_HOURS: _("No more than %(detail)s intervals a day."),
        Fault.TOO_MANY_DATES: _("No more than %(detail)s dates."),
        Fault.NEVER_OPEN: _("It is never open. Give at least one weekday hours."),
    }
    return words[refused.fault] % {"detail": refused.detail}
