"""Differences of two periods: Newcombe's interval, and the words."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promises.domain.difference import (
    Difference,
    Estimate,
    Verdict,
    difference,
    verdict,
    with_losses_to_come,
)
from promises.domain.score import Sums, gap_score, wilson


def share(successes: int, n: int) -> Estimate:
    return Estimate(successes / n, *wilson(successes, n))


# Newcombe 1998, Statistics in Medicine 17, table II, method 10 (score, no continuity correction).
@pytest.mark.parametrize(
    ("a", "m", "b", "n", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0),
        (10, 10, 0, 10, 0.6075, 1.0),
    ],
)
def test_newcombes_own_table(a: int, m: int, b: int, n: int, low: float, high: float) -> None:
    found = difference(share(a, m), share(b, n))
    assert found.value == pytest.approx(a / m - b / n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)


counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, counts)
def test_it_holds_its_value_and_turns_with_its_sides(
    later: tuple[int, int], earlier: tuple[int, int]
) -> None:
    found = difference(share(*later), share(*earlier))
    turned = difference(share(*earlier), share(*later))
    assert found.low <= found.value <= found.high
    assert (found.low, found.high) == pytest.approx((-turned.high, -turned.low))


@pytest.mark.parametrize(
    ("low", "high", "n_eff", "higher_is_better", "word"),
    [
        (0.01, 0.2, 50, True, Verdict.BETTER),
        (-0.2, -0.01, 50, True, Verdict.WORSE),
        (0.01, 0.2, 50, False, Verdict.WORSE),
        (-0.2, -0.01, 50, False, Verdict.BETTER),
        (0.0, 0.2, 50, True, Verdict.NO_CLEAR_CHANGE),
        (-0.1, 0.2, 5, True, Verdict.NO_CLEAR_CHANGE),
        (0.1, 0.9, 4.999, True, Verdict.TOO_FEW),
    ],
)
def test_the_words(
    low: float, high: float, n_eff: float, higher_is_better: bool, word: Verdict
) -> None:
    found = Difference((low + high) / 2, low, high)
    assert verdict(found, n_eff=n_eff, higher_is_better=higher_is_better) is word


def test_without_a_figure_nothing_is_said() -> None:
    assert verdict(None, n_eff=100, higher_is_better=True) is Verdict.TOO_FEW


def gaps_of(sums: Sums) -> Estimate:
    gap = gap_score(sums, None)
    assert gap is not None
    return Estimate(gap.score, gap.low, gap.high)


def period(drawn: random.Random, n: int, *, ended_days_ago: float, days: int) -> Sums:
    """Promises of which three in ten are never settled and two are a day late; h is 3 days."""
    loss = left = 0.0
    kept = open_ = 0
    for _ in range(n):
        age, fate = ended_days_ago + drawn.random() * days, drawn.random()
        if fate < 0.3:
            still = 0.75 * 2 ** (-age / 3)
            loss, left, open_ = loss + 1 - still, left + still, open_ + 1
        elif fate < 0.5:
            loss += 1 - 0.75 * 2 ** (-min(age, 1) / 3)
        else:
            kept += 1
    return Sums(n=n, kept=kept, open=open_, weight=n, weight_squared=n, loss=loss, left=left)


@pytest.mark.parametrize(("days", "n"), [(7, 300), (7, 2_000), (28, 5_000), (90, 5_000)])
def test_younger_promises_alone_make_no_period_better(days: int, n: int) -> None:
    """Nothing changes from one period to the next but that the later one is younger."""
    drawn, said = random.Random(days * n), []
    for _ in range(60):
        now = period(drawn, n, ended_days_ago=0, days=days)
        before = period(drawn, n, ended_days_ago=days, days=days)
        plain = difference(gaps_of(now), gaps_of(before))
        found = with_losses_to_come(plain, later=100 * now.to_come, earlier=100 * before.to_come)
        said.append(verdict(found, n_eff=n, higher_is_better=False))
        assert found.value == plain.value
    assert said.count(Verdict.NO_CLEAR_CHANGE) >= 55


def test_what_is_worse_in_spite_of_its_age_is_worse() -> None:
    drawn = random.Random(1)
    before = period(drawn, 2_000, ended_days_ago=28, days=28)
    worse = Sums(n=2_000, kept=600, open=1_400, weight=2_000, weight_squared=2_000,
                 loss=1_200, left=200)  # fmt: skip
    found = with_losses_to_come(
        difference(gaps_of(worse), gaps_of(before)),
        later=100 * worse.to_come,
        earlier=100 * before.to_come,
    )
    assert verdict(found, n_eff=2_000, higher_is_better=False) is Verdict.WORSE
    assert found.high - found.value > 10
