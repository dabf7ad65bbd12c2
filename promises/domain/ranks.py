"""Places in a ranking that say how sure they are: overlapping intervals share theirs (R11)."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple


class Places(NamedTuple):
    """The best and the last place that an interval leaves open. Shape: 1 is the highest value."""

    first: int
    last: int


def rank_ranges(intervals: Sequence[tuple[float, float] | None]) -> list[Places | None]:
    """The places of intervals (low, high), highest values first; None stays unranked.

    Shape: one stands before another for certain only where their intervals do not touch. first is
    one more than those certainly before it, last leaves out those certainly after it.
    """
    ranked = [interval for interval in intervals if interval is not None]
    lows, highs = sorted(low for low, _ in ranked), sorted(high for _, high in ranked)
    return [
        None
        if interval is None
        else Places(
            first=len(lows) - bisect_right(lows, interval[1]) + 1,
            last=len(highs) - bisect_left(highs, interval[0]),
        )
        for interval in intervals
    ]
