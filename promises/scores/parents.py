"""What a score is drawn towards, and how strongly (R11)."""

from dataclasses import dataclass
from datetime import datetime

from promises.domain.score import GapScore, Sums, gap_score
from promises.domain.shrinkage import FIRST_STRENGTH, Strength
from promises.models import ShrinkageStrength
from promises.scores.question import Question, Scope
from promises.scores.reading import once
from promises.scores.tallies import company_matured
from promises.scores.tally import Tally


@dataclass(frozen=True, slots=True)
class Parent:
    """The company's raw mean (mu; None without promises), and the strength (m) of its pull."""

    mean: float | None
    strength: Strength


def company_sums(question: Question) -> Sums:
    """The company's sums for a window, kind and moment: mu is its raw mean (R11)."""
    return company_matured(question, Scope.COMPANY).get("", Tally()).sums


def parent_of(question: Question, scope: Scope) -> Parent:
    """What rows of a scope are drawn towards, for the window, kind and moment asked for."""
    mean = company_sums(question).mean
    return Parent(mean, strength_held(scope, question.kind, question.as_of))


def strength_held(scope: Scope, kind: str, as_of: datetime) -> Strength:
    """The version of m that held at a moment; '' is all kinds together."""
    held = once(strengths_place(as_of), lambda: _strengths_held(as_of))
    return held.get((str(scope), kind), FIRST_STRENGTH)


def strengths_place(as_of: datetime) -> tuple[str, datetime]:
    """Under what the strengths of a moment are kept within one reading."""
    return ("strengths", as_of)


def _strengths_held(as_of: datetime) -> dict[tuple[str, str], Strength]:
    """The newest version of each that held at a moment, by scope and kind."""
    rows = ShrinkageStrength.objects.filter(holds_from__lte=as_of)
    newest = rows.order_by("scope", "kind", "-version").distinct("scope", "kind")
    return {
        (row.scope, row.kind): Strength(row.version, row.m, row.holds_from, row.groups, row.n)
        for row in newest
    }


def shrunk(sums: Sums, parent: Parent | None) -> GapScore | None:
    """The gap score drawn towards a parent; the company itself (None) is not."""
    if parent is None:
        return gap_score(sums, None)
    return gap_score(sums, parent.mean, parent.strength.m)
