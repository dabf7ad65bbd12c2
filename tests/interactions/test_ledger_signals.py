"""`events_recorded` is sent for what is committed, and only for that."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from interactions.ledger_signals import events_recorded
from interactions.models import Event
from tests.events import made, store

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """How many events the ledger held at each signal."""
    counts: list[int] = []

    def listen(**_: Any) -> None:
        counts.append(Event.objects.count())

    events_recorded.connect(listen)
    yield counts
    events_recorded.disconnect(listen)


def test_it_is_sent_once_for_a_call(heard: list[int]) -> None:
    store(made("order-1"), made("order-2"))
    assert heard == [2]


def test_it_is_sent_after_the_commit_of_the_caller(heard: list[int]) -> None:
    with transaction.atomic():
        store(made("order-1"))
        assert heard == []
    assert heard == [1]


def test_it_is_not_sent_for_what_is_rolled_back(heard: list[int]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        store(made("order-1"))
        raise RuntimeError
    assert heard == []
    assert not Event.objects.exists()


def test_it_is_not_sent_when_all_are_duplicates(heard: list[int]) -> None:
    store(made("order-1"))
    store(made("order-1"))
    assert heard == [1]


def test_a_listener_that_fails_costs_nobody_anything(heard: list[int]) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("deaf")

    events_recorded.connect(fail)
    try:
        assert store(made("order-1")) == [True]
    finally:
        events_recorded.disconnect(fail)
    assert Event.objects.count() == 1
