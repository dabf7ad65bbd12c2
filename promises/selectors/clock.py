"""The clock of one promise, as it is drawn on its page: what ran, what waited, what is overdue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Final, Literal

from promises.domain.calendars import Calendar
from promises.domain.clock import wall_moment
from promises.domain.expansion import OutOfReach, from_micros, to_micros
from promises.domain.hours import CalendarsOf, WallClock, hours_of
from promises.domain.lifecycle import PromiseState

StretchKind = Literal["running", "paused", "overdue", "ahead"]
MarkKind = Literal["made", "replaced", "first_due", "due", "settled", "stopped", "now"]
Shading = Literal["", "hours", "days", "too_long"]
Span = tuple[datetime, datetime]

# Up to here single closed hours can be told apart, up to there whole closed days.
HOURS_UP_TO: Final = timedelta(days=14)
DAYS_UP_TO: Final = timedelta(days=120)
THRESHOLDS: Final = (50, 75)
# Of a longer chain the first date and the latest ones are drawn; the list beside shows all.
MOST_REPLACED: Final = 4
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the clock."""

    start: datetime
    end: datetime
    kind: StretchKind


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment on it."""

    at: datetime
    kind: MarkKind


@dataclass(frozen=True, slots=True)
class Threshold:
    """The moment by which so much of the time until the first due date has passed.

    Units: percent of the time that counts, waits left out.
    """

    at: datetime
    percent: int


@dataclass(frozen=True, slots=True)
class PromiseClock:
    """The clock from its start to its end.

    Shape: stretches are in order and without gaps from the making on; closed are the hours in which
    the pinned calendar is closed, `shading` tells how finely: hours, whole days, or not at all.
    """

    start: datetime
    end: datetime
    until: datetime
    stretches: tuple[Stretch, ...]
    marks: tuple[Mark, ...]
    thresholds: tuple[Threshold, ...]
    closed: tuple[Span, ...]
    shading: Shading

    def length(self, kind: StretchKind) -> timedelta:
        """How long all stretches of a kind are together."""
        return sum((s.end - s.start for s in self.stretches if s.kind == kind), timedelta(0))


def promise_clock(state: PromiseState, as_of: datetime, calendars: CalendarsOf) -> PromiseClock:
    """The clock of a promise as it stands at as_of.

    Shape: the state must have been folded for as_of where a pause runs.
    """
    until = max(state.settled_at or state.stopped_at or as_of, state.made_at)
    marks = _marks(state, until, as_of)
    start, end = min(mark.at for mark in marks), max(mark.at for mark in marks)
    if start == end:
        end += timedelta(minutes=1)
    closed, shading = _closed(_calendar(state, calendars), start, end)
    return PromiseClock(
        start=start,
        end=end,
        until=until,
        stretches=tuple(_stretches(state, until, as_of, max(end, until))),
        marks=marks,
        thresholds=_thresholds(state, as_of, hours_of(state.time_target, calendars)),
        closed=closed,
        shading=shading,
    )


def _marks(state: PromiseState, until: datetime, as_of: datetime) -> tuple[Mark, ...]:
    marks = [Mark(state.made_at, "made"), Mark(state.first_due, "first_due")]
    standing = {state.first_due, state.due}
    replaced = [change.due for change in state.date_chain[:-1] if change.due not in standing]
    marks += [Mark(due, "replaced") for due in replaced[-MOST_REPLACED:]]
    if state.due != state.first_due:
        marks.append(Mark(state.due, "due"))
    if state.settled_at is not None:
        marks.append(Mark(state.settled_at, "settled"))
    elif state.stopped_at is not None:
        marks.append(Mark(state.stopped_at, "stopped"))
    else:
        marks.append(Mark(max(as_of, until), "now"))
    return tuple(sorted(marks, key=lambda mark: mark.at))


def _stretches(
    state: PromiseState, until: datetime, as_of: datetime, end: datetime
) -> Iterable[Stretch]:
    """From the making on: what ran and waited until the date, what is overdue, what lies ahead."""
    matures_at = state.matures_at
    good = until if matures_at is None else max(min(until, matures_at), state.made_at)
    at = state.made_at
    for begin, stop in _pauses(state, as_of):
        first, last = max(begin, at), min(stop, good)
        if last <= first:
            continue
        if first > at:
            yield Stretch(at, first, "running")
        yield Stretch(first, last, "paused")
        at = last
    if good > at:
        yield Stretch(at, good, "running")
    if until > good:
        yield Stretch(good, until, "overdue")
    if state.settled_at is None and state.stopped_at is None and end > until:
        yield Stretch(until, end, "ahead")


def _pauses(state: PromiseState, as_of: datetime) -> list[Span]:
    return [(begin, max(begin, as_of) if end is None else end) for begin, end in state.pauses]


def _thresholds(state: PromiseState, as_of: datetime, hours: WallClock) -> tuple[Threshold, ...]:
    """Where half and three quarters of the time have passed: the waits push them, as they push the
    date."""
    start, due = state.made_at, state.first_due
    if due <= start:
        return ()
    waits = [(b, min(e, due)) for b, e in _pauses(state, as_of) if b < due]
    waited = sum((hours.between(b, e) for b, e in waits if e > b), timedelta(0))
    allowed = hours.between(start, due) - waited
    if allowed <= timedelta(0):
        return ()
    found = []
    for percent in THRESHOLDS:
        at = hours.after(start, allowed * percent / 100)
        for begin, stop in waits:
            if begin <= at and stop > begin:
                at = hours.after(at, hours.between(begin, stop))
        found.append(Threshold(at, percent))
    return tuple(found)


def _calendar(state: PromiseState, calendars: CalendarsOf) -> Calendar | None:
    target = state.time_target
    if target is None or target.calendar_version is None:
        return None
    return calendars(target.calendar, target.calendar_version)


def _closed(
    calendar: Calendar | None, start: datetime, end: datetime
) -> tuple[tuple[Span, ...], Shading]:
    if calendar is None:
        return (), ""
    if end - start > DAYS_UP_TO:
        return (), "too_long"
    try:
        if end - start > HOURS_UP_TO:
            return tuple(_closed_days(calendar, start, end)), "days"
        return tuple(_closed_hours(calendar, start, end)), "hours"
    except (OutOfReach, OverflowError):
        return (), ""


def _closed_hours(calendar: Calendar, start: datetime, end: datetime) -> Iterable[Span]:
    first, last = to_micros(start), to_micros(end)
    span = calendar.open_hours.around(first, last)
    edges = [first]
    for opens, closes in zip(span.opens, span.closes, strict=True):
        if closes > first and opens < last:
            edges += [max(opens, first), min(closes, last)]
    edges.append(last)
    for begin, stop in list(pairwise(edges))[::2]:
        if stop > begin:
            yield from_micros(begin), from_micros(stop)


def _closed_days(calendar: Calendar, start: datetime, end: datetime) -> Iterable[Span]:
    """Days on which nothing opens, those beside one another as one."""
    zone = calendar.zone_info
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    begin: datetime | None = None
    while day <= last + _DAY:
        is_closed = day <= last and not calendar.hours_of(day)
        midnight = wall_moment(datetime.combine(day, time.min), zone).astimezone(UTC)
        if is_closed and begin is None:
            begin = midnight
        elif not is_closed and begin is not None:
            yield max(begin, start), min(midnight, end)
            begin = None
        day += _DAY
