"""Counting what comes in over the API: one row a request, folded into hours, never lost.

received = accepted + duplicate + rejected holds for every row; the database itself refuses others.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

# Rows younger than this are left alone, so that the fold meets no request under way.
SETTLED = timedelta(minutes=1)
# A fold that does not end soon would be in the way of the next.
FOLD_AT_MOST = 50_000


@dataclass(frozen=True, slots=True)
class Intake:
    """One request: by which key and source, how many items came, how many had no right form."""

    key_id: int | None
    source: str
    received: int
    rejected: int


# A part of the ledger's own statement: the same transaction, and no second round trip.
COUNT_STORED = """, counted AS (
    INSERT INTO interactions_intake (key_id, source, received, accepted, duplicate, rejected, at)
    SELECT %(intake_key)s::bigint, %(intake_source)s, %(intake_received)s::int, count(*),
           %(intake_received)s::int - %(intake_rejected)s::int - count(*),
           %(intake_rejected)s::int, %(recorded_at)s
    FROM stored
)"""

_COUNT_REJECTED = """
INSERT INTO interactions_intake (key_id, source, received, accepted, duplicate, rejected, at)
VALUES (%(intake_key)s, %(intake_source)s, %(intake_received)s, 0, 0, %(intake_received)s,
        %(recorded_at)s)
"""

_FOLD = """
WITH taken AS (
    DELETE FROM interactions_intake WHERE id IN (
        SELECT id FROM interactions_intake WHERE at < %(until)s
        ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
    )
    RETURNING key_id, source, date_trunc('hour', at, 'UTC') AS starts_at,
              received, accepted, duplicate, rejected, at
), summed AS (
    INSERT INTO interactions_intakehour AS hour
        (key_id, source, starts_at, received, accepted, duplicate, rejected, requests, last_at)
    SELECT key_id, source, starts_at, sum(received), sum(accepted), sum(duplicate), sum(rejected),
           count(*), max(at)
    FROM taken GROUP BY key_id, source, starts_at
    ON CONFLICT (key_id, source, starts_at) DO UPDATE SET
        received = hour.received + excluded.received,
        accepted = hour.accepted + excluded.accepted,
        duplicate = hour.duplicate + excluded.duplicate,
        rejected = hour.rejected + excluded.rejected,
        requests = hour.requests + excluded.requests,
        last_at = greatest(hour.last_at, excluded.last_at)
)
SELECT count(*) FROM taken
"""


def parameters_of(intake: Intake, recorded_at: datetime) -> dict[str, Any]:
    """The parameters of `COUNT_STORED`."""
    return {
        "intake_key": intake.key_id,
        "intake_source": intake.source,
        "intake_received": intake.received,
        "intake_rejected": intake.rejected,
        "recorded_at": recorded_at,
    }


def count_rejected(intake: Intake, *, recorded_at: datetime) -> None:
    """Count a request of which nothing went into the ledger."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_REJECTED, parameters_of(intake, recorded_at))


def fold_intake(*, now: datetime) -> int:
    """Add up what has settled into sums by key, source and hour; answer how many rows it was."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FOLD, {"until": now - SETTLED, "most": FOLD_AT_MOST})
        (folded,) = cursor.fetchone()
    return int(folded)
