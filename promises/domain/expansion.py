"""A calendar's hours as moments, with the sums that make asking cheap.

Expanded lazily, in whole years, and only as far as somebody has asked; then every question is a
binary search. Moments are integers here: microseconds since 1970 in UTC.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from threading import Lock
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from promises.domain.clock import wall_moment

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2199

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WALL_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 (a wall clock's own count has no zone)
_MICROSECOND: Final = timedelta(microseconds=1)
_MINUTE: Final = 60_000_000
_DAY_ORDINAL: Final = _WALL_EPOCH.toordinal()
_DAY: Final = 1_440 * _MINUTE
_FIRST: Final = date(FIRST_YEAR, 1, 1).toordinal()
_LAST: Final = date(LAST_YEAR, 12, 31).toordinal()

HoursOf = Callable[[date], Sequence[tuple[int, int]]]


class OutOfReach(ValueError):
    """Business time is reckoned from 1970 to 2199 only."""


def to_micros(moment: datetime) -> int:
    """An aware moment as microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The UTC moment of microseconds since 1970.

    Raises: OutOfReach.
    """
    try:
        return _EPOCH + micros * _MICROSECOND
    except OverflowError:
        raise OutOfReach(str(micros)) from None


class BusinessDay(NamedTuple):
    """A day with hours. Shape: `first` and `last` number its intervals among all."""

    ordinal: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Span:
    """The open intervals between two local days, in order and without overlap.

    Shape: `before[i]` is the open time of all intervals before number i; `owners[i]` the number of
    the business day that interval i belongs to.
    """

    first_ordinal: int
    last_ordinal: int
    opens: list[int]
    closes: list[int]
    before: list[int]
    owners: list[int]
    days: list[BusinessDay]
    day_opens: list[int]
    day_closes: list[int]

    def open_until(self, at: int) -> int:
        """The open time of the span before a moment."""
        number = bisect_right(self.opens, at) - 1
        if number < 0:
            return 0
        return self.before[number] + min(at, self.closes[number]) - self.opens[number]

    def earliest(self, total: int) -> int | None:
        """The first moment with so much open time before it; None beyond the end."""
        number = bisect_left(self.before, total) - 1
        if number < 0 or number >= len(self.opens):
            return None
        return self.opens[number] + total - self.before[number]

    def latest(self, total: int) -> int | None:
        """The last moment with no more than so much open time before it; None beyond the end."""
        number = bisect_right(self.before, total) - 1
        if number < 0 or number >= len(self.opens):
            return None
        return self.opens[number] + total - self.before[number]


class OpenHours:
    """The open hours of one calendar, growing with what is asked.

    Shape: a span is replaced as a whole, so that threads never see half of one.
    """

    def __init__(self, zone: ZoneInfo, hours_of: HoursOf) -> None:
        self.zone = zone
        self._hours_of = hours_of
        self._lock = Lock()
        self._span: Span | None = None

    def around(self, first: int, last: int) -> Span:
        """A span that reaches over all days on which two moments can fall, and those beside them.

        Raises: OutOfReach outside 1970 to 2199.
        """
        low, high = _DAY_ORDINAL + first // _DAY - 3, _DAY_ORDINAL + last // _DAY + 3
        if low < _FIRST - 3 or high > _LAST + 3:
            raise OutOfReach(f"{first} to {last}")
        return self._covering(max(low, _FIRST), min(high, _LAST))

    def wider(self, span: Span, *, back: bool) -> Span:
        """A span that reaches further back, or further on: twice as far each time.

        Raises: OutOfReach where there is nothing further.
        """
        length = max(730, span.last_ordinal - span.first_ordinal)
        if back:
            low, high = max(span.first_ordinal - length, _FIRST), span.last_ordinal
        else:
            low, high = span.first_ordinal, min(span.last_ordinal + length, _LAST)
        if (low, high) == (span.first_ordinal, span.last_ordinal):
            raise OutOfReach("no open hours are left")
        return self._covering(low, high)

    def _covering(self, low: int, high: int) -> Span:
        span = self._span
        if span is not None and span.first_ordinal <= low and high <= span.last_ordinal:
            return span
        with self._lock:
            span = self._span
            if span is not None:
                low, high = min(low, span.first_ordinal), max(high, span.last_ordinal)
            low = date(date.fromordinal(low).year, 1, 1).toordinal()
            high = date(date.fromordinal(high).year, 12, 31).toordinal()
            self._span = grown = _span(low, high, self._intervals(span, low, high))
        return grown

    def _intervals(self, span: Span | None, low: int, high: int) -> list[tuple[int, int, int]]:
        """(opens, closes, day) of all intervals, what is known already taken over."""
        if span is None:
            return self._expand(low, high)
        known = [
            (opens, closes, span.days[owner].ordinal)
            for opens, closes, owner in zip(span.opens, span.closes, span.owners, strict=True)
        ]
        return [
            *self._expand(low, span.first_ordinal - 1),
            *known,
            *self._expand(span.last_ordinal + 1, high),
        ]

    def _expand(self, low: int, high: int) -> list[tuple[int, int, int]]:
        found: list[tuple[int, int, int]] = []
        offsets = [_offset(ordinal, self.zone) for ordinal in range(low - 1, high + 4)]
        for number, ordinal in enumerate(range(low, high + 1)):
            near = offsets[number : number + 4]
            # No zone jumps forth and back within days: equal offsets all around are one offset.
            offset = near[0] if near.count(near[0]) == len(near) else None
            midnight = (ordinal - _DAY_ORDINAL) * _DAY
            for opens, closes in self._hours_of(date.fromordinal(ordinal)):
                first, last = midnight + opens * _MINUTE, midnight + closes * _MINUTE
                if offset is not None:
                    found.append((first - offset, last - offset, ordinal))
                else:
                    found.append((self._moment(first, False), self._moment(last, True), ordinal))
        return found

    def _moment(self, wall: int, last: bool) -> int:
        return to_micros(wall_moment(_WALL_EPOCH + wall * _MICROSECOND, self.zone, last=last))


def _offset(ordinal: int, zone: ZoneInfo) -> int:
    offset = datetime.combine(date.fromordinal(ordinal), time.min, zone).utcoffset()
    return (offset or timedelta(0)) // _MICROSECOND


def _span(low: int, high: int, intervals: list[tuple[int, int, int]]) -> Span:
    """Disjoint intervals with their sums: where a repeated hour makes two overlap, the later one
    takes over; one that a skipped hour swallowed is left out."""
    opens: list[int] = []
    closes: list[int] = []
    owners: list[int] = []
    days: list[BusinessDay] = []
    for start, end, ordinal in intervals:
        if end <= start:
            continue
        if opens and start < closes[-1]:
            closes[-1] = start
        number = len(opens)
        if days and days[-1].ordinal == ordinal:
            days[-1] = days[-1]._replace(last=number)
        else:
            days.append(BusinessDay(ordinal, number, number))
        opens.append(start)
        closes.append(end)
        owners.append(len(days) - 1)
    lengths = (end - start for start, end in zip(opens, closes, strict=True))
    return Span(
        first_ordinal=low,
        last_ordinal=high,
        opens=opens,
        closes=closes,
        before=list(accumulate(lengths, initial=0)),
        owners=owners,
        days=days,
        day_opens=[opens[day.first] for day in days],
        day_closes=[closes[day.last] for day in days],
    )
