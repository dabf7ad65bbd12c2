"""The watch: each threshold once, with its own moment, whoever looks and how often."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection, transaction

from interactions.decode import NewEvent
from interactions.ledger import record
from interactions.models import Source
from promises.models import Crossing, OpenPromise
from promises.projection import forget_source
from promises.services.checking import check_ledger
from promises.services.rebuilding import rebuild_scores
from promises.services.watching import KEPT, clear_old, watch
from tests.events import START, event, fulfilled, made, retracted
from tests.promises.asking import count
from tests.threads import together

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECOND, TICK = timedelta(seconds=1), timedelta(microseconds=1)

Seen = list[tuple[str, int, float]]


def hear(*events: NewEvent, at: datetime = START) -> None:
    """Record and count events heard at a moment."""
    record(events, recorded_at=at, door=Source.Door.MACHINE)
    count()


def seen(reference: str = "one") -> Seen:
    """The crossings of a promise, their moments in hours after START."""
    rows = Crossing.objects.filter(promise__reference=reference).order_by("moment", "day")
    return [(row.threshold, row.day, (row.moment - START) / HOUR) for row in rows]


def next_check(reference: str = "one") -> float | None:
    """When it is looked at next, in hours after START."""
    moment = OpenPromise.objects.get(promise__reference=reference).next_check
    return None if moment is None else (moment - START) / HOUR


def test_every_threshold_once_however_often_somebody_looks() -> None:
    hear(made("one", due=START + 8 * HOUR))
    for minutes in range(0, 60 * 60, 20):
        watch(now=START + timedelta(minutes=minutes))
    assert seen() == [("half", 0, 4), ("three_quarters", 0, 6), ("due", 0, 8)] + [
        ("over", day, 8 + 24 * day) for day in (1, 2)
    ]


def test_what_was_missed_is_made_up_for_with_its_own_moments() -> None:
    hear(made("one", due=START + 8 * HOUR))
    now = START + 60 * HOUR
    assert watch(now=now) == 5
    assert seen() == [
        ("half", 0, 4),
        ("three_quarters", 0, 6),
        ("due", 0, 8),
        ("over", 1, 32),
        ("over", 2, 56),
    ]
    assert set(Crossing.objects.values_list("noticed_at", flat=True)) == {now}
    assert (watch(now=now), next_check()) == (0, 80)


def test_the_moment_itself_is_not_yet_past() -> None:
    hear(made("one", due=START + 8 * HOUR))
    assert watch(now=START + 4 * HOUR) == 0
    assert watch(now=START + 4 * HOUR + TICK) == 1


def test_what_had_passed_before_it_was_heard_is_no_news() -> None:
    hear(made("one", due=START + 8 * HOUR), at=START + 50 * HOUR)
    row = OpenPromise.objects.get()
    assert row.watched_from == START + 50 * HOUR
    watch(now=START + 60 * HOUR)
    assert seen() == [("over", 2, 56)]


def test_a_worker_that_was_away_does_not_make_news_old() -> None:
    record([made("one", due=START + 8 * HOUR)], recorded_at=START, door=Source.Door.MACHINE)
    count()
    watch(now=START + 9 * HOUR)
    assert [threshold for threshold, _, _ in seen()] == ["half", "three_quarters", "due"]


def test_a_later_date_of_ours_has_warnings_of_its_own() -> None:
    hear(made("one", due=START + 8 * HOUR))
    watch(now=START + 7 * HOUR)
    at = START + 7 * HOUR
    hear(event("promise.rescheduled", "one", at, {"due_at": (at + 5 * HOUR).isoformat()}), at=at)
    watch(now=START + 20 * HOUR)
    # Half of the twelve hours had passed; d0 did not move.
    assert seen() == [
        ("half", 0, 4),
        ("three_quarters", 0, 6),
        ("due", 0, 8),
        ("three_quarters", 0, 9),
    ]


def test_a_date_that_the_customer_moved_is_due_then() -> None:
    hear(made("one", due=START + 8 * HOUR))
    watch(now=START + 7 * HOUR)
    at, request = START + 7 * HOUR, {"at": START.isoformat(), "who": "Ada"}
    data = {"due_at": (START + 40 * HOUR).isoformat(), "customer_request": request}
    hear(event("promise.rescheduled", "one", at, data), at=at)
    watch(now=START + 50 * HOUR)
    assert seen()[2:] == [("half", 0, 20), ("three_quarters", 0, 30), ("due", 0, 40)]


def test_a_running_pause_has_no_next_check_and_moves_what_is_left() -> None:
    hear(made("one", due=START + 8 * HOUR))
    watch(now=START + 5 * HOUR)
    hear(event("promise.paused", "one", START + 5 * HOUR, {"cause": "agreed"}), at=START + 5 * HOUR)
    assert next_check() is None
    assert watch(now=START + 30 * HOUR) == 0
    hear(event("promise.resumed", "one", START + 35 * HOUR), at=START + 35 * HOUR)
    watch(now=START + 40 * HOUR)
    assert seen() == [("half", 0, 4), ("three_quarters", 0, 36), ("due", 0, 38)]


def test_an_event_that_moves_no_date_leaves_the_watch_alone() -> None:
    hear(made("one", due=START + 8 * HOUR))
    watch(now=START + 5 * HOUR)
    # Heard at 7, after three quarters had passed unnoticed at 6.
    hear(made("one", at=START + HOUR, id="again"), at=START + 7 * HOUR)
    assert next_check() == 6
    watch(now=START + 7 * HOUR)
    assert seen() == [("half", 0, 4), ("three_quarters", 0, 6)]


@pytest.mark.parametrize("kind", ["promise.fulfilled", "promise.failed", "promise.withdrawn"])
def test_what_is_closed_is_not_looked_at(kind: str) -> None:
    hear(made("one", due=START + 8 * HOUR))
    data = {"by": "customer"} if kind == "promise.withdrawn" else {}
    hear(event(kind, "one", START + HOUR, data), at=START + HOUR)
    assert watch(now=START + 99 * HOUR) == 0


def test_an_outcome_taken_back_puts_it_back_on_the_watch() -> None:
    hear(made("one", due=START + 8 * HOUR))
    outcome = fulfilled("one", START + HOUR)
    hear(outcome, at=START + HOUR)
    hear(retracted(outcome, START + 5 * HOUR), at=START + 5 * HOUR)
    watch(now=START + 9 * HOUR)
    assert seen() == [("three_quarters", 0, 6), ("due", 0, 8)]


def test_a_making_taken_back_takes_its_crossings_along() -> None:
    making = made("one", due=START + 8 * HOUR)
    hear(making)
    watch(now=START + 9 * HOUR)
    hear(retracted(making, START + 9 * HOUR), at=START + 9 * HOUR)
    assert not Crossing.objects.exists()


def test_a_source_that_is_forgotten_takes_its_crossings_along() -> None:
    hear(made("one", due=START + 8 * HOUR), made("two", source="/other"))
    watch(now=START + 9 * HOUR)
    forget_source(Source.objects.get(name="/shop").pk)
    watch(now=START + 99 * HOUR)
    assert set(Crossing.objects.values_list("promise__reference", flat=True)) == {"two"}


@pytest.mark.django_db(transaction=True)
def test_rebuilding_tells_nothing_again() -> None:
    hear(made("one", due=START + 8 * HOUR))
    watch(now=START + 9 * HOUR)
    before = seen()
    rebuild_scores()
    assert watch(now=START + 9 * HOUR) == 0
    OpenPromise.objects.all().delete()
    rebuild_scores()
    assert watch(now=START + 9 * HOUR) == 0
    assert seen() == before


def test_an_outcome_that_is_stored_but_not_counted_is_waited_for() -> None:
    hear(made("one", due=START + 8 * HOUR), made("two", due=START + 8 * HOUR))
    record([fulfilled("one", START + 3 * HOUR)], recorded_at=START + 3 * HOUR)
    assert watch(now=START + 5 * HOUR, batch=1) == 1
    assert (seen(), seen("two")) == ([], [("half", 0, 4)])
    count()
    assert watch(now=START + 5 * HOUR) == 0


@pytest.mark.django_db(transaction=True)
def test_a_next_check_that_is_missing_is_found_and_put_right() -> None:
    hear(made("one", due=START + 8 * HOUR))
    assert check_ledger().open_different == 0
    OpenPromise.objects.update(next_check=None)
    assert check_ledger().open_different == 1
    rebuild_scores()
    assert (check_ledger().open_different, next_check()) == (0, 4)


@pytest.mark.django_db(transaction=True)
def test_many_watchers_handle_each_once() -> None:
    hear(*(made(f"p-{n}", due=START + (8 + n % 7) * HOUR) for n in range(60)))
    now = START + 100 * HOUR
    answers = together(*[lambda: watch(now=now, batch=7)] * 6)
    watch(now=now)
    rows = list(Crossing.objects.values_list("promise_id", "threshold", "day", "due"))
    assert len(rows) == len(set(rows)) >= sum(answers)
    assert len(rows) == sum(2 + 1 + (100 - (8 + n % 7)) // 24 for n in range(60))


@contextmanager
def rows_held(reference: str) -> Iterator[None]:
    """Somebody else has the row of a promise in hand."""
    with transaction.atomic():
        OpenPromise.objects.select_for_update().get(promise__reference=reference)
        yield


@pytest.mark.django_db(transaction=True)
def test_a_row_in_other_hands_is_left_to_them() -> None:
    hear(made("one", due=START + 8 * HOUR), made("two", due=START + 8 * HOUR))
    with rows_held("one"):
        assert together(lambda: watch(now=START + 5 * HOUR)) == [1]
    assert watch(now=START + 5 * HOUR) == 1


@pytest.mark.django_db(transaction=True)
def test_what_fails_in_the_middle_has_not_happened() -> None:
    hear(made("one", due=START + 8 * HOUR))
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE promises_openpromise ADD CONSTRAINT no CHECK (half_at IS NULL "
            "OR next_check IS DISTINCT FROM three_quarters_at)"
        )
    try:
        with pytest.raises(Exception, match="violates check constraint"):
            watch(now=START + 5 * HOUR)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE promises_openpromise DROP CONSTRAINT no")
    assert seen() == []
    assert watch(now=START + 5 * HOUR) == 1


def test_old_crossings_are_cleared_and_not_told_again() -> None:
    hear(made("one", due=START + 8 * HOUR))
    now = START + KEPT + 30 * DAY
    watch(now=START + 2 * DAY)
    assert clear_old(now=now) == 4
    watch(now=now)
    moments = Crossing.objects.values_list("moment", flat=True)
    assert min(moments) >= now - KEPT
    assert len(moments) == KEPT.days


@pytest.mark.django_db(transaction=True)
def test_the_migration_agrees_with_the_projection() -> None:
    now = START + 30 * HOUR
    for n, hours in enumerate((1, 8, 29, 31, 47, 61, 400)):
        due = START + hours * HOUR - TICK * (n % 4)
        hear(made(f"p-{n}", due=due), at=START)
    hear(
        made("paused", due=START + 8 * HOUR),
        event("promise.paused", "paused", START + HOUR, {"cause": "agreed"}),
    )
    hear(made("resumed", due=START + 60 * HOUR))
    hear(
        event("promise.paused", "resumed", START + HOUR, {"cause": "agreed"}),
        event("promise.resumed", "resumed", START + 9 * HOUR),
    )
    watch(now=now)
    columns = ("promise_id", "half_at", "three_quarters_at", "next_check")
    expected = list(OpenPromise.objects.order_by("promise").values_list(*columns))
    OpenPromise.objects.update(half_at=None, three_quarters_at=None, next_check=None)
    sql = import_module("promises.migrations.0020_watching").FORWARD.partition("-- ")[0]
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("statement_timestamp()", "%s::timestamptz"), [now])
    assert list(OpenPromise.objects.order_by("promise").values_list(*columns)) == expected
