"""What is kept of telling, and for how long."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from promises.services import watching

DELIVERIES_KEPT = timedelta(days=30)

# What still carries a message goes before it. Statements of our own: Django would read every row.
_STEPS = (
    "DELETE FROM promises_delivery WHERE created_at < %(done)s AND state <> 'waiting'",
    "DELETE FROM promises_delivery WHERE created_at < %(kept)s",
    "DELETE FROM promises_message WHERE created_at < %(kept)s",
    "DELETE FROM promises_digest WHERE created_at < %(kept)s",
)


def clear_old(*, now: datetime) -> int:
    """Delete crossings, messages and digests of 90 days ago, deliveries of 30; answer how many."""
    moments = {"done": now - DELIVERIES_KEPT, "kept": now - watching.KEPT}
    found = 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            for step in _STEPS:
                cursor.execute(step, moments)
                found += cursor.rowcount
        found += watching.clear_old(now=now)
    return found
