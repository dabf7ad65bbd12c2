"""The chance that an open promise is kept: from how much of its time is gone, and from its slips.

Of all promises like it that were still open when so much of the time given was gone, so many were
kept: a conditional Kaplan-Meier estimate on the clock of `settling`. The team's curve is shrunk to
the company's by as many promises as STRENGTH, a standard's to the team's; where hardly any promise
was open for so long, the kept share times the part of the time that is left stands in. A line
through the logits, estimated from the past with a shift for each slip, makes it calibrated.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from promises.domain.settling import WHOLE, Curve

# How many promises of the wider group weigh as much as the narrower group's own.
STRENGTH: Final = 20.0
# Slips beyond these say nothing new.
MOST_SLIPS: Final = 3
# How firmly a fit holds to what is assumed before anything was seen: the estimate stands unless
# much speaks against it, a slip's shift is soon learnt.
_HOLD: Final = (200.0, 200.0, 4.0)
_STEPS: Final = 12
_EDGE: Final = 0.005
_DONE: Final = 1e-8


@dataclass(frozen=True, slots=True)
class Fit:
    """The line through the logits of one kind.

    Shape: logit(chance) = intercept + slope * logit(estimate) + slip * slips. Before anything was
    seen an estimate stands as it is, and each slip cuts the odds to about a third. looks is the
    number of looks at past promises that it was estimated from.
    """

    intercept: float = 0.0
    slope: float = 1.0
    slip: float = -1.0
    looks: int = 0


UNSEEN: Final = Fit()


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a promise while it was open: what was estimated then, and whether it was kept."""

    estimate: float
    slips: int
    kept: bool


def estimate(curves: Sequence[Curve], gone: float) -> float | None:
    """The chance before slips and calibration; None where the company has too few like it.

    Shape: the curves of shares of the time given, the company's first, the narrowest last; one
    whose promises were not followed to their date says nothing. gone is the share of the time given
    that is over; from 1 on the promise is missed.
    """
    if not curves or not curves[0].tells(WHOLE):
        return None
    if gone >= 1.0:
        return 0.0
    gone = max(0.0, gone)
    chance = (1.0 - curves[0].unsettled(WHOLE)) * (1.0 - gone)
    for curve in curves:
        followed, unsettled = curve.at_risk(gone * WHOLE), curve.unsettled(gone * WHOLE)
        if followed <= 0.0 or unsettled <= 0.0 or not curve.goes_to(WHOLE):
            continue
        own = 1.0 - curve.unsettled(WHOLE) / unsettled
        chance = (followed * own + STRENGTH * chance) / (followed + STRENGTH)
    return min(1.0, max(0.0, chance))


def calibrated(estimated: float, slips: int, fit: Fit) -> float:
    """The chance that is shown. Shape: what is missed already stays at 0."""
    if estimated <= 0.0:
        return 0.0
    return _logistic(
        fit.intercept + fit.slope * _logit(estimated) + fit.slip * min(slips, MOST_SLIPS)
    )


def fitted(looks: Iterable[Look]) -> Fit:
    """The line that makes looks at the past most likely, held to what was assumed before.

    Source: logistic regression by Newton's steps with a Gaussian prior.
    """
    rows = [
        ((1.0, _logit(look.estimate), float(min(look.slips, MOST_SLIPS))), float(look.kept))
        for look in looks
    ]
    start = (UNSEEN.intercept, UNSEEN.slope, UNSEEN.slip)
    values = list(start)
    for _ in range(_STEPS):
        gradient = [
            hold * (value - held) for hold, value, held in zip(_HOLD, values, start, strict=True)
        ]
        bend = [[_HOLD[i] * (i == j) for j in range(3)] for i in range(3)]
        for row, kept in rows:
            p = _logistic(sum(v * x for v, x in zip(values, row, strict=True)))
            spread = p * (1.0 - p)
            for i in range(3):
                gradient[i] += (p - kept) * row[i]
                for j in range(i + 1):
                    bend[i][j] += spread * row[i] * row[j]
        for i in range(3):
            for j in range(i):
                bend[j][i] = bend[i][j]
        step = _solved(bend, gradient)
        values = [value - change for value, change in zip(values, step, strict=True)]
        if max(map(abs, step)) < _DONE:
            break
    # A chance that falls where the estimate rises would be noise.
    return Fit(values[0], max(0.0, values[1]), min(0.0, values[2]), len(rows))


def _logit(share: float) -> float:
    share = min(1.0 - _EDGE, max(_EDGE, share))
    return math.log(share / (1.0 - share))


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, value))))


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Solve three equations by elimination; the matrix is positive definite."""
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    for i in range(3):
        for k in range(i + 1, 3):
            factor = rows[k][i] / rows[i][i]
            rows[k] = [b - factor * a for a, b in zip(rows[i], rows[k], strict=True)]
    found = [0.0, 0.0, 0.0]
    for i in (2, 1, 0):
        rest = sum(rows[i][j] * found[j] for j in range(i + 1, 3))
        found[i] = (rows[i][3] - rest) / rows[i][i]
    return found
