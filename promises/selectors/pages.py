"""What each page shows, as plain read objects: one selector call per page, no query in a
template."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from promises.domain.acts import Act
from promises.domain.lifecycle import DateChange, PromiseState
from promises.domain.loss import KindParameters, LossTerms
from promises.scores import ScoreRow
from promises.selectors.clock import PromiseClock

if TYPE_CHECKING:
    from promises.selectors.memory import Memory
    from promises.selectors.remainders import RestsOwed
    from promises.selectors.trust import CustomerTrust


@dataclass(frozen=True, slots=True)
class Filters:
    """Of which promises the figures are: a team, a touchpoint, a segment, stated ones or not.

    Shape: '' and None leave out nothing; `segment` '' is of no segment. The keys belong to the ids.
    """

    team: str = ""
    team_id: int | None = None
    touchpoint: str = ""
    touchpoint_id: int | None = None
    segment: str | None = None
    explicit: bool | None = None

    @property
    def some(self) -> bool:
        """Whether anything is left out."""
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader asked for, read from the URL and always shown.

    `as_of` is the moment of the figures; `is_now` tells whether that is the present. `problems` are
    sentences about parts of the URL that could not be read and were left out. `since` and `until`
    are the days of a window of the reader's own (`window` is "custom"). `as_of_problem` is the one
    of the problems that is about the moment.
    """

    window: str
    kind: str
    as_of: datetime
    is_now: bool
    problems: tuple[str, ...] = ()
    filters: Filters = Filters()
    since: date | None = None
    until: date | None = None
    as_of_problem: str = ""

    def now_instead(self, problem: str, *, now: datetime) -> "Asked":
        """The same for now, where the moment that was asked for has no answer."""
        problems = (*self.problems, problem)
        return replace(self, as_of=now, is_now=True, problems=problems, as_of_problem=problem)


# Who has heard more than this since has imported a past: its size is no news.
MOST_HEARD = 10_000


@dataclass(frozen=True, slots=True)
class Freshness:
    """How complete the figures are, on every page; `heard_since` ends at MOST_HEARD + 1."""

    pending: int
    waiting: int
    set_aside: int
    heard_since: int
    sample_loaded: bool

    @property
    def heard_is_more(self) -> bool:
        """Whether more was heard since than was counted."""
        return self.heard_since > MOST_HEARD

    @property
    def heard_shown(self) -> int:
        """How many are told of."""
        return min(self.heard_since, MOST_HEARD)


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
class OwedRest:
    """The rest of a promise that was fulfilled to a share, at a moment. Units: `over_seconds` is
    what the customer waits beyond the first date, None before it, by the wall clock."""

    fraction: float
    due: datetime
    over_seconds: float | None
    paused: bool


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """A promise in a list. `overdue` and `lateness_seconds` are judged at the page's as_of, as
    is `rest`, which is None where none is owed."""

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
    rest: OwedRest | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters of a page offer. Shape: (id as in the address, name)."""

    teams: tuple[tuple[str, str], ...]
    touchpoints: tuple[tuple[str, str], ...]
    segments: tuple[tuple[str, str], ...]


# A badge has room for so many.
VIEW_COUNT = 999


@dataclass(frozen=True, slots=True)
class ViewLine:
    """A saved view in a menu.

    Shape: `team` is '' for a personal one; `count` is how many promises it shows, or, of the
    overview, how many of them are overdue, None where nobody counted, and ends at VIEW_COUNT + 1.
    """

    id: int
    name: str
    query: str
    team: str
    pinned: bool
    begins: bool
    mine: bool
    count: int | None = None

    @property
    def count_is_more(self) -> bool:
        """Whether there are more than are told."""
        return self.count is not None and self.count > VIEW_COUNT


@dataclass(frozen=True, slots=True)
class Views:
    """The views of a page, pinned ones first, and the teams that a new one can be for."""

    lines: tuple[ViewLine, ...]
    teams: tuple[tuple[str, str], ...]

    @property
    def pinned(self) -> tuple[ViewLine, ...]:
        """Those that always stand on the page."""
        return tuple(line for line in self.lines if line.pinned)


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note on a day of a trend. Shape: `team` is '' where it is about all."""

    id: int
    day: date
    text: str
    team: str
    by: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event of a customer or promise, in the ledger's own words.

    `note` is the code of domain NoteCode where the event changed nothing, `retracted` whether it
    was taken back, `may_take_back` whether the reader may do so on the customer's page.
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
    may_take_back: bool = False


@dataclass(frozen=True, slots=True)
class CustomerRest:
    """What stands on a customer's page below the figures.

    Shape: `choices` are the promises to which the timeline can be narrowed, number and words.
    """

    asked: Asked
    choices: tuple[tuple[int, str], ...]
    missed: tuple[PromiseLine, ...]
    missed_more: bool
    timeline: tuple[TimelineEntry, ...]
    timeline_more: bool


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """One customer, with everything that was promised and what came of it.

    Shape: trust and rest are None where they come later.
    """

    asked: Asked
    freshness: Freshness
    parameters: tuple[KindParameters, ...]
    row: ScoreRow
    preferred_name: str
    segment: str
    zone: str
    open: tuple[PromiseLine, ...]
    open_count: int
    memory: "Memory"
    overdue_count: int
    rests_owed: "RestsOwed"
    trust: "CustomerTrust | None"
    rest: CustomerRest | None

    @property
    def ahead_count(self) -> int:
        """How many are open and not due yet."""
        return self.open_count - self.overdue_count


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
