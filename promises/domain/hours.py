"""By which hours a pause moves a date: the wall clock's, or those in which somebody is open (R15,
R16)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from promises.domain.business_time import Unit, open_after, open_between
from promises.domain.calendars import Calendar
from promises.domain.expansion import OutOfReach
from promises.domain.targets import TimeTarget

# A version of a calendar by its reference and number, None where it is not known here.
CalendarsOf = Callable[[str, int], Calendar | None]

_BUSINESS = (Unit.BUSINESS_MINUTES, Unit.BUSINESS_DAYS)


class WallClock:
    """Every hour counts."""

    __slots__ = ()

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much time that counts lies between two moments in order."""
        return end - start

    def after(self, moment: datetime, length: timedelta) -> datetime:
        """The first moment by which so much more of it has passed."""
        return moment + length

    def before(self, moment: datetime, length: timedelta) -> datetime:
        """The last moment after which so much of it passes until another."""
        return moment - length


class OpenClock(WallClock):
    """Open hours count. Shape: outside the years that a calendar reaches, all hours."""

    __slots__ = ("_calendar",)

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much time that counts lies between two moments in order."""
        try:
            return open_between(start, end, self._calendar)
        except OutOfReach:
            return end - start

    def after(self, moment: datetime, length: timedelta) -> datetime:
        """The first moment by which so much more of it has passed; the moment itself for none."""
        if not length:
            return moment
        try:
            return open_after(moment, length, self._calendar)
        except OutOfReach:
            return moment + length

    def before(self, moment: datetime, length: timedelta) -> datetime:
        """The last moment after which so much of it passes until another; that one for none."""
        if not length:
            return moment
        try:
            return open_after(moment, -length, self._calendar)
        except OutOfReach:
            return moment - length


WALL = WallClock()


def no_calendars(_reference: str, _version: int) -> None:
    """The look-up of somebody who knows no calendar."""


def hours_of(target: TimeTarget | None, calendars: CalendarsOf) -> WallClock:
    """The hours by which pauses move a date while this target is pinned.

    Shape: those of the wall clock without a business unit, and where the version is not known.
    """
    if target is None or target.unit not in _BUSINESS or target.calendar_version is None:
        return WALL
    calendar = calendars(target.calendar, target.calendar_version)
    return WALL if calendar is None else OpenClock(calendar)
