"""Adding up: one statement over the relations of a question, grouped as asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db import connection

from interactions.arrays import plain_array, text_array
from promises.domain.clock import day_end
from promises.domain.loss import DEFAULT_PARAMETERS, NANO
from promises.domain.score import Sums
from promises.models.kinds import Kind
from promises.projection.facts import parameter_rows
from promises.scores import past, relations
from promises.scores.question import Question, Scope
from promises.scores.reading import is_reading, keep, kept, once
from promises.scores.tally import Tally

# What is left of a loss to come, by day and parameters: one number for all of a cell (R12).
# Where it cannot be told from 0 it is not computed. As a table of its own it is joined by a hash,
# whatever the planner thinks of the number of rows.
FACTORS = """
ends(day, ends_at) AS (
    SELECT * FROM unnest(%(days)s::date[], %(day_ends)s::timestamptz[])
), parameters(kind, parameters_version, base_loss, half_life) AS (
    SELECT * FROM unnest(%(kinds)s::text[], %(versions)s::int[], %(base_losses)s::float8[],
                         %(half_lives)s::float8[])
), factors AS MATERIALIZED (
    SELECT day, kind, parameters_version, power(2, greatest(-1000,
        -extract(epoch FROM %(as_of)s - ends_at)::float8 / half_life)) AS factor
    FROM ends CROSS JOIN parameters
)"""

# How a relation's rows are grouped; parties by the ids that senders use.
_GROUPS: Mapping[Scope, tuple[str, str]] = {
    Scope.COMPANY: ("''", ""),
    Scope.KIND: ("kind", ""),
    Scope.DAY: ("day::text", ""),
    Scope.TEAM: ("g.reference", "JOIN interactions_team g ON g.id = team_id"),
    Scope.CUSTOMER: ("g.reference", "JOIN interactions_customer g ON g.id = customer_id"),
    Scope.TOUCHPOINT: ("g.reference", "JOIN interactions_touchpoint g ON g.id = touchpoint_id"),
}

_ADD = """
WITH {factors}, rows AS ({rows})
SELECT {group},
       coalesce(sum(n) FILTER (WHERE matured), 0)::bigint,
       coalesce(sum(kept) FILTER (WHERE matured), 0)::bigint,
       coalesce(sum(late) FILTER (WHERE matured), 0)::bigint,
       coalesce(sum(partial) FILTER (WHERE matured), 0)::bigint,
       coalesce(sum(failed) FILTER (WHERE matured), 0)::bigint,
       coalesce(sum(open) FILTER (WHERE matured), 0)::bigint,
       coalesce(sum(withdrawn) FILTER (WHERE matured), 0)::bigint,
       coalesce(sum(slips) FILTER (WHERE matured), 0)::bigint,
       coalesce(sum(weight) FILTER (WHERE matured), 0)::float8,
       coalesce(sum(weight_squared) FILTER (WHERE matured), 0)::float8,
       coalesce(sum(loss + open_weight) FILTER (WHERE matured), 0)::float8
           - coalesce(sum(open_residual * factor)
                      FILTER (WHERE matured AND open_residual <> 0), 0)::float8,
       coalesce(sum(open) FILTER (WHERE NOT matured), 0)::bigint,
       coalesce(sum(kept) FILTER (WHERE NOT matured), 0)::bigint,
       coalesce(sum(retro) FILTER (WHERE matured), 0)::bigint,
       coalesce(sum(paused_seconds) FILTER (WHERE matured), 0)::bigint
FROM rows LEFT JOIN factors USING (day, kind, parameters_version)
{join}
{by}
"""


def tallies(question: Question, scope: Scope) -> dict[str, Tally]:
    """Answer a question, grouped by the scope.

    Shape: by team, customer or touchpoint id, kind, ISO day, or '' for the company; groups without
    promises are left out.
    """
    return dict(once((question, scope), lambda: _tallies(question, scope)))


def read_together(question: Question) -> None:
    """Answer a question about the company, teams, kinds, both, and days by going through the rows
    once.

    Shape: nothing is given back: within `one_reading`, `tallies` then has the answers, also about
    the teams of each kind.
    """
    if not is_reading() or question.customer_ids is not None:
        return
    found: past.Answers = {
        (question, scope): {} for scope in (Scope.COMPANY, Scope.TEAM, Scope.KIND, Scope.DAY)
    }
    for bits, team, kind, day, *sums in _added(
        question,
        _relations(question, Scope.COMPANY),
        group="grouping(g.reference, kind, day), g.reference, kind, day",
        join="LEFT JOIN interactions_team g ON g.id = team_id",
        by="GROUP BY GROUPING SETS ((), (g.reference), (kind), (day), (g.reference, kind))",
    ):
        tally = _tally(tuple(sums))
        match bits:
            case 0b011:
                of, key = (question, Scope.TEAM), team
            case 0b101:
                of, key = (question, Scope.KIND), kind
                found.setdefault((replace(question, kind=kind), Scope.COMPANY), {})[""] = tally
            case 0b110:
                of, key = (question, Scope.DAY), day and day.isoformat()
            case 0b001:
                of, key = (replace(question, kind=kind), Scope.TEAM), team
            case _:
                of, key = (question, Scope.COMPANY), ""
        found.setdefault(of, {})[key] = tally
    _keep_with_folded(question, found)


def read_means_together(question: Question) -> None:
    """Answer a question about the whole company and each of its kinds by going through the rows
    once: what all rows of a page are drawn towards (R11).

    Shape: as of `read_together`; whose promises the question asks for does not matter.
    """
    everyone = replace(question, team_ids=None, customer_ids=None)
    if not is_reading() or kept((everyone, Scope.KIND)) is not None:
        return
    found: past.Answers = {(everyone, scope): {} for scope in (Scope.COMPANY, Scope.KIND)}
    for bits, kind, *sums in _added(
        everyone,
        _relations(everyone, Scope.COMPANY),
        group="grouping(kind), kind",
        join="",
        by="GROUP BY GROUPING SETS ((), (kind))",
    ):
        tally = _tally(tuple(sums))
        if bits:
            found[everyone, Scope.COMPANY][""] = tally
        else:
            found[everyone, Scope.KIND][kind] = tally
            found[replace(everyone, kind=kind), Scope.COMPANY] = {"": tally}
    _keep_with_folded(everyone, found)


def _keep_with_folded(question: Question, found: past.Answers) -> None:
    """Keep the answers, those of the past with what is folded (R4)."""
    if not question.is_now:
        for kind in Kind.values if not question.kind else ():
            for scope in (Scope.COMPANY, Scope.TEAM):
                if (question, scope) in found:
                    found.setdefault((replace(question, kind=kind), scope), {})
        past.add_folded(question, found)
    for asked, groups in found.items():
        keep(asked, groups)


def _tallies(question: Question, scope: Scope) -> dict[str, Tally]:
    found = add_up(question, scope, _relations(question, scope))
    if not question.is_now:
        past.add_folded(question, {(question, scope): found})
    return found


def _relations(
    question: Question, scope: Scope
) -> list[Callable[[Question], tuple[str, relations.Parameters]]]:
    if not question.is_now:
        return [relations.from_promises_then]
    if scope is Scope.CUSTOMER or question.customer_ids is not None:
        return [relations.from_promises_now]
    cells = relations.from_details if scope is Scope.TOUCHPOINT else relations.from_cells
    # A window that ended before today has nothing of today in it.
    return [cells, relations.from_promises_today] if question.last_day is None else [cells]


def add_up(
    question: Question,
    scope: Scope,
    sources: Sequence[Callable[[Question], tuple[str, relations.Parameters]]],
) -> dict[str, Tally]:
    """Add up the rows of some relations."""
    group, join = _GROUPS[scope]
    rows = _added(question, sources, group=group, join=join, by="GROUP BY 1")
    return {row[0]: _tally(row[1:]) for row in rows}


def _added(
    question: Question,
    sources: Sequence[Callable[[Question], tuple[str, relations.Parameters]]],
    **clauses: str,
) -> list[tuple[Any, ...]]:
    """The rows of the one statement. Shape: the clauses are those of _ADD: group, join, by."""
    parameters: dict[str, Any] = {
        "as_of": question.as_of,
        **parameter_arrays(),
        **once(("days", question.first_day), lambda: day_arrays(question)),
    }
    parts = []
    for source in sources:
        sql, values = source(question)
        parts.append(sql)
        parameters.update(values)
    statement = _ADD.format(factors=FACTORS, rows=" UNION ALL ".join(parts), **clauses)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def _tally(row: tuple[Any, ...]) -> Tally:
    counts, (weight, weight_squared, loss), beside = row[:8], row[8:11], row[11:]
    sums = Sums(*counts)
    sums = replace(
        sums, weight=weight / NANO, weight_squared=weight_squared / NANO, loss=loss / NANO
    )
    return Tally(sums, *beside)


# b and h by kind and version: those that hold where the table does not say otherwise.
_Terms = Mapping[tuple[str, int], tuple[float, float]]
_FIRST: _Terms = {
    (kind, 1): (p.base_loss, p.half_life_seconds) for kind, p in DEFAULT_PARAMETERS.items()
}


def parameter_arrays() -> dict[str, str]:
    """The parameters of all kinds and versions, as arrays."""
    return once("parameters", _parameter_arrays)


def _parameter_arrays() -> dict[str, str]:
    rows = dict(_FIRST)
    for row in parameter_rows():
        rows[row.kind, row.version] = (row.base_loss, row.half_life_seconds)
    return _arrays(rows)


def _arrays(rows: _Terms) -> dict[str, str]:
    return {
        "kinds": text_array(kind for kind, _ in rows),
        "versions": plain_array(version for _, version in rows),
        "base_losses": plain_array(base for base, _ in rows.values()),
        "half_lives": plain_array(half for _, half in rows.values()),
    }


def day_arrays(question: Question, *, first: date | None = None) -> dict[str, str]:
    """The end of every local day that can hold matured promises (R12's t0).

    Shape: from `first` on, where it is given, else from the first day of the window.
    """
    first = first or question.first_day or _oldest_day() or question.today
    count = (question.today - first).days + 1
    days = [first + timedelta(days=place) for place in range(count)]
    return {
        "days": plain_array(days),
        "day_ends": plain_array(f'"{day_end(day, question.zone).isoformat()}"' for day in days),
    }


def _oldest_day() -> date | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT least((SELECT min(day) FROM promises_cell), "
            "(SELECT min(day) FROM promises_celldelta))"
        )
        (oldest,) = cursor.fetchone()
    return oldest if isinstance(oldest, date) else None
