"""How far a rate may lie from the common one by chance alone, by volume: the limits of a funnel."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from statistics import NormalDist
from typing import Final

# The chance to lie beyond the 95 % and the 99.8 % limits, on either side.
WARNING_TAIL, ALARM_TAIL = 0.025, 0.001
# Where the standard deviation is so many promises, the limits of the normal distribution miss the
# exact ones by less than four of them.
_NORMAL_FROM: Final = 50.0
# Nothing that matters for a tail of 0.001 lies further from the mean: so many standard deviations,
# and so many whole numbers for those that are skewed.
_FAR, _AND_MORE = 9.0, 30
# The logarithm of a chance that a float hardly holds.
_NOTHING: Final = -700.0
_NORMAL: Final = NormalDist()
# So many volumes between a power of two and the next at which limits are drawn.
_VOLUMES_PER_DOUBLING: Final = 4


class Verdict(StrEnum):
    """Where a rate lies: beyond the 99.8 % limits, between them and the 95 % ones, or inside."""

    FAR_BELOW = "far_below"
    BELOW = "below"
    INSIDE = "inside"
    ABOVE = "above"
    FAR_ABOVE = "far_above"


@dataclass(frozen=True, slots=True)
class Limits:
    """Between which rates `n` promises stay by chance. Units: rates 0 to 1."""

    n: int
    low_998: float
    low_95: float
    high_95: float
    high_998: float


@lru_cache(maxsize=1_024)
def limits(n: int, rate: float) -> Limits:
    """The limits for a volume, where each of n is kept with the chance `rate`.

    They are remembered: a page asks for those of fifty teams, which hardly change.

    Raises: ValueError unless n > 0 and 0 <= rate <= 1.
    Source: Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in
    Medicine 24, 2005, appendix A.1.1: exact binomial limits, interpolated between whole numbers;
    the upper ones as the lower ones of what is not kept, so that both sides are judged alike.
    """
    if n <= 0 or not 0 <= rate <= 1:
        raise ValueError("needs n above 0 and a rate of 0 to 1")
    low_998, low_95 = _lower(n, rate)
    miss_998, miss_95 = _lower(n, 1 - rate)
    return Limits(n, low_998, low_95, 1 - miss_95, 1 - miss_998)


def _lower(n: int, rate: float) -> tuple[float, float]:
    """The outer and the inner lower limit."""
    deviation = math.sqrt(n * rate * (1 - rate))
    tails = (ALARM_TAIL, WARNING_TAIL)
    if deviation == 0:
        return rate, rate
    if deviation >= _NORMAL_FROM:
        found = [rate + _NORMAL.inv_cdf(tail) * deviation / n for tail in tails]
    else:
        found = list(_exact(n, rate, deviation, tails))
    outer, inner = (max(0.0, limit) for limit in found)
    return outer, inner


def _exact(n: int, rate: float, deviation: float, tails: Sequence[float]) -> Iterator[float]:
    """The interpolated quantiles of the binomial distribution, as shares of n."""
    kept = max(0, math.floor(n * rate - _FAR * deviation) - _AND_MORE)
    while (logarithm := _log_chance(n, rate, kept)) < _NOTHING and kept < n:
        kept += 1
    chance = math.exp(logarithm)
    odds, reached = rate / (1 - rate), chance
    for tail in tails:
        while reached < tail and kept < n:
            chance *= (n - kept) / (kept + 1) * odds
            kept += 1
            reached += chance
        # Rounding may leave the whole distribution a hair short of a tail.
        yield (kept - min(1.0, max(0.0, (reached - tail) / chance))) / n


def _log_chance(n: int, rate: float, kept: int) -> float:
    """The logarithm of the chance that so many of n are kept."""
    ways = math.lgamma(n + 1) - math.lgamma(kept + 1) - math.lgamma(n - kept + 1)
    return ways + kept * math.log(rate) + (n - kept) * math.log1p(-rate)


def verdict(kept: int, within: Limits) -> Verdict:
    """Where a volume's rate lies. Raises: ValueError unless 0 <= kept <= n."""
    if not 0 <= kept <= within.n:
        raise ValueError("kept must lie between 0 and n")
    rate = kept / within.n
    if rate < within.low_95:
        return Verdict.FAR_BELOW if rate < within.low_998 else Verdict.BELOW
    if rate > within.high_95:
        return Verdict.FAR_ABOVE if rate > within.high_998 else Verdict.ABOVE
    return Verdict.INSIDE


def volumes(least: int, most: int) -> list[int]:
    """The volumes at which to draw limits, from the least to the most, evenly by doublings.

    Raises: ValueError unless 0 < least <= most.
    """
    if not 0 < least <= most:
        raise ValueError("needs 0 < least <= most")
    count = math.ceil(_VOLUMES_PER_DOUBLING * math.log2(most / least)) + 1
    drawn = {round(least * (most / least) ** (place / max(1, count - 1))) for place in range(count)}
    return sorted(drawn | {least, most})
