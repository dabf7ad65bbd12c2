"""Score rows for tests that only read them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from promises.scores import ScoreRow

_ROW = ScoreRow(
    id="fulfilment",
    name="fulfilment",
    n=20,
    kept=15,
    late=3,
    partial=0,
    failed=0,
    open_overdue=2,
    withdrawn=0,
    not_yet_due=0,
    kept_early=0,
    kept_rate=0.75,
    kept_low=0.53,
    kept_high=0.89,
    gap_score=12.0,
    gap_low=4.0,
    gap_high=31.0,
    gap_raw=12.5,
    parent_mean=11.0,
    shrink_strength=5.0,
    shrink_version=1,
    rank_from=None,
    rank_to=None,
    n_eff=20.0,
    enough=True,
    lateness_median_hours=-5.0,
    lateness_p90_hours=30.0,
    lateness_over_hours=None,
    lateness_within_1d=None,
    lateness_within_3d=None,
    lateness_within_7d=None,
    slips=0,
    as_of=datetime(2026, 3, 31, 12, tzinfo=UTC),
)


def score_row(**changes: Any) -> ScoreRow:
    """A row with some of its figures changed."""
    return replace(_ROW, **changes)
