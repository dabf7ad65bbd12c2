"""Lateness of groups by Kaplan-Meier (R13): histograms for teams and company, exact times for
customers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from interactions.known_parties import all_of
from interactions.models import Team
from promises.cells.histograms import KINDS_LATENESS, LATENESS, TEAMS_LATENESS, Histograms
from promises.domain.clock import day_of
from promises.domain.loss import loss_terms
from promises.domain.survival import (
    LAST_BUCKET,
    Lateness,
    bucket_of,
    from_buckets,
    from_times,
)
from promises.models.kinds import Kind
from promises.projection.facts import ParametersOf, kind_parameters
from promises.projection.parties import party_reference
from promises.scores.ageing import ageing_of
from promises.scores.histogram import Histogram
from promises.scores.lateness_now import histograms_now
from promises.scores.lateness_sql import AGE, AGE_BUCKET, AGEING, DAYS, LATE, NOW, THEN, TIMES
from promises.scores.past import FoldedPromise, folded_promises, in_window
from promises.scores.question import WINDOWS, Question, Scope
from promises.scores.reading import is_reading, keep, kept, once
from promises.scores.relations import TOLD_THEN, Parameters, whose

_SECOND = timedelta(seconds=1)
# customer, state, d0, settled, stopped
CustomerTime = tuple[str, str, datetime, datetime | None, datetime | None]

# Windows that end today and have stretches of their own.
_STRETCHES = {
    window: LATENESS.all_days if days is None else LATENESS.lengths.index(days - 1)
    for window, days in WINDOWS.items()
    if days is None or days - 1 in LATENESS.lengths
}


def lateness_by(question: Question, scope: Scope) -> Mapping[str, Lateness | None]:
    """Lateness of the company ('') or of each team, from histograms.

    Shape: empty for a question of the fine grain, which keeps none.
    Raises: ValueError for another scope.
    """
    if scope not in (Scope.COMPANY, Scope.TEAM):
        raise ValueError(f"no histograms by {scope}")
    if question.is_fine:
        return {}
    by_team = kept(_place(question))
    if by_team is None and scope is Scope.TEAM:
        by_team = once(_place(question), lambda: _by_group(question, scope))
    if by_team is None:
        found = once(("of company", question), lambda: _by_group(question, scope))
    else:
        found = by_team if scope is Scope.TEAM else _together(by_team.values())
    return {group: from_buckets(h.settled, h.censored) for group, h in found.items()}


def read_kinds_together(question: Question) -> None:
    """Read the histograms of all kinds at once.

    Shape: nothing is given back: within `one_reading`, `lateness_by` then has the answers to this
    question, and to the same question about each kind.
    """
    if question.kind or question.is_fine or not is_reading():
        return
    by_kind: dict[str, dict[str, Histogram]] = {kind: {} for kind in ("", *Kind.values)}
    for (team, kind), histogram in _histograms(question, Scope.TEAM, by_kind=True).items():
        by_kind[kind][team] = histogram
        by_kind[""].setdefault(team, Histogram()).add(histogram)
    for kind, by_team in by_kind.items():
        keep(_place(replace(question, kind=kind)), by_team)


def _place(question: Question) -> tuple[str, Question]:
    return ("histograms", question)


def _by_group(question: Question, scope: Scope) -> dict[str, Histogram]:
    return {group: found for (group, _), found in _histograms(question, scope).items()}


def _together(parts: Iterable[Histogram]) -> dict[str, Histogram]:
    """The company: all its teams."""
    whole = Histogram()
    for part in parts:
        whole.add(part)
    return {"": whole} if whole.settled or whole.censored else {}


def _histograms(
    question: Question, scope: Scope, *, by_kind: bool = False
) -> dict[tuple[str, str], Histogram]:
    """By group and kind; kind is '' for all of them together."""
    names: dict[int | None, str] = {team.pk: team.reference for team in all_of(Team)}
    whole = _whole(question, scope, by_kind=by_kind)
    if whole is not None:
        return {(names.get(team, ""), kind): found for (team, kind), found in whole.items()}
    histograms: dict[tuple[str, str], Histogram] = defaultdict(Histogram)
    for team, kind, bucket, settled, censored in _rows(question, scope, by_kind=by_kind):
        histogram = histograms[names.get(team, ""), kind]
        histogram.settled[bucket] += settled
        histogram.censored[bucket] += censored
    if not question.is_now:
        parameters = kind_parameters()
        for promise in folded_promises(question):
            kind = promise.state.kind if by_kind else ""
            _add_folded(question, scope, kind, promise, parameters, histograms)
    return histograms


def _whole(
    question: Question, scope: Scope, *, by_kind: bool
) -> dict[tuple[int | None, str], Histogram] | None:
    """Where the window is one of now that stretches hold, and their base is today."""
    stretch = _STRETCHES.get(question.window) if question.since is None else None
    if stretch is None or not question.is_now:
        return None
    held = _stretches_for(question, scope, by_kind=by_kind)
    return histograms_now(question, held, stretch, by_team=scope is Scope.TEAM, by_kind=by_kind)


def lateness_of_customers(question: Question) -> Mapping[str, Lateness | None]:
    """Lateness of each customer of the question, from exact times."""
    times: dict[str, tuple[list[float], list[float], list[None]]] = defaultdict(
        lambda: ([], [], [])
    )
    for group, state, first_due, settled_at, stopped_at in _customer_times(question):
        settled, censored, never = times[group]
        if settled_at is not None and settled_at <= question.as_of and state == "failed":
            never.append(None)
        elif settled_at is not None and settled_at <= question.as_of:
            settled.append((settled_at - first_due) / _SECOND)
        else:
            until = min(question.as_of, stopped_at) if stopped_at else question.as_of
            censored.append((until - first_due) / _SECOND)
    return {group: from_times(s, c, len(n)) for group, (s, c, n) in times.items()}


def _rows(
    question: Question, scope: Scope, *, by_kind: bool
) -> list[tuple[int | None, str, int, int, int]]:
    conditions = whose(question)
    parameters: Parameters = {
        **conditions.parameters,
        "as_of": question.as_of,
        "today": question.today,
        "today_starts_at": question.today_starts_at,
        "first_day": question.first_day,
        "starts_at": question.starts_at,
        "last_day": question.last_day,
        "ends_at": question.ends_at,
    }
    ended = question.ends_at is not None
    bounded = question.first_day is not None
    by = [*["team_id"][: scope is Scope.TEAM], *["kind"][:by_kind]]
    clauses = {
        # Teams by their numbers: joined here, they would tempt the planner to look up each.
        "team": "team_id" if scope is Scope.TEAM else "NULL::bigint",
        "kind": "kind" if by_kind else "''::text",
        "groups": ", ".join(["bucket", *by]),
        "where": conditions.sql,
        "age_bucket": AGE_BUCKET,
        "age": AGE,
        "told_then": TOLD_THEN,
        "last_bucket": str(LAST_BUCKET),
        "since_day": "AND day >= %(first_day)s" if bounded else "",
        "since_moment": "AND matures_at >= %(starts_at)s" if bounded else "",
        "until_day": "AND day <= %(last_day)s" if ended else "",
        "until_moment": "AND matures_at < %(ends_at)s" if ended else "",
    }
    clauses["late"] = LATE.format(**clauses)
    ageing = ageing_of(question)
    clauses["home"], homes = ageing.home_sql()
    clauses["open_cells"] = _open_cells(question, scope)
    clauses["slice_groups"] = f"GROUP BY {', '.join(by)}" if by else ""
    # What was of the day then is told one by one.
    clauses["aged_to"] = "%(as_of)s" if question.is_now else "%(today_starts_at)s"
    clauses["ageing"] = AGEING.format(**clauses)
    parameters |= homes | ageing.parameters()
    clauses["days"] = _days(question, clauses, _stretches_for(question, scope, by_kind=by_kind))
    with connection.cursor() as cursor:
        cursor.execute((NOW if question.is_now else THEN).format(**clauses), parameters)
        return list(cursor.fetchall())


def _open_cells(question: Question, scope: Scope) -> str:
    """The smallest table of cells that knows how many are open: of all teams together it has a
    tenth of the rows."""
    by_team = scope is Scope.TEAM or question.team_ids is not None
    return "promises_cell" if by_team else "promises_cellsegment"


def _stretches_for(question: Question, scope: Scope, *, by_kind: bool) -> Histograms:
    """Those that tell what is asked for in the fewest rows."""
    if scope is Scope.COMPANY and question.team_ids is None:
        return KINDS_LATENESS
    return LATENESS if by_kind or question.kind else TEAMS_LATENESS


def _days(question: Question, clauses: Mapping[str, str], stretches: Histograms) -> str:
    """SELECT of the days before today: as stretches of them, where these are fewer rows."""
    stretch = _STRETCHES.get(question.window) if question.since is None else None
    if stretch is not None and (stretch == LATENESS.all_days or question.is_now):
        return _in_full(stretches, stretches.window_sql(clauses["where"], stretch))
    first, last = question.first_day, question.last_day or question.today - timedelta(days=1)
    base = day_of(timezone.now(), question.zone)
    held = LATENESS.nearest((base - last).days, (base - first).days) if first else None
    if held is None or first is None or first > last:
        return DAYS.format(**clauses)
    ends = "%(last_day)s::date" if question.last_day else "%(today)s::date - 1"
    span = stretches.span_sql(clauses["where"], held, "%(first_day)s::date", ends)
    return _in_full(stretches, span)


def _in_full(stretches: Histograms, held: str) -> str:
    """The same with the keys that these stretches do not know."""
    team = "team_id" if "team_id" in stretches.key else "NULL::bigint"
    kind = "kind" if "kind" in stretches.key else "NULL::text"
    return (
        f"SELECT {team} AS team_id, {kind} AS kind, bucket, settled, censored "  # noqa: S608 (our own names)
        f"FROM ({held}) AS held"
    )


def _customer_times(question: Question) -> list[CustomerTime]:
    conditions = whose(question, customers=True)
    parameters: Parameters = {
        **conditions.parameters,
        "as_of": question.as_of,
        "starts_at": question.starts_at,
        "ends_at": question.ends_at,
    }
    sql = TIMES.format(
        customers="true" if question.customer_ids is None else "id = ANY(%(customer_ids)s)",
        where=" AND ".join(f"p.{condition}" for condition in conditions.parts) or "true",
        eventful="" if question.is_now else "AND (NOT p.eventful OR p.last_event_at <= %(as_of)s)",
        since_moment="AND p.matures_at >= %(starts_at)s" if question.starts_at else "",
        until_moment="AND p.matures_at < %(ends_at)s" if question.ends_at else "",
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = list(cursor.fetchall())
    if not question.is_now:
        rows.extend(_folded_times(question))
    return rows


def _folded_times(question: Question) -> list[CustomerTime]:
    return [
        (
            party_reference(p.state.customer_id),
            p.state.state,
            p.state.first_due,
            p.state.settled_at,
            p.state.stopped_at,
        )
        for p in folded_promises(question)
        if _counts(question, p)
    ]


def _counts(question: Question, promise: FoldedPromise) -> bool:
    matures_at = promise.state.matures_at
    return (
        matures_at is not None
        and matures_at < question.as_of
        and in_window(question, promise.state)
        and promise.state.state != "withdrawn"
    )


def _add_folded(
    question: Question,
    scope: Scope,
    kind: str,
    promise: FoldedPromise,
    parameters: ParametersOf,
    into: dict[tuple[str, str], Histogram],
) -> None:
    if not _counts(question, promise):
        return
    state = promise.state
    terms = loss_terms(state, parameters(state.kind, state.made_at), question.as_of)
    histogram = into["" if scope is Scope.COMPANY else party_reference(state.team), kind]
    if terms.lateness_seconds is None:
        histogram.censored[LAST_BUCKET + 1] += 1
    elif state.state == "open":
        histogram.censored[bucket_of(terms.lateness_seconds)] += 1
    else:
        histogram.settled[bucket_of(terms.lateness_seconds)] += 1
