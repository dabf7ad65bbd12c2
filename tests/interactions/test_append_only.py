"""The ledger refuses to be changed (R1), whoever tries."""

import pytest
from django.db import IntegrityError, connection, transaction

from interactions.models import Event, Source
from tests.events import made, store

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_events() -> None:
    """One event of a shop, one of a sample."""
    Source.objects.create(name="/sample", is_sample=True)
    store(made("order-1"), made("order-2", source="/sample"))


def attempt(sql: str, *, deleting: str = "") -> None:
    """Try it as a process that announces this kind of deletion."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('promisegap.deleting', %s, true)", [deleting])
        cursor.execute(sql)


@pytest.mark.parametrize("deleting", ["", "sample", "person", "flush"])
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE interactions_event SET data = '{}'",
        "UPDATE interactions_event SET recorded_at = now()",
    ],
)
def test_an_update_is_refused_always(sql: str, deleting: str) -> None:
    with pytest.raises(IntegrityError, match="append-only: UPDATE of an event is refused"):
        attempt(sql, deleting=deleting)


@pytest.mark.parametrize("deleting", ["", "flush", "anything"])
def test_a_delete_is_refused(deleting: str) -> None:
    with pytest.raises(IntegrityError, match="append-only: DELETE of an event is refused"):
        attempt("DELETE FROM interactions_event", deleting=deleting)


@pytest.mark.parametrize("deleting", ["", "sample", "person"])
def test_a_truncate_is_refused(deleting: str) -> None:
    with pytest.raises(IntegrityError, match="append-only: TRUNCATE of an event is refused"):
        attempt("TRUNCATE interactions_event CASCADE", deleting=deleting)


def test_the_refusal_says_what_to_do_instead() -> None:
    with pytest.raises(IntegrityError, match=r"take a fact back by recording event\.retracted"):
        Event.objects.all().delete()


def test_the_events_of_a_sample_may_go_when_announced() -> None:
    attempt(
        "DELETE FROM interactions_event WHERE source_id = "
        "(SELECT id FROM interactions_source WHERE is_sample)",
        deleting="sample",
    )
    assert Event.objects.get().subject == "order-1"


def test_announcing_a_sample_does_not_let_other_events_go() -> None:
    with pytest.raises(IntegrityError, match="refused"):
        attempt("DELETE FROM interactions_event WHERE subject = 'order-1'", deleting="sample")


@pytest.mark.django_db(transaction=True)
def test_the_announcement_ends_with_its_transaction() -> None:
    attempt("SELECT 1", deleting="sample")
    with pytest.raises(IntegrityError, match="refused"):
        Event.objects.filter(source__is_sample=True).delete()
