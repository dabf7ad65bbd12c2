"""Rows of scores, as the API and the pages show them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from interactions.known_parties import party_names
from interactions.models import Customer, Team, Touchpoint
from interactions.models.party import Party
from promises.domain.ranks import rank_ranges
from promises.domain.score import wilson, worst_first_key
from promises.domain.survival import WITHIN_DAYS, Lateness
from promises.scores.lateness import lateness_by, lateness_of_customers
from promises.scores.parents import Parent, parent_of, shrunk
from promises.scores.question import Question, Scope
from promises.scores.tallies import tallies
from promises.scores.tally import Tally

_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One row of scores.

    Units: rates and shares 0 to 1, scores 0 (perfect) to 100, hours. null where there is nothing
    to say. `shrink_strength` is m in its version `shrink_version`, null for the company.
    `rank_from` and `rank_to` are the places between which its interval leaves open where it
    stands, 1 the worst; null where it is unranked or not all of its sort are compared.
    """

    id: str
    name: str
    n: int
    kept: int
    late: int
    partial: int
    failed: int
    open_overdue: int
    withdrawn: int
    not_yet_due: int
    kept_early: int
    kept_rate: float | None
    kept_low: float | None
    kept_high: float | None
    gap_score: float | None
    gap_low: float | None
    gap_high: float | None
    gap_raw: float | None
    parent_mean: float | None
    shrink_strength: float | None
    shrink_version: int | None
    rank_from: int | None
    rank_to: int | None
    n_eff: float
    enough: bool
    lateness_median_hours: float | None
    lateness_p90_hours: float | None
    lateness_over_hours: float | None
    lateness_within_1d: float | None
    lateness_within_3d: float | None
    lateness_within_7d: float | None
    slips: int
    as_of: datetime


def company_row(question: Question) -> ScoreRow:
    """All promises that the question may see, as one row that shrinks to nothing."""
    tally = tallies(question, Scope.COMPANY).get("", Tally())
    lateness = lateness_by(question, Scope.COMPANY).get("")
    return score_row("", "", tally, None, lateness=lateness, as_of=question.as_of)


def team_rows(question: Question, *, with_lateness: bool = True) -> list[ScoreRow]:
    """A row for each team that has promises, worst first; those without enough last.

    Shape: a table that does not show lateness need not wait for it.
    """
    lateness = lateness_by(question, Scope.TEAM) if with_lateness else {}
    rows = _party_rows(question, Scope.TEAM, Team, lateness)
    return rows if question.team_ids is not None else _ranked(rows)


def customer_rows(question: Question, *, with_lateness: bool = True) -> list[ScoreRow]:
    """A row for each customer of the question, worst first."""
    lateness = lateness_of_customers(question) if with_lateness else {}
    return _party_rows(question, Scope.CUSTOMER, Customer, lateness)


def touchpoint_rows(question: Question) -> list[ScoreRow]:
    """A row for each touchpoint, worst first; no histogram tells their lateness."""
    return _party_rows(question, Scope.TOUCHPOINT, Touchpoint, {})


def kind_rows(question: Question) -> list[ScoreRow]:
    """A row for each kind: of teams, shrunk towards the company's mean of the same kind; of the
    company, its own."""
    of_company = question.team_ids is None
    rows = []
    for kind, tally in sorted(tallies(question, Scope.KIND).items()):
        if tally.is_empty:
            continue
        of_kind = replace(question, kind=kind)
        lateness = lateness_by(of_kind, Scope.COMPANY).get("")
        parent = None if of_company else parent_of(of_kind, Scope.TEAM)
        rows.append(score_row(kind, kind, tally, parent, lateness=lateness, as_of=question.as_of))
    return rows


def score_row(
    group: str,
    name: str,
    tally: Tally,
    parent: Parent | None,
    *,
    lateness: Lateness | None,
    as_of: datetime,
) -> ScoreRow:
    """One row from its sums. `parent` None: the company itself."""
    sums = tally.sums
    gap = shrunk(sums, parent)
    kept_low, kept_high = wilson(sums.kept, sums.n) if sums.n else (None, None)
    within = dict(zip(WITHIN_DAYS, lateness.within, strict=True)) if lateness else {}
    return ScoreRow(
        id=group,
        name=name,
        n=sums.n,
        kept=sums.kept,
        late=sums.late,
        partial=sums.partial,
        failed=sums.failed,
        open_overdue=sums.open,
        withdrawn=sums.withdrawn,
        not_yet_due=tally.not_yet_due,
        kept_early=tally.kept_early,
        kept_rate=sums.kept / sums.n if sums.n else None,
        kept_low=kept_low,
        kept_high=kept_high,
        gap_score=gap.score if gap else None,
        gap_low=gap.low if gap else None,
        gap_high=gap.high if gap else None,
        gap_raw=gap.raw if gap else None,
        parent_mean=None if parent is None or parent.mean is None else 100 * parent.mean,
        shrink_strength=parent.strength.m if parent else None,
        shrink_version=parent.strength.version if parent else None,
        rank_from=None,
        rank_to=None,
        n_eff=gap.n_eff if gap else 0.0,
        enough=gap.enough if gap else False,
        lateness_median_hours=_hours(lateness.median_seconds) if lateness else None,
        lateness_p90_hours=_hours(lateness.p90_seconds) if lateness else None,
        lateness_over_hours=_hours(lateness.over_seconds) if lateness else None,
        lateness_within_1d=within.get(1),
        lateness_within_3d=within.get(3),
        lateness_within_7d=within.get(7),
        slips=sums.slips,
        as_of=as_of,
    )


def _party_rows(
    question: Question,
    scope: Scope,
    model: type[Party],
    lateness: Mapping[str, Lateness | None],
) -> list[ScoreRow]:
    parent, found = parent_of(question, scope), tallies(question, scope)
    if scope != Scope.CUSTOMER:
        found = {reference: tally for reference, tally in found.items() if not tally.is_empty}
    names = party_names(model, found)
    ranked = sorted(
        found.items(), key=lambda item: (*worst_first_key(shrunk(item[1].sums, parent)), item[0])
    )
    return [
        score_row(
            reference,
            names.get(reference, reference),
            tally,
            parent,
            lateness=lateness.get(reference),
            as_of=question.as_of,
        )
        for reference, tally in ranked
    ]


def _ranked(rows: list[ScoreRow]) -> list[ScoreRow]:
    """The rows with their places; those without enough promises have none."""
    intervals = [
        (row.gap_low, row.gap_high)
        if row.enough and row.gap_low is not None and row.gap_high is not None
        else None
        for row in rows
    ]
    return [
        row if places is None else replace(row, rank_from=places.first, rank_to=places.last)
        for row, places in zip(rows, rank_ranges(intervals), strict=True)
    ]


def empty_row(reference: str, name: str, as_of: datetime) -> ScoreRow:
    """The row of a party without promises: no score, never 0 and never 100."""
    return score_row(reference, name, Tally(), None, lateness=None, as_of=as_of)


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / _HOUR
