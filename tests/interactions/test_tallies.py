"""Events by source: exact whoever writes meanwhile, and never by looking through the ledger."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Max
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from interactions import tallies
from interactions.keys import make_key
from interactions.ledger import record
from interactions.models import Event, IntakeHour, Source, SourceTally, TallyMark
from interactions.receipts import receipt_of
from interactions.selectors import EVERYTHING
from interactions.sources import source_lines
from interactions.tallies import Tally, count_again, count_new
from promises.selectors.health import health_read
from tests.events import NOW, made
from tests.threads import started, together

pytestmark = pytest.mark.django_db(transaction=True)

BIG = ("interactions_event", "interactions_customer", "interactions_intakehour")


def tell(source: str, *names: str, at: datetime = NOW) -> None:
    record([made(name, source=source) for name in names], recorded_at=at)


def told() -> dict[str, tuple[int, int]]:
    names = dict(Source.objects.values_list("pk", "name"))
    return {names[pk]: (one.events, one.last_event) for pk, one in tallies.tallies().items()}


def truth() -> dict[str, tuple[int, int]]:
    counts = Counter(Event.objects.values_list("source__name", flat=True))
    last = dict(Event.objects.values_list("source__name").annotate(Max("pk")))
    return {name: (count, last[name]) for name, count in counts.items()}


def test_nothing_was_told() -> None:
    assert (told(), count_new()) == ({}, 0)
    Source.objects.create(name="/silent")
    assert (told(), count_new()) == ({}, 0)


def test_what_is_counted_and_what_came_after_are_added() -> None:
    tell("/a", "1", "2")
    tell("/b", "3")
    assert told() == truth()
    assert (count_new(), count_new()) == (3, 0)
    assert told() == truth()
    tell("/a", "4", "1")
    tell("/c", "5")
    assert told() == truth()
    assert count_new() == 2
    assert told() == truth()
    assert dict(SourceTally.objects.values_list("source__name", "events")) == {
        "/a": 3,
        "/b": 1,
        "/c": 1,
    }


def test_one_source_alone() -> None:
    tell("/a", "1")
    count_new()
    tell("/b", "2")
    ids = {name: pk for pk, name in Source.objects.values_list("pk", "name")}
    assert set(tallies.tallies([ids["/b"]])) == {ids["/b"]}
    assert tallies.tallies([ids["/a"], 0]) == {ids["/a"]: Tally(1, truth()["/a"][1])}
    assert tallies.tallies([]) == {}


def test_a_ledger_from_before_is_counted_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    tell("/a", *map(str, range(25)))
    monkeypatch.setattr(tallies, "COUNT_AT_MOST", 10)
    assert [count_new() for _ in range(4)] == [10, 10, 5, 0]
    assert told() == truth()


def test_who_has_a_number_but_has_not_committed_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tallies, "PATIENCE_SECONDS", 0.1)
    tell("/a", "0")

    def slowly() -> int:
        with transaction.atomic():
            tell("/a", "early number")
            together(lambda: tell("/b", "late number"))
            (counted,) = together(count_new)
            assert not TallyMark.objects.exists()
            return counted

    assert slowly() == 0
    assert count_new() == 3
    assert told() == truth()


def test_who_gives_up_is_not_waited_for_again() -> None:
    tell("/a", "0")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell("/a", "1")
        raise ZeroDivisionError
    tell("/a", "2")
    assert count_new() == 2
    assert told() == truth()


def test_deleted_events_are_counted_no_more() -> None:
    tell("/a", "1", "2")
    tell("/b", "3")
    count_new()
    tell("/a", "4")
    source = Source.objects.get(name="/a")
    for keep in (1, 0):
        with transaction.atomic(), connection.cursor() as cursor:
            Source.objects.filter(pk=source.pk).update(is_sample=True)
            cursor.execute("SET LOCAL promisegap.deleting = 'sample'")
            cursor.execute(
                "DELETE FROM interactions_event WHERE source_id = %s AND id NOT IN "
                "(SELECT id FROM interactions_event WHERE source_id = %s ORDER BY id LIMIT %s)",
                [source.pk, source.pk, keep],
            )
            count_again(source.pk)
        assert told() == truth()
        count_new()
        assert told() == truth()


def test_counting_and_reading_while_many_write() -> None:
    def write(source: str) -> Callable[[], None]:
        def work() -> None:
            for number in range(40):
                with transaction.atomic():
                    tell(source, f"{number}", f"{number} again")
                    if random.random() < 0.2:
                        transaction.set_rollback(True)

        return work

    def count() -> None:
        for _ in range(25):
            count_new()

    def read() -> None:
        before = 0
        for _ in range(40):
            now = sum(one.events for one in tallies.tallies().values())
            assert now >= before
            before = now

    with started(write("/a"), write("/b"), count, count, read) as works:
        pass
    for work in works:
        work.result()
    assert told() == truth()
    count_new()
    assert told() == truth()
    assert dict(SourceTally.objects.values_list("source__name", "events")) == {
        name: events for name, (events, _) in truth().items()
    }


FILL = """
INSERT INTO interactions_event (source_id, event_id, type, subject, subject_source_id,
                                occurred_at, recorded_at, data)
SELECT source_id, 'fill-' || n, type, subject, subject_source_id, occurred_at, recorded_at, '{}'
FROM interactions_event, generate_series(1, 30000) AS n WHERE event_id LIKE 'first:%'
"""
FILL_HOURS = """
INSERT INTO interactions_intakehour (source, starts_at, received, accepted, duplicate, rejected,
                                     requests, last_at)
SELECT '/' || n % 40, now() - interval '30 days' - n / 40 * interval '1 hour', 1, 1, 0, 0, 1, now()
FROM generate_series(1, 30000) AS n
"""
FILL_CUSTOMERS = """
INSERT INTO interactions_customer (reference, name, is_new, created_at, preferred_name, zone,
                                   segment)
SELECT 'c-' || n, 'Customer ' || n, false, now(), '', '', '' FROM generate_series(1, 30000) AS n
"""


def test_no_page_looks_through_a_big_table() -> None:
    tell("/shop", "first")
    with connection.cursor() as cursor:
        for statement in (FILL, FILL_HOURS, FILL_CUSTOMERS):
            cursor.execute(statement)
    count_new()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE interactions_event, interactions_customer")
        cursor.execute("ANALYZE interactions_intakehour")
    tell("/shop", "last")
    Source.objects.create(name="/silent")
    key, _ = make_key(name="shop", scopes=["events:write"], source=Source.objects.get(name="/shop"))
    now = timezone.now()
    with CaptureQueriesContext(connection) as asked:
        health = health_read(EVERYTHING, now=now)
        lines = {line.name: line.has_events for line in source_lines(now)}
        receipt = receipt_of(key)
    assert [source.events for source in health.sources] == [30_002, 0]
    assert lines == {"/shop": True, "/silent": False}
    assert receipt.event is None
    statements = [one["sql"] for one in asked.captured_queries]
    assert len(statements) > 10
    for statement in statements:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {statement}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert not [table for table in BIG if f"Seq Scan on {table}" in plan], plan


def test_when_a_source_was_heard_last_is_that_of_any_of_its_keys() -> None:
    Source.objects.create(name="/shop")
    hour = NOW.replace(minute=0)
    for key, starts_at, minute in ((1, hour - timedelta(hours=1), 59), (1, hour, 5), (2, hour, 9)):
        IntakeHour.objects.create(
            key_id=key,
            source="/shop",
            starts_at=starts_at,
            received=1,
            accepted=1,
            duplicate=0,
            rejected=0,
            requests=1,
            last_at=starts_at + timedelta(minutes=minute),
        )
    (line,) = source_lines(NOW)
    assert line.last_heard_at == hour + timedelta(minutes=9)
