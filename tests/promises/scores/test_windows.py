"""Days are those of the installation's zone, also where one has 23 hours or 25 (R7, DESIGN 1)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from promises.models import Promise
from promises.scores import Scope, ScoreRow, company_row, customer_rows, tallies, team_rows
from tests.events import fulfilled, made, store
from tests.promises.asking import ask, count

pytestmark = pytest.mark.django_db(transaction=True)

NEW_YORK = ZoneInfo("America/New_York")
MICROSECOND = timedelta(microseconds=1)
MADE_AT = datetime(2025, 9, 1, tzinfo=UTC)
# Clocks go forward in the night to 8 March, back in the night to 1 November.
SPRING, AUTUMN = date(2026, 3, 8), date(2025, 11, 2)


@pytest.fixture(autouse=True)
def in_new_york(settings: Settings) -> None:
    """The installation's zone."""
    settings.TIME_ZONE = "America/New_York"


def local(day: date, hour: int = 0) -> datetime:
    """An hour of a day in New York, as a UTC moment."""
    wall = datetime(day.year, day.month, day.day, hour, tzinfo=NEW_YORK)
    return wall.astimezone(UTC)


def store_due(**due: datetime) -> None:
    store(*(made(name, at=MADE_AT, due=moment) for name, moment in due.items()))
    count()


def matured(as_of: datetime, window: str, *, is_now: bool) -> tuple[int, int]:
    """How many matured, by the company's and by the customers' own road."""
    question = ask(as_of, is_now=is_now, window=window)
    customers = customer_rows(question)
    return company_row(question).n, sum(row.n for row in customers)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 1, 5), 24)])
def test_a_promise_is_filed_under_the_local_day_of_its_maturity(day: date, hours: int) -> None:
    begins, ends = local(day), local(day + timedelta(days=1))
    assert ends - begins == timedelta(hours=hours)
    store_due(before=begins - MICROSECOND, first=begins, last=ends - MICROSECOND, after=ends)
    assert dict(Promise.objects.values_list("reference", "day")) == {
        "before": day - timedelta(days=1),
        "first": day,
        "last": day,
        "after": day + timedelta(days=1),
    }


@pytest.mark.parametrize("is_now", [True, False])
@pytest.mark.parametrize(("window", "days"), [("28d", 28), ("90d", 90), ("365d", 365)])
@pytest.mark.parametrize("first", [SPRING, AUTUMN])
def test_a_window_begins_with_the_first_of_its_days(
    first: date, window: str, days: int, is_now: bool
) -> None:
    store_due(outside=local(first) - MICROSECOND, inside=local(first))
    today = first + timedelta(days=days - 1)
    assert matured(local(today, 12), window, is_now=is_now) == (1, 1)
    assert matured(local(today, 12) - timedelta(days=1), window, is_now=is_now) == (2, 2)
    assert matured(local(today, 12) + timedelta(days=1), window, is_now=is_now) == (0, 0)


@pytest.mark.parametrize("is_now", [True, False])
def test_today_counts_up_to_the_moment_asked_for(is_now: bool) -> None:
    noon = local(SPRING, 12)
    store_due(
        morning=local(SPRING, 9), just=noon - MICROSECOND, then=noon, evening=local(SPRING, 20)
    )
    row = company_row(ask(noon, is_now=is_now, window="28d"))
    assert (row.n, row.open_overdue, row.not_yet_due) == (2, 2, 2)


@pytest.mark.parametrize("is_now", [True, False])
def test_the_first_moment_of_a_day_knows_only_the_days_before(is_now: bool) -> None:
    store_due(yesterday=local(SPRING) - MICROSECOND, today=local(SPRING), evening=local(SPRING, 20))
    assert matured(local(SPRING), "28d", is_now=is_now) == (1, 1)


@pytest.mark.parametrize("is_now", [True, False])
def test_a_promise_kept_early_stands_beside_until_it_matures(is_now: bool) -> None:
    due = local(SPRING, 12)
    store(made("order-1", at=MADE_AT, due=due), fulfilled("order-1", MADE_AT + timedelta(days=1)))
    count()

    def figures(as_of: datetime) -> tuple[int, int, int, int]:
        row = company_row(ask(as_of, is_now=is_now, window="28d"))
        return row.n, row.kept, row.kept_early, row.not_yet_due

    assert figures(due - timedelta(days=3)) == (0, 0, 1, 0)
    assert figures(due) == (0, 0, 1, 0)
    assert figures(due + MICROSECOND) == (1, 1, 0, 0)
    assert figures(due + timedelta(days=20)) == (1, 1, 0, 0)


@pytest.mark.parametrize("is_now", [True, False])
def test_an_overdue_promise_is_not_kept_from_its_maturity_on(is_now: bool) -> None:
    store_due(order=local(SPRING))
    row = company_row(ask(local(SPRING, 20), is_now=is_now))
    assert (row.n, row.kept, row.open_overdue, row.kept_rate) == (1, 0, 1, 0.0)
    assert row.gap_score is not None
    assert row.gap_score > 25


def nothing_to_say(row: ScoreRow) -> bool:
    """No figure where there is nothing: null, never 0 and never 100."""
    return [row.gap_score, row.gap_low, row.gap_high, row.gap_raw, row.kept_rate] == [None] * 5


@pytest.mark.parametrize("is_now", [True, False])
def test_where_nothing_matured_there_is_no_score(is_now: bool) -> None:
    question = ask(local(SPRING), is_now=is_now)
    empty = company_row(question)
    assert (empty.n, empty.enough, empty.n_eff, nothing_to_say(empty)) == (0, False, 0.0, True)
    assert team_rows(question) == customer_rows(question) == []
    store_due(order=local(SPRING, 20))
    rows = (company_row(question), *team_rows(question), *customer_rows(question))
    assert [(row.n, row.not_yet_due, nothing_to_say(row)) for row in rows] == [(0, 1, True)] * 3
    assert [row.kept_low for row in rows] == [None] * 3


def test_days_are_told_in_the_installations_zone() -> None:
    store_due(order=local(SPRING))
    assert list(tallies(ask(local(SPRING, 12)), Scope.DAY)) == ["2026-03-08"]
