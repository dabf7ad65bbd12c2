"""Recording: each fact once, whoever tells it and by whichever way."""

from threading import Event

import pytest
from django.db import transaction

from interactions import ledger
from interactions.decode import NewEvent
from interactions.models import Event as EventRow
from interactions.models import Source
from interactions.todo import pending_count
from tests.events import NOW, START, event, fulfilled, made, retracted, store
from tests.threads import started, together, wait_for_locks

pytestmark = pytest.mark.django_db(transaction=True)

ODD = [
    '"quoted"',
    "back\\slash",
    "new\nline\r\n",
    "{brace,s}",
    "NULL",
    "\\N",
    "tab\t",
    "é😀",
    "'; --",
]


def odd_events(source: str) -> list[NewEvent]:
    """Events of every sort of subject, with texts that could break a format."""
    making = made("order-0", source=source)
    events = [making, retracted(making, START, source=source)]
    for number, text in enumerate(ODD, 1):
        words = {"words": text, "attributes": {text: text}}
        events.append(made(f"order-{number}", source=source, statement=text, **{"team": text}))
        events.append(event("feedback.given", f"c-{number}", START, words, source=source))
    return events


def test_new_events_are_accepted_and_known_ones_are_duplicates_in_order() -> None:
    assert store(made("order-1"), made("order-2")) == [True, True]
    assert store(made("order-3"), made("order-1"), made("order-4")) == [True, False, True]


def test_the_same_event_twice_in_one_call_is_new_once() -> None:
    assert store(made("order-1"), made("order-2"), made("order-1")) == [True, True, False]
    assert EventRow.objects.count() == pending_count() == 2


def test_a_duplicate_changes_nothing() -> None:
    store(made("order-1", id="e-1", statement="the first"))
    store(made("order-1", id="e-1", statement="the second"))
    assert EventRow.objects.get().data["statement"] == "the first"


def test_the_same_id_of_another_source_is_another_event() -> None:
    assert store(made("order-1", id="e"), made("order-1", id="e", source="/desk")) == [True, True]


def test_nothing_to_record_is_nothing() -> None:
    assert store() == []


def test_both_moments_are_kept() -> None:
    store(fulfilled("order-1", START))
    row = EventRow.objects.get()
    assert (row.occurred_at, row.recorded_at) == (START, NOW)


def test_unknown_sources_are_created_with_the_door_of_their_events() -> None:
    store(
        fulfilled("order-1", START, source="/desk", promise_source="/shop"), door=Source.Door.PERSON
    )
    assert dict(Source.objects.values_list("name", "door")) == {
        "/desk": "person",
        "/shop": "machine",
    }


def test_an_event_of_another_source_names_the_promise_in_its_makers_names() -> None:
    store(fulfilled("order-1", START, source="/carrier", promise_source="/shop"))
    row = EventRow.objects.get()
    assert row.subject_source is not None
    assert (row.source.name, row.subject_source.name) == ("/carrier", "/shop")


def stored_rows(source: str) -> list[str]:
    """All that is stored of a source's events, in its own name's place a star."""
    columns = ("event_id", "type", "subject", "subject_source__name", "occurred_at", "recorded_at")
    rows = EventRow.objects.filter(source__name=source).order_by("event_id")
    return [repr(row).replace(source, "*") for row in rows.values_list(*columns, "actor", "data")]


def test_copy_and_arrays_store_the_same_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(store(*odd_events("/one")))
    monkeypatch.setattr(ledger, "COPY_FROM", 0)
    assert all(store(*odd_events("/two")))
    assert stored_rows("/one") == stored_rows("/two")
    assert len(stored_rows("/two")) == 2 * len(ODD) + 2


def test_copy_answers_duplicates_as_arrays_do(monkeypatch: pytest.MonkeyPatch) -> None:
    store(made("order-1"))
    monkeypatch.setattr(ledger, "COPY_FROM", 0)
    assert store(made("order-2"), made("order-1"), made("order-2")) == [True, False, False]
    assert EventRow.objects.count() == pending_count() == 2


BOTH_WAYS = pytest.mark.parametrize("copy_from", [0, ledger.COPY_FROM], ids=["copy", "arrays"])


def overlapping(number: int) -> list[NewEvent]:
    """Events of a few sources, in the order of their ids."""
    return [made(f"order-{n:04}", source=f"/shop-{n * 5 // number}") for n in range(number)]


def assert_each_once(answers: list[list[bool]], number: int) -> None:
    forwards, backwards = answers
    told = [one + other for one, other in zip(forwards, reversed(backwards), strict=True)]
    assert told == [1] * number
    assert EventRow.objects.count() == pending_count() == number


@BOTH_WAYS
def test_two_callers_with_the_same_events_in_opposite_order_never_wait_in_a_circle(
    monkeypatch: pytest.MonkeyPatch, copy_from: int
) -> None:
    monkeypatch.setattr(ledger, "COPY_FROM", copy_from)
    Source.objects.bulk_create([Source(name=f"/shop-{n}") for n in range(5)])
    events = overlapping(40)
    held = Event()

    def once_held(*given: NewEvent) -> list[bool]:
        assert held.wait(10)
        return store(*given)

    # A third holds one in their middle until both have begun, and then lets go.
    with started(lambda: once_held(*events), lambda: once_held(*reversed(events))) as calls:
        with transaction.atomic():
            store(events[20])
            held.set()
            wait_for_locks(2)
            transaction.set_rollback(True)
        answers = [call.result() for call in calls]
    assert_each_once(answers, len(events))


@BOTH_WAYS
def test_two_callers_with_the_same_unknown_sources_store_each_event_once(
    monkeypatch: pytest.MonkeyPatch, copy_from: int
) -> None:
    monkeypatch.setattr(ledger, "COPY_FROM", copy_from)
    events = overlapping(500)
    answers = together(lambda: store(*events), lambda: store(*reversed(events)))
    assert_each_once(answers, len(events))
    assert Source.objects.count() == 5
