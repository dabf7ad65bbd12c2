"""Lateness of the usual windows of now (R13): whole histograms, with what they cannot know.

That are the deltas on their way, the promises of today, and the ages that have grown into another
bucket since the moment as of which they are kept.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from operator import add
from typing import Any, NamedTuple

from django.db import connection

from interactions.arrays import plain_array
from promises.cells.ages import tolerance_parameters
from promises.cells.histograms import AGED, FIRST_BUCKET, Histograms, age_bucket
from promises.domain.survival import LAST_BUCKET, age_edges
from promises.scores.histogram import Histogram
from promises.scores.question import Question
from promises.scores.relations import Parameters, whose

_SECOND = timedelta(seconds=1)
_EDGES = plain_array(f'"{edge / _SECOND:.6f} s"' for edge in age_edges())

# Nothing is found where the base is another day: every day is read by itself then. OFFSET 0 keeps
# the look-ups where they are written: what is open would be gone through for each border.
_NOW = f"""
WITH base AS MATERIALIZED (
    SELECT aged_at FROM promises_stretchbase WHERE day = %(today)s
), borders AS MATERIALIZED (
    SELECT array_agg(aged_at - edge ORDER BY place) AS aged,
           array_agg(%(as_of)s - edge ORDER BY place) AS now
    FROM base, unnest(%(edges)s::interval[]) WITH ORDINALITY AS one(edge, place)
)
SELECT {{team}}, {{kind}}, NULL::int, NULL::bigint, NULL::bigint,
       held.settled, held.censored, held.ages
FROM base LEFT JOIN {{table}} AS held ON {{where}} AND stretch IN ({{stretches}})
UNION ALL
SELECT {{team}}, {{kind}}, bucket, promises_sum(settled), promises_sum(censored), NULL, NULL, NULL
FROM (
    SELECT team_id, kind, bucket::int, settled, censored FROM promises_celldelta
    WHERE {{where}} AND bucket IS NOT NULL AND day < %(today)s {{since_day}}
    UNION ALL
    SELECT team_id, kind, {age_bucket("(SELECT aged FROM borders)")}, 0, {AGED}
    FROM promises_celldelta
    WHERE {{where}} AND first_due IS NOT NULL AND day < %(today)s {{since_day}}
    UNION ALL
    SELECT team_id, kind, coalesce(bucket, censored_bucket), (bucket IS NOT NULL)::int,
           (censored_bucket IS NOT NULL)::int
    FROM promises_promise
    WHERE {{where}} AND matures_at >= %(today_starts_at)s AND matures_at < %(as_of)s
      AND (bucket IS NOT NULL OR censored_bucket IS NOT NULL) AND state <> 'withdrawn'
    UNION ALL
    SELECT team_id, kind, {age_bucket("(SELECT now FROM borders)")}, 0, 1
    FROM promises_openpromise
    WHERE {{where}} AND matures_at >= %(today_starts_at)s AND matures_at < %(as_of)s
    UNION ALL
    SELECT team_id, kind, part.age, 0,
           part.change * CASE WHEN border.aged < border.now THEN 1 ELSE -1 END
    FROM borders, unnest(borders.aged, borders.now) WITH ORDINALITY AS border(aged, now, place)
    CROSS JOIN unnest(%(tolerances)s::interval[]) AS tau
    CROSS JOIN LATERAL (
        SELECT team_id, kind FROM promises_openpromise
        WHERE {{where}} AND matures_at >= least(border.aged, border.now) + tau
          AND matures_at < least(greatest(border.aged, border.now) + tau, %(today_starts_at)s)
          AND matures_at = first_due + tau {{since_moment}} OFFSET 0) AS grown
    CROSS JOIN LATERAL (VALUES ({LAST_BUCKET + 1} - place, 1), ({LAST_BUCKET} - place, -1))
        AS part(age, change)
) AS parts WHERE EXISTS (SELECT FROM base) GROUP BY {{groups}}
"""  # noqa: S608 (our own names and numbers)


class _Row(NamedTuple):
    """A row of whole histograms (bucket None), or of one bucket."""

    team: int | None
    kind: str
    bucket: int | None
    settled: int
    censored: int
    all_settled: list[int] | None
    all_censored: list[int] | None
    all_ages: list[int] | None


def histograms_now(
    question: Question, held: Histograms, stretch: int, *, by_team: bool, by_kind: bool
) -> dict[tuple[int | None, str], Histogram] | None:
    """The histograms of a window that ends today, by team and kind; None where the base of the
    stretches is another day.

    Shape: team is None and kind '' where it is not asked by them; the window is the stretches up to
    the one given.
    """
    rows = _read(question, held, stretch, by_team=by_team, by_kind=by_kind)
    whole: dict[tuple[int | None, str], list[list[int]]] = {}
    parts: dict[tuple[int | None, str], Histogram] = defaultdict(Histogram)
    told = False
    for row in rows:
        key = row.team, row.kind
        if row.bucket is not None:
            parts[key].settled[row.bucket] += row.settled
            parts[key].censored[row.bucket] += row.censored
            continue
        told = True
        if row.all_settled is None or row.all_censored is None or row.all_ages is None:
            continue
        these = [row.all_settled, list(map(add, row.all_censored, row.all_ages))]
        had = whole.setdefault(key, these)
        if had is not these:
            whole[key] = [list(map(add, a, b)) for a, b in zip(had, these, strict=True)]
    if not told:
        return None
    for key, (settled, censored) in whole.items():
        parts[key].add(Histogram(_numbers(settled), _numbers(censored)))
    return {key: found for key, part in parts.items() if (found := part.without_zeros())}


def _numbers(places: Sequence[int]) -> dict[int, int]:
    return {bucket: number for bucket, number in enumerate(places, FIRST_BUCKET) if number}


def _read(
    question: Question, held: Histograms, stretch: int, *, by_team: bool, by_kind: bool
) -> list[_Row]:
    conditions, bounded = whose(question), question.first_day is not None
    by = ["bucket", *["team_id"][:by_team], *["kind"][:by_kind]]
    sql = _NOW.format(
        table=held.table,
        team="team_id" if by_team else "NULL::bigint",
        kind="kind" if by_kind else "''::text",
        groups=", ".join(by),
        where=conditions.sql,
        stretches=", ".join(map(str, range(stretch + 1))),
        since_day="AND day >= %(first_day)s" if bounded else "",
        since_moment="AND matures_at >= %(starts_at)s" if bounded else "",
    )
    parameters: Parameters = {
        **conditions.parameters,
        **tolerance_parameters(),
        "edges": _EDGES,
        "as_of": question.as_of,
        "today": question.today,
        "today_starts_at": question.today_starts_at,
        "first_day": question.first_day,
        "starts_at": question.starts_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return [_Row(*row) for row in found]
