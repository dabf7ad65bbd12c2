"""Recording: each fact once, whoever tells it and by whichever way."""

from threading import Event

import pytest
from django.db import connection, transaction

from interactions import ledger
from interactions.decode import NewEvent
from interactions.intake import Intake
from interactions.ledger import record
from interactions.models import Event as EventRow
from interactions.models import IntakeRow, Source
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
        # Ids hold no line break and no tabulator.
        team = {"team": " ".join(text.split())}
        events.append(made(f"order-{number}", source=source, statement=text, **team))
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


# From so many events on each way is taken: (append, copy).
NEVER = 10**9
WAYS = {"append": (1, NEVER), "copy": (NEVER, 0), "arrays": (NEVER, NEVER)}
EACH_WAY = pytest.mark.parametrize("way", WAYS)


def take(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all events go one way."""
    monkeypatch.setattr(ledger, "APPEND_FROM", WAYS[way][0])
    monkeypatch.setattr(ledger, "COPY_FROM", WAYS[way][1])


def test_each_way_stores_the_same_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    for way in WAYS:
        take(way, monkeypatch)
        assert all(store(*odd_events(f"/{way}")))
    assert stored_rows("/append") == stored_rows("/copy") == stored_rows("/arrays")
    assert len(stored_rows("/append")) == 2 * len(ODD) + 2
    assert EventRow.objects.count() == pending_count()


@EACH_WAY
def test_each_way_answers_duplicates(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store(made("order-1"))
    take(way, monkeypatch)
    assert store(made("order-2"), made("order-1"), made("order-2")) == [True, False, False]
    assert EventRow.objects.count() == pending_count() == 2


@pytest.mark.parametrize("known", range(6))
def test_one_that_is_known_costs_the_others_nothing(
    known: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [made(f"order-{n}") for n in range(6)]
    store(events[known])
    take("append", monkeypatch)
    assert store(*events) == [n != known for n in range(6)]
    assert EventRow.objects.count() == pending_count() == 6
    with transaction.atomic():
        more = [made(f"order-{n}") for n in range(5, 9)]
        assert store(*more) == [False, True, True, True]
    assert EventRow.objects.count() == pending_count() == 9


@pytest.mark.parametrize("character", ["\t", "\n", "\r", "\x1f"])
def test_a_text_that_copy_would_misread_is_stored_as_it_is(
    character: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    take("append", monkeypatch)
    odd = made("order-1")._replace(id=f"before{character}after")
    if character == "\x1f":
        with pytest.raises(ValueError, match="separates"):
            store(odd)
        return
    assert store(odd, made("order-2")) == [True, True]
    assert EventRow.objects.filter(event_id=odd.id).exists()


@EACH_WAY
def test_a_kept_connection_that_died_is_replaced(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store(made("order-1"))
    take(way, monkeypatch)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    together(lambda: end_backend(pid))
    if way == "copy":
        # Its transaction asks first whether the connection lives.
        connection.close()
    assert store(made("order-1"), made("order-2")) == [False, True]
    assert store(made("order-3"), made("order-4")) == [True, True]
    assert EventRow.objects.count() == pending_count() == 4


def end_backend(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_an_appended_request_is_counted_with_its_events(monkeypatch: pytest.MonkeyPatch) -> None:
    take("append", monkeypatch)
    intake = Intake(None, "/shop", 3, 1)
    assert record([made("order-1"), made("order-2")], recorded_at=NOW, intake=intake) == [True] * 2
    row = IntakeRow.objects.get()
    assert (row.received, row.accepted, row.duplicate, row.rejected) == (3, 2, 0, 1)


def overlapping(number: int) -> list[NewEvent]:
    """Events of a few sources, in the order of their ids."""
    return [made(f"order-{n:04}", source=f"/shop-{n * 5 // number}") for n in range(number)]


def assert_each_once(answers: list[list[bool]], number: int) -> None:
    forwards, backwards = answers
    told = [one + other for one, other in zip(forwards, reversed(backwards), strict=True)]
    assert told == [1] * number
    assert EventRow.objects.count() == pending_count() == number


@EACH_WAY
def test_two_callers_with_the_same_events_in_opposite_order_never_wait_in_a_circle(
    monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    take(way, monkeypatch)
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


@EACH_WAY
def test_two_callers_with_the_same_unknown_sources_store_each_event_once(
    monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    take(way, monkeypatch)
    events = overlapping(500)
    answers = together(lambda: store(*events), lambda: store(*reversed(events)))
    assert_each_once(answers, len(events))
    assert Source.objects.count() == 5
