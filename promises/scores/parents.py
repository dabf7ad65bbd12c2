"""What a score is drawn towards, and how strongly (R11)."""

from dataclasses import dataclass, replace
from datetime import datetime

from promises.domain.score import GapScore, Sums, gap_score
from promises.domain.shrinkage import FIRST_STRENGTH, Strength
from promises.models import ShrinkageStrength
from promises.scores.question import Question, Scope
from promises.scores.reading import once
from promises.scores.tallies import tallies
from promises.scores.tally import Tally


@dataclass(frozen=True, slots=True)
class Parent:
    """The company's raw mean (mu; None without promises), and the strength (m) of its pull."""

    mean: float | None
    strength: Strength


def company_sums(question: Question) -> Tally:
    """The company's tally for a window, kind and moment: mu is its raw mean (R11)."""
    everyone = replace(question, team_ids=None, customer_ids=None)
    return tallies(everyone, Scope.COMPANY).get("", Tally())


def parent_of(question: Question, scope: Scope) -> Parent:
    """What rows of a scope are drawn towards, for the window, kind and moment asked for."""
    mean = company_sums(question).sums.mean
    return Parent(mean, strength_held(scope, question.kind, question.as_of))


def strength_held(scope: Scope, kind: str, as_of: datetime) -> Strength:
    """The version of m that held at a moment; '' is all kinds together."""
    return once(("strength", scope, kind, as_of), lambda: _strength_held(scope, kind, as_of))


def _strength_held(scope: Scope, kind: str, as_of: datetime) -> Strength:
    row = (
        ShrinkageStrength.objects.filter(scope=scope, kind=kind, holds_from__lte=as_of)
        .order_by("-version")
        .first()
    )
    if row is None:
        return FIRST_STRENGTH
    return Strength(row.version, row.m, row.holds_from, row.groups, row.n)


def shrunk(sums: Sums, parent: Parent | None) -> GapScore | None:
    """The gap score drawn towards a parent; the company itself (None) is not."""
    if parent is None:
        return gap_score(sums, None)
    return gap_score(sums, parent.mean, parent.strength.m)
