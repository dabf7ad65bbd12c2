"""Events about customers: they are a timeline; what they describe is kept on the customer's row."""

from collections.abc import Sequence

from django.db import connection

from interactions.arrays import json_array
from promises.projection.causing import cause_for_customers
from promises.projection.parties import SPACES

# The latest statement of each field wins, by the ledger's order and not by arrival (R2); a
# description that was taken back no longer speaks. An empty field says nothing.
_DESCRIBE = """
WITH touched AS (
    SELECT DISTINCT coalesce(t.subject, e.subject) AS given
    FROM interactions_event e
    LEFT JOIN interactions_event t
           ON e.type = 'event.retracted' AND t.source_id = e.subject_source_id
          AND t.event_id = e.subject
    WHERE e.id = ANY(%(events)s::bigint[])
), facts AS (
    SELECT d.subject AS given, f.key, f.value,
           row_number() OVER (PARTITION BY d.subject, f.key
                              ORDER BY d.occurred_at DESC, s.name DESC, d.event_id DESC) AS place
    FROM touched
    JOIN interactions_event d
         ON d.subject = touched.given AND d.subject_source_id IS NULL
        AND d.type = 'customer.described'
    JOIN interactions_source s ON s.id = d.source_id
    CROSS JOIN jsonb_each_text(d.data) AS f(key, value)
    WHERE f.value <> '' AND f.key IN ('name', 'preferred_name', 'zone', 'segment')
      AND NOT EXISTS (SELECT FROM interactions_event r
                      WHERE r.type = 'event.retracted' AND r.subject = d.event_id
                        AND r.subject_source_id = d.source_id)
), latest AS (
    SELECT coalesce(nullif(btrim(given, %(spaces)s), ''), 'not-stated') AS reference,
           max(value) FILTER (WHERE key = 'name') AS name,
           max(value) FILTER (WHERE key = 'preferred_name') AS preferred_name,
           max(value) FILTER (WHERE key = 'zone') AS zone,
           max(value) FILTER (WHERE key = 'segment') AS segment
    FROM (SELECT given FROM touched) AS t LEFT JOIN facts USING (given)
    WHERE place = 1 OR place IS NULL
    GROUP BY 1
)
INSERT INTO interactions_customer AS c
       (reference, name, preferred_name, zone, segment, is_new, created_at)
SELECT reference, coalesce(name, reference), coalesce(preferred_name, ''), coalesce(zone, ''),
       coalesce(segment, ''), true, now()
FROM latest ORDER BY reference
ON CONFLICT (reference) DO UPDATE
   SET name = CASE WHEN excluded.name = excluded.reference THEN c.name ELSE excluded.name END,
       preferred_name = excluded.preferred_name, zone = excluded.zone,
       segment = excluded.segment
"""

_DONE = """
DELETE FROM interactions_pendingevent p
WHERE p.event_id = ANY(%(events)s::bigint[])
   OR p.event_id IN (
        SELECT r.id FROM interactions_event e
        JOIN interactions_event r ON r.type = 'event.retracted' AND r.subject = e.event_id
                                 AND r.subject_source_id = e.source_id
        WHERE e.id = ANY(%(events)s::bigint[]))
"""


def project_customers(events: Sequence[int]) -> None:
    """Apply events about customers: create and describe the customers, take the events off the
    list, and cause what follows from them."""
    if not events:
        return
    with connection.cursor() as cursor:
        cursor.execute(_DESCRIBE, {"events": json_array(events), "spaces": SPACES})
        cursor.execute(_DONE, {"events": json_array(events)})
    cause_for_customers(events)
