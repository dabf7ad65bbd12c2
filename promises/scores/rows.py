"""Rows of scores, as the API and the pages show them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from interactions.models import Customer, Team, Touchpoint
from interactions.models.party import Party
from promises.domain.score import gap_score, wilson, worst_first_key
from promises.domain.survival import Lateness
from promises.scores.lateness import lateness_by, lateness_of_customers
from promises.scores.question import Question, Scope
from promises.scores.tallies import tallies
from promises.scores.tally import Tally

_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One row of scores.

    Units: rates 0 to 1, scores 0 (perfect) to 100, hours. null where there is nothing to say.
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
    n_eff: float
    enough: bool
    lateness_median_hours: float | None
    lateness_p90_hours: float | None
    lateness_over_hours: float | None
    slips: int
    as_of: datetime


def company_sums(question: Question) -> Tally:
    """The company's tally for a window, kind and moment: mu is its raw mean (R11)."""
    everyone = replace(question, team_ids=None, customer_ids=None)
    return tallies(everyone, Scope.COMPANY).get("", Tally())


def company_row(question: Question) -> ScoreRow:
    """All promises that the question may see, as one row that shrinks to nothing."""
    tally = tallies(question, Scope.COMPANY).get("", Tally())
    lateness = lateness_by(question, Scope.COMPANY).get("")
    return score_row("", "", tally, mu=None, lateness=lateness, as_of=question.as_of)


def team_rows(question: Question) -> list[ScoreRow]:
    """A row for each team that has promises, worst first; those without enough last."""
    mu = company_sums(question).sums.mean
    found = tallies(question, Scope.TEAM)
    lateness = lateness_by(question, Scope.TEAM)
    return _party_rows(Team, found, lateness, mu, question.as_of)


def customer_rows(question: Question) -> list[ScoreRow]:
    """A row for each customer of the question, worst first."""
    mu = company_sums(question).sums.mean
    found = tallies(question, Scope.CUSTOMER)
    return _party_rows(Customer, found, lateness_of_customers(question), mu, question.as_of)


def touchpoint_rows(question: Question) -> list[ScoreRow]:
    """A row for each touchpoint, worst first; no histogram tells their lateness."""
    mu = company_sums(question).sums.mean
    return _party_rows(Touchpoint, tallies(question, Scope.TOUCHPOINT), {}, mu, question.as_of)


def kind_rows(question: Question) -> list[ScoreRow]:
    """A row for each kind, each shrunk towards the company's mean of the same kind."""
    rows = []
    for kind, tally in sorted(tallies(question, Scope.KIND).items()):
        of_kind = replace(question, kind=kind)
        lateness = lateness_by(of_kind, Scope.COMPANY).get("")
        mu = company_sums(of_kind).sums.mean
        rows.append(score_row(kind, kind, tally, mu=mu, lateness=lateness, as_of=question.as_of))
    return rows


def score_row(
    group: str,
    name: str,
    tally: Tally,
    *,
    mu: float | None,
    lateness: Lateness | None,
    as_of: datetime,
) -> ScoreRow:
    """One row from its sums. `mu` None: the company itself."""
    sums = tally.sums
    gap = gap_score(sums, mu)
    kept_low, kept_high = wilson(sums.kept, sums.n) if sums.n else (None, None)
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
        parent_mean=None if mu is None else 100 * mu,
        n_eff=gap.n_eff if gap else 0.0,
        enough=gap.enough if gap else False,
        lateness_median_hours=_hours(lateness.median_seconds) if lateness else None,
        lateness_p90_hours=_hours(lateness.p90_seconds) if lateness else None,
        lateness_over_hours=_hours(lateness.over_seconds) if lateness else None,
        slips=sums.slips,
        as_of=as_of,
    )


def _party_rows(
    model: type[Party],
    found: Mapping[str, Tally],
    lateness: Mapping[str, Lateness | None],
    mu: float | None,
    as_of: datetime,
) -> list[ScoreRow]:
    names = party_names(model, found)
    ranked = sorted(
        found.items(), key=lambda item: (*worst_first_key(gap_score(item[1].sums, mu)), item[0])
    )
    return [
        score_row(
            reference,
            names.get(reference, reference),
            tally,
            mu=mu,
            lateness=lateness.get(reference),
            as_of=as_of,
        )
        for reference, tally in ranked
    ]


def empty_row(reference: str, name: str, as_of: datetime) -> ScoreRow:
    """The row of a party without promises: no score, never 0 and never 100."""
    return score_row(reference, name, Tally(), mu=None, lateness=None, as_of=as_of)


def party_names(model: type[Party], references: Iterable[str]) -> dict[str, str]:
    """The names to show for ids."""
    rows = model._default_manager.filter(reference__in=list(references))
    return {party.reference: party.label for party in rows}


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / _HOUR
