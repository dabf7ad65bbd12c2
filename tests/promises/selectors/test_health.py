"""Data health: every figure is that of the ledger."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interactions.intake import Intake, fold_intake
from interactions.ledger import record
from interactions.models import Arrival, IntakeHour, IntakeRow, PendingEvent, Source
from interactions.selectors import EVERYTHING, NOTHING, Viewer
from interactions.todo import list_singly
from promises.models import ImportRun
from promises.selectors.backlog import held_read
from promises.selectors.health import DataHealth, IntakeSum, health_read
from promises.selectors.visibility import NotVisible
from promises.services.counting import count_pending
from promises.services.health import accept_new, ask_for_check, check_if_asked
from tests.events import fulfilled, made

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()
MINUTE = timedelta(minutes=1)


def health() -> DataHealth:
    return health_read(EVERYTHING, now=NOW)


@pytest.mark.parametrize("viewer", [NOTHING, Viewer(1, "agent", frozenset({1}))])
def test_only_who_manages_may_read(viewer: Viewer) -> None:
    with pytest.raises(NotVisible):
        health_read(viewer, now=NOW)
    with pytest.raises(NotVisible):
        held_read(viewer, "waiting", now=NOW)


def test_an_empty_installation() -> None:
    found = health()
    assert (found.received, found.applied, found.lag_seconds) == (0, 0, 0)
    assert (found.pending.count, found.pending.oldest_recorded_at) == (0, None)
    assert (found.sources, found.new_parties, found.imports) == ((), (), ())
    assert (found.check.ok, found.check.running) == (None, False)


def test_received_is_applied_and_what_is_not() -> None:
    record([made("a"), fulfilled("unknown", NOW)], recorded_at=NOW - 9 * MINUTE)
    count_pending()
    record([made("b"), made("c")], recorded_at=NOW - 5 * MINUTE)
    record([made("d")], recorded_at=NOW - 2 * MINUTE)
    list_singly([Arrival.objects.latest("pk").pk])
    PendingEvent.objects.filter(event__subject="d").update(state="set aside")
    found = health()
    assert found.received == 5
    assert found.applied == 1
    assert (found.pending.count, found.pending.oldest_age_seconds) == (2, 300)
    assert (found.waiting.count, found.waiting.oldest_age_seconds) == (1, 540)
    assert (found.set_aside.count, found.set_aside.oldest_age_seconds) == (1, 120)
    assert found.lag_seconds == 300


def test_the_last_event_of_each_source_with_its_door() -> None:
    record([made("a"), made("b")], recorded_at=NOW - 5 * MINUTE, door=Source.Door.IMPORT)
    record([fulfilled("a", NOW - MINUTE)], recorded_at=NOW)
    record([made("x", source="/other")], recorded_at=NOW - MINUTE)
    Source.objects.create(name="/silent")
    other, shop, silent = health().sources
    assert (shop.source, shop.door, shop.events) == ("/shop", "import", 3)
    assert (shop.last_type, shop.last_recorded_at) == ("promise.fulfilled", NOW)
    assert (other.door, other.events) == ("machine", 1)
    assert (silent.events, silent.last_recorded_at, silent.last_request_at) == (0, None, None)


def request(hours_ago: float, received: int, rejected: int = 0, source: str = "/shop") -> None:
    """A request that brings `received` items, half of them known already."""
    at = NOW - timedelta(hours=hours_ago)
    good = received - rejected
    new = [made(f"{source} {hours_ago} {n // 2}", source=source) for n in range(good)]
    record(new, recorded_at=at, intake=Intake(None, source, received, rejected))


@pytest.mark.parametrize("folded", [False, True])
def test_what_came_in_is_added_up_for_a_day_and_for_28(folded: bool) -> None:
    request(0.5, 10, rejected=2)
    request(20, 4)
    request(27, 6)
    request(24 * 29, 8)
    request(1, 3, rejected=3, source="/broken")
    if folded:
        assert fold_intake(now=NOW) == 5
        assert not IntakeRow.objects.exists()
    found = health()
    assert found.intake_day == IntakeSum(17, 6, 6, 5)
    assert found.intake_28_days == IntakeSum(23, 9, 9, 5)
    shop = next(source for source in found.sources if source.source == "/shop")
    assert (shop.received, shop.duplicate, shop.rejected) == (20, 9, 2)
    assert shop.last_request_at == NOW - timedelta(minutes=30)


def test_folding_adds_to_the_hour_and_leaves_the_last_minute() -> None:
    hour = NOW.replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    for minute in range(3):
        record(
            [made(f"{minute}")],
            recorded_at=hour + minute * MINUTE,
            intake=Intake(None, "/shop", 1, 0),
        )
        fold_intake(now=hour + (minute + 2) * MINUTE)
    record([made("now")], recorded_at=NOW, intake=Intake(7, "/shop", 1, 0))
    assert fold_intake(now=NOW) == 0
    (sums,) = IntakeHour.objects.all()
    assert (sums.starts_at, sums.requests, sums.received) == (hour, 3, 3)
    assert sums.last_at == hour + 2 * MINUTE
    assert IntakeRow.objects.get().key_id == 7


def test_new_parties_are_listed_until_they_are_accepted() -> None:
    record([made("a", customer="c-1"), made("b", customer="c-2")], recorded_at=NOW)
    count_pending()
    customers, teams, touchpoints = health().new_parties
    assert (customers.what, customers.count, customers.names) == ("customers", 2, ("c-2", "c-1"))
    assert (teams.names, touchpoints.names) == (("fulfilment",), ("webshop",))
    assert accept_new("customers", newest=customers.newest) == 2
    assert [party.what for party in health().new_parties] == ["teams", "touchpoints"]


def test_a_check_is_done_once_for_each_time_it_was_asked_for() -> None:
    assert not check_if_asked(now=NOW)
    ask_for_check(now=NOW)
    assert health().check.running
    assert check_if_asked(now=NOW + MINUTE)
    assert not check_if_asked(now=NOW + 2 * MINUTE)
    later = health_read(EVERYTHING, now=timezone.now())
    assert (later.check.ok, later.check.running) == (True, False)
    assert later.check.report["received"] == 0


def test_runs_of_imports_come_newest_first() -> None:
    for number in range(12):
        ImportRun.objects.create(mapping="m", files=["f.csv"], source="/csv", rows=number)
    imports = health().imports
    assert [run.rows for run in imports] == list(range(11, 1, -1))
    assert imports[0].finished_at is None
