"""Calendars as pages and the API read them, and as business time reckons with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.db.models import Count, F, Max, Q

from promises.domain.business_time import business_seconds
from promises.domain.calendars import Calendar, calendar_from
from promises.domain.expansion import OutOfReach
from promises.domain.lifecycle import PromiseState
from promises.models import Calendar as CalendarRow
from promises.models import CalendarVersion, OpenPromise


@dataclass(frozen=True, slots=True)
class DayLine:
    """A date on which other hours hold. Shape: no hours: closed."""

    date: date
    name: str
    hours: tuple[str, ...]
    origin: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version, without what it says."""

    version: int
    made_at: datetime
    made_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class CalendarRead:
    """One version of a calendar, and the list of all of them, newest first."""

    reference: str
    name: str
    version: int
    zone: str
    week: Mapping[str, Sequence[str]]
    country: str
    subdivision: str
    first_year: int | None
    last_year: int | None
    days: tuple[DayLine, ...]
    versions: tuple[VersionLine, ...]

    @property
    def latest(self) -> int:
        """The newest version."""
        return self.versions[0].version


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """One calendar in a list. Shape: `open_promises` pin one of its versions."""

    reference: str
    name: str
    version: int
    zone: str
    made_at: datetime
    open_promises: int


class NoCalendar(LookupError):
    """There is no such calendar, or no such version of it."""


def calendar_lines() -> list[CalendarLine]:
    """All calendars by name, each with its newest version."""
    newest = (
        CalendarVersion.objects.annotate(latest=Max("calendar__versions__version"))
        .filter(version=F("latest"))
        .select_related("calendar")
        .order_by("calendar__name", "calendar__reference")
    )
    pinned = dict(
        OpenPromise.objects.filter(promise__calendar__isnull=False)
        .values_list("promise__calendar")
        .annotate(n=Count("promise"))
    )
    return [
        CalendarLine(
            reference=row.calendar.reference,
            name=row.calendar.name,
            version=row.version,
            zone=row.zone,
            made_at=row.made_at,
            open_promises=pinned.get(row.calendar.reference, 0),
        )
        for row in newest
    ]


def calendar_read(reference: str, version: int | None = None) -> CalendarRead:
    """A version of a calendar, the newest unless one is named.

    Raises: NoCalendar.
    """
    calendar = CalendarRow.objects.filter(reference=reference).first()
    if calendar is None:
        raise NoCalendar(reference)
    versions = list(calendar.versions.order_by("-version"))
    row = next((v for v in versions if version in (None, v.version)), None)
    if row is None:
        raise NoCalendar(reference, version)
    return CalendarRead(
        reference=reference,
        name=calendar.name,
        version=row.version,
        zone=row.zone,
        week=row.week,
        country=row.country,
        subdivision=row.subdivision,
        first_year=row.first_year,
        last_year=row.last_year,
        days=tuple(
            DayLine(day.date, day.name, tuple(day.hours), day.origin, day.is_on)
            for day in row.days.order_by("date")
        ),
        versions=tuple(VersionLine(v.version, v.made_at, v.made_by, v.reason) for v in versions),
    )


def calendar_at(reference: str, version: int) -> Calendar:
    """A version as business time reckons with it; versions never change, so it is kept.

    Raises: NoCalendar.
    """
    found = CalendarVersion.objects.filter(calendar__reference=reference, version=version)
    key = found.values_list("pk", "made_at", "calendar__reference").first()
    if key is None:
        raise NoCalendar(reference, version)
    return _expandable(key)


@lru_cache(maxsize=256)
def _expandable(key: tuple[int, datetime, str]) -> Calendar:
    # The number alone would not do: after a crash a server may give numbers again that a
    # transaction without a commit had taken.
    pk = key[0]
    row = CalendarVersion.objects.get(pk=pk)
    days = row.days.filter(Q(is_on=True)).values_list("date", "hours")
    return calendar_from(row.zone, row.week, dict(days))


def business_lateness(state: PromiseState, lateness_seconds: float | None) -> float | None:
    """The lateness of a promise in the open hours of the calendar that it pins.

    Units: seconds, signed. Shape: None where it pins none, or none that is known here, and where
    there is no lateness.
    """
    target = state.time_target
    if target is None or target.calendar_version is None or lateness_seconds is None:
        return None
    try:
        end = state.first_due + timedelta(seconds=lateness_seconds)
        calendar = calendar_at(target.calendar, target.calendar_version)
        return business_seconds(state.first_due, end, calendar)
    except (NoCalendar, OutOfReach, OverflowError):
        return None
