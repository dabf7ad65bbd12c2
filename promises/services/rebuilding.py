"""Rebuilding everything that is computed from the ledger, while the pages stay up."""

from collections.abc import Callable

from django.db import connection
from django.utils import timezone

from promises.cells import rebuild_cells
from promises.projection import project
from promises.services.checking import ledger_keys
from promises.services.customer_scores import refresh_all


def rebuild_scores(*, progress: Callable[[int], None] | None = None) -> int:
    """Fold every promise anew, then the cells, then the customer rows; answer how many promises.

    It may be stopped and started again at any point: every step puts right what it finds.
    """
    rebuilt = 0
    for keys in ledger_keys():
        rebuilt += project(keys)
        if progress:
            progress(rebuilt)
    rebuild_cells()
    with connection.cursor() as cursor:
        # Rows of customers who have no promises any more would never be refreshed.
        cursor.execute("DELETE FROM promises_customermark")
    refresh_all(now=timezone.now())
    return rebuilt
