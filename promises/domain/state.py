"""What the fold answers: the state of one promise and the chain of its dates."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from promises.domain.facts import Note
from promises.domain.targets import TimeTarget

State = Literal["open", "kept", "late", "partial", "failed", "withdrawn"]
DateKind = Literal["first", "slip_announced", "slip_unannounced", "earlier", "customer"]
Verdict = Literal["confirmed", "disputed"]
Interval = tuple[datetime, datetime | None]

# Source: R8.
CHRONIC_SLIPS = 3


@dataclass(frozen=True, slots=True)
class DateChange:
    """One link of the date chain: a date that was given, and the one that it replaced.

    Shape: asked_at is when it was given; `first` has previous = due.
    """

    asked_at: datetime
    due: datetime
    previous: datetime
    kind: DateKind
    who: str
    reason: str
    told_at: datetime | None
    source: str
    id: str


class PromiseState(NamedTuple):
    """All that the facts of one promise say about it (R6).

    Shape: given_due is the very first date, never moved; first_due (d0) includes pauses and the
    customer's own changes; due is the latest date, pauses included. While a counting pause runs,
    matures_at is None, and first_due and due reach as far as the fold's as_of (with no as_of:
    they leave the running pause out). settled_at is when the verdict fell: when the largest
    fraction was reached, or the promise failed or was withdrawn. stopped_at is set only where
    the customer withdrew after d0 + tau: the break stands, its loss stops growing. pauses are
    united and include those that began too late to count; paused_seconds has only what counted.
    fraction is 0 and quality_loss is 0 while nothing has been fulfilled. time_target is the latest
    that a date was given with, reckoned whether the latest date was. running_pauses are the keys
    of the pauses that run.
    """

    kind: str
    statement: str
    customer_id: str
    customer_name: str
    preferred_name: str
    customer_zone: str
    segment: str
    team: str
    touchpoint: str
    made_by: str
    claim_source: str
    repeat_of: str
    made_source: str
    made_id: str
    made_at: datetime
    first_due: datetime
    due: datetime
    given_due: datetime
    tolerance_seconds: float
    matures_at: datetime | None
    state: State
    settled_at: datetime | None
    stopped_at: datetime | None
    fraction: float
    quality_loss: float
    measured_value: float | None
    target: float | None
    comparator: str | None
    unit: str | None
    scale: float | None
    slips_announced: int
    slips_unannounced: int
    stake: float
    paid_in_advance: bool
    explicit: bool
    confidence: float
    eventful: bool
    retro: bool
    paused_seconds: float
    pauses: tuple[Interval, ...]
    date_chain: tuple[DateChange, ...]
    notes: tuple[Note, ...]
    verdict: Verdict | None
    parameters_version: int
    time_target: TimeTarget | None = None
    reckoned: bool = False
    standard: str = ""
    standard_version: int | None = None
    running_pauses: tuple[str, ...] = ()

    @property
    def slips(self) -> int:
        """All slips, announced or not."""
        return self.slips_announced + self.slips_unannounced

    @property
    def chronic(self) -> bool:
        """Whether it slipped three times or more (R8)."""
        return self.slips >= CHRONIC_SLIPS

    @property
    def rest_owed(self) -> bool:
        """Whether a share of it was fulfilled and the rest can still come (R6). A value that was
        measured below its target has no rest."""
        return self.state == "partial" and self.stopped_at is None and self.measured_value is None

    @property
    def grows(self) -> bool:
        """Whether its loss still grows with the clock once it has matured."""
        return self.state == "open" and self.stopped_at is None
