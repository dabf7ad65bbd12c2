"""What `ledger_check` compares of the narrow tables: open promises, and rests that are owed."""

from collections.abc import Iterable, Mapping

from django.db import connection

from promises.domain.lifecycle import PromiseState
from promises.models import Remainder
from promises.projection.facts import PromiseKey
from promises.projection.rows import Row, remainder_of

_OPEN = """
WITH expected AS (
    SELECT id, customer_id, team_id, kind, made_by, due, first_due, matures_at
    FROM promises_promise
    WHERE state = 'open' AND stopped_at IS NULL
), stored AS (
    SELECT promise_id, customer_id, team_id, kind, made_by, due, first_due, matures_at
    FROM promises_openpromise
)
SELECT (SELECT count(*) FROM (TABLE expected EXCEPT TABLE stored) a)
     + (SELECT count(*) FROM (TABLE stored EXCEPT TABLE expected) b)
     -- Nobody would look at these, or somebody at those that are paused.
     + (SELECT count(*) FROM promises_openpromise
        WHERE (matures_at IS NULL) <> (next_check IS NULL))
"""
_STRAY_REMAINDERS = """
SELECT count(*) FROM promises_remainder r
WHERE NOT EXISTS (SELECT FROM promises_promise p WHERE p.id = r.promise_id)
"""


def open_differences() -> int:
    """How many rows of the table of open promises are missing, too many or different."""
    return _number(_OPEN)


def remainder_differences(
    keys: Iterable[PromiseKey],
    states: Mapping[PromiseKey, PromiseState],
    expected: Mapping[PromiseKey, Row],
    stored: Mapping[PromiseKey, Row],
) -> int:
    """How many of some promises have a rest stored that is not owed, or the other way round.

    Shape: by the ledger, for of a quality promise the row does not say whether its share was told
    or measured.
    """
    ids = {row["id"]: key for key, row in stored.items()}
    rests = Remainder.objects.filter(pk__in=list(ids))
    found = {
        ids[pk]: tuple(rest) for pk, *rest in rests.values_list("pk", "team_id", "made_by", "due")
    }
    owed = {key: remainder_of(expected[key]) for key, state in states.items() if state.rest_owed}
    return sum(owed.get(key) != found.get(key) for key in keys)


def stray_remainders() -> int:
    """How many rests are of no promise."""
    return _number(_STRAY_REMAINDERS)


def _number(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        (number,) = cursor.fetchone()
    return int(number)
