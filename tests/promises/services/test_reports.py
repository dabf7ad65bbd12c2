"""Frozen months: once, as known then, and never changed by what is heard later."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from interactions.ledger import record
from interactions.models import Membership
from interactions.selectors import EVERYTHING, Viewer
from promises.models import MonthlyReport
from promises.selectors.reports import NoReport, month_of, report_read
from promises.services.reports import AlreadyFrozen, MonthNotOver, freeze, freeze_if_due
from tests.events import NOW, event, fulfilled, made, store
from tests.promises.asking import count, team_ids

pytestmark = pytest.mark.django_db
FEBRUARY = date(2026, 2, 1)
AT = datetime(2026, 2, 10, 9, tzinfo=UTC)
FROZEN_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def hear(*events: object, at: datetime) -> None:
    record(events, recorded_at=at)  # type: ignore[arg-type]
    count()


def fill() -> None:
    """Four of February: kept, late, open, and one due with the last moment of its last day; one of
    March."""
    hear(
        made("kept", at=AT),
        fulfilled("kept", AT + DAY),
        made("late", at=AT, team="support"),
        fulfilled("late", AT + 5 * DAY),
        made("open", at=AT),
        made("last", at=AT, due="2026-02-28"),
        made("march", at=AT, due="2026-03-01"),
        at=AT + 6 * DAY,
    )


def test_a_month_is_what_fell_due_in_it() -> None:
    fill()
    row = freeze(FEBRUARY, now=FROZEN_AT, by="Ada")
    (company,) = row.figures["company"]
    assert (company["n"], company["kept"], company["late"], company["open_overdue"]) == (4, 1, 1, 2)
    assert {team["id"]: team["n"] for team in row.figures["team"]} == {
        "fulfilment": 3,
        "support": 1,
    }
    assert [kind["id"] for kind in row.figures["kind"]] == ["delivery"]
    assert (row.frozen_by, row.zone, row.frozen_at) == ("Ada", "UTC", FROZEN_AT)


def test_what_is_heard_later_changes_nothing_and_is_told() -> None:
    fill()
    row = freeze(FEBRUARY, now=FROZEN_AT)
    before = report_read(EVERYTHING, "2026-02")
    assert (before.changed, before.heard_since) == (0, 0)
    # Delivered in February, told in March: and one event of March, which is none of its business.
    hear(fulfilled("open", AT + 2 * DAY), fulfilled("march", FROZEN_AT), at=FROZEN_AT + DAY)
    report = report_read(EVERYTHING, "2026-02")
    assert report.heard_since == 1
    (company,) = report.company
    assert company.frozen is not None
    assert company.now is not None
    assert (company.frozen.kept, company.now.kept) == (1, 2)
    assert company.kept_difference == pytest.approx(0.25)
    assert company.gap_difference is not None
    assert company.gap_difference < 0
    assert [line.either.id for line in report.teams if line.differs] == ["fulfilment"] or (
        # The other team is drawn towards the company's mean, which changed.
        {line.either.id for line in report.teams if line.differs} == {"fulfilment", "support"}
    )
    assert MonthlyReport.objects.get(pk=row.pk).figures == row.figures


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE promises_monthlyreport SET frozen_by = 'me'",
        "DELETE FROM promises_monthlyreport",
    ],
)
def test_the_database_refuses_to_change_it(change: str) -> None:
    freeze(FEBRUARY, now=FROZEN_AT)
    with (
        pytest.raises(DatabaseError, match="frozen reports are never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_a_month_is_frozen_once_and_when_it_is_over() -> None:
    with pytest.raises(MonthNotOver):
        freeze(FEBRUARY, now=datetime(2026, 2, 28, 23, 59, tzinfo=UTC))
    with pytest.raises(MonthNotOver):
        freeze(date(1980, 1, 1), now=FROZEN_AT)
    freeze(FEBRUARY, now=FROZEN_AT)
    with pytest.raises(AlreadyFrozen):
        freeze(FEBRUARY, now=FROZEN_AT + DAY)


def test_the_clock_freezes_the_month_before_if_something_was_heard_in_it() -> None:
    assert not freeze_if_due(now=FROZEN_AT)
    fill()
    store(event("promise.fulfilled", "unknown", NOW))
    assert not freeze_if_due(now=datetime(2026, 2, 28, 23, tzinfo=UTC))
    # Something was told and is not counted yet: it waits, but not for ever.
    assert not freeze_if_due(now=datetime(2026, 3, 1, 0, 3, tzinfo=UTC))
    assert freeze_if_due(now=FROZEN_AT)
    assert not freeze_if_due(now=FROZEN_AT + 9 * DAY)
    row = MonthlyReport.objects.get()
    assert (row.month, row.pending, row.frozen_by) == (FEBRUARY, 1, "")


def test_history_that_was_imported_later_is_left_to_people() -> None:
    hear(made("kept", at=AT), fulfilled("kept", AT + DAY), at=FROZEN_AT)
    assert not freeze_if_due(now=FROZEN_AT + DAY)
    call_command("freeze_report", "2026-02")
    assert MonthlyReport.objects.get().figures["company"][0]["kept"] == 1
    for month in ("2026-02", "2999-01", "last"):
        with pytest.raises(CommandError):
            call_command("freeze_report", month)


@pytest.mark.django_db(transaction=True)
def test_any_number_of_workers_freeze_it_once() -> None:
    fill()

    def work(_: int) -> bool:
        try:
            return freeze_if_due(now=FROZEN_AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(work, range(4))) == [False, False, False, True]
    assert MonthlyReport.objects.count() == 1


def test_agents_see_their_teams_only() -> None:
    fill()
    freeze(FEBRUARY, now=FROZEN_AT)
    agent = Viewer(1, Membership.Role.AGENT.value, team_ids("support"))
    report = report_read(agent, "2026-02")
    assert [(line.scope, line.either.id) for line in report.lines] == [("team", "support")]
    assert report_read(replace(agent, team_ids=frozenset()), "2026-02").lines == ()


NO_MONTHS = [
    *("", "2026-2", "2026-13", "202602", "2026-02-01", "２０２６-02", "2026-W4", "2026-02\n"),
    *("9999-12", "0001-01", "2200-01"),
]


@pytest.mark.parametrize("name", NO_MONTHS)
def test_what_is_no_month(name: str) -> None:
    with pytest.raises(NoReport):
        month_of(name)


def test_a_month_before_all_and_one_to_come_are_not_frozen() -> None:
    for name in ("1900-01", "1989-12", "2199-12"):
        with pytest.raises(MonthNotOver):
            freeze(month_of(name), now=FROZEN_AT)
