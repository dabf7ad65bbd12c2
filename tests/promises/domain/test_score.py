"""Gap scores, their intervals and their order."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promises.domain.score import (
    Sums,
    best_first_key,
    effective_n,
    gap_score,
    wilson,
    worst_first_key,
)


def equal(n: int, lost: int) -> Sums:
    """N promises of weight 1, of which some are lost altogether."""
    return Sums(n=n, failed=lost, kept=n - lost, weight=n, weight_squared=n, loss=lost)


@pytest.mark.parametrize(("lost", "n", "score"), [(1, 1, 26.67), (1, 20, 6.40), (10, 20, 42.40)])
def test_it_gives_the_check_values(lost: int, n: int, score: float) -> None:
    found = gap_score(equal(n, lost), 0.12)

    assert found is not None
    assert round(found.score, 2) == score
    assert found.raw == pytest.approx(100 * lost / n)
    assert found.n_eff == n
    assert found.enough == (n >= 5)


def test_it_says_nothing_about_no_promises() -> None:
    assert gap_score(Sums(), 0.12) is None
    assert gap_score(Sums(withdrawn=3), None) is None


def test_it_does_not_shrink_the_company() -> None:
    found = gap_score(equal(20, 10), None)

    assert found is not None
    assert (found.score, found.raw) == (50, 50)
    # Wilson for 10 of 20, as printed in tables.
    assert (round(found.low, 2), round(found.high, 2)) == (29.93, 70.07)


def test_it_has_enough_from_five_equal_promises_on() -> None:
    assert [gap_score(equal(n, 0), 0.1).enough for n in (4, 5)] == [False, True]  # type: ignore[union-attr]
    tenth = Sums(n=5, weight=5 * 0.1, weight_squared=5 * 0.1**2)
    assert gap_score(tenth, 0.1).enough  # type: ignore[union-attr]


@settings(deadline=None)
@given(
    n=st.floats(0.01, 1e7),
    share=st.floats(0, 1),
    z=st.sampled_from((1.0, 1.959963984540054, 2.5758293035489)),
)
def test_it_agrees_with_the_plain_formula_of_wilson(n: float, share: float, z: float) -> None:
    low, high = wilson(share * n, n, z)

    # The bounds are the two shares p for which |share - p| is z standard errors of p.
    a, b, c = 1 + z**2 / n, -(2 * share + z**2 / n), share**2
    root = math.sqrt(max(0.0, b * b - 4 * a * c))
    assert low == pytest.approx((-b - root) / (2 * a), abs=1e-7)
    assert high == pytest.approx((-b + root) / (2 * a), abs=1e-7)
    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1


def test_it_knows_nothing_from_nothing_and_refuses_nonsense() -> None:
    assert wilson(0, 0) == (0, 1)
    for successes, n in ((-1, 5), (6, 5), (1, 0)):
        with pytest.raises(ValueError, match="successes"):
            wilson(successes, n)


@settings(deadline=None)
@given(
    weights=st.lists(
        st.tuples(st.sampled_from((0.5, 0.75, 1.0, 2.0, 6.0)), st.floats(0, 1)),
        min_size=1,
        max_size=50,
    ),
    mu=st.floats(0, 1),
)
def test_it_lies_between_its_own_mean_and_its_parent(
    weights: list[tuple[float, float]], mu: float
) -> None:
    total = Sums()
    for weight, loss in weights:
        total += Sums(n=1, weight=weight, weight_squared=weight**2, loss=weight * loss)

    found = gap_score(total, mu)

    assert found is not None
    n_eff = sum(w for w, _ in weights) ** 2 / sum(w * w for w, _ in weights)
    mean = sum(w * loss for w, loss in weights) / sum(w for w, _ in weights)
    assert found.n_eff == pytest.approx(n_eff)
    assert 1 <= found.n_eff <= len(weights) + 1e-6
    assert found.score == pytest.approx(100 * (n_eff * mean + 5 * mu) / (n_eff + 5))
    assert min(found.raw, 100 * mu) - 1e-9 <= found.score <= max(found.raw, 100 * mu) + 1e-9
    assert 0 <= found.low <= found.score + 1e-9
    assert found.score - 1e-9 <= found.high <= 100


def test_it_adds_every_field() -> None:
    one = Sums(1, 2, 3, 4, 5, 6, 7, 8, 9.0, 10.0, 11.0)

    assert one + one == Sums(2, 4, 6, 8, 10, 12, 14, 16, 18.0, 20.0, 22.0)
    assert effective_n(0, 0) == 0


def test_it_ranks_by_what_is_certain_and_the_uncertain_last() -> None:
    bad, worse, good = equal(50, 25), equal(500, 250), equal(500, 5)
    few, none = equal(2, 2), Sums()
    scores = {
        name: gap_score(sums, 0.2)
        for name, sums in {
            "few": few, "none": none, "good": good, "bad": bad, "worse": worse,
        }.items()
    }  # fmt: skip

    worst = sorted(scores, key=lambda name: worst_first_key(scores[name]))
    best = sorted(scores, key=lambda name: best_first_key(scores[name]))

    assert worst == ["worse", "bad", "good", "few", "none"]
    assert best == ["good", "worse", "bad", "few", "none"]
