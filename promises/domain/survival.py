"""Lateness of promises, also of those not settled yet: Kaplan-Meier (R13)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

MIN_CASES: Final = 20
MINUTE: Final = 60.0
BUCKETS_PER_DOUBLING: Final = 8
# The last bucket that a measured time can fall into begins at 364 days; longer times share it.
LAST_BUCKET: Final = 153
# Reserved for what never settles: at risk to the end, later than every measured time.
MAX_BUCKET: Final = LAST_BUCKET + 1
# Products of rounded ratios may miss 1 - q by a few units in the last place.
_ROUNDING: Final = 1e-12

_Time = TypeVar("_Time", int, float)


def bucket_of(seconds: float) -> int:
    """The bucket of a signed lateness: 0 below one minute, then 8 per doubling, to one year.

    Shape: bucket k > 0 covers [60 * 2^((k-1)/8), 60 * 2^(k/8)) seconds; -k mirrors it.
    """
    size = abs(seconds)
    if size < MINUTE:
        return 0
    bucket = min(LAST_BUCKET, math.floor(BUCKETS_PER_DOUBLING * math.log2(size / MINUTE)) + 1)
    return bucket if seconds > 0 else -bucket


def bucket_seconds(bucket: int) -> float:
    """The time that stands for a bucket: its geometric middle, at most 4.5 % from any in it.

    Shape: 0 for bucket 0, infinity for MAX_BUCKET (never).
    """
    if bucket == 0:
        return 0.0
    if bucket >= MAX_BUCKET:
        return math.inf
    return math.copysign(MINUTE * 2.0 ** ((abs(bucket) - 0.5) / BUCKETS_PER_DOUBLING), bucket)


def bucket_edges(bucket: int) -> tuple[float, float]:
    """The times between which a bucket lies, lower first.

    Units: seconds. LAST_BUCKET and what mirrors it are open-ended, MAX_BUCKET is infinite.
    """
    if bucket == 0:
        return -MINUTE, MINUTE
    if bucket >= MAX_BUCKET:
        return math.inf, math.inf
    size = abs(bucket)
    near = MINUTE * 2.0 ** ((size - 1) / BUCKETS_PER_DOUBLING)
    far = math.inf if size == LAST_BUCKET else MINUTE * 2.0 ** (size / BUCKETS_PER_DOUBLING)
    return (near, far) if bucket > 0 else (-far, -near)


@dataclass(frozen=True, slots=True)
class Lateness:
    """Median and 90th percentile of lateness, open and failed promises included.

    Shape: a quantile that the curve does not come down to is None; over_seconds is then the
    longest time seen (None also where no time was seen at all), else None.
    Units: seconds, signed; negative is early.
    """

    median_seconds: float | None
    p90_seconds: float | None
    over_seconds: float | None
    cases: int


def from_times(
    settled: Sequence[float], censored: Sequence[float], never: int = 0
) -> Lateness | None:
    """Lateness from exact times; None below 20 cases.

    Shape: settled are the lateness of settled promises, censored the age of those still open
    (at risk at that very time), never the number of those that will not settle.
    Source: R13.
    """
    deaths: dict[float, int] = {}
    for time in settled:
        deaths[time] = deaths.get(time, 0) + 1
    leavers: dict[float, int] = {}
    for time in censored:
        leavers[time] = leavers.get(time, 0) + 1
    cases = len(settled) + len(censored) + never
    median, p90 = _quantiles(deaths, leavers, cases)
    over = None
    if median is None or p90 is None:
        over = max((*settled, *censored), default=None)
    return Lateness(median, p90, over, cases) if cases >= MIN_CASES else None


def from_buckets(settled: Mapping[int, int], censored: Mapping[int, int]) -> Lateness | None:
    """Lateness from histograms of buckets; None below 20 cases.

    Shape: bucket -> number; those that never settle are censored at MAX_BUCKET. Quantiles are
    the middle of their bucket, over_seconds the lower edge of the longest ("more than").
    Source: R13.
    """
    cases = sum(settled.values()) + sum(censored.values())
    if cases < MIN_CASES:
        return None
    median, p90 = _quantiles(settled, censored, cases)
    over = None
    if median is None or p90 is None:
        over = _longest(bucket for part in (settled, censored) for bucket in part if part[bucket])
    return Lateness(
        None if median is None else bucket_seconds(median),
        None if p90 is None else bucket_seconds(p90),
        over,
        cases,
    )


def _longest(buckets: Iterable[int]) -> float | None:
    last = max((bucket for bucket in buckets if bucket < MAX_BUCKET), default=None)
    return None if last is None else max(bucket_edges(last)[0], bucket_seconds(-LAST_BUCKET))


def _quantiles(
    deaths: Mapping[_Time, int],
    leavers: Mapping[_Time, int],
    cases: int,
) -> tuple[_Time | None, _Time | None]:
    """The smallest times at which the curve is at or below 0.5 and 0.1."""
    at_risk, survival = cases, 1.0
    median: _Time | None = None
    for time in sorted(deaths.keys() | leavers.keys()):
        died = deaths.get(time, 0)
        if died:
            survival *= (at_risk - died) / at_risk
            if median is None and survival <= 0.5 + _ROUNDING:
                median = time
            if survival <= 0.1 + _ROUNDING:
                return median, time
        at_risk -= died + leavers.get(time, 0)
    return median, None
