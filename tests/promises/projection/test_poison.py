"""A poison event stops nobody (R5)."""

import importlib

import pytest
from django.db import OperationalError, connection

from interactions.models import Arrival, Event, PendingEvent
from interactions.todo import counts_by_state, list_singly
from promises.models import DrainBatch, Promise
from promises.projection import drain, pending_count, replay
from promises.projection.claims import PLACES, claim
from promises.projection.drain import MAX_ATTEMPTS
from promises.services.checking import check_ledger
from tests.events import START, event, fulfilled, list_all_singly, made, store

pytestmark = pytest.mark.django_db(transaction=True)

# The package names the function where the module would be.
draining = importlib.import_module("promises.projection.drain")


def poison(reference: str) -> int:
    """An event that no gate would let in: its customer has no id."""
    store(made(reference))
    event = Event.objects.get(subject=reference)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE interactions_event DISABLE TRIGGER event_append_only")
        cursor.execute(
            "UPDATE interactions_event SET data = data - 'customer' WHERE id = %s", [event.pk]
        )
        cursor.execute("ALTER TABLE interactions_event ENABLE TRIGGER event_append_only")
    return event.pk


def test_neighbours_are_counted_and_the_poison_is_set_aside_with_its_reason() -> None:
    bad = poison("bad")
    store(*(made(f"good-{n}") for n in range(10)))
    for _ in range(MAX_ATTEMPTS):
        drain()
    assert Promise.objects.count() == 10
    row = PendingEvent.objects.get()
    assert (row.event_id, row.state, row.attempts) == (bad, "set aside", MAX_ATTEMPTS)
    assert "customer" in row.reason
    assert not DrainBatch.objects.exists()
    assert pending_count() == 0
    assert replay([bad]) == 1
    assert pending_count() == 1


def died(*arrivals: Arrival, place: int = 1, tries: int = 0) -> DrainBatch:
    """What a drain leaves behind that took up some arrivals and died."""
    return DrainBatch.objects.create(
        events=[event for arrival in arrivals for event in arrival.events],
        arrivals=[arrival.pk for arrival in arrivals],
        place=place,
        tries=tries,
    )


@pytest.mark.parametrize("tries", [0, 1])
@pytest.mark.parametrize("place", range(1, PLACES + 1))
@pytest.mark.parametrize("singly", [False, True])
def test_a_batch_whose_process_died_is_taken_up_again(tries: int, place: int, singly: bool) -> None:
    store(*(made(f"order-{n}") for n in range(5)))
    died(Arrival.objects.get(), place=place, tries=tries)
    if singly:
        list_all_singly()
    drain()
    assert Promise.objects.count() == 5
    assert not DrainBatch.objects.exists()
    assert pending_count() == 0


def test_a_died_batch_with_a_poison_in_it_goes_row_by_row() -> None:
    bad = poison("bad")
    store(*(made(f"good-{n}") for n in range(5)))
    died(*Arrival.objects.all())
    drain()
    assert Promise.objects.count() == 5
    assert not Arrival.objects.exists()
    assert list(PendingEvent.objects.values_list("event_id", "attempts")) == [(bad, 2)]


def test_what_another_drain_has_in_hand_is_left_to_it() -> None:
    for some in (range(3), range(3, 5), range(5, 6), range(6, 7)):
        store(*(made(f"order-{n}") for n in some))
    arrivals = list(Arrival.objects.order_by("pk"))
    list_singly([one.pk for one in arrivals[2:]])
    theirs = DrainBatch.objects.create(
        events=[*arrivals[0].events, *arrivals[2].events], arrivals=[arrivals[0].pk], place=1
    )
    claimed = claim(PLACES, 10)
    assert claimed is not None
    assert not set(claimed.events) & set(theirs.events)
    assert claimed.events == [*arrivals[3].events, *arrivals[1].events]
    assert claimed.arrivals == [arrivals[1].pk]
    assert claim(PLACES, 10) is None


def test_arrivals_are_taken_up_as_a_whole_and_no_more_than_asked_for_but_one() -> None:
    for size in (2, 1, 5, 1):
        store(*(made(f"order-{size}-{n}-{Event.objects.count()}") for n in range(size)))
    taken = [claim(1, 4) for _ in range(3)]
    assert [len(one.events) for one in taken if one] == [3, 5, 1]
    assert [len(one.arrivals) for one in taken if one] == [2, 1, 1]
    assert claim(2, 4) is None


def test_a_large_request_is_taken_up_in_parts() -> None:
    store(*(made(f"order-{n}") for n in range(2_500)))
    batch = claim(1, 1_000)
    assert batch is not None
    assert len(batch.events) <= 2_000
    assert sum(Arrival.objects.values_list("size", flat=True)) == pending_count() == 2_500


def test_a_database_that_is_away_leaves_arrivals_for_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store(made("order-1"), made("order-2"))

    def gone(_events: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as context:
        context.setattr(draining, "_apply", gone)
        context.setattr(draining, "database_is_away", lambda _error: True)
        with pytest.raises(OperationalError):
            drain()
    assert (pending_count(), DrainBatch.objects.exists()) == (2, False)
    drain()
    assert (pending_count(), Promise.objects.count()) == (0, 2)


def test_what_waits_already_and_comes_up_again_is_on_the_list_once() -> None:
    store(fulfilled("order-1", START))
    store(event("promise.confirmed", "order-1", START, {"by": "c-1"}), made("order-9"))
    died(Arrival.objects.earliest("pk"))
    drain()
    assert counts_by_state() == {"pending": 0, "waiting": 2, "set aside": 0}
    store(made("order-1"))
    drain()
    assert counts_by_state() == {"pending": 0, "waiting": 0, "set aside": 0}
    assert check_ledger().ok


def test_an_event_that_kills_its_process_every_time_is_set_aside() -> None:
    store(made("killer"))
    list_all_singly()
    pending = PendingEvent.objects.get()
    PendingEvent.objects.update(attempts=MAX_ATTEMPTS)
    DrainBatch.objects.create(events=[pending.event_id], tries=1)
    drain()
    row = PendingEvent.objects.get()
    assert row.state == "set aside"
    assert "died" in row.reason


def test_the_check_still_adds_up_with_an_event_set_aside() -> None:
    poison("bad")
    store(made("good"))
    for _ in range(MAX_ATTEMPTS):
        drain()
    report = check_ledger()
    assert (report.received, report.applied, report.set_aside) == (2, 1, 1)
