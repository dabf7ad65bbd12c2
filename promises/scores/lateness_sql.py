"""The statements by which lateness is read: histograms of now and then, and exact times (R13).

Shape: clauses in braces are `lateness.py`'s.
"""

from promises.domain.survival import BUCKETS_PER_DOUBLING, LAST_BUCKET, MINUTE

# `survival.bucket_of` in SQL, for ages that move with the clock.
AGE_BUCKET = f"""
CASE WHEN abs(age) < {MINUTE} THEN 0
     ELSE sign(age)::int * least({LAST_BUCKET},
          floor({BUCKETS_PER_DOUBLING} * ln(abs(age) / {MINUTE}) / ln(2::float8))::int + 1)
END"""

NOW = """
SELECT {team}, {kind}, bucket, promises_sum(settled), promises_sum(censored) FROM (
    {days}
    UNION ALL
    SELECT team_id, kind, bucket, settled, censored FROM promises_celldelta
    WHERE {where} AND bucket IS NOT NULL AND day < %(today)s {since_day} {until_day}
    UNION ALL
    SELECT team_id, kind, coalesce(bucket, censored_bucket), (bucket IS NOT NULL)::int,
           (censored_bucket IS NOT NULL)::int
    FROM promises_promise
    WHERE {where} AND matures_at >= %(today_starts_at)s AND matures_at < %(as_of)s {until_moment}
      AND (bucket IS NOT NULL OR censored_bucket IS NOT NULL) AND state <> 'withdrawn'
    UNION ALL
    {ageing}
) AS parts GROUP BY {groups} HAVING promises_sum(settled) <> 0 OR promises_sum(censored) <> 0
"""

# The age of those open still (`ageing.py`): of old days by the cell's number of open promises, less
# those that stopped (they have a bucket) and with the parts of a day that lie in another bucket;
# of the others one by one.
AGEING = """
    SELECT {team}, kind, {home}, 0, open FROM {open_cells}
    WHERE {where} AND day <= %(aged_until)s AND open <> 0 {since_day} {until_day}
    UNION ALL
    SELECT team_id, kind, {home}, 0,
           open - CASE WHEN bucket <= {last_bucket} THEN censored ELSE 0 END
    FROM promises_celldelta
    WHERE {where} AND day <= %(aged_until)s {since_day} {until_day}
    UNION ALL
    SELECT team_id, kind, {home}, 0, -censored FROM promises_celllateness
    WHERE {where} AND day <= %(aged_until)s AND censored <> 0 AND bucket <= {last_bucket}
      {since_day} {until_day}
    UNION ALL
    SELECT {team}, {kind}, part.bucket, 0, part.change * number
    FROM unnest(%(slices_since)s::timestamptz[], %(slices_until)s::timestamptz[],
                %(slices_tau)s::interval[], %(slices_bucket)s::int[], %(slices_home)s::int[])
         AS slice(since, until, tau, bucket, home)
    CROSS JOIN LATERAL (
        SELECT {team} AS team_id, {kind} AS kind, count(*) AS number FROM promises_openpromise
        WHERE {where} AND matures_at >= since AND matures_at < until
          AND matures_at = first_due + tau
        {slice_groups}) AS lying
    CROSS JOIN LATERAL (VALUES (slice.bucket, 1), (slice.home, -1)) AS part(bucket, change)
    UNION ALL
    SELECT {team}, {kind}, bucket, 0, count(*)
    FROM (SELECT team_id, kind,
                 {last_bucket} - width_bucket(first_due, %(borders)s::timestamptz[]) AS bucket
          FROM promises_openpromise
          WHERE {where} AND matures_at >= %(alone_from)s AND matures_at < {aged_to}
                {until_moment}) AS ageing
    GROUP BY {groups}
"""

# A window that has no stretch of its own, or ended in the past: day by day.
DAYS = """
    SELECT team_id, kind, bucket, settled, censored FROM promises_celllateness
    WHERE {where} AND day < %(today)s {since_day} {until_day}
"""

# What the cells hold, less what the promises of which something was told since file now, and with
# these and those of the day as they stood then. Those still open are told as they are now, less
# those of which something was told since.
THEN = """
SELECT {team}, {kind}, bucket, promises_sum(settled), promises_sum(censored) FROM (
    {days}
    UNION ALL
    SELECT team_id, kind, bucket, settled, censored FROM promises_celldelta
    WHERE {where} AND bucket IS NOT NULL AND day < %(today)s {since_day} {until_day}
    UNION ALL
    SELECT team_id, kind, coalesce(bucket, censored_bucket), -(bucket IS NOT NULL)::int,
           -(censored_bucket IS NOT NULL)::int
    FROM promises_promise
    WHERE {where} AND {late} AND coalesce(bucket, censored_bucket) IS NOT NULL
      AND state <> 'withdrawn'
    UNION ALL
    SELECT team_id, kind, CASE WHEN still_open THEN {age_bucket}
                               ELSE coalesce(bucket, censored_bucket) END,
           (NOT still_open AND bucket IS NOT NULL)::int, (still_open OR bucket IS NULL)::int
    FROM (SELECT team_id, kind, bucket, censored_bucket, {age} AS age,
                 (NOT eventful AND settled_at > %(as_of)s)
                 OR (state = 'open' AND stopped_at IS NULL) AS still_open
          FROM promises_promise
          WHERE {where} AND {told_then} AND state <> 'withdrawn' AND (({late}) OR (
              matures_at >= %(today_starts_at)s AND matures_at < %(as_of)s {until_moment}))
         ) AS then_rows
    UNION ALL
    {ageing}
    UNION ALL
    SELECT team_id, kind, {age_bucket}, 0, -1
    FROM (SELECT team_id, kind, {age} AS age FROM promises_promise
          WHERE {where} AND {late} AND state = 'open' AND stopped_at IS NULL) AS told_otherwise
) AS parts GROUP BY {groups} HAVING promises_sum(settled) <> 0 OR promises_sum(censored) <> 0
"""
LATE = "late_event_at > %(as_of)s AND day < %(today)s {since_day} {until_day}"
AGE = "extract(epoch FROM %(as_of)s - first_due)::float8"

# Their ids are looked up first: joined here, they would tempt the planner to go through all.
TIMES = """
WITH asked AS MATERIALIZED (SELECT id, reference FROM interactions_customer WHERE {customers})
SELECT asked.reference, p.state, p.first_due, p.settled_at, p.stopped_at
FROM promises_promise p JOIN asked ON asked.id = p.customer_id
WHERE {where} AND p.made_at <= %(as_of)s
  AND p.matures_at < %(as_of)s AND p.state <> 'withdrawn' {eventful} {since_moment} {until_moment}
"""
