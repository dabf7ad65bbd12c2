"""The job: promises are projected anew, step by step, until all are judged as they should be.

A step projects some promises and writes down how far it came, in one transaction: a worker that
dies leaves the step undone, and whoever looks next goes on from there. What is projected meanwhile
by others is judged by the same version, because the look-up says so and not the job.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from interactions.away import database_is_away
from promises.cells import fold_deltas
from promises.models import Restatement
from promises.projection import PromiseKey, project
from promises.services.restating.previews import kept_figures

logger = logging.getLogger(__name__)

STEP: Final = 500
# Short, so that the worker can count what was told meanwhile; it is called again at once.
BUDGET_SECONDS: Final = 2.0
_LOCK: Final = 7413
_UNFINISHED: Final = (Restatement.State.RUNNING, Restatement.State.CANCELLING)

_WHICH: Final = "kind = %(kind)s AND made_at < %(until)s AND parameters_version {} %(version)s"
_NEXT: Final = (
    "SELECT id, source_id, reference FROM promises_promise "
    "WHERE id > %(cursor)s AND {} ORDER BY id LIMIT %(limit)s"
)
_COUNT: Final = "SELECT count(*) FROM promises_promise WHERE {}"


def is_due() -> bool:
    """Whether a restatement of a kind is unfinished."""
    return Restatement.objects.filter(state__in=_UNFINISHED).exclude(kind="").exists()


def restate_some(*, budget_seconds: float = BUDGET_SECONDS) -> bool:
    """Go on with unfinished restatements for a while; answer whether something is left for the
    caller to come back for. One process at a time does it, the others go away."""
    until = time.monotonic() + budget_seconds
    with _the_turn() as mine:
        while mine and time.monotonic() < until:
            if not _step():
                fold_deltas(wait=False)
                return False
        if mine:
            fold_deltas(wait=False)
        return mine and is_due()


@contextmanager
def _the_turn() -> Iterator[bool]:
    """A lock of the session: it ends with the process that has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        (mine,) = cursor.fetchone()
    try:
        yield bool(mine)
    finally:
        if mine and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _step() -> bool:
    """Do the next part of the oldest unfinished restatement; False where there is none."""
    with transaction.atomic():
        unfinished = Restatement.objects.select_for_update(skip_locked=True)
        row = unfinished.filter(state__in=_UNFINISHED).exclude(kind="").order_by("pk").first()
        if row is None:
            return False
        if row.total is None:
            row.total = _count(row)
        elif keys := _next(row):
            row.cursor = keys[-1][0]
            row.done += len(keys)
            row.skipped += _project_or_skip([key for _, key in keys])
        else:
            _finish(row)
        row.save()
    return True


def _finish(row: Restatement) -> None:
    if row.state == Restatement.State.CANCELLING:
        row.state = Restatement.State.CANCELLED
    else:
        row.state = Restatement.State.DONE
        row.after = kept_figures(row.kind, row.asked_at, is_now=False)
    row.finished_at = timezone.now()


def _count(row: Restatement) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(_which(row)), _parameters(row))
        (number,) = cursor.fetchone()
    return int(number)


def _next(row: Restatement) -> list[tuple[int, PromiseKey]]:
    with connection.cursor() as cursor:
        cursor.execute(
            _NEXT.format(_which(row)), _parameters(row) | {"cursor": row.cursor, "limit": STEP}
        )
        return [(pk, (source, reference)) for pk, source, reference in cursor.fetchall()]


def _which(row: Restatement) -> str:
    """The promises that are not yet judged as they should be; on the way back those that are."""
    return _WHICH.format("<>" if row.state == Restatement.State.RUNNING else "=")


def _parameters(row: Restatement) -> dict[str, Any]:
    return {"kind": row.kind, "until": row.made_until, "version": row.version}


def _project_or_skip(keys: Sequence[PromiseKey]) -> int:
    """Project the keys; those with a poison event are left as they stand, and counted (R5)."""
    try:
        with transaction.atomic():
            project(keys)
    except Exception as error:
        if database_is_away(error):
            raise
        if len(keys) == 1:
            logger.warning("Promise %s is left as it stands: %r", keys[0], error)
            return 1
        return sum(_project_or_skip([key]) for key in keys)
    return 0
