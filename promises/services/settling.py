"""Counting how long promises took: the histograms from which dates are advised and risks told.

Month by month of the making, over 13 months: the one under way and the twelve before it. A month is
counted anew as a whole, so that nothing has to be taken back; the latest ones every hour, all of
them every night. Until then a curve is as old as `counted_at` says.
"""

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db import connection, transaction

from promises.domain.clock import day_of, wall_moment
from promises.domain.settling import DUE_BUCKET, WHOLE
from promises.domain.survival import BUCKETS_PER_DOUBLING, LAST_BUCKET, MAX_BUCKET, MINUTE
from promises.models import SettlingCell, Watermark
from promises.projection.facts import installation_zone

MONTHS = 13
# Outcomes mostly come to promises of these.
LATEST = 3
COUNTED = "settling"
_LOCK = 7409

# `domain.settling.time_bucket` and `share_bucket` in SQL. Withdrawn ones are in no statistic (R6);
# failed and partly kept ones never settle in full; open ones stopped where they stand.
_COUNT = f"""
WITH cases AS (
    SELECT kind, team_id, standard, state IN ('kept', 'late') AS settles,
           state IN ('failed', 'partial') AS never, paused_seconds,
           extract(epoch FROM until - made_at)::float8 AS took,
           extract(epoch FROM matures_at - made_at)::float8 AS given
    FROM (SELECT *, least(%(now)s, CASE WHEN state IN ('kept', 'late') THEN settled_at
                                        ELSE stopped_at END) AS until
          FROM promises_promise
          WHERE made_at >= %(since)s AND made_at < %(before)s AND made_at <= %(now)s
            AND state <> 'withdrawn') AS made
), measured AS (
    SELECT kind, team_id, standard, settles, never, 'time' AS measure, true AS in_time,
           greatest(0, took - paused_seconds) AS size FROM cases
    UNION ALL
    SELECT kind, team_id, standard, settles, never, 'share', took <= given,
           greatest(0, took) / given * {WHOLE} FROM cases WHERE given > 0
), counted AS (
    SELECT kind, team_id, standard, measure, settles,
           CASE WHEN never THEN {MAX_BUCKET}
                WHEN measure = 'time' THEN b
                WHEN in_time THEN least(b, {DUE_BUCKET - 1})
                ELSE greatest(b, {DUE_BUCKET}) END AS bucket
    FROM (SELECT *, CASE WHEN size < {MINUTE} THEN 0
                         ELSE least({LAST_BUCKET}, floor({BUCKETS_PER_DOUBLING}
                              * ln(size / {MINUTE}) / ln(2::float8))::int + 1) END AS b
          FROM measured) AS placed
)
INSERT INTO promises_settlingcell
    (kind, team_id, standard, measure, month, bucket, settled, censored)
SELECT kind, coalesce(team_id, 0), coalesce(standard, ''), measure, %(month)s, bucket,
       count(*) FILTER (WHERE settles), count(*) FILTER (WHERE NOT settles)
FROM counted
GROUP BY GROUPING SETS ((kind, measure, bucket), (kind, measure, bucket, team_id),
                        (kind, measure, bucket, team_id, standard))
HAVING grouping(standard) = 1 OR standard IS NOT NULL
"""  # noqa: S608 (our own numbers)


def count_latest(*, now: datetime) -> int:
    """Count the latest months anew, hourly; answer how many rows they have."""
    return _count(_months(now)[-LATEST:], now)


def count_all(*, now: datetime) -> int:
    """Count all months anew and forget those before, nightly; answer how many rows there are."""
    months = _months(now)
    SettlingCell.objects.exclude(month__in=months).delete()
    return _count(months, now)


def _count(months: Sequence[date], now: datetime) -> int:
    zone, rows = installation_zone(), 0
    for month in months:
        since = wall_moment(datetime.combine(month, time.min), zone)
        before = wall_moment(datetime.combine(_following(month), time.min), zone)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            cursor.execute("DELETE FROM promises_settlingcell WHERE month = %s", [month])
            cursor.execute(_COUNT, {"now": now, "since": since, "before": before, "month": month})
            rows += cursor.rowcount
    Watermark.objects.update_or_create(name=COUNTED, defaults={"moment": now})
    return rows


def _months(now: datetime) -> list[date]:
    """The first days of the months that are counted, the oldest first."""
    today = day_of(now, installation_zone())
    number = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(number - MONTHS + 1, number + 1)]


def _following(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
