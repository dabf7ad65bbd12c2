"""After recording: stay until every event is counted, and help with it."""

import time

from django.db import connection

from promises.projection import pending_count
from promises.services.counting import count_pending
from promises.services.imports.report import Progress, Reporter

# Where a worker has the drain, this process only watches, and leaves if nothing moves for so long.
PAUSE_SECONDS = 0.2
GIVE_UP_SECONDS = 60.0
MANY_EVENTS = 5_000
_FACTS = ("interactions_event", "interactions_pendingevent")
_MEANING = (
    "promises_promise",
    "promises_openpromise",
    "promises_remainder",
    "promises_cell",
    "promises_celldetail",
    "promises_cellstake",
)


def catch_up(report_progress: Reporter) -> int:
    """Count until nothing is pending.

    Shape: the number left: not 0 only where another process counts, and nothing moves for a minute.
    """
    total = left = pending_count()
    _analyze(total, _FACTS)
    started = moved = time.monotonic()

    def show(_counted: int = 0) -> None:
        seconds = time.monotonic() - started
        report_progress(Progress(True, max(total - pending_count(), 0), total, seconds))

    while left:
        if count_pending(progress=show) == 0:
            time.sleep(PAUSE_SECONDS)
        before, left = left, pending_count()
        total = max(total, left)
        if left < before:
            moved = time.monotonic()
        elif time.monotonic() - moved > GIVE_UP_SECONDS:
            break
        show()
    _analyze(total, _MEANING)
    return left


def analyze_facts(events: int) -> None:
    """Tell the planner about so many new events, where that is worth it."""
    _analyze(events, _FACTS)


def _analyze(events: int, tables: tuple[str, ...]) -> None:
    """Tell the planner about many new rows, which it would learn of minutes later."""
    if events >= MANY_EVENTS:
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(tables)}")
