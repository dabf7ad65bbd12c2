"""The funnel of the teams: who keeps more or less than chance explains, by volume."""

from collections.abc import Sequence
from dataclasses import dataclass

from interactions.selectors import Viewer
from promises.domain.funnel import Limits, Verdict, limits, verdict, volumes
from promises.domain.loss import KindParameters
from promises.scores import (
    Question,
    ScoreRow,
    company_sums,
    read_judging,
    read_together,
    team_rows,
)
from promises.selectors.asked import question_for
from promises.selectors.freshness import freshness_read, parameters_read
from promises.selectors.pages import Asked, Freshness


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One team, and where its kept rate lies within the limits of its own volume.

    Units: rates 0 to 1.
    """

    id: str
    name: str
    n: int
    kept: int
    kept_rate: float
    verdict: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class Funnel:
    """All teams with promises, the largest first, around the company's kept rate.

    Shape: `limits` from the smallest to the largest volume, to draw; empty without a team.
    Units: rates 0 to 1; `kept_rate` is None where nothing fell due.
    """

    n: int
    kept: int
    kept_rate: float | None
    points: tuple[FunnelPoint, ...]
    limits: tuple[Limits, ...]


@dataclass(frozen=True, slots=True)
class TeamsPage:
    """All teams that the viewer may see, worst first, and their funnel."""

    asked: Asked
    freshness: Freshness
    parameters: tuple[KindParameters, ...]
    teams: tuple[ScoreRow, ...]
    funnel: Funnel


def funnel_of(n: int, kept: int, teams: Sequence[ScoreRow]) -> Funnel:
    """The funnel of rows that are there already, around the company's `kept` of `n`."""
    matured = [row for row in teams if row.n]
    if not n or not matured:
        return Funnel(n, kept, kept / n if n else None, (), ())
    rate = kept / n
    points = []
    for row in sorted(matured, key=lambda row: (-row.n, row.id)):
        within = limits(row.n, rate)
        lies = verdict(row.kept, within).value
        points.append(
            FunnelPoint(row.id, row.name, row.n, row.kept, row.kept / row.n, lies, within)
        )
    drawn = volumes(points[-1].n, points[0].n)
    return Funnel(n, kept, rate, tuple(points), tuple(limits(volume, rate) for volume in drawn))


def funnel_read(question: Question) -> Funnel:
    """The funnel of the teams of a question, around the rate of the whole company."""
    sums = company_sums(question)
    return funnel_of(sums.n, sums.kept, team_rows(question, with_lateness=False))


def teams_read(viewer: Viewer, asked: Asked) -> TeamsPage:
    """All teams for whoever looks."""
    question = question_for(asked, team_ids=viewer.team_ids)
    read_judging(question.as_of)
    read_together(question)
    sums, rows = company_sums(question), team_rows(question, with_lateness=False)
    return TeamsPage(
        asked=asked,
        freshness=freshness_read(asked),
        parameters=parameters_read(asked),
        teams=tuple(rows),
        funnel=funnel_of(sums.n, sums.kept, rows),
    )


def beyond(funnel: Funnel, *verdicts: Verdict) -> list[FunnelPoint]:
    """The teams with one of these verdicts, the largest first."""
    return [point for point in funnel.points if point.verdict in verdicts]
