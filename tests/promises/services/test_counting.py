"""The one loop that counts: events into promises, deltas into cells, marks into customer rows."""

from datetime import timedelta
from importlib import import_module

import pytest

from interactions.models import Arrival, Customer, PendingEvent, Team, Touchpoint
from promises.models import Cell, CellDelta, CustomerMark, CustomerScore, Promise
from promises.projection import drain as drains
from promises.services import counting
from promises.services.checking import check_ledger
from promises.services.counting import count_pending, nothing_pending
from tests.events import START, fulfilled, made, store
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_counts_to_the_end() -> None:
    store(*(made(f"order-{number}") for number in range(5)), fulfilled("order-1", START))
    assert not nothing_pending()
    assert count_pending() == 6
    assert nothing_pending()
    assert (Promise.objects.count(), CustomerScore.objects.exists()) == (5, True)
    for left in (Arrival, PendingEvent, CellDelta, CustomerMark):
        assert not left.objects.exists()
    assert check_ledger().ok


def test_with_nothing_to_do_it_does_nothing() -> None:
    assert count_pending() == 0


def test_what_waits_for_its_promise_is_not_pending() -> None:
    store(fulfilled("unknown", START))
    assert count_pending() == 1
    assert nothing_pending()
    assert PendingEvent.objects.get().state == "waiting"


def test_it_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("promises.services.counting.drain", lambda: drains(limit=2))
    for number in range(5):
        store(made(f"order-{number}"))
    told: list[int] = []
    count_pending(progress=told.append)
    assert told == [2, 4, 5]


def test_without_time_it_leaves_the_work_to_the_next() -> None:
    store(made("order-1"))
    assert count_pending(budget_seconds=0) == 0
    assert not nothing_pending()
    assert count_pending() == 1


def test_three_that_count_at_once_count_everything_once() -> None:
    store(*(made(f"order-{n}", team=f"t-{n % 3}", customer=f"c-{n % 9}") for n in range(300)))
    store(*(fulfilled(f"order-{n}", START + timedelta(days=n % 5)) for n in range(300)))
    together(count_pending, count_pending, count_pending)
    count_pending()
    assert nothing_pending()
    assert sum(Cell.objects.values_list("n", flat=True)) == Promise.objects.count() == 300
    assert check_ledger().ok


def test_a_wake_up_counts_and_folds_what_it_tells_of() -> None:
    counting._folded.clear()
    store(*(made(f"order-{number}") for number in range(5)), fulfilled("order-1", START))
    assert counting.count_told() == 6
    assert nothing_pending()
    assert not CellDelta.objects.exists()
    assert CustomerScore.objects.exists()


def test_wake_ups_in_a_row_leave_the_folding_to_one_of_them_or_to_the_sweep() -> None:
    counting._folded.clear()
    store(made("order-1"))
    counting.count_told()
    store(made("order-2"))
    assert counting.count_told() == 1
    assert (Promise.objects.count(), CellDelta.objects.exists()) == (2, True)
    assert check_ledger().ok
    count_pending()
    assert not CellDelta.objects.exists()
    assert check_ledger().ok


def test_a_wake_up_goes_on_while_batches_come_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("promises.services.counting.FULL_BATCH", 2)
    monkeypatch.setattr("promises.services.counting.drain", lambda: drains(limit=2))
    for number in range(5):
        store(made(f"order-{number}"))
    assert counting.count_told() == 5
    for number in range(5):
        store(made(f"later-{number}"))
    assert counting.count_told(budget_seconds=0) == 2
    count_pending()
    assert nothing_pending()


def test_parties_of_a_batch_are_there_before_its_promises(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another that meets the same new customer must not wait for the end of this batch."""
    seen: list[tuple[int, int, int]] = []

    def counted(_keys: object) -> int:
        found = (Customer.objects, Team.objects, Touchpoint.objects)
        seen.append(tuple(one.filter(is_new=True).count() for one in found))  # type: ignore[arg-type]
        return 0

    monkeypatch.setattr(import_module("promises.projection.drain"), "project", counted)
    store(
        made("order-1", customer="c-1", team="t-1", touchpoint="shop"),
        made("order-2", customer=" c-1 ", team="", touchpoint="shop"),
        made("order-3", customer="c-2", team="t-2"),
    )
    drains()
    assert seen == [(2, 2, 2)]
