"""How long promises take to be settled: Kaplan-Meier curves from histograms of the time it took.

Two clocks run on every promise: the time since it was made, and the share of the time that was
given for it. Both are counted in the buckets of `survival`; for the share one of them begins
exactly where the time given ends.
"""

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from promises.domain.score import wilson
from promises.domain.survival import (
    BUCKETS_PER_DOUBLING,
    LAST_BUCKET,
    MIN_CASES,
    MINUTE,
    bucket_edges,
    bucket_of,
)

# The whole time given as a bucket's lower edge: 2^10 minutes.
WHOLE: Final = MINUTE * 2.0**10
DUE_BUCKET: Final = 10 * BUCKETS_PER_DOUBLING + 1
NINE_OF_TEN: Final = 0.9
_ROUNDING: Final = 1e-12
# So few may be left unsettled where nobody was followed any longer, and the share is known still.
_HARDLY_ANY: Final = 0.05


def time_bucket(seconds: float) -> int:
    """The bucket of the time since the making; what was there before it took no time."""
    return bucket_of(max(0.0, seconds))


def share_bucket(share: float, *, in_time: bool) -> int:
    """The bucket of a share of the time given.

    Shape: rounding never carries a promise over its date: in_time says on which side it lies.
    """
    bucket = bucket_of(max(0.0, share) * WHOLE)
    return min(bucket, DUE_BUCKET - 1) if in_time else max(bucket, DUE_BUCKET)


@dataclass(frozen=True, slots=True)
class Reached:
    """The share of promises settled by a time, with its 95 % interval.

    Shape: n is the number of promises without any left out that would say as much.
    """

    share: float
    low: float
    high: float
    n: float


@lru_cache(maxsize=2 * LAST_BUCKET)
def _edges(bucket: int) -> tuple[float, float]:
    """The times between which promises of a bucket settle; the last has no end and no width."""
    if bucket <= 0:
        return 0.0, MINUTE
    low, high = bucket_edges(bucket)
    return (low, low) if bucket >= LAST_BUCKET else (low, high)


class Curve:
    """A Kaplan-Meier curve over buckets, smooth within each of them.

    Shape: within a bucket its promises settle evenly along the logarithm of the time; those that
    stopped unsettled in it leave after them. What never settles is at risk to the end.
    """

    __slots__ = ("_at_risk", "_buckets", "_died", "_lows", "_unsettled", "_variance", "cases")

    def __init__(self, settled: Mapping[int, int], censored: Mapping[int, int]) -> None:
        self.cases = sum(settled.values()) + sum(censored.values())
        self._buckets = sorted(
            bucket for bucket in settled.keys() | censored.keys() if bucket <= LAST_BUCKET
        )
        self._lows = [_edges(bucket)[0] for bucket in self._buckets]
        self._died = [settled.get(bucket, 0) for bucket in self._buckets]
        self._at_risk: list[int] = []
        self._unsettled: list[float] = []
        self._variance: list[float] = []
        at_risk, unsettled, variance = self.cases, 1.0, 0.0
        for bucket, died in zip(self._buckets, self._died, strict=True):
            self._at_risk.append(at_risk)
            self._unsettled.append(unsettled)
            self._variance.append(variance)
            variance += _greenwood(died, at_risk)
            unsettled *= (at_risk - died) / at_risk if at_risk else 1.0
            at_risk -= died + censored.get(bucket, 0)
        self._at_risk.append(at_risk)
        self._unsettled.append(unsettled)
        self._variance.append(variance)

    def tells(self, time: float) -> bool:
        """Whether the share settled by a time is known, from enough cases (R13).

        Shape: promises that were followed for less time without being settled say nothing of it.
        """
        return self._known(time) >= MIN_CASES - _ROUNDING and self.goes_to(time)

    def goes_to(self, time: float) -> bool:
        """Whether any promise was followed for so long, or hardly any was left by then."""
        return self.at_risk(time) > 0.0 or self.unsettled(time) <= _HARDLY_ANY + _ROUNDING

    def unsettled(self, time: float) -> float:
        """The share that is not settled after a time, 1 to 0."""
        place, part = self._place(time)
        if place < 0:
            return 1.0
        before, after = self._unsettled[place], self._unsettled[place + 1]
        return before - part * (before - after)

    def at_risk(self, time: float) -> float:
        """How many promises were followed for so long without being settled."""
        place, part = self._place(time)
        if place < 0:
            return float(self.cases)
        before, after = self._at_risk[place], self._at_risk[place + 1]
        return before - part * (before - after)

    def reached(self, time: float) -> Reached:
        """The share settled by a time, with the interval that Greenwood's variance gives Wilson's.

        Source: Greenwood 1926; the effective number is share * (1 - share) / variance.
        """
        place, part = self._place(time)
        unsettled = self.unsettled(time)
        share = 1.0 - unsettled
        n = float(self.cases)
        if place >= 0 and 0.0 < unsettled < 1.0:
            died = part * self._died[place]
            variance = self._variance[place] + _greenwood(died, self._at_risk[place])
            n = min(n, share / (unsettled * variance)) if variance > 0.0 else n
        else:
            n = self._known(time)
        low, high = wilson(share * n, n)
        return Reached(share, low, high, n)

    def time_of(self, share: float) -> float | None:
        """The time by which a share is settled; None where the curve does not come down so far."""
        wanted = 1.0 - share + _ROUNDING
        for place, bucket in enumerate(self._buckets):
            after = self._unsettled[place + 1]
            if after <= wanted:
                before = self._unsettled[place]
                low, high = _edges(bucket)
                part = (before - wanted) / (before - after) if before > after else 0.0
                return _within(low, high, min(1.0, max(0.0, part)))
        return None

    @property
    def longest(self) -> float | None:
        """The longest time of which the curve tells; None where there is none."""
        return next((low for low in reversed(self._lows) if self.tells(low)), None)

    def _known(self, time: float) -> float:
        """Of how many promises it is known whether they were settled by a time."""
        place, part = self._place(time)
        settled = sum(self._died[:place]) + part * self._died[place] if place >= 0 else 0.0
        return settled + self.at_risk(time)

    def _place(self, time: float) -> tuple[int, float]:
        """Which bucket a time lies in or after, and how much of it is over."""
        place = bisect_right(self._lows, time) - 1
        if place < 0:
            return -1, 0.0
        low, high = _edges(self._buckets[place])
        if time >= high:
            return place, 1.0
        if low <= 0.0:
            return place, time / high
        return place, min(1.0, math.log(time / low) / math.log(high / low))


def _within(low: float, high: float, part: float) -> float:
    if low <= 0.0:
        return part * high
    return low * math.pow(high / low, part)


def _greenwood(died: float, at_risk: int) -> float:
    return died / (at_risk * (at_risk - died)) if 0 < died < at_risk else 0.0
