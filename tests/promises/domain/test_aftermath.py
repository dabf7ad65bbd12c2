"""Means and shares of what came after, against a library and by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from promises.domain.aftermath import AfterSums, feedback_mean, share, t_quantile


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 7, 10, 19, 30, 99, 1_000, 100_000])
def test_students_t(freedom: int) -> None:
    assert t_quantile(freedom) == pytest.approx(student.ppf(0.975, freedom), abs=2e-4)


def test_no_freedom_is_refused() -> None:
    with pytest.raises(ValueError, match="freedom"):
        t_quantile(0)


@given(st.lists(st.floats(0, 5), min_size=5, max_size=60))
def test_the_mean_lies_in_its_interval(scores: list[float]) -> None:
    sums = AfterSums(
        n=len(scores),
        spoken=len(scores),
        feedback=sum(scores),
        feedback_squares=sum(score * score for score in scores),
    )
    found = feedback_mean(sums)
    assert found is not None
    assert found.low - 1e-9 <= found.value <= found.high + 1e-9
    assert found.low >= 0
    assert found.high <= 5


def test_a_mean_by_hand() -> None:
    found = feedback_mean(AfterSums(n=9, spoken=5, feedback=15, feedback_squares=55))
    assert found is not None
    # 1 to 5: mean 3, variance 2.5, t(4) = 2.7764
    assert (found.value, found.low, found.high) == pytest.approx((3, 1.0368, 4.9632), abs=1e-3)


def test_a_few_that_are_alike_are_not_certain() -> None:
    found = feedback_mean(AfterSums(n=9, spoken=5, feedback=25, feedback_squares=125))
    assert found is not None
    assert (found.value, found.high) == (5, 5)
    assert found.low < 3
    many = feedback_mean(AfterSums(n=900, spoken=500, feedback=2_500, feedback_squares=12_500))
    assert many is not None
    assert many.low > 4.9


def test_too_few_say_nothing() -> None:
    assert feedback_mean(AfterSums(n=90, spoken=4, feedback=20, feedback_squares=100)) is None
    assert share(1, 4) is None
    assert share(1, 5) is not None
