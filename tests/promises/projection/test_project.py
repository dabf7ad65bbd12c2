import re
from datetime import timedelta

import pytest
from django.db import connection

from interactions.models import Customer, PendingEvent
from promises.cells import fold_deltas
from promises.models import Cell, CellDelta, CellLateness, OpenPromise, Promise
from promises.projection import drain, pending_count
from tests.events import NOW, START, event, fulfilled, made, retracted, store, uncounted

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
LATER = START + 9 * DAY


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


@pytest.mark.parametrize("days", [2, 5])
def test_an_outcome_changes_nothing_that_is_in_an_index(days: int) -> None:
    """A column in an index (or in what an index is for) would make each outcome a new entry in all
    of them. Late ones are the few that a past moment has to find."""
    store(made("order-1"))
    drain_all()
    before = Promise.objects.values().get()
    store(fulfilled("order-1", START + days * DAY))
    drain_all()
    after = Promise.objects.values().get()
    changed = {name for name in after if after[name] != before[name]}
    assert {"state", "settled_at", "last_event_at"} <= changed
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'promises_promise'",
        )
        definitions = " ".join(definition for (definition,) in cursor.fetchall())
    assert "promise_eventful" in definitions
    late = {"late_event_at"} if days == 5 else set()
    assert changed & set(re.findall(r"\w+", definitions)) == late
    assert after["late_event_at"] == (START + 5 * DAY if late else None)


def test_what_was_rescheduled_is_found_by_its_last_event() -> None:
    store(made("order-1"), made("order-2"))
    store(event("promise.rescheduled", "order-1", START + DAY, {"due_at": LATER.isoformat()}))
    drain_all()
    one, other = Promise.objects.order_by("reference")
    assert (one.eventful, one.eventful_at) == (True, START + DAY)
    assert (other.eventful, other.eventful_at) == (False, None)


def test_an_outcome_is_one_delta() -> None:
    store(made("order-1"))
    drain_all()
    store(fulfilled("order-1", START + 5 * DAY))
    while drain():
        pass
    delta = CellDelta.objects.get()
    assert (delta.n, delta.open, delta.late, delta.settled) == (0, -1, 1, 1)


def test_it_keeps_an_outcome_waiting_until_its_promise_arrives() -> None:
    store(fulfilled("order-1", START + DAY))
    drain_all()
    assert PendingEvent.objects.get().state == "waiting"
    store(made("order-1"))
    drain_all()
    assert not uncounted()
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
    assert not uncounted()


def test_it_creates_unknown_parties_as_new() -> None:
    store(made("order-1", customer=""), made("order-2", customer="  "), made("order-3"))
    drain_all()
    assert sorted(Customer.objects.values_list("reference", "is_new")) == [
        ("c-1", True),
        ("not-stated", True),
    ]
    assert CellDelta.objects.count() == 0
