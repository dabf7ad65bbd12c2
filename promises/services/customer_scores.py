"""Stored customer rows (R14): sums, as_of and mu of each customer, to order ranking lists by.

A row says what its customer's promises were worth at its own `as_of`. What changes later is added
to it by marks, as of that moment (`customer_sums.py`), so that it costs the same whether a customer
has ten promises or a million; what matures later comes in when the rows are computed anew.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from interactions.arrays import plain_array
from interactions.installation import installation_zone
from interactions.replacing import build_beside, put_in_place, read_whole, take_room
from promises.models import CustomerMark, OpenPromise, Promise
from promises.services.customer_means import company_means
from promises.services.customer_sums import (
    STORE,
    apply_marks,
    compute_parameters,
    compute_some,
    read_and_take_all,
)
from promises.services.customer_worst import set_floors

_REFRESH_LOCK = 7404
TABLE = "promises_customerscore"
MARKS = 10_000
# Rows of so few promises that are not fresh are computed anew when one changes, and those of so
# many when one has matured since; the others wait for the hour.
FEW = 20
FRESH = timedelta(hours=1)
SOME = 500
# The hourly refresh looks so far back for what matured.
MATURED_WITHIN = timedelta(hours=2)
# More customers than these are all customers: reading everything in one go costs less.
MANY = 20_000

# The marks to be taken, their days, and as of when the rows of their customers are.
_MARKED = """
WITH marks AS MATERIALIZED (
    SELECT id, customer_id, day FROM promises_customermark WHERE NOT waits ORDER BY id LIMIT %s
)
SELECT array_agg(id), array_agg(DISTINCT day) FILTER (WHERE day IS NOT NULL), (
    SELECT array_agg(DISTINCT as_of)
    FROM (SELECT DISTINCT customer_id FROM marks) AS m CROSS JOIN LATERAL (
        SELECT as_of FROM promises_customerscore
        WHERE customer_id = m.customer_id AND kind = '' OFFSET 0) AS stored)
FROM marks
"""
# Rows that are not computed anew belong to kinds of which nothing is left.
_REPLACE = """
WITH taken AS (
    DELETE FROM promises_customermark WHERE customer_id = ANY(%(customers)s::bigint[])
), written AS ({store} RETURNING customer_id, kind)
DELETE FROM promises_customerscore s
WHERE customer_id = ANY(%(customers)s::bigint[])
  AND NOT EXISTS (SELECT FROM written w WHERE w.customer_id = s.customer_id AND w.kind = s.kind)
"""
_WAIT = """
INSERT INTO promises_customermark (customer_id, waits)
SELECT c, true FROM unnest(%s::bigint[]) AS c
WHERE NOT EXISTS (SELECT FROM promises_customermark m WHERE m.customer_id = c AND m.waits)
"""


def refresh_marked(*, now: datetime, limit: int = MARKS, wait: bool = True) -> int:
    """Bring the rows of the customers that are marked in step; answer how many marks were taken.

    Shape: 0 where `wait` is false and somebody else refreshes.
    """
    with transaction.atomic():
        if not _lock(wait=wait):
            return 0
        with connection.cursor() as cursor:
            cursor.execute(_MARKED, [limit])
            ids, days, moments = (found or [] for found in cursor.fetchone())
        if ids:
            _take(ids, days, moments, now)
    return len(ids)


def refresh_overdue(*, now: datetime) -> int:
    """Refresh the customers with overdue promises, whose scores grow by themselves, and those of
    whom something matured lately (R14); answer how many they are."""
    overdue = OpenPromise.objects.filter(matures_at__lt=now)
    matured = Promise.objects.filter(matures_at__lt=now, matures_at__gte=now - MATURED_WITHIN)
    waiting = CustomerMark.objects.filter(waits=True)
    customers = {
        customer
        for found in (overdue, matured, waiting)
        for customer in found.values_list("customer_id", flat=True).distinct()
    }
    if len(customers) > MANY:
        refresh_all(now=now)
    elif customers:
        with transaction.atomic():
            lock_refreshing()
            _compute(customers, now)
    return len(customers)


def refresh_all(*, now: datetime) -> None:
    """Refresh every customer: once a day, since the windows move.

    Marks and promises are read as of one moment; what is marked meanwhile stays marked.
    """
    zone = installation_zone()
    with transaction.atomic():
        lock_refreshing()
        take_room()
        parameters = compute_parameters(now, zone, company_means(now, zone), None)
        read_whole()
        set_floors(build_beside(TABLE, read_and_take_all(parameters), parameters))
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE promises_read")
        put_in_place([TABLE])


def lock_refreshing() -> None:
    """Hold all refreshing until the transaction ends."""
    _lock(wait=True)


def _lock(*, wait: bool) -> bool:
    call = "pg_advisory_xact_lock(%s) IS NOT NULL" if wait else "pg_try_advisory_xact_lock(%s)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {call}", [_REFRESH_LOCK])
        (mine,) = cursor.fetchone()
    return bool(mine)


def _take(
    ids: Sequence[int], days: Sequence[date], moments: Sequence[datetime], now: datetime
) -> None:
    """Add what the marks say; compute anew those for whom that is not enough."""
    told = apply_marks(ids, days, moments, zone=installation_zone(), few=FEW, fresh=now - FRESH)
    anew, waiting = [], []
    for customer, n, lacking, behind in told:
        if n is None or lacking or (behind and n <= SOME):
            anew.append(customer)
        elif behind:
            waiting.append(customer)
    if anew:
        _compute(anew, now)
    if waiting:
        with connection.cursor() as cursor:
            cursor.execute(_WAIT, [plain_array(waiting)])


def _compute(customers: Iterable[int], now: datetime) -> None:
    """Compute the rows of some customers, and take off every mark that is seen with their promises:
    one statement, so that it reads both as of one moment."""
    zone = installation_zone()
    parameters = compute_parameters(
        now, zone, company_means(now, zone, roughly=True), sorted(customers)
    )
    with connection.cursor() as cursor:
        cursor.execute(_REPLACE.format(store=STORE.format(compute=compute_some())), parameters)
