"""Promises as items of a list, with all that is told of each: what the API and every table give."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from interactions.models.party import NOT_STATED
from promises.domain.loss import weight
from promises.projection.facts import ParametersOf
from promises.selectors.lines import filed_loss
from promises.selectors.promise_rows import PromiseRow, is_overdue, lateness_seconds


class PartyAnswer(msgspec.Struct):
    """Who: the id that senders use, and the name to show."""

    id: str
    name: str


class PromiseItem(msgspec.Struct):
    """A promise in a list.

    Units: seconds; loss 0 to 1, null where it does not count. `lateness_seconds` is null while it
    is not due and where it will never be measured.
    """

    id: str
    source: str
    reference: str
    kind: str
    statement: str
    customer: PartyAnswer
    team: PartyAnswer
    touchpoint: PartyAnswer
    segment: str
    made_by: str
    claim_source: str
    state: str
    overdue: bool
    made_at: datetime
    given_due: datetime
    first_due: datetime
    due: datetime
    matures_at: datetime | None
    settled_at: datetime | None
    stopped_at: datetime | None
    fraction: float
    slips_announced: int
    slips_unannounced: int
    stake: float
    paid_in_advance: bool
    explicit: bool
    confidence: float
    retro: bool
    paused_seconds: int
    weight: float
    lateness_seconds: float | None
    loss: float | None


def shown_name(reference: str, name: str) -> str:
    """A party's name, in words where none was stated."""
    return str(_("not stated")) if reference == NOT_STATED else name


def promise_item(row: PromiseRow, parameters: ParametersOf, now: datetime) -> PromiseItem:
    """A row of a list."""
    counts = row.matures_at is not None and row.matures_at < now and row.state != "withdrawn"
    loss = filed_loss(row, now, parameters(row.kind, row.made_at)) if counts else None
    return PromiseItem(
        id=str(row.id),
        source=row.source,
        reference=row.reference,
        kind=row.kind,
        statement=row.statement,
        customer=PartyAnswer(row.customer, shown_name(row.customer, row.customer_name)),
        team=PartyAnswer(row.team, shown_name(row.team, row.team_name)),
        touchpoint=PartyAnswer(row.touchpoint, shown_name(row.touchpoint, row.touchpoint_name)),
        segment=row.segment,
        made_by=row.made_by,
        claim_source=row.claim_source,
        state=row.state,
        overdue=is_overdue(row, now),
        made_at=row.made_at,
        given_due=row.given_due,
        first_due=row.first_due,
        due=row.due,
        matures_at=row.matures_at,
        settled_at=row.settled_at,
        stopped_at=row.stopped_at,
        fraction=row.fraction,
        slips_announced=row.slips_announced,
        slips_unannounced=row.slips_unannounced,
        stake=row.stake,
        paid_in_advance=row.paid_in_advance,
        explicit=row.explicit,
        confidence=row.confidence,
        retro=row.retro,
        paused_seconds=row.paused_seconds,
        weight=weight(row.stake, row.paid_in_advance, row.explicit, row.confidence),
        lateness_seconds=lateness_seconds(row, now),
        loss=loss,
    )


# Parties in two columns each: whoever sorts a table wants the id by itself.
_PARTIES = ("customer", "team", "touchpoint")
ITEM_COLUMNS = tuple(
    column
    for name in PromiseItem.__struct_fields__
    for column in ((name, f"{name}_name") if name in _PARTIES else (name,))
)


def item_cells(item: PromiseItem) -> Iterator[Any]:
    """The values of an item in the order of ITEM_COLUMNS."""
    for name in PromiseItem.__struct_fields__:
        value = getattr(item, name)
        if isinstance(value, PartyAnswer):
            yield value.id
            yield value.name
        else:
            yield value
