"""Limits of a funnel: against the binomial distribution, added up term by term."""

from itertools import accumulate, pairwise
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promises.domain.funnel import Limits, Verdict, limits, verdict, volumes

TAILS = (0.001, 0.025, 0.975, 0.999)


def told(found: Limits) -> tuple[float, ...]:
    return found.low_998, found.low_95, found.high_95, found.high_998


def chances(n: int, rate: float) -> list[float]:
    """The chance of each number of successes."""
    return [comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(n + 1)]


def textbook(n: int, rate: float, tail: float) -> float:
    """Spiegelhalter's lower limit; the upper one is that of the failures."""
    if tail > 0.5:
        return 1 - textbook(n, 1 - rate, 1 - tail)
    each = chances(n, rate)
    up_to = list(accumulate(each))
    r = next((k for k, reached in enumerate(up_to) if reached >= tail), n)
    return min(1.0, max(0.0, (r - (up_to[r] - tail) / each[r]) / n))


@settings(deadline=None, max_examples=120)
@given(n=st.integers(1, 300), rate=st.floats(0.001, 0.999))
def test_they_agree_with_the_textbook(n: int, rate: float) -> None:
    found = told(limits(n, rate))
    assert found == tuple(sorted(found))
    for limit, tail in zip(found, TAILS, strict=True):
        # Where a quantile jumps, either side of the jump is right to the last digit.
        sides = [textbook(n, rate, tail + hair) for hair in (-1e-9, 0, 1e-9)]
        assert min(sides) - 1e-6 / n <= limit <= max(sides) + 1e-6 / n


@pytest.mark.parametrize("rate", [0.5, 0.85, 0.99])
def test_large_volumes_go_on_where_small_ones_end(rate: float) -> None:
    """Exact limits up to 50 standard deviations, those of the normal distribution beyond."""
    n = round(2_500 / (rate * (1 - rate)))
    exact, normal = told(limits(round(n * 0.999), rate)), told(limits(round(n * 1.001), rate))
    assert normal == pytest.approx(exact, abs=4 / n + 0.002 * (1 - rate) ** 0.5 / 50)


def test_the_funnel_narrows() -> None:
    found = [limits(n, 0.85) for n in volumes(1, 1_000_000)]
    widths = [one.high_95 - one.low_95 for one in found]
    assert widths[0] > 0.5
    assert widths[-1] < 0.002
    assert all(narrow <= wide + 0.05 for wide, narrow in pairwise(widths))
    assert all(one.low_998 <= one.low_95 <= 0.85 <= one.high_95 <= one.high_998 for one in found)


def test_a_rate_is_judged_by_the_limits_of_its_volume() -> None:
    within = limits(100, 0.85)
    found = {kept: verdict(kept, within) for kept in (60, 76, 85, 93, 97)}
    assert list(found.values()) == [
        Verdict.FAR_BELOW, Verdict.BELOW, Verdict.INSIDE, Verdict.ABOVE, Verdict.FAR_ABOVE,
    ]  # fmt: skip


@settings(deadline=None)
@given(n=st.integers(1, 250), rate=st.floats(0, 1), data=st.data())
def test_whatever_lies_beyond_was_unlikely(n: int, rate: float, data: st.DataObject) -> None:
    kept = data.draw(st.integers(0, n))
    found, each = verdict(kept, limits(n, rate)), chances(n, rate)
    if found in (Verdict.BELOW, Verdict.FAR_BELOW):
        assert sum(each[: kept + 1]) <= (0.0251 if found is Verdict.BELOW else 0.0011)
    if found in (Verdict.ABOVE, Verdict.FAR_ABOVE):
        assert sum(each[kept:]) <= (0.0251 if found is Verdict.ABOVE else 0.0011)


def test_a_promise_or_two_prove_nothing() -> None:
    assert verdict(1, limits(1, 0.85)) is Verdict.INSIDE
    assert verdict(0, limits(1, 0.85)) is Verdict.INSIDE
    assert verdict(0, limits(2, 0.85)) is Verdict.BELOW
    assert verdict(9, limits(9, 0.85)) is Verdict.INSIDE


@settings(deadline=None, max_examples=50)
@given(n=st.integers(1, 120), rate=st.floats(0.01, 0.99))
def test_whatever_is_unlikely_enough_lies_beyond(n: int, rate: float) -> None:
    each, within = chances(n, rate), limits(n, rate)
    for kept in range(n + 1):
        if sum(each[: kept + 1]) < 0.0249:
            assert verdict(kept, within) in (Verdict.BELOW, Verdict.FAR_BELOW)
        elif sum(each[kept:]) < 0.0249:
            assert verdict(kept, within) in (Verdict.ABOVE, Verdict.FAR_ABOVE)


@pytest.mark.parametrize("rate", [1e-300, 1e-16, 1 - 1e-16, 1 - 1e-9])
def test_chances_too_small_for_a_float_are_none(rate: float) -> None:
    for n in (1, 500, 100_000):
        assert told(limits(n, rate)) == pytest.approx((rate,) * 4, abs=1.5 / n)


def test_where_all_or_none_are_kept_there_is_no_chance() -> None:
    assert told(limits(20, 1.0)) == (1, 1, 1, 1)
    assert told(limits(20, 0.0)) == (0, 0, 0, 0)
    assert verdict(20, limits(20, 1.0)) is Verdict.INSIDE
    assert verdict(19, limits(20, 1.0)) is Verdict.FAR_BELOW


def test_nonsense_is_refused() -> None:
    for n, rate in ((0, 0.5), (5, -0.1), (5, 1.1)):
        with pytest.raises(ValueError, match="needs n"):
            limits(n, rate)
    with pytest.raises(ValueError, match="kept"):
        verdict(6, limits(5, 0.5))
    with pytest.raises(ValueError, match="least"):
        volumes(5, 4)


@given(st.integers(1, 10_000), st.integers(0, 10_000_000))
def test_volumes_go_from_the_least_to_the_most(least: int, more: int) -> None:
    found = volumes(least, least + more)
    assert (found[0], found[-1]) == (least, least + more)
    assert found == sorted(set(found))
    assert len(found) < 130
