"""Counting what is pending: events into promises, deltas into cells, marks into customer rows.

The task, the import and the tests all call this one loop.
"""

import time
from collections.abc import Callable

from django.utils import timezone

from interactions.models import PendingEvent
from promises.cells import fold_deltas
from promises.projection import drain
from promises.services.customer_scores import refresh_marked

# A task may run 45 s; the loop leaves itself room to finish the batch in hand.
BUDGET_SECONDS = 25.0
# Figures read cells and deltas together, so that folding can wait: many deltas of one cell cost no
# more than one.
FOLD_SECONDS = 2.0


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


def _refreshed() -> bool:
    """Customer rows only order lists: they come when nobody waits for figures."""
    return nothing_pending() and refresh_marked(now=timezone.now(), wait=False) > 0


def nothing_pending() -> bool:
    """Whether every event is counted, waiting or set aside."""
    return not PendingEvent.objects.filter(state=PendingEvent.State.PENDING).exists()
