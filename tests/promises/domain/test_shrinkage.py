"""The strength m: against the plain moments of Buehlmann and Straub, and against known truths."""

import random
from datetime import UTC, datetime
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promises.domain.shrinkage import (
    ENOUGH_GROUPS,
    FIRST_STRENGTH,
    LEAST,
    MOST,
    Estimate,
    GroupRecord,
    Strength,
    estimate_strength,
    next_version,
)

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
# A period: its weight and its mean loss.
Period = tuple[float, float]
periods = st.tuples(st.sampled_from((0.5, 1.0, 2.0, 7.5, 40.0)), st.floats(0, 1))
companies = st.lists(st.lists(periods, min_size=1, max_size=6), max_size=30)


def record(group: list[Period]) -> GroupRecord:
    return GroupRecord(
        len(group),
        sum(w for w, _ in group),
        sum(w * x for w, x in group),
        sum(w * x * x for w, x in group),
    )


def plain(groups: list[list[Period]]) -> float:
    """m as the textbook writes it, term by term."""
    weights = [sum(w for w, _ in group) for group in groups]
    means = [sum(w * x for w, x in g) / w_g for g, w_g in zip(groups, weights, strict=True)]
    total, count = sum(weights), len(groups)
    whole = sum(w * x for w, x in zip(weights, means, strict=True)) / total
    scatter = sum(w * (x - mean) ** 2 for g, mean in zip(groups, means, strict=True) for w, x in g)
    within = scatter / sum(len(group) - 1 for group in groups)
    c = (count - 1) / count / sum(w / total * (1 - w / total) for w in weights)
    between = sum(w / total * (x - whole) ** 2 for w, x in zip(weights, means, strict=True))
    between = c * (count / (count - 1) * between - count * within / total)
    return MOST if between <= within / MOST else max(LEAST, within / between)


@settings(deadline=None, max_examples=300)
@given(companies)
def test_it_agrees_with_the_textbook(groups: list[list[Period]]) -> None:
    found = estimate_strength(map(record, groups))

    known = sum(sum(w for w, _ in group) >= 5 for group in groups)
    degrees = sum(len(group) - 1 for group in groups)
    assert found.groups == known
    if known < ENOUGH_GROUPS or degrees < ENOUGH_GROUPS:
        assert found.m is None
    elif found.m is not None:
        assert LEAST <= found.m <= MOST
        # Where nothing scatters, both sides are the rounding of the other.
        scatter = max(abs(x - y) for group in groups for _, x in group for _, y in group)
        if scatter > 1e-3:
            assert found.m == pytest.approx(plain(groups), rel=1e-6)


@pytest.mark.parametrize("strength", [3.0, 8.0, 30.0])
def test_it_finds_the_strength_that_made_the_groups(strength: float) -> None:
    """Groups whose true rates are drawn from a beta distribution with a + b = m."""
    chance = random.Random(11)

    def group() -> list[Period]:
        rate = chance.betavariate(0.2 * strength, 0.8 * strength)
        sizes = [chance.randint(1, 8) for _ in range(10)]
        return [(n, fmean(chance.random() < rate for _ in range(n))) for n in sizes]

    found = estimate_strength(record(group()) for _ in range(4_000))

    assert found.m == pytest.approx(strength, rel=0.15)
    assert found.groups == 4_000


def test_groups_that_are_all_alike_are_drawn_together_as_far_as_allowed() -> None:
    chance = random.Random(5)
    groups = [[(1.0, float(chance.random() < 0.2)) for _ in range(60)] for _ in range(50)]
    assert estimate_strength(map(record, groups)).m == pytest.approx(MOST, rel=0.6)
    same = [[(1.0, 0.0), (1.0, 1.0)] * 10] * 20
    assert estimate_strength(map(record, same)).m == MOST


def test_groups_that_have_nothing_in_common_are_hardly_drawn_at_all() -> None:
    groups = [[(5.0, rate), (5.0, abs(rate - 0.01))] for rate in (0.0, 1.0) for _ in range(6)]
    assert estimate_strength(map(record, groups)).m == LEAST


def test_there_is_a_version_only_where_m_has_moved() -> None:
    held = Strength(3, 20.0, NOW, 12, 900.0)
    assert next_version(held, Estimate(21.9, 12, 950.0), NOW) is None
    assert next_version(held, Estimate(22.04, 12, 950.0), NOW) == Strength(4, 22.0, NOW, 12, 950.0)
    assert next_version(FIRST_STRENGTH, Estimate(None, 3, 40.0), NOW) is None
    assert next_version(held, Estimate(None, 3, 40.0), NOW) == Strength(4, 5.0, NOW, 3, 40.0)
    assert next_version(Strength(4, 5.0, NOW, 3, 40.0), Estimate(None, 2, 9.0), NOW) is None
