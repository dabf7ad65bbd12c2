"""Lateness that does not forget those still open: against a naive Kaplan-Meier."""

import math
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promises.domain.survival import (
    LAST_BUCKET,
    MAX_BUCKET,
    WITHIN_DAYS,
    bucket_edges,
    bucket_of,
    bucket_seconds,
    from_buckets,
    from_times,
)

HOUR, DAY = 3_600.0, 86_400.0
YEAR = 365 * DAY
times = st.integers(-50, 50).map(float) | st.floats(-YEAR, YEAR)
many = settings(max_examples=400, deadline=None)


def naive(settled: list[float], censored: list[float], never: int, share: Fraction) -> float | None:
    """The smallest time at which the exact curve is at or below 1 - share."""
    for moment in sorted(settled):
        curve = Fraction(1)
        for time in set(settled):
            if time <= moment:
                at_risk = never
                at_risk += sum(1 for other in settled if other >= time)
                at_risk += sum(1 for other in censored if other >= time)
                curve *= 1 - Fraction(settled.count(time), at_risk)
        if curve <= 1 - share:
            return moment
    return None


def share(settled: list[float], censored: list[float], never: int, by: float) -> object:
    """The share settled by a moment, by the exact curve; None after the last that was watched."""
    found = settled_by(settled, censored, never, by)
    watched = never or any(other >= by for other in (*settled, *censored))
    return pytest.approx(found, abs=1e-12) if watched or found == 1 else None


def settled_by(settled: list[float], censored: list[float], never: int, by: float) -> float:
    """One minus the exact curve at a moment."""
    curve = Fraction(1)
    for time in {time for time in settled if time <= by}:
        at_risk = never + sum(1 for other in (*settled, *censored) if other >= time)
        curve *= 1 - Fraction(settled.count(time), at_risk)
    return float(1 - curve)


@many
@given(
    settled=st.lists(times, max_size=40),
    censored=st.lists(times, max_size=30),
    never=st.integers(0, 10),
)
def test_it_agrees_with_the_naive_curve(
    settled: list[float], censored: list[float], never: int
) -> None:
    found = from_times(settled, censored, never)

    cases = len(settled) + len(censored) + never
    if cases < 20:
        assert found is None
        return
    assert found is not None
    assert found.cases == cases
    assert found.median_seconds == naive(settled, censored, never, Fraction(1, 2))
    assert found.p90_seconds == naive(settled, censored, never, Fraction(9, 10))
    assert found.within == tuple(share(settled, censored, never, n * DAY) for n in WITHIN_DAYS)
    if found.p90_seconds is None:
        assert found.over_seconds == max([*settled, *censored], default=None)
    else:
        assert found.over_seconds is None


@many
@given(
    settled=st.lists(times, max_size=40),
    censored=st.lists(times, max_size=30),
    never=st.integers(0, 10),
)
def test_it_reads_a_histogram_as_it_reads_the_times_in_it(
    settled: list[float], censored: list[float], never: int
) -> None:
    deaths = Counter(map(bucket_of, settled))
    leavers = Counter(map(bucket_of, censored)) + Counter({MAX_BUCKET: never})

    found = from_buckets(deaths, leavers)

    middles = [bucket_seconds(bucket_of(time)) for time in settled]
    exact = from_times(middles, [bucket_seconds(bucket_of(time)) for time in censored], never)
    assert (found is None) == (exact is None)
    if found is not None and exact is not None:
        assert found.cases == exact.cases
        assert found.median_seconds == exact.median_seconds
        assert found.p90_seconds == exact.p90_seconds
        assert (found.over_seconds is None) == (exact.over_seconds is None)


@many
@given(
    settled=st.lists(times, max_size=40),
    censored=st.lists(times, max_size=30),
    never=st.integers(0, 10),
)
def test_a_share_from_a_histogram_lies_between_those_at_the_edges_of_its_bucket(
    settled: list[float], censored: list[float], never: int
) -> None:
    deaths, leavers = Counter(map(bucket_of, settled)), Counter(map(bucket_of, censored))
    found = from_buckets(deaths, leavers + Counter({MAX_BUCKET: never}))
    if found is None:
        return
    middles = [bucket_seconds(bucket_of(time)) for time in settled]
    left = [bucket_seconds(bucket_of(time)) for time in censored]
    for days, told in zip(WITHIN_DAYS, found.within, strict=True):
        bucket = bucket_of(days * DAY)
        low, high = (settled_by(middles, left, never, bucket_edges(bucket)[end]) for end in (0, 1))
        if told is not None:
            assert low - 1e-12 <= told <= high + 1e-12
        else:
            assert high < 1
            assert not never
            assert max(middles + left) < bucket_edges(bucket)[1]


hours = st.integers(-50, 50).map(lambda n: n * 97.0)


@many
@given(
    settled=st.lists(hours, min_size=20, max_size=60),
    censored=st.lists(hours, max_size=60),
    never=st.integers(0, 10),
)
def test_a_quantile_from_a_histogram_is_never_in_an_earlier_bucket(
    settled: list[float], censored: list[float], never: int
) -> None:
    """In the same one where no age of an open promise shares a bucket with a settled one."""
    deaths, leavers = Counter(map(bucket_of, settled)), Counter(map(bucket_of, censored))
    found = from_buckets(deaths, leavers + Counter({MAX_BUCKET: never}))
    exact = from_times(settled, censored, never)
    assert found is not None
    assert exact is not None
    for told, true in (
        (found.median_seconds, exact.median_seconds),
        (found.p90_seconds, exact.p90_seconds),
    ):
        bucket = MAX_BUCKET if told is None else bucket_of(told)
        true_bucket = MAX_BUCKET if true is None else bucket_of(true)
        assert bucket >= true_bucket
        if not deaths.keys() & leavers.keys():
            assert bucket == true_bucket


def test_many_open_ones_in_its_bucket_move_a_quantile_to_the_next() -> None:
    settled, left = [30 * DAY + HOUR] * 4 + [33 * DAY] * 2, [30 * DAY] * 14
    exact = from_times(settled, left)
    told = from_buckets(Counter(map(bucket_of, settled)), Counter(map(bucket_of, left)))
    assert exact is not None
    assert told is not None
    assert (exact.median_seconds, told.median_seconds) == (
        30 * DAY + HOUR,
        bucket_seconds(bucket_of(33 * DAY)),
    )


def shares(settled: list[float], censored: list[float], never: int = 0) -> list[float | None]:
    found = from_times(settled, censored, never)
    assert found is not None
    return [None if told is None else round(told, 9) for told in found.within]


def test_it_tells_the_share_settled_by_a_day_three_and_a_week() -> None:
    settled = [-DAY] * 5 + [DAY] * 5 + [DAY + 1] * 5
    assert shares(settled, [2 * DAY, 7 * DAY, 8 * DAY] * 5) == [round(1 / 3, 9), 0.5, 0.5]
    assert shares([HOUR] * 20, [2 * DAY]) == [round(20 / 21, 9), None, None]
    assert shares([HOUR] * 20, []) == [1, 1, 1]
    assert shares([HOUR] * 20, [], 1) == [round(20 / 21, 9)] * 3


def test_it_says_more_than_the_longest_time_seen() -> None:
    lateness = from_times([DAY] * 11, [5 * DAY] * 9)
    assert lateness is not None
    assert (lateness.median_seconds, lateness.p90_seconds) == (DAY, None)
    assert lateness.over_seconds == 5 * DAY

    coarse = from_buckets({bucket_of(DAY): 11}, {bucket_of(5 * DAY): 4, MAX_BUCKET: 5})
    assert coarse is not None
    assert coarse.p90_seconds is None
    assert coarse.over_seconds is not None
    assert coarse.over_seconds <= 5 * DAY < coarse.over_seconds * 2 ** (1 / 8)


def test_it_has_no_longest_time_where_nothing_was_seen() -> None:
    for lateness in (from_times([], [], 20), from_buckets({}, {MAX_BUCKET: 20})):
        assert lateness is not None
        assert (lateness.median_seconds, lateness.over_seconds) == (None, None)


def test_it_keeps_failed_ones_at_risk_to_the_end() -> None:
    lateness = from_times([DAY] * 10, [], 10)
    assert lateness is not None
    assert lateness.median_seconds == DAY
    assert from_times([DAY] * 9, [], 11).median_seconds is None  # type: ignore[union-attr]


def test_it_answers_from_twenty_cases_on() -> None:
    assert from_times([1.0] * 19, []) is None
    assert from_buckets({1: 19}, {}) is None
    assert from_times([1.0] * 19, [], 1) is not None
    assert from_buckets({1: 19}, {2: 1}) is not None


@settings(deadline=None)
@given(st.floats(60, YEAR * 0.99))
def test_it_is_within_a_twentieth_of_every_time(seconds: float) -> None:
    for signed in (seconds, -seconds):
        bucket = bucket_of(signed)
        low, high = bucket_edges(bucket)
        assert abs(bucket_seconds(bucket) / signed - 1) < 0.046
        assert (
            low * (1 - math.copysign(1e-12, low))
            <= signed
            <= high * (1 + math.copysign(1e-12, high))
        )


@settings(deadline=None)
@given(st.floats(-10 * YEAR, 10 * YEAR), st.floats(-10 * YEAR, 10 * YEAR))
def test_it_keeps_the_order_of_times(one: float, other: float) -> None:
    early, late = sorted((one, other))

    assert -MAX_BUCKET < bucket_of(early) <= bucket_of(late) < MAX_BUCKET
    assert bucket_of(-one) == -bucket_of(one)


@pytest.mark.parametrize(
    ("seconds", "bucket"),
    [(0, 0), (59.99, 0), (60, 1), (-60, -1), (119, 8), (120, 9), (YEAR, LAST_BUCKET)],
)
def test_it_has_eight_buckets_to_a_doubling(seconds: float, bucket: int) -> None:
    assert bucket_of(seconds) == bucket


def test_it_has_edges_that_meet() -> None:
    for bucket in range(-LAST_BUCKET, LAST_BUCKET):
        assert bucket_edges(bucket)[1] == pytest.approx(bucket_edges(bucket + 1)[0])
        low, high = bucket_edges(bucket)
        assert low <= bucket_seconds(bucket) <= high
    assert bucket_edges(LAST_BUCKET)[1] == math.inf == bucket_seconds(MAX_BUCKET)
    assert bucket_edges(MAX_BUCKET) == (math.inf, math.inf)
