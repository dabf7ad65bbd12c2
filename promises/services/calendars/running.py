"""The job: open promises are moved to a version of their calendar, step by step.

A step moves some promises and writes down how far it came, in one transaction, as judging anew does
(`services/restating/running.py`). Every move is an event of the same moment, the one at which it
was asked for, so that the figures before and after are of one moment, too.
"""

import logging
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from interactions.away import database_is_away
from interactions.locks import only_one
from promises.domain.calendars import Calendar
from promises.models import Promise, Restatement
from promises.selectors.calendars import calendar_at
from promises.services.calendars.moving import bound, bound_count, looked_at, move_all
from promises.services.restating import kept_figures

logger = logging.getLogger(__name__)

STEP: Final = 500
# Short, so that the worker can count what was told meanwhile; it is called again at once.
BUDGET_SECONDS: Final = 2.0
_LOCK: Final = 7415
_UNFINISHED: Final = (Restatement.State.RUNNING, Restatement.State.CANCELLING)


def moves_are_due() -> bool:
    """Whether open promises are being moved."""
    return _unfinished().exists()


def move_some(*, budget_seconds: float = BUDGET_SECONDS) -> bool:
    """Go on with what is being moved for a while; answer whether something is left for the caller
    to come back for. One process at a time does it, the others go away."""
    until = time.monotonic() + budget_seconds
    with only_one(_LOCK) as mine:
        while mine and time.monotonic() < until:
            if not _step():
                return False
        return mine and moves_are_due()


def _unfinished() -> QuerySet[Restatement]:
    return Restatement.objects.filter(state__in=_UNFINISHED).exclude(calendar="")


def _step() -> bool:
    """Move the next of the oldest unfinished; False where there is none."""
    with transaction.atomic():
        row = _unfinished().select_for_update(skip_locked=True).order_by("pk").first()
        if row is None:
            return False
        if row.total is None:
            row.total = bound_count(row.calendar)
        elif row.state == Restatement.State.RUNNING and (
            promises := bound(row.calendar, row.cursor, STEP)
        ):
            _move(row, promises)
        else:
            _finish(row)
        row.save()
    return True


def _move(row: Restatement, promises: Sequence[Promise]) -> None:
    moved, skipped = _moved_or_skipped(row, promises, calendar_at(row.calendar, row.version))
    row.cursor = promises[-1].pk
    row.done += len(promises)
    row.moved += moved
    row.skipped += skipped


def _finish(row: Restatement) -> None:
    cancelling = row.state == Restatement.State.CANCELLING
    row.state = Restatement.State.CANCELLED if cancelling else Restatement.State.DONE
    row.after = kept_figures("", row.asked_at, is_now=False)
    row.finished_at = timezone.now()


def _moved_or_skipped(
    row: Restatement, promises: Sequence[Promise], calendar: Calendar
) -> tuple[int, int]:
    """How many were moved; those with a poison event are left where they are, and counted (R5)."""
    try:
        with transaction.atomic():
            return _moved(row, promises, calendar, timezone.now()), 0
    except Exception as error:
        if database_is_away(error):
            raise
        if len(promises) == 1:
            logger.warning("Promise %s is left where it is: %r", promises[0].pk, error)
            return 0, 1
        each = [_moved_or_skipped(row, [one], calendar) for one in promises]
        return sum(moved for moved, _ in each), sum(skipped for _, skipped in each)


def _moved(row: Restatement, promises: Sequence[Promise], calendar: Calendar, now: datetime) -> int:
    found = looked_at(promises, calendar, now=row.asked_at)
    move_all(
        found,
        row.version,
        reason=row.reason,
        at=row.asked_at,
        now=now,
        actor_id=row.actor_id,
    )
    return len(found.moves)
