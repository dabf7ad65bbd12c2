"""Lateness by Kaplan-Meier: histograms for teams and company, exact times for customers (R13)."""

import math
import random
from datetime import datetime, timedelta

import pytest
from django.db import connection

from promises.domain.survival import LAST_BUCKET, Lateness, bucket_of, from_times
from promises.scores import ScoreRow, company_row, customer_rows, team_rows
from promises.scores.lateness_sql import AGE_BUCKET
from tests.events import START, event, fulfilled, made, store
from tests.promises.asking import ask, count

pytestmark = pytest.mark.django_db(transaction=True)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DUE = START + 3 * DAY
AS_OF = DUE + 20 * DAY
# Half a bucket: a time is told by the middle of its bucket.
CLOSE = 2 ** (1 / 16) * (1 + 1e-9)
BOTH = pytest.mark.parametrize("is_now", [True, False], ids=["now", "then"])


def test_the_database_finds_the_bucket_that_the_domain_finds() -> None:
    chance = random.Random(7)
    edges = [60 * 2 ** (k / 8) for k in range(LAST_BUCKET + 8)]
    ages = [0.0, 1.0, 59.999999, 60.0, 61.0, 3_600.0, 86_400.0, 1e9]
    # Moments have microseconds: the nearest ones on either side of every edge.
    ages += [round(edge, 6) + step for edge in edges for step in (-1e-6, 0, 1e-6)]
    ages += [60.0 * 2**k for k in range(20)] + [float(hours * 3_600) for hours in range(1, 400)]
    ages += [round(math.exp(chance.uniform(0, 18)), 6) for _ in range(2_000)]
    ages += [-age for age in ages]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {AGE_BUCKET} FROM unnest(%s::float8[]) "  # noqa: S608 (our own expression)
            "WITH ORDINALITY AS a(age, n) ORDER BY n",
            [ages],
        )
        found = [bucket for (bucket,) in cursor.fetchall()]
    different = [
        (age, bucket, bucket_of(age))
        for age, bucket in zip(ages, found, strict=True)
        if bucket != bucket_of(age)
    ]
    assert different == []


def store_outcomes(*hours: float, still_open: int = 0, failed: int = 0, name: str = "o") -> None:
    """Promises of one team and customer, settled so many hours after they were due."""
    number = len(hours) + still_open + failed
    store(*(made(f"{name}-{n}", due=DUE, team=name, customer=name) for n in range(number)))
    for place, late in enumerate(hours):
        store(fulfilled(f"{name}-{place}", DUE + late * HOUR))
    for place in range(len(hours), len(hours) + failed):
        store(event("promise.failed", f"{name}-{place}", DUE))
    count()


def told(row: ScoreRow) -> tuple[float | None, float | None, float | None]:
    return row.lateness_median_hours, row.lateness_p90_hours, row.lateness_over_hours


def hours_of(lateness: Lateness | None) -> tuple[float | None, float | None, float | None]:
    assert lateness is not None
    times = (lateness.median_seconds, lateness.p90_seconds, lateness.over_seconds)
    median, p90, over = (None if seconds is None else seconds / 3_600 for seconds in times)
    return median, p90, over


@BOTH
def test_customers_are_told_exactly_and_teams_to_half_a_bucket(is_now: bool) -> None:
    chance = random.Random(3)
    late = [round(chance.uniform(-60, 200), 3) for _ in range(30)]
    store_outcomes(*late, still_open=3, failed=1)
    age = (AS_OF - DUE) / timedelta(seconds=1)
    settled = [h * 3_600 for h in late]
    exact = hours_of(from_times(settled, [age] * 3, never=1))
    question = ask(AS_OF, is_now=is_now)
    (customer,), (team,) = customer_rows(question), team_rows(question)
    assert told(customer) == pytest.approx(exact)
    assert told(team) == told(company_row(question))
    (median, p90, over), (real_median, real_p90, real_over) = told(team), exact
    assert (p90, real_p90) == (None, None), "a tenth of them is open"
    assert median is not None and over is not None
    assert real_median is not None and real_over is not None
    assert 1 / CLOSE <= median / real_median <= CLOSE
    # "More than": the lower edge of the longest bucket.
    assert 1 / CLOSE**2 <= over / real_over <= 1


@BOTH
def test_below_20_cases_nothing_is_said(is_now: bool) -> None:
    store_outcomes(*range(1, 20))
    question = ask(AS_OF, is_now=is_now)
    for row in (*customer_rows(question), *team_rows(question), company_row(question)):
        assert told(row) == (None, None, None)


@BOTH
def test_where_too_many_never_settle_the_longest_time_seen_is_told(is_now: bool) -> None:
    store_outcomes(*[1.0] * 8, still_open=12)
    question = ask(AS_OF, is_now=is_now)
    (customer,), (team,) = customer_rows(question), team_rows(question)
    assert told(customer) == (None, None, pytest.approx(20 * 24))
    assert told(team)[:2] == (None, None)
    assert told(team)[2] == pytest.approx(20 * 24, rel=0.1)


@BOTH
def test_failed_ones_are_at_risk_to_the_end(is_now: bool) -> None:
    store_outcomes(*[1.0] * 11, failed=9)
    question = ask(AS_OF, is_now=is_now)
    for row in (*customer_rows(question), *team_rows(question)):
        median, p90, _ = told(row)
        assert median == pytest.approx(1, rel=CLOSE - 1)
        assert p90 is None


@BOTH
@pytest.mark.parametrize("as_of", [DUE + 30 * HOUR, DUE + 5 * DAY, AS_OF])
def test_open_ones_are_censored_at_their_age(as_of: datetime, is_now: bool) -> None:
    store_outcomes(*[2.0] * 5, *[24.0] * 6, still_open=10)
    question = ask(as_of, is_now=is_now)
    (customer,), (team,) = customer_rows(question), team_rows(question)
    assert told(customer)[0] == 24
    assert told(team)[0] == pytest.approx(24, rel=CLOSE - 1)
    over = (as_of - DUE) / HOUR
    assert told(customer)[1:] == (None, pytest.approx(over))


@BOTH
def test_a_window_leaves_out_what_matured_before_it(is_now: bool) -> None:
    store_outcomes(*[5.0] * 30)
    inside = ask(DUE + 27 * DAY, is_now=is_now, window="28d")
    outside = ask(DUE + 28 * DAY, is_now=is_now, window="28d")
    assert told(company_row(inside))[0] == pytest.approx(5, rel=CLOSE - 1)
    assert told(company_row(outside)) == (None, None, None)
