"""How many open promises are overdue: what the cells have as open, without going through them."""

from django.db import connection

from promises.cells.stretches import SUMS
from promises.domain.survival import LAST_BUCKET
from promises.scores.question import Question
from promises.scores.relations import whose

# A promise that stopped stays open in its cell, and has a bucket of its own. Those of today move
# with the clock: they are counted one by one.
_COUNTS = """
SELECT (SELECT coalesce(promises_sum(open), 0) FROM ({days}) AS days)
     + (SELECT coalesce(promises_sum(
            open - CASE WHEN bucket <= {last_bucket} THEN censored ELSE 0 END), 0)
        FROM promises_celldelta WHERE {where} AND day < %(today)s)
     - (SELECT coalesce(promises_sum(censored), 0) FROM promises_celllateness
        WHERE {where} AND day < %(today)s AND censored <> 0 AND bucket <= {last_bucket})
     + count(*) FILTER (WHERE matures_at < %(as_of)s),
       count(*) FILTER (WHERE matures_at >= %(as_of)s)
FROM promises_openpromise
WHERE {where} AND matures_at >= %(today_starts_at)s AND matures_at < %(today_ends_at)s
"""


def overdue_now(question: Question) -> tuple[int, int]:
    """How many open promises are overdue, and how many mature in the rest of the day of as_of.

    Shape: of the question's kind and teams, whatever its window; the moment is now.
    Raises: ValueError for a question of the fine grain, which has no stretches.
    """
    if question.is_fine:
        raise ValueError("no stretches know touchpoints, segments, explicit or implicit")
    conditions = whose(question)
    statement = _COUNTS.format(
        days=SUMS.window_sql(conditions.sql, SUMS.all_days),
        where=conditions.sql,
        last_bucket=LAST_BUCKET,
    )
    parameters = {
        **conditions.parameters,
        "as_of": question.as_of,
        "today": question.today,
        "today_starts_at": question.today_starts_at,
        "today_ends_at": question.today_ends_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        overdue, due_today = cursor.fetchone()
    return int(overdue), int(due_today)
