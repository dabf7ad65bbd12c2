"""Doing things at the same moment, each on a database connection of its own."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import TypeVar

from django.db import connection

Answer = TypeVar("Answer")


@contextmanager
def started(*works: Callable[[], Answer]) -> Iterator[list[Future[Answer]]]:
    """Start all works at once; they have ended when the context has."""
    start = Barrier(len(works))

    def run(work: Callable[[], Answer]) -> Answer:
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        yield [pool.submit(run, work) for work in works]


def together(*works: Callable[[], Answer]) -> list[Answer]:
    """Do all works at once; their answers in order. An error of any is raised here."""
    with started(*works) as futures:
        return [future.result() for future in futures]


def wait_for_locks(number: int, *, seconds: float = 30) -> None:
    """Return once so many connections to this database wait for a lock."""
    until = time.monotonic() + seconds
    waiting = 0
    while waiting < number:
        assert time.monotonic() < until, f"{waiting} of {number} wait for a lock"
        with connection.cursor() as cursor:
            # A transaction sees the activity of its first look until it asks for a new one.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            (waiting,) = cursor.fetchone()
        time.sleep(0.01)
