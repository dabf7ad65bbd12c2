"""What came after promises: taken from the ledger by number, added up once a day (set-based).

Feedback that names a promise belongs to it. Feedback that names none belongs to the promise of
that customer that matured last, at most FOLLOW_DAYS before. Contacts, leaving and referrals belong
to every promise of that customer that matured at most FOLLOW_DAYS before. Only promises that
matured at least FOLLOW_DAYS ago are counted, so that each had as long a time after it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from interactions.arrays import plain_array, text_array
from interactions.event_data import LEAST_OF_A_SCALE, MOST_OF_A_SCALE
from interactions.installation import installation_zone
from interactions.tallies import counted_until
from promises.domain.aftermath import FEEDBACK_TOP, FOLLOW_DAYS, LATE_EDGES, Outcome
from promises.domain.clock import day_of
from promises.domain.loss import DAY
from promises.models import Consequence, Promise
from promises.projection.parties import SPACES
from promises.scores import STORED_WINDOWS, Question

_LOCK = 7411
FOLLOW = timedelta(days=FOLLOW_DAYS)
# So many events in one go.
TAKE_AT_MOST = 1_000_000

# Older ledgers hold feedback of any scale: what the gate would refuse now counts as none. Of
# numeric, no product or quotient is too large or too small.
_TAKE = f"""
WITH came AS (
    SELECT id, source_id, type, subject, occurred_at, data
    FROM interactions_event WHERE id > %(after)s AND id <= %(until)s
), taken AS (
    INSERT INTO promises_customerfact
        (event_id, type, customer, occurred_at, promise, promise_source_id, score)
    SELECT e.id, e.type, coalesce(nullif(btrim(e.subject, %(spaces)s), ''), 'not-stated'),
           e.occurred_at, coalesce(e.data->>'promise', ''),
           CASE WHEN coalesce(e.data->>'promise_source', '') = '' THEN e.source_id ELSE s.id END,
           round(score * {FEEDBACK_TOP} / scale, 9)::float8
    FROM came e LEFT JOIN interactions_source s ON s.name = e.data->>'promise_source'
    CROSS JOIN LATERAL (
        SELECT CASE WHEN e.type = 'feedback.given' THEN (e.data->>'score')::numeric END AS score,
               CASE WHEN e.type = 'feedback.given'
                    THEN coalesce((e.data->>'scale_max')::numeric, {FEEDBACK_TOP}) END AS scale
    ) AS given
    WHERE (e.type = 'feedback.given' AND score >= 0 AND score <= scale
           AND scale BETWEEN {LEAST_OF_A_SCALE} AND {MOST_OF_A_SCALE})
       OR (e.type = 'contact.received' AND NOT coalesce((e.data->>'automatic')::boolean, false))
       OR e.type IN ('customer.left', 'referral.made')
    ON CONFLICT (event_id) DO NOTHING
)
INSERT INTO promises_factmark AS mark (id, event) VALUES (1, %(until)s)
ON CONFLICT (id) DO UPDATE SET event = excluded.event
"""  # noqa: S608 (our own numbers)

# Taken back, or deleted with a sample.
_DROP = """
DELETE FROM promises_customerfact f
WHERE NOT EXISTS (SELECT FROM interactions_event e WHERE e.id = f.event_id)
   OR f.event_id IN (
        SELECT e.id FROM interactions_event r
        JOIN interactions_event e ON e.source_id = r.subject_source_id AND e.event_id = r.subject
        WHERE r.type = 'event.retracted' AND r.occurred_at <= %(as_of)s)
"""

_OUTCOMES = "\n".join(
    f"            WHEN p.settled_at <= p.matures_at + interval '{seconds:.0f} seconds' "
    f"THEN '{outcome}'"
    for outcome, seconds in LATE_EDGES.items()
)

_RECKON = f"""
WITH windows("window", starts_at) AS (
    SELECT * FROM unnest(%(windows)s::text[], %(starts)s::timestamptz[])
), spoken AS (
    SELECT p.id AS promise_id, f.score
    FROM promises_customerfact f
    JOIN promises_promise p ON p.reference = f.promise AND p.source_id = f.promise_source_id
    WHERE f.type = 'feedback.given' AND f.promise <> '' AND f.occurred_at <= %(as_of)s
    UNION ALL
    SELECT p.id, f.score
    FROM promises_customerfact f
    JOIN interactions_customer c ON c.reference = f.customer
    CROSS JOIN LATERAL (
        SELECT id FROM promises_promise
        WHERE customer_id = c.id AND matures_at <= f.occurred_at
          AND matures_at > f.occurred_at - %(follow)s AND state <> 'withdrawn'
        ORDER BY matures_at DESC, id DESC LIMIT 1) AS p
    WHERE f.type = 'feedback.given' AND f.promise = '' AND f.occurred_at <= %(as_of)s
), feedback AS (
    -- What is stored may be too small to be squared.
    SELECT promise_id, round(avg(score)::numeric, 9)::float8 AS score FROM spoken GROUP BY 1
), deeds AS (
    SELECT p.id AS promise_id, bool_or(f.type = 'contact.received') AS contacted,
           bool_or(f.type = 'customer.left') AS "left",
           bool_or(f.type = 'referral.made') AS referred
    FROM promises_customerfact f
    JOIN interactions_customer c ON c.reference = f.customer
    JOIN promises_promise p ON p.customer_id = c.id AND p.matures_at < f.occurred_at
                           AND p.matures_at >= f.occurred_at - %(follow)s
    WHERE f.type <> 'feedback.given' AND f.occurred_at <= %(as_of)s GROUP BY 1
), judged AS (
    SELECT p.id, p.team_id, p.kind, p.matures_at, CASE
            WHEN p.state = 'kept' AND p.settled_at <= p.first_due - interval '{DAY:.0f} seconds'
            THEN '{Outcome.EARLY}'
            WHEN p.state = 'kept' THEN '{Outcome.KEPT}'
            WHEN p.state <> 'late' THEN '{Outcome.NEVER}'
{_OUTCOMES}
            ELSE '{Outcome.LATE_MORE}' END AS outcome
    FROM promises_promise p
    WHERE p.matures_at < %(until)s AND p.state <> 'withdrawn'
)
INSERT INTO promises_consequence ("window", team_id, kind, outcome, n, spoken, feedback,
    feedback_squares, contacted, "left", referred, as_of)
SELECT "window", team_id, kind, outcome, count(*), count(score), coalesce(sum(score), 0),
       coalesce(sum(score * score), 0), count(*) FILTER (WHERE contacted),
       count(*) FILTER (WHERE "left"), count(*) FILTER (WHERE referred), %(as_of)s
FROM judged
LEFT JOIN feedback ON feedback.promise_id = judged.id
LEFT JOIN deeds ON deeds.promise_id = judged.id
JOIN windows ON starts_at IS NULL OR matures_at >= starts_at
GROUP BY 1, 2, 3, 4
"""  # noqa: S608 (our own names)


def reckon_if_due(*, now: datetime) -> bool:
    """Add up once a local day, and at once where nothing was ever added up."""
    last = Consequence.objects.order_by("-as_of").values_list("as_of", flat=True).first()
    zone = installation_zone()
    if last is not None and day_of(last, zone) == day_of(now, zone):
        return False
    if last is None and not Promise.objects.filter(matures_at__isnull=False)[:1]:
        return False
    reckon(now=now)
    return True


def reckon(*, now: datetime) -> None:
    """Take the new facts and add up what came after the promises of every window."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        _take_new()
        cursor.execute(_DROP, {"as_of": now})
        cursor.execute("DELETE FROM promises_consequence")
        cursor.execute(_RECKON, _parameters(now))


def _take_new() -> None:
    """Events up to the number below which none can still arrive."""
    until = counted_until()
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(event), 0) FROM promises_factmark")
        (after,) = cursor.fetchone()
        while after < until:
            piece = min(until, after + TAKE_AT_MOST)
            cursor.execute(_TAKE, {"after": after, "until": piece, "spaces": SPACES})
            after = piece


def _parameters(now: datetime) -> dict[str, Any]:
    zone = installation_zone()
    # The window is that of the last day on which something of the promise was looked at.
    starts = [
        None if at is None else f'"{(at - FOLLOW).isoformat()}"'
        for at in (Question(now, True, zone, window).starts_at for window in STORED_WINDOWS)
    ]
    return {
        "windows": text_array(STORED_WINDOWS),
        "starts": plain_array("NULL" if start is None else start for start in starts),
        "follow": FOLLOW,
        "until": now - FOLLOW,
        "as_of": now,
    }
