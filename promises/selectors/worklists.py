"""Lists of promises: overdue, due today, recently matured."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value

from interactions.selectors import Viewer
from promises.models import Promise
from promises.scores import Question, folded_open_counts, overdue_counts
from promises.selectors.pages import Asked
from promises.selectors.visibility import visible_awaited, visible_open, visible_promises

PARTIES = ("customer", "team")


def rows_at(promises: QuerySet[Promise], asked: Asked) -> QuerySet[Promise]:
    """Promises that existed at as_of and whose row tells how they stood then (R4).

    Promises rescheduled, paused, reopened, withdrawn or corrected since are left out of lists of
    the past; they are in every figure.
    """
    if asked.is_now:
        return promises
    return promises.filter(made_at__lte=asked.as_of).filter(
        Q(eventful=False) | Q(last_event_at__lte=asked.as_of)
    )


def overdue_promises(viewer: Viewer, asked: Asked) -> QuerySet[Promise]:
    """Open promises past their maturity, longest overdue first."""
    if asked.is_now:
        promises = _awaited(viewer, asked).filter(openpromise__matures_at__lt=asked.as_of)
        order = "openpromise__matures_at"
    else:
        promises = rows_at(visible_promises(viewer), asked).filter(
            Q(settled_at__gt=asked.as_of, eventful=False)
            | Q(state="open", stopped_at__isnull=True),
            matures_at__lt=asked.as_of,
        )
        promises, order = asked_for(promises, asked), "matures_at"
    return promises.select_related(*PARTIES).order_by(order, "pk")


def awaited_promises(viewer: Viewer, asked: Asked, *, before: datetime | None) -> QuerySet[Promise]:
    """Open promises that have not matured now; where `before` is None also those that a pause
    holds back."""
    within = Q(openpromise__matures_at__gte=asked.as_of)
    if before is None:
        within |= Q(openpromise__matures_at__isnull=True)
    else:
        within &= Q(openpromise__matures_at__lt=before)
    return _awaited(viewer, asked).filter(within)


def _awaited(viewer: Viewer, asked: Asked) -> QuerySet[Promise]:
    """Open promises of what is asked for; team and kind in the words of the small table, whose
    indexes begin with them: the planner is not left to go through all promises of one."""
    promises, filters = visible_awaited(viewer), asked.filters
    if filters.team_id is not None:
        promises = promises.filter(openpromise__team_id=filters.team_id)
    if asked.kind:
        promises = promises.filter(openpromise__kind=asked.kind)
    return asked_for(promises, replace(asked, kind="", filters=replace(filters, team_id=None)))


@dataclass(frozen=True, slots=True)
class OpenCounts:
    """How many open promises are overdue, and how many mature in the rest of the day of as_of."""

    overdue: int
    due_today: int


def open_counts(
    viewer: Viewer, asked: Asked, question: Question, *, as_listed: bool = False
) -> OpenCounts:
    """Both counts, from one look. Shape: `as_listed` as in `overdue_counts`."""
    if not question.is_fine:
        return OpenCounts(*overdue_counts(question, as_listed=as_listed))
    if not asked.is_now:
        told = _open_counts_then(viewer, asked, question)
        overdue, today = (0, 0) if as_listed else folded_open_counts(question)
        return OpenCounts(told.overdue + overdue, told.due_today + today)
    promises = _awaited(viewer, asked).filter(openpromise__matures_at__lt=question.today_ends_at)
    return _counted(promises, asked.as_of)


def _open_counts_then(viewer: Viewer, asked: Asked, question: Question) -> OpenCounts:
    """The same at a past moment, of what rows tell: of those open still, and of those that
    something happened to since, as they stood then."""
    promises = asked_for(rows_at(visible_promises(viewer), asked), asked)
    touched = Promise.objects.filter(pk=OuterRef("promise_id"), late_event_at__gt=asked.as_of)
    open_since = visible_open(viewer).filter(matures_at__lt=asked.as_of)
    if asked.kind:
        open_since = open_since.filter(kind=asked.kind)
    open_since = open_since.filter(promise__in=asked_for(Promise.objects.all(), asked))
    settled_since = Q(settled_at__gt=asked.as_of, eventful=False)
    open_then = settled_since | Q(state="open", stopped_at__isnull=True)
    overdue_since = promises.filter(
        open_then, late_event_at__gt=asked.as_of, matures_at__lt=asked.as_of
    )
    due_today = promises.filter(
        settled_since | Q(state="open"),
        matures_at__gte=asked.as_of,
        matures_at__lt=question.today_ends_at,
    )
    untouched = open_since.filter(~Exists(touched))
    still, since, today = _each_counted(untouched, overdue_since, due_today)
    return OpenCounts(still + since, today)


def _each_counted(*rows: QuerySet[Any]) -> tuple[int, ...]:
    """How many rows each of some queries has, in one statement."""
    counts, parameters = [], list[Any]()
    for query in rows:
        try:
            sql, values = query.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:  # whoever may see nothing
            counts.append("0")
            continue
        counts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608 (from the ORM)
        parameters += values
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counts)}", parameters)
        return tuple(cursor.fetchone())


def _counted(promises: QuerySet[Promise], as_of: datetime) -> OpenCounts:
    return OpenCounts(
        **promises.aggregate(
            overdue=Count(Value(1), filter=Q(openpromise__matures_at__lt=as_of)),
            due_today=Count(Value(1), filter=Q(openpromise__matures_at__gte=as_of)),
        )
    )


def matured_promises(
    promises: QuerySet[Promise], asked: Asked, question: Question
) -> QuerySet[Promise]:
    """Promises that matured in the window, latest first."""
    matured = rows_at(promises, asked).filter(matures_at__lt=asked.as_of).exclude(state="withdrawn")
    if question.starts_at is not None:
        matured = matured.filter(matures_at__gte=question.starts_at)
    return asked_for(matured, asked).select_related(*PARTIES).order_by("-matures_at", "-pk")


def missed_promises(
    promises: QuerySet[Promise], asked: Asked, question: Question
) -> QuerySet[Promise]:
    """Promises of the window that were not kept, as of then; latest first."""
    not_kept = ~Q(state="kept") | Q(settled_at__gt=F("matures_at"))
    if not asked.is_now:
        not_kept |= Q(settled_at__gt=asked.as_of)
    return matured_promises(promises, asked, question).filter(not_kept)


def open_promises(promises: QuerySet[Promise], asked: Asked) -> QuerySet[Promise]:
    """Open promises, the nearest due first."""
    if asked.is_now:
        still_open = promises.filter(openpromise__isnull=False)
    else:
        still_open = rows_at(promises, asked).filter(
            Q(settled_at__gt=asked.as_of, eventful=False) | Q(state="open", stopped_at__isnull=True)
        )
    return asked_for(still_open, asked).select_related(*PARTIES).order_by("due", "pk")


def asked_for(promises: QuerySet[Promise], asked: Asked) -> QuerySet[Promise]:
    """Those of the kind and with all that the filters ask for."""
    filters = asked.filters
    wanted = {
        "kind": asked.kind or None,
        "team_id": filters.team_id,
        "touchpoint_id": filters.touchpoint_id,
        "segment": filters.segment,
        "explicit": filters.explicit,
    }
    return promises.filter(**{name: value for name, value in wanted.items() if value is not None})
