"""Times of day in somebody's zone: when quiet hours end, when a digest is due (R15)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

DIGEST_AT = time(8)
_DAY = timedelta(days=1)


class DigestDay(NamedTuple):
    """A local day with a digest, and the moment at which it is sent."""

    day: date
    moment: datetime


def local_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC moment of a time of day.

    Shape: one that the clock skips moves forward by what was skipped; of one that comes twice, the
    first.
    """
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def quiet_until(moment: datetime, zone: ZoneInfo, start: time, end: time) -> datetime | None:
    """When the quiet hours around a moment end; None where it lies outside of them.

    Shape: hours that end at or before their start end on the next day; equal ones never begin.
    """
    if start == end:
        return None
    today = moment.astimezone(zone).date()
    for day in (today - _DAY, today):
        until = local_moment(day if start < end else day + _DAY, end, zone)
        if local_moment(day, start, zone) <= moment < until:
            return until
    return None


def latest_digest(now: datetime, zone: ZoneInfo, *, weekday: int | None = None) -> DigestDay:
    """The last local day whose digest was due by now; of the weekday where one is named.

    Units: Monday is 0.
    """
    day = now.astimezone(zone).date()
    while True:
        moment = local_moment(day, DIGEST_AT, zone)
        if moment <= now and weekday in (None, day.weekday()):
            return DigestDay(day, moment)
        day -= _DAY
