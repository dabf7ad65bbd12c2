"""Places that overlap where intervals do: against counting pair by pair."""

from hypothesis import given
from hypothesis import strategies as st

from promises.domain.ranks import Places, rank_ranges

bounds = st.integers(0, 20).map(float) | st.floats(0, 100)
intervals = st.tuples(bounds, bounds).map(lambda pair: (min(pair), max(pair)))


@given(st.lists(intervals | st.none(), max_size=30))
def test_it_agrees_with_counting_pairs(given_intervals: list[tuple[float, float] | None]) -> None:
    found = rank_ranges(given_intervals)
    ranked = [one for one in given_intervals if one is not None]
    for interval, places in zip(given_intervals, found, strict=True):
        if interval is None:
            assert places is None
            continue
        before = sum(other[0] > interval[1] for other in ranked)
        after = sum(other[1] < interval[0] for other in ranked)
        assert places == Places(before + 1, len(ranked) - after)
        assert 1 <= places.first <= places.last <= len(ranked)


def test_intervals_that_overlap_share_their_places() -> None:
    assert rank_ranges([(40, 60), (20, 45), (15, 30), None, (0, 5)]) == [
        (1, 2), (1, 3), (2, 3), None, (4, 4),
    ]  # fmt: skip


def test_intervals_that_touch_are_not_told_apart() -> None:
    assert rank_ranges([(5, 10), (10, 20)]) == [(1, 2), (1, 2)]
    assert rank_ranges([]) == []
