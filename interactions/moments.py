"""Moments, dates and zones as text at the gate: exactly what the fold reads."""

import re
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from interactions.rejection import EventRejected

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST_DUE = datetime(2200, 1, 1, tzinfo=UTC)
# RFC 3339 as the fold reads it; leap seconds are refused below with the calendar's word.
_is_moment = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:[0-5]\d)", re.ASCII
).fullmatch
_DATE_LENGTH = len("2026-03-06")
_is_date = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII).fullmatch


def moment(text: str, pointer: str) -> datetime:
    """Read an RFC 3339 moment with its offset.

    Raises: EventRejected where it is not one.
    """
    if _is_moment(text) is None:
        reason = "needs a date, a time with seconds and an offset, such as 2026-03-02T09:30:00Z"
        raise EventRejected(pointer, f"{reason}, not {text[:40]!r}")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise EventRejected(pointer, f"is no time of the calendar: {text[:40]!r}") from None


def moment_or_date(text: str, pointer: str) -> None:
    """Check a due date: a day such as 2026-03-06, or an RFC 3339 moment.

    Raises: EventRejected where it is neither.
    """
    if len(text) == _DATE_LENGTH and _is_date(text):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise EventRejected(pointer, f"is no date: {text!r}") from None
        read = datetime(day.year, day.month, day.day, tzinfo=UTC)
        _check_reach(read, pointer)
    else:
        moment_in_reach(text, pointer)


@lru_cache(maxsize=1024)
def zone_exists(name: str) -> bool:
    """Tell whether the time zone database knows the name."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


@cache
def zone_names() -> tuple[str, ...]:
    """The names of all zones that the machine knows, in their order."""
    # Python walks through the files of all of them; they change with the machine alone.
    return tuple(sorted(available_timezones()))


def moment_in_reach(text: str, pointer: str) -> datetime:
    """Read a moment between 1990 and 2200.

    Raises: EventRejected.
    """
    read = moment(text, pointer)
    _check_reach(read, pointer)
    return read


def _check_reach(read: datetime, pointer: str) -> None:
    if not EARLIEST <= read <= LATEST_DUE:
        raise EventRejected(pointer, "must lie between 1990 and 2200")
