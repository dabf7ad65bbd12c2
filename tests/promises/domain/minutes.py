"""Business time the slow way: one minute after another, read off the zone's own clock.

No arithmetic is shared with the product: a day opens at the first minute that the clock shows its
opening or later, and closes when it shows its closing for the last time, or jumps over it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from promises.domain.calendars import Calendar

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
REACH = 10


@lru_cache(maxsize=64)
def clock(zone: str, middle: date) -> tuple[list[datetime], list[datetime]]:
    """All minutes of some weeks around a day, and what the zone's clock shows at each."""
    here = ZoneInfo(zone)
    start = datetime(middle.year, middle.month, middle.day, tzinfo=UTC) - REACH * DAY
    minutes = [start + n * MINUTE for n in range(2 * REACH * 1440)]
    return minutes, [m.astimezone(here).replace(tzinfo=None, fold=0) for m in minutes]


@dataclass(frozen=True)
class Slow:
    """A calendar around one day.

    Raises: IndexError where a walk leaves the weeks around it.
    """

    calendar: Calendar
    middle: date

    @cached_property
    def days(self) -> dict[date, set[int]]:
        """The numbers of the open minutes of each day that has any."""
        _, shown = clock(self.calendar.zone, self.middle)
        found: dict[date, set[int]] = {}
        for n in range(2 - REACH, REACH - 2):
            day = self.middle + n * DAY
            midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001
            near = range((n + REACH) * 1440 - 900, min((n + REACH + 3) * 1440, len(shown)))
            mine: set[int] = set()
            for hours in self.calendar.hours_of(day):
                opens = midnight + hours.opens * MINUTE
                closes = midnight + hours.closes * MINUTE
                first = next(i for i in near if shown[i] >= opens)
                after = next(i for i in near if shown[i] >= closes)
                last = next((i for i in reversed(near) if shown[i] == closes), after)
                mine |= set(range(first, last))
            # A later day's own hours are its own where a repeated hour makes two overlap.
            if found:
                found[max(found)] -= mine
            if mine:
                found[day] = mine
        return {day: minutes for day, minutes in found.items() if minutes}

    @cached_property
    def open(self) -> set[int]:
        """The numbers of all open minutes."""
        return set().union(*self.days.values())

    def number(self, moment: datetime) -> int:
        """The number of a whole minute."""
        return (moment - clock(self.calendar.zone, self.middle)[0][0]) // MINUTE

    def moment(self, number: int) -> datetime:
        """The moment of a minute."""
        return clock(self.calendar.zone, self.middle)[0][number]

    def due_minutes(self, start: datetime, amount: int, paused: set[int]) -> datetime:
        """Walk until so many open minutes that are not paused have passed."""
        at, left, step = self.number(start), abs(amount), 1 if amount > 0 else -1
        while left:
            self._check(at)
            passed = at if step > 0 else at - 1
            left -= passed in self.open and passed not in paused
            at += step
        return self.moment(at)

    def elapsed_minutes(self, start: datetime, end: datetime, paused: set[int]) -> int:
        """Count them."""
        between = range(self.number(start), self.number(end))
        return sum(m in self.open and m not in paused for m in between)

    def due_days(self, start: datetime, days: int, *, same_time: bool) -> datetime:
        """Walk to the next open minute, then from day to day."""
        if days == 0 and same_time:
            return start
        at, order = self.number(start), sorted(self.days)
        if days >= 0:
            while at not in self.open:
                at = self._check(at + 1)
            here = next(day for day in order if at in self.days[day])
        else:
            while at - 1 not in self.open:
                at = self._check(at - 1)
            here = next(day for day in order if at - 1 in self.days[day])
        place = order.index(here) + days
        if place < 0:
            raise IndexError(place)
        there = order[place]
        return self.moment(self._same_time(at, here, there) if same_time else self._close(there))

    def _check(self, number: int) -> int:
        if not 2 * 1440 <= number < (2 * REACH - 3) * 1440:
            raise IndexError(number)
        return number

    def _close(self, day: date) -> int:
        return max(self.days[day]) + 1

    def _same_time(self, at: int, here: date, there: date) -> int:
        _, shown = clock(self.calendar.zone, self.middle)
        wanted = shown[at] + (there - here)
        from_day = min(self.days[there]) - 2 * 1440
        reached = next(i for i in range(max(0, from_day), len(shown)) if shown[i] >= wanted)
        reached = min(max(reached, min(self.days[there])), self._close(there))
        while reached not in self.days[there] and reached - 1 not in self.days[there]:
            reached += 1
        return reached
