"""What an edit of a calendar does to open promises: nothing, unless somebody asks for it (R18).

A promise that was reckoned in a calendar pins the version; whoever edits the calendar sees which
open promises would be due at another time. Applied to them, the edit is a reschedule of ours with
its reason: a later date is a slip, and an unannounced one, because nobody has told the customer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from django.db import transaction
from django.db.models import QuerySet

from interactions.decode import NewEvent, event_from_mapping
from interactions.ledger import record
from promises.domain.business_time import due
from promises.domain.calendars import Calendar
from promises.domain.expansion import OutOfReach
from promises.domain.facts import RESCHEDULED
from promises.domain.lifecycle import PromiseState
from promises.domain.targets import TimeTarget
from promises.models import OpenPromise, Promise
from promises.projection import folded_at, project
from promises.selectors.calendars import NoCalendar, calendar_at

# What this program itself does to promises, in the ledger's words.
OWN_SOURCE: Final = "promise-gap"
# So many open promises are looked at in one request, and so many in one transaction.
MOST_AT_ONCE: Final = 5_000
_CHUNK: Final = 500
# Senders may round: a date within a minute of the reckoned one follows from the calendar.
_SAME: Final = timedelta(minutes=1)

Fate = Literal["later", "earlier", "same", "own_date"]
Pauses = list[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Move:
    """One open promise that would be due at another time."""

    promise: Promise
    target: TimeTarget
    due: datetime
    new_due: datetime

    @property
    def is_later(self) -> bool:
        """Whether it would be a slip."""
        return self.new_due > self.due


@dataclass(frozen=True, slots=True)
class Moves:
    """What a version would do to the open promises that pin the calendar.

    Shape: own_date counts promises whose date was given by somebody and does not follow from the
    calendar. following is where the next look begins, None where nothing is left to look at.
    """

    moves: tuple[Move, ...]
    same: int
    own_date: int
    following: int | None

    @property
    def later(self) -> int:
        """How many would be due later."""
        return sum(move.is_later for move in self.moves)

    @property
    def earlier(self) -> int:
        """How many would be due earlier."""
        return len(self.moves) - self.later


def moves(
    reference: str,
    calendar: Calendar,
    *,
    now: datetime,
    after: int = 0,
    most: int = MOST_AT_ONCE,
) -> Moves:
    """What a calendar, in place of the versions that are pinned, would do to open promises.

    Shape: at most `most` of them are looked at, those with a number above `after`.
    """
    promises = bound(reference, after, most + 1)
    found = looked_at(promises[:most], calendar, now=now)
    following = promises[most - 1].pk if len(promises) > most else None
    return replace(found, following=following)


def looked_at(promises: Sequence[Promise], calendar: Calendar, *, now: datetime) -> Moves:
    """The same of some promises. Shape: nothing follows them."""
    found: list[Move] = []
    counted = {"same": 0, "own_date": 0}
    for start in range(0, len(promises), _CHUNK):
        for fate, move in _fates(promises[start : start + _CHUNK], calendar, now):
            if move is not None:
                found.append(move)
            else:
                counted[fate] += 1
    return Moves(tuple(found), counted["same"], counted["own_date"], None)


def move_all(
    found: Moves, version: int, *, reason: str, at: datetime, now: datetime, actor_id: int | None
) -> None:
    """Reschedule the promises, each for the reason. Shape: `at` is when it happened (R19)."""
    for start in range(0, len(found.moves), _CHUNK):
        chunk = found.moves[start : start + _CHUNK]
        with transaction.atomic():
            record(
                [_event(move, version, reason, at) for move in chunk],
                recorded_at=now,
                actor_id=actor_id,
            )
            project([(move.promise.source_id, move.promise.reference) for move in chunk], now=now)


def bound(reference: str, after: int, most: int) -> Sequence[Promise]:
    """The open promises that pin the calendar, those with a number above `after`."""
    rows = _bound(reference).filter(pk__gt=after).select_related("source", "customer", "team")
    return list(rows.order_by("pk")[:most])


def bound_count(reference: str) -> int:
    """How many open promises pin the calendar."""
    return _bound(reference).count()


def _bound(reference: str) -> QuerySet[Promise]:
    open_ones = OpenPromise.objects.values("promise_id")
    return Promise.objects.filter(calendar=reference, pk__in=open_ones)


def _fates(
    promises: Sequence[Promise], calendar: Calendar, now: datetime
) -> list[tuple[Fate, Move | None]]:
    states = folded_at([(p.source_id, p.reference) for p in promises], as_of=None)
    return [
        _fate(promise, states[key], calendar, now)
        for promise in promises
        if (key := (promise.source_id, promise.reference)) in states
    ]


def _fate(
    promise: Promise, state: PromiseState, calendar: Calendar, now: datetime
) -> tuple[Fate, Move | None]:
    target, given = state.time_target, state.date_chain[-1]
    if not state.reckoned or target is None or target.calendar_version is None:
        return "own_date", None
    try:
        pinned = calendar_at(target.calendar, target.calendar_version)
        then = _reckoned(state, target, pinned, given.asked_at)
        if abs(then - given.due) > _SAME:
            return "own_date", None
        old = _reckoned(state, target, pinned, now)
        new = _reckoned(state, target, calendar, now)
    except (NoCalendar, OutOfReach):
        return "own_date", None
    if new == old:
        return "same", None
    move = Move(promise, target, state.due, new)
    return ("later" if move.is_later else "earlier"), move


def _reckoned(
    state: PromiseState, target: TimeTarget, calendar: Calendar, until: datetime
) -> datetime:
    """When a promise is due by a calendar, with what had been paused until a moment."""
    pauses: Pauses = [
        (begin, min(end or until, until)) for begin, end in state.pauses if begin < until
    ]
    return due(
        state.made_at, target.amount, target.unit, calendar, pauses, same_time=target.same_time
    )


def _event(move: Move, version: int, reason: str, at: datetime) -> NewEvent:
    promise, target = move.promise, move.target
    data: dict[str, Any] = {
        "due_at": move.new_due.isoformat(),
        "promise_source": promise.source.name,
        "reason": f"calendar edited: {reason}",
        "target": {
            "amount": target.amount,
            "unit": target.unit.value,
            "calendar": target.calendar,
            "calendar_version": version,
            "same_time": target.same_time,
        },
    }
    return event_from_mapping(
        {
            "specversion": "1.0",
            "id": f"calendar-{target.calendar}-v{version}-{promise.pk}",
            "source": OWN_SOURCE,
            "type": RESCHEDULED,
            "subject": promise.reference,
            "time": at.isoformat(),
            "data": data,
        },
        now=at,
        ids_known=True,
    )
