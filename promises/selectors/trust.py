"""The trust line of a customer, from the promises that fell due (R21)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from interactions.event_types import EventType
from interactions.models import Customer
from interactions.selectors import Viewer
from promises.domain.loss import NANO
from promises.domain.trust import Outcome, Step, TrustPoint, trust_line, trust_of
from promises.projection import PromiseKey
from promises.projection.facts import ParametersOf
from promises.selectors.lines import filed_loss
from promises.selectors.pages import Asked
from promises.selectors.visibility import visible_promises
from promises.selectors.worklists import rows_at

# What lies further back weighs less than a thousand millionth of the line's end.
MOST_OUTCOMES = 500


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
) -> tuple[Trust, int | None]:
    """The line of what the viewer may see. Shape: (the line; the promise broken last, or None).

    A promise counts on the day it fell due, with the loss that it has at as_of.
    """
    promises = rows_at(visible_promises(viewer).filter(customer=customer), asked)
    matured = promises.filter(matures_at__lt=asked.as_of).exclude(state="withdrawn")
    values = matured.order_by("-matures_at", "-pk").values_list(*_Row._fields)
    rows = [_Row._make(row) for row in values[: MOST_OUTCOMES + 1]]
    outcomes = [
        outcome
        for row in rows[:MOST_OUTCOMES]
        if (outcome := _outcome(row, asked, parameters, told)) is not None
    ]
    points = trust_line(outcomes)
    count = Counter(point.step for point in points)
    broken = next((one.promise_id for one in outcomes if one.loss > 0), None)
    trust = Trust(
        value=trust_of(points),
        kept=count[Step.KEPT],
        broken=count[Step.BROKEN],
        recovered=count[Step.RECOVERED],
        points=points,
        cut=len(rows) > MOST_OUTCOMES,
    )
    return trust, broken


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
