"""Promises as plain rows, filtered and in pages: what lists and exports of the API read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy

from interactions.selectors import Viewer
from promises.models import Promise
from promises.models.kinds import State
from promises.selectors.visibility import visible_promises
from promises.selectors.words import are_rare, holding

OVERDUE = "overdue"
# Fulfilled in part, and what is missing is waited for still (R6).
REST_OWED = "rest_owed"
STATES = (*State.values, OVERDUE, REST_OWED)
# By what lists can be ordered; a minus in front turns it around.
ORDER_COLUMNS = ("made_at", "due", "matures_at")
ORDERS = tuple(sign + name for name in ORDER_COLUMNS for sign in ("", "-"))
_SECOND = timedelta(seconds=1)
_NOTHING = timedelta(0)
_OF_OPEN = "openpromise__"


class PromiseRow(NamedTuple):
    """The columns of one promise, with its parties by the ids that senders use."""

    id: int
    source: str
    reference: str
    kind: str
    statement: str
    customer: str
    customer_name: str
    team: str
    team_name: str
    touchpoint: str
    touchpoint_name: str
    segment: str
    made_by: str
    claim_source: str
    state: str
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
    day: date | None
    weight: int
    loss: int
    open_weight: int
    open_residual: int


_PATHS = {
    "source": "source__name",
    "customer": "customer__reference",
    "customer_name": "customer__name",
    "team": "team__reference",
    "team_name": "team__name",
    "touchpoint": "touchpoint__reference",
    "touchpoint_name": "touchpoint__name",
}
COLUMNS = tuple(_PATHS.get(name, name) for name in PromiseRow._fields)


@dataclass(frozen=True, slots=True)
class PromiseFilter:
    """Which promises: of each field that is given.

    Shape: each of `words` begins a word of the statement; `moments` are (column, from, before),
    either end open where it is None.
    """

    equal: Mapping[str, Any]
    state: str = ""
    words: tuple[str, ...] = ()
    moments: tuple[tuple[str, datetime | None, datetime | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The promises that pass a filter.

    Shape: `few` where they come through the index of words and are sorted then; else a list walks
    along the index of its order. `without_words` passes all of the filter but its words. `of_open`
    where all of them are open and a list walks along their narrow table. `matures_from` where they
    are those that mature from then on and those that a pause holds back.
    """

    promises: QuerySet[Promise]
    without_words: QuerySet[Promise]
    few: bool = False
    of_open: bool = False
    matures_from: datetime | None = None

    def column(self, order: str) -> str:
        """The column of an order, of the table along whose index a list walks."""
        column = order.lstrip("-")
        return _OF_OPEN + column if self.of_open and column == "matures_at" else column


def found_by(promises: QuerySet[Promise], words: Sequence[str]) -> Found:
    """Those of some promises whose statements hold the words, if there are any."""
    if not words:
        return Found(promises, promises)
    return Found(holding(promises, words), promises, few=are_rare(words))


class Position(NamedTuple):
    """Where a page ended: the value it is ordered by, and the number of the row."""

    value: datetime | None
    id: int


def filtered_promises(viewer: Viewer, wanted: PromiseFilter, *, now: datetime) -> Found:
    """The promises that the viewer may see and that pass the filter."""
    equal = {_PATHS.get(name, name): value for name, value in wanted.equal.items()}
    promises = visible_promises(viewer).filter(**equal)
    if wanted.state == OVERDUE:
        promises = promises.filter(openpromise__matures_at__lt=now)
    elif wanted.state == REST_OWED:
        promises = promises.filter(remainder__isnull=False)
    elif wanted.state:
        promises = promises.filter(state=wanted.state)
    for column, start, before in wanted.moments:
        if start is not None:
            promises = promises.filter(**{f"{column}__gte": start})
        if before is not None:
            promises = promises.filter(**{f"{column}__lt": before})
    return found_by(promises, wanted.words)


def promise_page(
    found: Found, *, order: str, after: Position | None, limit: int
) -> tuple[list[PromiseRow], Position | None]:
    """A page in an order. Shape: (rows; where to go on, None at the end)."""
    promises = in_order(found, order, after)
    rows = [PromiseRow._make(values) for values in promises.values_list(*COLUMNS)[: limit + 1]]
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], Position(getattr(last, order.lstrip("-")), last.id)


def is_overdue(row: PromiseRow, now: datetime) -> bool:
    """Whether it is open past its maturity and still waited for (R6)."""
    waits = row.stopped_at is None or row.stopped_at > now
    is_open = row.state == State.OPEN and waits
    return is_open and row.matures_at is not None and row.matures_at < now


def lateness_seconds(row: PromiseRow, now: datetime) -> float | None:
    """Settled moment (or now) minus d0; None where there is nothing to measure yet, or ever."""
    if row.matures_at is None or row.state in (State.FAILED, State.WITHDRAWN):
        return None
    if row.state != State.OPEN:
        until = row.settled_at or now
    elif row.matures_at < now:
        until = row.stopped_at or now
    else:
        return None
    return (until - row.first_due) / _SECOND


def in_order(found: Found, order: str, after: Position | None = None) -> QuerySet[Promise]:
    """The same promises in an order, from after a position on."""
    column, descending = found.column(order), order.startswith("-")
    # Only a promise held back by a pause has no maturity: it stands where the latest stand, so that
    # one index serves both directions. NULLS LAST elsewhere costs the index.
    last = True if column.endswith("matures_at") and not descending else None
    # The planner takes no index for a sum, so that it does not walk past millions to find a few.
    by = F(column) + _NOTHING if found.few else F(column)
    first = OrderBy(by, descending=descending, nulls_last=last)
    promises = found.promises.order_by(first, "-pk" if descending else "pk")
    return promises if after is None else promises.filter(_beyond(column, after, descending))


def parts_in_order(
    found: Found, order: str, after: Position | None = None
) -> tuple[QuerySet[Promise], ...]:
    """The same in parts, one after the other, each one range of the index of its order.

    Shape: of "from a moment on, or held back" the planner sees no range, and walks along all of it.
    """
    whole, column = in_order(found, order, after), found.column(order)
    if found.matures_from is None or found.few or not column.endswith("matures_at"):
        return (whole,)
    start = found.matures_from
    if after is not None and after.value is not None and not order.startswith("-"):
        start = max(start, after.value)
    dated = whole.filter(**{f"{column}__gte": start})
    held_back = whole.filter(**{f"{column}__isnull": True})
    return (held_back, dated) if order.startswith("-") else (dated, held_back)


def count_found(found: Found, *, most: int) -> int:
    """How many they are, counted up to so many."""
    count = 0
    for part in parts_in_order(found, "matures_at"):
        count += part.order_by()[: most - count].count()
    return count


def _beyond(column: str, after: Position, descending: bool) -> Q:
    """What comes after a position in the order of a column."""
    towards = "lt" if descending else "gt"
    same = Q(**{column: after.value}) if after.value else Q(**{f"{column}__isnull": True})
    further = same & Q(**{f"pk__{towards}": after.id})
    if after.value is None:
        # Those without a value stand where the latest stand.
        return further | Q(**{f"{column}__isnull": False}) if descending else further
    further |= Q(**{f"{column}__{towards}": after.value})
    if column.endswith("matures_at") and not descending:
        return further | Q(**{f"{column}__isnull": True})
    # An index condition of its own: the planner does not see it in the alternatives.
    return Q(**{f"{column}__{towards}e": after.value}) & further
