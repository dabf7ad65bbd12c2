"""What each page shows, as plain read objects: one selector call per page, no query in a
template."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from promises.domain.acts import Act
from promises.domain.lifecycle import DateChange, PromiseState
from promises.domain.loss import KindParameters, LossTerms
from promises.scores import ScoreRow
from promises.selectors.clock import PromiseClock

if TYPE_CHECKING:
    from promises.selectors.memory import Memory
    from promises.selectors.teams import Owed, TeamPeople


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader asked for, read from the URL and always shown.

    `as_of` is the moment of the figures; `is_now` tells whether that is the present. `problems` are
    sentences about parts of the URL that could not be read and were left out.
    """

    window: str
    kind: str
    as_of: datetime
    is_now: bool
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Freshness:
    """How complete the figures are: printed on every page."""

    pending: int
    waiting: int
    set_aside: int
    heard_since: int
    sample_loaded: bool


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One step of the trend: the promises that matured in the `days` local days up to and with
    `day`."""

    day: date
    n: int
    kept_rate: float | None
    kept_low: float | None
    kept_high: float | None
    gap_score: float | None


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """A promise in a list. `overdue` and `lateness_seconds` are judged at the page's as_of."""

    id: int
    statement: str
    kind: str
    state: str
    overdue: bool
    customer_id: str
    customer_name: str
    team_id: str
    team_name: str
    made_at: datetime
    first_due: datetime
    due: datetime
    settled_at: datetime | None
    lateness_seconds: float | None
    loss: float | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The first page: how it stands, where it hurts."""

    asked: Asked
    freshness: Freshness
    parameters: tuple[KindParameters, ...]
    company: ScoreRow
    trend: tuple[TrendPoint, ...]
    teams: tuple[ScoreRow, ...]
    worst_customers: tuple[ScoreRow, ...]
    overdue_count: int
    due_today_count: int
    overdue: tuple[PromiseLine, ...]


@dataclass(frozen=True, slots=True)
class TeamPage:
    """One team."""

    asked: Asked
    freshness: Freshness
    parameters: tuple[KindParameters, ...]
    row: ScoreRow
    kinds: tuple[ScoreRow, ...]
    trend: tuple[TrendPoint, ...]
    overdue_count: int
    overdue: tuple[PromiseLine, ...]
    matured: tuple[PromiseLine, ...]
    people: "TeamPeople"
    upcoming_count: int
    upcoming: tuple[PromiseLine, ...]
    owed: tuple["Owed", ...]


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event of a customer or promise, in the ledger's own words.

    `note` is the code of domain NoteCode where the event changed nothing, `retracted` whether it
    was taken back.
    """

    seq: int
    type: str
    source: str
    id: str
    subject: str
    promise_id: int | None
    statement: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    data: dict[str, Any]
    note: str | None = None
    retracted: bool = False


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """One customer, with everything that was promised and what came of it."""

    asked: Asked
    freshness: Freshness
    parameters: tuple[KindParameters, ...]
    row: ScoreRow
    preferred_name: str
    segment: str
    zone: str
    open: tuple[PromiseLine, ...]
    open_count: int
    missed: tuple[PromiseLine, ...]
    timeline: tuple[TimelineEntry, ...]
    timeline_more: bool
    memory: "Memory"
    overdue_count: int


@dataclass(frozen=True, slots=True)
class PromisePage:
    """One promise, down to the single event and the single number.

    `terms` is what scoring itself computed at `asked.as_of`; `counts` whether the promise has
    matured by then and is in the score. `business_lateness_seconds` is the lateness in open hours
    of the calendar that the promise pins, None without one. `clock` is what is drawn. `acts` is
    what can be done to it now, and `undoable` the event that the viewer may take back; of the past
    there is neither. `repeats` is the promise that this one makes again.
    """

    asked: Asked
    freshness: Freshness
    line: PromiseLine
    state: PromiseState
    date_chain: tuple[DateChange, ...]
    parameters: KindParameters
    terms: LossTerms
    counts: bool
    business_lateness_seconds: float | None
    events: tuple[TimelineEntry, ...]
    source: str
    reference: str
    touchpoint: str
    clock: PromiseClock
    acts: tuple[Act, ...] = ()
    undoable: TimelineEntry | None = None
    repeats: int | None = None
