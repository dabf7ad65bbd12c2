"""Counting what is pending: events into promises, deltas into cells, marks into customer rows.

The task, the import and the tests all call this one loop.
"""

import time
from collections.abc import Callable
from datetime import datetime

from django.db import connection
from django.utils import timezone

from interactions.installation import installation_zone
from interactions.todo import nothing_pending
from promises.cells import begin_day, fold_deltas, let_ages_grow
from promises.domain.clock import day_of
from promises.projection import FULL_BATCH, drain
from promises.services.customer_scores import refresh_marked

# A task may run 45 s; the loop leaves itself room to finish the batch in hand.
BUDGET_SECONDS = 25.0
# Figures read cells and deltas together, so that folding can wait: many deltas of one cell cost no
# more than one.
FOLD_SECONDS = 5.0


def count_pending(
    *, budget_seconds: float = BUDGET_SECONDS, progress: Callable[[int], None] | None = None
) -> int:
    """Work until nothing is pending or the time is up; answer how many events were taken up.

    Shape: `progress` is told the number so far after every batch.
    """
    folded_at = time.monotonic()
    until = folded_at + budget_seconds
    counted = 0
    while time.monotonic() < until:
        taken = drain()
        counted += taken
        if progress and taken:
            progress(counted)
        if taken and time.monotonic() - folded_at < FOLD_SECONDS:
            continue
        folded, folded_at = fold_deltas(wait=False), time.monotonic()
        if not taken and not folded and not _refreshed():
            break
    return counted


def count_told(*, budget_seconds: float = BUDGET_SECONDS) -> int:
    """Work off what a wake-up told of; answer how many events were taken up.

    It goes on as long as batches come full. What is recorded meanwhile is told of by itself, and
    taken up with its neighbours: a batch for each request would cost many times as much. In the
    same way cells and customer rows are brought in step every few seconds while there is much to
    do, and at once where there was nothing.
    """
    until = time.monotonic() + budget_seconds
    counted = taken = drain()
    while taken >= FULL_BATCH and time.monotonic() < until:
        _fold_in_time()
        taken = drain()
        counted += taken
    if _fold_in_time():
        _refreshed()
    return counted


_folded: dict[str, float] = {}


def _fold_in_time() -> bool:
    """Fold unless this process did within the last seconds; whether it did."""
    database, now = str(connection.settings_dict["NAME"]), time.monotonic()
    if now - _folded.get(database, -FOLD_SECONDS) < FOLD_SECONDS:
        return False
    fold_deltas(wait=False)
    _folded[database] = time.monotonic()
    return True


def _refreshed() -> bool:
    """Customer rows only order lists: they come when nobody waits for figures."""
    return nothing_pending() and refresh_marked(now=timezone.now(), wait=False) > 0


def keep_today(*, now: datetime) -> bool:
    """Let the stretches of days end with yesterday, and the ages in them be those of now or of a
    few minutes ago; whether the days were behind."""
    began = begin_day(day_of(now, installation_zone()))
    let_ages_grow(now)
    return began
