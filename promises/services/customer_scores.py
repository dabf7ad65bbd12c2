"""Stored customer rows (R14): sums, as_of and mu of each customer, to order ranking lists by.

One statement per window computes and stores them; its arithmetic is R11's, as in `domain/score.py`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from interactions.arrays import plain_array, text_array
from interactions.installation import installation_zone
from promises.domain.loss import NANO
from promises.domain.score import ENOUGH, WILSON_Z, Sums
from promises.models import CustomerMark, OpenPromise
from promises.scores import STORED_WINDOWS, Question, Scope, strength_held, tallies
from promises.scores.tallies import FACTORS, day_arrays, parameter_arrays

_REFRESH_LOCK = 7404
MARKS = 10_000

# The rows of some customers, or of all, in one window at one moment. '' is all kinds together.
COMPUTE = """
WITH {factors}, means(kind, mu, m) AS (
    SELECT * FROM unnest(%(mean_kinds)s::text[], %(means)s::float8[], %(strengths)s::float8[])
), promises AS (
    SELECT customer_id, kind, state, weight, weight_squared,
           loss + open_weight
               - CASE WHEN open_residual = 0 THEN 0 ELSE open_residual * factor END AS loss
    FROM promises_promise LEFT JOIN factors USING (day, kind, parameters_version)
    WHERE matures_at < %(as_of)s AND state <> 'withdrawn' {since} {customers}
), sums AS (
    SELECT customer_id, coalesce(kind, '') AS kind, count(*) AS n,
           count(*) FILTER (WHERE state = 'open') AS open_overdue,
           sum(weight)::float8 / {nano} AS weight,
           sum(weight_squared)::float8 / {nano} AS weight_squared, sum(loss)::float8 / {nano} AS
           loss
    FROM promises GROUP BY GROUPING SETS ((customer_id), (customer_id, kind))
), scored AS (
    -- A weight too small to be kept in 1e-9 says nothing, and its square may be lost before it.
    SELECT sums.*, mu, m, coalesce(weight * weight / nullif(weight_squared, 0), 0) AS n_eff
    FROM sums JOIN means USING (kind) WHERE weight > 0
), shrunk AS (
    SELECT *, n_eff + m AS nn, (n_eff * loss / weight + m * mu) / (n_eff + m) AS p FROM scored
), bounded AS (
    SELECT *, (p + {z} * {z} / (2 * nn)) / (1 + {z} * {z} / nn) AS middle,
           {z} * sqrt(greatest(0, p * (1 - p)) / nn + {z} * {z} / (4 * nn * nn))
               / (1 + {z} * {z} / nn) AS half FROM shrunk
)
SELECT customer_id, %(window)s AS window, kind, n, open_overdue, weight, weight_squared, loss, mu,
       100 * p AS gap_score, 100 * greatest(0, middle - half) AS gap_low,
       100 * least(1, middle + half) AS gap_high,
       round(n_eff::numeric, 9) >= {enough} AS enough, %(as_of)s AS as_of
FROM bounded
"""

_STORE = """
INSERT INTO promises_customerscore AS s (customer_id, "window", kind, n, open_overdue, weight,
    weight_squared, loss, mu, gap_score, gap_low, gap_high, enough, as_of)
{compute}
ON CONFLICT (customer_id, "window", kind) DO UPDATE SET n = excluded.n,
    open_overdue = excluded.open_overdue, weight = excluded.weight,
    weight_squared = excluded.weight_squared, loss = excluded.loss, mu = excluded.mu,
    gap_score = excluded.gap_score, gap_low = excluded.gap_low, gap_high = excluded.gap_high,
    enough = excluded.enough, as_of = excluded.as_of
"""


def refresh_marked(*, now: datetime, limit: int = MARKS) -> int:
    """Refresh the customers that projections have marked; answer how many marks were taken."""
    with transaction.atomic():
        lock_refreshing()
        marks = list(CustomerMark.objects.order_by("pk").values_list("pk", "customer_id")[:limit])
        if marks:
            _refresh(sorted({customer for _, customer in marks}), now)
            CustomerMark.objects.filter(pk__in=[pk for pk, _ in marks]).delete()
    return len(marks)


def refresh_overdue(*, now: datetime) -> int:
    """Refresh the customers with overdue promises, whose scores grow by themselves (R14)."""
    overdue = OpenPromise.objects.filter(matures_at__lt=now).values_list("customer_id", flat=True)
    customers = sorted(set(overdue))
    if customers:
        with transaction.atomic():
            lock_refreshing()
            _refresh(customers, now)
    return len(customers)


def refresh_all(*, now: datetime) -> None:
    """Refresh every customer: once a day, since the windows move."""
    with transaction.atomic():
        lock_refreshing()
        _refresh(None, now)


def compute_sql(*, bounded: bool, some: bool) -> str:
    """The statement that computes rows, bounded by a window's start, for some customers or all."""
    return COMPUTE.format(
        since="AND matures_at >= %(starts_at)s" if bounded else "",
        customers="AND customer_id = ANY(%(customers)s::bigint[])" if some else "",
        factors=FACTORS,
        nano=float(NANO),
        z=WILSON_Z,
        enough=ENOUGH,
    )


def compute_parameters(
    question: Question, means: Mapping[str, float], customers: Sequence[int] | None
) -> dict[str, Any]:
    """The parameters of that statement."""
    return {
        **parameter_arrays(),
        **day_arrays(question),
        "mean_kinds": text_array(means),
        "means": plain_array(means.values()),
        "strengths": plain_array(
            strength_held(Scope.CUSTOMER, kind, question.as_of).m for kind in means
        ),
        "as_of": question.as_of,
        "starts_at": question.starts_at,
        "window": question.window,
        "customers": plain_array(customers or ()),
    }


def company_means(question: Question) -> dict[str, float]:
    """mu by kind, '' for all kinds; kinds without promises are left out."""
    of_all = Question(as_of=question.as_of, is_now=True, zone=question.zone, window=question.window)
    by_kind = {kind: tally.sums for kind, tally in tallies(of_all, Scope.KIND).items()}
    by_kind[""] = sum(by_kind.values(), Sums())
    return {kind: sums.mean for kind, sums in by_kind.items() if sums.mean is not None}


def lock_refreshing() -> None:
    """Hold all refreshing until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_REFRESH_LOCK])


def _refresh(customers: Sequence[int] | None, now: datetime) -> None:
    zone = installation_zone()
    with connection.cursor() as cursor:
        for window in STORED_WINDOWS:
            question = Question(as_of=now, is_now=True, zone=zone, window=window)
            parameters = compute_parameters(question, company_means(question), customers)
            compute = compute_sql(
                bounded=question.starts_at is not None, some=customers is not None
            )
            cursor.execute(_STORE.format(compute=compute), parameters)
        # Rows that were not computed anew belong to windows in which nothing is left.
        stale = "DELETE FROM promises_customerscore WHERE as_of < %s"
        if customers is None:
            cursor.execute(stale, [now])
        else:
            cursor.execute(
                stale + " AND customer_id = ANY(%s::bigint[])", [now, plain_array(customers)]
            )
