"""A change of a mean is split into its parts without a rest (Kitagawa)."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promises.domain.decomposition import decompose
from promises.domain.score import Sums

WEIGHTS = st.sampled_from([0.25, 0.5, 1.0, 1.5, 2.0, 4.0, 6.0])
LOSSES = st.floats(0, 1, allow_nan=False)
PROMISES = st.lists(st.tuples(WEIGHTS, LOSSES), max_size=8)
PARTS = st.dictionaries(st.sampled_from("abcdefg"), PROMISES, max_size=7)


def added(promises: list[tuple[float, float]]) -> Sums:
    return Sums(
        n=len(promises),
        weight=sum(u for u, _ in promises),
        weight_squared=sum(u * u for u, _ in promises),
        loss=sum(u * loss for u, loss in promises),
    )


def plain_mean(parts: dict[str, list[tuple[float, float]]]) -> float | None:
    every = [promise for promises in parts.values() for promise in promises]
    weight = sum(u for u, _ in every)
    return sum(u * loss for u, loss in every) / weight if weight else None


@given(PARTS, PARTS)
def test_the_effects_add_up_to_the_difference_of_the_raw_means(
    before: dict[str, list[tuple[float, float]]], after: dict[str, list[tuple[float, float]]]
) -> None:
    split = decompose(
        {key: added(promises) for key, promises in before.items()},
        {key: added(promises) for key, promises in after.items()},
    )
    old, new = plain_mean(before), plain_mean(after)
    if old is None or new is None:
        assert split is None
        return
    assert split is not None
    total = math.fsum(effect.total for effect in split.effects.values())
    assert total == pytest.approx(new - old, abs=1e-9)
    assert split.mix + split.rate == pytest.approx(new - old, abs=1e-9)
    assert split.before == pytest.approx(old, abs=1e-9)
    for key, effect in split.effects.items():
        # What was not there before, or is there no more, has changed nothing but the mix.
        if not before.get(key) or not after.get(key):
            assert effect.rate == 0


@given(PARTS)
def test_where_nothing_moved_every_effect_is_nothing(
    parts: dict[str, list[tuple[float, float]]],
) -> None:
    sums = {key: added(promises) for key, promises in parts.items()}
    split = decompose(sums, dict(sums))
    assert split is None or all(effect.total == 0 for effect in split.effects.values())


def test_one_part_only_has_a_rate_effect_and_no_mix() -> None:
    split = decompose({"a": Sums(n=10, weight=10, loss=1)}, {"a": Sums(n=5, weight=5, loss=2)})
    assert split is not None
    assert split.effects["a"].mix == pytest.approx(0)
    assert split.effects["a"].rate == pytest.approx(0.3)


def test_more_of_the_worse_part_is_mix_and_above_nothing() -> None:
    good, bad = 0.1, 0.5
    split = decompose(
        {"good": Sums(n=9, weight=9, loss=9 * good), "bad": Sums(n=1, weight=1, loss=bad)},
        {"good": Sums(n=5, weight=5, loss=5 * good), "bad": Sums(n=5, weight=5, loss=5 * bad)},
    )
    assert split is not None
    assert split.rate == pytest.approx(0)
    assert split.difference == pytest.approx(0.4 * (bad - good))
    assert all(effect.mix > 0 for effect in split.effects.values())


def test_a_new_and_a_vanished_part_are_all_mix() -> None:
    split = decompose(
        {"stays": Sums(n=8, weight=8, loss=0.8), "went": Sums(n=2, weight=2, loss=2)},
        {"stays": Sums(n=8, weight=8, loss=0.8), "came": Sums(n=2, weight=2, loss=0.4)},
    )
    assert split is not None
    assert split.rate == 0
    assert split.effects["went"].mix < 0
    assert split.effects["went"].mean_after is None
    assert split.effects["came"].mean_before is None
    assert split.difference == pytest.approx(0.12 - 0.28)
