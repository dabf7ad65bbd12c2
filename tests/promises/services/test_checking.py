"""`ledger_check` finds what differs from the ledger, and `rebuild_scores` puts it right."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from interactions.models import Arrival, Customer, Event, PendingEvent, SourceTally, Tombstone
from interactions.tallies import count_new
from interactions.todo import pending_count
from promises.models import (
    Cell,
    CellDelta,
    CellDetail,
    CellLateness,
    CustomerMark,
    CustomerScore,
    LedgerCheck,
    OpenPromise,
    Promise,
    Remainder,
)
from promises.services.checking import Report, check_ledger
from promises.services.counting import count_pending
from promises.services.rebuilding import rebuild_scores
from tests.events import NOW, START, event, fulfilled, list_all_singly, made, retracted, store
from tests.made_once import made_once
from tests.promises.asking import count

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
LATE = fulfilled("order-2", START + 5 * DAY)


@pytest.fixture(autouse=True)
def some_promises() -> None:
    counted_promises()


@made_once
def counted_promises() -> None:
    """Promises of several states, counted to the end; one outcome waits for its promise."""
    store(*(made(f"order-{number}", customer=f"c-{number % 3}") for number in range(8)))
    store(fulfilled("order-1", START + DAY), LATE, fulfilled("unknown", START))
    store(event("promise.failed", "order-3", START + DAY), retracted(LATE, NOW))
    store(event("customer.described", "c-1", START, {"name": "Ada"}))
    store(fulfilled("order-5", START + DAY, fraction=0.5))
    count_pending()


def a_promise_row() -> None:
    Promise.objects.filter(reference="order-1").update(loss=7, state="late")


def a_promise_gone() -> None:
    Promise.objects.filter(reference="order-1").delete()


def a_promise_of_nobody() -> None:
    row = Promise.objects.get(reference="order-1")
    row.pk, row.reference = None, "invented"
    row.save(force_insert=True)


def a_cell() -> None:
    Cell.objects.update(kept=F("kept") + 1)


def a_detail_gone() -> None:
    CellDetail.objects.all().delete()


def a_histogram() -> None:
    CellLateness.objects.update(settled=F("settled") + 2)


def an_open_row_gone() -> None:
    OpenPromise.objects.filter(promise__reference="order-0").delete()


def an_open_row() -> None:
    OpenPromise.objects.filter(promise__reference="order-0").update(matures_at=NOW)


def an_open_row_of_a_settled_promise() -> None:
    kept = Promise.objects.get(reference="order-1")
    OpenPromise.objects.create(
        promise=kept,
        customer_id=kept.customer_id,
        team_id=kept.team_id,
        kind=kept.kind,
        due=kept.due,
        first_due=kept.first_due,
        matures_at=kept.matures_at,
    )


def an_open_row_of_nothing() -> None:
    OpenPromise.objects.filter(promise__reference="order-0").update(promise_id=10**9)


def a_rest_gone() -> None:
    Remainder.objects.all().delete()


def a_rest() -> None:
    Remainder.objects.update(due=NOW)


def a_rest_of_a_kept_promise() -> None:
    kept = Promise.objects.get(reference="order-1")
    Remainder.objects.create(promise=kept, team_id=kept.team_id, due=kept.due)


def a_rest_of_nothing() -> None:
    Remainder.objects.update(promise_id=10**9)


def a_customer_row() -> None:
    CustomerScore.objects.filter(kind="").update(gap_low_all=1.0)


def a_customer_row_among_the_worst() -> None:
    CustomerScore.objects.filter(kind="").update(worst_all=1.0)


def a_customer_row_of_nobody() -> None:
    row = CustomerScore.objects.filter(kind="").first()
    assert row is not None
    CustomerScore.objects.filter(customer_id=row.customer_id).update(customer_id=10**9)


def a_to_do_row_lost() -> None:
    store(made("order-9", customer="c-new", team="new", touchpoint="new"))
    Arrival.objects.all().delete()


def a_waiting_row_lost() -> None:
    PendingEvent.objects.filter(event__subject="unknown").delete()


def an_outcome_lost() -> None:
    store(fulfilled("order-4", START + DAY))
    list_all_singly()
    PendingEvent.objects.filter(event__subject="order-4").delete()


def a_tally() -> None:
    count_new()
    SourceTally.objects.update(events=F("events") - 1)


def a_tally_gone() -> None:
    count_new()
    SourceTally.objects.all().delete()


# What was done: where the report says it.
TAMPERED: dict[Callable[[], None], str] = {
    a_promise_row: "promises_different",
    a_promise_gone: "promises_different",
    a_promise_of_nobody: "promises_different",
    a_cell: "cells_different",
    a_detail_gone: "cells_different",
    a_histogram: "cells_different",
    an_open_row_gone: "open_different",
    an_open_row: "open_different",
    an_open_row_of_a_settled_promise: "open_different",
    an_open_row_of_nothing: "open_different",
    a_rest_gone: "remainders_different",
    a_rest: "remainders_different",
    a_rest_of_a_kept_promise: "remainders_different",
    a_rest_of_nothing: "remainders_different",
    a_customer_row: "customer_scores_different",
    a_customer_row_among_the_worst: "customer_scores_different",
    a_customer_row_of_nobody: "customer_scores_different",
    a_to_do_row_lost: "lost",
    a_waiting_row_lost: "lost",
    an_outcome_lost: "promises_different",
    a_tally: "tallies_different",
    a_tally_gone: "tallies_different",
}
every_tampering = pytest.mark.parametrize(
    ("tamper", "where"), TAMPERED.items(), ids=[tamper.__name__ for tamper in TAMPERED]
)


def assert_fine(report: Report) -> None:
    assert report.ok, report.as_dict()


def test_what_was_counted_is_what_the_ledger_says() -> None:
    report = check_ledger()
    assert_fine(report)
    assert (report.received, report.applied, report.waiting) == (15, 14, 1)
    assert (report.promises, report.customer_scores > 0) == (8, True)
    assert report.examples == {}


@every_tampering
def test_it_finds(tamper: Callable[[], None], where: str) -> None:
    tamper()
    report = check_ledger()
    assert not report.ok
    assert getattr(report, where) > 0, report.as_dict()


@every_tampering
def test_rebuilding_puts_right(tamper: Callable[[], None], where: str) -> None:
    before = check_ledger()
    tamper()
    rebuild_scores()
    after = check_ledger()
    assert_fine(after)
    assert after.waiting == before.waiting
    assert after.promises == before.promises + (tamper is a_to_do_row_lost)


def test_rebuilding_restores_the_very_same_rows() -> None:
    columns = [f.attname for f in Promise._meta.fields if f.name not in ("id", "projected_at")]

    def rows() -> list[tuple[object, ...]]:
        return list(Promise.objects.order_by("reference").values_list(*columns))

    before = rows()
    Promise.objects.update(state="failed", loss=1, day=None, statement="?", last_event_at=NOW)
    Promise.objects.filter(reference="order-2").delete()
    assert rebuild_scores() == len(before)
    assert rows() == before


def test_rebuilding_tells_how_far_it_is() -> None:
    told: list[int] = []
    rebuild_scores(progress=told.append)
    assert told[-1] == 8


def test_what_is_pending_is_no_difference() -> None:
    store(fulfilled("order-4", START + DAY), made("order-9", customer="c-9", team="new"))
    report = check_ledger()
    assert_fine(report)
    assert (report.pending, report.promises_pending) == (2, 2)


def test_deltas_and_marks_on_their_way_are_no_difference() -> None:
    store(*(made(f"more-{number}", team="new") for number in range(3)))
    count(fold=False)
    assert CellDelta.objects.exists()
    assert CustomerMark.objects.exists()
    assert_fine(check_ledger())


def test_a_mark_lost_is_found() -> None:
    store(made("more"))
    count()
    CustomerMark.objects.all().delete()
    assert check_ledger().customer_scores_different


def test_a_to_do_row_without_its_event_is_a_stray() -> None:
    PendingEvent.objects.create(event_id=10**9)
    report = check_ledger()
    assert (report.ok, report.strays) == (False, 1)


def test_deleted_events_are_added_up_from_their_tombstones() -> None:
    Tombstone.objects.create(reason="sample", events=40, promises=20)
    Tombstone.objects.create(reason="person", events=2, promises=1)
    assert check_ledger().deleted == 42


def test_examples_name_the_column_with_both_values() -> None:
    a_promise_row()
    (example,) = check_ledger().examples["promises"]
    assert example["promise"][1] == "order-1"
    assert example["state"] == ["kept", "late"]
    assert example["loss"] == ["0", "7"]


def test_it_changes_nothing() -> None:
    before = Customer.objects.count(), Event.objects.count(), pending_count()
    a_to_do_row_lost()
    check_ledger()
    after = Customer.objects.count(), Event.objects.count() - 1, pending_count()
    assert after == before


def run_command(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("ledger_check", *arguments, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_command_prints_a_report_and_keeps_it() -> None:
    code, printed = run_command("--json")
    assert (code, json.loads(printed)["ok"]) == (0, True)
    kept = LedgerCheck.objects.get()
    assert (kept.ok, kept.report["received"]) == (True, 15)
    assert "nothing lost, nothing different" in run_command()[1]


def test_the_command_exits_with_1_on_any_difference() -> None:
    a_cell()
    code, printed = run_command("--json")
    assert (code, json.loads(printed)["ok"]) == (1, False)
    code, printed = run_command()
    assert (code, "DIFFERENCES" in printed, "promises_cell:" in printed) == (1, True, True)
    assert list(LedgerCheck.objects.values_list("ok", flat=True)) == [False, False]


def test_rebuilding_goes_around_a_poison_event() -> None:
    store(made("bad"))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE interactions_event DISABLE TRIGGER event_append_only")
        cursor.execute("UPDATE interactions_event SET data = '{}' WHERE subject = 'bad'")
        cursor.execute("ALTER TABLE interactions_event ENABLE TRIGGER event_append_only")
    list_all_singly()
    PendingEvent.objects.filter(event__subject="bad").update(state="set aside")
    a_promise_row()
    assert rebuild_scores() == 8
    report = check_ledger()
    assert_fine(report)
    assert report.set_aside == 1
