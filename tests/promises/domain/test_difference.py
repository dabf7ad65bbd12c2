"""Differences of two periods: Newcombe's interval, and the words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promises.domain.difference import Difference, Estimate, Verdict, difference, verdict
from promises.domain.score import wilson


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
