"""Rebuilding everything that is computed from the ledger, while the pages stay up."""

import logging
from collections.abc import Callable, Sequence

from django.db import connection
from django.utils import timezone

from interactions.away import database_is_away
from interactions.tallies import COUNT_AT_MOST, count_new, forget_all
from promises.cells import rebuild_cells
from promises.projection import PromiseKey, project
from promises.services.checking import ledger_keys
from promises.services.customer_scores import refresh_all
from promises.services.risk import reckon_anew

logger = logging.getLogger(__name__)

_STRAY_OPEN = """
DELETE FROM promises_openpromise o
WHERE NOT EXISTS (SELECT FROM promises_promise p WHERE p.id = o.promise_id)
"""
# Folding anew takes away only what was fulfilled in part before.
_STRAY_REMAINDERS = """
DELETE FROM promises_remainder r
WHERE NOT EXISTS (SELECT FROM promises_promise p WHERE p.id = r.promise_id
                  AND p.state = 'partial' AND p.stopped_at IS NULL)
"""


def rebuild_scores(*, progress: Callable[[int], None] | None = None) -> int:
    """Fold every promise anew, then the cells, the customer rows, what advice and risks are told
    by, the counts of the sources; answer how many promises.

    It may be stopped and started again at any point: every step puts right what it finds.
    """
    rebuilt = 0
    for keys in ledger_keys():
        rebuilt += _project_or_skip(keys)
        if progress:
            progress(rebuilt)
    with connection.cursor() as cursor:
        cursor.execute(_STRAY_OPEN)
        cursor.execute(_STRAY_REMAINDERS)
    rebuild_cells()
    with connection.cursor() as cursor:
        # Rows of customers who have no promises any more would never be refreshed.
        cursor.execute("DELETE FROM promises_customermark")
    refresh_all(now=timezone.now())
    reckon_anew(now=timezone.now())
    forget_all()
    while count_new() == COUNT_AT_MOST:
        pass
    return rebuilt


def _project_or_skip(keys: Sequence[PromiseKey]) -> int:
    """Project the keys; those with a poison event are left as they stand (R5)."""
    try:
        return project(keys)
    except Exception as error:
        if database_is_away(error):
            raise
        if len(keys) == 1:
            logger.warning("Promise %s is left as it stands: %r", keys[0], error)
            return 0
        return sum(_project_or_skip([key]) for key in keys)
