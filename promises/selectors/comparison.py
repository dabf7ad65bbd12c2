"""This window against the one before and against a year ago, in all and by each dimension."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from promises.domain.difference import (
    Difference,
    Estimate,
    Verdict,
    difference,
    verdict,
    with_losses_to_come,
)
from promises.domain.score import GapScore, Sums, gap_score, wilson
from promises.domain.shrinkage import FIRST_STRENGTH
from promises.scores import WINDOWS, Parent, Question, Scope, shrunk, strength_held
from promises.scores.span_grains import Grouping
from promises.scores.span_sums import SpanSums, span_sums
from promises.scores.spans import BEFORE, NOW, YEAR, Span, spans_of
from promises.selectors.labels import labels_of

# By what a comparison is broken down; `team` only where more than one team is asked for.
BREAKDOWNS = ("kind", "touchpoint", "standard", "segment", "explicit", "stake")
# Windows that have an earlier one.
COMPARED_WINDOWS = tuple(name for name, days in WINDOWS.items() if days is not None)
EARLIER = (BEFORE, YEAR)


@dataclass(frozen=True, slots=True)
class PeriodScore:
    """The promises of one party or part that matured in one period.

    Units: rates 0 to 1, scores 0 (perfect) to 100. null where there is nothing to say.
    """

    period: str
    n: int
    kept: int
    kept_rate: float | None
    kept_low: float | None
    kept_high: float | None
    gap_score: float | None
    gap_low: float | None
    gap_high: float | None
    gap_raw: float | None
    n_eff: float
    enough: bool


@dataclass(frozen=True, slots=True)
class Change:
    """This window minus an earlier one.

    Shape: differences are null where one of the two has no figure. The gap's is that of the raw
    means; its interval holds what open promises of both periods may lose yet.
    Units: of gaps in points of 100 (above 0 is worse), of kept rates 0 to 1 (above 0 is better).
    """

    against: str
    gap: Difference | None
    gap_says: Verdict
    kept: Difference | None
    kept_says: Verdict


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One part in all periods: the whole, or one value of a dimension."""

    id: str
    name: str
    periods: tuple[PeriodScore, ...]
    changes: tuple[Change, ...]

    @property
    def now(self) -> PeriodScore:
        """The window that was asked for."""
        return self.periods[0]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The rows of one dimension, those with most promises now first."""

    by: str
    rows: tuple[ComparedRow, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """The local days of one period, first and last included."""

    name: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Comparison:
    """How this window stands against earlier ones of the same length."""

    as_of: datetime
    window: str
    kind: str
    periods: tuple[Period, ...]
    whole: ComparedRow
    breakdowns: tuple[Breakdown, ...]

    @property
    def whole_rows(self) -> tuple[ComparedRow, ...]:
        """The whole, as a table of one row."""
        return (self.whole,)


def comparison_read(
    question: Question, *, of_team: bool = False, by: tuple[str, ...] = BREAKDOWNS
) -> Comparison:
    """Compare a window with the one before and with a year ago.

    Shape: of_team shrinks the whole towards the company's mean (R11); else it is the company's own
    row. All periods are judged at the question's as_of.
    Raises: ValueError for the window of everything.
    """
    spans = spans_of(question)
    groupings: list[Grouping] = [(), *((name,) for name in by)]
    found = span_sums(question, spans, groupings)
    means = _company_means(question, spans, found, by)
    m = strength_held(Scope.TEAM, question.kind, question.as_of)
    own = {span.name: Parent(means.get(("", span.name)), m) if of_team else None for span in spans}
    return Comparison(
        as_of=question.as_of,
        window=question.window,
        kind=question.kind,
        periods=tuple(Period(span.name, span.first_day, span.last_day) for span in spans),
        whole=_row("", "", (), found[()], own),
        breakdowns=tuple(_breakdown(question, name, found[(name,)], means) for name in by),
    )


def _breakdown(
    question: Question, name: str, sums: SpanSums, means: Mapping[tuple[str, str], float | None]
) -> Breakdown:
    keys = {key for by_key in sums.values() for key, value in by_key.items() if value.n}
    ordered = sorted(keys, key=lambda key: (-sums[NOW].get(key, Sums()).n, key))
    names = labels_of(name, [key[0] for key in ordered])
    rows = []
    for key in ordered:
        parents = {period: _parent(question, name, key[0], means, period) for period in sums}
        rows.append(_row(key[0], names[key[0]], key, sums, parents))
    return Breakdown(name, tuple(rows))


def _parent(
    question: Question,
    name: str,
    value: str,
    means: Mapping[tuple[str, str], float | None],
    period: str,
) -> Parent | None:
    """What a part is drawn towards (R11): a kind of the whole company is the company itself."""
    if name == "kind" and question.team_ids is None:
        return None
    kind = value if name == "kind" else ""
    estimated = strength_held(Scope.TEAM, kind or question.kind, question.as_of)
    strength = estimated if name in ("team", "kind") else FIRST_STRENGTH
    return Parent(means.get((kind, period)), strength)


def _row(
    id: str,
    name: str,
    key: tuple[str, ...],
    sums: SpanSums,
    parents: Mapping[str, Parent | None],
) -> ComparedRow:
    by_period = {period: by_key.get(key, Sums()) for period, by_key in sums.items()}
    gaps = {period: shrunk(of, parents[period]) for period, of in by_period.items()}
    return ComparedRow(
        id=id,
        name=name,
        periods=tuple(_period(period, of, gaps[period]) for period, of in by_period.items()),
        changes=tuple(_change(earlier, by_period) for earlier in EARLIER if earlier in by_period),
    )


def _period(name: str, sums: Sums, gap: GapScore | None) -> PeriodScore:
    low, high = wilson(sums.kept, sums.n) if sums.n else (None, None)
    return PeriodScore(
        period=name,
        n=sums.n,
        kept=sums.kept,
        kept_rate=sums.kept / sums.n if sums.n else None,
        kept_low=low,
        kept_high=high,
        gap_score=gap.score if gap else None,
        gap_low=gap.low if gap else None,
        gap_high=gap.high if gap else None,
        gap_raw=gap.raw if gap else None,
        n_eff=gap.n_eff if gap else 0.0,
        enough=gap.enough if gap else False,
    )


def _change(earlier: str, sums: Mapping[str, Sums]) -> Change:
    """What changed by itself: of raw means, for what a score is drawn towards moves, too."""
    later, before = sums[NOW], sums[earlier]
    new, old = gap_score(later, None), gap_score(before, None)
    gap = kept = None
    n_eff = 0.0
    if new is not None and old is not None:
        found = difference(
            Estimate(new.score, new.low, new.high), Estimate(old.score, old.low, old.high)
        )
        gap = with_losses_to_come(found, later=100 * later.to_come, earlier=100 * before.to_come)
        kept = difference(_kept(later), _kept(before))
        n_eff = min(new.n_eff, old.n_eff)
    return Change(
        against=earlier,
        gap=gap,
        gap_says=verdict(gap, n_eff=n_eff, higher_is_better=False),
        kept=kept,
        kept_says=verdict(kept, n_eff=n_eff, higher_is_better=True),
    )


def _kept(sums: Sums) -> Estimate:
    low, high = wilson(sums.kept, sums.n)
    return Estimate(sums.kept / sums.n, low, high)


def _company_means(
    question: Question,
    spans: tuple[Span, ...],
    found: Mapping[Grouping, SpanSums],
    by: tuple[str, ...],
) -> dict[tuple[str, str], float | None]:
    """mu by kind ('' for what was asked for) and period: the company's raw means (R11)."""
    wanted: list[Grouping] = [(), ("kind",)] if "kind" in by else [()]
    known = question.team_ids is None and all(grouping in found for grouping in wanted)
    company = found if known else span_sums(replace(question, team_ids=None), spans, wanted)
    means: dict[tuple[str, str], float | None] = {}
    for grouping in wanted:
        for period, by_key in company[grouping].items():
            for key, sums in by_key.items():
                means["".join(key), period] = sums.mean
    return means
