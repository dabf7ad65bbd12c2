"""A poison event stops nobody (R5)."""

import pytest
from django.db import connection

from interactions.models import Event, PendingEvent
from promises.models import DrainBatch, Promise
from promises.projection import drain, pending_count, replay
from promises.projection.claims import PLACES, claim
from promises.projection.drain import MAX_ATTEMPTS
from promises.services.checking import check_ledger
from tests.events import made, store

pytestmark = pytest.mark.django_db(transaction=True)


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


@pytest.mark.parametrize("tries", [0, 1])
@pytest.mark.parametrize("place", range(1, PLACES + 1))
def test_a_batch_whose_process_died_is_taken_up_again(tries: int, place: int) -> None:
    store(*(made(f"order-{n}") for n in range(5)))
    events = list(PendingEvent.objects.values_list("event_id", flat=True))
    DrainBatch.objects.create(events=events, place=place, tries=tries)
    drain()
    assert Promise.objects.count() == 5
    assert not DrainBatch.objects.exists()


def test_a_died_batch_with_a_poison_in_it_goes_row_by_row() -> None:
    bad = poison("bad")
    store(*(made(f"good-{n}") for n in range(5)))
    DrainBatch.objects.create(events=list(PendingEvent.objects.values_list("pk", flat=True)))
    drain()
    assert Promise.objects.count() == 5
    assert list(PendingEvent.objects.values_list("event_id", "attempts")) == [(bad, 2)]


def test_what_another_drain_has_in_hand_is_left_to_it() -> None:
    store(*(made(f"order-{n}") for n in range(5)))
    theirs = list(PendingEvent.objects.values_list("pk", flat=True))[:3]
    DrainBatch.objects.create(events=theirs, place=1)
    claimed = claim(PLACES, 10)
    assert claimed is not None
    assert not set(claimed.events) & set(theirs)
    assert len(claimed.events) == 2


def test_an_event_that_kills_its_process_every_time_is_set_aside() -> None:
    store(made("killer"))
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
