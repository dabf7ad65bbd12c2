"""By whose hours the date of a promise that a person gives is reckoned: a calendar's, a standard's.

What was reckoned travels with the form, so that the event says how (R15): it counts only while the
date that stands in the form is the one that was reckoned.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from promises.domain.business_time import Unit, due
from promises.domain.calendars import WEEKDAYS, Calendar, calendar_from
from promises.domain.standards import Cycle, Terms
from promises.models import CalendarVersion, StandardVersion
from promises.projection.rules import decoded_terms
from promises.selectors.calendars import CalendarLine, calendar_at, calendar_lines

_CALENDAR, _STANDARD = "calendar:", "standard:"
_PARTS = 7


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reckon. Shape: `value` is what a form sends; without `terms` the words say how
    much time, and the calendar when; `calendar` is None where a standard needs none."""

    value: str
    name: str
    calendar: CalendarLine | None
    terms: Terms | None = None


@dataclass(frozen=True, slots=True)
class Reckoned:
    """How a date was reckoned. Shape: `calendar` is "" and `version` None without one."""

    amount: float
    unit: Unit
    calendar: str = ""
    version: int | None = None
    same_time: bool = False

    def sent(self, day: date, at: time | None) -> str:
        """What a form carries: how it was reckoned, and to which date that led."""
        clock = "" if at is None else at.strftime("%H:%M")
        parts = (f"{self.amount:g}", self.unit.value, self.calendar, self.version or "")
        return "|".join(map(str, (*parts, int(self.same_time), day.isoformat(), clock)))


def ways_to_reckon() -> list[Way]:
    """All calendars by name; then the standards that are on and say how much time there is."""
    calendars = {line.reference: line for line in calendar_lines()}
    newest = StandardVersion.objects.order_by("standard__name", "standard_id", "-version")
    found = [Way(f"{_CALENDAR}{line.reference}", line.name, line) for line in calendars.values()]
    for row in newest.distinct("standard__name", "standard_id").select_related("standard"):
        terms = decoded_terms(row.terms)
        known = not terms.calendar or terms.calendar in calendars
        if terms.is_on and terms.cycle is not Cycle.PERIOD and terms.amount and known:
            value = f"{_STANDARD}{row.standard.reference}"
            found.append(Way(value, terms.name, calendars.get(terms.calendar), terms))
    return found


def way_named(value: str, ways: list[Way]) -> Way | None:
    """The way that a form names; where it names none, the only calendar."""
    if value:
        return next((way for way in ways if way.value == value), None)
    calendars = [way for way in ways if way.terms is None]
    return calendars[0] if len(calendars) == 1 else None


def hours_of(way: Way) -> Calendar | None:
    """The calendar of a way, in its newest version; None where it has none."""
    line = way.calendar
    return None if line is None else calendar_at(line.reference, line.version)


def due_by_terms(way: Way, terms: Terms, *, now: datetime, zone: str) -> tuple[datetime, Reckoned]:
    """When a standard would have it due, if it began now.

    Raises: OutOfReach, OverflowError.
    """
    calendar = hours_of(way) or calendar_from(zone, dict.fromkeys(WEEKDAYS, ("00:00-24:00",)))
    unit, amount = Unit(terms.unit), float(terms.amount or 0)
    moment = due(now, amount, unit, calendar, same_time=terms.same_time)
    reckoned = Reckoned(amount, unit, same_time=terms.same_time)
    if way.calendar is not None:
        line = way.calendar
        reckoned = replace(reckoned, calendar=line.reference, version=line.version)
    return moment, reckoned


def target_of_form(sent: str, day: date, at: time | None) -> dict[str, Any] | None:
    """The target of the event that a form records; None where its date was not reckoned, or is not
    the one any more that was."""
    parts = sent.split("|")
    if len(parts) != _PARTS:
        return None
    amount, unit, calendar, version, same_time, *date_then = parts
    if date_then != [day.isoformat(), "" if at is None else at.strftime("%H:%M")]:
        return None
    try:
        target: dict[str, Any] = {"amount": float(amount), "unit": Unit(unit).value}
        if calendar:
            target |= {"calendar": calendar, "calendar_version": int(version)}
    except ValueError:
        return None
    if calendar and not _is_there(calendar, target["calendar_version"]):
        return None
    return target | ({"same_time": True} if same_time == "1" else {})


def _is_there(calendar: str, version: int) -> bool:
    if not 1 <= version <= 1_000_000 or "\0" in calendar:
        return False
    found = CalendarVersion.objects.filter(calendar__reference=calendar, version=version)
    return found.exists()
