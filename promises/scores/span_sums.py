"""Sums of several spans of days at once, grouped by dimensions of the cells (R12).

A page compares windows: this one, the one before, a year ago. Each grouping is read from the grain
that knows its dimensions, for all spans in one statement; promises of today are added one by one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.db import connection

from interactions.arrays import plain_array, text_array
from interactions.known_parties import all_of
from interactions.models import Team, Touchpoint
from interactions.models.party import Party
from promises.domain.loss import NANO
from promises.domain.score import Sums
from promises.models.cell import SUM_COLUMNS
from promises.models.filing import VALUE_SQL
from promises.models.kinds import Kind
from promises.projection.parties import party_reference
from promises.scores import stretched
from promises.scores.factors import day_arrays, factor_sql
from promises.scores.past import folded_sums
from promises.scores.question import Question, Scope
from promises.scores.reading import keep, kept, once
from promises.scores.relations import (
    TOLD_THEN,
    Conditions,
    cell_days,
    since_sql,
    then_sql,
    whose,
)
from promises.scores.span_grains import DIMENSIONS, GRAINS, Grouping, by_grouping, grain_of
from promises.scores.spans import YEAR, Span

_NO_SUMS = Sums()
# span -> values of the grouping's dimensions, as text -> sums
SpanSums = dict[str, dict[tuple[str, ...], Sums]]

_KEYS = ("kind", "parameters_version", "day")
_PROMISE_COLUMNS = {"standard": "coalesce(standard, '')"}
_COUNTS = ("n", "kept", "late", "partial", "failed", "open", "withdrawn", "slips")

_SPANS = """
WITH spans(span, first_day, last_day) AS (
    SELECT * FROM unnest(%(spans)s::text[], %(first_days)s::date[], %(last_days)s::date[])
)
"""

_ADD = """
WITH rows AS ({rows})
SELECT span, grouping({columns}), {texts}, {counts},
       coalesce(sum(weight), 0)::float8, coalesce(sum(weight_squared), 0)::float8,
       coalesce(sum(loss + open_weight), 0)::float8
           - coalesce(sum(left_over), 0)::float8,
       coalesce(sum(left_over), 0)::float8
FROM (SELECT *, CASE WHEN open_residual <> 0 THEN open_residual * {factor} END AS left_over
      FROM rows) AS rows
GROUP BY GROUPING SETS ({sets})
"""


def span_sums(
    question: Question, spans: Sequence[Span], groupings: Sequence[Grouping]
) -> dict[Grouping, SpanSums]:
    """The sums of each span, by each of the groupings; () is all of it.

    Shape: keys hold the values of the dimensions as text: ids of teams and touchpoints as senders
    use them, 'true' or 'false' for explicit, '' for no standard, stakes as '0.5', '1', '2', '4'.
    The question's own window does not matter, its moment, kind and teams do.
    Raises: ValueError for dimensions that no one grain knows together.
    """
    # Stretches are read where they spare the cells of teams, or all of the cells: of a year ago
    # they know nothing, and what cells of all teams together tell is read for it as quickly.
    all_held = all(span.name != YEAR for span in spans)
    held = {
        (one, span): _kept(question, span, one, stretches=all_held or "team" in one)
        for one in groupings
        for span in spans
    }
    unread = [one for one in groupings if any(held[one, span] is None for span in spans)]
    missing = [span for span in spans if any(held[one, span] is None for one in unread)]
    found: dict[Grouping, SpanSums] = {
        grouping: {span.name: {} for span in missing} for grouping in unread
    }
    by_grain: dict[str, list[Grouping]] = {}
    for grouping in found:
        by_grain.setdefault(grain_of(question, grouping), []).append(grouping)
    for grain, asked in by_grain.items():
        _read(question, missing, grain, asked, found)
    if found and not question.is_now:
        _add_folded(question, missing, found)
    for grouping, sums in found.items():
        for span in missing:
            keep(_place(question, span, grouping), sums[span.name])
    return {
        one: {
            span.name: found[one][span.name]
            if one in found and span in missing
            else held[one, span] or {}
            for span in spans
        }
        for one in groupings
    }


def _kept(
    question: Question, span: Span, grouping: Grouping, *, stretches: bool
) -> dict[tuple[str, ...], Sums] | None:
    """What the same reading has read of a span already; None where it has not."""
    found: dict[tuple[str, ...], Sums] | None = kept(_place(question, span, grouping))
    if found is None and not set(grouping) - {"team", "kind"}:
        found = _of_window(question, span, grouping)
        if found is None and stretches:
            return _of_stretches(question, span, grouping)
    return found


def _of_window(
    question: Question, span: Span, grouping: Grouping
) -> dict[tuple[str, ...], Sums] | None:
    """The sums of teams and kinds where the span is the question's own window and the page has
    read that."""
    if not _is_window(question, span):
        return None
    kinds = [question.kind] if question.kind else Kind.values
    parts = {kind: kept((replace(question, kind=kind), Scope.TEAM)) for kind in kinds}
    if question.last_day is not None or any(part is None for part in parts.values()):
        return None
    told = (
        ({"kind": kind, "team": team}, tally.sums)
        for kind, by_team in parts.items()
        for team, tally in by_team.items()
    )
    return by_grouping(grouping, told)


def _is_window(question: Question, span: Span) -> bool:
    return (span.first_day, span.last_day) == (question.first_day, question.today)


def _of_stretches(
    question: Question, span: Span, grouping: Grouping
) -> dict[tuple[str, ...], Sums] | None:
    """The same where the span is that window or the period before, and stretches of days hold
    it."""
    read = stretched.now if _is_window(question, span) else partial(stretched.before, span=span)
    pairs = once(("stretches", question, span), lambda: read(question))
    if pairs is None:
        return None
    teams = {team.pk: team.reference for team in all_of(Team)}
    told = (({"kind": kind, "team": teams[team]}, sums) for (team, kind), sums in pairs.items())
    return by_grouping(grouping, told)


def _add_to(into: dict[tuple[str, ...], Sums], key: tuple[str, ...], sums: Sums) -> None:
    if sums != _NO_SUMS:
        into[key] = into.get(key, _NO_SUMS) + sums


def _place(question: Question, span: Span, grouping: Grouping) -> tuple[object, ...]:
    return ("sums", question, span, grouping)


def _read(
    question: Question,
    spans: Sequence[Span],
    grain: str,
    groupings: list[Grouping],
    found: dict[Grouping, SpanSums],
) -> None:
    # All of it is added up from parts: the server need not go through the rows for that.
    read = [one for one in groupings if one] or [("kind",)]
    dimensions = sorted({name for grouping in read for name in grouping})
    columns = [DIMENSIONS[name] for name in dimensions]
    rows, parameters = _cells_and_promises(question, grain, columns)
    sets = ", ".join(
        "(" + ", ".join(["span", *(DIMENSIONS[name] for name in grouping)]) + ")"
        for grouping in read
    )
    factor, factors = factor_sql(question, first=min(span.first_day for span in spans))
    statement = _ADD.format(
        rows=rows,
        columns=", ".join(columns),
        texts=", ".join(f"{column}::text" for column in columns),
        counts=", ".join(f"coalesce(sum({name}), 0)::bigint" for name in _COUNTS),
        sets=sets,
        factor=factor,
    )
    places = {_bits(dimensions, grouping): grouping for grouping in read}
    names = _names(dimensions)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**parameters, **factors, **_common(question, spans)})
        for span, bits, *values in cursor.fetchall():
            grouping = places[bits]
            told = dict(zip(dimensions, values, strict=False))
            key = tuple(names.get(name, {}).get(told[name], told[name]) for name in grouping)
            sums = _sums(values[len(dimensions) :])
            if grouping in groupings:
                _add_to(found[grouping][span], key, sums)
            if grouping == read[0] and () in groupings:
                _add_to(found[()][span], (), sums)


def _cells_and_promises(
    question: Question, table: str, columns: Sequence[str]
) -> tuple[str, dict[str, Any]]:
    """Cells and deltas of days before today, and today's matured promises one by one; at a past
    as_of also what had been filed otherwise then."""
    conditions = whose(question).add(cell_days(question), today=question.today)
    deltas = " AND stake IS NOT NULL" if "stake" in GRAINS[table] else ""
    keys = ", ".join(dict.fromkeys((*columns, *_KEYS)))
    sums = ", ".join(SUM_COLUMNS)
    parts = [
        f"SELECT span, {keys}, {sums} FROM spans JOIN {name} "  # noqa: S608 (our own names)
        f"ON day BETWEEN first_day AND last_day WHERE {conditions.sql}{more}"
        for name, more in ((table, ""), ("promises_celldelta", deltas))
    ]
    today = _teams_of(question).add(
        "matures_at >= %(today_starts_at)s AND matures_at < %(as_of)s",
        today_starts_at=question.today_starts_at,
    )
    if question.is_now:
        parts.append(_promises(columns, VALUE_SQL, today))
    else:
        since = whose(question).add("late_event_at > %(as_of)s AND day < %(today)s")
        parts.append(_promises(columns, then_sql(), today.add(TOLD_THEN)))
        parts.append(_promises(columns, since_sql(), since))
    return _with_spans(" UNION ALL ".join(parts)), {**conditions.parameters, **today.parameters}


def _promises(columns: Sequence[str], values: Mapping[str, str], conditions: Conditions) -> str:
    """SELECT of promises of the days of the spans."""
    return (
        f"SELECT span, {_own(columns)}, {_values(values)} FROM promises_promise "  # noqa: S608 (our own names)
        f"JOIN spans ON day BETWEEN first_day AND last_day WHERE {conditions.sql}"
    )


def _teams_of(question: Question) -> Conditions:
    """The promises asked for, teams always named: their index begins with the team."""
    teams = question.team_ids
    if teams is None:
        teams = frozenset(team.pk for team in all_of(Team))
    return whose(replace(question, team_ids=teams))


def _own(columns: Sequence[str]) -> str:
    return ", ".join(
        f"{_PROMISE_COLUMNS.get(name, name)} AS {name}"
        for name in dict.fromkeys((*columns, *_KEYS))
    )


def _values(sql: Mapping[str, str]) -> str:
    return ", ".join(f"{sql[name]} AS {name}" for name in SUM_COLUMNS)


def _with_spans(rows: str) -> str:
    return f"{_SPANS} {rows}"


def _common(question: Question, spans: Sequence[Span]) -> dict[str, Any]:
    oldest = min(span.first_day for span in spans)
    return {
        "as_of": question.as_of,
        **day_arrays(question, first=oldest),
        "spans": text_array(span.name for span in spans),
        "first_days": plain_array(span.first_day for span in spans),
        "last_days": plain_array(span.last_day for span in spans),
    }


def _bits(dimensions: Sequence[str], grouping: Grouping) -> int:
    """What PostgreSQL's grouping() answers: a bit for each dimension that was added up."""
    return int("".join("0" if name in grouping else "1" for name in dimensions), 2)


def _names(dimensions: Sequence[str]) -> dict[str, dict[str, str]]:
    """Dimension -> text of a key in the database -> the id that senders use."""
    models: tuple[tuple[str, type[Party]], ...] = (("team", Team), ("touchpoint", Touchpoint))
    return {
        dimension: {str(party.pk): party.reference for party in all_of(model)}
        for dimension, model in models
        if dimension in dimensions
    }


def _sums(row: Sequence[Any]) -> Sums:
    counts, nanos = row[: len(_COUNTS)], row[len(_COUNTS) :]
    return Sums(*counts, *(value / NANO for value in nanos))


def _add_folded(question: Question, spans: Sequence[Span], found: dict[Grouping, SpanSums]) -> None:
    for day, state, sums in folded_sums(question):
        told = {
            "kind": state.kind,
            "team": party_reference(state.team),
            "touchpoint": party_reference(state.touchpoint),
            "segment": state.segment,
            "explicit": "true" if state.explicit else "false",
            "standard": state.standard,
            "stake": f"{state.stake:g}",
        }
        for span in spans:
            if span.first_day <= day <= span.last_day:
                for grouping, by_span in found.items():
                    key = tuple(told[name] for name in grouping)
                    into = by_span[span.name]
                    into[key] = into.get(key, Sums()) + sums
