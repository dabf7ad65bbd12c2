"""The tick: whose promises matured since the last look."""

from datetime import timedelta

import pytest
from django.db import connection

from interactions.models import Customer
from promises.models import CustomerMark, Watermark
from promises.services.ticking import tick
from tests.events import START, fulfilled, made, store
from tests.promises.asking import count
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


def store_due(**due_after_hours: int) -> None:
    """One open promise for each customer; what their making marked is forgotten."""
    store(
        *(
            made(customer, customer=customer, due=START + hours * HOUR)
            for customer, hours in due_after_hours.items()
        )
    )
    count()
    CustomerMark.objects.all().delete()


def marked() -> list[str]:
    """Whose refresh is asked for, each as often as it is."""
    names = dict(Customer.objects.values_list("pk", "reference"))
    rows = CustomerMark.objects.order_by("customer_id").values_list("customer_id", flat=True)
    return sorted(names[pk] for pk in rows)


def test_the_first_tick_marks_all_that_are_overdue() -> None:
    store_due(ada=1, bob=2, eve=9)
    assert tick(now=START + 5 * HOUR) == 2
    assert marked() == ["ada", "bob"]


def test_every_customer_is_marked_once_for_a_maturity() -> None:
    store_due(ada=1, bob=2, eve=9)
    for minutes in range(0, 12 * 60, 10):
        tick(now=START + timedelta(minutes=minutes))
    assert marked() == ["ada", "bob", "eve"]


def test_two_promises_of_one_customer_are_one_mark() -> None:
    store(made("one", due=START + HOUR), made("two", due=START + HOUR))
    count()
    CustomerMark.objects.all().delete()
    assert tick(now=START + 2 * HOUR) == 1
    assert marked() == ["c-1"]


def test_the_moment_of_maturity_itself_is_not_yet_past() -> None:
    store_due(ada=1)
    tick(now=START)
    assert tick(now=START + HOUR) == 0
    assert tick(now=START + HOUR + timedelta(microseconds=1)) == 1
    assert tick(now=START + 2 * HOUR) == 0


def test_a_tick_catches_up_with_those_that_were_missed() -> None:
    store_due(ada=1, bob=50, eve=100)
    tick(now=START)
    assert tick(now=START + 99 * HOUR) == 2
    assert marked() == ["ada", "bob"]


def test_a_clock_that_goes_back_marks_nobody_again() -> None:
    store_due(ada=1)
    tick(now=START + 2 * HOUR)
    assert tick(now=START + HOUR) == tick(now=START + 2 * HOUR) == 0
    assert Watermark.objects.get().moment == START + 2 * HOUR


def test_what_is_settled_is_not_looked_at() -> None:
    store(made("one", due=START + HOUR), fulfilled("one", START))
    count()
    CustomerMark.objects.all().delete()
    assert tick(now=START + 2 * HOUR) == 0


def test_two_ticks_at_once_mark_everybody_once() -> None:
    store_due(ada=1, bob=2)
    assert sorted(together(*[lambda: tick(now=START + 5 * HOUR)] * 3)) == [0, 0, 2]
    assert marked() == ["ada", "bob"]


def test_nothing_is_marked_where_the_tick_fails() -> None:
    store_due(ada=1)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE promises_watermark ADD CONSTRAINT no CHECK (moment IS NULL)")
    try:
        with pytest.raises(Exception, match="violates check constraint"):
            tick(now=START + 5 * HOUR)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE promises_watermark DROP CONSTRAINT no")
    assert marked() == []
    assert tick(now=START + 5 * HOUR) == 1
