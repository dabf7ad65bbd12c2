"""The few figures that stand side by side when promises are judged anew: G and the kept rate of
company and teams (R18)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import Any, Final, Literal

from interactions.known_parties import party_names
from interactions.models import Team
from promises.scores.parents import Parent, shrunk, strength_held
from promises.scores.question import Question, Scope
from promises.scores.tallies import tallies
from promises.scores.tally import Tally

FigureScope = Literal["everything", "company", "team"]
ORDER: Final = ("everything", "company", "team")


@dataclass(frozen=True, slots=True)
class FigureRow:
    """The figures of one row.

    Shape: scope `everything` is the company over all kinds, `company` over the kind asked for.
    Units: kept_rate 0 to 1, scores 0 to 100; null where no promise matured.
    """

    scope: FigureScope
    id: str
    name: str
    n: int
    kept: int
    kept_rate: float | None
    gap_score: float | None
    gap_low: float | None
    gap_high: float | None
    enough: bool


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One row as it was and as it is. Shape: None where it has no promises."""

    old: FigureRow | None
    new: FigureRow | None

    @property
    def either(self) -> FigureRow:
        """Whose row it is."""
        found = self.new or self.old
        assert found is not None  # noqa: S101 (made of at least one of them)
        return found

    @property
    def differs(self) -> bool:
        """Whether the gap score or the kept rate are others now."""
        if self.old is None or self.new is None:
            return True
        old, new = self.old, self.new
        return (old.gap_score, old.n, old.kept) != (new.gap_score, new.n, new.kept)

    @property
    def gap_difference(self) -> float | None:
        """New minus old gap score; None where one of them says nothing."""
        if self.old is None or self.new is None:
            return None
        return _minus(self.new.gap_score, self.old.gap_score)

    @property
    def kept_difference(self) -> float | None:
        """New minus old kept rate, 0 to 1."""
        if self.old is None or self.new is None:
            return None
        return _minus(self.new.kept_rate, self.old.kept_rate)


def standing(question: Question) -> list[FigureRow]:
    """The figures as promises are judged now."""
    by_team = tallies(question, Scope.TEAM)
    everything = total(tallies(replace(question, kind=""), Scope.COMPANY))
    return figure_rows(question, by_team, everything)


def figure_rows(
    question: Question, by_team: Mapping[str, Tally], everything: Tally
) -> list[FigureRow]:
    """Rows of the tallies of a question's teams, the company's first."""
    company = total(by_team)
    names = party_names(Team, by_team)
    parent = Parent(company.sums.mean, strength_held(Scope.TEAM, question.kind, question.as_of))
    rows = [_row("everything", "", "", everything, None)] if question.kind else []
    rows.append(_row("company", "", "", company, None))
    rows += [
        _row("team", reference, names.get(reference, reference), tally, parent)
        for reference, tally in sorted(by_team.items())
        if tally.sums.n
    ]
    return rows


def total(by_group: Mapping[str, Tally]) -> Tally:
    """All groups together."""
    return reduce(add, by_group.values(), Tally())


def side_by_side(old: Iterable[FigureRow], new: Iterable[FigureRow]) -> list[SideBySide]:
    """Rows of both, each with its other half, in the order in which they are shown."""
    olds, news = ({(row.scope, row.id): row for row in rows} for rows in (old, new))
    keys = sorted(olds.keys() | news.keys(), key=lambda key: (ORDER.index(key[0]), key[1]))
    return [SideBySide(olds.get(key), news.get(key)) for key in keys]


def rows_from(stored: Sequence[Mapping[str, Any]]) -> list[FigureRow]:
    """Rows as they were stored."""
    return [FigureRow(**row) for row in stored]


def _row(
    scope: FigureScope, group: str, name: str, tally: Tally, parent: Parent | None
) -> FigureRow:
    sums = tally.sums
    gap = shrunk(sums, parent)
    return FigureRow(
        scope=scope,
        id=group,
        name=name,
        n=sums.n,
        kept=sums.kept,
        kept_rate=sums.kept / sums.n if sums.n else None,
        gap_score=gap.score if gap else None,
        gap_low=gap.low if gap else None,
        gap_high=gap.high if gap else None,
        enough=gap.enough if gap else False,
    )


def _minus(new: float | None, old: float | None) -> float | None:
    return None if new is None or old is None else new - old
