"""Frozen reports: the figures of a month, kept as they were known when it was over (R4)."""

from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec
from django.db import connection, transaction

from interactions.models import Event
from promises.domain.clock import day_of
from promises.domain.periods import Period, period_of
from promises.models import MonthlyReport
from promises.projection import pending_count
from promises.projection.facts import installation_zone
from promises.scores.months import month_question, month_rows
from promises.scores.question import Question
from promises.scores.rows import company_row

# By itself it waits so long for what is told and not yet counted.
PATIENCE: Final = timedelta(hours=6)
EARLIEST: Final = date(1990, 1, 1)
_LOCK: Final = 7412


class MonthNotOver(ValueError):
    """Only what is over can be frozen."""


class AlreadyFrozen(RuntimeError):
    """A month is frozen once."""


class NothingDue(ValueError):
    """A month in which no promise fell due says nothing."""


def fell_due(first: date, *, now: datetime) -> int:
    """How many promises fell due in a month that may be frozen.

    Raises: MonthNotOver; AlreadyFrozen; NothingDue.
    """
    month, question = _over(first, now)
    if MonthlyReport.objects.filter(month=month.first).exists():
        raise AlreadyFrozen(month.name)
    count = company_row(question).n
    if not count:
        raise NothingDue(month.name)
    return count


def freeze(first: date, *, now: datetime, by: str = "") -> MonthlyReport:
    """Freeze the month that begins on a day, as it is known now.

    Shape: `by` "" is the clock.
    Raises: MonthNotOver for a month that is not over, or before 1990; AlreadyFrozen.
    """
    month, question = _over(first, now)
    with transaction.atomic(), connection.cursor() as cursor:
        # Whoever comes second waits, and finds it there.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if MonthlyReport.objects.filter(month=month.first).exists():
            raise AlreadyFrozen(month.name)
        newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
        return MonthlyReport.objects.create(
            month=month.first,
            as_of=question.as_of,
            zone=installation_zone().key,
            frozen_at=now,
            frozen_by=by,
            pending=pending_count(),
            heard_to=newest or 0,
            figures=_figures(month),
        )


def _over(first: date, now: datetime) -> tuple[Period, Question]:
    """Raises: MonthNotOver."""
    month = period_of(first, "month")
    question = month_question(month)
    if question.as_of > now or month.first < EARLIEST:
        raise MonthNotOver(month.name)
    return month, question


def freeze_if_due(*, now: datetime) -> bool:
    """Freeze the month before, unless somebody has; answer whether it was done.

    A month of which nothing was heard while it ran is left to people: it was imported later, and
    nobody knows how completely.
    """
    today = day_of(now, installation_zone())
    month = period_of(today.replace(day=1) - timedelta(days=1), "month")
    ended_at = month_question(month).as_of
    if MonthlyReport.objects.filter(month=month.first).exists() or not _heard_before(ended_at):
        return False
    if pending_count() and now < ended_at + PATIENCE:
        return False
    try:
        freeze(month.first, now=now)
    except AlreadyFrozen:
        return False
    return True


def _heard_before(moment: datetime) -> bool:
    """Whether the ledger held something by then: the oldest number is what was heard first."""
    first = Event.objects.order_by("pk").values_list("recorded_at", flat=True).first()
    return first is not None and first < moment


def _figures(month: Period) -> dict[str, Any]:
    rows = month_rows(month_question(month))
    return {scope: msgspec.to_builtins(found) for scope, found in rows.items()}
