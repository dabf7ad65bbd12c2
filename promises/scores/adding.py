"""Adding up: one statement over the relations of a question, grouped as asked."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

from promises.domain.loss import NANO
from promises.domain.score import Sums
from promises.scores.factors import day_arrays, factor_sql
from promises.scores.question import Question
from promises.scores.relations import Parameters
from promises.scores.tally import Tally

# A relation: its rows and their parameters.
Source = Callable[[Question], tuple[str, Parameters]]

# left_over is what is left of losses to come (`factors.py`).
SUMS = """
       coalesce(promises_sum(n) FILTER (WHERE matured), 0),
       coalesce(promises_sum(kept) FILTER (WHERE matured), 0),
       coalesce(promises_sum(late) FILTER (WHERE matured), 0),
       coalesce(promises_sum(partial) FILTER (WHERE matured), 0),
       coalesce(promises_sum(failed) FILTER (WHERE matured), 0),
       coalesce(promises_sum(open) FILTER (WHERE matured), 0),
       coalesce(promises_sum(withdrawn) FILTER (WHERE matured), 0),
       coalesce(promises_sum(slips) FILTER (WHERE matured), 0),
       coalesce(promises_sum(weight) FILTER (WHERE matured), 0)::float8,
       coalesce(promises_sum(weight_squared) FILTER (WHERE matured), 0)::float8,
       coalesce(promises_sum(loss + open_weight) FILTER (WHERE matured), 0)::float8
           - coalesce(sum(left_over) FILTER (WHERE matured), 0)::float8,
       coalesce(sum(left_over) FILTER (WHERE matured), 0)::float8,
       coalesce(promises_sum(open) FILTER (WHERE NOT matured), 0),
       coalesce(promises_sum(kept) FILTER (WHERE NOT matured), 0),
       coalesce(promises_sum(retro) FILTER (WHERE matured), 0),
       coalesce(promises_sum(paused_seconds) FILTER (WHERE matured), 0)
"""
# Where `matured` is one of the groups.
TOGETHER = """
       promises_sum(n), promises_sum(kept), promises_sum(late), promises_sum(partial),
       promises_sum(failed), promises_sum(open), promises_sum(withdrawn), promises_sum(slips),
       promises_sum(weight)::float8, promises_sum(weight_squared)::float8,
       promises_sum(loss + open_weight)::float8
           - coalesce(sum(left_over), 0)::float8,
       coalesce(sum(left_over), 0)::float8,
       promises_sum(retro), promises_sum(paused_seconds)
"""

_ADD = """
WITH rows AS ({rows})
SELECT {group}, {sums}
FROM (SELECT *, CASE WHEN open_residual <> 0 THEN open_residual * {factor} END AS left_over
      FROM rows) AS rows
{join}
{by}
"""


def asked_rows(question: Question, sources: Sequence[Source]) -> tuple[str, str, Parameters]:
    """What a statement over some relations is made of.

    Shape: (their rows; the factor of a row; the parameters of all of it).
    """
    factor, factors = factor_sql(question)
    parameters: Parameters = {
        "as_of": question.as_of,
        **day_arrays(question),
        **factors,
    }
    parts = []
    for source in sources:
        sql, values = source(question)
        parts.append(sql)
        parameters.update(values)
    return " UNION ALL ".join(parts), factor, parameters


def added_rows(
    question: Question,
    sources: Sequence[Source],
    *,
    sums: str = SUMS,
    **clauses: str,
) -> list[tuple[Any, ...]]:
    """The rows of the one statement. Shape: the clauses are those of _ADD: group, join, by."""
    rows, factor, parameters = asked_rows(question, sources)
    statement = _ADD.format(rows=rows, sums=sums, factor=factor, **clauses)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def tally_of_row(row: Sequence[Any]) -> Tally:
    """What SUMS tells."""
    return Tally(Sums(*row[:8], *(value / NANO for value in row[8:12])), *row[12:])


def tally_of_matured(row: Sequence[Any]) -> Tally:
    """What TOGETHER tells of matured promises; of the others it is told by whether they are kept
    or open."""
    return tally_of_row((*row[:12], 0, 0, *row[12:]))
