"""A transaction that somebody left open costs one thread its connection, not all its requests."""

import logging
from collections.abc import Callable

import pytest
from django.db import InterfaceError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from promisegap.connections import drop_left_open
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


def leave(_connection: BaseDatabaseWrapper) -> None:
    """As a generator does that ends in another thread: never leaving is all it did here."""


def close(connection: BaseDatabaseWrapper) -> None:
    connection.close()


def cut(connection: BaseDatabaseWrapper) -> None:
    """As the server does after a minute of idling."""
    connection.connection.close()


def answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


@pytest.mark.parametrize("spoil", [leave, close, cut])
def test_a_transaction_left_open_is_dropped(
    spoil: Callable[[BaseDatabaseWrapper], None], caplog: pytest.LogCaptureFixture
) -> None:
    def request() -> bool:
        transaction.atomic().__enter__()
        answers()
        spoil(connection)  # type: ignore[arg-type]
        if spoil is not leave:
            with pytest.raises(InterfaceError):
                answers()
        drop_left_open()
        assert not connection.in_atomic_block
        with transaction.atomic():
            return answers()

    with caplog.at_level(logging.ERROR):
        assert together(request) == [True]
    assert "A transaction was left open; its connection is dropped." in caplog.text


def test_one_in_order_stays(caplog: pytest.LogCaptureFixture) -> None:
    def request() -> bool:
        answers()
        before = connection.connection
        drop_left_open()
        return connection.connection is before

    assert together(request) == [True]
    assert caplog.text == ""
