"""How many open promises are overdue: what the cells have as open, without going through them."""

from django.db import connection

from promises.cells.stretches import SUMS
from promises.domain.survival import LAST_BUCKET
from promises.scores.past import folded_open_counts
from promises.scores.question import Question
from promises.scores.reading import once
from promises.scores.relations import TOLD_THEN, whose

# Of days before today. A promise that stopped stays open in its cell, and has a bucket of its own.
_BEFORE_TODAY = f"""
       (SELECT coalesce(promises_sum(open), 0) FROM ({{days}}) AS days)
     + (SELECT coalesce(promises_sum(
            open - CASE WHEN bucket <= {LAST_BUCKET} THEN censored ELSE 0 END), 0)
        FROM promises_celldelta WHERE {{where}} AND day < %(today)s)
     - (SELECT coalesce(promises_sum(censored), 0) FROM promises_celllateness
        WHERE {{where}} AND day < %(today)s AND censored <> 0 AND bucket <= {LAST_BUCKET})
"""  # noqa: S608 (our own numbers)
# Those of today move with the clock: they are counted one by one.
_NOW = f"""
SELECT {_BEFORE_TODAY}
     + count(*) FILTER (WHERE matures_at < %(as_of)s),
       count(*) FILTER (WHERE matures_at >= %(as_of)s)
FROM promises_openpromise
WHERE {{where}} AND matures_at >= %(today_starts_at)s AND matures_at < %(today_ends_at)s
"""  # noqa: S608 (our own names)
_SETTLED_SINCE = "(NOT eventful AND settled_at > %(as_of)s)"
_OPEN_STILL = "(state = 'open' AND stopped_at IS NULL)"
# At a past as_of: those to whom nothing happened since are open still; the others as they stood.
_THEN = f"""
SELECT {_BEFORE_TODAY}
     - (SELECT count(*) FROM promises_promise
        WHERE {{where}} AND late_event_at > %(as_of)s AND day < %(today)s AND {_OPEN_STILL})
     + (SELECT count(*) FROM promises_openpromise o
        WHERE {{where}} AND matures_at >= %(today_starts_at)s AND matures_at < %(as_of)s
          AND NOT EXISTS (SELECT FROM promises_promise p
                          WHERE p.id = o.promise_id AND p.late_event_at > %(as_of)s))
     + (SELECT count(*) FROM promises_promise
        WHERE {{where}} AND {TOLD_THEN} AND late_event_at > %(as_of)s AND day <= %(today)s
          AND matures_at < %(as_of)s
          AND ({_SETTLED_SINCE} OR {_OPEN_STILL})),
       (SELECT count(*) FROM promises_promise
        WHERE {{where}} AND {TOLD_THEN} AND matures_at >= %(as_of)s
          AND matures_at < %(today_ends_at)s AND ({_SETTLED_SINCE} OR state = 'open'))
"""  # noqa: S608 (our own names)


def overdue_counts(question: Question, *, as_listed: bool = False) -> tuple[int, int]:
    """How many open promises are overdue, and how many mature in the rest of the day of as_of.

    Shape: of the question's kind and teams, whatever its window; `as_listed` leaves out those that
    lists of a past moment leave out, because they have to be folded (R4).
    Raises: ValueError for a question of the fine grain, which has no stretches.
    """
    if question.is_fine:
        raise ValueError("no stretches know touchpoints, segments, explicit or implicit")
    # The window is none of it: a page and its lists ask for different ones.
    now = question.is_now
    about = question.as_of, now, question.kind, question.team_ids, now or as_listed
    return once(("overdue", *about), lambda: _counts(question, as_listed=as_listed))


def _counts(question: Question, *, as_listed: bool) -> tuple[int, int]:
    conditions = whose(question)
    statement = (_NOW if question.is_now else _THEN).format(
        days=SUMS.window_sql(conditions.sql, SUMS.all_days), where=conditions.sql
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
    if question.is_now or as_listed:
        return int(overdue), int(due_today)
    folded_overdue, folded_today = folded_open_counts(question)
    return int(overdue) + folded_overdue, int(due_today) + folded_today
