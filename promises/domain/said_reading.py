"""What is read in somebody's own words: by when it is, for whom, and reckoned from where."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from promises.domain.business_time import Unit
from promises.domain.calendars import Calendar
from promises.domain.clock import wall_moment

DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
# What stands between the first and the last of several.
TO: Final = (
    r"\s*(?:-|–|—|\b(?:to|or|and|through|thru|until|till|bis|und|oder|à|et|y|a|e|ou|o)\b)\s*"
)
# What a date stands behind that is too late itself; on or before Friday is by Friday.
BEFORE: Final = (
    r"(?<!\bor )(?<!\boder )(?<!\bou )(?<!\bo )"
    r"\b(?:before|prior to|ahead of|(?:earlier|sooner) than|(?:früher|eher) als"
    r"|vor|avant|antes d(?:[eo]l?|a)|prima d(?:i|ell?a?)|voor)\s+"
    r"(?:(?:the|this|next|coming|dem|den|diesem|nächste[mn]|kommende[mn]|le|la|el|il|ce|este)\s+)?"
)
# In front of a week or a month: not all of it is meant, and nobody can tell which day.
SOME_OF: Final = (
    r"\b(?:early|mid|late|beginning|start|middle|first half|anfang|mitte|début|debut|mi"
    r"|principios|mediados|início|inicio|meados|inizio|metà|begin|midden)"
    r"(?:\s+(?:of|in|the|der|des|de|du|do|del|della|da|van|d[ie]eses|dieser|la|le))*[\s-]+$"
)
# A date further away than this was misread.
FURTHEST: Final = timedelta(days=3 * 365)


class NoDate(ValueError):
    """The words speak of a date that none can be, or that nobody can tell: nothing is proposed."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """By when, as the words say it. Shape: `at` None is the end of that day; local to the zone in
    which they were read; `open_time` is how much of open hours it is, None where none count; `eve`
    where the words name the day after, or what begins on it: before Friday."""

    day: date
    at: time | None = None
    open_time: tuple[float, Unit] | None = None
    eve: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """Now, to whoever reads the words: the moment, the zone that they are in, when somebody is at
    work, and whether 6/3 is the third of June. Shape: `is_elsewhere` where the words name the zone,
    and the hours of work are on its clock."""

    now: datetime
    zone: tzinfo
    calendar: Calendar
    month_first: bool = False
    is_elsewhere: bool = False

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(self.zone).date()


def at_moment(
    moment: datetime, reading: Reading, open_time: tuple[float, Unit] | None = None
) -> Proposed:
    """A moment on the local clock, up to the next whole minute."""
    if moment.second or moment.microsecond:
        moment = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
    local = moment.astimezone(reading.zone)
    if local.time() == time.min:
        return Proposed(local.date() - DAY, None, open_time)
    return Proposed(local.date(), local.time(), open_time)


def still_ahead(due: Proposed, reading: Reading) -> Proposed | None:
    """What has not passed yet: None for a day before today; of today a time that has passed was
    not meant."""
    if due.day < reading.today:
        return None
    if due.at is None or due.day > reading.today:
        return due
    return replace(due, at=None) if has_passed(due.day, due.at, reading) else due


def has_passed(day: date, at: time, reading: Reading) -> bool:
    """Whether a time of a day lies behind."""
    return wall_moment(datetime.combine(day, at), reading.zone) <= reading.now


def at_close(day: date, reading: Reading) -> Proposed:
    """The end of the open hours of a day.

    Raises: NoDate where nobody is at work on it, or where they have passed.
    """
    hours = reading.calendar.hours_of(day)
    if not hours:
        raise NoDate(f"{day}")
    closes = datetime.combine(day, time.min) + max(one.closes for one in hours) * _MINUTE
    zone = reading.zone if reading.is_elsewhere else reading.calendar.zone_info
    moment = wall_moment(closes, zone)
    if moment <= reading.now:
        raise NoDate(f"{closes}")
    return at_moment(moment, reading)


def eve_of(day: date, reading: Reading, named: str) -> Proposed:
    """The last day before one that the words name.

    Raises: NoDate where it has passed.
    """
    if day <= reading.today:
        raise NoDate(named)
    return Proposed(day - DAY, eve=True)


def last_of(year: int, month: int) -> date:
    """The last day of a month. Shape: a month above 12 is one of the following years, 0 the last
    of the year before."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year + month // 12, month % 12 + 1, 1) - DAY
