"""Rests that are still owed: of promises fulfilled to a share, the nearest date first (R6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import F, Q, QuerySet

from interactions.models import Customer, Team
from interactions.selectors import Viewer
from promises.models import Promise, Remainder
from promises.selectors.lines import owed_rest, promise_lines
from promises.selectors.pages import Asked, OwedRest, PromiseLine
from promises.selectors.visibility import visible_promises
from promises.selectors.worklists import asked_for

# What was due longer ago is counted, and not listed: nobody waits for it from day to day.
OLD: Final = timedelta(days=30)
MOST_COUNTED: Final = 99


@dataclass(frozen=True, slots=True)
class RestLine:
    """A promise fulfilled to a share, at a moment. Units: `waited_seconds` since it was promised,
    by the wall clock."""

    line: PromiseLine
    rest: OwedRest
    at: datetime | None
    waited_seconds: float
    due_today: bool


@dataclass(frozen=True, slots=True)
class Rests:
    """What is shown of them. Shape: counts stop at one more than a page counts."""

    lines: tuple[RestLine, ...]
    listed: int
    older: int

    @property
    def owed(self) -> int:
        """How many there are, listed or not."""
        return self.listed + self.older

    @property
    def has_more(self) -> bool:
        """Whether some that are not old are not shown."""
        return self.listed > len(self.lines)


def rests_read(
    chosen: QuerySet[Remainder],
    asked: Asked,
    *,
    shown: int,
    most_counted: int,
    today_ends: datetime,
) -> Rests:
    """Some rests as a page shows them now."""
    since = asked.as_of - OLD
    rests = chosen.select_related("promise__customer", "promise__team")
    rows = list(rests.filter(due__gte=since).order_by("due", "promise_id")[:shown])
    if len(rows) < shown:
        # What a pause holds back comes last; asked for by itself, for both come from an index.
        rows += rests.filter(due=None).order_by("promise_id")[: shown - len(rows)]
    promises = [row.promise for row in rows]
    lines = promise_lines(promises, asked)
    of_late = chosen.filter(Q(due__gte=since) | Q(due=None))
    return Rests(
        lines=tuple(
            _line(line, promise, asked.as_of, today_ends)
            for line, promise in zip(lines, promises, strict=True)
        ),
        listed=len(rows) if len(rows) < shown else _counted(of_late, most_counted),
        older=_counted(chosen.filter(due__lt=since), most_counted),
    )


def _line(line: PromiseLine, promise: Promise, now: datetime, today_ends: datetime) -> RestLine:
    rest = owed_rest(promise, now)
    return RestLine(
        line=line,
        rest=rest,
        at=promise.settled_at,
        waited_seconds=(now - promise.made_at).total_seconds(),
        due_today=rest.over_seconds is None and now <= promise.due < today_ends,
    )


def _counted(rests: QuerySet[Remainder], most: int) -> int:
    return rests.values("pk")[: most + 1].count()


def rests_of_team(team: Team, asked: Asked) -> int:
    """How many rests a team owes of what is asked for, counted up to one more than the most.

    Shape: none at a past moment.
    """
    if not asked.is_now:
        return 0
    owed = Promise.objects.filter(remainder__team=team)
    return asked_for(owed, asked).values("pk")[: MOST_COUNTED + 1].count()


class RestOwed(NamedTuple):
    """A rest that a customer still waits for."""

    id: int
    statement: str
    settled_at: datetime | None
    fraction: float
    first_due: datetime
    due: datetime
    matures_at: datetime | None


@dataclass(frozen=True, slots=True)
class RestsOwed:
    """How many rests a customer still waits for, at most `most` told of, the nearest, and how that
    stands."""

    count: int
    is_more: bool
    most: int = MOST_COUNTED
    nearest: RestOwed | None = None
    stands: OwedRest | None = None


def rests_of_customer(viewer: Viewer, customer: Customer, asked: Asked) -> RestsOwed:
    """The rests that a customer still waits for.

    Shape: none at a past moment, of which the table does not tell.
    """
    if not asked.is_now:
        return RestsOwed(0, is_more=False)
    owed = visible_promises(viewer).filter(
        customer=customer, state="partial", remainder__isnull=False
    )
    nearest = owed.order_by(F("remainder__due").asc(nulls_last=True), "pk")
    found = list(nearest.values_list(*RestOwed._fields)[: MOST_COUNTED + 1])
    first = RestOwed._make(found[0]) if found else None
    return RestsOwed(
        len(found),
        is_more=len(found) > MOST_COUNTED,
        nearest=first,
        stands=owed_rest(first, asked.as_of) if first else None,
    )
