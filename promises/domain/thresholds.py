"""The moments at which somebody should look at an open promise, and which of them a clock passed.

Two warnings before it is due, at 50 % and 75 % of the time that there is; the moment at which it
matures (d0 + tau); and each full day after that, 24 hours long whatever the local clock does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from promises.domain.hours import WALL, WallClock

_DAY = timedelta(days=1)
_NOTHING = timedelta(0)


class Threshold(StrEnum):
    """What was passed."""

    HALF = "half"
    THREE_QUARTERS = "three_quarters"
    DUE = "due"
    OVER = "over"


class Crossing(NamedTuple):
    """A threshold that was passed.

    Shape: `day` counts the full days over, 0 for the other thresholds; `due` is the date that it
    belongs to: the latest one for the warnings, d0 + tau for the rest.
    """

    threshold: Threshold
    day: int
    moment: datetime
    due: datetime


class Warnings(NamedTuple):
    """When half and three quarters of the time are gone; None where there is no time."""

    half: datetime | None
    three_quarters: datetime | None


NO_WARNINGS = Warnings(None, None)


@dataclass(frozen=True, slots=True)
class Watched:
    """What the clock needs to know of one open promise.

    Shape: matures_at is None while a pause holds it back: nothing is passed then.
    """

    due: datetime
    matures_at: datetime | None
    half_at: datetime | None
    three_quarters_at: datetime | None


def warnings(
    *, made_at: datetime, due: datetime, paused: timedelta, hours: WallClock = WALL
) -> Warnings:
    """When 50 % and 75 % of the time from made to due are gone, pauses left out, in the hours that
    count.

    Shape: counted back from due, because a pause lies before what is left. A moment that falls into
    or before an ended pause had been passed when that pause began.
    """
    if due <= made_at:
        return NO_WARNINGS
    time = hours.between(made_at, due) - paused
    if time <= _NOTHING:
        return NO_WARNINGS
    return Warnings(hours.before(due, time / 2), hours.before(due, time / 4))


def next_moment(watched: Watched, since: datetime) -> datetime | None:
    """The first threshold at or after a moment; None while a pause runs."""
    if watched.matures_at is None:
        return None
    # Rounded up: a day that is over exactly then is still to come.
    days = max(0, -((watched.matures_at - since) // _DAY))
    following = [watched.matures_at + days * _DAY]
    for moment in (watched.half_at, watched.three_quarters_at):
        if moment is not None and moment >= since:
            following.append(moment)
    return min(following)


def crossings(watched: Watched, since: datetime, until: datetime) -> list[Crossing]:
    """What was passed from a moment on, and before another; the earliest first."""
    passed = [one for one in _all_before(watched, since, until) if since <= one.moment < until]
    return sorted(passed, key=lambda one: one.moment)


def _all_before(watched: Watched, since: datetime, until: datetime) -> Iterator[Crossing]:
    matures_at = watched.matures_at
    if matures_at is None:
        return
    for threshold, moment in (
        (Threshold.HALF, watched.half_at),
        (Threshold.THREE_QUARTERS, watched.three_quarters_at),
    ):
        if moment is not None:
            yield Crossing(threshold, 0, moment, watched.due)
    yield Crossing(Threshold.DUE, 0, matures_at, matures_at)
    first = max(1, (since - matures_at) // _DAY)
    for day in range(first, (until - matures_at) // _DAY + 1):
        yield Crossing(Threshold.OVER, day, matures_at + day * _DAY, matures_at)
