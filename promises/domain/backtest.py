"""How well chances foretold what came: each look at a past promise knows only what lay before it.

The past is cut into periods of equal length. What is told in a period comes from curves and a fit
of what was known at its beginning: promises open then were open, outcomes that came later had not
come. Only the second half is judged, so that the first tells have a past, too. Every promise is
looked at once, at a moment spread evenly over the time given for it, if it was open then; looks
whose promise has not matured yet are left out, kept or not (R7).
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from promises.domain.risk import UNSEEN, Fit, Look, calibrated, estimate, fitted
from promises.domain.score import wilson
from promises.domain.settling import Curve, share_bucket
from promises.domain.survival import MAX_BUCKET

PERIODS: Final = 16
JUDGED_FROM: Final = PERIODS // 2
GROUPS: Final = 10
# Below these nothing is judged.
MIN_LOOKS: Final = 100
# A fit learns from the latest of them.
MOST_LOOKS: Final = 5_000
# As long as the curves of the pages look back; a fit looks back as far.
MEMORY_SECONDS: Final = 365 * 86_400.0
# The golden ratio spreads moments evenly, however many there are.
_SPREAD: Final = 0.6180339887498949


class Case(NamedTuple):
    """One promise of the past.

    Shape: settled is when it was settled in full, ended when it failed or its loss stopped growing
    (then failed says which of the two); None where that did not happen. slips are the moments of
    its slips.
    Units: seconds since the epoch.
    """

    kind: str
    team: int
    standard: str
    made: float
    matures: float
    settled: float | None = None
    ended: float | None = None
    failed: bool = False
    slips: tuple[float, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether it was settled in full and in time."""
        return self.settled is not None and self.settled <= self.matures

    @property
    def closed(self) -> float | None:
        """When it was no longer open."""
        return self.ended if self.settled is None else self.settled


@dataclass(frozen=True, slots=True)
class Group:
    """Looks with chances next to each other: what was told, and how many were kept.

    Shape: lowest to highest are the chances told, predicted their mean; low to high is the 95 %
    interval of the share kept.
    """

    lowest: float
    highest: float
    predicted: float
    observed: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Brier:
    """The mean squared distance between what was told and what came; 0 is perfect.

    Shape: base is the same for one who tells everybody the share that was kept in the end: who
    knows nothing about a promise cannot do better.
    """

    n: int
    kept: float
    score: float
    base: float

    @property
    def skill(self) -> float:
        """The part of the base rate's score that is saved; below 0 worse than it."""
        return 1.0 - self.score / self.base if self.base else 0.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """Predicted against observed, over the second half of the past.

    Units: since and until are seconds since the epoch.
    """

    since: float
    until: float
    all: Brier
    kinds: Mapping[str, Brier]
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the past teaches: a fit by kind, and how well it would have foretold; None where there
    were too few looks."""

    fits: Mapping[str, Fit]
    calibration: Calibration | None


@dataclass(slots=True)
class _Told:
    """A look, with what was told then, in the period in which it fell."""

    case: Case
    period: int
    look: Look
    chance: float


@dataclass(slots=True)
class _Counts:
    settled: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    censored: dict[int, int] = field(default_factory=lambda: defaultdict(int))


_Scope = tuple[str, int | None, str]


def learnt(cases: Sequence[Case], as_of: float) -> Learnt:
    """Go through the past period by period; learn, and judge what would have been told."""
    cases = sorted((case for case in cases if case.matures > case.made), key=lambda c: c.made)
    if not cases:
        return Learnt({}, None)
    start = cases[0].made
    length = max(1.0, (as_of - start) / PERIODS)
    looks: dict[int, list[tuple[Case, float]]] = defaultdict(list)
    for number, case in enumerate(cases):
        gone = number * _SPREAD % 1.0
        moment = case.made + gone * (case.matures - case.made)
        if case.matures <= as_of and (case.closed is None or case.closed > moment):
            looks[min(PERIODS - 1, int((moment - start) / length))].append((case, gone))
    told: list[_Told] = []
    for period in range(1, PERIODS):
        cut = start + period * length
        curves, fits = curves_at(cases, cut), _fits(told, cut)
        for case, gone in looks[period]:
            estimated = estimate(curves_of(curves, case.kind, case.team, case.standard), gone)
            if estimated is None:
                continue
            moment = case.made + gone * (case.matures - case.made)
            slips = sum(slip <= moment for slip in case.slips)
            chance = calibrated(estimated, slips, fits.get(case.kind, UNSEEN))
            told.append(_Told(case, period, Look(estimated, slips, case.kept), chance))
    judged = [one for one in told if one.period >= JUDGED_FROM]
    calibration = _calibration(judged, start + JUDGED_FROM * length, as_of)
    return Learnt(_fits(told, as_of), calibration)


def curves_at(cases: Iterable[Case], cut: float) -> dict[_Scope, Curve]:
    """The curves of shares of the time given as they were known at a moment."""
    counts: dict[_Scope, _Counts] = defaultdict(_Counts)
    for case in cases:
        if case.made > cut:
            break
        if case.made < cut - MEMORY_SECONDS:
            continue
        settled = case.settled is not None and case.settled <= cut
        ended = case.ended is not None and case.ended <= cut
        until = case.settled if settled else case.ended if ended else cut
        assert until is not None  # noqa: S101 (each of the three is known here)
        bucket = share_bucket(
            (until - case.made) / (case.matures - case.made), in_time=until <= case.matures
        )
        if ended and case.failed and not settled:
            bucket = MAX_BUCKET
        for scope in _scopes(case.kind, case.team, case.standard):
            into = counts[scope].settled if settled else counts[scope].censored
            into[bucket] += 1
    return {scope: Curve(one.settled, one.censored) for scope, one in counts.items()}


def curves_of(
    curves: Mapping[_Scope, Curve], kind: str, team: int, standard: str
) -> tuple[Curve, ...]:
    """The curves that speak of a promise, the company's first."""
    return tuple(curves[scope] for scope in _scopes(kind, team, standard) if scope in curves)


def _scopes(kind: str, team: int, standard: str) -> tuple[_Scope, ...]:
    scopes: tuple[_Scope, ...] = ((kind, None, ""), (kind, team, ""))
    return (*scopes, (kind, team, standard)) if standard else scopes


def _fits(told: Iterable[_Told], cut: float) -> dict[str, Fit]:
    """What could be learnt by a moment: from promises that had matured in the time before it."""
    looks: dict[str, list[Look]] = defaultdict(list)
    for one in told:
        if cut - MEMORY_SECONDS < one.case.matures <= cut:
            looks[one.case.kind].append(one.look)
    return {
        kind: fitted(found[-MOST_LOOKS:])
        for kind, found in looks.items()
        if len(found) >= MIN_LOOKS
    }


def _calibration(judged: list[_Told], since: float, until: float) -> Calibration | None:
    if len(judged) < MIN_LOOKS:
        return None
    by_kind: dict[str, list[_Told]] = defaultdict(list)
    for one in judged:
        by_kind[one.case.kind].append(one)
    ordered = sorted(judged, key=lambda one: one.chance)
    ends = [round(i * len(ordered) / GROUPS) for i in range(GROUPS + 1)]
    return Calibration(
        since=since,
        until=until,
        all=_brier(judged),
        kinds={kind: _brier(found) for kind, found in sorted(by_kind.items())},
        groups=tuple(_group(ordered[low:high]) for low, high in itertools.pairwise(ends)),
    )


def _brier(told: Sequence[_Told]) -> Brier:
    n = len(told)
    kept = sum(one.look.kept for one in told) / n
    score = sum((one.chance - one.look.kept) ** 2 for one in told) / n
    return Brier(n, kept, score, kept * (1.0 - kept))


def _group(told: Sequence[_Told]) -> Group:
    n, kept = len(told), sum(one.look.kept for one in told)
    low, high = wilson(kept, n)
    predicted = sum(one.chance for one in told) / n
    return Group(told[0].chance, told[-1].chance, predicted, kept / n, low, high, n)
