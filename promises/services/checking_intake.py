"""The part of `ledger_check` that adds up what came in over the API."""

from dataclasses import dataclass

from django.db import connection

_SUMS = """
WITH requests AS (
    SELECT source, received, accepted, duplicate, rejected FROM interactions_intake
    UNION ALL
    SELECT source, received, accepted, duplicate, rejected FROM interactions_intakehour
), of_source AS (
    SELECT source, sum(accepted) AS accepted FROM requests GROUP BY source
)
SELECT coalesce(sum(received), 0)::bigint, coalesce(sum(accepted), 0)::bigint,
       coalesce(sum(duplicate), 0)::bigint, coalesce(sum(rejected), 0)::bigint,
       count(*) FILTER (WHERE received <> accepted + duplicate + rejected),
       (SELECT coalesce(sum(greatest(0, a.accepted - (
            SELECT count(*) FROM interactions_event e
            JOIN interactions_source s ON s.id = e.source_id WHERE s.name = a.source))), 0)::bigint
        FROM of_source a)
FROM requests
"""


@dataclass(frozen=True, slots=True)
class IntakeTotals:
    """What came in over the API.

    Units: items. `unequal` counts rows that do not add up, `missing` items that were answered as
    accepted and are not in the ledger.
    """

    received: int
    accepted: int
    duplicate: int
    rejected: int
    unequal: int
    missing: int


def intake_totals() -> IntakeTotals:
    """Add up all that was ever counted."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS)
        return IntakeTotals(*cursor.fetchone())
