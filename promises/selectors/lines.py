"""Promises as lines of a list, judged at the page's moment."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import NamedTuple, Protocol

from django.db.models import QuerySet

from interactions.models.party import label_of
from promises.domain.clock import day_end
from promises.domain.loss import KindParameters, open_loss
from promises.models import Promise
from promises.projection import kind_parameters
from promises.projection.facts import ParametersOf, installation_zone
from promises.selectors.pages import Asked, OwedRest, PromiseLine

_SECOND = timedelta(seconds=1)


class Owing(Protocol):
    """What the rest of a promise is told from."""

    @property
    def fraction(self) -> float: ...
    @property
    def first_due(self) -> datetime: ...
    @property
    def due(self) -> datetime: ...
    @property
    def matures_at(self) -> datetime | None: ...


class LineRow(NamedTuple):
    """What a line is made from: a promise has three times as many columns, and its parties too."""

    id: int
    statement: str
    kind: str
    state: str
    made_at: datetime
    first_due: datetime
    due: datetime
    matures_at: datetime | None
    settled_at: datetime | None
    stopped_at: datetime | None
    fraction: float
    day: date | None
    weight: int
    loss: int
    open_weight: int
    open_residual: int
    customer__reference: str
    customer__name: str
    team__reference: str
    team__name: str
    # None where no rest is owed.
    remainder__promise_id: int | None


_row_of = attrgetter(*(name.replace("__", ".") for name in LineRow._fields[:-1]))


def _row(promise: Promise) -> LineRow:
    # Only what was fulfilled in part can owe a rest; whoever passes such rows has read it along.
    partial = promise.state == "partial"
    remainder = getattr(promise, "remainder", None) if partial else None
    return LineRow._make((*_row_of(promise), remainder and remainder.pk))


def read_lines(
    promises: QuerySet[Promise], asked: Asked, parameters: ParametersOf | None = None
) -> tuple[PromiseLine, ...]:
    """The same as `promise_lines` of promises that are yet to be read, of which no more is read."""
    return row_lines(read_rows(promises), asked, parameters)


def read_rows(promises: QuerySet[Promise]) -> list[LineRow]:
    """What the lines of some promises are made from, in their order."""
    return list(map(LineRow._make, promises.values_list(*LineRow._fields)))


def row_lines(
    rows: Iterable[LineRow], asked: Asked, parameters: ParametersOf | None = None
) -> tuple[PromiseLine, ...]:
    """Lines of promises as what was read of them stands."""
    parameters = parameters or kind_parameters()
    return tuple(_line(row, asked, parameters) for row in rows)


def promise_lines(
    promises: Iterable[Promise], asked: Asked, parameters: ParametersOf | None = None
) -> tuple[PromiseLine, ...]:
    """Lines of promises as their rows stand.

    Shape: for a page of the past pass only promises whose rows tell how they stood then
    (`worklists.rows_at`). A page with several lists passes the `parameters` that it has read.
    """
    return row_lines(map(_row, promises), asked, parameters)


def promise_line(promise: Promise, asked: Asked, parameters: ParametersOf) -> PromiseLine:
    """One line. A promise settled after as_of was still open then."""
    return promise_lines((promise,), asked, parameters)[0]


def owed_rest(promise: Owing, at: datetime) -> OwedRest:
    """How the rest of a promise stands at a moment."""
    matured = promise.matures_at is not None and promise.matures_at < at
    return OwedRest(
        fraction=promise.fraction,
        due=promise.due,
        over_seconds=(at - promise.first_due) / _SECOND if matured else None,
        paused=promise.matures_at is None,
    )


def _line(row: LineRow, asked: Asked, parameters: ParametersOf) -> PromiseLine:
    settled_at = row.settled_at
    was_open = settled_at is not None and settled_at > asked.as_of
    state = "open" if was_open else row.state
    grows = state == "open" and row.stopped_at is None
    matured = row.matures_at is not None and row.matures_at < asked.as_of
    until = asked.as_of if grows else row.stopped_at or settled_at
    # Whoever passes rows that tell how promises stood then has rests that were owed then, too.
    owes = state == "partial" and row.remainder__promise_id is not None
    never = state in ("failed", "withdrawn")
    return PromiseLine(
        id=row.id,
        statement=row.statement,
        kind=row.kind,
        state=state,
        overdue=state == "open" and matured,
        customer_id=row.customer__reference,
        customer_name=label_of(row.customer__reference, row.customer__name),
        team_id=row.team__reference,
        team_name=label_of(row.team__reference, row.team__name),
        made_at=row.made_at,
        first_due=row.first_due,
        due=row.due,
        settled_at=None if was_open else settled_at,
        lateness_seconds=None if never or until is None else (until - row.first_due) / _SECOND,
        loss=filed_loss(row, asked.as_of, parameters(row.kind, row.made_at), was_open=was_open)
        if matured and state != "withdrawn"
        else None,
        rest=owed_rest(row, asked.as_of) if owes else None,
    )


class Filed(Protocol):
    """What a promise files into its cell, as its row keeps it."""

    @property
    def matures_at(self) -> datetime | None: ...
    @property
    def day(self) -> date | None: ...
    @property
    def weight(self) -> int: ...
    @property
    def loss(self) -> int: ...
    @property
    def open_weight(self) -> int: ...
    @property
    def open_residual(self) -> int: ...


def filed_loss(
    promise: Filed, as_of: datetime, parameters: KindParameters, *, was_open: bool = False
) -> float | None:
    """The loss at as_of from the contribution that was filed (R12).

    Shape: `was_open` where the outcome that was filed lies after as_of.
    """
    if promise.day is None or promise.matures_at is None or promise.weight == 0:
        return None
    weight = float(promise.weight)
    if not was_open and not promise.open_weight and not promise.open_residual:
        # Settled: most are, and their loss does not grow.
        return float(promise.loss) / weight
    ends_at = day_end(promise.day, installation_zone())
    if was_open:
        halvings = (promise.matures_at - ends_at) / _SECOND / parameters.half_life_seconds
        residual = weight * (1 - parameters.base_loss) * 2.0**halvings
        settled, growing = 0.0, weight
    else:
        residual = float(promise.open_residual)
        settled, growing = float(promise.loss), float(promise.open_weight)
    since = (as_of - ends_at) / _SECOND
    grown = open_loss(growing, residual, since, parameters.half_life_seconds)
    return (settled + grown) / weight
