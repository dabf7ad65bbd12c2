"""What is asked of the scores: a window, a kind, a moment, and whose promises."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from promises.domain.clock import day_end, day_of

# Window -> local days, None = all.
WINDOWS: dict[str, int | None] = {
    "1d": 1,
    "7d": 7,
    "28d": 28,
    "90d": 90,
    "365d": 365,
    "all": None,
}
# Those of which each customer's row is stored, to order lists by (R14).
STORED_WINDOWS = ("28d", "90d", "365d", "all")
# What a window of days given one by one is called.
CUSTOM = "custom"


class Scope(StrEnum):
    """By what the answer is grouped."""

    COMPANY = "company"
    TEAM = "team"
    CUSTOMER = "customer"
    KIND = "kind"
    TOUCHPOINT = "touchpoint"
    DAY = "day"


@dataclass(frozen=True)
class Question:
    """One question to the scores.

    `is_now` decides how it is answered (R4): from the cells, or as the ledger stood at `as_of`.
    Its days and moments are reckoned once: a zone takes its time, and folding asks many times.
    Shape: `team_ids`, `customer_ids` and `touchpoint_ids` are row keys; None means all, as it does
    for `explicit` and `segment` ("" is: none was known at making). `since` is the first local day
    where it is not the one that the window says, `until` the last one of the window CUSTOM, open
    where they are None.
    """

    as_of: datetime
    is_now: bool
    zone: ZoneInfo
    window: str = "90d"
    kind: str = ""
    team_ids: frozenset[int] | None = None
    customer_ids: frozenset[int] | None = None
    touchpoint_ids: frozenset[int] | None = None
    explicit: bool | None = None
    segment: str | None = None
    since: date | None = None
    until: date | None = None

    @property
    def is_fine(self) -> bool:
        """Whether only the fine grain of cells can answer; it has no histogram of lateness."""
        return not (self.touchpoint_ids is None and self.explicit is None and self.segment is None)

    @cached_property
    def today(self) -> date:
        """The local day of as_of."""
        return day_of(self.as_of, self.zone)

    @cached_property
    def first_day(self) -> date | None:
        """The first local day of the window; None = from the beginning."""
        if self.since is not None or self.window == CUSTOM:
            return self.since
        days = WINDOWS[self.window]
        return None if days is None else self.today - timedelta(days=days - 1)

    @cached_property
    def starts_at(self) -> datetime | None:
        """The moment at which the first day begins."""
        first = self.first_day
        return None if first is None else day_end(first - timedelta(days=1), self.zone)

    @cached_property
    def last_day(self) -> date | None:
        """The last local day, where the window ends before the day of as_of."""
        if self.window != CUSTOM or self.until is None or self.until >= self.today:
            return None
        return self.until

    @cached_property
    def ends_at(self) -> datetime | None:
        """The moment at which the last day ends; None = with as_of."""
        last = self.last_day
        return None if last is None else day_end(last, self.zone)

    @cached_property
    def today_starts_at(self) -> datetime:
        """The moment at which the day of as_of begins."""
        return day_end(self.today - timedelta(days=1), self.zone)

    @cached_property
    def today_ends_at(self) -> datetime:
        """The moment at which the day of as_of ends."""
        return day_end(self.today, self.zone)


def replace_customers(question: Question, customer_ids: frozenset[int]) -> Question:
    """The same question about these customers only."""
    return replace(question, customer_ids=customer_ids)
