"""When the clock has to look at an open promise next: the watch's columns of its narrow row."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from promises.domain.thresholds import Warnings, Watched, next_moment
from promises.projection.facts import Gathered, PromiseKey

WATCH_COLUMNS: Mapping[str, str] = {
    "half_at": "timestamptz",
    "three_quarters_at": "timestamptz",
    "watched_from": "timestamptz",
    "next_check": "timestamptz",
}
_JUST_AFTER = timedelta(microseconds=1)

# An event that moves no date leaves the watch alone: how far it came is the watch's own business.
_SAME = (
    "(o.due, o.matures_at, o.half_at, o.three_quarters_at) IS NOT DISTINCT FROM "
    "(excluded.due, excluded.matures_at, excluded.half_at, excluded.three_quarters_at)"
)
WATCH_CHANGES = (
    "half_at = excluded.half_at, three_quarters_at = excluded.three_quarters_at, "
    f"watched_from = CASE WHEN {_SAME} THEN o.watched_from ELSE excluded.watched_from END, "
    f"next_check = CASE WHEN {_SAME} THEN coalesce(o.next_check, excluded.next_check) "
    "ELSE excluded.next_check END"
)


def latest_heard(gathered: Mapping[PromiseKey, Gathered]) -> dict[PromiseKey, datetime]:
    """When the latest event of each promise was recorded; keys without events are left out."""
    return {
        key: max(fact.recorded_at for fact in found.facts)
        for key, found in gathered.items()
        if found.facts
    }


def watch_columns(
    row: Mapping[str, Any], warned: Warnings, heard: datetime
) -> tuple[datetime | None, ...]:
    """The values of WATCH_COLUMNS for a promise whose dates were heard at a moment.

    Shape: thresholds passed by then are no news: the first check lies after it.
    """
    half, three_quarters = warned
    watched = Watched(row["due"], row["matures_at"], half, three_quarters)
    return half, three_quarters, heard, next_moment(watched, heard + _JUST_AFTER)
