"""Pauses: their union, and by how much they move a date that was given (R16).

A date moves by the hours that count for it: all of them, or the open ones of its calendar.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from promises.domain.hours import WALL, WallClock
from promises.domain.state import Interval

_NOTHING = timedelta(0)


class Credit(NamedTuple):
    """What pauses do for a first due date.

    Shape: counted are the parts, in order, that push it; running is true while the last of them
    has not ended. In counted a running part ends where the reckoning ends.
    """

    counted: tuple[tuple[datetime, datetime], ...]
    running: bool

    def length(self, since: datetime, hours: WallClock = WALL) -> timedelta:
        """How much counted time lies after since, in the hours that count."""
        total = _NOTHING
        for start, end in self.counted:
            first = start if start > since else since
            if end > first:
                total += hours.between(first, end)
        return total


NO_CREDIT = Credit((), False)


class Pauses:
    """The pauses of one promise while its facts are read in order.

    Shape: keys tell overlapping pauses apart. No time before the making counts: nobody waited.
    """

    __slots__ = ("_ended", "_made_at", "_running")

    def __init__(self, made_at: datetime) -> None:
        self._made_at = made_at
        self._running: dict[str, datetime] = {}
        self._ended: list[tuple[datetime, datetime]] = []

    def __bool__(self) -> bool:
        return bool(self._running or self._ended)

    def begin(self, key: str, at: datetime) -> bool:
        """Start a pause; False where one of this key runs already."""
        if key in self._running:
            return False
        self._running[key] = max(at, self._made_at)
        return True

    def end(self, key: str, at: datetime) -> bool:
        """End a pause; False where none of this key runs."""
        start = self._running.pop(key, None)
        if start is None:
            return False
        if at > start:
            self._ended.append((start, at))
        return True

    def end_all(self, at: datetime) -> None:
        """End every running pause: what was waited for is over."""
        for key in tuple(self._running):
            self.end(key, at)

    def running(self) -> tuple[str, ...]:
        """The keys of the pauses that run."""
        return tuple(sorted(self._running))

    def united(self) -> tuple[Interval, ...]:
        """The union of all pauses, in order; the last one has no end while one runs."""
        if not self:
            return ()
        if not self._running:
            return tuple(_union(self._ended))
        since = min(self._running.values())
        merged = _union(self._ended)
        while merged and merged[-1][1] >= since:
            since = min(since, merged.pop()[0])
        return (*merged, (since, None))

    def credit(
        self,
        *,
        due: datetime,
        since: datetime,
        tolerance: timedelta,
        until: datetime | None,
        hours: WallClock = WALL,
    ) -> Credit:
        """What the pauses do for a date: each part that begins by then pushes it by its length.

        Shape: due is the date as given, at the moment since; only what is paused after since
        counts, and only where it begins at or before the date pushed so far plus tolerance. A
        running pause is reckoned until `until`; without one its length is left out.
        """
        if not self:
            return NO_CREDIT
        pushed = due
        counted: list[tuple[datetime, datetime]] = []
        for start, end in self.united():
            if end is not None and end <= since:
                continue
            begin = max(start, since)
            if begin > pushed + tolerance:
                break
            if end is None:
                last = begin if until is None else max(begin, until)
                return Credit((*counted, (begin, last)), True)
            counted.append((begin, end))
            pushed = hours.after(pushed, hours.between(begin, end))
        return Credit(tuple(counted), False)


def _union(intervals: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
