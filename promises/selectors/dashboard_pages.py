"""What the overview and the page of a team show: first what a reader sees at once, then the rest,
which the page asks for when it is shown."""

from dataclasses import dataclass
from datetime import datetime

from promises.domain.loss import KindParameters
from promises.scores import ScoreRow
from promises.selectors.drivers import Drivers
from promises.selectors.gaming import GamingPanel
from promises.selectors.pages import (
    Asked,
    Choices,
    Freshness,
    NoteLine,
    PromiseLine,
    TrendPoint,
    Views,
)
from promises.selectors.risk import AtRisk
from promises.selectors.standing import Standing
from promises.selectors.teams import Owed, TeamPeople

# More than this is a table to look things up in.
TEAMS_AT_ONCE = 15


@dataclass(frozen=True, slots=True)
class OverviewRest:
    """What stands below the teams.

    Shape: `quick` where only those customers were looked at that stand worst without filters;
    worst_customers None where they have a page of their own, and come later still.
    """

    asked: Asked
    kinds: tuple[ScoreRow, ...]
    touchpoints: tuple[ScoreRow, ...]
    worst_customers: tuple[ScoreRow, ...] | None
    quick: bool
    overdue_count: int
    overdue: tuple[PromiseLine, ...]
    drivers: Drivers | None
    risk: AtRisk | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The first page: how it stands, where it hurts. Shape: rest is None where it comes later."""

    asked: Asked
    freshness: Freshness
    parameters: tuple[KindParameters, ...]
    company: ScoreRow
    standing: Standing
    trend: tuple[TrendPoint, ...]
    notes: tuple[NoteLine, ...]
    teams: tuple[ScoreRow, ...]
    overdue_count: int
    due_today_count: int
    choices: Choices
    views: Views
    rest: OverviewRest | None

    @property
    def shown_teams(self) -> tuple[ScoreRow, ...]:
        """The teams that a reader sees at once; all of them have a page of their own."""
        return self.teams if len(self.teams) <= TEAMS_AT_ONCE + 3 else self.teams[:TEAMS_AT_ONCE]


@dataclass(frozen=True, slots=True)
class TeamRest:
    """The lists of one team."""

    asked: Asked
    overdue_count: int
    overdue: tuple[PromiseLine, ...]
    upcoming: tuple[PromiseLine, ...]
    upcoming_more: bool
    owed: tuple[Owed, ...]
    # Fulfilled in part, counted up to one more than 99.
    rests_owed: int
    matured: tuple[PromiseLine, ...]
    matured_more: bool
    people: TeamPeople


@dataclass(frozen=True, slots=True)
class TeamPage:
    """One team. Shape: pk and archived_at are its own; rest is None where it comes later."""

    asked: Asked
    freshness: Freshness
    parameters: tuple[KindParameters, ...]
    row: ScoreRow
    standing: Standing
    kinds: tuple[ScoreRow, ...]
    trend: tuple[TrendPoint, ...]
    notes: tuple[NoteLine, ...]
    overdue_count: int
    panel: GamingPanel
    choices: Choices
    pk: int
    archived_at: datetime | None
    rest: TeamRest | None
