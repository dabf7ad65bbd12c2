"""Promises as lines of a list, judged at the page's moment."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Protocol

from promises.domain.clock import day_end
from promises.domain.loss import KindParameters, open_loss
from promises.models import Promise
from promises.projection import kind_parameters
from promises.projection.facts import ParametersOf, installation_zone
from promises.selectors.pages import Asked, PromiseLine

_SECOND = timedelta(seconds=1)


def promise_lines(
    promises: Iterable[Promise], asked: Asked, parameters: ParametersOf | None = None
) -> tuple[PromiseLine, ...]:
    """Lines of promises as their rows stand.

    Shape: for a page of the past pass only promises whose rows tell how they stood then
    (`worklists.rows_at`). A page with several lists passes the `parameters` that it has read.
    """
    parameters = parameters or kind_parameters()
    return tuple(promise_line(promise, asked, parameters) for promise in promises)


def promise_line(promise: Promise, asked: Asked, parameters: ParametersOf) -> PromiseLine:
    """One line. A promise settled after as_of was still open then."""
    settled_at = promise.settled_at
    was_open = settled_at is not None and settled_at > asked.as_of
    state = "open" if was_open else promise.state
    grows = state == "open" and promise.stopped_at is None
    matured = promise.matures_at is not None and promise.matures_at < asked.as_of
    until = asked.as_of if grows else promise.stopped_at or settled_at
    never = state in ("failed", "withdrawn")
    return PromiseLine(
        id=promise.pk,
        statement=promise.statement,
        kind=promise.kind,
        state=state,
        overdue=state == "open" and matured,
        customer_id=promise.customer.reference,
        customer_name=promise.customer.label,
        team_id=promise.team.reference,
        team_name=promise.team.label,
        made_at=promise.made_at,
        first_due=promise.first_due,
        due=promise.due,
        settled_at=None if was_open else settled_at,
        lateness_seconds=None if never or until is None else (until - promise.first_due) / _SECOND,
        loss=filed_loss(
            promise, asked.as_of, parameters(promise.kind, promise.made_at), was_open=was_open
        )
        if matured and state != "withdrawn"
        else None,
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
    ends_at = day_end(promise.day, installation_zone())
    weight = float(promise.weight)
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
