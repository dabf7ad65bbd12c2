"""Times and dates in cells: read in the mapping's zone (R15), and spelled out for statements."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from promises.domain.clock import day_end
from promises.services.imports.date_orders import DAY_FIRST, MONTH_FIRST, other_order
from promises.services.imports.mapping import Mapping

# Statements are what the company said; their words do not follow the reader's language.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:[.,]\d{1,6})?)?(?: ?(?:Z|[+-]\d\d:?\d\d))?)?",
    re.ASCII,
)
# Day, month and year cannot be taken for one another.
_EXAMPLE = datetime(2026, 12, 31, 14, 30, tzinfo=UTC)
_MOST_EXAMPLES = 3
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_NO_SHIFT = timedelta(0)


class CellMoment(NamedTuple):
    """A time as a cell gives it.

    Shape: `at` in UTC, the start of the day where the cell has a date only; `local` is the wall
    clock in the mapping's zone; `day` is set where there is no time.
    """

    at: datetime
    local: datetime
    day: date | None

    def spelled(self) -> str:
        """Such as "Wed 2 January 2013, 06:32"; without the time where none was given."""
        if self.day is not None:
            return self.spelled_date()
        local = self.local
        return f"{_spelled_day(local.date())}, {local.hour:02}:{local.minute:02}"

    def spelled_date(self) -> str:
        """Such as "Wed 2 January 2013"."""
        return _spelled_day(self.local.date())


class MomentReader:
    """Reads the times of one import.

    Units: `shift` is added to the wall clock of every time, for a sample that is to look recent.
    """

    def __init__(
        self, zone: ZoneInfo, *, formats: list[str] | None = None, shift: timedelta = _NO_SHIFT
    ) -> None:
        self._zone = zone
        self._formats = formats or []
        self._shift = shift
        # A due date is read as a field and again for the statement.
        self.read = lru_cache(maxsize=64)(self._read)

    def _read(self, cell: str, is_date: bool = False) -> CellMoment:
        """Read a cell; `is_date` says that 00:00:00 in it means no time.

        Raises: ValueError with a reason for a person.
        """
        parsed, has_time = self._parse(cell.strip())
        try:
            if parsed.tzinfo is not None:
                parsed = parsed.astimezone(self._zone).replace(tzinfo=None)
            local = parsed + self._shift
            date_only = not has_time or (is_date and local.time() == time.min)
            if date_only:
                return CellMoment(day_end(local.date() - _DAY, self._zone), local, local.date())
            return CellMoment(to_utc(local, self._zone), local, None)
        except OverflowError:
            raise ValueError(_("lies outside the calendar")) from None

    def _parse(self, cell: str) -> tuple[datetime, bool]:
        for wanted in self._formats:
            try:
                # Naive on purpose: the mapping's zone is applied to the wall clock afterwards.
                parsed = datetime.strptime(cell, wanted)  # noqa: DTZ007
                return parsed, "%H" in wanted or "%I" in wanted
            except ValueError:
                continue
        if self._formats:
            raise ValueError(self._unlike(cell))
        if _ISO.fullmatch(cell) is None:
            raise ValueError(
                _("is neither a time such as 2026-03-06 14:30:00 nor a date such as 2026-03-06")
            )
        try:
            compact = cell[:11] + cell[11:].replace(" ", "")
            return datetime.fromisoformat(compact), len(cell) > 10
        except ValueError:
            raise ValueError(
                _("is no time: no calendar has this day, or no day this hour")
            ) from None

    def _unlike(self, cell: str) -> str:
        """Why a cell is of none of the formats."""
        reason = _("cannot be read as a time; expected is one like %(examples)s") % {
            "examples": _(" or ").join(map(example_of, self._formats[:_MOST_EXAMPLES]))
        }
        other = other_order(cell, self._formats)
        if other == DAY_FIRST:
            reason += _("; this one fits only with the day first")
        elif other == MONTH_FIRST:
            reason += _("; this one fits only with the month first")
        return reason


def example_of(wanted: str) -> str:
    """A date in a format of a mapping, for people, such as "31.12.2026 14:30"."""
    return _EXAMPLE.strftime(wanted)


def moment_reader(mapping: Mapping, shift: timedelta) -> MomentReader:
    """The reader of a mapping's times, all of them moved by `shift` on the wall clock."""
    return MomentReader(ZoneInfo(mapping.zone), formats=list(mapping.formats), shift=shift)


@lru_cache(maxsize=8_192)
def _spelled_day(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def to_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment of a wall-clock time: one that the clock jumped over is the first moment after the
    jump, one that comes twice is its first (R15)."""
    offset = _offset_all_day(local.date(), zone)
    if offset is not None:
        return (local - offset).replace(tzinfo=UTC)
    moment = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None, fold=0) == local:
        return moment
    return _end_of_jump(local, zone)


@lru_cache(maxsize=8_192)
def _offset_all_day(day: date, zone: ZoneInfo) -> timedelta | None:
    """The zone's offset on a day on which the clock is not changed."""
    start = datetime.combine(day, time.min, zone).utcoffset()
    end = datetime.combine(day + _DAY, time.min, zone).utcoffset()
    return start if start == end else None


def _end_of_jump(local: datetime, zone: ZoneInfo) -> datetime:
    # Read with the offset after the jump a skipped time lies before it, and the reverse.
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    new_offset = after.astimezone(zone).utcoffset()
    before, after = before.replace(microsecond=0), after.replace(microsecond=0)
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == new_offset:
            after = middle
        else:
            before = middle
    return after
