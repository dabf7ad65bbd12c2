"""Curves of how long promises take: against a naive curve, and against lifelines."""

import math
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from promises.domain.score import wilson
from promises.domain.settling import (
    DUE_BUCKET,
    WHOLE,
    Curve,
    share_bucket,
    time_bucket,
)
from promises.domain.survival import LAST_BUCKET, MAX_BUCKET, bucket_edges

DAY = 86_400.0
many = settings(max_examples=200, deadline=None)
buckets = st.integers(0, LAST_BUCKET - 1)
histograms = st.dictionaries(buckets, st.integers(0, 30), max_size=12)


def naive(settled: Counter[int], censored: Counter[int], upto: int) -> Fraction:
    """The share unsettled after all of a bucket."""
    curve = Fraction(1)
    for bucket in range(upto + 1):
        at_risk = sum(n for b, n in (settled + censored).items() if b >= bucket)
        if at_risk:
            curve *= 1 - Fraction(settled[bucket], at_risk)
    return curve


@many
@given(histograms, histograms, st.integers(0, 20))
def test_at_the_ends_of_buckets_it_is_the_naive_curve(
    settled: dict[int, int], censored: dict[int, int], never: int
) -> None:
    deaths, leavers = Counter(settled), Counter(censored) + Counter({MAX_BUCKET: never})
    curve = Curve(deaths, leavers)
    for bucket in {0, 40, LAST_BUCKET - 1, *settled}:
        end = bucket_edges(bucket)[1]
        assert curve.unsettled(end * (1 + 1e-12)) == pytest.approx(
            float(naive(deaths, leavers, bucket)), abs=1e-9
        )


@many
@given(histograms, histograms, st.integers(0, 20), st.floats(0, 400 * DAY))
def test_between_them_it_falls_and_its_interval_holds_it(
    settled: dict[int, int], censored: dict[int, int], never: int, time: float
) -> None:
    curve = Curve(settled, Counter(censored) + Counter({MAX_BUCKET: never}))
    reached = curve.reached(time)

    assert 0 <= reached.low <= reached.share <= reached.high <= 1
    assert curve.unsettled(time) >= curve.unsettled(time * 1.01) - 1e-12
    assert 0 <= curve.at_risk(time) <= curve.cases
    assert reached.n <= curve.cases + 1e-9


@many
@given(histograms, histograms, st.floats(0.05, 0.99))
def test_the_time_of_a_share_is_when_it_is_reached(
    settled: dict[int, int], censored: dict[int, int], share: float
) -> None:
    curve = Curve(settled, censored)
    time = curve.time_of(share)
    if time is None:
        assert curve.unsettled(math.inf) > 1 - share
    else:
        assert curve.reached(time * (1 + 1e-9)).share >= share - 1e-6
        assert time < 1 or curve.reached(time * 0.999).share <= share + 1e-6


@settings(max_examples=40, deadline=None)
@pytest.mark.filterwarnings("ignore::lifelines.exceptions.ApproximationWarning")
@given(
    st.lists(st.floats(1, 300 * DAY), min_size=20, max_size=80),
    st.lists(st.floats(1, 300 * DAY), max_size=40),
    st.floats(0.5, 0.95),
)
def test_lifelines_says_the_same_of_the_exact_times(
    settled: list[float], censored: list[float], share: float
) -> None:
    curve = Curve(Counter(map(time_bucket, settled)), Counter(map(time_bucket, censored)))
    # lifelines sees the very order that the buckets give: those that settle come first.
    ends = [bucket_edges(time_bucket(time))[1] for time in settled + censored]
    fitter = KaplanMeierFitter().fit(ends, [1] * len(settled) + [0] * len(censored))
    for end in {*ends}:
        theirs = float(fitter.survival_function_at_times(end).iloc[0])
        assert curve.unsettled(end * (1 + 1e-12)) == pytest.approx(theirs, abs=1e-9)
    wanted = float(fitter.percentile(1 - share))
    ours = curve.time_of(share)
    # Not where the curve touches the level but for a rounding.
    assume(all(abs(s - (1 - share)) > 1e-9 for s in fitter.survival_function_.iloc[:, 0]))
    if math.isinf(wanted):
        assert ours is None
    else:
        assert ours is not None
        low, high = bucket_edges(time_bucket(wanted * 0.9999))
        assert max(0.0, low) * 0.9999 <= ours <= high * 1.0001


@many
@given(st.integers(1, 300), st.integers(0, 300))
def test_without_open_ones_its_interval_is_wilsons(kept: int, late: int) -> None:
    curve = Curve({10: kept, 100: late}, {})
    reached = curve.reached(3_600)

    assert reached.share == pytest.approx(kept / (kept + late))
    assert (reached.low, reached.high) == pytest.approx(wilson(kept, kept + late))


def test_those_open_for_less_time_say_less() -> None:
    full = Curve({20: 50, 60: 50}, {})
    cut = Curve({20: 50, 60: 10}, {30: 40})

    time = bucket_edges(61)[1]
    assert cut.reached(time).share == full.reached(time).share == 1
    middle = bucket_edges(60)[0] * 2 ** (1 / 16)
    assert cut.reached(middle).share == pytest.approx(full.reached(middle).share)
    assert cut.reached(middle).n < full.reached(middle).n
    assert cut.reached(middle).low < full.reached(middle).low


def test_failed_ones_never_settle() -> None:
    curve = Curve({30: 80}, {MAX_BUCKET: 20})
    assert curve.time_of(0.9) is None
    assert curve.reached(300 * DAY).share == pytest.approx(0.8)
    assert curve.longest is not None
    assert curve.longest < DAY


def test_a_share_of_the_time_given_never_crosses_the_date_by_rounding() -> None:
    assert bucket_edges(DUE_BUCKET)[0] == WHOLE
    assert share_bucket(1.0, in_time=True) == DUE_BUCKET - 1
    assert share_bucket(1.0 - 1e-17, in_time=False) == DUE_BUCKET
    assert share_bucket(0.0, in_time=True) == 0
    assert share_bucket(-1.0, in_time=True) == 0


def test_a_curve_of_nothing_says_nothing() -> None:
    curve = Curve({}, {})
    assert not curve.tells(0.0)
    assert curve.time_of(0.9) is None
    assert curve.longest is None
    assert curve.reached(DAY).share == 0
    assert (curve.reached(DAY).low, curve.reached(DAY).high) == (0, 1)


@many
@given(histograms, histograms, st.integers(0, LAST_BUCKET - 1))
def test_it_tells_what_enough_promises_were_followed_for(
    settled: dict[int, int], censored: dict[int, int], bucket: int
) -> None:
    """At the ends of buckets: settled by then, or still open after it."""
    curve = Curve(settled, censored)
    after = sum(n for b, n in (Counter(settled) + Counter(censored)).items() if b > bucket)
    known = after + sum(n for b, n in settled.items() if b <= bucket)
    left = naive(Counter(settled), Counter(censored), bucket)
    end = bucket_edges(bucket + 1)[0]
    assert curve.tells(end) == (known >= 20 and (after > 0 or left <= Fraction(1, 20)))


def test_nobody_followed_for_so_long_is_nobody_who_did_not_keep() -> None:
    hour, day = time_bucket(3_600.0), time_bucket(DAY)
    fresh = Curve({}, {hour: 20})
    assert not fresh.tells(30 * DAY)
    assert fresh.longest is not None
    assert fresh.longest <= 3_600
    cut = Curve({day: 6}, {time_bucket(1.5 * DAY): 18})
    assert cut.tells(DAY)
    assert not cut.tells(30 * DAY)


def test_at_the_end_only_those_count_whose_end_is_known() -> None:
    few = Curve({time_bucket(9 * DAY): 3}, {time_bucket(DAY): 40})
    reached = few.reached(11 * DAY)
    assert (reached.share, reached.n) == (1, 3)
    assert reached.low == pytest.approx(wilson(3, 3)[0])
    assert not few.tells(11 * DAY)
