"""The ledger behind promises that were dealt out past it (`many.py`): each has the events that it
would have come from, and customers said something about one in twenty."""

from django.db import connection

# What was dealt out to customers and teams is told by their ids, as senders do.
_MADE = """
SELECT p.source_id, p.reference || ':made', 'promise.made', p.reference, p.source_id, p.made_at,
       p.made_at, NULL::bigint,
       jsonb_build_object('kind', p.kind, 'customer', jsonb_build_object('id', c.reference),
                          'team', t.reference, 'touchpoint', u.reference, 'due_at', p.given_due,
                          'statement', p.statement, 'stake', p.stake, 'explicit', p.explicit)
FROM promises_promise p JOIN interactions_customer c ON c.id = p.customer_id
     JOIN interactions_team t ON t.id = p.team_id
     JOIN interactions_touchpoint u ON u.id = p.touchpoint_id
"""
_SLIPPED = """
SELECT source_id, reference || ':moved', 'promise.rescheduled', reference, source_id,
       made_at + (first_due - made_at) / 10, made_at + (first_due - made_at) / 10, NULL,
       jsonb_build_object('due_at', due, 'told_at', first_due)
FROM promises_promise WHERE slips_announced + slips_unannounced > 0
"""
_ENDED = """
SELECT source_id, reference || ':ended',
       CASE state WHEN 'failed' THEN 'promise.failed' WHEN 'withdrawn' THEN 'promise.withdrawn'
                  ELSE 'promise.fulfilled' END, reference, source_id, last_event_at, last_event_at,
       NULL, CASE state WHEN 'partial' THEN '{"fraction": 0.5}'::jsonb
                        WHEN 'withdrawn' THEN '{"by": "customer"}' ELSE '{}' END
FROM promises_promise WHERE state <> 'open'
"""
_SAID = """
SELECT p.source_id, p.reference || ':said', 'feedback.given', c.reference, NULL, p.last_event_at,
       p.last_event_at, NULL, jsonb_build_object('score', 1 + p.id % 5, 'promise', p.reference)
FROM promises_promise p JOIN interactions_customer c ON c.id = p.customer_id
WHERE p.id % 20 = 0 AND p.state <> 'open'
"""


_WRITE = f"""
INSERT INTO interactions_event (source_id, event_id, type, subject, subject_source_id, occurred_at,
                                recorded_at, actor_id, data)
SELECT * FROM ({" UNION ALL ".join((_MADE, _SLIPPED, _ENDED, _SAID))}) AS heard (
    source_id, event_id, type, subject, subject_source_id, occurred_at, recorded_at, actor_id, data)
ORDER BY recorded_at
"""  # noqa: S608 (our own statements)


def write_ledger() -> int:
    """Write it, in the order in which it would have been heard; answer how many events."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITE)
        return int(cursor.rowcount)


def analyse() -> None:
    """Bring the statistics of everything up to date, as autovacuum does in time."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
