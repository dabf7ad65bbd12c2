"""What came after promises: how late each was, and means and shares with their intervals."""

import math
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import Final

from promises.domain.difference import Estimate
from promises.domain.loss import DAY
from promises.domain.score import ENOUGH, wilson

# How long after a promise matured what its customer does is looked at.
FOLLOW_DAYS: Final = 30
# Feedback of any scale is told as so many of 5.
FEEDBACK_TOP: Final = 5.0
# Less than this is rounding.
_ALIKE: Final = 1e-9
_TAIL: Final = 0.05


class Outcome(StrEnum):
    """How a promise came out, best first.

    Shape: early is at least a day before d0; lateness is counted from d0 + tau; never is failed,
    fulfilled only in part, or still open when what came after was looked at.
    """

    EARLY = "early"
    KEPT = "kept"
    LATE_1D = "late_1d"
    LATE_3D = "late_3d"
    LATE_7D = "late_7d"
    LATE_MORE = "late_more"
    NEVER = "never"


LATE: Final = (Outcome.LATE_1D, Outcome.LATE_3D, Outcome.LATE_7D, Outcome.LATE_MORE)
MET: Final = (Outcome.EARLY, Outcome.KEPT)
# Late up to so many seconds.
LATE_EDGES: Final = {Outcome.LATE_1D: DAY, Outcome.LATE_3D: 3 * DAY, Outcome.LATE_7D: 7 * DAY}


@dataclass(frozen=True, slots=True)
class AfterSums:
    """What came after some promises, added up.

    Shape: `spoken` promises have feedback, each the mean of all that was given on it.
    Units: feedback of 5.
    """

    n: int = 0
    spoken: int = 0
    feedback: float = 0.0
    feedback_squares: float = 0.0
    contacted: int = 0
    left: int = 0
    referred: int = 0

    def __add__(self, other: "AfterSums") -> "AfterSums":
        return AfterSums(
            self.n + other.n,
            self.spoken + other.spoken,
            self.feedback + other.feedback,
            self.feedback_squares + other.feedback_squares,
            self.contacted + other.contacted,
            self.left + other.left,
            self.referred + other.referred,
        )


def feedback_mean(sums: AfterSums) -> Estimate | None:
    """The mean feedback with its t interval; None below 5 promises with any.

    Shape: where all are alike, they tell nothing of their spread: then the interval is Wilson's, as
    if each were all or nothing.
    Units: of 5.
    """
    n = sums.spoken
    if n < ENOUGH:
        return None
    mean = sums.feedback / n
    # Rounding may leave the smallest of variances below 0.
    variance = max(0.0, (sums.feedback_squares - n * mean * mean) / (n - 1))
    if variance <= _ALIKE:
        low, high = wilson(mean / FEEDBACK_TOP * n, n)
        return Estimate(mean, FEEDBACK_TOP * low, FEEDBACK_TOP * high)
    half = t_quantile(n - 1) * math.sqrt(variance / n)
    return Estimate(mean, max(0.0, mean - half), min(FEEDBACK_TOP, mean + half))


def share(count: int, n: int) -> Estimate | None:
    """A share of promises with Wilson's interval; None below 5 promises."""
    if n < ENOUGH:
        return None
    return Estimate(count / n, *wilson(count, n))


def t_quantile(freedom: int) -> float:
    """Student's t of a two-sided 95 % interval, within 0.0002.

    Raises: ValueError for less than one degree of freedom.
    Source: Hill 1970, CACM algorithm 396.
    """
    if freedom < 1:
        raise ValueError("freedom must be at least 1")
    if freedom == 1:
        return 1 / math.tan(_TAIL * math.pi / 2)
    if freedom == 2:
        return math.sqrt(2 / (_TAIL * (2 - _TAIL)) - 2)
    a = 1 / (freedom - 0.5)
    b = 48 / (a * a)
    c = ((20_700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * math.sqrt(a * math.pi / 2) * freedom
    y = (d * _TAIL) ** (2 / freedom)
    if y <= 0.05 + a:
        y = ((1 / (((freedom + 6) / (freedom * y) - 0.089 * d - 0.822) * (freedom + 2) * 3)
              + 0.5 / (freedom + 4)) * y - 1) * (freedom + 1) / (freedom + 2) + 1 / y  # fmt: skip
        return math.sqrt(freedom * y)
    x = NormalDist().inv_cdf(_TAIL / 2)
    y = x * x
    if freedom < 5:
        c += 0.3 * (freedom - 4.5) * (x + 0.6)
    c += (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x
    return math.sqrt(freedom * math.expm1(a * y * y))
