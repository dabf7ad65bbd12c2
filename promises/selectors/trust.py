"""The trust line of a customer, from the promises that fell due (R21)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from interactions.event_types import EventType
from interactions.models import Customer
from interactions.selectors import Viewer
from promises.domain.loss import NANO
from promises.domain.trust import Outcome, Step, TrustPoint, trust_line, trust_of
from promises.models import Promise
from promises.projection import PromiseKey
from promises.projection.facts import ParametersOf
from promises.selectors.lines import filed_loss
from promises.selectors.pages import Asked
from promises.selectors.visibility import visible_promises
from promises.selectors.worklists import rows_at

# What lies further back weighs less than a thousand millionth of the line's end.
MOST_OUTCOMES = 500
# So many of the latest mostly hold the one that was broken last.
LOOKED_AT = 20


# When what was said of a promise, by the type of the event.
Told = Mapping[PromiseKey, Mapping[str, Sequence[datetime]]]


@dataclass(frozen=True, slots=True)
class Trust:
    """Where the line stands at as_of and how it came there. Units: 0 to 1.

    Shape: `cut` where older promises than the line's were left out.
    """

    value: float
    kept: int
    broken: int
    recovered: int
    points: tuple[TrustPoint, ...]
    cut: bool


@dataclass(frozen=True, slots=True)
class CustomerTrust:
    """The line of one customer, by its id, as a page shows it."""

    asked: Asked
    id: str
    line: Trust


class _Row(NamedTuple):
    """The columns that an outcome needs."""

    id: int
    source_id: int
    reference: str
    kind: str
    state: str
    made_at: datetime
    matures_at: datetime
    settled_at: datetime | None
    stopped_at: datetime | None
    day: date | None
    weight: int
    loss: int
    open_weight: int
    open_residual: int


def trust_read(
    viewer: Viewer,
    customer: Customer,
    asked: Asked,
    told: Told,
    parameters: ParametersOf,
) -> Trust:
    """The line of what the viewer may see.

    A promise counts on the day it fell due, with the loss that it has at as_of.
    """
    rows = list(_matured(viewer, customer, asked)[: MOST_OUTCOMES + 1])
    outcomes = list(_outcomes(rows[:MOST_OUTCOMES], asked, parameters, told))
    points = trust_line(outcomes)
    count = Counter(point.step for point in points)
    return Trust(
        value=trust_of(points),
        kept=count[Step.KEPT],
        broken=count[Step.BROKEN],
        recovered=count[Step.RECOVERED],
        points=points,
        cut=len(rows) > MOST_OUTCOMES,
    )


def broken_last(
    viewer: Viewer, customer: Customer, asked: Asked, parameters: ParametersOf
) -> int | None:
    """The promise of the line that was broken last; None where none was."""
    latest = _matured(viewer, customer, asked)
    for part in (slice(LOOKED_AT), slice(LOOKED_AT, MOST_OUTCOMES)):
        rows = list(latest[part])
        for outcome in _outcomes(rows, asked, parameters, {}):
            if outcome.loss > 0:
                return outcome.promise_id
        if len(rows) < LOOKED_AT:
            break
    return None


def _matured(viewer: Viewer, customer: Customer, asked: Asked) -> QuerySet[Promise, Any]:
    """The columns of what fell due, latest first."""
    promises = rows_at(visible_promises(viewer).filter(customer=customer), asked)
    matured = promises.filter(matures_at__lt=asked.as_of).exclude(state="withdrawn")
    return matured.order_by("-matures_at", "-pk").values_list(*_Row._fields)


def _outcomes(
    rows: Iterable[tuple[Any, ...]], asked: Asked, parameters: ParametersOf, told: Told
) -> Iterator[Outcome]:
    for values in rows:
        outcome = _outcome(_Row._make(values), asked, parameters, told)
        if outcome is not None:
            yield outcome


def _outcome(
    row: _Row,
    asked: Asked,
    parameters: ParametersOf,
    told: Told,
) -> Outcome | None:
    was_open = row.settled_at is not None and row.settled_at > asked.as_of
    loss = filed_loss(row, asked.as_of, parameters(row.kind, row.made_at), was_open=was_open)
    if loss is None:
        return None
    settled = row.settled_at if row.state == "late" and not was_open else None
    return Outcome(
        at=row.matures_at,
        loss=min(1.0, max(0.0, loss)),
        weight=row.weight / NANO,
        promise_id=row.id,
        recovered_at=_recovered(row, settled, told.get((row.source_id, row.reference), {})),
    )


def _recovered(
    row: _Row, settled: datetime | None, told: Mapping[str, Sequence[datetime]]
) -> datetime | None:
    """When the recovery of a break was complete: we apologised for it, and the promise was kept
    in full after all, or an escalation about it was resolved."""
    if not told:
        return None
    apologised = told.get(EventType.APOLOGY_GIVEN, ())
    mended = [*told.get(EventType.ESCALATION_RESOLVED, ()), *([settled] if settled else ())]
    if not apologised or not mended:
        return None
    first_said: datetime = min(apologised)
    first_mended: datetime = min(mended)
    return max(first_said, first_mended)
