from datetime import timedelta

import pytest

from interactions.models import Customer, PendingEvent
from promises.cells import fold_deltas
from promises.models import Cell, CellDelta, CellLateness, OpenPromise, Promise
from promises.projection import drain, pending_count
from tests.events import NOW, START, fulfilled, made, retracted, store

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


def drain_all() -> None:
    while drain():
        pass
    fold_deltas()


def test_it_projects_a_promise_and_its_outcome() -> None:
    store(made("order-1"), fulfilled("order-1", START + 2 * DAY))
    drain_all()
    promise = Promise.objects.get()
    assert (promise.state, promise.customer.reference, promise.team.reference) == (
        "kept",
        "c-1",
        "fulfilment",
    )
    assert pending_count() == 0
    assert not OpenPromise.objects.exists()
    cell = Cell.objects.get()
    assert (cell.n, cell.kept, cell.weight, cell.loss) == (1, 1, 10**9, 0)
    assert CellLateness.objects.get().settled == 1


def test_it_moves_a_promise_between_states_without_a_trace_in_the_sums() -> None:
    late = fulfilled("order-1", START + 5 * DAY)
    store(made("order-1"))
    drain_all()
    assert Cell.objects.get().open == 1
    store(late)
    drain_all()
    cell = Cell.objects.get()
    assert (cell.open, cell.late, cell.open_weight, cell.open_residual) == (0, 1, 0, 0)
    store(retracted(late, NOW))
    drain_all()
    cell = Cell.objects.get()
    assert (cell.open, cell.late, cell.loss) == (1, 0, 0)
    assert OpenPromise.objects.count() == 1
    assert CellLateness.objects.get().settled == 0


def test_it_keeps_an_outcome_waiting_until_its_promise_arrives() -> None:
    store(fulfilled("order-1", START + DAY))
    drain_all()
    assert PendingEvent.objects.get().state == "waiting"
    store(made("order-1"))
    drain_all()
    assert not PendingEvent.objects.exists()
    assert Promise.objects.get().state == "kept"


def test_it_unmakes_a_promise_whose_making_was_taken_back() -> None:
    making = made("order-1")
    store(making, fulfilled("order-1", START + DAY))
    drain_all()
    store(retracted(making, NOW))
    drain_all()
    assert not Promise.objects.exists()
    assert Cell.objects.get().n == 0
    assert PendingEvent.objects.get().state == "waiting"


def test_it_waits_with_a_retraction_of_an_unknown_event() -> None:
    making = made("order-1")
    outcome = fulfilled("order-1", START + DAY)
    store(making, retracted(outcome, START + 2 * DAY))
    drain_all()
    assert PendingEvent.objects.get().state == "waiting"
    store(outcome)
    drain_all()
    assert Promise.objects.get().state == "open"
    assert not PendingEvent.objects.exists()


def test_it_creates_unknown_parties_as_new() -> None:
    store(made("order-1", customer=""), made("order-2", customer="  "), made("order-3"))
    drain_all()
    assert sorted(Customer.objects.values_list("reference", "is_new")) == [
        ("c-1", True),
        ("not-stated", True),
    ]
    assert CellDelta.objects.count() == 0
