"""Lateness of promises, also of those not settled yet: Kaplan-Meier (R13)."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

MIN_CASES: Final = 20
# How soon after due: the share settled by then is told beside the quantiles.
WITHIN_DAYS: Final = (1, 3, 7)
MINUTE: Final = 60.0
DAY: Final = 86_400.0
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


def age_borders(as_of: datetime) -> list[datetime]:
    """The moments of first due at which the age at as_of changes its bucket, oldest first.

    Shape: one for each of LAST_BUCKET to 1; what was first due before it lies in that bucket or a
    later one.
    """
    # To look an age up among them is many times as quick as a logarithm for each open promise.
    return [as_of - edge for edge in _EDGES]


def age_edges() -> list[timedelta]:
    """How long before as_of these moments are."""
    return list(_EDGES)


@dataclass(frozen=True, slots=True)
class Lateness:
    """Median and 90th percentile of lateness, open and failed promises included.

    Shape: a quantile that the curve does not come down to is None; over_seconds is then the
    longest time seen (None also where no time was seen at all), else None. within has the share
    settled by each of WITHIN_DAYS after due, 0 to 1; None where nobody was watched for so long.
    Units: seconds, signed; negative is early.
    """

    median_seconds: float | None
    p90_seconds: float | None
    over_seconds: float | None
    cases: int
    within: tuple[float | None, ...] = (None,) * len(WITHIN_DAYS)


_EDGES = [
    timedelta(seconds=bucket_edges(bucket)[0]) - timedelta(microseconds=1)
    for bucket in range(LAST_BUCKET, 0, -1)
]


@dataclass(frozen=True, slots=True)
class Step(Generic[_Time]):
    """One step of the curve: what is left after `time`, and how many are still at risk then."""

    time: _Time
    survival: float
    at_risk: int


def from_times(
    settled: Sequence[float], censored: Sequence[float], never: int = 0
) -> Lateness | None:
    """Lateness from exact times; None below 20 cases.

    Shape: settled are the lateness of settled promises, censored the age of those still open
    (at risk at that very time), never the number of those that will not settle.
    Source: R13.
    """
    cases = len(settled) + len(censored) + never
    if cases < MIN_CASES:
        return None
    steps = _curve(Counter(settled), Counter(censored), cases)
    median, p90 = _quantile(steps, 0.5), _quantile(steps, 0.1)
    over = None
    if median is None or p90 is None:
        over = max((*settled, *censored), default=None)
    within = tuple(_share_by(steps, days * DAY, cases) for days in WITHIN_DAYS)
    return Lateness(median, p90, over, cases, within)


def from_buckets(settled: Mapping[int, int], censored: Mapping[int, int]) -> Lateness | None:
    """Lateness from histograms of buckets; None below 20 cases.

    Shape: bucket -> number; those that never settle are censored at MAX_BUCKET. Quantiles are
    the middle of their bucket, over_seconds the lower edge of the longest ("more than"); within a
    bucket the curve is taken to fall evenly with the logarithm of time.
    Source: R13.
    """
    cases = sum(settled.values()) + sum(censored.values())
    if cases < MIN_CASES:
        return None
    steps = _curve(settled, censored, cases)
    median, p90 = _quantile(steps, 0.5), _quantile(steps, 0.1)
    over = None
    if median is None or p90 is None:
        over = _longest(bucket for part in (settled, censored) for bucket in part if part[bucket])
    return Lateness(
        None if median is None else bucket_seconds(median),
        None if p90 is None else bucket_seconds(p90),
        over,
        cases,
        tuple(_share_within(steps, days * DAY, cases) for days in WITHIN_DAYS),
    )


def _longest(buckets: Iterable[int]) -> float | None:
    last = max((bucket for bucket in buckets if bucket < MAX_BUCKET), default=None)
    return None if last is None else max(bucket_edges(last)[0], bucket_seconds(-LAST_BUCKET))


def _curve(
    deaths: Mapping[_Time, int], leavers: Mapping[_Time, int], cases: int
) -> list[Step[_Time]]:
    """The Kaplan-Meier curve, earliest time first."""
    at_risk, survival = cases, 1.0
    steps = []
    for time in sorted(deaths.keys() | leavers.keys()):
        died = deaths.get(time, 0)
        if died:
            survival *= (at_risk - died) / at_risk
        at_risk -= died + leavers.get(time, 0)
        steps.append(Step(time, survival, at_risk))
    return steps


def _quantile(steps: Sequence[Step[_Time]], left: float) -> _Time | None:
    """The smallest time at which the curve is at or below what is to be left."""
    return next((step.time for step in steps if step.survival <= left + _ROUNDING), None)


def _share_by(
    steps: Sequence[Step[_Time]], time: _Time, cases: int, *, to_the_moment: bool = True
) -> float | None:
    """The share settled by a time; None where the curve ends before it.

    Shape: to_the_moment is whether a curve that ends at `time` is known there.
    """
    before = bisect_right(steps, time, key=lambda step: step.time)
    last = steps[before - 1] if before else Step(time, 1.0, cases)
    known = last.at_risk > 0 or last.survival == 0 or (to_the_moment and last.time == time)
    return 1.0 - last.survival if known else None


def _share_within(steps: Sequence[Step[int]], seconds: float, cases: int) -> float | None:
    """The share settled by a time that lies inside a bucket."""
    bucket = bucket_of(seconds)
    before = _share_by(steps, bucket - 1, cases)
    # Who was last seen in the bucket may have been seen before the time.
    after = _share_by(steps, bucket, cases, to_the_moment=False)
    if before is None or after is None:
        return None
    low, high = bucket_edges(bucket)
    return before + (after - before) * math.log(seconds / low) / math.log(high / low)
