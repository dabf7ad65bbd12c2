"""Events about customers: they are a timeline; what they describe is kept on the customer's row."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db import connection

from interactions.arrays import json_array, text_array
from promises.projection.causing import cause_for_customers
from promises.projection.parties import SPACES

# The latest statement of each field wins, by the ledger's order and not by arrival (R2); a
# description that was taken back no longer speaks. An empty field says nothing: then it is what the
# first making said (`introducing.py`). Every step is by the given ids themselves and joins no list
# with a list, so that no statistics, however old, make the planner compare each with each.
_CREATE = """
INSERT INTO interactions_customer
       (reference, name, preferred_name, zone, segment, is_new, created_at)
SELECT reference, reference, '', '', '', true, now()
FROM (SELECT DISTINCT coalesce(nullif(btrim(given, %(spaces)s), ''), 'not-stated') AS reference
      FROM unnest(%(given)s::text[]) AS g(given)) AS told
ORDER BY reference ON CONFLICT (reference) DO NOTHING
"""
_DESCRIBE = """
WITH told AS MATERIALIZED (
    SELECT d.subject, d.event_id, d.source_id, d.occurred_at, d.data
    FROM interactions_event d
    WHERE d.subject = ANY(%(given)s::text[]) AND d.subject_source_id IS NULL
      AND d.type = 'customer.described'
), taken_back AS MATERIALIZED (
    SELECT DISTINCT r.subject_source_id, r.subject
    FROM interactions_event r
    WHERE r.type = 'event.retracted' AND r.subject_source_id IS NOT NULL
      AND r.subject = ANY(ARRAY(SELECT event_id FROM told))
), facts AS (
    SELECT d.subject AS given, f.key, f.value,
           row_number() OVER (PARTITION BY d.subject, f.key
                              ORDER BY d.occurred_at DESC, s.name DESC, d.event_id DESC) AS place
    FROM told d
    JOIN interactions_source s ON s.id = d.source_id
    CROSS JOIN jsonb_each_text(d.data) AS f(key, value)
    WHERE f.value <> '' AND f.key IN ('name', 'preferred_name', 'zone', 'segment')
      AND (d.source_id, d.event_id) NOT IN (SELECT subject_source_id, subject FROM taken_back)
), said AS (
    SELECT given, key, value FROM facts WHERE place = 1
    UNION ALL
    SELECT given, NULL, NULL FROM unnest(%(given)s::text[]) AS g(given)
), latest AS (
    SELECT coalesce(nullif(btrim(given, %(spaces)s), ''), 'not-stated') AS reference,
           max(value) FILTER (WHERE key = 'name') AS name,
           max(value) FILTER (WHERE key = 'preferred_name') AS preferred_name,
           max(value) FILTER (WHERE key = 'zone') AS zone,
           max(value) FILTER (WHERE key = 'segment') AS segment
    FROM said
    GROUP BY 1
), locked AS MATERIALIZED (
    SELECT id, reference, introduced FROM interactions_customer
    WHERE reference = ANY(ARRAY(SELECT reference FROM latest)) ORDER BY reference FOR UPDATE
), known AS (
    SELECT id, coalesce(name, introduced->'name'->>1, reference) AS name,
           coalesce(preferred_name, introduced->'preferred_name'->>1, '') AS preferred_name,
           coalesce(zone, introduced->'zone'->>1, '') AS zone,
           coalesce(segment, introduced->'segment'->>1, '') AS segment
    FROM locked JOIN latest USING (reference)
)
UPDATE interactions_customer c
SET name = k.name, preferred_name = k.preferred_name, zone = k.zone, segment = k.segment
FROM known k
WHERE c.id = k.id AND (c.name, c.preferred_name, c.zone, c.segment)
          IS DISTINCT FROM (k.name, k.preferred_name, k.zone, k.segment)
"""

# The events themselves, and what takes them back and came before them: each by its key, for an OR
# of both would read the whole list.
_DONE = """
DELETE FROM interactions_pendingevent p
WHERE p.event_id = ANY(%(events)s::bigint[] || ARRAY(
        SELECT r.id FROM interactions_event r
        WHERE r.type = 'event.retracted'
          AND r.subject = ANY(ARRAY(SELECT event_id FROM interactions_event
                                    WHERE id = ANY(%(events)s::bigint[])))
          AND (r.subject_source_id, r.subject) IN (
              SELECT source_id, event_id FROM interactions_event
              WHERE id = ANY(%(events)s::bigint[]))))
"""


class Told(NamedTuple):
    """An event about a customer: its sequence number, and what it or the event that it takes back
    is, and about whom."""

    seq: int
    type: str
    customer: str


def describe_customers(given: Collection[str]) -> None:
    """Bring the rows of customers in step with what describes them; new ones are created."""
    parameters = {"given": text_array(sorted(given)), "spaces": SPACES}
    with connection.cursor() as cursor:
        cursor.execute(_CREATE, parameters)
        cursor.execute(_DESCRIBE, parameters)


def project_customers(told: Sequence[Told]) -> None:
    """Apply events about customers: create and describe the customers, take the events off the
    list, and cause what follows from them."""
    if not told:
        return
    describe_customers({one.customer for one in told})
    with connection.cursor() as cursor:
        cursor.execute(_DONE, {"events": json_array(one.seq for one in told)})
    cause_for_customers((one.type, one.customer) for one in told)
